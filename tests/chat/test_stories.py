"""Stories: every choice leads somewhere, three kinds of ending, and a replay that changes nothing."""

import pytest

from bot.rules.attempt import longest_road
from bot.rules.curriculum import Case, EndingKind
from tests.cast import MEI, TAN, Chat, World, our_content
from tests.chat.player import roads

pytestmark = pytest.mark.anyio
SLUG = "unfreeze-fee-loan"
FIRST_LINES: dict[EndingKind, str] = {
    "safe": "✅ All of it kept.",
    "in time": "🔁 Stopped in time.",
    "lost": "In this story the money is gone.",
}


def story() -> Case:
    case = our_content().units[SLUG]
    assert isinstance(case, Case)
    return case


def button(node: str, choice: str) -> str:
    return story().words["en"].choices[node][choice].button


async def opened(world: World) -> Chat:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/cases")
    await tan.tap(story().words["en"].title)
    return tan


async def take(chat: Chat, *road: tuple[str, str]) -> None:
    for node, choice in road:
        await chat.tap(button(node, choice))
        await chat.tap("Go on ›")


def road_to(kind: EndingKind) -> tuple[tuple[str, str], ...]:
    return next(road for road, ending in roads(story()) if story().endings[ending] == kind)


async def test_the_first_scene_is_a_message_that_cannot_leave_its_frame(world: World) -> None:
    tan = await opened(world)
    case = story()
    assert tan.first_line == f"🧩 {case.words['en'].title} · 1/{longest_road(case)}"
    assert "A story to practise on; nobody here is real." in tan.text
    assert tan.last.is_protected
    assert [row[0] for row in tan.labels[:-1]] == [
        button(case.opening, c) for c in case.decisions[case.opening]
    ]


async def test_a_decision_shows_what_follows_before_the_story_goes_on(world: World) -> None:
    tan = await opened(world)
    scene = tan.last.message_id
    node, choice = road_to("lost")[0]
    await tan.tap(button(node, choice))
    assert tan.first_line == button(node, choice)
    assert tan.buttons == ["Go on ›", "✋ Get help", "Leave"]
    assert tan.last.message_id == scene


@pytest.mark.parametrize("kind", ["safe", "in time", "lost"])
async def test_each_kind_of_ending_is_reached_and_told(world: World, kind: EndingKind) -> None:
    tan = await opened(world)
    await take(tan, *road_to(kind))
    assert tan.first_line == FIRST_LINES[kind]
    took_a_turning = any(story().right[node] != choice for node, choice in road_to(kind))
    assert any(label.startswith("From step") for label in tan.buttons) == took_a_turning
    assert "Next thing ›" in tan.buttons
    attempt = world.all_of("attempts")[0]
    assert story().endings[attempt["ending"]] == kind and attempt["finished_at"] == world.clock()


async def test_every_road_through_the_story_ends(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    every = roads(story())
    assert len(every) > 10
    for number, (road, ending) in enumerate(every[:: max(1, len(every) // 12)]):
        await tan.say("/cases")
        title = story().words["en"].title
        await tan.tap(("✅ " if number else "") + title)
        await take(tan, *road)
        assert tan.first_line == FIRST_LINES[story().endings[ending]]


async def test_from_the_first_turning_the_story_is_played_anew_and_the_first_end_stays(world: World) -> None:
    tan = await opened(world)
    road = road_to("lost")
    turning = next(n for n, (node, choice) in enumerate(road, 1) if story().right[node] != choice)
    await take(tan, *road)
    first = world.all_of("attempts")[0]
    await tan.tap(f"From step {turning}")
    assert tan.first_line.endswith(f"· {turning}/{longest_road(story())}")
    node = road[turning - 1][0]
    await take(tan, (node, story().right[node]))
    assert world.all_of("attempts")[0] == first


async def test_a_completed_story_keeps_no_score(world: World) -> None:
    await world.arrive(MEI)
    await world.until_hour(5)
    mei = world.chat(MEI)
    await mei.say("/cases")
    await mei.tap(story().words["en"].title)
    await take(mei, *road_to("in time"))
    done = next(a for a in world.all_of("assignments") if a["unit"] == SLUG)
    assert (done["completed_at"], done["score_percent"], done["attempts"]) == (world.clock(), None, 1)


async def test_a_second_tap_on_a_decision_changes_nothing(world: World) -> None:
    tan = await opened(world)
    scene = tan.last
    first, second = story().decisions[story().opening].keys() - {story().right[story().opening]}
    taken, other = tan.data(button(story().opening, first)), tan.data(button(story().opening, second))
    await tan.tap_data(taken)
    shown = tan.text
    assert await tan.tap_data(other, scene, forge=True) == "Answered already; the first counts"
    assert tan.text == shown
    assert world.all_of("attempts")[0]["path"].count("[") == 2


async def test_a_story_left_open_goes_on_where_it_stood(world: World) -> None:
    tan = await opened(world)
    road = road_to("lost")
    await take(tan, road[0])
    await tan.tap("Leave")
    assert tan.first_line == "🧩 Kept at decision 2."
    await tan.say("/learn")
    assert tan.first_line == f"🧩 “{story().words['en'].title}” waits at decision 2."
    await tan.tap("Go on")
    assert tan.first_line.endswith(f"· 2/{longest_road(story())}")
    await take(tan, *road[1:])
    assert tan.first_line == FIRST_LINES["lost"]
