"""From what somebody types about where they are to a time zone, and from a zone to its territory."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global

from bot.words.hant import OURS, hant

_CLOCK = re.compile(
    r"(\d{1,2})\s*(?:[:：.点點时時]|h)\s*(\d{1,2})?\s*(?:分)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE
)
_HALF_DAYS = (("下午", 12), ("晚上", 12), ("傍晚", 12), ("上午", 0), ("早上", 0), ("凌晨", 0), ("中午", 0))
_SLACK = timedelta(minutes=15)
"""Clocks on the wall go wrong, and a message takes its time."""
_LOCALES = ("en", "zh_Hans", "zh_Hant")
_CITIES = OURS.with_name("cities.toml")

_WELL_KNOWN = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka",
    "Asia/Yangon", "Asia/Kathmandu", "Asia/Tehran", "Asia/Kabul", "Europe/London", "Europe/Paris",
    "Europe/Athens", "Europe/Moscow", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Halifax", "America/Anchorage", "America/Sao_Paulo", "America/St_Johns",
    "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Pacific/Auckland",
    "Pacific/Honolulu", "Pacific/Noumea", "Pacific/Chatham", "Pacific/Tongatapu", "Pacific/Kiritimati",
    "Atlantic/Azores", "Atlantic/Cape_Verde", "Africa/Lagos", "Africa/Cairo", "Africa/Nairobi",
    "America/Noronha", "Pacific/Pago_Pago", "Pacific/Marquesas", "Australia/Lord_Howe", "Australia/Eucla",
)  # fmt: skip
"""For a clock reading: the first of these that shows it now. The order says whom we meet most."""


@lru_cache(maxsize=1024)
def territory(zone: str) -> str | None:
    """The ISO 3166 territory a zone belongs to, or None where there is none (UTC, Etc/…)."""
    territories = get_global("zone_territories")
    found = territories.get(zone) or territories.get(get_global("zone_aliases").get(zone, ""))
    return None if found in (None, "001", "ZZ") else str(found)


def zone(text: str, now: datetime) -> str | None:
    """The IANA zone meant by a city, a place, a zone's own name, or by what the clock there shows *now*.

    None when nothing fits: whoever asked then asks in another way.
    """
    typed = text.strip()
    if len(typed) > 100:
        return None
    named = _zone_names().get(typed.casefold()) or _places().get(_plain(typed))
    return named or _by_clock(typed, now)


def city(zone: str, language: str) -> str:
    """What a zone's city is called: Asia/Kuala_Lumpur is 吉隆坡."""
    locale = Locale.parse(language, sep="-")
    known = locale.time_zones.get(zone) or locale.time_zones.get(get_global("zone_aliases").get(zone, ""))
    named = (known or {}).get("city")
    return str(named) if named else zone.rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, str]:
    # "GB", "PRC", "posix/…" and the like mean nothing to the people who type here
    return {name.casefold(): name for name in available_timezones() if "/" in name or name == "UTC"}


def _plain(name: str) -> str:
    letters = re.sub(r"[\s'’_.·-]+", "", name.casefold()).replace("臺", "台")
    return letters if len(letters) < 3 else re.sub(r"(?:city|市|省|縣|县)$", "", letters)


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Every spelling we know, later sources giving way to earlier ones: cities, ours, territories."""
    found: dict[str, str] = {}
    for name, zone in (*_exemplar_cities(), *_our_cities(), *_territories()):
        found.setdefault(_plain(name), zone)
        found.setdefault(_plain(hant(name)), zone)
    return found


def _exemplar_cities() -> Iterator[tuple[str, str]]:
    usable = available_timezones()
    for tag in _LOCALES:
        for zone, names in Locale.parse(tag).time_zones.items():
            if "city" in names and zone in usable and territory(zone):
                yield names["city"], zone
    for zone in sorted(usable):
        if zone.count("/") == 1 and territory(zone):
            yield zone.partition("/")[2], zone


def _our_cities() -> Iterator[tuple[str, str]]:
    if not _CITIES.is_file():
        return
    for zone, cities in tomllib.loads(_CITIES.read_text(encoding="utf-8")).items():
        for spelling in re.split(r"[/,]", cities):
            yield spelling.strip(), zone


def _territories() -> Iterator[tuple[str, str]]:
    """A territory's name means its only zone, or the one that nearly everybody there keeps."""
    zones = get_global("territory_zones")
    main = {"CN": "Asia/Shanghai", "MY": "Asia/Kuala_Lumpur", "GB": "Europe/London", "DE": "Europe/Berlin"}
    for tag in _LOCALES:
        for code, name in Locale.parse(tag).territories.items():
            if code in main or len(zones.get(code, ())) == 1:
                yield name.split("（")[0].split(" (")[0], main.get(code) or zones[code][0]
    yield from (("UK", "Europe/London"), ("Britain", "Europe/London"), ("England", "Europe/London"))
    yield from (("China", "Asia/Shanghai"), ("中国", "Asia/Shanghai"), ("Hong Kong", "Asia/Hong_Kong"))
    yield from (("HK", "Asia/Hong_Kong"), ("香港", "Asia/Hong_Kong"), ("澳门", "Asia/Macau"))


def _by_clock(typed: str, now: datetime) -> str | None:
    shown = _CLOCK.search(typed)
    if shown is None:
        return None
    hour, minute = int(shown[1]), int(shown[2] or 0)
    hour += half_day(typed, shown[3] or "", hour)
    if hour > 23 or minute > 59:
        return None
    ahead = timedelta(hours=hour - now.hour, minutes=minute - now.minute)
    nearest = min(_WELL_KNOWN, key=lambda name: _apart(ahead, name, now))
    return nearest if _apart(ahead, nearest, now) <= _SLACK else None


def _apart(ahead: timedelta, name: str, now: datetime) -> timedelta:
    """How far the clock in this zone is from the reading; a clock does not tell which day it is."""
    day = timedelta(days=1)
    gap = (ahead - (now.astimezone(ZoneInfo(name)).utcoffset() or timedelta())) % day
    return min(gap, day - gap)


def half_day(typed: str, marker: str, hour: int) -> int:
    """Hours to add for “9:12 pm” or “下午 3:05”; 12 am is midnight."""
    said = marker.lower().replace(".", "")
    added = {"pm": 12, "am": 0}.get(said)
    if added is None:
        added = next((hours for word, hours in _HALF_DAYS if word in typed), None)
    if added is None:
        return 0
    if added == 12:
        return 12 if hour < 12 else 0
    return -12 if hour == 12 and "中午" not in typed else 0
