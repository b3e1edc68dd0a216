"""How people come in: by invitation, by Start, on a new phone."""

from datetime import date, timedelta

import pytest

from bot.rules import delivery
from tests.cast import LING, MEI, STRANGER, TAN, WEI, World, card, our_content, our_lesson

pytestmark = pytest.mark.anyio
REPORT = our_lesson("report-it-fast")
BASICS = our_lesson("never-pay-before-you-receive")


async def test_an_invited_employee_is_greeted_by_name_and_two_taps_from_a_lesson(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    assert mei.first_line == "Hello Mei. I'm Fraudwise, Qingchuan Credit's guide against fraud."
    assert "Ling sees what is done, what is due and the score of a lesson, never your answers." in mei.text
    await mei.tap("Start · 2 minutes")
    assert mei.first_line == card(REPORT, 1)


async def test_an_invited_employee_joins_the_track_of_new_hires(world: World) -> None:
    await world.arrive(MEI)
    plan = world.all_of("assignments", world.learner(MEI).id)
    assert [
        (a["unit"], a["assigned_on"], a["due_on"]) for a in sorted(plan, key=lambda a: a["position"])
    ] == (delivery.plan(our_content().tracks["new-hire"], date(2026, 11, 30)))
    assert [e["kind"] for e in world.all_of("events")] == ["joined", "enrolled", *["assigned"] * len(plan)]


async def test_a_business_owner_starts_without_being_asked_anything(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    assert tan.first_line == "Hello. I'm Fraudwise, I help business owners spot loan scams early."
    assert "☎️ I have just paid someone" in tan.buttons
    assert world.learner(TAN).audience == "borrower"
    assert world.all_of("assignments") == []


async def test_the_first_lesson_of_a_business_owner_is_one_tap_away_and_joins_the_basics(
    world: World,
) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    assert tan.first_line == card(BASICS, 1)
    assert {a["track"] for a in world.all_of("assignments")} == {"sme-basics"}


async def test_staff_without_a_link_are_asked_for_it_and_no_name_is_searched(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("I'm staff")
    assert tan.text == "Staff come in by a personal link.\nAsk HR or your manager for it."
    await tan.tap("‹ Back")
    assert tan.first_line.startswith("Hello.")


async def test_used_expired_and_unknown_links_get_one_same_text(world: World) -> None:
    used, expired = await world.invite(MEI), await world.invite(WEI)
    world.telegram.start(MEI.account, used)
    await world.settle()
    said = {await world.chat(STRANGER).say(f"/start {used}")}
    world.clock.at += timedelta(days=15)
    said.add(await world.chat(STRANGER).say(f"/start {expired}"))
    said.add(await world.chat(STRANGER).say("/start nobody-made-this"))
    said.add(await world.chat(TAN).say("/start ' OR 1=1 --"))
    assert len(said) == 1
    assert said.pop().startswith("This invitation doesn't open anything.")
    assert all(name not in str(world.chat(STRANGER).text) for name in ("Mei", "Wei", "Ling"))


async def test_a_second_invitation_stops_the_first_from_opening(world: World) -> None:
    first, second = await world.invite(MEI), await world.invite(MEI)
    assert (await world.chat(MEI).say(f"/start {first}")).startswith("This invitation")
    assert (await world.chat(MEI).say(f"/start {second}")).startswith("Hello Mei.")


async def test_on_a_new_phone_everything_is_where_it_was(world: World) -> None:
    await world.arrive(MEI)
    await world.chat(MEI).walk("Start · 2 minutes", "Next ›")
    before = world.learner(MEI)
    token = await world.invite(MEI)
    new_phone = world.chat(STRANGER)
    assert f"waits at card 2 of {len(REPORT.cards)}" in await new_phone.say(f"/start {token}")
    assert world.learner(STRANGER).id == before.id
    await new_phone.tap("Go on")
    assert new_phone.first_line == card(REPORT, 2)


async def test_the_old_phone_is_a_strangers_after_the_new_one_came_in(world: World) -> None:
    await world.arrive(MEI)
    token = await world.invite(MEI)
    await world.chat(STRANGER).say(f"/start {token}")
    old_phone = world.chat(MEI)
    assert "Mei" not in await old_phone.say("/start")
    assert old_phone.first_line.startswith("Hello. I'm Fraudwise")


async def test_a_business_owner_who_opens_a_staff_link_becomes_that_employee(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    token = await world.invite(MEI)
    await tan.say(f"/start {token}")
    assert tan.first_line.startswith("Hello Mei.")
    await tan.tap("Start · 2 minutes")
    assert tan.first_line == card(REPORT, 1)
    assert world.learner(TAN).staff_number == MEI.staff_number


async def test_somebody_elses_link_does_not_turn_one_employee_into_another(world: World) -> None:
    await world.arrive(MEI)
    token = await world.invite(WEI)
    assert (await world.chat(MEI).say(f"/start {token}")).startswith("This invitation")
    assert world.learner(MEI).staff_number == MEI.staff_number
    assert (await world.chat(WEI).say(f"/start {token}")).startswith("Hello Wei.")


async def test_somebody_known_who_says_start_stands_where_learn_stands(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    assert await mei.say("/start") == await mei.say("/learn")


async def test_the_menu_follows_the_right(world: World) -> None:
    await world.arrive(LING, MEI)
    assert "export" in world.chat(LING).menu
    assert "export" not in world.chat(MEI).menu
