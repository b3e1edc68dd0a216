"""A manager and their people: what is seen, reminded, assigned, exempt, and what is nobody else's business."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from bot.store.tables import assignments, learners
from tests.cast import ADA, KEYS, LING, MEI, OMAR, SANA, WEI, Chat, Someone, World

pytestmark = pytest.mark.anyio
SIGNER = Signer(read_ring(KEYS))
SPENT = "This button has expired. /learn goes on"
TODAY = date(2026, 11, 30)
DAY = timedelta(days=1)


async def change(world: World, who: Someone, **values: Any) -> None:
    person = next(row["id"] for row in world.all_of("learners") if row["staff_number"] == who.staff_number)
    await world.write(
        lambda c: c.execute(update(learners).where(learners.c.id == person).values(**values)).rowcount
    )


async def due(world: World, who: Someone, day: date) -> None:
    """Whatever this person has open is due on this day."""
    person = world.learner(who).id
    await world.write(
        lambda c: (
            c.execute(
                update(assignments).where(assignments.c.learner_id == person).values(due_on=day)
            ).rowcount
        )
    )


async def forged(world: World, who: Someone, *button: Any) -> str | None:
    """Tap what nobody showed this person, signed as if it had been."""
    return await world.chat(who).tap_data(SIGNER.sign(world.learner(who).id, *button), forge=True)


def outcomes(world: World) -> list[str]:
    return [row["outcome"] for row in world.all_of("orders")]


async def under_ada(world: World) -> Chat:
    """Ada is over Ling and Omar."""
    await world.arrive(ADA, LING, MEI, OMAR, SANA)
    ada = world.learner(ADA).id
    for who in (LING, OMAR):
        await change(world, who, manager_id=ada)
    return world.chat(ADA)


async def test_a_manager_of_managers_steps_down_and_back(world: World) -> None:
    ada = await under_ada(world)
    await ada.say("/team")
    assert ada.first_line == "Office: 2 people"
    await ada.walk("Teams below · 2", "1")
    assert ada.first_line == "Lin Ling's team: 2 people"
    await ada.walk("People", "1")
    assert ada.first_line == "Chen Mei"
    await ada.walk("‹ People", "‹ Team", "‹ Teams", "‹ Team")
    assert ada.first_line == "Office: 2 people"


async def test_sideways_and_upwards_there_is_nothing_to_be_seen(world: World) -> None:
    await under_ada(world)
    mei, ling, ada = (world.learner(who).id for who in (MEI, LING, ADA))
    omar = world.chat(OMAR)
    await omar.say("/team")
    shown = omar.text
    for number in range(9):
        for row in (mei, ling, ada):
            for kind in ("T", "M", "A", "X", "E", "e"):
                assert (
                    await forged(world, OMAR, kind, row, number, 0)
                    == SPENT
                    == await forged(world, OMAR, kind, 12345, number, 0)
                ), (kind, number)
    assert omar.text == shown and world.all_of("orders") == []


async def test_the_managers_own_is_shown_like_anyone_elses(world: World) -> None:
    await under_ada(world)
    await due(world, LING, TODAY - DAY)
    ling = world.chat(LING)
    await ling.say("/team")
    await ling.tap(next(label for label in ling.buttons if label.startswith("My own")))
    assert "open since Sun 29 Nov" in ling.text and "Exempt" not in ling.buttons
    ada = world.chat(ADA)
    await ada.say("/team")
    await ada.tap("People")
    assert any("Lin Ling" in line and "open since" in line for line in ada.text.split("\n"))
    assert await forged(world, LING, "X", world.learner(LING).id, 0, 0) == SPENT


async def test_who_left_is_no_longer_of_the_team(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    await change(world, WEI, left_on=TODAY)
    assert (await world.chat(LING).say("/team")).startswith("Credit: one person")


async def test_why_somebody_is_not_reached_is_said_with_the_day(world: World) -> None:
    await world.arrive(LING, MEI)
    world.telegram.block(MEI.account)
    await world.settle()
    ling = world.chat(LING)
    assert "Not reachable: 1 (blocked the bot on Mon 30 Nov)" in await ling.say("/team")
    await ling.walk("People", "1")
    assert "Not reachable: blocked the bot on Mon 30 Nov." in ling.text
    assert "Remind" not in ling.buttons


async def test_a_reason_somebody_gave_stands_there_in_their_words(world: World) -> None:
    await world.arrive(LING, MEI)
    await world.write(
        lambda c: c.execute(update(assignments).values(excuse="The <link> is grey", due_on=TODAY)).rowcount
    )
    ling = world.chat(LING)
    await ling.say("/team")
    await ling.walk("People", "1")
    assert "The <link> is grey" in ling.text


async def test_a_reminder_goes_out_once_a_day(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    ling, mei = world.chat(LING), world.chat(MEI)
    before = len(mei.messages)
    await ling.say("/remind")
    assert await ling.tap("Send to 2") == "Sent to 2"
    assert await forged(world, LING, "M", 0, 1, 0) == "Reminded today; next tomorrow, 09:00"
    await world.carry_out()
    assert outcomes(world) == ["done", "done"] and len(mei.messages) == before + 1
    assert await forged(world, LING, "M", 0, 1, 0) == "Reminded today; next tomorrow, 09:00"
    await world.carry_out()
    assert len(mei.messages) == before + 1


async def test_who_is_on_leave_or_wants_quiet_is_left_out_and_named(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    await change(world, MEI, away_from=TODAY, away_until=TODAY + 9 * DAY)
    await change(world, WEI, paused_until=TODAY + 2 * DAY)
    text = await world.chat(LING).say("/remind")
    assert "Chen Mei, on leave" in text and "Zhao Wei, wants quiet" in text
    assert not any(label.startswith("Send") for label in world.chat(LING).buttons)
    assert await forged(world, LING, "M", world.learner(MEI).id, 3, 0) != "Sent to 1"


async def test_at_night_a_reminder_waits_for_the_morning(world: World) -> None:
    await world.arrive(LING, MEI)
    await world.until_hour(0, 22)
    ling, mei = world.chat(LING), world.chat(MEI)
    await ling.say("/remind")
    before = len(mei.messages)
    await ling.tap("Send to 1")
    await world.carry_out()
    assert "Goes out tomorrow, 09:00, not at night or on a day of rest." in ling.text
    assert len(mei.messages) == before
    await world.until_hour(1, 9)
    assert any(
        "Two minutes." in message.text and message.text.startswith("“") for message in mei.messages[before:]
    )


async def test_a_reminder_ordered_by_who_lost_the_team_meanwhile_is_not_sent(world: World) -> None:
    await world.arrive(LING, MEI, OMAR)
    await world.chat(LING).say("/remind")
    await world.chat(LING).tap("Send to 1")
    await change(world, MEI, manager_id=world.learner(OMAR).id)
    before = len(world.chat(MEI).messages)
    await world.carry_out()
    assert outcomes(world) == ["not allowed"] and len(world.chat(MEI).messages) == before


async def test_a_unit_is_assigned_with_its_day_and_the_reason_is_read(world: World) -> None:
    await world.arrive(LING, MEI)
    ling, mei = world.chat(LING), world.chat(MEI)
    open_before = {row["unit"] for row in world.all_of("assignments", world.learner(MEI).id)}
    await ling.say("/assign")
    await ling.tap("1")
    unit = next(
        u
        for u in world.content.units.values()
        if u.kind == "lesson" and u.audience == "employee" and u.slug not in open_before
    )
    await forged(world, LING, "A", world.learner(MEI).id, 0, unit.number)
    await ling.walk("5 days", "Other words")
    await ling.say("Two customers <met> it")
    assert ling.first_line.endswith("goes to Chen Mei.")
    await world.carry_out()
    made = next(row for row in world.all_of("assignments", world.learner(MEI).id) if row["unit"] == unit.slug)
    assert (made["track"], made["due_on"]) == ("by-hand", date(2026, 12, 7))
    assert (
        mei.first_line == f"New from Ling: “{unit.words['en'].title}”"
        and "Two customers <met> it" in mei.text
    )
    await forged(world, LING, "A", world.learner(MEI).id, 0, unit.number)
    assert ling.first_line.endswith("is on the list already.")


async def test_an_exemption_is_kept_with_its_reason_told_and_taken_back(world: World) -> None:
    await world.arrive(LING, MEI)
    ling, mei = world.chat(LING), world.chat(MEI)
    row = world.all_of("assignments", world.learner(MEI).id)[0]
    await forged(world, LING, "X", row["id"], 2, 2)
    await world.carry_out()
    kept = next(one for one in world.all_of("assignments", world.learner(MEI).id) if one["id"] == row["id"])
    assert (kept["exempt"], kept["exempt_reason"], kept["exempt_by"]) == (
        True,
        "done elsewhere",
        world.learner(LING).id,
    )
    assert mei.text.split("\n")[1] == "Ling noted: done elsewhere."
    assert ("exempted", f"learner:{world.learner(LING).id}") in [
        (a["action"], a["actor"]) for a in world.all_of("audit")
    ]
    await ling.tap("Units")
    await ling.tap(next(label for label in ling.buttons if label.startswith("Put")))
    await world.carry_out()
    back = next(one for one in world.all_of("assignments", world.learner(MEI).id) if one["id"] == row["id"])
    assert not back["exempt"] and back["exempt_reason"] is None
    assert mei.first_line.endswith("is on the list again.")


async def test_the_week_begins_with_one_line_to_the_manager_and_no_second(world: World) -> None:
    await world.arrive(LING, MEI)
    ling = world.chat(LING)
    await due(world, MEI, TODAY - DAY)
    await world.until_hour(7, 9)
    digests = [message for message in ling.messages if message.text.startswith("Your team this week")]
    assert len(digests) == 1 and "Open since Sun 29 Nov: 1" in digests[0].text
    await world.until_hour(7, 15)
    await world.until_hour(8, 9)
    assert len([m for m in ling.messages if m.text.startswith("Your team this week")]) == 1
    await ling.tap("See who", digests[0])
    assert any(
        "Chen Mei" in message.text for message in ling.messages if message.message_id == digests[0].message_id
    )


async def test_a_manager_on_leave_gets_no_digest(world: World) -> None:
    await world.arrive(LING, MEI)
    await change(world, LING, away_from=TODAY + 5 * DAY, away_until=TODAY + 9 * DAY)
    await world.until_hour(7, 9)
    assert not any("Your team" in message.text for message in world.chat(LING).messages)


async def test_what_a_team_sees_may_not_be_passed_on(world: World) -> None:
    await world.arrive(LING, MEI)
    await world.chat(LING).say("/team")
    call = next(
        c
        for c in reversed(list(world.telegram.ledger))
        if c.method == "sendMessage" and c.chat_id == LING.account
    )
    assert call.params["protect_content"] in (True, "true")
