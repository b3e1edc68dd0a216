"""Administrators: the state of things, whom lessons reach, new links, and who may do what."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot import app as assembly
from bot.rules.people import Learner
from bot.rules.sending import LANES
from bot.store import tables
from tests.cast import ADA, BO, LING, MEI, OMAR, SANA, STAFF, TINA, WEI, Someone, World, playing

pytestmark = pytest.mark.anyio
MORE = tuple(
    Someone(5000 + n, f"Person {n:02}", staff_number=f"9{n:03}", department="Branch", manager="0101")
    for n in range(42)
)


@pytest.fixture
async def world(sqlite_url: Callable[[], str], tmp_path: Path) -> AsyncIterator[World]:
    async with playing(sqlite_url(), tmp_path) as it:
        await it.roster(*STAFF)
        yield it


async def test_all_is_well_says_so_and_what_is_shown_may_not_travel(world: World) -> None:
    await world.arrive(ADA, MEI)
    await world.until_hour(1)
    ada = world.chat(ADA)
    said = await ada.say("/status")
    assert said.split("\n")[0] == "All is well."
    assert "Last lesson: today, 09:00." in said and "Nothing waits to be sent." in said
    assert "Came in: 2 of 8." in said and "Not joined yet: 6. Not reachable: 0." in said
    assert ada.last.is_protected


async def test_of_fifty_on_the_roster_exactly_the_three_who_are_missing_are_shown(world: World) -> None:
    for someone in MORE:
        world.telegram.add_person(someone.account, someone.name, language_code=someone.code)
    await world.roster(*MORE)
    everybody = [*STAFF, *MORE]
    missing = [MEI, BO, MORE[7]]
    await world.arrive(*[someone for someone in everybody if someone not in missing])
    ada = world.chat(ADA)
    assert "Came in: 47 of 50." in await ada.say("/status")
    await ada.tap("Not joined")
    assert ada.text.split("\n") == [
        "Not joined yet: 3", "Bo Lindqvist · Compliance", "Chen Mei · Credit", "Person 07 · Branch",
    ]  # fmt: skip
    await ada.tap("‹ State of things")
    await ada.tap("Active")
    assert ada.first_line == "Active within 30 days: 47 · 1/6" and len(ada.text.split("\n")) == 9
    seen = ada.text.split("\n")[1:]
    for _ in range(5):
        await ada.tap(next(label for label in ada.buttons if label.endswith("›")))
        seen += ada.text.split("\n")[1:]
    assert len(seen) == len(set(seen)) == 47 and not any("Chen Mei" in line for line in seen)


async def test_a_month_without_a_word_is_silent_and_a_block_is_told_with_its_reason(world: World) -> None:
    await world.arrive(ADA, MEI, WEI, LING)
    world.telegram.block(MEI.account)
    await world.settle()
    await world.until_hour(31)
    ada = world.chat(ADA)
    await world.chat(WEI).say("/lessons")
    said = await ada.say("/status")
    assert "Active within 30 days: 0. Silent: 3." in said
    assert "· blocked the bot: 1" in said
    await world.chat(LING).tap("Start · 2 minutes", world.chat(LING).messages[1])
    await ada.tap("Look again now")
    assert "Active within 30 days: 1. Silent: 2." in ada.text
    await ada.tap("Not reachable")
    assert ada.text == "Not reachable: 1\nChen Mei · blocked the bot"


async def test_whoever_starts_later_or_has_left_is_not_missing(world: World) -> None:
    await world.arrive(ADA)
    late, gone = world.clock().date().replace(year=2027), world.clock().date()
    people = tables.learners
    await world.write(
        lambda c: c.execute(update(people).where(people.c.staff_number == "0102").values(hired_on=late))
    )
    await world.write(
        lambda c: c.execute(update(people).where(people.c.staff_number == "0103").values(left_on=gone))
    )
    said = await world.chat(ADA).say("/status")
    assert "Came in: 1 of 6." in said and "First day still to come: 1." in said


async def test_lessons_late_with_no_manager_to_tell_are_counted_and_named(world: World) -> None:
    await world.arrive(ADA, MEI)  # Ling, whom Mei reports to, has not joined; Ada reports to nobody
    ada = world.chat(ADA)
    for day in range(5):
        assert "no manager to tell" not in await ada.say("/status")
        await world.until_hour(day)
    said = await ada.say("/status")
    assert said.startswith("Lessons go out. Something wants a look.")
    assert "6 lessons are late, with no manager to tell." in said
    await ada.tap("No manager to tell")
    await world.settle()
    assert ada.text.split("\n")[:3] == [
        "Late, with no manager to tell: 2", "Ada Okafor · 3 open", "Chen Mei · 3 open",
    ]  # fmt: skip
    owed = tables.assignments
    await world.write(lambda c: c.execute(update(owed).values(exempt=True)).rowcount)
    assert "no manager to tell" not in await ada.say("/status")


async def test_a_link_is_made_for_an_exact_number_shown_once_and_kept_nowhere(world: World) -> None:
    await assembly.introduce(world.app)
    await world.arrive(ADA)
    ada = world.chat(ADA)
    await ada.say("/invite")
    for wrong in ("Chen Mei", "0102 ", "102", "%", "0"):
        if wrong.strip() != "0102":
            assert (await ada.say(wrong)).split("\n")[0] == "Nobody on the roster has that number."
    said = await ada.say(" 0102 ")
    assert said.split("\n")[0] == "A link for Chen Mei" and ada.last.is_protected
    link = next(line for line in said.split("\n") if line.startswith("https://t.me/"))
    token = link.split("start=")[1]
    kept = str([world.all_of(name) for name in tables.metadata.tables if name != "content_versions"])
    assert token not in kept
    await world.carry_out()
    world.telegram.start(MEI.account, token)
    await world.settle()
    assert world.chat(MEI).first_line.startswith("Hello Mei.")
    assert ("invited", f"learner:{world.learner(MEI).id}") in [
        (row["action"], row["object"]) for row in world.all_of("audit")
    ]


async def test_a_new_link_shuts_the_one_before_it(world: World) -> None:
    await world.arrive(ADA)
    old = await world.invite(MEI)
    await world.chat(ADA).say("/invite")
    await world.chat(ADA).say("0102")
    await world.carry_out()
    world.telegram.start(MEI.account, old)
    await world.settle()
    assert world.chat(MEI).first_line == "This invitation doesn't open anything."


async def test_a_right_is_given_with_one_question_and_the_person_hears_of_it(world: World) -> None:
    await world.arrive(ADA, MEI, TINA)
    ada = world.chat(ADA)
    assert "administrator: Ada Okafor" in await ada.say("/roles")
    assert "Managers: 2, from the roster." in ada.text
    await ada.tap("Give a right")
    await ada.say("0102")
    assert ada.first_line == "Chen Mei" and ada.buttons[:3] == ["on the desk", "trainer", "administrator"]
    await ada.tap("administrator")
    assert "gives and takes rights" in ada.text
    assert "administrator" not in world.learner(MEI).rights
    await ada.tap("Give it")
    await world.carry_out()
    assert world.learner(MEI).rights == {"administrator"}
    mei = world.chat(MEI)
    assert mei.first_line == "A right was given: administrator."
    await mei.tap("Show it")
    assert mei.menu[:3] == ["status", "invite", "report"] and "/roles" in mei.text
    await ada.tap("‹ Rights")
    assert "administrator: Ada Okafor · Chen Mei" in ada.text


async def test_the_last_administrator_is_told_that_the_right_stays(world: World) -> None:
    await world.arrive(ADA, MEI)
    ada = world.chat(ADA)
    await ada.say("/roles")
    await ada.tap("Take a right")
    await ada.say("0303")
    await ada.tap("administrator")
    assert ada.first_line == "The last administrator stays one."


async def test_a_right_is_taken_and_the_commands_are_gone_at_once(world: World) -> None:
    await world.arrive(ADA, BO)
    await world.write(lambda c: c.execute(
        update(tables.learners).where(tables.learners.c.staff_number == "0301").values(rights="administrator")
    ))  # fmt: skip
    bo, ada = world.chat(BO), world.chat(ADA)
    await bo.say("/roles")
    await ada.say("/roles")
    await ada.tap("Take a right")
    await ada.say("0301")
    await ada.walk("administrator", "Take it")
    await world.carry_out()
    assert bo.first_line == "A right was taken back: administrator."
    assert await bo.say("/status") == await bo.say("/nothing")


async def test_nobody_else_is_told_that_these_commands_exist(world: World) -> None:
    await world.arrive(LING, OMAR, SANA, BO, TINA)
    for who in (LING, OMAR, SANA, BO, TINA):
        chat = world.chat(who)
        for command in ("status", "invite", "roles"):
            assert await chat.say(f"/{command}") == await chat.say("/nothing")
        assert "status" not in chat.menu and "invite" not in await chat.say("/help")


def _held_up(connection: Any, learner: Learner, at: datetime) -> None:
    """A lesson that another process has claimed and does not send."""
    row: dict[str, Any] = {column.name: None for column in tables.outbox.c}
    row |= {
        "id": 77, "learner_id": learner.id, "chat_id": learner.account_id, "lane": LANES.index("lessons"),
        "care": "resend", "state": "claimed", "claimed_by": "another", "claimed_until": at + timedelta(days=1),
        "sealed": False, "made_at": at, "due_at": at, "sends": 0, "wish": "lesson_due", "wish_args": "{}",
    }  # fmt: skip
    connection.execute(tables.outbox.insert(), row)


async def test_administrators_hear_at_any_hour_that_lessons_stopped_and_that_they_go_again(
    world: World,
) -> None:
    await world.arrive(ADA, MEI, LING)
    ada = world.chat(ADA)
    await world.until_hour(2, 2)  # nobody else hears anything at two in the night
    mei, began = world.learner(MEI), world.clock()
    await world.write(lambda c: _held_up(c, mei, began))
    quiet = [len(world.chat(who).messages) for who in (MEI, LING)]
    for _ in range(20):
        await world.move(minutes=1)
        world.app.clock.watch()
        await world.settle()
    assert (ada.first_line, ada.last.is_silent) == ("Lessons have stopped going out.", False)
    assert [m.text for m in ada.messages if m.text.startswith("Lessons have stopped")] == [ada.text]
    await ada.tap("State of things")
    assert (ada.first_line, ada.last.is_protected) == ("Lessons are not going out.", True)
    alarmed = len(ada.messages)
    await world.write(lambda c: c.execute(
        update(tables.outbox).where(tables.outbox.c.id == 77).values(state="sent", sent_at=world.clock())
    ))  # fmt: skip
    for _ in range(8):
        await world.move(minutes=1)
        world.app.clock.watch()
        await world.settle()
    assert len(ada.messages) == alarmed + 1
    assert (ada.first_line, ada.last.is_silent) == ("Lessons go out again.", True)
    assert [len(world.chat(who).messages) for who in (MEI, LING)] == quiet
