import pytest

from bot.content.limits import count, lines, message_length, units


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("Pay", 3),
        ("打给银行", 8),
        ("✋ 求助", 8),
        ("☎️ 我", 6),
        ("é", 1),
        ("e\u0301", 1),
        ("，", 2),
        ("“a”", 3),
        ("🏦", 3),
    ],
)
def test_a_button_is_measured_in_units(text: str, wide: int) -> None:
    assert units(text) == wide


@pytest.mark.parametrize(
    ("text", "language", "rows"),
    [
        ("", "en", 1),
        ("a" * 36, "en", 1),
        ("a" * 37, "en", 2),
        ("five5 " * 6, "en", 1),
        ("five5 " * 7, "en", 2),
        ("a long word at the end of the line", "en", 1),
        ("one\n\ntwo", "en", 3),
        ("字" * 17, "zh-Hans", 1),
        ("字" * 18, "zh-Hant", 2),
        ("<b>字</b>" * 17, "zh-Hans", 1),
        ("&lt;" * 36, "en", 1),
    ],
)
def test_lines_are_those_of_a_phone(text: str, language: str, rows: int) -> None:
    assert lines(text, language) == rows


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Don't pay 1,980 at 14:20, pay-later", "en", 6),
        ("<b>Bank</b> first.", "en", 2),
        ("先打 96110，再发 /report。", "zh-Hans", 18),
        ("RMB 3,600", "zh-Hans", 8),
    ],
)
def test_words_are_counted_as_readers_count(text: str, language: str, words: int) -> None:
    assert count(text, language) == words


def test_telegram_counts_utf_16_without_tags() -> None:
    assert message_length("<b>🏦</b> &amp; 字") == 6
