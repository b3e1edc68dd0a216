"""/preview: everything playable, in three languages, and no trace in anything that counts; frozen versions."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from bot import content
from bot.rules.curriculum import Content
from bot.store import tables
from tests.cast import MEI, TINA, Chat, World, our_lesson
from tests.chat.player import give
from tests.content.written import SLUG, with_draft

pytestmark = pytest.mark.anyio
OWN = ("previews", "outbox", "updates", "dialogues", "content_versions")
"""What a preview may touch: where it stands, what is sent, ids of updates, what waits for typed words."""


@cache
def drafted() -> Content:
    return content.load(with_draft(Path(mkdtemp())))


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    return {name: world.all_of(name) for name in tables.metadata.tables if name not in OWN}


async def tina_previews(world: World, title: str) -> Chat:
    """Tina in the preview of something; `title` as her list has it."""
    await world.restart(drafted())
    await world.arrive(TINA)
    tina = world.chat(TINA)
    await tina.say("/preview")
    return await chosen(tina, title)


async def chosen(tina: Chat, title: str) -> Chat:
    while not any(title in line for line in tina.text.split("\n")):
        await tina.tap(next(label for label in tina.buttons if label.startswith("Page ")))
    line = next(line for line in tina.text.split("\n") if title in line)
    await tina.tap(line.split(" ")[0])
    return tina


async def answered_to_the_end(tina: Chat) -> list[str]:
    """Answer every question, rightly and wrongly in turn; ids of the items met."""
    met: list[str] = []
    while "‹ All previews" not in tina.buttons:
        if "Next question ›" in tina.buttons or "To the result ›" in tina.buttons:
            await tina.tap(tina.buttons[0])
            continue
        met.append((await give(tina, right=len(met) % 2 == 0)).id)
        assert tina.first_line.startswith("Preview · ")
    return met


async def test_what_waits_stands_first_and_is_marked(world: World) -> None:
    await world.restart(drafted())
    await world.arrive(TINA)
    tina = world.chat(TINA)
    text = await tina.say("/preview")
    assert tina.first_line.startswith("Preview: nothing of it counts")
    assert "2 are not published as they stand here." in text
    assert "1 Report it fast · new questions" in text
    assert "2 The note on the screen · draft" in text


async def test_a_draft_is_played_in_three_languages_and_leaves_no_trace(world: World) -> None:
    tina = await tina_previews(world, "The note on the screen")
    before = everything(world)
    assert tina.first_line == "Preview · The note on the screen · 1/3"
    assert tina.labels[-2] == ["•English", "简体", "繁體"]
    await tina.tap("简体")
    assert tina.first_line == "预览 · 屏幕上的便条 · 1/3"
    await tina.tap("繁體")
    assert tina.first_line == "預覽 · 螢幕上的便條（臺灣版） · 1/3", "the words written by hand"
    await tina.tap("English")
    await tina.walk("Next ›", "Next ›", "Question ›")
    question = tina.last
    await tina.tap("简体")
    assert tina.last.message_id == question.message_id and "这个密码现在算谁的" in tina.text
    await tina.tap("English")
    met = await answered_to_the_end(tina)
    assert met == [f"{SLUG}-0{n}" for n in range(1, 6)], "all its items, not three"
    assert tina.first_line == "Preview · “The note on the screen”, to its end."
    assert everything(world) == before
    await tina.tap("From the start")
    assert tina.first_line == "Preview · The note on the screen · 1/3"


async def test_a_published_lesson_is_played_with_its_draft_question_and_counts_nowhere(world: World) -> None:
    tina = await tina_previews(world, "Report it fast")
    await tina.say("/learn")
    before = everything(world)
    await tina.say("/preview")
    await chosen(tina, "Report it fast")
    while "Question ›" not in tina.buttons:
        await tina.tap("Next ›")
    await tina.tap("Question ›")
    met = await answered_to_the_end(tina)
    assert "report-it-fast-09" in met and "report-it-fast-02" not in met
    assert everything(world) == before
    await tina.say("/learn")
    assert tina.first_line == "📖 Report it fast", "it is still due"


async def test_a_story_is_played_with_its_questions_and_counts_nowhere(world: World) -> None:
    tina = await tina_previews(world, "Money behind glass")
    before = everything(world)
    await tina.tap("繁體")
    assert tina.first_line.startswith("預覽 · 🧩")
    await tina.tap("English")
    while "‹ All previews" not in tina.buttons:
        assert tina.first_line.startswith("Preview · ")
        await tina.tap(tina.buttons[1] if len(tina.labels) > 3 else tina.buttons[0])
    if again := [label for label in tina.buttons if label.startswith("From step")]:
        await tina.tap(again[0])
        assert tina.first_line.startswith("Preview · 🧩")
        while "‹ All previews" not in tina.buttons:
            await tina.tap(tina.buttons[0])
    await tina.tap("Its questions ›")
    met = await answered_to_the_end(tina)
    types = {item.id: item.type for item in drafted().units["unfreeze-fee-loan"].items}
    assert "numeric" in [types[name] for name in met], "a number was typed, and is kept nowhere either"
    assert everything(world) == before


async def test_a_borrowers_lesson_speaks_as_to_a_borrower(world: World) -> None:
    tina = await tina_previews(world, our_lesson("never-pay-before-you-receive").title)
    assert "✋ Get help" in tina.buttons
    await tina.tap("繁體")
    await tina.tap("先離開")
    assert tina.first_line.startswith("Preview: nothing of it counts")
    assert world.learner(TINA).audience == "employee"


async def test_nobody_else_meets_a_draft(world: World) -> None:
    await world.restart(drafted())
    await world.arrive(MEI, TINA)
    mei = world.chat(MEI)
    for command in ("/lessons", "/quiz", "/learn"):
        assert "The note on the screen" not in str([await mei.say(command), mei.labels])
    assert (await mei.say("/preview")).startswith("I have nothing like that here.")
    number = drafted().unpublished[SLUG].number
    sign = world.app.room.speaker._signer.sign
    for kind, choice in (("u", 0), ("Y", 0)):
        data = sign(world.learner(MEI).id, kind, number, 5, choice)
        assert "expired" in str(await mei.tap_data(data, forge=True))
    kept = {row["slug"] for row in world.all_of("content_versions")}
    assert SLUG not in kept, "a draft is served to nobody"


async def test_a_trainers_screen_is_spent_for_whoever_is_none_any_more(world: World) -> None:
    tina = await tina_previews(world, "The note on the screen")
    learner = world.learner(TINA)
    gone = tables.learners.update().where(tables.learners.c.id == learner.id)
    await world.write(lambda c: c.execute(gone.values(rights="", version=learner.version + 1)))
    assert "expired" in str(await tina.tap("Next ›"))
    assert "expired" in str(await tina.tap("简体"))


async def test_her_own_lesson_goes_on_beside_a_preview_of_the_same(world: World) -> None:
    await world.restart(drafted())
    await world.arrive(TINA)
    tina = world.chat(TINA)
    await tina.say("/learn")
    await tina.tap("Start")
    await tina.tap("Next ›")
    await tina.say("/preview")
    await chosen(tina, "Report it fast")
    assert " · 1/" in tina.first_line
    await tina.say("/learn")
    await tina.tap(next(label for label in tina.buttons if label.startswith("Go on")))
    assert tina.first_line.startswith("Report it fast · 2/")
