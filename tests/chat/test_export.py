"""Completions: a manager's own team as a file in the chat, and nobody else's."""

import asyncio
import csv
import io
from datetime import date

import pytest
from sqlalchemy import Connection, update

from bot.rules.sending import Posting
from bot.store import ids
from bot.store.completions import COLUMNS
from bot.store.rows import outbox_values
from bot.store.tables import assignments, learners, outbox
from tests.cast import ADA, BO, LING, MEI, OMAR, SANA, TAN, WEI, Chat, Someone, World, our_content
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio


def lines(chat: Chat) -> list[dict[str, str]]:
    """The file that the newest message carries, as a spreadsheet would read it."""
    sent = chat.last.attachment
    assert sent is not None and sent.name == "completions-2026-11-30.csv"
    assert sent.content.startswith(b"\xef\xbb\xbf")
    reader = csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"), newline=""))
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return list(reader)


async def exported(world: World, chat: Chat) -> list[dict[str, str]]:
    await chat.say("/export")
    await chat.tap("CSV")
    await world.settle()
    return lines(chat)


async def test_a_manager_gets_the_own_team_with_their_own_beside_it_and_nobody_elses(world: World) -> None:
    await world.arrive(LING, MEI, WEI, OMAR, SANA, TAN)
    tracks = our_content().tracks
    units, leading = tracks["new-hire"].units, tracks["role-manager"].units
    for manager, team in (
        (LING, {"Chen Mei", "Zhao Wei", "Lin Ling"}),
        (OMAR, {"Sana Malik", "Omar Haddad"}),
    ):
        found = await exported(world, world.chat(manager))
        assert {line["name"] for line in found} == team
        assert {line["manager"] for line in found} == {manager.name, ""}
        assert len(found) == len(team) * len(units) + len(leading)


async def test_a_manager_of_managers_gets_every_team_below_or_one_of_them(world: World) -> None:
    await world.arrive(ADA, LING, MEI, OMAR, SANA)
    ada = next(row["id"] for row in world.all_of("learners") if row["staff_number"] == ADA.staff_number)
    heads = [one["id"] for one in world.all_of("learners") if one["name"] in (LING.name, OMAR.name)]
    await world.write(
        lambda c: c.execute(update(learners).where(learners.c.id.in_(heads)).values(manager_id=ada)).rowcount
    )
    found = await exported(world, world.chat(ADA))
    assert {line["name"] for line in found} == {one.name for one in (ADA, LING, MEI, OMAR, SANA)}
    chat = world.chat(ADA)
    await chat.say("/team")
    await chat.walk("Teams below · 2", "1", "Export")
    assert chat.first_line.startswith("Completions, Lin Ling's team, since")
    await chat.tap("CSV")
    await world.settle()
    assert {line["name"] for line in lines(chat)} == {LING.name, MEI.name}


async def test_the_same_as_a_workbook(world: World) -> None:
    await world.arrive(LING, MEI)
    ling = world.chat(LING)
    await ling.say("/export")
    await ling.tap("Excel")
    await world.settle()
    sent = ling.last.attachment
    assert sent is not None and sent.name == "completions-2026-11-30.xlsx"
    assert sent.content.startswith(b"PK")
    assert ling.first_line == "Completions, Credit, Thu 1 Jan–Mon 30 Nov."


async def test_a_period_and_a_track_narrow_the_file(world: World) -> None:
    await world.arrive(LING, MEI)
    ling = world.chat(LING)
    await ling.say("/export")
    await ling.walk("Period", "Three months")
    assert ling.first_line == "Completions, Credit, since Mon 31 Aug"
    await ling.walk("Period", "All")
    assert ling.first_line == "Completions, Credit, from the beginning"
    await world.write(
        lambda c: c.execute(update(assignments).values(assigned_on=date(2025, 12, 31))).rowcount
    )
    await ling.say("/export")
    assert "Rows: 0." in ling.text and "CSV" not in ling.buttons
    await ling.walk("Period", "All", "CSV")
    await world.settle()
    assert {line["assigned_on"] for line in lines(ling)} == {"2025-12-31"}


async def test_a_file_that_was_made_by_a_process_that_is_gone_is_made_again(world: World) -> None:
    await world.arrive(LING, MEI)
    await _wish(world, LING, world.learner(LING).id, made=True)
    await world.settle()
    assert {line["name"] for line in lines(world.chat(LING))} == {LING.name, MEI.name}


