"""What the bot says, in which language: catalogues, templates, zh-Hant, dates, money, time zones."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from bot.rules.languages import ENGLISH, HANS, HANT
from bot.words import dates, seams
from bot.words.catalogues import CatalogueRefused, Catalogues, catalogue_file
from bot.words.hant import Converter, TermsRefused, converter, hant
from bot.words.lending import Lending
from bot.words.messages import Complaint, UnreadableMessage, ill_filled, level, messages
from bot.words.zones import city, territory, zone

__all__ = [
    "CatalogueRefused", "Complaint", "Converter", "TermsRefused", "UnreadableMessage", "Words",
    "catalogue_file", "city", "converter", "hant", "ill_filled", "language_from_telegram", "level",
    "messages", "territory", "zone",
]  # fmt: skip

_CONTEXTS = {"employee": "staff", "borrower": "borrower"}
"""Whoever the reader is decides between 你 and 您; shared texts have no context at all."""


def language_from_telegram(code: str | None) -> str:
    """Our language for a code that Telegram hands us; English for all we do not speak.

    The script decides for Chinese, and the territory where no script is named.
    """
    try:
        locale = Locale.parse((code or "").strip(), sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return HANS if (code or "").lower().startswith("zh") else ENGLISH
    if locale.language not in ("zh", "yue"):
        return ENGLISH
    if locale.script:
        return HANT if locale.script == "Hant" else HANS
    return HANT if locale.territory in ("TW", "HK", "MO") or locale.language == "yue" else HANS


class Compiled(BytecodeCache):
    """Templates compiled once for all languages and readers; they differ in what they are given only."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class Words:
    """Every word of ours that people see, read once from *locales* and *templates*."""

    def __init__(self, locales: Path, templates: Path) -> None:
        self._templates = templates
        self.hant = converter(locales / "terms.toml")
        self._catalogues = Catalogues(locales, self.hant)
        self._compiled = Compiled()
        self._environments: dict[tuple[str, str], Environment] = {}
        self._ready: dict[tuple[str, str, str], Template] = {}
        self._unfilled: dict[tuple[str, str | None, str], Markup] = {}
        """What is said the same every time; only templates' own literals, so it ends somewhere."""

    def gettext(self, language: str, message: str, context: str | None = None) -> str:
        """This English message in this language; zh-Hant is written by hand or derived from zh-Hans."""
        return self._catalogues.one(language, message, context)

    def ngettext(self, language: str, one: str, many: str, n: int, context: str | None = None) -> str:
        return self._catalogues.many(language, one, many, n, context)

    def template(self, name: str, language: str, audience: str) -> Template:
        """The template of this name with its words bound to one language and one kind of reader."""
        key = (name, language, audience)
        if key not in self._ready:
            bound = (language, audience)
            if bound not in self._environments:
                self._environments[bound] = self._environment(language, audience)
            self._ready[key] = self._environments[bound].get_template(name)
        return self._ready[key]

    def render(self, name: str, language: str, audience: str, /, **context: Any) -> str:
        """Telegram HTML; a name the template uses and *context* lacks raises."""
        return self.template(name, language, audience).render(**context)

    def _environment(self, language: str, audience: str) -> Environment:
        environment = Lending(
            loader=FileSystemLoader(self._templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=self._compiled,
        )
        context = _CONTEXTS.get(audience, audience)
        environment.globals |= {
            "language": language,
            "audience": audience,
            "_": partial(self._say, language, None),
            "_you": partial(self._say, language, context),
            "_n": partial(self._count, language, None),
        }
        environment.filters |= _filters(language)
        return environment

    def _say(self, language: str, context: str | None, message: str, /, **values: Any) -> Markup:
        # catalogues are ours alone, so their tags count; Markup escapes what is filled in
        if values:
            return _filled(language, self.gettext(language, message, context), values)
        key = (language, context, message)
        if key not in self._unfilled:
            self._unfilled[key] = Markup(self.gettext(language, message, context)).format()
        return self._unfilled[key]

    def _count(
        self, language: str, context: str | None, one: str, many: str, n: int, /, **values: Any
    ) -> Markup:
        said = self.ngettext(language, one, many, n, context)
        return _filled(language, said, {"n": n, **values})

    def fill(self, html: str, language: str, **values: str) -> str:
        """Html of ours with what depends on the reader filled in, spaced as its language is."""
        return str(_filled(language, html, {name: Markup(value) for name, value in values.items()}))

    def day(self, on: date, language: str, today: date) -> str:
        """today, tomorrow, in 3 days within a week, else Fri 13 Mar; the year if not this one."""
        return dates.day(on, language, today)

    def plain_date(self, on: date, language: str, today: date) -> str:
        """Fri 13 Mar, 3 月 13 日（周五）, however near it is."""
        return dates.plain_date(on, language, today)

    def weekday(self, on: date, language: str) -> str:
        return dates.weekday(on, language)

    def time(self, at: datetime, language: str, zone: str | None = None) -> str:
        return dates.time(at, language, zone)

    def day_and_time(self, at: datetime, language: str, now: datetime, zone: str) -> str:
        """tomorrow, 10:20; Fri 13 Mar, 18:00; 3 月 13 日（周五）18:00, in the reader's zone."""
        return dates.day_and_time(at, language, now, zone)

    def money(self, amount: Decimal | int, currency: str, language: str, *, rough: bool = False) -> str:
        return dates.money(amount, currency, language, rough=rough)

    def territory(self, zone: str) -> str | None:
        return territory(zone)

    def zone(self, text: str, now: datetime) -> str | None:
        return zone(text, now)

    def city(self, zone: str, language: str) -> str:
        return city(zone, language)

    language_from_telegram = staticmethod(language_from_telegram)


def _filled(language: str, message: str, values: Mapping[str, Any]) -> Markup:
    return Markup(message).format(**values) if language == ENGLISH else seams.filled(message, values)


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    return {
        "day": lambda on, today: dates.day(on, language, today),
        "date": lambda on, today: dates.plain_date(on, language, today),
        "weekday": lambda on: dates.weekday(on, language),
        "long_date": lambda on, today: dates.long_date(on, language, today),
        "full_date": lambda on: dates.full_date(on, language),
        "weekday_name": lambda number: dates.weekday_name(number, language),
        "weekday_short": lambda on: dates.weekday_short(on, language),
        "soon": lambda on, today: dates.soon(on, language, today),
        "local": lambda at, zone: at.astimezone(ZoneInfo(zone)),
        "time": lambda at, zone=None: dates.time(at, language, zone),
        "day_and_time": lambda at, now, zone: dates.day_and_time(at, language, now, zone),
        "money": lambda amount, currency, rough=False: dates.money(amount, currency, language, rough=rough),
        "city": lambda zone: city(zone, language),
    }
