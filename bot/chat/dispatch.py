"""From what was heard to the journey that answers it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.chat.commands import (
    advice,
    assign,
    case,
    exempt,
    export,
    feedback,
    figures,
    handbook,
    help,
    invite,
    items,
    learn,
    lesson,
    nudge,
    pause,
    preview,
    privacy,
    progress,
    quiz,
    remind,
    retake,
    review,
    roles,
    settings,
    start,
    status,
    team,
)
from bot.chat.telegram import Heard
from bot.chat.turn import Room, Tap, Turn
from bot.rules import access, cries
from bot.rules.people import Learner
from bot.store import ids
from bot.store.turn import TurnStore

Journey = Callable[[Turn], None]


def of_trainers(turn: Turn) -> None:
    """The buttons of `/items` and of `/preview`, told apart by the number they hold."""
    (items.press if turn.tap.number < preview.LIST else preview.press)(turn)


SPEAKS_FIRST = timedelta(minutes=1)
"""Who opens the bot again mostly presses Start at once; after so long they are welcomed."""

COMMANDS: dict[str, Journey] = {
    "start": start.start, "learn": learn.learn, "lessons": lesson.lessons, "cases": lesson.cases,
    "quiz": quiz.quiz, "progress": progress.progress, "why": progress.why, "report": advice.advice, "settings": settings.settings, "pause": pause.pause, "privacy": privacy.privacy,
    "help": help.help_, "menu": help.show_menu, "cancel": help.cancel, "export": export.export,
    "team": team.team, "remind": remind.remind, "assign": assign.assign, "exempt": exempt.exempt,
    "status": status.status, "invite": invite.invite, "roles": roles.roles,
    "review": review.review, "feedback": feedback.feedback,
    "handbook": handbook.handbook, "items": items.items, "preview": preview.preview,
}  # fmt: skip
TAPS: dict[str, Journey] = {
    "a": quiz.answer, "k": quiz.check, "g": quiz.go_on, "q": quiz.choose_topic,
    "c": lesson.card, "r": lesson.resume, "v": lesson.leave, "u": lesson.open_numbered,
    "d": case.decide, "f": case.follow, "w": case.rewind,
    "n": learn.learn, "o": learn.start_assignment, "t": learn.later, "b": learn.all_due,
    "j": start.first_lesson, "i": start.staff_by_link, "y": start.hello,
    "x": advice.choose, "s": settings.choose, "l": settings.language, "h": settings.hour,
    "P": pause.choose, "N": nudge.put_off, "D": nudge.ask_reason, "V": nudge.note,
    "p": privacy.choose, "e": export.make, "m": help.show_menu, "z": help.all_fine,
    "L": lesson.lessons, "C": lesson.cases, "Q": quiz.quiz, "E": export.export, "G": progress.choose, "H": help.help_,
    "T": team.choose, "M": remind.choose, "A": assign.choose, "X": exempt.choose,
    "F": feedback.press, "Y": of_trainers,
    "S": status.look, "I": invite.invite, "R": roles.press,
    "W": review.press, "B": handbook.browse, "K": handbook.page,
    "J": quiz.sure, "U": retake.remind, "Z": retake.coach,
}  # fmt: skip
"""Kinds of buttons; part of what is signed."""
AWAITED: dict[str, Journey] = {
    **settings.AWAITED, **invite.AWAITED, **roles.AWAITED, **pause.AWAITED, **nudge.AWAITED,
    **figures.AWAITED, **feedback.AWAITED, **handbook.AWAITED,
    assign.WHY: assign.typed, exempt.WHY: exempt.typed,
}  # fmt: skip
"""Which words each question takes."""
NOT_WORDS: dict[str, Journey] = {feedback.FEEDBACK: feedback.not_words}
"""What a question says to a picture, a voice note or a sticker; the others leave it to the general answer."""


def handle(heard: Heard, room: Room, store: TurnStore, now: datetime) -> dict[str, Any] | None:
    """Answer one update; the answerCallbackQuery of a tap is given back, it needs no row."""
    if heard.kind == "group":
        _leave_group(heard, room, store)
        return None
    if heard.is_unread:
        store.dead_letter(heard.update_id, "not understood", heard.shape)
        return None
    if heard.account_id < 0 or heard.kind in ("edit", "pinned"):
        return None
    turn = _turn(heard, room, store, now)
    if heard.kind in ("blocked", "unblocked"):
        _reachable(turn, heard.kind)
        return None
    if turn.is_stranger and heard.kind != "tap" and heard.command != "start":
        turn.settle()
    if turn.learner.unreachable:
        turn.become(store.save_learner(turn.learner.with_(unreachable=None)))
    _journey(turn)(turn)
    return turn.answer


def _turn(heard: Heard, room: Room, store: TurnStore, now: datetime) -> Turn:
    learner = store.learner
    if learner is None:
        language = (
            room.words.language_from_telegram(heard.language_code)
            if heard.language_code
            else room.default_language
        )
        stranger = Learner(
            ids.new(),
            "borrower",
            language,
            room.organisation_zone,
            account_id=heard.account_id,
            joined_at=now,
        )
        return Turn(heard, store, room, stranger, None, now)
    turn = Turn(heard, store, room, learner, None, now)
    if heard.kind == "tap" and (read := room.speaker.verify(learner.id, heard.tap)):
        turn.tap = Tap(*read)
    return turn


def _journey(turn: Turn) -> Journey:
    heard = turn.heard
    if access.has_left(turn.learner):
        return _left(turn)
    if heard.kind == "tap":
        return _tapped(turn)
    if heard.kind == "command":
        return _command(turn)
    if turn.is_new:
        return _stranger
    if heard.kind == "words":
        return _typed(turn)
    if turn.store.dialogue.awaits in NOT_WORDS and not heard.forwarded:
        return NOT_WORDS[turn.store.dialogue.awaits]
    if heard.kind == "sticker":
        return help.sticker
    return help.suspicious if heard.kind == "file" else help.unreadable


def _command(turn: Turn) -> Journey:
    name = turn.heard.command
    journey = COMMANDS.get(name)
    if journey is None or not access.may_use(turn.learner, name):
        return help.unknown
    _hold(turn, name)
    return journey


def _tapped(turn: Turn) -> Journey:
    kind = turn.tap.kind
    if kind not in TAPS or not access.may_tap(turn.learner, kind):
        return Turn.spent
    _hold(turn, access.BUTTONS[kind])
    return preview.enter(turn) or TAPS[kind]


def _typed(turn: Turn) -> Journey:
    question = turn.store.dialogue.awaits
    journey = AWAITED.get(question)
    if journey is None or turn.heard.forwarded or help.asks_for_help(turn):
        return help.stray
    if not access.may_answer(turn.learner, question):
        return help.stray
    _hold(turn, access.QUESTIONS[question])
    return preview.enter(turn) or journey


def _hold(turn: Turn, command: str) -> None:
    """What takes a right is only done while the right stands, up to the commit."""
    if access.needs_a_right(command):
        turn.store.hold(turn.learner)


def _left(turn: Turn) -> Journey:
    """What remains for somebody who left: what any stranger has, help in the first hour and a link of their own."""
    heard = turn.heard
    if heard.kind == "tap":
        return advice.choose if turn.tap.kind == "x" else Turn.spent
    if heard.command == "start" and heard.args:
        return start.start
    lost = heard.kind == "words" and (help.asks_for_help(turn) or cries.has_lost(heard.words))
    return advice.advice if lost or heard.command == "report" else Turn.nothing_here


def _stranger(turn: Turn) -> None:
    """Somebody who writes before they ever pressed Start: help at once, else the first screen."""
    if help.asks_for_help(turn) or cries.has_lost(turn.heard.words):
        advice.advice(turn)
    else:
        start.hello(turn)


def _reachable(turn: Turn, kind: str) -> None:
    if not turn.is_stranger:
        turn.store.save_learner(turn.learner.with_(unreachable="blocked" if kind == "blocked" else None))
        turn.event(kind)
    if not turn.is_stranger and kind == "unblocked" and turn.learner.unreachable:
        turn.owe("welcome_back", {}, due_at=turn.now + SPEAKS_FIRST)


def _leave_group(heard: Heard, room: Room, store: TurnStore) -> None:
    """One sentence, then out: this is a conversation for two."""
    nobody = Learner(0, "borrower", room.default_language, room.organisation_zone)
    spoken = room.speaker.say("group", nobody, {})
    store.reply(heard.chat_id, "sendMessage", spoken.params(heard.chat_id), learner_id=None)
    store.reply(heard.chat_id, "leaveChat", {"chat_id": heard.chat_id}, learner_id=None)


def let_go_by(heard: Heard, room: Room, store: TurnStore, now: datetime) -> dict[str, Any] | None:
    """What somebody is told of whom more came than can be answered; what came is not looked at."""
    if heard.account_id < 0:
        return None
    turn = _turn(heard, room, store, now)
    turn.settle()
    turn.show("too_much", new=True)
    return turn.answer


def apologise(heard: Heard, room: Room, store: TurnStore, now: datetime) -> dict[str, Any] | None:
    """What somebody is told whose update could not be handled; it is put aside, not lost."""
    if heard.account_id < 0 or heard.kind in ("group", "edit", "pinned", "blocked", "unblocked"):
        return None
    turn = _turn(heard, room, store, now)
    turn.settle()
    turn.show("unreadable", new=True)
    return turn.answer
