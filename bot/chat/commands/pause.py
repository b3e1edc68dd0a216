"""`/pause`: quiet for a while, and leave, which moves due dates behind the return."""

from datetime import date, timedelta

from bot.chat.commands import help
from bot.chat.turn import Turn
from bot.rules import daily
from bot.rules.calendar import DAY
from bot.rules.days import LONGEST_LEAVE, is_away, is_paused
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.words import days

PAUSE, LEAVE_FROM, LEAVE_BACK = "pause", "leave-from", "leave-back"
LONGEST_PAUSE = timedelta(weeks=8)
TWO_WEEKS = timedelta(weeks=2)
BEGAN_AT_MOST = timedelta(days=14)
"""How long ago a leave may have begun: somebody was ill and tells it afterwards."""


def pause(turn: Turn) -> None:
    """How things stand, or for how long to be quiet."""
    turn.store.await_words(turn.learner.id, "")
    if has_leave(turn.learner, turn.today):
        _show_leave(turn)
    elif is_paused(turn.learner, turn.today):
        _show_pause(turn, learning=False)
    else:
        _ask(turn)


def _ask(turn: Turn) -> None:
    monday = next_monday(turn.today)
    turn.show("pause", tomorrow=turn.today + DAY, monday=monday, two_weeks=turn.today + TWO_WEEKS)


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def has_leave(learner: Learner, today: date) -> bool:
    """Whether a leave goes on, or is still to come."""
    return learner.away_until is not None and today < learner.away_until


def quiet(turn: Turn) -> bool:
    """Whether nothing comes just now because this person said so; then `/learn` says that first."""
    return is_paused(turn.learner, turn.today) or is_away(turn.learner, turn.today)


def show_quiet(turn: Turn) -> None:
    """What `/learn` says in a pause: until when, and the way on."""
    if is_away(turn.learner, turn.today):
        _show_leave(turn, learning=True)
    else:
        _show_pause(turn, learning=True)


def choose(turn: Turn) -> None:
    """The buttons of these screens; a day stands in its button as a number."""
    match turn.tap.number:
        case 1:
            _pause_until(turn, _tapped_day(turn))
        case 4:
            turn.store.await_words(turn.learner.id, PAUSE)
            turn.show("pause_date")
        case 5 if turn.learner.audience == "employee":
            _ask_leave(turn)
        case 6:
            _end_pause(turn)
        case 7 if turn.learner.audience == "employee":
            _leave_from(turn, _tapped_day(turn))
        case 8 if turn.store.dialogue.awaits == LEAVE_BACK:
            _leave_until(turn, _tapped_day(turn))
        case 9:
            _end_leave(turn)
        case 0:
            pause(turn)
        case _:
            turn.spent()


def _tapped_day(turn: Turn) -> date | None:
    """The day a button names; one that lies behind us is spent."""
    latest = (turn.today + LONGEST_LEAVE).toordinal()
    day = date.fromordinal(turn.tap.row) if 0 < turn.tap.row <= latest else date.min
    if day < turn.today:
        turn.spent()
        return None
    return day


def _pause_until(turn: Turn, day: date | None) -> None:
    if day is None:
        return
    if day <= turn.today:
        turn.spent()
        return
    if day > turn.today + LONGEST_PAUSE:
        turn.show("pause_too_long", longest=turn.today + LONGEST_PAUSE)
        return
    turn.store.await_words(turn.learner.id, "")
    turn.become(turn.store.save_learner(turn.learner.with_(paused_until=day)))
    turn.event("paused", **{"from": turn.today.isoformat(), "until": day.isoformat()})
    _show_pause(turn, learning=False)


def typed_day(turn: Turn) -> None:
    """Words after “Pick a date”."""
    day = _read(turn)
    if day is not None:
        _pause_until(turn, day)


def _read(turn: Turn, earliest: date | None = None) -> date | None:
    """The day somebody typed; otherwise they are told what could not be read, or that it has gone by."""
    day = days.day(turn.heard.words, turn.today, turn.learner.language)
    if day is not None and day >= (earliest or turn.today + DAY):
        return day
    if help.looks_like_code(turn.heard.words):
        help.stray(turn)
    elif day is None:
        turn.show("day_unread", words=turn.heard.words[:40])
    else:
        turn.show("day_behind", day=day, earliest=earliest or turn.today + DAY)
    return None


def _end_pause(turn: Turn) -> None:
    if is_paused(turn.learner, turn.today):
        turn.become(turn.store.save_learner(turn.learner.with_(paused_until=None)))
        turn.event("pause ended", on=turn.today.isoformat())
    turn.show("pause_ended")


