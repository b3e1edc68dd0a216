"""What managers see, and what their people read of it, with something plausible in it: see `tests.screens`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.chat.commands.export import Choice
from bot.rules import team
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.team import Failed, Member, TopicFigure
from bot.rules.width import ONE_A_ROW, width
from bot.store.newcomers import News

if TYPE_CHECKING:
    from tests.screens import Reader

LARGEST = 2**63 - 1
NOW = datetime.fromisoformat("2026-12-02T09:00+08:00")
TODAY = NOW.date()
Context = dict[str, Any]
DAY = timedelta(days=1)


def member(name: str = "Chen Mei", **changes: Any) -> Member:
    plain = Member(LARGEST, name, True, None, None, None, None, None, False, 17, 29, TODAY + 2 * DAY)
    return replace(plain, **changes)


def members(reader: Reader) -> list[Member]:
    """One of every kind, and a name that is too long for its line."""
    mei = "Chen Mei" if reader.language == "en" else "陈梅"
    return [
        member(mei), member("Late", first_due=TODAY - 9 * DAY), member("Gone", unreachable="blocked"),
        member("Away", away_until=TODAY + 9 * DAY), member("New", joined=False, done=0, assigned=0, first_due=None),
        member("Soon", hired_on=TODAY + 12 * DAY), member("Done", done=29, first_due=None),
        member("Wolfeschlegelsteinhausenbergerdorff Maria-Magdalena", manages=True, first_due=None),
        member("Quiet", paused_until=TODAY + 5 * DAY, first_due=TODAY),
    ]  # fmt: skip


def boss(reader: Reader) -> Learner:
    return replace(reader.learner, name="Lin Ling", department="Customer service", manager_id=LARGEST)


def owed(due_on: date | None = None, **changes: Any) -> Assignment:
    made = Assignment(LARGEST, LARGEST, "basics", "unit", "lesson", 0, TODAY - 30 * DAY, due_on)
    return replace(made, **changes)


def overview(reader: Reader) -> Iterator[Context]:
    for is_own in (True, False):
        for gone in ("blocked", "deactivated", "chat-not-found"):
            for gone_on in (TODAY - 20 * DAY, None):
                yield {
                    "manager": boss(reader), "is_own": is_own, "team": team.overview(members(reader), TODAY),
                    "gone": gone, "gone_on": gone_on, "topic": reader.topics[0][1], "own": member(), "has_topics": True,
                }  # fmt: skip
    two_gone = [member(unreachable="blocked"), member(unreachable="blocked")]
    for some in ([], two_gone, [member()]):
        yield {
            "manager": replace(boss(reader), department=""), "is_own": True, "team": team.overview(some, TODAY),
            "gone": None, "gone_on": None, "topic": "", "own": None, "has_topics": False,
        }  # fmt: skip


def people(reader: Reader) -> Iterator[Context]:
    shown = members(reader)[: team.PAGE]
    for list_of in (1, 6, 7, 8, 9):
        yield {
            "manager": boss(reader), "list_of": list_of, "page": 1, "last": False, "people": shown, "first": 8, "count": 500,
        }  # fmt: skip
        yield {
            "manager": boss(reader),
            "list_of": list_of,
            "page": 0,
            "last": True,
            "people": [],
            "first": 0,
            "count": 0,
        }


def person(reader: Reader) -> Iterator[Context]:
    title = reader.title(reader.lesson())
    days = (None, TODAY - DAY, TODAY, TODAY + 3 * DAY)
    for one in members(reader):
        for state, why in (
            ("skipped", "on leave"),
            ("skipped", "paused"),
            ("skipped", "rest day"),
            ("skipped", "before the first day"),
            ("unknown", None),
        ):
            yield {
                "person": one, "is_me": one.name == "Done", "state": one.state(TODAY),
                "ready": [(owed(day), title) for day in days[:2]] if state == "unknown" else [(owed(day), title) for day in days[2:]],
                "more": 3, "reason": "The <link> does not open on my old phone, sorry." if one.name == "Late" else "",
                "exempt": 2, "reminded": TODAY - DAY, "gone_on": TODAY - 5 * DAY, "failed": Failed(NOW, state, why),
                "failed_on": TODAY - 3 * DAY, "may_remind": True, "manager_id": LARGEST,
            }  # fmt: skip
    yield {
        "person": member(done=29), "is_me": False, "state": "up to date", "ready": [], "more": 0, "reason": "", "exempt": 0,
        "reminded": None, "gone_on": None, "failed": None, "failed_on": None, "may_remind": False, "manager_id": LARGEST,
    }  # fmt: skip


def units(reader: Reader) -> Iterator[Context]:
    title = reader.title(reader.lesson())
    exempt = [
        owed(exempt=True, exempt_reason=reason, exempt_note=note)
        for reason, note in (("leave", None), ("other role", None), ("done elsewhere", None), ("other", "Has a <talk> of her own"), (None, None))
    ]  # fmt: skip
    open_ones = [owed(day) for day in (None, TODAY - DAY, TODAY, TODAY + 3 * DAY)]
    for found in (exempt, open_ones):
        rows: list[tuple[Assignment, str, date | None]] = [(one, title, None) for one in found]
        rows.append((owed(completed_at=NOW), title, TODAY - DAY))
        yield {
            "person": member(),
            "units": rows,
            "page": 1,
            "last": False,
            "may_undo": True,
            "count": 40,
            "first": 8,
        }
    yield {"person": member(), "units": [], "page": 0, "last": True, "may_undo": True, "count": 0, "first": 0}


def topics(reader: Reader) -> Iterator[Context]:
    figure = TopicFigure("topic", 8, 100, 42)
    titles = [title for _, title in reader.topics]
    yield {"manager": boss(reader), "shown": [(figure, title) for title in titles[:1]], "hidden": titles[1:]}
    yield {"manager": boss(reader), "shown": [], "hidden": []}


def below(reader: Reader) -> Iterator[Context]:
    teams = [(one, team.overview(members(reader), TODAY)) for one in members(reader)[:8]]
    yield {"manager": boss(reader), "teams": teams, "page": 1, "first": 8, "last": False}
    yield {"manager": boss(reader), "teams": [], "page": 0, "first": 0, "last": True}


def remind(reader: Reader) -> Iterator[Context]:
    title = reader.title(reader.lesson())
    left_out = [
        (one, why) for one, why in zip(members(reader), ("away", "paused", "unreachable"), strict=False)
    ]
    for due_on in (None, TODAY - DAY, TODAY, TODAY + 2 * DAY):
        for count, kind in ((1, "lesson"), (498, "lesson"), (1, "test")):
            yield {
                "manager": boss(reader), "kind": kind, "count": count, "person": member() if count == 1 else None, "send": 1, "row_id": LARGEST,
                "one": count == 1, "title": title, "due_on": due_on, "left_out": left_out, "some": False, "at": NOW + DAY,
            }  # fmt: skip
    for some in (True, False):
        yield {
            "manager": boss(reader), "count": 0, "person": None, "send": 1, "row_id": LARGEST, "one": False, "title": "",
            "due_on": None, "left_out": [], "some": some, "at": NOW + DAY,
        }  # fmt: skip


def remind_sent(reader: Reader) -> Iterator[Context]:
    for later in (0, 2, 3):
        yield {"manager": boss(reader), "count": 3, "later": later, "at": NOW + DAY if later else None}


def about_one(reader: Reader) -> Iterator[Context]:
    for due_on in (None, TODAY - DAY, TODAY, TODAY + 2 * DAY, TODAY + 20 * DAY):
        for why, reason in (("new task", ""), ("refresher", ""), ("typed", "You <know> why."), ("", "")):
            yield {
                "assignment": owed(due_on), "title": reader.title(reader.lesson()), "due_count": 12,
                "back_today": due_on is None, "manager": "Ling", "why": why, "reason": reason,
            }  # fmt: skip


def exempted(reader: Reader) -> Iterator[Context]:
    for reason in ("leave", "other role", "done elsewhere", "other"):
        for count in (1, 3):
            yield {
                "titles": [reader.title(reader.lesson())] * count, "reason": reason, "note": "As <agreed>.", "manager": "Ling",
                "person": member(),
            }  # fmt: skip


def pick(reader: Reader) -> Iterator[Context]:
    units = [(unit, reader.title(unit)) for unit in reader.content.units.values()][:6]
    for one in (member(), None):
        yield {
            "units": units, "fit": all(width(title) <= ONE_A_ROW for _, title in units), "person": one, "row_id": LARGEST,
            "first": 0, "number": 0, "before": None, "after": 256,
        }  # fmt: skip
        yield {
            "units": units, "fit": False, "person": one, "row_id": LARGEST, "first": 12, "number": 0, "before": 256 * 40, "after": 256 * 42,
        }  # fmt: skip
        yield {
            "units": units[:1],
            "fit": False,
            "person": one,
            "row_id": LARGEST,
            "first": 0,
            "number": 0,
            "before": None,
            "after": None,
        }


def assigning(reader: Reader) -> Iterator[Context]:
    for unit in reader.content.units.values():
        for one in (member(), None):
            yield {
                "person": one, "row_id": LARGEST, "unit": unit, "title": reader.title(unit), "back": 4095,
                "days": [(days, 4090 + n) for n, days in enumerate((3, 5, 10, 20, None))], "numbers": [1, 2, 3, 4],
            }  # fmt: skip


def there(reader: Reader) -> Iterator[Context]:
    for done_on, due_on in ((TODAY - DAY, None), (None, TODAY), (None, None)):
        yield {
            "title": reader.title(reader.lesson()),
            "there": owed(due_on),
            "done_on": done_on,
            "person": member(),
            "row_id": LARGEST,
        }


def assigned(reader: Reader) -> Iterator[Context]:
    for asked, one, days in (
        (1, member(), 5),
        (1, None, 5),
        (490, None, None),
        (0, None, 5),
        (0, member(), 5),
    ):
        yield {
            "title": reader.title(reader.lesson()), "asked": asked, "person": one, "days": days, "done": 7, "there": 2, "absent": 1,
            "row_id": LARGEST,
        }  # fmt: skip


def exempt_pick(reader: Reader) -> Iterator[Context]:
    units = [(owed(TODAY + n * DAY, position=n), reader.title(reader.lesson())) for n in range(6)]
    yield {"person": member(), "units": units, "count": 12}
    yield {"person": member(), "units": [], "count": 0}


def exempt_why(reader: Reader) -> Iterator[Context]:
    for title in (reader.title(reader.lesson()), ""):
        yield {"person": member(), "title": title, "row_id": LARGEST, "number": 2}


def back(reader: Reader) -> Iterator[Context]:
    yield {"person": member(), "title": reader.title(reader.lesson())}


def export(reader: Reader) -> Iterator[Context]:
    tracks = list(reader.content.tracks.values())
    choice = Choice(2, tracks[0])
    shown = [(track.titles[reader.language], 2**34 + n) for n, track in enumerate(tracks)]
    for is_own in (True, False):
        for since, track in ((TODAY - 300 * DAY, ""), (None, shown[0][0])):
            yield {
                "manager": boss(reader), "is_own": is_own, "people": 500, "rows": 12000, "since": since, "track": track,
                "choice": choice, "has_tracks": True, "spans": [(TODAY, 2**34 + n) for n in range(3)] + [(None, choice.number)],
                "tracks": shown, "all_of_them": 2,
            }  # fmt: skip


def digest(reader: Reader) -> Iterator[Context]:
    for own in (member(), member(first_due=TODAY - 9 * DAY), member(done=29, first_due=None)):
        for people in (members(reader), [member(done=29, first_due=None)]):
            for new in (News(), News(1, 1, 1), News(12, 12, 12)):
                yield {"team": team.overview(people, TODAY), "own": own, "new": new}


TEAM_SCREENS: dict[str, Callable[[Reader], Iterator[Context]]] = {
    "asked": about_one,
    "assign_done": assigned,
    "assign_due": assigning,
    "assign_pick": pick,
    "assign_there": there,
    "assign_typed": assigning,
    "assign_why": assigning,
    "exempt_back": back,
    "exempt_done": exempted,
    "exempt_pick": exempt_pick,
    "exempt_typed": exempt_why,
    "exempt_why": exempt_why,
    "exempted": exempted,
    "export": export,
    "export_caption": export,
    "export_period": export,
    "export_track": export,
    "given": about_one,
    "remind": remind,
    "remind_sent": remind_sent,
    "reminded": lambda _: iter([{"count": 3}, {"count": 500}]),
    "reminded_today": lambda _: iter([{"at": NOW + DAY}]),
    "team": overview,
    "team_below": below,
    "team_digest": digest,
    "team_people": people,
    "team_person": person,
    "team_topics": topics,
    "team_units": units,
    "unexempted": about_one,
}
"""Template → every context it is shown with."""
