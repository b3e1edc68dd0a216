"""Days, times and money as people say them, in each language."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.rules.languages import ENGLISH, HANT

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_HAN_DAYS = "一二三四五六日"
_WEEK = 7

_SIGNS = {"CNY": "RMB ", "HKD": "HK$", "TWD": "NT$", "SGD": "S$", "USD": "US$", "GBP": "£", "EUR": "€"}
_HANS_NAMES = {"HKD": "港币", "TWD": "新台币", "SGD": "新币", "USD": "美元", "GBP": "英镑", "EUR": "欧元"}
_HANT_NAMES = {
    "CNY": "人民幣", "HKD": "港幣", "TWD": "", "SGD": "新幣", "USD": "美元", "GBP": "英鎊", "EUR": "歐元",
}  # fmt: skip


def weekday(on: date, language: str) -> str:
    """The day of the week in full: Friday, 周五, 週五."""
    if language == ENGLISH:
        return _LONG_WEEKDAYS[on.weekday()]
    return ("週" if language == HANT else "周") + _HAN_DAYS[on.weekday()]


def weekday_name(number: int, language: str) -> str:
    """A weekday by its number, Monday 0, where there is little room."""
    return weekday_short(date(2024, 1, 1 + number), language)  # the first of January 2024 was a Monday


def long_date(on: date, language: str, today: date) -> str:
    """A calendar day with its weekday in full: Monday 23 March, 3 月 23 日（周一）; the year if not this one."""
    if language != ENGLISH:
        return plain_date(on, language, today)
    year = f" {on.year}" if on.year != today.year else ""
    return f"{_LONG_WEEKDAYS[on.weekday()]} {on.day} {_LONG_MONTHS[on.month - 1]}{year}"


def weekday_short(on: date, language: str) -> str:
    """The day of the week where there is little room: Fri, 周五, 週五."""
    return _WEEKDAYS[on.weekday()] if language == ENGLISH else weekday(on, language)


def plain_date(on: date, language: str, today: date) -> str:
    """A calendar day whatever the distance: Fri 13 Mar, 3 月 13 日（周五）; the year if not this one."""
    other_year = on.year != today.year
    if language == ENGLISH:
        year = f" {on.year}" if other_year else ""
        return f"{_WEEKDAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}{year}"
    year = f"{on.year} 年 " if other_year else ""
    return f"{year}{on.month} 月 {on.day} 日（{weekday(on, language)}）"


def full_date(on: date, language: str) -> str:
    """A day on something that is kept or passed on: 25 November 2026, 2026 年 11 月 25 日."""
    if language == ENGLISH:
        return f"{on.day} {_LONG_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def day(on: date, language: str, today: date) -> str:
    """A day as people say it: today, tomorrow, in 3 days within a week, else the date."""
    away = (on - today).days
    if language == ENGLISH:
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
        later = f"in {away} days"
    else:
        near = {-1: "昨天", 0: "今天", 1: "明天"}
        later = f"{away} 天後" if language == HANT else f"{away} 天后"
    if away in near:
        return near[away]
    return later if 1 < away < _WEEK else plain_date(on, language, today)


def soon(on: date, language: str, today: date) -> str:
    """A day to come: today, tomorrow, within a week its name, else the date."""
    away = (on - today).days
    if away in (0, 1):
        return day(on, language, today)
    return weekday(on, language) if 1 < away < _WEEK else plain_date(on, language, today)


def time(at: datetime, language: str, zone: str | None = None) -> str:
    """The clock: 09:00 in English, 9:00 in Chinese; in *zone* when it is given."""
    local = at.astimezone(ZoneInfo(zone)) if zone else at
    return f"{local:%H:%M}" if language == ENGLISH else f"{local.hour}:{local.minute:02}"


def day_and_time(at: datetime, language: str, now: datetime, zone: str) -> str:
    """An instant as a reader in *zone* says it: tomorrow, 10:20; Fri 13 Mar, 18:00; 3 月 13 日（周五）18:00."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    near = -1 <= (local.date() - today).days <= 1
    said = day(local.date(), language, today) if near else plain_date(local.date(), language, today)
    if language == ENGLISH:
        return f"{said}, {time(local, language)}"
    return f"{said}{'' if said.endswith('）') else ' '}{time(local, language)}"


def money(amount: Decimal | int, currency: str, language: str, *, rough: bool = False) -> str:
    """A sum: RMB 3,600; 3,600 元; 6 万元. *rough* is for talk: 1.2 million, 1.2 亿元."""
    exact = Decimal(amount)
    if language == ENGLISH:
        return _SIGNS.get(currency, f"{currency} ") + _english_sum(exact, rough)
    names = _HANT_NAMES if language == HANT else _HANS_NAMES
    name = names.get(currency, "" if currency == "CNY" else currency)
    unit = "" if name.endswith("元") else "元"
    if unit:
        return (
            f"{name} {_han_sum(exact, language, rough)}元".strip() if name else _han(exact, language, rough)
        )
    return f"{_han_sum(exact, language, rough)}{name}"


def _han(exact: Decimal, language: str, rough: bool) -> str:
    return f"{_han_sum(exact, language, rough)}元"


def _english_sum(exact: Decimal, rough: bool) -> str:
    million = Decimal(1_000_000)
    return f"{_short(exact / million)} million" if rough and abs(exact) >= million else _commas(exact)


def _han_sum(exact: Decimal, language: str, rough: bool) -> str:
    """Ends in the space or the big unit (万, 亿) that stands before 元."""
    for size, hans, hant in ((Decimal(10**8), "亿", "億"), (Decimal(10**4), "万", "萬")):
        if abs(exact) >= size and (rough or exact % (size / 10) == 0):
            return f"{_short(exact / size)} {hant if language == HANT else hans}"
    return f"{_commas(exact)} "


def _short(amount: Decimal) -> str:
    return f"{amount:,.1f}".removesuffix(".0")


def _commas(exact: Decimal) -> str:
    return f"{exact:,.2f}".removesuffix(".00")
