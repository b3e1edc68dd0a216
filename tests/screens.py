"""Every message of the chat with something plausible in it, for tests and for reading through.

`python -m tests.screens zh-Hant borrower` prints them all as a phone shows them.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from html import unescape
from itertools import cycle
from pathlib import Path
from typing import Any, Literal, get_args

from bot import content
from bot.chat import asking, menu
from bot.chat.say import Speaker, Spoken
from bot.rules import completion, newcomers, quiz
from bot.rules.attempt import REVIEW, Attempt, Kind, Stage, longest_road
from bot.rules.curriculum import FALSE, TRUE, Audience, Case, Channel, Content, Hotline, Item, Lesson, Unit
from bot.rules.delivery import Assignment
from bot.rules.feedback import Line, Rated, Share
from bot.rules.figures import written
from bot.rules.people import GRANTED, PICTURES, Learner
from bot.rules.reviewing import CAP, Coming
from bot.rules.watching import LISTS, Coverage, Group, Signs, Standing, Trouble
from bot.rules.width import width
from bot.sealing.buttons import Signer
from bot.sealing.keys import Ring
from bot.store.feedback import Said
from bot.store.newcomers import News
from bot.words import Words
from tests.screens_handbook import HANDBOOK_SCREENS, PAGE
from tests.screens_progress import PROGRESS_SCREENS
from tests.screens_retake import RETAKE_SCREENS
from tests.screens_team import TEAM_SCREENS

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "bot" / "templates" / "chat"
NOW = datetime.fromisoformat("2026-12-02T09:00+08:00")
TODAY = NOW.date()
ZONE = "Asia/Singapore"
LARGEST = 2**63 - 1
"""The longest id there can be, so that button data are as long as they get."""
AUDIENCES: tuple[Audience, ...] = ("employee", "borrower")
FIRST_LINE = {"en": 60, "zh-Hans": 30, "zh-Hant": 30}
"""Characters that a locked phone shows."""
Context = dict[str, Any]


@cache
def our_content() -> Content:
    return content.load(ROOT)


@cache
def our_words() -> Words:
    return Words(ROOT / "locales", TEMPLATES)


@dataclass(frozen=True)
class Reader:
    """Whoever looks at the screens: a language and an audience, and what is taught to them."""

    language: str
    audience: Audience

    @property
    def learner(self) -> Learner:
        name = "Chen Mei" if self.language == "en" else "陈梅"
        return Learner(LARGEST, self.audience, self.language, ZONE, name=name)

    @property
    def content(self) -> Content:
        return our_content()

    def speaker(self) -> Speaker:
        return Speaker(our_words(), Signer(Ring((b"k" * 32,))), "Qingchuan Credit")

    def say(self, name: str, context: Mapping[str, Any]) -> Spoken:
        moment = {"now": NOW, "today": TODAY, "zone": ZONE}
        return self.speaker().say(name, self.learner, {**moment, **context})

    def every(self, kind: str) -> list[Unit]:
        return [unit for unit in self.content.units.values() if unit.kind == kind]

    def lesson(self) -> Lesson:
        return next(unit for unit in self.content.units.values() if unit.kind == "lesson")

    def case(self) -> Case:
        return next(unit for unit in self.content.units.values() if unit.kind == "case")

    def title(self, unit: Unit) -> str:
        return unit.words[self.language].title

    @property
    def topics(self) -> list[tuple[int, str]]:
        titles = self.content.topic_titles
        return [(number, titles[topic][self.language]) for number, topic in enumerate(self.content.topics)]

    def attempt(self, kind: Kind = "lesson", stage: Stage = "cards", **more: Any) -> Attempt:
        unit = {
            "lesson": self.lesson().slug,
            "case": self.case().slug,
            "quiz": "topic",
            "review": REVIEW,
            "test": "new-hire-test",
        }[kind]
        made = Attempt(LARGEST, LARGEST, "lesson", unit, "v", NOW, "cards", queue=("a", "b", "c", "d", "e"))
        return replace(made, kind=kind, stage=stage, **more)


def assignment(due_on: date | None = None, kind: Literal["lesson", "case", "test"] = "lesson") -> Assignment:
    owed = Assignment(LARGEST, LARGEST, "basics", "unit", "lesson", 0, TODAY, due_on)
    return replace(owed, unit_kind=kind)


def plain(html: str) -> str:
    """Telegram HTML as people read it."""
    return unescape(re.sub(r"<[^>]+>", "", html))


# what each template is called with ------------------------------------------------------------------
def nothing(_: Reader) -> Iterator[Context]:
    yield {}


def _of_hotline(reader: Reader, hotline: Hotline, stale: bool = False) -> Context:
    words = hotline.words[reader.language]
    return {
        "ring": words.ring, "place": words.place, "lines": words.more, "official": hotline.official,
        "checked_on": hotline.checked_on, "stale": stale, "copy_number": hotline.copy,
    }  # fmt: skip


def advice(reader: Reader) -> Iterator[Context]:
    for card in reader.content.advice.values():
        words = card.words[reader.language]
        for stale in (False, True):
            for hotline in reader.content.hotlines.values():
                context = _of_hotline(reader, hotline, stale)
                card_text = words.card.replace("{hotline}", context["ring"])
                yield {"card": card_text, "say": words.say, **context}


def advice_called(reader: Reader) -> Iterator[Context]:
    more = next(iter(reader.content.advice.values())).words[reader.language].more
    yield {"more": more, "waits": None, "ring": "", "copy_number": ""}
    for hotline in reader.content.hotlines.values():
        ring = hotline.words[reader.language].ring
        yield {"more": more, "waits": reader.attempt(), "ring": ring, "copy_number": hotline.copy}


def advice_no_answer(reader: Reader) -> Iterator[Context]:
    for hotline in reader.content.hotlines.values():
        yield _of_hotline(reader, hotline)
        yield _of_hotline(reader, hotline, stale=True)


def advice_places(reader: Reader) -> Iterator[Context]:
    hotlines = reader.content.hotlines.values()
    places = [(number, hotline.words[reader.language].place) for number, hotline in enumerate(hotlines)]
    yield {"places": places, "known": True}
    yield {"places": places, "known": False}


def all_done(reader: Reader) -> Iterator[Context]:
    yield {"coming": reader.title(reader.lesson()), "at": NOW + timedelta(days=5)}
    yield {"coming": "", "at": None}


def card(reader: Reader) -> Iterator[Context]:
    for unit in reader.content.units.values():
        if unit.kind == "lesson":
            words = unit.words[reader.language]
            for number, text in enumerate(words.cards):
                attempt = reader.attempt(card=number)
                yield {"title": words.title, "attempt": attempt, "card": text, "cards": len(words.cards)}


def listed(kind: str) -> Callable[[Reader], Iterator[Context]]:
    def units(reader: Reader) -> Iterator[Context]:
        found = reader.every(kind)
        yield {"units": [(unit, reader.title(unit), True) for unit in found]}
        yield {"units": [(unit, reader.title(unit), False) for unit in found]}

    return units


def scene(reader: Reader) -> Iterator[Context]:
    for unit in reader.content.units.values():
        if unit.kind == "case":
            words = unit.words[reader.language]
            for step, (node, choices) in enumerate(words.choices.items(), start=1):
                buttons = [(number, choice.button) for number, choice in enumerate(choices.values())]
                yield {
                    "attempt": reader.attempt("case", "scene"), "title": words.title, "step": step,
                    "steps": longest_road(unit), "scene": words.scenes[node], "practice": step == 1,
                    "choices": buttons,
                }  # fmt: skip


def consequence(reader: Reader) -> Iterator[Context]:
    for choices in reader.case().words[reader.language].choices.values():
        for choice in choices.values():
            yield {
                "attempt": reader.attempt("case", "consequence"), "step": 3,
                "chosen": choice.button, "consequence": choice.consequence,
            }  # fmt: skip


def ending(reader: Reader) -> Iterator[Context]:
    story, lesson = reader.case(), reader.lesson()
    words = story.words[reader.language]
    numbers = [hotline.copy for hotline in reader.content.hotlines.values()]
    for name, kind in story.endings.items():
        for copy_number in ("", *numbers):
            yield {
                "attempt": reader.attempt("case", "done"), "title": words.title, "kind": kind, "story": story,
                "scene": words.scenes[name], "debrief": words.debrief, "copy_number": copy_number,
                "turning": None if kind == "safe" else 3, "unit": lesson, "page": PAGE,
            }  # fmt: skip


def due(reader: Reader) -> Iterator[Context]:
    for unit in (reader.lesson(), reader.case()):
        for due_on in (
            None,
            TODAY,
            TODAY + timedelta(days=3),
            TODAY + timedelta(days=9),
            TODAY - timedelta(days=2),
        ):
            owed = assignment(due_on, unit.kind)
            yield {
                "assignment": owed,
                "title": reader.title(unit),
                "due_count": 12,
                "back_today": due_on != TODAY,
            }
    yield {
        "assignment": assignment(),
        "title": reader.title(reader.lesson()),
        "due_count": 1,
        "back_today": True,
    }


def due_list(reader: Reader) -> Iterator[Context]:
    days = [TODAY + timedelta(days=away) for away in (-3, 0, 2, 8, 9, 10, 11, 12)]
    owed = [
        (replace(assignment(day), position=number), reader.title(unit))
        for number, (day, unit) in enumerate(zip(days, [*reader.content.units.values()] * 8, strict=False))
    ]
    yield {"due": owed}
    yield {"due": owed[:1]}
    yield {"due": []}


def hello_employee(reader: Reader) -> Iterator[Context]:
    manager = "Ling" if reader.language == "en" else "林玲"
    yield {"manager": manager, "first": assignment()}
    yield {"manager": "", "first": None}


def help_(reader: Reader) -> Iterator[Context]:
    labels = menu.labels(our_words(), reader.language, reader.audience)
    yield {"commands": list(labels.items())}


def kept(reader: Reader) -> Iterator[Context]:
    for attempt in _standing(reader):
        yield {"attempt": attempt, "cards": 5, "title": reader.title(reader.lesson())}


def _standing(reader: Reader) -> Iterator[Attempt]:
    yield reader.attempt("case", "scene", path=(("a", "b"), ("c", "d")))
    yield reader.attempt("lesson", "cards", card=1)
    yield reader.attempt("quiz", "question", number=3)
    yield reader.attempt("quiz", "question", number=4)
    yield reader.attempt("quiz", "verdict", number=5)


def unfinished(reader: Reader) -> Iterator[Context]:
    for attempt in _standing(reader):
        title = reader.topics[0][1] if attempt.kind == "quiz" else reader.title(reader.lesson())
        yield {"attempt": attempt, "title": title, "cards": 5}


def later(reader: Reader) -> Iterator[Context]:
    yield {"assignment": assignment(), "at": NOW + timedelta(hours=3)}
    yield {"assignment": assignment(), "at": NOW + timedelta(days=1)}


def later_hours(reader: Reader) -> Iterator[Context]:
    yield {"assignment": assignment(), "hours": list(range(10, 21)), "at": NOW + timedelta(hours=3)}
    yield {"assignment": assignment(), "hours": [], "at": NOW + timedelta(days=1)}
    yield {"assignment": assignment(), "hours": [], "at": NOW + timedelta(days=20)}


def lesson_done(reader: Reader) -> Iterator[Context]:
    for unit in reader.content.units.values():
        if unit.kind == "lesson":
            idea = completion.safe_move(unit.words[reader.language].cards)
            yield {
                "attempt": reader.attempt(),
                "unit": unit,
                "idea": idea,
                "right": 2,
                "asked": 3,
                "result": None,
                "rated": unit.number % 2 == 0,
                "page": PAGE,
            }


def items(reader: Reader) -> Iterator[Context]:
    units = list(reader.content.units.values())[:6]
    shown = [(Line(unit.slug, Share(58, 36), Rated(12, 2, 1)), unit) for unit in units]
    few = [(Line(unit.slug, Share(4, 4), Rated(1)), unit) for unit in units]
    for lines, unread in ((shown, 12), (few, 0), ([], 1)):
        yield {"lines": lines, "page": 1, "pages": 3, "unread": unread, "fewest": 5}


def items_unit(reader: Reader) -> Iterator[Context]:
    for unit in reader.content.units.values():
        for share, rated in ((Share(58, 36), Rated(12, 2, 1)), (Share(), Rated())):
            lines = [(Line(item.id, share), item) for item in unit.items]
            yield {"unit": unit, "lines": lines, "rated": rated, "fewest": 5}


def preview(reader: Reader) -> Iterator[Context]:
    units = list(reader.content.units.values())[:6]
    for unpublished in (0, 1, 7):
        shown = [(unit, reader.title(unit), unit.number % 2 == 0) for unit in units]
        yield {"units": shown, "page": 1, "pages": 3, "unpublished": unpublished}


def privacy(reader: Reader) -> Iterator[Context]:
    yield {"manager": "Ling" if reader.language == "en" else "林玲"}
    yield {"manager": ""}


def questions(wanted: str) -> Callable[[Reader], Iterator[Context]]:
    """All that this template asks of our items, however far the answer has come."""

    def said(reader: Reader) -> Iterator[Context]:
        for item in reader.content.items.values():
            for picks in _picked(item):
                name, context = asking.question(item, _at(reader, item, picks=picks), reader.language, str)
                if name == wanted:
                    yield context
        for item in reader.content.items.values():
            looked = replace(_at(reader, item), kind="review")
            name, context = asking.question(item, looked, reader.language, str)
            for days in (1, 12) if name == wanted else ():
                yield context | {"source": reader.title(reader.content.units[item.unit]), "days": days}

    return said


def _picked(item: Item) -> tuple[str, ...]:
    """What may be picked while the question is open."""
    match item.type:
        case "true-false":
            return "", FALSE
        case "multiple":
            return "", "ab"
        case "red-flags":
            return "", item.choices[0], "".join(item.choices)
        case "numeric":
            return "", "f"
        case "ordering":
            return "", item.answer[0], "".join(item.answer)
    return ("",)


def _at(reader: Reader, item: Item, number: int = 3, **more: Any) -> Attempt:
    """Somebody who stands at this item, or has just answered it; a must-get-right one for the second time."""
    queue = ["w", "x", "y", "z", item.id]
    queue[number if more.get("stage") != "verdict" else number - 1] = item.id
    if item.must:
        queue[0] = item.id
    orders = ("".join(item.choices),) * len(queue)
    made = reader.attempt(stage="question", number=number, queue=tuple(queue), orders=orders)
    return replace(made, **more)


def verdicts(wanted: str) -> Callable[[Reader], Iterator[Context]]:
    """All that this template says of our items: right, wrong in every way, in the middle and at the end."""

    def said(reader: Reader) -> Iterator[Context]:
        for item in reader.content.items.values():
            for last in _answered(item):
                for number, unit in ((3, reader.content.units[item.unit]), (5, None)):
                    at = _at(reader, item, number, stage="verdict", last=last)
                    name, context = asking.verdict(item, at, reader.language, str, unit)
                    if name == wanted:
                        yield context
        for item, away in zip(reader.content.items.values(), cycle((0, 1, 3, 8, 21, 60, 365)), strict=False):
            looked = replace(_at(reader, item, 4, stage="verdict", last=next(_answered(item))), kind="review")
            name, context = asking.verdict(
                item, looked, reader.language, str, reader.content.units[item.unit]
            )
            if name == wanted:
                yield context | {"returns_on": TODAY + timedelta(days=away)}

    return said


def coming(_: Reader) -> Iterator[Context]:
    """After looking again, and when there is nothing to look at."""
    for days, count in ((1, 1), (1, 4), (3, 2), (40, 1)):
        on = Coming(TODAY + timedelta(days=days), count)
        yield {"coming": on, "cap": CAP, "begun": True, "asked": 4, "right": 3, "left": 0}
    yield {"coming": None, "cap": CAP, "begun": False, "asked": 0, "right": 0, "left": 4}


def _answered(item: Item) -> Iterator[str]:
    """Answers of every kind there is: each choice, halves, all, none."""
    match item.type:
        case "true-false":
            yield from (item.answer[0] + key for key in item.choices)
            yield from ({TRUE: FALSE, FALSE: TRUE}[item.answer[0]] + key for key in item.choices)
        case "multiple":
            yield from item.choices
            yield "".join(item.answer)
        case "red-flags":
            yield from ("".join(item.answer), "", "".join(item.choices), item.choices[0])
            yield "".join(item.answer[:1])
        case "numeric":
            yield from (written(figure.value) for figure in item.figures.values())
            yield from ("-123456789.1234", quiz.NO_IDEA)
        case "ordering":
            yield "".join(item.answer)
            yield "".join((*item.answer[1:], item.answer[0]))
            yield "".join((*item.answer[:-2], item.answer[-1], item.answer[-2]))
        case _:
            yield from item.choices


def quiz_result(score: int) -> Callable[[Reader], Iterator[Context]]:
    def result(reader: Reader) -> Iterator[Context]:
        said = completion.Result(score, score >= 80)
        for unit in (reader.lesson(), reader.case(), None):
            yield {
                "attempt": reader.attempt("quiz", "done"), "right": 3, "asked": 5, "result": said, "unit": unit,
                "title": reader.topics[0][1], "topic_number": 10,
            }  # fmt: skip

    return result


def both(*makers: Callable[[Reader], Iterator[Context]]) -> Callable[[Reader], Iterator[Context]]:
    def contexts(reader: Reader) -> Iterator[Context]:
        for maker in makers:
            yield from maker(reader)

    return contexts


def settings(reader: Reader) -> Iterator[Context]:
    for zone in ("Asia/Singapore", "America/Argentina/Buenos_Aires"):
        yield {"city": our_words().city(zone, reader.language)}


def time_zone_right(reader: Reader) -> Iterator[Context]:
    yield {"city": our_words().city(ZONE, reader.language), "here": NOW}


def words_unread(reader: Reader) -> Iterator[Context]:
    yield {"words": "around half past something, when the <kettle> whistles"[:40]}


def person(reader: Reader, **changes: Any) -> Learner:
    return reader.learner.with_(department="Credit" if reader.language == "en" else "信贷部", **changes)


def status(_: Reader) -> Iterator[Context]:
    some: dict[Group, int] = {"active": 4900, "silent": 60, "not joined": 30, "unreachable": 10}
    reasons = [("blocked", 6), ("deactivated", 3), ("chat-not-found", 1)]
    full, none = Coverage(some, reasons, 12), Coverage()
    signs = Signs(NOW, None, NOW - timedelta(hours=1))
    yield {"standing": Standing(signs, None, 0, None, 0, full)}
    yield {"standing": Standing(signs, None, 3, NOW - timedelta(minutes=4), 2, full, 12, 12)}
    yield {"standing": Standing(Signs(), None, 0, None, 0, none)}
    for wrong in get_args(Trouble):
        yield {"standing": Standing(signs, wrong, 1, NOW - timedelta(days=1), 1, full)}


def team_late(_: Reader) -> Iterator[Context]:
    for new in (News(), News(1, 1, 1), News(12, 12, 12)):
        yield {"count": 1, "since": TODAY, "new": new}
        yield {"count": 12, "since": date(2025, 12, 31), "new": new}
    yield {"count": 0, "since": None, "new": News(half=1)}
    yield {"count": 0, "since": None, "new": News(12, 12, 12)}


def status_who(reader: Reader) -> Iterator[Context]:
    people = [person(reader, unreachable=why) for why in ("blocked", "deactivated", "chat-not-found")]
    beside: dict[str, Any] = {"untold": 12, "new": newcomers.Standing(TODAY, 0, 12)}
    yield {
        "people": [
            (people[0], newcomers.Standing(TODAY, 1, 2)), (person(reader, joined_at=None), newcomers.Standing(TODAY, 2, 2)),
        ], "group": "new", "number": 6, "page": 0, "pages": 1,
        "count": 2,
    }  # fmt: skip
    for number, group in enumerate(LISTS, start=1):
        yield {
            "people": [(one, beside.get(group)) for one in people],
            "group": group,
            "number": number,
            "page": 98,
            "pages": 625,
            "count": 5000,
        }
        yield {"people": [], "group": group, "number": number, "page": 0, "pages": 1, "count": 0}


def outage(_: Reader) -> Iterator[Context]:
    for why in get_args(Trouble):
        yield {"why": why, "began": NOW - timedelta(days=2), "ended": NOW}


def right_changed(_: Reader) -> Iterator[Context]:
    yield from ({"right": right, "gives": gives} for right in GRANTED for gives in (True, False))


def invite_link(reader: Reader) -> Iterator[Context]:
    link = "https://t.me/fraudwise_bot?start=" + "A" * 22
    for joined in (NOW, None):
        yield {"person": person(reader, joined_at=joined), "link": link, "days": 14}


def roles(_: Reader) -> Iterator[Context]:
    yield {"holders": {right: ["Ada Okafor"] * 12 for right in GRANTED}, "managers": 640}
    yield {"holders": {right: [] for right in GRANTED}, "managers": 0}


def roles_person(reader: Reader) -> Iterator[Context]:
    for gives in (True, False):
        for choices in (list(enumerate(GRANTED)), []):
            yield {"person": person(reader), "gives": gives, "choices": choices}


def roles_confirm(reader: Reader) -> Iterator[Context]:
    for right in GRANTED:
        for gives in (True, False):
            yield {"person": person(reader), "right": right, "gives": gives, "choice": 2}


# what comes by itself, and quiet -----------------------------------------------------------------------
def _manager(reader: Reader) -> str:
    return "Ling" if reader.language == "en" else "林玲"


def _longest(reader: Reader) -> str:
    titles = [reader.title(unit) for unit in reader.content.units.values()]
    return max(titles, key=width)


def reminder(reader: Reader) -> Iterator[Context]:
    for step, due_on in (
        ("early", FRIDAY),
        ("due", TODAY),
        ("due", FRIDAY),
        ("late-1", TODAY - timedelta(days=1)),
    ):
        for others, today_at in ((0, NOW + timedelta(hours=3)), (2, None)):
            yield {
                "rung": step,
                "assignment": assignment(due_on, "test" if others else "lesson"),
                "title": _longest(reader),
                "others": others,
                "today_at": today_at,
                "next_at": NOW + timedelta(days=1),
                "next_day": TODAY + timedelta(days=1),
            }
    yield {
        "rung": "due", "assignment": assignment(TODAY), "title": reader.title(reader.lesson()), "others": 0,
        "today_at": NOW, "next_at": NOW + timedelta(days=5), "next_day": TODAY + timedelta(days=5),
    }  # fmt: skip


def reminder_last(reader: Reader) -> Iterator[Context]:
    for days in (1, 3):
        for others in (0, 2):
            yield {
                "assignment": assignment(TODAY),
                "title": reader.title(reader.lesson()),
                "others": others,
                "tells_on": TODAY + timedelta(days=days),
                "manager": _manager(reader),
            }
    yield {
        "assignment": assignment(TODAY),
        "title": _longest(reader),
        "others": 0,
        "tells_on": TODAY,
        "manager": "",
    }


def due_set(reader: Reader) -> Iterator[Context]:
    for due_on in (None, TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=9)):
        yield {
            "first": assignment(due_on), "titles": [_longest(reader)] * 3, "minutes": 6, "due_on": due_on,
            "due_count": 12, "back_today": due_on != TODAY,
        }  # fmt: skip


def due_with_a_reminder(reader: Reader) -> Iterator[Context]:
    yield from due(reader)
    for step, due_on in (("due", TODAY), ("late-1", TODAY - timedelta(days=1))):
        yield {
            "assignment": assignment(FRIDAY),
            "title": reader.title(reader.lesson()),
            "due_count": 3,
            "back_today": True,
            "also": replace(assignment(due_on), id=7),
            "also_title": _longest(reader),
            "others": 1,
            "rung": step,
        }


def _excused(due_on: date = TODAY) -> Assignment:
    return replace(assignment(due_on), excuse="My phone was being mended, I have it back on Monday.")


def note(reader: Reader) -> Iterator[Context]:
    for one in (assignment(TODAY), _excused()):
        yield {"assignment": one, "title": reader.title(reader.lesson()), "goes_on": FRIDAY, "others": 0}


def note_read(reader: Reader) -> Iterator[Context]:
    for one, taken in ((_excused(), False), (replace(assignment(TODAY), completed_at=NOW), True)):
        yield {
            "assignment": one,
            "title": reader.title(reader.lesson()),
            "person": reader.learner,
            "taken": taken,
        }


def digest(reader: Reader) -> Iterator[Context]:
    for since, lessons, questions, standing in (
        (timedelta(hours=19), 1, 2, reader.attempt(stage="question", number=3)), (timedelta(minutes=50), 2, 0, None),
        (timedelta(days=20), 0, 3, reader.attempt(stage="question", number=2)), (timedelta(days=2), 0, 0, reader.attempt("case", "scene")),
    ):  # fmt: skip
        yield {
            "since": NOW - since,
            "until": NOW,
            "lessons": lessons,
            "questions": questions,
            "minutes": 4,
            "attempt": standing,
            "assignment": assignment() if lessons else None,
            "back_today": True,
        }


def reason(reader: Reader) -> Iterator[Context]:
    for works in (True, False):
        for manager in (_manager(reader), ""):
            yield {
                "works": works,
                "manager": manager,
                "assignment": _excused(),
                "title": reader.title(reader.lesson()),
            }


def pause(_: Reader) -> Iterator[Context]:
    for monday in (TODAY + timedelta(days=1), TODAY + timedelta(days=5)):
        yield {
            "tomorrow": TODAY + timedelta(days=1),
            "monday": monday,
            "two_weeks": TODAY + timedelta(days=14),
            "first": TODAY,
        }


def on_leave(reader: Reader) -> Iterator[Context]:
    for first in (TODAY, FRIDAY):
        for learning in (True, False):
            yield {
                "first": first,
                "back": date(2027, 1, 4),
                "manager": _manager(reader) if learning else "",
                "learning": learning,
            }


FRIDAY = TODAY + timedelta(days=2)
REMINDING: dict[str, Callable[[Reader], Iterator[Context]]] = {
    "day_behind": lambda _: iter([{"day": TODAY, "earliest": FRIDAY}]),
    "day_unread": lambda reader: words_unread(reader),
    "digest": digest,
    "due": due_with_a_reminder,
    "due_set": due_set,
    "leave_back": pause,
    "leave_from": pause,
    "note": note,
    "note_gone": reason,
    "note_read": note_read,
    "note_words": reason,
    "notice": lambda _: iter([{"assignment_id": LARGEST}]),
    "on_leave": on_leave,
    "one_day_stays": lambda _: iter([{}]),
    "pause": pause,
    "pause_date": lambda _: iter([{}]),
    "pause_ended": lambda _: iter([{}]),
    "pause_too_long": lambda _: iter([{"longest": date(2027, 12, 24)}]),
    "paused": lambda _: iter(
        [{"until": date(2027, 1, 4), "learning": True}, {"until": FRIDAY, "learning": False}]
    ),
    "pictures": lambda _: iter([{"looks": PICTURES}]),
    "practice": lambda _: iter([{"channel": channel} for channel in get_args(Channel)]),
    "reason": reason,
    "reason_kept": reason,
    "reminder": reminder,
    "reminder_last": reminder_last,
    "rest_days": lambda _: iter([{"resting": frozenset({5, 6})}, {"resting": frozenset()}]),
    "still_here": lambda reader: iter([{"assignment": assignment(), "title": _longest(reader)}]),
    "new_late": lambda _: iter([{}]),
    "team_late": team_late,
    "welcome_back": lambda _: iter([{"lessons": 0}, {"lessons": 1}, {"lessons": 12}]),
}
"""Reminders, digests, notes, pause and leave."""

SCREENS: dict[str, Callable[[Reader], Iterator[Context]]] = {
    "advice": advice,
    "advice_called": advice_called,
    "advice_no_answer": advice_no_answer,
    "advice_places": advice_places,
    "alarm": outage,
    "all_clear": outage,
    "all_done": all_done,
    "all_fine": nothing,
    "already_answered": nothing,
    "bad_invitation": lambda _: iter([{"known": True}, {"known": False}]),
    "button_spent": nothing,
    "cancelled": nothing,
    "card": card,
    "cases": listed("case"),
    "command_labels": nothing,
    "consequence": consequence,
    "continues_below": nothing,
    "copy_coming": nothing,
    "description": nothing,
    **REMINDING,
    "due_list": due_list,
    "ending": ending,
    "export_coming": nothing,
    "export_too_large": lambda _: iter([{"command": "fraudwise export completions --format csv"}]),
    "feedback": lambda reader: iter(
        [{"title": title, "longest": 1000} for title in (reader.title(reader.lesson()), "")]
    ),
    "feedback_gone": nothing,
    "feedback_kept": lambda reader: iter(
        [
            {"title": title, "words": "<Two> & one", "number": LARGEST}
            for title in (reader.title(reader.lesson()), "")
        ]
    ),
    "feedback_read": lambda reader: iter(
        [
            {"said": Said(LARGEST, "", "<Two> & one"), "title": ""},
            {"said": Said(LARGEST, "", "Words"), "title": reader.title(reader.lesson())},
            {"said": None, "title": ""},
        ]
    ),
    "feedback_unkept": lambda _: iter(
        [{"why": why, "length": 1240, "longest": 1000} for why in ("empty", "long", "many", "file")]
    ),
    "figure_unread": lambda reader: iter([{"attempt": reader.attempt(), **next(words_unread(reader))}]),
    "group": nothing,
    "hello_borrower": nothing,
    "hello_employee": hello_employee,
    "help": help_,
    "channel": lambda _: iter([{"channel": channel} for channel in get_args(Channel)]),
    "hotline": lambda _: iter([{"number": "96110"}, {"number": ""}]),
    "hour": lambda _: iter([{"hours": [time(7, 30), time(9), time(12, 30), time(18)]}]),
    "hour_quiet": nothing,
    "hour_typed": nothing,
    "hour_unread": words_unread,
    "invite": nothing,
    "invite_link": invite_link,
    "invite_nobody": nothing,
    "kept": kept,
    "items": items,
    "items_unit": items_unit,
    "language": nothing,
    "language_from_now_on": nothing,
    "later": later,
    "later_hours": later_hours,
    "lesson_done": lesson_done,
    "lessons": listed("lesson"),
    "looks_like_code": nothing,
    "menu": lambda _: iter([{"may_export": True}, {"may_export": False}]),
    "my_data_caption": nothing,
    "not_joined": nothing,
    "not_yet": lambda _: iter([{"first_day": TODAY + timedelta(days=12)}]),
    "nothing_here": nothing,
    "nothing_open": nothing,
    "preview": preview,
    "preview_done": lambda reader: iter(
        [
            {
                "attempt": reader.attempt(asked=5, right=4, preview=True),
                "unit": reader.lesson(),
                "title": reader.title(reader.lesson()),
            }
        ]
    ),
    "preview_frame": lambda reader: iter([{"attempt": reader.attempt()}]),
    "privacy": privacy,
    "question": questions("question"),
    "question_red_flags": questions("question_red_flags"),
    "question_numeric": questions("question_numeric"),
    "quiz_borrower": both(quiz_result(60), quiz_result(100)),
    "quiz_topics": lambda reader: iter([{"topics": reader.topics}]),
    "review_done": coming,
    "review_due": lambda _: iter([{"count": count} for count in (1, 2, CAP)]),
    "review_later": lambda _: iter([{"cap": CAP}]),
    "review_none": coming,
    "right_changed": right_changed,
    "roles": roles,
    "roles_asked": roles_confirm,
    "roles_confirm": roles_confirm,
    "roles_last": nothing,
    "roles_number": lambda _: iter([{"gives": True}, {"gives": False}]),
    "roles_person": roles_person,
    "scene": scene,
    "settings": settings,
    "short_description": nothing,
    "staff_by_link": nothing,
    "status": status,
    "status_who": status_who,
    "sticker": nothing,
    "stray": nothing,
    "suspicious": nothing,
    "marks_off": nothing,
    "take_back_last": nothing,
    "tick_one": nothing,
    "thank_you": nothing,
    "too_much": nothing,
    "time_zone": nothing,
    "time_zone_right": time_zone_right,
    "time_zone_unread": words_unread,
    "unfinished": unfinished,
    "unreadable": nothing,
    "verdict": verdicts("verdict"),
    "verdict_red_flags": verdicts("verdict_red_flags"),
    "verdict_numeric": verdicts("verdict_numeric"),
    "verdict_ordering": verdicts("verdict_ordering"),
    "who_sees_what": privacy,
    **HANDBOOK_SCREENS,
    **PROGRESS_SCREENS,
    **TEAM_SCREENS,
    **RETAKE_SCREENS,
}
"""Template → every context it is shown with; the largest figures and longest numbers there are."""


@cache
def spoken(name: str, reader: Reader) -> list[Spoken]:
    """All that a template says to this reader, in the order of its contexts."""
    return [reader.say(name, context) for context in SCREENS[name](reader)]


def over_budget(line: str, language: str) -> bool:
    """Whether a first line says more than a locked phone shows."""
    return len(line) > FIRST_LINE[language]


def show(language: str, audience: Audience, *names: str) -> None:
    """Print the screens of this reader; first lines that a locked phone cuts are marked."""
    reader = Reader(language, audience)
    for name in names or SCREENS:
        for said in spoken(name, reader):
            first, *rest = plain(said.text).split("\n")
            mark = f"   ← {len(first)} characters" if over_budget(first, language) else ""
            print(f"── {name}\n{first}{mark}", *rest, sep="\n")
            for row in said.rows:
                print("   ", *(f"[{button['text']}]" for button in row))


if __name__ == "__main__":
    show(sys.argv[1], "employee" if sys.argv[2] == "employee" else "borrower", *sys.argv[3:])
