"""A year of one new hire, played through the whole service: what came when, and that it came once."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.content.numbers import number_of
from bot.rules import completion
from bot.rules.completion import Event
from bot.rules.curriculum import Content, LessonWords
from bot.store import group, people, rows
from tests.cast import MEI, ZONE, Chat, Clock, World, our_content, playing
from tests.chat.player import give, held, lesson_of
from tests.rules.test_tracks import CREDIT, DESK, NEW, YEAR
from tests.store.conftest import prepared

pytestmark = pytest.mark.anyio
HIRED = date(2026, 3, 2)
LEAVE = date(2026, 6, 29), date(2026, 7, 13)
QUARTERS = replace(
    YEAR, units=(*YEAR.units, replace(YEAR.units[1], unit="desks", opens=(7, 1), closes=(9, 30)))
)


def a_school() -> Content:
    """Short lessons of one card, for everybody, for two jobs, and for the quarters of a year."""
    long = lesson_of("report-it-fast")
    tracks = {one.slug: one for one in (NEW, QUARTERS, CREDIT, DESK)}
    units = {}
    for slug in {unit.unit for track in tracks.values() for unit in track.units}:
        words = {tag: LessonWords(f"About {slug}", said.cards[:1]) for tag, said in long.words.items()}
        units[slug] = replace(long, slug=slug, number=number_of(slug), words=words, version=f"{slug}-1"[:16])
    ours = our_content()
    by_number = {unit.number: unit for unit in units.values()}
    return replace(
        ours, units={**ours.units, **units}, tracks=tracks, by_number={**ours.by_number, **by_number}
    )


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)


class Year:
    """Mei's days: her hour strikes at nine, and what is there at noon she does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mei: Chat = world.chat(MEI)

    async def hire(self) -> None:
        line = replace(MEI.line, hired_on=HIRED, job="customer-service", manager_staff_number=None)
        await self.world.write(lambda c: people.import_roster(c, [line], self.world.clock()))
        await asyncio.to_thread(self.world.app.clock.enrol)
        self.world.clock.at = at(HIRED - timedelta(days=3), 10)
        await self.world.arrive(MEI)

    async def live(self, since: date, until: date) -> None:
        """One day after the other: she learns whatever was announced, on the day it is."""
        day = since
        while day < until:
            before = len(self.mei.messages)
            await self.world.move(at(day, 9))
            if len(self.mei.messages) > before:
                await self.learn(day)
            day += timedelta(days=1)

    async def learn(self, day: date) -> None:
        """At noon, everything that is ready."""
        self.world.clock.at = at(day, 12)
        while "Start" in await self.mei.say("/learn") or any(
            label.startswith("Start") for label in self.mei.buttons
        ):
            await self.mei.tap_data(held(self.mei, "o"))
            await self.mei.tap("Question ›")
            for _ in range(3):
                await give(self.mei, right=True)
                await self.mei.tap_data(held(self.mei, "g"))

    async def change(self, **changes: Any) -> None:
        """What a roster or a leave writes."""
        changed = self.world.learner(MEI).with_(**changes)

        def work(c: Connection) -> None:
            values = rows.learner_values(changed)
            c.execute(group.UPDATES["learners"], {f"v_{name}": value for name, value in values.items()})

        await self.world.write(work)

    def rebuilt(self) -> dict[int, tuple[Any, ...]]:
        """Every assignment as the log alone tells it."""
        log = [
            Event(
                row["learner_id"], row["kind"], row["at"], json.loads(row["payload"]), row["content_version"]
            )
            for row in self.world.all_of("events")
        ]
        return {
            number: (
                one.round,
                one.due_on,
                one.completed_at,
                one.score_percent,
                one.attempts,
                one.exempt_reason,
            )
            for number, one in completion.rebuild(log).items()
        }

    def stands(self) -> dict[int, tuple[Any, ...]]:
        return {
            row["id"]: (
                row["round"], row["due_on"] and row["due_on"].isoformat(), row["completed_at"], row["score_percent"],
                row["attempts"], row["exempt_reason"],
            )
            for row in self.world.all_of("assignments")
        }  # fmt: skip

    def told(self) -> list[str]:
        """Everything that came by itself, was assigned, ended or done, one line each; reviews have tests of their own."""
        names = {row["id"]: f"{row['track']}/{row['unit']}" for row in self.world.all_of("assignments")}
        log, sent = self.world.all_of("events"), self.world.all_of("outbox")
        lines = [(row["at"], said) for row in log if (said := self._said(row, names))]
        lines += [
            (row["sent_at"], f"{row['wish']} {names[row['assignment_id']]}")
            for row in sent if row["assignment_id"] and row["wish"] and row["state"] == "sent"
        ]  # fmt: skip
        days = [(f"{one.astimezone(ZoneInfo(ZONE)):%Y-%m-%d}", said) for one, said in lines]
        return [f"{day} {said}" for day, said in sorted(days)]

    def _said(self, row: dict[str, Any], names: dict[int, str]) -> str:
        payload = json.loads(row["payload"])
        match row["kind"]:
            case "enrolled":
                return f"+ {payload['track']}"
            case "ended":
                return f"- {payload['track']}"
            case "assigned":
                again = f" round {payload['round']}" if payload["round"] else ""
                return f"gives {payload['track']}/{payload['unit']}{again}, due {payload['due_on']}"
            case "exempted":
                return f"drops {names[payload['assignment']]}, {payload['reason']}"
            case "completed":
                return f"learnt {payload['unit']}"
        return ""


