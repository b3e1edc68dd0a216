"""Numbers as people type them, in three languages: 13, 13%, 13,5, “十三”, “about 13”, 6万, 1.2 million.

Everything in the words has to be understood, a unit or a filler or the number itself; two numbers,
or a word that nobody foresaw, make the whole unreadable, and the person is asked again.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import prod

LARGEST = Decimal(10) ** 10
"""Beyond this nothing is read; with the four places kept a figure fits sixteen characters."""
PLACES = Decimal("0.0001")
LONGEST = 60

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x202F: 0x20}
_HANS = str.maketrans(
    "萬億兩點負約個塊錢臺筆單間幾週時鐘數應該覺總計幣為剛於〇貳參陸佰仟",
    "万亿两点负约个块钱台笔单间几周时钟数应该觉总计币为刚于零二三六百千",
)
_MINUS = str.maketrans("−–—", "---")

_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_UNITS = _TENS | _MYRIADS
_SCALES = {
    "k": 10**3, "w": 10**4, "m": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9, "hundred": 100, "thousand": 10**3,
    "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9,
}  # fmt: skip
_SMALL = {
    word: value for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {
    word: value for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}  # fmt: skip

_FILLERS = frozenset(
    "about around roughly approximately approx circa ca nearly almost maybe perhaps probably it is it's its i think i'd "
    "say guess so or the answer a an per of in total = : ~ ≈ rmb cny usd hkd twd ntd nt sgd myr gbp eur inr hk s us yuan "
    "dollar dollars pound pounds euro euros ringgit rupee rupees $ £ € ¥ ₹ % percent cent pct point points pp pa p.a. "
    "day days week weeks month months year years hour hours minute minutes time times people person sale sales customer "
    "customers order orders parcel parcels loan loans payment payments instalment instalments each altogether and".split()
)
_FILLERS_HAN = (
    "年化利率", "年利率", "个百分点", "应该是", "差不多", "左右", "上下", "大约", "大概", "大致", "约莫", "我觉得", "我想",
    "我猜", "可能", "也许", "答案", "总共", "合计", "年化", "利率", "人民币", "港币", "新台币", "台币", "美元", "新币", "块钱",
    "元钱", "每年", "每月", "每天", "约", "是", "吧", "的", "呢", "元", "块", "角", "分", "天", "日", "周", "年", "月", "个", "次", "人",
    "笔", "单", "台", "份", "家", "倍", "件", "位", "期", "小时", "分钟", "多少", "刚好", "正好", "等于", "为", "数", "钱",
)  # fmt: skip
"""Longest first where one begins another; a word before a number or behind it, never one of its signs."""

_LATIN = re.compile(r"\d[\d.,' ]*\d|\.?\d+", re.ASCII)
_WORD = re.compile(r"p\.a\.|[a-z]+(?:'[a-z]+)?")
_HAN_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万亿点]+")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3}")


def figure(words: str) -> Decimal | None:
    """The one number that these words say, at most four places after the point; None when they do not."""
    if len(words) > LONGEST:
        return None
    text = (
        words.translate(_WIDE)
        .translate(_HANS)
        .translate(_MINUS)
        .lower()
        .replace("’", "'")
        .strip()
        .rstrip(" .。!?;,")
    )
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    try:
        return _kept(_evaluated(list(_pieces(text))))
    except _Unread:
        return None


def written(value: Decimal) -> str:
    """A figure as it is kept: no exponent, no zeros behind, at most sixteen characters."""
    said = f"{value.quantize(PLACES):f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return "0" if said == "-0" else said


class _Unread(Exception):
    """Something in the words is no part of a number."""


_Piece = tuple[str, Decimal]
"""What it is and its value."""
_SHORT = {"number": "n", "han": "h", "word": "w", "scale": "s", "unit": "u", "half": "f"}


def _pieces(text: str) -> Iterator[_Piece]:
    at, before = 0, ""
    while at < len(text):
        kind, value, length = _next(text, at, before)
        if kind:
            yield kind, value
            before = kind
        at += length


def _next(text: str, at: int, before: str) -> tuple[str, Decimal, int]:
    """The piece that begins here and its length; fillers have no kind."""
    here = text[at:]
    if here[0] == " ":
        return "", Decimal(0), 1
    if here[0] in "-+" and re.match(r"[-+]\s?[\d$£€¥]", here) and not before:
        return ("minus" if here[0] == "-" else ""), Decimal(0), 1
    if here[0] == "负":
        return "minus", Decimal(0), 1
    if found := _LATIN.match(here):
        return _latin(found[0])
    if found := _WORD.match(here):
        return _english(found[0], attached=at > 0 and text[at - 1] in "0123456789")
    return _chinese(here, before)


def _latin(digits: str) -> tuple[str, Decimal, int]:
    return "number", _separated(digits), len(digits)


def _separated(digits: str) -> Decimal:
    """Digits with points and commas as any of our readers sets them."""
    if re.search(r"[ ']", digits):
        if not re.fullmatch(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?", digits):
            raise _Unread
        digits = re.sub(r"[ ']", "", digits)
        return Decimal(digits.replace(",", "."))
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark, other = (".", ",") if digits.rindex(".") > digits.rindex(",") else (",", ".")
        whole, _, part = digits.rpartition(mark)
        if mark in whole or not _GROUPS.fullmatch(whole.replace(other, ",")):
            raise _Unread
        return Decimal(f"{whole.replace(other, '')}.{part}")
    if points + commas > 1:
        if not _GROUPS.fullmatch(digits.replace(".", ",")):
            raise _Unread
        return Decimal(digits.replace(",", "").replace(".", ""))
    if commas and _GROUPS.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    return Decimal(digits.replace(",", "."))


def _english(word: str, *, attached: bool) -> tuple[str, Decimal, int]:
    length = len(word)
    if word in _SCALES and (attached or len(word) > 1):
        return "scale", Decimal(_SCALES[word]), length
    if word in _SMALL:
        return "word", Decimal(_SMALL[word]), length
    if word == "half":
        return "half", Decimal("0.5"), length
    if word in _FILLERS:
        return "", Decimal(0), length
    raise _Unread


def _chinese(here: str, before: str) -> tuple[str, Decimal, int]:
    for filler in ("百分之", "百分点", "一共"):
        if here.startswith(filler):
            return "", Decimal(0), len(filler)
    if here[0] == "成" and before:
        return "scale", Decimal(10), 1
    if here[0] == "半" and before:
        return "half", Decimal("0.5"), 1
    if found := _HAN_NUMBER.match(here):
        said = found[0]
        if before == "number" and all(letter in _UNITS for letter in said):
            return "unit", Decimal(prod(_UNITS[letter] for letter in said)), len(said)
        return "han", _han(said), len(said)
    for filler in _FILLERS_HAN:
        if here.startswith(filler):
            return "", Decimal(0), len(filler)
    if here[0] in _FILLERS or here[0] in "()（）“”\"'" or re.match(r"[,.](?!\d)", here):
        return "", Decimal(0), 1
    raise _Unread


def _han(said: str) -> Decimal:
    """十三, 一百二十, 两万五, 三点五, 二〇二六."""
    whole, point, part = said.partition("点")
    if (point and not (part and all(letter in _DIGITS for letter in part))) or not whole:
        raise _Unread
    behind = Decimal("0." + "".join(str(_DIGITS[letter]) for letter in part)) if point else Decimal(0)
    if len(whole) != 2 and all(letter in _DIGITS for letter in whole):  # 五六 is “five or six”
        return Decimal("".join(str(_DIGITS[letter]) for letter in whole)) + behind
    return Decimal(_whole(whole)) + behind


def _whole(said: str) -> int:
    """A whole number with its units; a last digit without one goes on from the unit before it."""
    total = section = 0
    digit: int | None = None
    unit = inner = outer = 10**12
    for letter in said:
        if letter in _DIGITS:
            if digit:
                raise _Unread
            digit = _DIGITS[letter]
            unit = 1 if letter == "零" else unit
        elif letter in _TENS:
            inner = unit = _falling(_TENS[letter], inner)
            section, digit = section + (1 if digit is None else digit) * unit, None
        else:
            outer = unit = _falling(_MYRIADS[letter], outer)
            total, section, digit, inner = total + (section + (digit or 0)) * unit, 0, None, 10**12
    if digit and 100 <= unit < 10**12:
        digit *= unit // 10
    return total + section + (digit or 0)


def _falling(unit: int, before: int) -> int:
    """Units grow smaller from left to right."""
    if unit >= before:
        raise _Unread
    return unit


def _evaluated(pieces: Sequence[_Piece]) -> Decimal:
    """One number from its pieces: 1.2 million, twenty five thousand, 三万, three and a half."""
    sign = 1
    if pieces and pieces[0][0] == "minus":
        sign, pieces = -1, pieces[1:]
    if pieces and pieces[0][0] == "scale":
        pieces = [("word", Decimal(1)), *pieces]  # a hundred
    kinds = "".join(_SHORT.get(kind, "?") for kind, _ in pieces)
    if re.fullmatch(r"[nh][su]*|[nh]f", kinds):
        return sign * _simple(pieces)
    if re.fullmatch(r"(?:ww?s*)+f?", kinds):
        return sign * _spoken(pieces)
    if re.fullmatch(r"nunu?", kinds):
        return sign * _mixed(pieces)
    raise _Unread


def _simple(pieces: Sequence[_Piece]) -> Decimal:
    value = pieces[0][1]
    for kind, factor in pieces[1:]:
        value = value + factor if kind == "half" else value * factor
    return value


def _spoken(pieces: Sequence[_Piece]) -> Decimal:
    """English words: one hundred thousand, twenty five, two hundred and forty."""
    total = section = Decimal(0)
    before = ""
    last = Decimal(0)
    for kind, value in pieces:
        if kind == "word":
            if before == "word" and not (last >= 20 and last % 10 == 0 and 0 < value < 10):
                raise _Unread
            section, last = section + value, value
        elif kind == "half":
            section += value
        elif value == 100:
            section *= 100
        else:
            total, section = total + section * value, Decimal(0)
        before = kind
    return total + section


def _mixed(pieces: Sequence[_Piece]) -> Decimal:
    """1万2千, 6万5."""
    (_, high), (_, scale), (_, low) = pieces[:3]
    below = pieces[3][1] if len(pieces) > 3 else scale / 10
    if below >= scale or low >= 10 or (len(pieces) == 3 and scale < 100):
        raise _Unread
    return high * scale + low * below


def _kept(value: Decimal) -> Decimal:
    if abs(value) >= LARGEST - 1:
        raise _Unread
    return value.quantize(PLACES).normalize() + 0