async def test_the_file_says_what_was_done_when_and_with_what_score(world: World) -> None:
    await world.arrive(LING, MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    for number in range(3):
        await give(mei, right=True)
        await mei.tap("Next question ›" if number < 2 else "To the result ›")
    line = next(x for x in await exported(world, world.chat(LING)) if x["unit"] == "report-it-fast")
    assert line["learner_id"] == str(world.learner(MEI).id)
    assert {key: line[key] for key in ("staff_number", "audience", "department", "status", "score_percent", "attempts")} == {
        "staff_number": "0102", "audience": "employee", "department": "Credit", "status": "completed",
        "score_percent": "100", "attempts": "1",
    }  # fmt: skip
    assert line["organisation"] == "Qingchuan Credit" and line["passed"] == ""
    assert line["completed_at"] == "2026-11-30T09:00:00+08:00"
    assert line["content_version"] == our_content().units["report-it-fast"].version


async def test_who_manages_nobody_reads_what_an_unknown_command_reads(world: World) -> None:
    await world.arrive(MEI, BO, TAN)
    for who in (MEI, BO, TAN):
        chat = world.chat(who)
        assert await chat.say("/export") == await chat.say("/nothing") == await chat.say("/export ling")
        assert "My team" not in chat.buttons


async def test_a_right_gone_before_the_tap_is_refused_like_what_is_not_there(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    ling = world.chat(LING)
    await ling.say("/export")
    await _move_the_team(world, OMAR)
    shown, forged = ling.text, await ling.tap_data("e.0.0.0.forged", forge=True)
    assert await ling.tap("CSV") == forged and ling.text == shown
    assert all(row["wish"] != "completions" for row in world.all_of("outbox"))


async def test_a_right_gone_between_the_tap_and_the_making_stops_the_file(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    ling = world.chat(LING)
    ling_id = world.learner(LING).id
    await _move_the_team(world, OMAR)
    await _wish(world, LING, ling_id)
    before = len(ling.messages)
    await world.settle()
    assert len(ling.messages) == before
    assert [(r["state"], r["reason"]) for r in world.all_of("outbox") if r["wish"] == "completions"] == [
        ("skipped", "the right is gone")
    ]


async def test_a_file_for_somebody_elses_team_is_not_made_whatever_the_row_says(world: World) -> None:
    await world.arrive(LING, MEI, OMAR)
    await _wish(world, OMAR, world.learner(LING).id)
    await world.settle()
    assert world.chat(OMAR).last.attachment is None


async def test_asking_for_a_file_is_written_into_the_audit_log_and_linked(world: World) -> None:
    await world.arrive(LING, MEI)
    await exported(world, world.chat(LING))
    ling = f"learner:{world.learner(LING).id}"
    assert ("export asked", ling) in [(row["action"], row["actor"]) for row in world.all_of("audit")]
    assert await asyncio.to_thread(world.app.clock.link) > 0
    assert all(row["number"] for row in world.all_of("audit"))


async def _wish(world: World, who: Someone, manager_id: int, *, made: bool = False) -> None:
    """Owe somebody the file of a team, as a tap that was allowed would have; perhaps made, where nobody finds it."""
    args = {"manager_id": manager_id, "format": "csv"}
    wish = Posting(
        ids.new(), world.learner(who).id, who.account, "replies", "resend", 0, "sendDocument" if made else None,
        {"chat_id": who.account} if made else {}, "completions", args, world.clock(),
        {"document": str(world.folder / "elsewhere" / "completions.csv")} if made else {},
    )  # fmt: skip

    def owe(connection: Connection) -> None:
        connection.execute(outbox.insert(), outbox_values(wish, world.clock()))

    await world.write(owe)


async def _move_the_team(world: World, to: Someone) -> None:
    """Everybody of Ling's team reports to somebody else from now on."""
    ling = world.learner(LING).id
    other = next(row["id"] for row in world.all_of("learners") if row["staff_number"] == to.staff_number)

    def move(connection: Connection) -> None:
        connection.execute(update(learners).where(learners.c.manager_id == ling).values(manager_id=other))

    await world.write(move)


async def test_while_the_file_is_made_the_chat_shows_that_one_is_on_its_way(world: World) -> None:
    await world.arrive(LING, MEI)
    ling = world.chat(LING)
    await ling.say("/team")
    assert not [call for call in world.telegram.ledger if call.method == "sendChatAction"]
    await exported(world, ling)
    signs = [call for call in world.telegram.ledger if call.method == "sendChatAction"]
    assert [(call.chat_id, call.params["action"], call.ok) for call in signs] == [
        (LING.account, "upload_document", True)
    ]
    assert not [row for row in world.all_of("outbox") if row["method"] == "sendChatAction"]