FIRST_DAY = [
    "📖 Your first 2 lessons, 4 minutes", "1 About report", "2 About codes", "One after the other, by Tuesday.",
]  # fmt: skip
A_YEAR = """\
2026-02-25 + desk
2026-02-25 + new
2026-02-25 + year
2026-02-25 gives desk/caller, due None
2026-02-25 gives new/codes, due None
2026-02-25 gives new/report, due None
2026-02-25 gives new/story, due None
2026-02-25 gives year/mail, due None
2026-03-02 learnt caller
2026-03-02 learnt codes
2026-03-02 learnt mail
2026-03-02 learnt report
2026-03-02 lesson_due new/report
2026-03-05 learnt story
2026-03-05 lesson_due new/story
2026-04-01 gives year/phone, due 2026-06-30
2026-04-01 learnt phone
2026-04-01 lesson_due year/phone
2026-05-04 + credit
2026-05-04 - desk
2026-05-04 gives credit/codes, due 2026-05-18
2026-05-04 gives credit/papers, due 2026-05-11
2026-05-06 learnt papers
2026-05-06 lesson_due credit/papers
2026-06-01 + desk
2026-06-01 - credit
2026-07-01 gives year/desks, due 2026-09-30
2026-07-13 learnt desks
2026-07-13 lesson_due year/desks
2026-10-01 gives year/report, due 2026-12-31
2027-01-01 gives year/mail round 1, due 2027-03-31
2027-01-04 learnt mail
2027-01-04 lesson_due year/mail
2027-02-16 gives desk/caller round 1, due 2027-03-02
2027-02-16 learnt caller
2027-02-16 lesson_due desk/caller
2027-04-01 gives year/phone round 1, due 2027-06-30
2027-04-01 learnt phone
2027-04-01 lesson_due year/phone
"""
"""Before she comes nothing is due. What she learnt in March counts in May for the new job and in October for
the quarter; the story of 4 May waits for the holiday to end, and July's lesson for her to be back."""


async def test_a_year_of_a_new_hire(copy_of: Callable[[Callable[[str], None]], str], tmp_path: Path) -> None:
    async with playing(
        copy_of(prepared), tmp_path, clock=Clock(at(HIRED - timedelta(days=5), 10)), content=a_school()
    ) as world:
        year = Year(world)
        await year.hire()
        await world.move(at(HIRED, 9))
        assert year.mei.text.splitlines()[:4] == FIRST_DAY
        await year.learn(HIRED)
        await year.live(HIRED + timedelta(days=1), date(2026, 5, 4))
        await year.change(job="credit-officer")
        await year.live(date(2026, 5, 4), date(2026, 6, 1))
        await year.change(job="customer-service")
        await year.live(date(2026, 6, 1), LEAVE[0])
        await year.change(away_from=LEAVE[0], away_until=LEAVE[1])
        await year.live(LEAVE[0], date(2027, 4, 3))
        assert year.told() == A_YEAR.splitlines()
        assert year.rebuilt() == year.stands()
