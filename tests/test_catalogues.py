"""The catalogues are level with the templates, and speak to each reader as they should."""

import re

import pytest

from bot.content.typography import complaints
from bot.rules.languages import ENGLISH, HANS, HANT, LANGUAGES
from bot.words import Words, level, messages
from bot.words.catalogues import Key
from tests.screens import ROOT, TEMPLATES

LOCALES = ROOT / "locales"
CHINESE = [language for language in LANGUAGES if language != ENGLISH]
SAID = sorted(messages(TEMPLATES), key=str)
ADDRESS = {None: "", "staff": "你", "borrower": "您"}
"""Which of the two may stand in an entry of this context."""
FILLED = {
    "first": "3 月 13 日（周五）",
    "city": "槟城",
    "day": "3 月 13 日（周五）",
    "title": "案例",
    "answer": "对",
    "idea": "先打银行",
}
"""What fills a hole with Chinese; all other holes take figures, names in Latin letters or dates."""
SIGNPOST = re.compile(r"^[^\w《“{•‹]+ ")
"""The emoji that a first line begins with, and its space."""
in_chinese = pytest.mark.parametrize("language", CHINESE)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(LOCALES, TEMPLATES)


def addresses(text: str) -> set[str]:
    return set(text) & {"你", "您", "妳"}


def test_the_catalogues_are_level_with_the_templates() -> None:
    assert [str(complaint) for complaint in level(LOCALES, SAID)] == []


@in_chinese
@pytest.mark.parametrize("key", SAID, ids=str)
def test_each_reader_is_addressed_in_one_way_and_both_readers_in_none(
    key: Key, language: str, words: Words
) -> None:
    context, message = key
    assert addresses(words.gettext(language, message, context)) <= set(ADDRESS[context])


@in_chinese
def test_chinese_raises_its_voice_nowhere(language: str, words: Words) -> None:
    said = [words.gettext(language, message, context) for context, message in SAID]
    assert [text for text in said if re.search(r"[！!~…]", text)] == []


def test_spaces_and_signs_of_zh_hans_stand_as_they_should(words: Words) -> None:
    said = [words.gettext(HANS, message, context) for context, message in SAID]
    filled = [re.sub(r"\{(\w+)\}", lambda hole: FILLED.get(hole[1], "1"), text) for text in said]
    assert [sentence for text in filled for _, _, sentence in complaints(SIGNPOST.sub("", text))] == []


def test_zh_hant_has_quotes_of_its_own_and_no_simplified_letters(words: Words) -> None:
    said = [words.gettext(HANT, message, context) for context, message in SAID]
    assert [text for text in said if re.search("[“”这们说话题习报账户转设发链经过时间]", text)] == []
