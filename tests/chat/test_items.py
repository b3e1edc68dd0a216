"""/items: what lessons do, weakest first and from five people on; feedback one by one, without a name."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.rules.curriculum import Lesson
from bot.store import ids, tables
from tests.cast import BO, MEI, TINA, Chat, World, our_content

pytestmark = pytest.mark.anyio
REPORT, HABITS = "report-it-fast", "first-day-security-habits"


def _answered(connection: Connection, world: World, unit: str, right: list[bool]) -> None:
    """As many people as there are answers, each of whom met every question of this lesson; later tries change nothing."""
    me = world.learner(TINA)
    lesson = our_content().units[unit]
    for number, is_right in enumerate(right):
        someone = ids.new()
        connection.execute(
            tables.learners.insert(),
            {"id": someone, "audience": "borrower", "language": "en", "time_zone": me.time_zone, "name": f"Secret {number}",
             "department": "", "job": "", "lesson_at": "09:00", "rights": "", "version": 0, "reminders": True},
        )  # fmt: skip
        for first_try in (is_right, not is_right):
            attempt = ids.new()
            connection.execute(
                tables.attempts.insert(),
                {"id": attempt, "learner_id": someone, "kind": "lesson", "unit": unit, "content_version": lesson.version,
                 "started_at": world.clock(), "stage": "done", "card": 0, "queue": "[]", "orders": "[]", "number": 5,
                 "picks": "", "last": "", "asked": 5, "right": 5, "missed_must": False, "node": "", "path": "[]",
                 "ending": "", "finished_at": world.clock(), "closed": False, "version": 0},
            )  # fmt: skip
            for place, item in enumerate(lesson.items):
                connection.execute(
                    tables.answers.insert(),
                    {"attempt_id": attempt, "number": place, "learner_id": someone, "item": item.id, "chosen": "a",
                     "right": first_try, "first": True, "at": world.clock()},
                )  # fmt: skip
        connection.execute(
            tables.ratings.insert(),
            {"learner_id": someone, "unit": unit, "content_version": lesson.version, "rating": 1 if is_right else 3,
             "at": world.clock()},
        )  # fmt: skip


async def with_answers(world: World, **of: list[bool]) -> Chat:
    await world.arrive(TINA)
    for unit, right in of.items():
        await world.write(lambda c, u=unit, r=right: _answered(c, world, u.replace("_", "-"), r))  # type: ignore[misc]
    tina = world.chat(TINA)
    await tina.say("/items")
    return tina


def line_of(tina: Chat, title: str) -> list[str]:
    lines = tina.text.split("\n")
    at = next(number for number, line in enumerate(lines) if title in line)
    return lines[at : at + 2]


async def test_the_weakest_stands_first_and_the_first_try_counts(world: World) -> None:
    tina = await with_answers(
        world,
        report_it_fast=[True] * 4 + [False],
        first_day_security_habits=[True] * 2 + [False] * 4,
    )
    titles = {slug: our_content().units[slug].words["en"].title for slug in (REPORT, HABITS)}
    assert line_of(tina, titles[HABITS]) == [f"1 {titles[HABITS]}", "33% right · useful to 2 of 6"]
    assert line_of(tina, titles[REPORT]) == [f"2 {titles[REPORT]}", "80% right · useful to 4 of 5"]
    await tina.tap("1")
    assert tina.first_line == titles[HABITS]
    assert "Rated by 6: useful 2, so-so 0, no use 4." in tina.text
    assert "33% right · 6 people" in tina.text
    await tina.tap("‹ All of them")
    assert tina.first_line.startswith("How lessons do")


async def test_what_fewer_than_five_people_met_has_no_share(world: World) -> None:
    tina = await with_answers(world, report_it_fast=[False] * 4)
    assert "%" not in tina.text
    title = our_content().units[REPORT].words["en"].title
    while title not in tina.text:
        await tina.tap(next(label for label in tina.buttons if label.startswith("Page ")))
    assert line_of(tina, title)[1] == "too few answers yet" and "%" not in tina.text
    await tina.tap(line_of(tina, title)[0].split(" ")[0])
    assert "Fewer than 5 people have rated it." in tina.text and "%" not in tina.text


async def test_every_page_can_be_turned(world: World) -> None:
    tina = await with_answers(world)
    seen = set()
    for _ in range(2):
        seen |= {line[2:] for line in tina.text.split("\n") if line[:2].strip().isdigit()}
        following = [label for label in tina.buttons if label.startswith("Page ")]
        if following:
            await tina.tap(following[0])
    assert seen == {u.words["en"].title for u in our_content().units.values() if u.kind in ("lesson", "case")}
    await tina.tap("Preview")
    assert tina.first_line.startswith("Preview: nothing of it counts")


async def test_feedback_is_read_one_by_one_and_without_a_name(world: World) -> None:
    await world.arrive(MEI, BO, TINA)
    for someone, words in ((MEI, "The first"), (BO, "The second & <last>")):
        await world.chat(someone).say("/feedback")
        await world.chat(someone).say(words)
    tina = world.chat(TINA)
    await tina.say("/items")
    await tina.tap("Read feedback · 2")
    assert "The first" in tina.text
    done = tina.data("Done ›")
    await tina.tap("Later ›")
    assert "The second & <last>" in tina.text
    await tina.tap("Done ›")
    assert tina.first_line == "Nothing more to read."
    await tina.tap("‹ All of them")
    assert "Read feedback · 1" in tina.buttons, "what was put off is still there"
    await tina.tap("Read feedback · 1")
    for _ in range(2):
        await tina.tap_data(done, forge=True)
    assert len(world.all_of("feedback_done")) == 2
    shown = "\n".join(message.text for message in tina.messages)
    assert not any(name in shown for name in ("Chen", "Bo ", "0102", "0301"))


async def test_what_was_taken_back_is_read_by_nobody(world: World) -> None:
    await world.arrive(MEI, TINA)
    mei, tina = world.chat(MEI), world.chat(TINA)
    await mei.say("/feedback")
    await mei.say("Never mind")
    await mei.tap("Take it back")
    await tina.say("/items")
    assert not any(label.startswith("Read feedback") for label in tina.buttons)


async def test_only_trainers_see_it(world: World) -> None:
    await world.arrive(BO)
    bo = world.chat(BO)
    assert await bo.say("/items") == await bo.say("/nothing")


async def test_a_right_that_is_gone_before_the_figures_are_made_shows_nothing(world: World) -> None:
    await world.arrive(TINA)
    tina, me = world.chat(TINA), world.learner(TINA)
    await tina.say("/items")
    data = tina.data("1")
    gone = tables.learners.update().where(tables.learners.c.id == me.id)
    await world.write(lambda c: c.execute(gone.values(rights="", version=me.version + 1)))
    assert "expired" in str(await tina.tap_data(data))


async def test_a_lesson_that_is_taught_no_more_opens_nothing(world: World) -> None:
    tina = await with_answers(world)
    ours = our_content()
    fewer = {slug: unit for slug, unit in ours.units.items() if isinstance(unit, Lesson) and slug != HABITS}
    numbers = {unit.number: unit for unit in fewer.values()}
    buttons = [tina.data(str(number)) for number in range(1, 7)]
    await world.restart(replace(ours, units=fewer, by_number=numbers))
    gone = [data for data in buttons if int(data.split(".")[1]) not in numbers]
    for data in gone:
        assert "expired" in str(await tina.tap_data(data))
