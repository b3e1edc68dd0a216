"""Language, time zone and the hour at which lessons come."""

from datetime import time

from bot.chat.commands import help, start
from bot.chat.turn import Turn
from bot.rules import delivery
from bot.rules.languages import LANGUAGES
from bot.rules.people import PICTURES, Learner
from bot.words import hours

HOURS = (time(8), time(9), time(12, 30), time(18))
ZONE, HOUR = "zone", "hour"
WEEKEND: dict[str, frozenset[int]] = {"employee": frozenset({5, 6}), "borrower": frozenset()}
"""Weekdays of rest until somebody chooses others; holidays of their place go without saying."""


def settings(turn: Turn) -> None:
    """`/settings`: how things stand, and a button for each; a question that waits for a number goes on waiting."""
    if turn.store.dialogue.awaits in AWAITED:
        turn.store.await_words(turn.learner.id, "")
    turn.show("settings", city=turn.room.words.city(turn.learner.time_zone, turn.learner.language))


def choose(turn: Turn) -> None:
    """The buttons of the settings screens."""
    match turn.tap.number:
        case 1:
            turn.show("language")
        case 2:
            turn.store.await_words(turn.learner.id, ZONE)
            turn.show("time_zone")
        case 3:
            turn.show("hour", hours=HOURS)
        case 4:
            turn.store.await_words(turn.learner.id, HOUR)
            turn.show("hour_typed")
        case 5:
            _keep_zone(turn)
        case 6:
            turn.show("rest_days", resting=resting(turn.learner))
        case 7:
            _toggle_rest_day(turn)
        case 8:
            turn.become(turn.store.save_learner(turn.learner.with_(reminders=not turn.learner.reminders)))
            turn.event("reminders", on=turn.learner.reminders)
            settings(turn)
        case 9:
            turn.show("pictures", looks=PICTURES)
        case 10:
            _keep_pictures(turn)
        case _:
            settings(turn)


def resting(learner: Learner) -> frozenset[int]:
    """Weekdays of rest, chosen or those of the audience; Monday 0."""
    return learner.rest_days if learner.rest_days is not None else WEEKEND[learner.audience]


def _toggle_rest_day(turn: Turn) -> None:
    """A weekday becomes one of rest or stops being one; one day at least stays."""
    chosen = resting(turn.learner) ^ {turn.tap.choice}
    if turn.tap.choice not in range(7) or len(chosen) == 7:
        turn.toast("one_day_stays")
    else:
        usual = chosen == WEEKEND[turn.learner.audience]
        turn.become(turn.store.save_learner(turn.learner.with_(rest_days=None if usual else chosen)))
        turn.event("rest days", days=sorted(chosen))
    turn.show("rest_days", resting=resting(turn.learner))


def _keep_pictures(turn: Turn) -> None:
    """Pictures from here on light, dark or not at all; what was sent stays as it is."""
    if turn.tap.choice >= len(PICTURES):
        turn.spent()
        return
    turn.become(turn.store.save_learner(turn.learner.with_(pictures=PICTURES[turn.tap.choice])))
    turn.event("pictures", chosen=turn.learner.pictures)
    settings(turn)


def language(turn: Turn) -> None:
    """A language button: the same screen again in that language; what is under way goes on."""
    if turn.tap.choice >= len(LANGUAGES):
        turn.spent()
        return
    turn.settle()
    chosen = LANGUAGES[turn.tap.choice]
    if chosen != turn.learner.language:
        turn.become(turn.store.save_learner(turn.learner.with_(language=chosen)))
        turn.event("language", chosen=chosen)
        turn.menu()
        turn.change_card()
    turn.toast("language_from_now_on")
    if turn.tap.number == 1:
        start.hello(turn)
    else:
        settings(turn)


def hour(turn: Turn) -> None:
    """An hour picked from the row."""
    if turn.tap.choice >= len(HOURS):
        turn.spent()
    else:
        _keep_hour(turn, HOURS[turn.tap.choice])


def _keep_hour(turn: Turn, at: time) -> None:
    _keep(turn, turn.learner.with_(lesson_at=at))
    turn.event("hour", at=at.isoformat("minutes"))
    settings(turn)


def _keep(turn: Turn, changed: Learner) -> None:
    turn.become(turn.store.save_learner(changed))
    turn.store.wake(changed.id, delivery.next_wake(changed, turn.now), known=True)


def _move(turn: Turn, zone: str) -> None:
    moved = turn.learner.with_(time_zone=zone, place=None)
    turn.become(turn.store.save_learner(moved))
    turn.store.wake(moved.id, delivery.wake_after_move(moved, turn.now), known=True)


def typed_hour(turn: Turn) -> None:
    """Words after “or type 8:15”."""
    at = hours.hour(turn.heard.words)
    if at is None:
        _unread(turn, "hour_unread")
    elif not delivery.QUIET_UNTIL <= at < delivery.QUIET_FROM:
        turn.show("hour_quiet")
    else:
        turn.store.await_words(turn.learner.id, "")
        _keep_hour(turn, at)


def _unread(turn: Turn, name: str) -> None:
    """Ask again, with the words that were typed; a one-time code is not said back."""
    if help.looks_like_code(turn.heard.words):
        help.stray(turn)
    else:
        turn.show(name, words=turn.heard.words[:40])


def typed_zone(turn: Turn) -> None:
    """A city, a zone's name or what the clock shows; asked back before it is kept."""
    zone = turn.room.words.zone(turn.heard.words[:80], turn.now)
    if zone is None:
        _unread(turn, "time_zone_unread")
        return
    turn.store.await_words(turn.learner.id, ZONE, zone)
    here = delivery.local(turn.now, zone)
    turn.show("time_zone_right", city=turn.room.words.city(zone, turn.learner.language), here=here)


def _keep_zone(turn: Turn) -> None:
    zone = turn.store.dialogue.args
    if turn.store.dialogue.awaits != ZONE or not zone:
        turn.spent()
        return
    turn.store.await_words(turn.learner.id, "")
    _move(turn, zone)
    turn.event("time_zone", zone=zone)
    settings(turn)


AWAITED = {ZONE: typed_zone, HOUR: typed_hour}
"""Which words each question takes."""
