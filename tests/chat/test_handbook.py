"""Looking something up: by words, by shelves, from a lesson's end, and out of a chat."""

import json
from dataclasses import replace

import pytest

from bot.chat.commands.handbook import WORDS
from bot.rules.curriculum import TrackTest
from bot.rules.handbook import SHELVES, Page
from tests.cast import MEI, TAN, Chat, World, our_content
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio
PAGES = our_content().handbook


def title(slug: str, language: str = "en") -> str:
    return PAGES[slug].words[language].title


def listed(chat: Chat) -> list[str]:
    """Titles that stand with a number before them; one alone stands without."""
    lines = chat.text.split("\n")
    if any(label in ("Read the page", "看这一页", "看這一頁") for label in chat.buttons):
        return [lines[1]]
    return [line[2:] for line in lines if line[:1].isdigit() and line[1:2] == " "]


def foot(page: Page) -> str:
    on = page.reviewed_on
    return f"Version {page.version[:6]} · reviewed {on.day} {on:%B} {on.year}"


async def tan_in(world: World) -> Chat:
    await world.arrive(TAN)
    return world.chat(TAN)


async def test_words_lead_to_a_page_and_back_to_what_was_found(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook unfreze fee")
    assert tan.first_line == "Three pages on “unfreze fee”"
    found, place = listed(tan), tan.last.message_id
    assert found[0] == title("frozen-loan")
    await tan.tap("1")
    assert tan.first_line == title("frozen-loan")
    assert tan.text.endswith(foot(PAGES["frozen-loan"]))
    assert tan.last.message_id == place
    assert not tan.last.is_protected
    await tan.tap("‹ Results")
    assert listed(tan) == found


async def test_what_was_looked_for_is_kept_nowhere(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook zebrafish unfreeze")
    await tan.say("/handbook zebrafish")
    assert "zebrafish" in tan.text
    for table in ("outbox", "events", "dialogues", "updates"):
        assert "zebrafish" not in json.dumps(world.all_of(table), default=str), table


async def test_each_shelf_shows_its_pages_and_leads_back(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    for shelf, label in zip(SHELVES, ("By scam", "Step by step", "What happened to me"), strict=True):
        await mei.say("/handbook")
        await mei.tap(label)
        seen = listed(mei)
        while "More pages ›" in mei.buttons:
            await mei.tap("More pages ›")
            seen += listed(mei)
        expected = [page.words["en"].title for page in PAGES.values() if shelf in page.shelves]
        assert sorted(seen) == sorted(expected), shelf
        last, shown = listed(mei)[-1], mei.text
        await mei.tap(str(len(listed(mei))))
        assert mei.first_line == last
        await mei.tap("‹ Back")
        assert mei.text == shown


async def test_a_business_owner_is_not_sent_to_a_desk_inside_the_firm(world: World) -> None:
    await world.arrive(MEI, TAN)
    mei, tan = world.chat(MEI), world.chat(TAN)
    for chat in (mei, tan):
        await chat.say("/handbook zip file in the work chat")
    assert listed(mei)[0] == title("work-chat-file")
    assert title("work-chat-file") not in listed(tan)
    await tan.say("/handbook")
    await tan.tap("By scam")
    assert title("work-chat-file") not in listed(tan)


async def test_what_is_nowhere_is_said_and_leads_on(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook xyzzy <b>&")
    assert tan.first_line == "Nothing under “xyzzy <b>&”."
    assert listed(tan) == []
    await tan.tap("Try other words")
    await tan.say("unfreeze fee")
    assert listed(tan)[0] == title("frozen-loan")


async def test_a_long_question_is_said_back_in_short(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook unfreeze " + "very " * 60)
    assert len(tan.first_line) < 80
    assert tan.first_line.endswith("…”")


async def test_the_door_waits_for_words_once(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook")
    assert world.all_of("dialogues")[0]["awaits"] == WORDS
    await tan.say("my account is locked")
    assert listed(tan)[0] == title("account-locked")
    assert world.all_of("dialogues")[0]["awaits"] == ""


@pytest.mark.parametrize("first", ["", "/handbook"])
async def test_words_that_cry_for_help_get_help_and_no_page(world: World, first: str) -> None:
    tan = await tan_in(world)
    if first:
        await tan.say(first)
    await tan.say("I have just paid the unfreeze fee")
    assert tan.first_line.startswith("☎️ Call your bank now")


@pytest.mark.parametrize("words", ["/handbook 482913", "482913"])
async def test_a_code_is_taken_out_here_too(world: World, words: str) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook")
    sent = world.telegram.write(TAN.account, words)
    await world.settle()
    assert tan.first_line == "That looks like a one-time code."
    assert sent.message_id not in [message.message_id for message in tan.messages]


async def test_a_chat_about_something_the_handbook_knows_gets_its_pages(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("my account is locked")
    assert tan.first_line == "I can't chat freely, but this comes close:"
    assert listed(tan)[0] == title("account-locked")
    await tan.say("nice weather for a walk")
    assert tan.first_line == "I can't chat freely."


async def test_a_page_is_one_tap_from_a_lesson_s_end_and_nothing_is_lost(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.walk("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    while not mei.first_line.startswith("✅ Read"):
        await give(mei, right=True)
        await mei.tap(next(label for label in mei.buttons if label.endswith("›")))
    result = mei.last
    await mei.tap("📖 The page to keep")
    page = next(page for page in PAGES.values() if page.about[0] == "report-it-fast")
    assert mei.first_line == page.words["en"].title
    assert mei.last.message_id != result.message_id
    assert not mei.last.is_protected
    assert "Next thing ›" in [button["text"] for row in result.keyboard or [] for button in row]


async def test_every_lesson_and_story_has_its_page() -> None:
    about = {slug for page in PAGES.values() for slug in page.about}
    taught = {slug for slug, unit in our_content().units.items() if not isinstance(unit, TrackTest)}
    assert taught - about == set()


async def test_a_page_that_is_gone_is_told(world: World) -> None:
    tan = await tan_in(world)
    await tan.say("/handbook unfreeze fee")
    open_it = tan.data("1")
    await tan.tap("1")
    again = tan.data("‹ Results")
    less = {slug: page for slug, page in PAGES.items() if slug != "frozen-loan"}
    await world.restart(replace(our_content(), handbook=less))
    assert await tan.tap_data(open_it, forge=True)
    await tan.tap_data(again)
    assert title("frozen-loan") not in listed(tan)
    assert listed(tan)


async def test_it_speaks_the_reader_s_language_whatever_they_type(world: World) -> None:
    tan = await tan_in(world)
    await tan.tap("繁體中文")
    await tan.say("/handbook unfreeze fee 解冻费")
    assert listed(tan)[0] == title("frozen-loan", "zh-Hant")
    await tan.tap("看這一頁")
    assert tan.first_line == title("frozen-loan", "zh-Hant")
    assert "核對" in tan.text.split("\n")[-1]
