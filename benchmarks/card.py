"""What a screen costs to say: catalogue, escaping and Telegram HTML, in three languages.

Processor time of one thread. “Buttons apart” is the template with buttons that cost nothing;
beside it stands the same with signed ones, as a learner gets them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import process_time
from typing import Any

from markupsafe import Markup

from benchmarks.lines import Line, table
from bot import content
from bot.app import TEMPLATES
from bot.chat import asking
from bot.chat.say import Speaker, tidy
from bot.rules import attempt as steps
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Content, Lesson
from bot.rules.languages import LANGUAGES
from bot.rules.people import Learner
from bot.sealing.buttons import Signer
from bot.sealing.keys import Ring
from bot.shipped import content_root
from bot.words import Words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GOAL = 100.0
ROUNDS = 20
KINDS = {"card": "a card of a lesson", "question": "a question", "verdict": "a verdict"}
Screen = tuple[str, Learner, dict[str, Any]]


def card(repeats: int) -> Sequence[Line]:
    """Every lesson's cards, questions and verdicts, each as often as any other."""
    root = content_root()
    words, loaded = Words(root / "locales", TEMPLATES), content.load(root)
    speaker = Speaker(words, Signer(Ring((b"benchmark of a card, 32 bytes...",))), "Acme Finance")
    lines = []
    for kind, what in KINDS.items():
        found = [screen for screen in screens(loaded) if screen[0] == kind]
        apart, signed = partial(_apart, words), partial(_signed, speaker)
        _each(apart, found, 1), _each(signed, found, 1)  # templates are compiled and zh-Hant derived
        values = [(_each(apart, found, ROUNDS), _each(signed, found, ROUNDS)) for _ in range(repeats)]
        with_buttons = sorted(value for _, value in values)[len(values) // 2]
        note = (
            f"{len(found)} screens in {len(LANGUAGES)} languages; with signed buttons {with_buttons:.0f} µs"
        )
        raw = {"with buttons": [value for _, value in values]}
        lines.append(Line(
            f"to say {what}, buttons apart", "–", "µs", tuple(value for value, _ in values), GOAL, "at most", note, raw=raw
        ))  # fmt: skip
    return lines


def screens(loaded: Content) -> Iterator[Screen]:
    """What the lessons show: template, reader, and what it is called with."""
    for language in LANGUAGES:
        learner = Learner(7, "employee", language, "Asia/Singapore")
        for lesson in loaded.units.values():
            if isinstance(lesson, Lesson):
                yield from ((name, learner, context) for name, context in _of(lesson, language))


def _of(lesson: Lesson, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    words = lesson.words[language]
    attempt = steps.begin_lesson(1_234_567_890_123, 7, lesson, list, NOW)
    for number, text in enumerate(words.cards):
        at = replace(attempt, card=number)
        yield "card", {"attempt": at, "title": words.title, "card": text, "cards": len(words.cards)}
    for number, item_id in enumerate(attempt.queue):
        item = next(one for one in lesson.items if one.id == item_id)
        at = replace(attempt, stage="question", number=number)
        yield asking.question(item, at, language, str)
        chosen = tuple(item.choices)[:1]
        yield asking.verdict(item, _answered(at, chosen), language, str, None)


def _answered(attempt: Attempt, chosen: tuple[str, ...]) -> Attempt:
    return replace(attempt, stage="verdict", number=attempt.number + 1, last="".join(chosen))


def _apart(words: Words, name: str, learner: Learner, context: Mapping[str, Any]) -> str:
    return tidy(words.render(
        f"{name}.html", learner.language, learner.audience, me=learner, organisation="Acme Finance",
        tap=_nothing, copy=_nothing, row=_nothing, protect=_nothing, quiet=_nothing, **_day(context),
    ))  # fmt: skip


def _signed(speaker: Speaker, name: str, learner: Learner, context: Mapping[str, Any]) -> str:
    return speaker.say(name, learner, _day(context)).text


def _day(context: Mapping[str, Any]) -> dict[str, Any]:
    return {"now": NOW, "today": NOW.date(), "zone": "Asia/Singapore", **context}


def _nothing(*_said: Any, **_named: Any) -> Markup:
    return Markup("")


def _each(
    say: Callable[[str, Learner, Mapping[str, Any]], str], found: Sequence[Screen], rounds: int
) -> float:
    """Microseconds of processor time a screen."""
    began = process_time()
    for _ in range(rounds):
        for screen in found:
            say(*screen)
    return 1e6 * (process_time() - began) / (rounds * len(found))


if __name__ == "__main__":
    print(table(card(5)))
