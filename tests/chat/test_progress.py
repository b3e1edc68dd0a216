"""/progress: the finding first, from the learner's own answers; and the log tells the same."""

import json

import pytest
from sqlalchemy import select

from bot.rules import progress as rules
from bot.rules.progress import Past
from bot.store import progress as store
from bot.store import tables
from tests.cast import LING, MEI, TAN, Someone, World, our_lesson
from tests.chat.player import give, to_the_questions
from tests.chat.test_learning import lesson_done

pytestmark = pytest.mark.anyio
REPORT = our_lesson("report-it-fast").title


def kept(world: World, who: Someone) -> Past:
    learner = world.learner(who)
    with world.app.reading.connect() as connection:
        return store.past(connection, learner.id)


def logged(world: World, who: Someone) -> Past:
    """The same, from the events alone."""
    e = tables.events.c
    query = select(e.kind, e.at, e.payload).where(e.learner_id == world.learner(who).id).order_by(e.id)
    return rules.rebuild((row.kind, row.at, json.loads(row.payload)) for row in world.rows(query))


async def test_before_anything_is_done_it_says_so_and_what_comes_first(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/progress")
    assert mei.text.split("\n") == [
        "Nothing done yet, and nothing lost.", f"Next: “{REPORT}”, by Tuesday.",
    ]  # fmt: skip
    assert mei.labels == [["Next thing ›"], ["✋ Report", "Menu"]]
    assert mei.last.is_protected
    await mei.tap("Next thing ›")
    assert mei.first_line == f"📖 {REPORT}"


async def test_a_topic_rises_fades_and_is_one_tap_away(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await lesson_done(mei, "report-it-fast")  # three right: 3 / (3 + 1), 8 of 10
    await mei.say("/progress")
    assert "Steady: Reporting what looks wrong." in mei.text
    await mei.tap("Topics")
    assert "Reporting what looks wrong: 8 of 10" in mei.text and "🔁" not in str(mei.buttons)
    await world.move(days=120)
    await mei.say("/progress")  # 0.75 / 1.75, 4 of 10
    assert "To look at again: Reporting what looks wrong, 4 of 10. It has faded since Mon 30 Nov" in mei.text
    await mei.tap("Topics")
    assert "Reporting what looks wrong: 4 of 10, faded since Mon 30 Nov 2026" in mei.text
    await mei.tap("🔁 Reporting what looks wrong")
    assert mei.first_line.startswith(REPORT)


async def test_a_business_owner_sees_no_figure_about_a_topic(world: World) -> None:
    tan = world.chat(TAN)
    await tan.say("/start")
    await tan.say("/quiz first-hour")
    while "To the result ›" not in tan.buttons:
        if "Next question ›" in tan.buttons:
            await tan.tap("Next question ›")
        await give(tan, right=False)
    await tan.tap("To the result ›")
    await tan.say("/progress")
    assert "Worth another look: The first hour." in tan.text
    for label in ("Topics", "How I know"):
        await tan.tap(label)
        assert "of 10" not in tan.text and "score" not in tan.text.lower(), tan.text


async def test_why_counts_up_the_own_answers_and_nobody_elses(world: World) -> None:
    await world.arrive(MEI, LING)
    mei, ling = world.chat(MEI), world.chat(LING)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await give(mei, right=False)
    await mei.say("/why")
    assert "Reporting what looks wrong: 0 of 1 right, last on Mon 30 Nov. Now 0 of 10." in mei.text
    await ling.say("/why")
    assert "Reporting" not in ling.text


async def test_the_log_alone_tells_what_progress_is_counted_from(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await give(mei, right=False)  # comes again at the end, where it counts for nothing
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        await give(mei, right=True)
    await mei.tap("To the result ›")
    await world.until_hour(1)
    await mei.say("/pause")
    await mei.tap(next(label for label in mei.buttons if "week" in label.lower()))
    await world.until_hour(3)
    await mei.say("/quiz accounts")
    await give(mei, right=True)
    tables_say, log_says = kept(world, MEI), logged(world, MEI)
    assert len(tables_say.answers) == 4 and tables_say.spells and tables_say.finished == {"report-it-fast"}
    assert log_says.answers == tables_say.answers
    assert sorted(log_says.learnt_at) == sorted(tables_say.learnt_at)
    assert (log_says.finished, log_says.spells) == (tables_say.finished, tables_say.spells)
