"""Numbers as people type them are read, or not at all; nothing is ever read as another number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.figures import LARGEST, figure, written

READ = {
    "13": "13", "13%": "13", "13.0": "13", "13.": "13", " 13 ": "13", "１３％": "13", "13,5": "13.5", "0,5": "0.5", ".5": "0.5",
    "1,234.5": "1234.5", "1.234,5": "1234.5", "1 234,5": "1234.5", "1'234.5": "1234.5", "1,234": "1234", "1.234": "1.234",
    "1,234,567": "1234567", "1.234.567": "1234567", "1,23,456": "123456", "１，２３４": "1234", "-13": "-13", "−13": "-13",
    # with a word about it
    "about 13": "13", "~13 %": "13", "≈13": "13", "I think it's 13%.": "13", "maybe 13?": "13", "13 or so": "13",
    "13% a year": "13", "13 per cent": "13", "12 sales": "12", "RMB 3,600": "3600", "HK$ 1,234": "1234", "¥8000": "8000",
    "约 13": "13", "大概13块钱": "13", "13左右": "13", "约13，大概": "13", "12台": "12", "一共 12 单": "12", "13个百分点": "13",
    "13百分点": "13", "約 13 萬元": "130000", "應該是十三": "13", "年利率13%": "13",
    # larger ones
    "6万": "60000", "6 萬": "60000", "6.5万": "65000", "6w": "60000", "6万5": "65000", "1万2千": "12000", "5百万": "5000000",
    "1.2亿": "120000000", "1.2 million": "1200000", "1.2m": "1200000", "$5k": "5000", "2.5 lakh": "250000",
    # in words
    "十三": "13", "十三点五": "13.5", "百分之十三": "13", "三成": "30", "一百五": "150", "一百零五": "105", "两万五": "25000",
    "兩萬五千": "25000", "一千零五十万": "10500000", "一亿二千万": "120000000", "二〇二六": "2026", "三个半": "3.5", "负十三": "-13",
    "thirteen": "13", "twenty-five": "25", "Twenty five percent": "25", "one hundred thousand": "100000", "a hundred": "100",
    "two hundred and forty": "240", "13 and a half": "13.5",
}  # fmt: skip
UNREAD = (
    "", " ", "%", "thirteenish", "twelve or thirteen", "12-13", "12 or 13", "13 13", "1/3", "13²", "①", "not 13", "不是13",
    "十几", "十来个", "第十三", "1,2,3", "1.2.3", "12,34,5", ",5", "1e5", "0x10", "99999999999", "十百", "一万亿", "one two",
    "3 thousand 5", "half", "what is 13", "13 apples", "五六", "I don't know", "不知道", "٣", "1 2", "9" * 61,
)  # fmt: skip


@pytest.mark.parametrize("words", READ)
def test_a_number_is_read_however_it_is_typed(words: str) -> None:
    assert figure(words) == Decimal(READ[words])


@pytest.mark.parametrize("words", UNREAD)
def test_what_says_no_single_number_is_not_guessed(words: str) -> None:
    assert figure(words) is None


VALUES = st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False)
WHOLE = st.integers(0, 10**10 - 2)


@given(VALUES)
def test_what_is_kept_is_read_back_and_fits_its_column(value: Decimal) -> None:
    assert figure(written(value)) == value
    assert len(written(value)) <= 16


@given(
    VALUES.filter(lambda value: value >= 0),
    st.sampled_from(["{}", "{}%", "about {}", "约{}", "{} 左右", "RMB {}", "it's {}."]),
)
def test_points_and_commas_change_no_value(value: Decimal, about: str) -> None:
    for said in (
        f"{value:f}",
        f"{value:,f}",
        f"{value:,f}".translate(str.maketrans(",.", ".,")),
        f"{value:,f}".replace(",", " "),
    ):
        assert figure(about.format(said)) == value, said


@given(WHOLE)
def test_every_whole_number_is_read_in_chinese_too(value: int) -> None:
    assert figure(in_chinese(value)) == value
    assert figure(in_chinese(value).translate(str.maketrans("万亿两", "萬億兩"))) == value


@given(WHOLE)
def test_full_width_digits_are_digits(value: int) -> None:
    assert figure("".join(chr(ord(digit) + 0xFEE0) for digit in str(value))) == value


@given(st.one_of(st.text(max_size=70), st.text("0123456789.,' -十百千万亿零一二点约%元kwm", max_size=12)))
def test_nothing_that_is_typed_breaks_it(words: str) -> None:
    value = figure(words)
    assert value is None or (
        abs(value) < LARGEST and figure(written(value)) == value and len(written(value)) <= 16
    )


def in_chinese(value: int) -> str:
    """As it is written out in full: 一千零五万零三."""
    if value == 0:
        return "零"
    said = ""
    for name, unit in (("亿", 10**8), ("万", 10**4), ("", 1)):
        section, value = divmod(value, unit)
        if section:
            said += ("零" if said and section < 1000 else "") + _section(section) + name
        elif said and value and not said.endswith("零"):
            said += "零" if value < unit // 10 or unit == 10**4 else ""
    return said.replace("零零", "零")


def _section(value: int) -> str:
    said, gap = "", False
    for name, unit in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, unit)
        if digit:
            said += ("零" if gap and said else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return said
