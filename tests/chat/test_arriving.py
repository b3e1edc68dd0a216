"""How people come in: by invitation, by Start, on a new phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from bot.rules import tracks
from bot.store import rosters
from bot.store.tables import learners
from tests.cast import (
    FEN,
    LING,
    MEI,
    STAFF,
    STRANGER,
    TAN,
    WEI,
    Someone,
    World,
    card,
    our_content,
    our_lesson,
)

pytestmark = pytest.mark.anyio
REPORT = our_lesson("report-it-fast")
BASICS = our_lesson("never-pay-before-you-receive")


async def test_an_invited_employee_is_greeted_by_name_and_two_taps_from_a_lesson(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    assert mei.first_line == "Hello Mei. I'm Fraudwise, Qingchuan Credit's guide against fraud."
    assert (
        "Ling sees what is done, what is due and the scores of lessons and tests, never your answers."
        in mei.text
    )
    await mei.tap("Start · 2 minutes")
    assert mei.first_line == card(REPORT, 1)


async def test_an_invited_employee_joins_the_track_of_new_hires(world: World) -> None:
    await world.arrive(MEI)
    plan = world.all_of("assignments", world.learner(MEI).id)
    assert [
        (a["unit"], a["assigned_on"], a["due_on"]) for a in sorted(plan, key=lambda a: a["position"])
    ] == (tracks.plan(our_content().tracks["new-hire"], date(2026, 11, 30)))
    told = [e["kind"] for e in world.all_of("events")]
    assert told == ["joined", "enrolled", "enrolled", *["assigned"] * len(plan)], (
        "of the year nothing is open"
    )


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


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Every statement that the writer executes meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(world.app.writer._engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(world.app.writer._engine, "before_cursor_execute", note)


async def leave(world: World, *them: Someone) -> None:
    numbers = [someone.staff_number for someone in them]
    gone = update(learners).where(learners.c.staff_number.in_(numbers))
    await world.write(
        lambda c: c.execute(gone.values(left_on=world.clock().date(), version=learners.c.version + 1))
    )


async def links_that_open_nothing(world: World) -> dict[str, str]:
    """One link of every kind, to be tried by somebody who is a business owner already."""
    expired, replaced, used = await world.invite(WEI), await world.invite(MEI), await world.invite(MEI)
    world.telegram.start(MEI.account, used)
    await world.settle()
    world.clock.at += timedelta(days=15)
    left = await world.invite(LING)
    await leave(world, LING)
    return {
        "used": used, "expired": expired, "replaced": replaced, "of somebody who left": left,
        "guessed": "A" * 22, "unknown": "nobody-made-this", "long": "x" * 3000, "hostile": "' OR 1=1 --",
    }  # fmt: skip


async def test_whatever_opens_nothing_says_and_does_the_same(world: World) -> None:
    await world.arrive(TAN, FEN)
    did: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for kind, token in (await links_that_open_nothing(world)).items():
        world.clock.at += timedelta(hours=2)
        with statements(world) as executed:
            said[kind] = await world.chat(TAN).say(f"/start {token}")
            did[kind] = [one for one in executed if "claimed" not in one and "outbox" not in one]
    assert len(set(said.values())) == 1
    assert len({tuple(lines) for lines in did.values()}) == 1, did
    assert any("INSERT INTO guesses" in line for line in did["unknown"])


async def test_a_link_for_somebody_else_is_one_that_opens_nothing_too(world: World) -> None:
    await world.arrive(MEI)
    other = await world.invite(WEI)
    with statements(world) as for_another:
        said = await world.chat(MEI).say(f"/start {other}")
    with statements(world) as unknown:
        assert await world.chat(MEI).say("/start nobody-made-this") == said
    assert [s for s in for_another if "outbox" not in s] == [s for s in unknown if "outbox" not in s]


async def test_after_five_guesses_not_even_a_good_link_opens_for_an_hour(world: World) -> None:
    token = await world.invite(MEI)
    stranger = world.chat(STRANGER)
    refused = ""
    for number in range(5):
        world.clock.at += timedelta(minutes=1)
        refused = await stranger.say(f"/start guess{number}")
    noted = len(world.all_of("guesses"))
    with statements(world) as good:
        assert await stranger.say(f"/start {token}") == refused
    with statements(world) as bad:
        assert await stranger.say("/start one-more") == refused
    assert [s for s in good if "outbox" not in s] == [s for s in bad if "outbox" not in s]
    assert len(world.all_of("guesses")) == noted == 5, "what is tried meanwhile does not make the hour longer"
    assert world.all_of("invitations")[0]["used_at"] is None
    world.clock.at += timedelta(minutes=57)
    assert (await stranger.say(f"/start {token}")).startswith("Hello Mei.")


async def test_four_mistakes_keep_nobody_out_and_anothers_mistakes_are_not_ones_own(world: World) -> None:
    token = await world.invite(MEI)
    for number in range(4):
        await world.chat(MEI).say(f"/start {token[:-1]}{number}")
    for number in range(9):
        await world.chat(STRANGER).say(f"/start guess{number}")
    assert (await world.chat(MEI).say(f"/start {token}")).startswith("Hello Mei.")


async def test_somebody_who_left_finds_every_door_closed_in_the_middle_of_a_lesson(world: World) -> None:
    await world.arrive(LING, MEI)
    mei, ling = world.chat(MEI), world.chat(LING)
    await mei.walk("Start · 2 minutes", "Next ›")
    attempts = world.all_of("attempts")
    await leave(world, LING, MEI)
    assert await mei.tap("Next ›") == "This button has expired. /learn goes on"
    assert world.all_of("attempts") == attempts
    closed = {await mei.say(words) for words in ("/learn", "/start", "/privacy", "/quiz", "hello", "12")}
    closed |= {await ling.say("/export"), await ling.say("/nothing-of-the-kind")}
    assert closed == {"I have nothing like that here.\n/help shows what I can do."}


async def test_nothing_is_pushed_to_somebody_who_left_and_what_was_owed_is_not_sent(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/learn")
    await mei.tap("Later today")
    await leave(world, MEI)
    shown = len(mei.messages)
    for day in range(1, 8):
        await world.until_hour(day)
    assert len(mei.messages) == shown
    assert "they left" in {row["reason"] for row in world.all_of("outbox")}


async def test_who_left_still_finds_help_in_the_first_hour_as_any_stranger_does(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await leave(world, MEI)
    for words in ("/report", "help"):
        assert "96110" in await mei.say(words)
    await mei.walk(next(label for label in mei.buttons if "called" in label.lower()))
    assert "Back to what was open" not in mei.buttons


async def test_who_comes_back_under_another_number_may_take_a_link_of_their_own(world: World) -> None:
    await world.arrive(MEI)
    await leave(world, MEI)
    token = await world.invite(WEI)
    assert (await world.chat(MEI).say(f"/start {token}")).startswith("Hello Wei.")
    assert world.learner(MEI).staff_number == WEI.staff_number


async def test_a_name_is_never_markup(world: World) -> None:
    mallory = Someone(MEI.account, "<b>Mei</b>&amp;", staff_number="0666")
    await world.roster(mallory)
    await world.arrive(mallory)
    assert world.chat(MEI).first_line.startswith("Hello <b>Mei</b>&amp;.")


async def test_of_two_accounts_with_one_link_one_comes_in_and_the_other_learns_nothing(world: World) -> None:
    token = await world.invite(MEI)
    for account in (MEI.account, STRANGER.account):
        world.telegram.start(account, token)
    await world.settle()
    said = sorted(world.chat(someone).first_line for someone in (MEI, STRANGER))
    assert said[0].startswith("Hello Mei.") and said[1] == "This invitation doesn't open anything."
    assert len([row for row in world.all_of("learners") if row["account_id"] and row["staff_number"]]) == 1


async def test_before_the_first_day_one_may_look_around_and_nothing_comes(world: World) -> None:
    await world.roster(MEI, hired_on=date(2026, 12, 7))
    await world.arrive(MEI)
    mei = world.chat(MEI)
    assert "The first lesson is ready." not in mei.text and "Start · 2 minutes" not in mei.buttons
    assert "Nothing comes before Mon 7 Dec, the first day." in mei.text
    assert (await mei.say("/learn")).startswith("⏸️ Nothing before Mon 7 Dec, your first day.")
    shown = len(mei.messages)
    for day in range(1, 7):
        await world.until_hour(day)
        assert len(mei.messages) == shown, f"day {day}"
    await world.until_hour(7)
    assert len(mei.messages) > shown


async def test_a_roster_that_comes_in_during_a_lesson_leaves_the_lesson_where_it_is(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.walk("Start · 2 minutes", "Next ›")
    moved = Someone(
        MEI.account, "Chen Meihua", staff_number=MEI.staff_number, department="IT", manager="0201"
    )
    await world.roster(moved)
    await mei.tap("Next ›")
    assert mei.first_line == card(REPORT, 3)
    assert (world.learner(MEI).name, world.learner(MEI).department) == ("Chen Meihua", "IT")


async def test_who_comes_back_goes_on_at_the_same_card(world: World) -> None:
    async def whole(*staff: Someone) -> None:
        lines = [someone.line for someone in staff]
        await world.write(
            lambda c: rosters.import_at_once(c, lines, world.clock(), world.clock().date(), is_whole=True)
        )

    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.walk("Start · 2 minutes", "Next ›")
    await whole(*(someone for someone in STAFF if someone is not MEI))
    assert await mei.tap("Next ›") == "This button has expired. /learn goes on"
    assert (await mei.say("/learn")).startswith("I have nothing like that here.")
    await whole(*STAFF)
    assert f"waits at card 2 of {len(REPORT.cards)}" in await mei.say("/learn")
