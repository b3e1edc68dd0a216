"""Invitations as cards on A4 sheets: one HTML file that needs nothing else, each card in its reader's language."""

from collections.abc import Iterable
from datetime import date
from itertools import chain

from markupsafe import Markup

from bot.pictures import qr
from bot.rules.people import Learner
from bot.words import Words


def sheet(words: Words, cards: Iterable[tuple[Learner, str]], *, organisation: str, until: date) -> str:
    """One card a person: name, department, the link as a code and as text, and what to do with it."""
    begin, end = words.render("printed/sheet.html", "en", "employee", organisation=organisation).split("\f")
    made = (_card(words, learner, link, organisation, until) for learner, link in cards)
    return "\n".join(chain([begin], made, [end]))


def _card(words: Words, learner: Learner, link: str, organisation: str, until: date) -> str:
    return words.render(
        "printed/card.html", learner.language, learner.audience, me=learner, link=link, until=until,
        organisation=organisation, code=Markup(qr.svg(link)),
    )  # fmt: skip
