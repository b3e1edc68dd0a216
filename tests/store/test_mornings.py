"""What many learners are told is what the rules say of each of them alone."""

import json
import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules import daily
from bot.rules.calendar import Calendar
from bot.rules.daily import Rung, Said, Today
from bot.rules.days import Days, Spell
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import deliveries, rows
from bot.store.tables import learners
from tests.store.conftest import Store, somebody

NOW = datetime(2026, 11, 30, 9, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
DAY = timedelta(days=1)
ZONES = ("Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Europe/London")
DAYS = Days(
    Calendar({"JP": frozenset({TODAY - 4 * DAY}), "CN": frozenset({TODAY + 2 * DAY})}, {}),
    {"Asia/Tokyo": "JP", "Asia/Shanghai": "CN"}.get,
)
PEOPLE = 1_000
STEPS: tuple[Rung, ...] = ("early", "due", "late-1", "late-2", "escalation", "note")


class MadeUp:
    """Learners in as many situations as a seed makes up."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.assignments: list[dict[str, Any]] = []
        self.outbox: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def some(self, *choices: Any, odds: float = 0.3) -> Any:
        """None, mostly; else one of these."""
        return self.dice.choice(choices) if self.dice.random() < odds else None

    def day(self, first: int, last: int) -> date:
        return TODAY + DAY * self.dice.randint(first, last)

    def learner(self, number: int) -> Learner:
        leave = self.some((self.day(-9, 0), self.day(0, 9)), odds=0.15) or (None, None)
        return somebody(
            number, audience=self.dice.choice(("employee", "employee", "borrower")), time_zone=self.dice.choice(ZONES),
            lesson_at=NOW.time().replace(hour=self.dice.choice((9, 9, 9, 8, 21)), second=0),
            rest_days=self.some(frozenset({0}), frozenset({5}), frozenset[int](), odds=0.2),
            reminders=self.dice.random() < 0.85, hired_on=self.some(self.day(-3, 3), odds=0.2),
            paused_until=self.some(self.day(-2, 2), odds=0.1), away_from=leave[0], away_until=leave[1],
            unreachable=self.some("blocked", odds=0.05), left_on=self.some(TODAY, odds=0.03),
            account_id=None if self.dice.random() < 0.03 else number,
        )  # fmt: skip

    def owe(self, learner: Learner, position: int) -> None:
        number = learner.id * 100 + self.dice.randint(0, 9) * 10 + position
        assigned_on = self.day(-20, 3)
        due_on = assigned_on + DAY * self.dice.randint(0, 14) if learner.audience == "employee" else None
        begun = self.some(NOW - DAY * self.dice.random() * 9, odds=0.15)
        self.assignments.append({
            "id": number, "learner_id": learner.id, "track": self.dice.choice(("a", "b")),
            "unit": f"unit-{position}-{self.dice.randint(0, 1)}", "unit_kind": "lesson", "position": position,
            "assigned_on": assigned_on, "due_on": due_on, "started_at": begun, "attempts": 0, "content_version": "",
            "completed_at": self.some(NOW - DAY, odds=0.1), "exempt": self.dice.random() < 0.05, "version": 0,
        })  # fmt: skip
        if self.dice.random() < 0.7:
            self.say(learner, number, due_on, assigned_on)

    def say(self, learner: Learner, number: int, due_on: date | None, since: date) -> None:
        """That it is there, and some steps of the ladder after it."""
        said = ["lesson"]
        if due_on is None:
            said += ["reminder-still-here"] * self.dice.randint(0, 1)
        else:
            said += [step for step in STEPS[: self.dice.randint(0, len(STEPS))] if self.dice.random() < 0.9]
        for n, name in enumerate(said):
            on = min(since + DAY * n, TODAY - DAY * self.dice.randint(0, 1))
            slot = name if n == 0 or due_on is None else f"{self.place(name)}@{due_on}"
            self.row(learner, number, slot, on)
        if self.dice.random() < 0.1:
            back = NOW + DAY * self.dice.randint(-4, 0) + timedelta(hours=3)
            self.row(learner, number, f"later-{number}", None, back)

    @staticmethod
    def place(step: str) -> str:
        return step if step in ("escalation", "note") else f"reminder-{step}"

    def row(self, learner: Learner, number: int, slot: str, on: date | None, due: datetime = NOW) -> None:
        self.outbox.append({
            "id": len(self.outbox) + 1, "learner_id": learner.id, "chat_id": learner.id, "lane": 2, "care": "resend",
            "state": self.dice.choice(("sent", "sent", "sent", "owed", "skipped", "unreachable")), "wish": "lesson_due",
            "wish_args": "{}", "sealed": False, "assignment_id": number, "slot": slot, "on": on, "daily": None,
            "made_at": NOW - DAY, "due_at": due, "sends": 0,
        })  # fmt: skip

    def rest(self, learner: Learner) -> None:
        """A pause or a leave that is over."""
        first = self.day(-15, -3)
        payload = rows.dump({"from": str(first), "until": str(first + 2 * DAY)})
        self.events.append({
            "id": learner.id, "learner_id": learner.id, "kind": self.dice.choice(("paused", "leave")), "at": NOW - DAY,
            "payload": payload, "content_version": "",
        })  # fmt: skip


def fill(store: Store, seed: int) -> None:
    made = MadeUp(seed)
    people = [made.learner(number) for number in range(1, PEOPLE + 1)]
    for one in people:
        for position in range(made.dice.choice((0, 1, 1, 2, 3, 4))):
            made.owe(one, position)
        if made.dice.random() < 0.2:
            made.rest(one)
    unique = list({(one["learner_id"], one["track"], one["unit"]): one for one in made.assignments}.values())
    known = {one["id"] for one in unique}
    store.add(*people)
    store.insert("wakes", *[{"learner_id": one.id, "at": NOW - timedelta(seconds=30)} for one in people])
    store.insert("assignments", *unique)
    store.insert("outbox", *[row for row in made.outbox if row["assignment_id"] in known])
    store.insert("events", *made.events)


def said(one: Assignment, found: list[dict[str, Any]], zone: str) -> Said:
    """What was said of an assignment, read row by row."""
    announced, rungs, waiting = None, dict[Rung, date](), set[Rung]()
    for row in found:
        name, _, due = row["slot"].partition("@")
        here = row["due_at"].astimezone(ZoneInfo(zone)).date()
        if name == "lesson":
            announced = row["on"]
        elif name.startswith("later-"):
            if one.due_on and here > one.due_on and row["state"] != "skipped":
                rungs.setdefault("late-1", here)
        elif due == str(one.due_on or ""):
            step: Any = name.removeprefix("reminder-")
            rungs[step] = row["on"]
            if row["state"] in ("owed", "unreachable"):
                waiting.add(step)
    if announced is None and one.started_at is not None:
        announced = one.started_at.astimezone(ZoneInfo(zone)).date()
    return Said(announced, rungs, frozenset(waiting))


Told = tuple[set[str], dict[str, Any]]
"""Why nothing comes; and by wish what is said."""


def told(learner: Learner, plan: Today, comes_back: bool) -> Told:
    """What a morning is by the rules alone."""
    here = NOW.astimezone(ZoneInfo(learner.time_zone))
    why = DAYS.why_not(learner, here.date())
    if why is not None:
        return ({why} if plan.lesson or plan.rung or plan.escalated else set()), {}
    if here.time() < learner.lesson_at or not 8 <= here.hour < 21:
        return set(), {}
    found: dict[str, Any] = {}
    back = comes_back and plan.rung in daily.NUDGES
    if plan.lesson is not None:
        found["lesson_due"] = {"assignment_id": plan.lesson.id}
        if plan.is_folded and not back:
            found["lesson_due"] |= {"rung": plan.rung, "reminded": [one.id for one in plan.reminded]}
    if plan.rung is not None and not plan.is_folded and not back:
        first, *others = (one.id for one in plan.reminded)
        found["reminder"] = {"assignment_id": first, "rung": plan.rung, "others": others}
    return set(), found


def test_thousands_are_told_what_the_rules_say_of_each(store: Store) -> None:
    fill(store, seed=20261130)
    people = {row.id: rows.learner_of(row) for row in store.read(rows.LEARNERS.order_by(learners.c.id))}
    owed, about, past = (
        defaultdict[int, list[Any]](list),
        defaultdict[int, list[Any]](list),
        dict[int, list[Spell]](),
    )
    for row in store.all_of("assignments"):
        if (one := Assignment(**row)).is_open:
            owed[one.learner_id].append(one)
    for row in store.all_of("outbox"):
        about[row["assignment_id"]].append(row)
    for row in store.all_of("events"):
        past[row["learner_id"]] = daily.spells([(row["kind"], json.loads(row["payload"]))])
    before = {row["id"] for row in store.all_of("outbox")}

    store.do(lambda connection: deliveries.strike(connection, NOW, DAYS))

    found: dict[int, Told] = {number: (set(), {}) for number in people}
    for row in store.all_of("outbox"):
        if row["id"] in before or row["wish"] not in ("lesson_due", "reminder"):
            continue
        if row["state"] == "owed":
            found[row["learner_id"]][1][row["wish"]] = json.loads(row["wish_args"])
        elif row["slot"] is None:
            found[row["learner_id"]][0].add(row["reason"])
    kinds = set[Any]()
    for number, learner in people.items():
        today = NOW.astimezone(ZoneInfo(learner.time_zone)).date()
        of_each = {one.id: said(one, about[one.id], learner.time_zone) for one in owed[number]}
        late = any({"late-2", "escalation"} & one.rungs.keys() for one in of_each.values())
        spells = past.get(number, ()) if owed[number] and (late or not learner.reminders) else ()
        plan = daily.today_for(learner, owed[number], of_each, today, DAYS, spells)
        comes_back = any(
            row["slot"].startswith("later-") and row["state"] in ("owed", "sent")
            and row["due_at"].astimezone(ZoneInfo(learner.time_zone)).date() == today
            for one in owed[number] for row in about[one.id]
        )  # fmt: skip
        expected: Told = (set(), {}) if learner.left_on else told(learner, plan, comes_back)
        assert found[number] == expected, (learner, owed[number], of_each, plan)
        kinds |= {
            plan.rung,
            plan.lesson is not None,
            bool(plan.escalated),
            bool(plan.noted),
            comes_back,
            *expected[0],
        }
    assert kinds >= {
        "early",
        "due",
        "late-1",
        "late-2",
        "note",
        "still-here",
        True,
        False,
        "on leave",
        "rest day",
    }
