"""`/invite`: a new link for one person on the roster, by staff number. For administrators."""

from bot.chat.commands.start import token_hash
from bot.chat.turn import Turn
from bot.rules.people import Learner
from bot.store import people, rights

INVITE = "invite"


def invite(turn: Turn) -> None:
    """Ask for the staff number; names are never searched."""
    turn.store.await_words(turn.learner.id, INVITE)
    turn.show("invite")


def number(turn: Turn) -> None:
    """A typed staff number: the link, once, when it fits somebody exactly."""
    person = on_the_roster(turn)
    if person is None:
        turn.show("invite_nobody")
        return
    turn.store.await_words(turn.learner.id, "")
    token = people.new_token()
    turn.store.order("invite", turn.learner.id, person.id, hash=token_hash(token).hex())
    turn.event("invited")
    days = people.INVITATION_LASTS.days
    turn.show("invite_link", person=person, link=turn.room.link(token), days=days, sealed=True)


def on_the_roster(turn: Turn) -> Learner | None:
    """Whoever works here and has exactly the number that was typed."""
    typed = turn.heard.words.strip()
    person = turn.store.ask(lambda connection: rights.by_number(connection, typed))
    return person if person is not None and person.left_on is None else None


AWAITED = {INVITE: number}
