"""A service started again on a folder that was published anew: who has begun ends on the old words and items."""

import json
from pathlib import Path

import pytest

from bot import content
from bot.rules.quiz import form_a
from tests.cast import MEI, WEI, World
from tests.chat.player import give, lesson_of
from tests.content.written import copied, item

pytestmark = pytest.mark.anyio
SLUG = "report-it-fast"


def published(folder: Path) -> Path:
    """A folder as a trainer has it, everything in it published."""
    root = copied(folder)
    assert content.check(root, publish=True) == []
    return root


def publish_anew(root: Path) -> None:
    """Other words on every card, and its first question replaced by a new one, as the guide says."""
    for name, title in (("en.md", "# Told anew"), ("zh-Hans.md", "# 重写过")):
        page = root / "lessons" / SLUG / name
        cards = page.read_text(encoding="utf-8").count("\n---\n") + 1
        said = "\n---\n".join(f"Card {number}, told anew." for number in range(1, cards + 1))
        page.write_text(f"{title}\n{said}\n", encoding="utf-8")
    facts = root / "lessons" / SLUG / "lesson.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace(f"check: {SLUG}-01", f"check: {SLUG}-09"), encoding="utf-8"
    )
    quiz = root / "quizzes" / "reporting.yaml"
    newer = item(9, SLUG, f"    replaces: {SLUG}-01\n")
    quiz.write_text(quiz.read_text(encoding="utf-8") + newer, encoding="utf-8")
    assert content.check(root, publish=True) == []


async def test_who_has_begun_ends_on_the_old_and_the_next_one_meets_the_new(
    world: World, tmp_path: Path
) -> None:
    """Guide row S93, with the files themselves: nothing but the folder and the database outlives the restart."""
    root = published(tmp_path / "mine")
    await world.restart(content.load(root))
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await mei.tap("Next ›")
    old, second = lesson_of(SLUG), mei.text

    publish_anew(root)
    await world.restart(content.load(root))
    await mei.tap("‹ Back")
    await mei.tap("Next ›")
    assert mei.text == second
    while "Next ›" in mei.buttons:
        await mei.tap("Next ›")
        assert "told anew" not in mei.text
    await mei.tap("Question ›")
    met = []
    for number in range(3):
        met.append((await give(mei, right=True)).id)
        await mei.tap("Next question ›" if number < 2 else "To the result ›")
    assert tuple(met) == form_a(old) and met[0] == f"{SLUG}-01"
    assert mei.first_line == "✅ Read, and 3 of 3 at the first try."
    done = next(a for a in world.all_of("assignments", world.learner(MEI).id) if a["unit"] == SLUG)
    assert done["content_version"] == old.version

    await world.arrive(WEI)
    wei = world.chat(WEI)
    await wei.tap("Start · 2 minutes")
    assert "Card 1, told anew." in wei.text
    attempt = world.all_of("attempts", world.learner(WEI).id)[-1]
    assert json.loads(attempt["queue"])[0] == f"{SLUG}-09"
    assert attempt["content_version"] == world.content.units[SLUG].version != old.version
