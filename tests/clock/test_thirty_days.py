"""Thirty days of sixty people on three walls: what came, when, and why the rest did not.

The whole service runs; only the clock is moved, from one due instant to the next. What must hold is
asked of the rows and of what the small Telegram took, by rules written down here once more, plainly.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.store import ids, tables
from bot.store.snapshot import snapshot
from tests.cast import Clock, Someone, World, our_content, playing

pytestmark = [pytest.mark.slow]
SHANGHAI, TAIPEI, LONDON = "Asia/Shanghai", "Asia/Taipei", "Europe/London"
ZONES = (SHANGHAI, TAIPEI, LONDON)
BEGINS = datetime(2026, 9, 28, 0, 0, tzinfo=UTC)
"""A Monday. The mainland's long holiday lies ahead, and on 25 October London's clocks go back."""
DAYS = 30
HOLIDAYS = {
    SHANGHAI: {date(2026, 10, day) for day in range(1, 8)},
    TAIPEI: {date(2026, 9, 28), date(2026, 10, 9), date(2026, 10, 26)},
    LONDON: set[date](),
}
WORKED = {SHANGHAI: {date(2026, 10, 10)}, TAIPEI: set[date](), LONDON: set[date]()}
AWAY = (datetime(2026, 10, 13, 3, 0, tzinfo=UTC), datetime(2026, 10, 15, 3, 0, tzinfo=UTC))
LEAVE = (date(2026, 10, 8), date(2026, 10, 20))
PAUSE_UNTIL = date(2026, 10, 12)
HOURS = (time(9), time(8, 30), time(12, 30), time(18))
ENDS = BEGINS.date() + timedelta(days=DAYS)
PEOPLE = 60
LADDER = (
    "reminder-early",
    "reminder-due",
    "reminder-late-1",
    "reminder-late-2",
    "escalation",
    "note",
    "desk",
)
REASONS = {
    "said to administrators",
    "rest day", "on leave", "paused", "unreachable", "told with another", "one reminder a day", "said to the manager",
    "nobody to tell", "note sent to the desk", "no longer due", "done meanwhile",
    "it says so already",
}  # fmt: skip


@dataclass
class Person:
    """Somebody with a habit: never learns, learns on the day, a day late, is on leave, or paused."""

    number: int
    who: Someone
    zone: str
    hour: time
    habit: str
    id: int = 0
    rest: frozenset[int] = field(default_factory=frozenset)

    def is_free(self, day: date) -> bool:
        """Whether something may come on this day, by the plain reading of the rules."""
        if self.habit == "leave" and LEAVE[0] <= day < LEAVE[1]:
            return False
        if self.habit == "paused" and BEGINS.date() <= day < PAUSE_UNTIL:
            return False
        if day in HOLIDAYS[self.zone] or day.weekday() in self.rest:
            return False
        return day in WORKED[self.zone] or day.weekday() < 5 or bool(self.rest)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))


def people() -> list[Person]:
    habits = ("never", "on the day", "late", "leave", "paused", "never")
    found = []
    for n in range(PEOPLE):
        manager = None if n < 6 else f"{n % 6:04}"
        who = Someone(
            5000 + n, f"Person {n}", staff_number=f"{n:04}", department="D", manager=manager,
            right="triager" if n == 1 else None,
        )  # fmt: skip
        rest = frozenset({4, 5}) if n % 10 == 7 else frozenset[int]()
        found.append(Person(n, who, ZONES[n % 3], HOURS[n % 4], habits[n // 3 % 6], rest=rest))
    return found


async def hire(world: World, everybody: list[Person]) -> None:
    """All come in, each with their own wall and hour, and are owed four more lessons, a week apart."""
    for person in everybody:
        world.telegram.add_person(person.who.account, person.who.name, language_code="en")
    await world.roster(*[person.who for person in everybody])
    numbers = {row["staff_number"]: row["id"] for row in world.all_of("learners")}
    for person in everybody:
        person.id = numbers[person.who.staff_number]

    def settle(connection: Connection) -> None:
        for one in everybody:
            rest = "".join(map(str, sorted(one.rest))) if one.rest else None
            more: dict[str, Any] = {"rest_days": rest, "reminders": one.number % 12 != 5}
            if one.habit == "paused":
                more["paused_until"] = PAUSE_UNTIL
            if one.habit == "leave":
                more |= {"away_from": LEAVE[0], "away_until": LEAVE[1]}
            connection.execute(
                update(tables.learners)
                .where(tables.learners.c.id == one.id)
                .values(time_zone=one.zone, lesson_at=one.hour.isoformat("minutes"), **more)
            )

    await world.write(settle)
    await world.arrive(*[person.who for person in everybody])
    owed = defaultdict[int, set[str]](set)
    for row in world.all_of("assignments"):
        owed[row["learner_id"]].add(row["unit"])
    units = [u for u in our_content().units.values() if u.kind == "lesson" and u.audience == "employee"]

    def give(connection: Connection) -> None:
        made = []
        for one in everybody:
            fresh = [unit for unit in units if unit.slug not in owed[one.id]][:4]
            for position, unit in enumerate(fresh):
                assigned = BEGINS.date() + timedelta(days=2 + 5 * position + one.number % 3)
                made.append({
                    "id": ids.new(), "learner_id": one.id, "track": "drill", "unit": unit.slug, "unit_kind": "lesson",
                    "position": position, "assigned_on": assigned, "due_on": assigned + timedelta(days=5), "attempts": 0,
                    "content_version": "", "exempt": False, "version": 0,
                })  # fmt: skip
        connection.execute(tables.assignments.insert(), made)

    await world.write(give)


async def live(world: World, everybody: list[Person]) -> None:
    """Thirty days, one due instant after another; two days of them nobody ticks."""
    end = BEGINS + timedelta(days=DAYS)
    habits = {one.id: one for one in everybody}
    while world.clock.at < end:
        with snapshot(world.app.reading) as kept:
            due = kept.next_wake(world.clock.at)
        due = min(due or end, end, world.clock.at + timedelta(hours=6))
        if AWAY[0] <= due < AWAY[1]:
            world.clock.at = AWAY[1]
            await asyncio.to_thread(world.app.clock.come_back)
        else:
            world.clock.at = due + timedelta(seconds=20)
            await asyncio.to_thread(world.app.clock.strike)
        await world.app.sender.settled()
        await world.write(lambda connection: learn(connection, habits, world.clock.at))


def learn(connection: Connection, habits: dict[int, Person], now: datetime) -> None:
    """People learn as they do: on the due day, or on the first day after it."""
    a = tables.assignments.c
    for row in connection.execute(
        tables.assignments.select().where(a.completed_at.is_(None), a.due_on.is_not(None))
    ):
        person = habits[row.learner_id]
        late = {"on the day": 0, "late": 1}.get(person.habit)
        here = person.local(now)
        if late is not None and here.date() >= row.due_on + timedelta(days=late) and here.time() >= time(19):
            connection.execute(
                update(tables.assignments).where(a.id == row.id).values(started_at=now, completed_at=now)
            )


@dataclass
class Seen:
    """Everything that the thirty days left behind."""

    everybody: dict[int, Person]
    outbox: list[dict[str, Any]]
    assignments: dict[int, dict[str, Any]]

    def sent(self, *wishes: str) -> list[tuple[Person, dict[str, Any], datetime]]:
        return [
            (self.everybody[row["learner_id"]], row, self.everybody[row["learner_id"]].local(row["sent_at"]))
            for row in self.outbox
            if row["state"] == "sent" and row["wish"] in wishes
        ]


UNASKED = ("lesson_due", "reminder", "digest", "team_late", "notice")


def test_thirty_days(database_url: str, tmp_path: Path) -> None:
    everybody = people()

    async def play() -> Seen:
        async with playing(database_url, tmp_path, clock=Clock(BEGINS)) as world:
            await hire(world, everybody)
            await live(world, everybody)
            return Seen(
                {one.id: one for one in everybody},
                [row for row in world.all_of("outbox") if row["wish"]],
                {row["id"]: row for row in world.all_of("assignments")},
            )

    seen = asyncio.run(play())
    checks: tuple[Callable[[Seen], None], ...] = (
        nothing_comes_at_night_or_on_a_day_of_rest, lessons_come_within_ten_minutes_of_their_hour, caps_are_kept,
        every_lesson_comes_once, what_did_not_come_says_why, the_ladder_is_climbed_one_step_a_day,
        it_stops_when_it_is_done, nobody_is_told_of_who_was_not_warned, after_the_outage_there_is_one_digest,
    )  # fmt: skip
    for check in checks:
        check(seen)


def nothing_comes_at_night_or_on_a_day_of_rest(seen: Seen) -> None:
    sent = seen.sent(*UNASKED)
    assert len(sent) > 500, "much comes in thirty days"
    for person, row, at in sent:
        assert time(8) <= at.time() < time(21), (person, row["wish"], at)
        assert person.is_free(at.date()), (person, row["wish"], at)


def lessons_come_within_ten_minutes_of_their_hour(seen: Seen) -> None:
    for person, row, at in seen.sent("lesson_due", "reminder"):
        hour = datetime.combine(at.date(), person.hour, at.tzinfo)
        assert timedelta(0) <= at - hour <= timedelta(minutes=10), (person, row["wish"], at)


def caps_are_kept(seen: Seen) -> None:
    for wishes in (("lesson_due", "digest"), ("reminder",), ("team_late",)):
        count = Counter((person.id, at.date()) for person, _, at in seen.sent(*wishes))
        assert max(count.values()) == 1, count.most_common(1)


def every_lesson_comes_once(seen: Seen) -> None:
    announced = Counter(row["assignment_id"] for row in seen.outbox if row["slot"] == "lesson")
    assert max(announced.values()) == 1
    units = {(seen.assignments[n]["learner_id"], seen.assignments[n]["unit"]) for n in announced}
    expected = 0
    for one in seen.assignments.values():
        person = seen.everybody[one["learner_id"]]
        free = [d for d in _days(one["assigned_on"], ENDS - timedelta(days=1)) if person.is_free(d)]
        last = person.local(one["completed_at"]).date() if one["completed_at"] else ENDS
        if len([day for day in free if day <= last]) > 8 and one["started_at"] is None:
            expected += 1
            assert (person.id, one["unit"]) in units, (person, one)
    assert expected > 150


def what_did_not_come_says_why(seen: Seen) -> None:
    skipped = [row for row in seen.outbox if row["state"] == "skipped"]
    assert {row["reason"] for row in skipped} <= REASONS
    assert {"rest day", "on leave", "paused"} <= {row["reason"] for row in skipped}
    assert all(
        row["state"] in ("sent", "skipped") or row["due_at"] > BEGINS + timedelta(days=DAYS)
        for row in seen.outbox
    )
    days = {(row["learner_id"], row["on"]) for row in seen.outbox if row["daily"] in ("lesson", "digest")}
    announced = {
        (row["learner_id"], seen.assignments[row["assignment_id"]]["unit"]): row["on"]
        for row in seen.outbox if row["slot"] == "lesson"
    }  # fmt: skip
    for one in seen.assignments.values():
        person = seen.everybody[one["learner_id"]]
        until = min(announced.get((person.id, one["unit"]), ENDS), ENDS - timedelta(days=1))
        if one["completed_at"]:
            until = min(until, person.local(one["completed_at"]).date())
        for day in _days(
            max(one["assigned_on"], BEGINS.date() + timedelta(days=1)), until - timedelta(days=1)
        ):
            hour = datetime.combine(day, person.hour, ZoneInfo(person.zone))
            if not AWAY[0] <= hour <= AWAY[1]:
                assert (person.id, day) in days, (person, one["unit"], day, "neither came nor says why")


def the_ladder_is_climbed_one_step_a_day(seen: Seen) -> None:
    steps = defaultdict[int, dict[str, date]](dict)
    for row in seen.outbox:
        name = (row["slot"] or "").split("@")[0]
        if name in LADDER:
            assert name not in steps[row["assignment_id"]], "each step once"
            steps[row["assignment_id"]][name] = row["on"]
    whole = 0
    for said in steps.values():
        order = [said[name] for name in LADDER if name in said]
        assert order == sorted(set(order)), said
        whole += len(order) == len(LADDER)
    assert whole >= 5, "some climb it to the end"


def it_stops_when_it_is_done(seen: Seen) -> None:
    for person, row, at in seen.sent("reminder"):
        done = seen.assignments[row["assignment_id"]]["completed_at"]
        assert done is None or at <= person.local(done), (person, row["slot"])


def nobody_is_told_of_who_was_not_warned(seen: Seen) -> None:
    warned = {
        row["assignment_id"]: at.date()
        for _, row, at in seen.sent("reminder")
        if "late-2" in (row["slot"] or "")
    }
    warned |= {
        row["assignment_id"]: row["on"]
        for row in seen.outbox
        if "late-2" in (row["slot"] or "") and row["reason"] == "told with another"
    }
    told = [row for row in seen.outbox if (row["slot"] or "").startswith("escalation@")]
    assert len(told) > 20
    for row in told:
        assert warned[row["assignment_id"]] < row["on"]
    assert seen.sent("team_late") and seen.sent("notice")


def after_the_outage_there_is_one_digest(seen: Seen) -> None:
    digests = seen.sent("digest")
    assert len(digests) > 20
    assert max(Counter(person.id for person, _, _ in digests).values()) == 1
    for person, _, at in digests:
        assert at.astimezone(UTC) >= AWAY[1] and person.is_free(at.date())


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
