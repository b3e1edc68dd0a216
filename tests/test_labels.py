"""Every button of every message fits a phone, in each language and for both audiences."""

import re
from collections.abc import Iterator

import pytest

from bot.chat.say import Button
from bot.rules.curriculum import Audience
from bot.rules.languages import LANGUAGES
from bot.rules.width import FOUR_A_ROW, ONE_A_ROW, THREE_A_ROW, TWO_A_ROW, width
from tests.screens import AUDIENCES, SCREENS, TEMPLATES, Reader, plain, spoken

ROOM = {1: ONE_A_ROW, 2: TWO_A_ROW, 3: THREE_A_ROW, 4: FOUR_A_ROW}
CALLBACK_BYTES = 64
"""Bot API, InlineKeyboardButton."""
TOASTS = (
    "already_answered",
    "button_spent",
    "language_from_now_on",
    "one_day_stays",
    "tick_one",
    "take_back_last",
    "marks_off",
    "reminded",
    "reminded_today",
    "thank_you",
)
TOAST_UNITS = 40
"""40 Latin or 20 Chinese characters."""
MENU_UNITS = 28
READERS = [Reader(language, audience) for language in LANGUAGES for audience in AUDIENCES]
everybody = pytest.mark.parametrize(
    "reader", READERS, ids=lambda reader: f"{reader.language}-{reader.audience}"
)
each_screen = pytest.mark.parametrize("name", SCREENS)


def keyboards(name: str, reader: Reader) -> Iterator[list[Button]]:
    for said in spoken(name, reader):
        yield from said.rows


def too_wide(row: list[Button]) -> list[str]:
    """Labels that a phone would cut, with their width; five and more in a row are for single digits."""
    room = ROOM.get(len(row), 1)
    return [
        f"{button['text']} is {width(button['text'])} of {room}"
        for button in row
        if width(button["text"]) > room
    ]


def test_every_template_is_among_the_screens() -> None:
    templates = {file.stem for file in TEMPLATES.glob("*.html") if not file.name.startswith("_")}
    assert templates == set(SCREENS)


@everybody
@each_screen
def test_no_label_is_cut(name: str, reader: Reader) -> None:
    assert {cut for row in keyboards(name, reader) for cut in too_wide(row)} == set()


@everybody
@each_screen
def test_every_label_says_something(name: str, reader: Reader) -> None:
    assert all(button["text"].strip() for row in keyboards(name, reader) for button in row)


@everybody
@each_screen
def test_button_data_fit_telegram_with_the_longest_ids(name: str, reader: Reader) -> None:
    data = [button.get("callback_data", "") for row in keyboards(name, reader) for button in row]
    assert [each for each in data if len(each.encode()) > CALLBACK_BYTES] == []


@everybody
@each_screen
def test_no_two_buttons_of_a_message_say_the_same(name: str, reader: Reader) -> None:
    for said in spoken(name, reader):
        labels = [button["text"] for row in said.rows for button in row]
        assert len(labels) == len(set(labels)), labels


@everybody
@pytest.mark.parametrize("name", TOASTS)
def test_a_toast_is_read_before_it_fades(name: str, reader: Reader) -> None:
    for said in spoken(name, reader):
        assert width(plain(said.text)) <= TOAST_UNITS


@everybody
def test_the_menu_of_commands_is_not_cut(reader: Reader) -> None:
    [said] = spoken("command_labels", reader)
    for line in plain(said.text).splitlines():
        _, label = line.split("\t")
        assert width(label) <= MENU_UNITS, label


@everybody
def test_the_profile_of_the_bot_fits_telegram(reader: Reader) -> None:
    [long], [short] = spoken("description", reader), spoken("short_description", reader)
    assert len(plain(long.text)) <= 512 and len(plain(short.text)) <= 120


@everybody
@each_screen
def test_a_message_has_no_ragged_lines(name: str, reader: Reader) -> None:
    for said in spoken(name, reader):
        assert "\n\n\n" not in said.text and said.text == said.text.strip()
        assert [line for line in said.text.split("\n") if line != line.strip()] == []


@pytest.mark.parametrize("audience", AUDIENCES)
@each_screen
def test_sentences_stand_apart(name: str, audience: Audience) -> None:
    for said in spoken(name, Reader("en", audience)):
        assert re.findall(r"[a-z]{2}[.?:][A-Z]\w*", plain(said.text)) == []


def test_a_label_that_is_too_wide_is_told() -> None:
    assert too_wide([{"text": "报告可疑报告可疑"}, {"text": "菜单"}]) == ["报告可疑报告可疑 is 16 of 15"]
    assert too_wide([{"text": "12"}] * 5) == ["12 is 2 of 1"] * 5
    assert too_wide([{"text": "☎️ " + "a" * 26}]) == []


def test_the_words_measured_are_the_words_sent() -> None:
    [menu, *_] = spoken("menu", Reader("zh-Hant", "employee"))
    assert [button["text"] for button in menu.rows[-1]] == ["✋ 通報可疑", "全部功能"]