# leave
def _ask_leave(turn: Turn) -> None:
    turn.store.await_words(turn.learner.id, LEAVE_FROM)
    turn.show("leave_from", tomorrow=turn.today + DAY, monday=next_monday(turn.today))


def typed_leave_from(turn: Turn) -> None:
    """The first day of a leave, in words; it may have begun some days ago."""
    earliest = turn.today - BEGAN_AT_MOST
    words, language = turn.heard.words, turn.learner.language
    recent = days.day(words, earliest, language)
    if recent is not None and recent < turn.today and days.day(words, turn.today, language) != recent:
        _leave_from(turn, recent)
    else:
        _leave_from(turn, _read(turn, earliest))


def _leave_from(turn: Turn, first: date | None) -> None:
    if first is None:
        return
    turn.store.await_words(turn.learner.id, LEAVE_BACK, first.isoformat())
    after = max(first, turn.today)
    turn.show(
        "leave_back",
        first=first,
        monday=next_monday(after),
        two_weeks=next_monday(after + timedelta(weeks=1)),
    )


def typed_leave_back(turn: Turn) -> None:
    """The first day back, in words."""
    first = date.fromisoformat(turn.store.dialogue.args)
    day = _read(turn, max(first, turn.today) + DAY)
    if day is not None:
        _leave_until(turn, day)


def _leave_until(turn: Turn, back: date | None) -> None:
    if back is None:
        return
    first = date.fromisoformat(turn.store.dialogue.args)
    if back <= first or back <= turn.today:
        turn.spent()
    elif back > first + LONGEST_LEAVE:
        turn.show("pause_too_long", longest=first + LONGEST_LEAVE)
    else:
        turn.store.await_words(turn.learner.id, "")
        take_leave(turn, first, back)
        _show_leave(turn)


def _show_pause(turn: Turn, *, learning: bool) -> None:
    turn.show("paused", until=turn.learner.paused_until, learning=learning)


def _show_leave(turn: Turn, *, learning: bool = False) -> None:
    me = turn.learner
    turn.show(
        "on_leave", first=me.away_from, back=me.away_until, manager=turn.manager_name, learning=learning
    )


def take_leave(turn: Turn, first: date, back: date) -> None:
    """Note a leave and move due dates behind the return; one noted before is undone first."""
    if has_leave(turn.learner, turn.today):
        _undo(turn)
    turn.become(turn.store.save_learner(turn.learner.with_(away_from=first, away_until=back)))
    moved = _move(turn, first, back)
    turn.event("leave", **{"from": first.isoformat(), "until": back.isoformat()}, moved=moved)


def _move(turn: Turn, first: date, back: date) -> list[dict[str, str]]:
    moved = daily.moved_by_leave(turn.learner, turn.store.assignments, first, back, turn.days)
    by_id = {one.id: one for one in turn.store.assignments}
    for one in moved:
        _due(turn, by_id[one.assignment_id], one.now)
    return [
        {"assignment": str(one.assignment_id), "was": one.was.isoformat(), "now": one.now.isoformat()}
        for one in moved
    ]


def _undo(turn: Turn) -> None:
    """Give back the due dates that the latest leave moved, where nobody has moved them since."""
    for entry in turn.store.latest_moves(turn.learner.id):
        one = next((a for a in turn.store.assignments if str(a.id) == entry["assignment"]), None)
        if one is not None and one.is_open and one.due_on == date.fromisoformat(entry["now"]):
            _due(turn, one, date.fromisoformat(entry["was"]))


def _due(turn: Turn, one: Assignment, day: date) -> None:
    turn.store.save_assignment(one.due(day))
    turn.event("due_moved", assignment=one.id, due_on=day.isoformat())


def _end_leave(turn: Turn) -> None:
    """Back early, or not going: due dates return, later only by the days that were taken."""
    me = turn.learner
    if me.away_from is None or not has_leave(me, turn.today):
        turn.spent()
        return
    _undo(turn)
    took = me.away_from < turn.today
    changed = me.with_(away_until=turn.today) if took else me.with_(away_from=None, away_until=None)
    turn.become(turn.store.save_learner(changed))
    moved = _move(turn, me.away_from, turn.today) if took else []
    turn.event("leave ended", on=turn.today.isoformat(), moved=moved)
    turn.show("pause_ended")


AWAITED = {PAUSE: typed_day, LEAVE_FROM: typed_leave_from, LEAVE_BACK: typed_leave_back}
"""Which words each question takes."""
