"""From what somebody types about a day to the day."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?")
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號.]?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?([a-z]{3,9})\.?,?\s*(\d{4})?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})?")
_IN = re.compile(
    r"(?:in\s+)?(\d{1,3}|an?|one|two|three|four|[一两二兩三四五六七八九十])\s*个?個?\s*(days?|weeks?|天|日|周|週|星期|礼拜|禮拜)\s*(?:后|後|以后|以後)?"
)
_WEEKDAY = re.compile(r"(next\s+|下下|下个|下個|下|这|這|本)?\s*(?:周|週|星期|礼拜|禮拜)([一二三四五六日天])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEAD = re.compile(r"^(?:(?:(?:until|till|to|from|on|the)\s+)+|(?:到|至|从|從)\s*)")
_SOON = {"today": 0, "tomorrow": 1, "今天": 0, "明天": 1, "后天": 2, "後天": 2, "大后天": 3, "大後天": 3}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4} | {
    sign: number for number, sign in enumerate("一二三四五六七八九十", 1)
}  # fmt: skip
_COUNTS |= {"两": 2, "兩": 2}
WEEK = timedelta(days=7)
LONGEST = 60
"""Letters; who writes more has written something else."""


def day(text: str, today: date, language: str) -> date | None:
    """The day meant by “23 March”, “23/3”, “Monday”, “in two weeks”, “3月23日” or “下周一”; None when it is none.

    A day without a year is the next one to come. Of two numbers the day stands first in English and the
    month in Chinese, unless only the other way makes a day.
    """
    typed = _LEAD.sub("", text.strip().casefold().rstrip("。.!！"))
    if not typed or len(typed) > LONGEST:
        return None
    if typed in _SOON:
        return today + timedelta(days=_SOON[typed])
    return (
        _named(typed, today)
        or _weekday(typed, today)
        or _later(typed, today)
        or _numbers(typed, today, language)
    )


def _numbers(typed: str, today: date, language: str) -> date | None:
    if found := _ISO.fullmatch(typed):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _NUMBERS.fullmatch(typed)
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    month_first = "月" in typed or language != "en"
    tries = ((first, second), (second, first)) if month_first else ((second, first), (first, second))
    return next((day for month, number in tries if (day := _coming(month, number, today))), None)


def _named(typed: str, today: date) -> date | None:
    if found := _DAY_FIRST.fullmatch(typed):
        number, name, year = found[1], found[2], found[3]
    elif found := _MONTH_FIRST.fullmatch(typed):
        name, number, year = found[1], found[2], found[3]
    else:
        return None
    if name[:3] not in _MONTHS:
        return None
    month = _MONTHS.index(name[:3]) + 1
    return _day(int(year), month, int(number)) if year else _coming(month, int(number), today)


def _weekday(typed: str, today: date) -> date | None:
    if found := _WEEKDAY.fullmatch(typed):
        number = "一二三四五六日".index(found[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        weeks = {"下下": 2, "下": 1, "下个": 1, "下個": 1}.get((found[1] or "").strip(), 0)
        meant = monday + timedelta(days=number) + weeks * WEEK
        return meant if weeks or meant > today else meant + WEEK
    name = typed.removeprefix("next ").removeprefix("this ").strip()
    if not name.isascii() or not name.isalpha() or name[:3] not in _WEEKDAYS or len(name) > 9:
        return None
    ahead = (_WEEKDAYS.index(name[:3]) - today.weekday()) % 7 or 7
    return today + timedelta(days=ahead)


def _later(typed: str, today: date) -> date | None:
    found = _IN.fullmatch(typed)
    if found is None:
        return None
    count = int(found[1]) if found[1].isdigit() else _COUNTS[found[1]]
    return today + timedelta(days=count) * (1 if found[2].startswith(("day", "天", "日")) else 7)


def _coming(month: int, number: int, today: date) -> date | None:
    found = _day(today.year, month, number)
    if found is None:
        return _day(today.year + 1, month, number)
    return found if found >= today else _day(today.year + 1, month, number)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
