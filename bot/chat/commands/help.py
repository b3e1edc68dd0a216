"""/help, the menu, /cancel, and a kind answer to whatever else somebody sends."""

import re

from bot.chat import menu, pages
from bot.chat.commands import advice, lesson, quiz, review
from bot.chat.turn import Turn
from bot.rules import access, cries

CODE = re.compile(r"\D{0,12}(\d[ -]?){4,8}\D{0,6}")
"""A short message that is little but four to eight digits: what a one-time code looks like."""

SMALL_TALK = "small talk"
"""Said once already: the next time something else is answered than the same sentence."""


def help_(turn: Turn) -> None:
    """Everything this person can do, in one screen; their menu is set anew, for rights come and go."""
    if turn.learner.rights:
        turn.menu()
    said = menu.labels(turn.room.words, turn.learner.language, turn.learner.audience)
    turn.show("help", commands=[(name, said[name]) for name in menu.commands_of(turn.learner, said)])


def show_menu(turn: Turn) -> None:
    turn.show("menu", may_export=access.may_use(turn.learner, "export"))


def cancel(turn: Turn) -> None:
    """`/cancel`: stop what waits for words; in a lesson, quiz or story the same as [Leave]."""
    waiting, attempts = turn.store.dialogue.awaits, turn.store.open_attempts()
    turn.store.await_words(turn.learner.id, "")
    if waiting not in ("", quiz.FIGURE):
        turn.show("cancelled")
    elif attempts and attempts[0].kind == "review":
        review.stop(turn, attempts[0])
    elif attempts:
        lesson.kept(turn, attempts[0])
    else:
        turn.show("nothing_open")


def asks_for_help(turn: Turn) -> bool:
    """Whether the words are nothing but a call for help, which goes before whatever was asked."""
    return cries.asks_for_help(turn.heard.words)


def looks_like_code(words: str) -> bool:
    """Whether this may be a one-time code, which nobody ought to see and we do not keep."""
    return CODE.fullmatch(words.strip()) is not None


def take_out_code(turn: Turn) -> None:
    turn.take_out(turn.heard.message_id)
    turn.show("looks_like_code")


def stray(turn: Turn) -> None:
    """Words that answer no question: the report words, a code, something the handbook knows, or a chat."""
    words = turn.heard.words
    if asks_for_help(turn) or (cries.has_lost(words) and not turn.heard.forwarded):
        advice.advice(turn)
    elif turn.heard.forwarded or cries.is_worried(words):
        turn.show("suspicious")
    elif looks_like_code(words):
        take_out_code(turn)
    elif (found := turn.handbook.find(words)).sure:
        pages.show_found(turn, found, "stray")
    elif turn.store.dialogue.args == SMALL_TALK:
        turn.store.await_words(turn.learner.id, "")
        help_(turn)
    else:
        turn.store.await_words(turn.learner.id, "", SMALL_TALK)
        turn.show("stray")


def suspicious(turn: Turn) -> None:
    """A picture, a voice note, a file, something forwarded."""
    turn.show("suspicious")


def sticker(turn: Turn) -> None:
    turn.show("sticker")


def all_fine(turn: Turn) -> None:
    turn.show("all_fine")


def unknown(turn: Turn) -> None:
    """A command that is not there, or not for this person: one text for both."""
    turn.nothing_here()


def unreadable(turn: Turn) -> None:
    turn.show("unreadable")
