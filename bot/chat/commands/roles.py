"""`/roles`: who holds which right, and to give or take one. For administrators.

A right is another person's row, so it is an order, carried out a moment later if it may still be.
"""

from bot.chat.commands.invite import on_the_roster
from bot.chat.turn import Turn
from bot.rules.people import GRANTED, Learner
from bot.store import people, rights

ROLES = "roles"
GIVE, TAKE, CHOOSE, DO = 1, 2, 3, 5
"""Numbers of the buttons: choosing and doing are odd to give, even to take."""
KINDS = {True: "grant", False: "revoke"}


def roles(turn: Turn) -> None:
    """Everybody who holds a right by name; managers are a number, the roster makes them."""
    turn.store.await_words(turn.learner.id, "")
    held = turn.store.ask(rights.holders)
    holders = {right: [one.name for one in held if right in one.rights] for right in reversed(GRANTED)}
    turn.show("roles", holders=holders, managers=turn.store.ask(rights.teams))


def press(turn: Turn) -> None:
    """The buttons of these screens."""
    gives = turn.tap.number % 2 == 1
    match turn.tap.number:
        case 1 | 2:
            turn.store.await_words(turn.learner.id, ROLES, KINDS[gives])
            turn.show("roles_number", gives=gives)
        case 3 | 4:
            _confirm(turn, gives)
        case 5 | 6:
            _ask(turn, gives)
        case 0:
            roles(turn)
        case _:
            turn.spent()


def number(turn: Turn) -> None:
    """A typed staff number: what this person has and may be given."""
    gives = turn.store.dialogue.args != KINDS[False]
    person = on_the_roster(turn)
    if person is None:
        turn.show("invite_nobody")
        return
    turn.store.await_words(turn.learner.id, "")
    turn.show("roles_person", person=person, gives=gives, choices=_choices(person, gives))


def _choices(person: Learner, gives: bool) -> list[tuple[int, str]]:
    """(number, right) of what can be given, or taken."""
    return [(n, right) for n, right in enumerate(GRANTED) if (right in person.rights) != gives]


def _named(turn: Turn, gives: bool) -> tuple[Learner, str] | None:
    """The person and the right of a button, as long as it would change something."""
    person = turn.store.learner_by_id(turn.tap.row)
    if person is None or person.audience != "employee" or person.left_on is not None:
        return None
    right = dict(_choices(person, gives)).get(turn.tap.choice)
    return (person, right) if right is not None else None


def _confirm(turn: Turn, gives: bool) -> None:
    """Once, naming what it means."""
    named = _named(turn, gives)
    if named is None:
        turn.spent()
        return
    person, right = named
    if not gives and right == "administrator" and turn.store.ask(people.administrators) == [person.id]:
        turn.show("roles_last")
        return
    turn.show("roles_confirm", person=person, right=right, gives=gives, choice=turn.tap.choice)


def _ask(turn: Turn, gives: bool) -> None:
    named = _named(turn, gives)
    if named is None:
        turn.spent()
        return
    person, right = named
    turn.store.order(KINDS[gives], turn.learner.id, person.id, right=right)
    turn.show("roles_asked", person=person, right=right, gives=gives)


AWAITED = {ROLES: number}
