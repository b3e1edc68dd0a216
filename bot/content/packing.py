"""A unit as JSON and back: every version served is kept, so an attempt ends on the one it began with."""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from bot.rules.curriculum import (
    Case,
    CaseWords,
    ChoiceWords,
    DecisionWords,
    Figure,
    Item,
    ItemWords,
    Lesson,
    LessonWords,
    Taught,
    TrackTest,
    Unit,
)
from bot.rules.figures import written

_NOT_SHOWN = ("version", "covers", "draft")
_FORM = 1
"""Raise it when a packed unit is read in another way than before."""


def pack(unit: Unit) -> str:
    return json.dumps({"form": _FORM} | _unit(unit), ensure_ascii=False, separators=(",", ":"))


def unpack(packed: str) -> Taught:
    said = json.loads(packed)
    return _case(said) if said["kind"] == "case" else _lesson(said)


def version_of(unit: Unit) -> str:
    """Hash over everything a learner of this unit may be shown or marked by."""
    shown = {key: value for key, value in _unit(unit).items() if key not in _NOT_SHOWN}
    return sha256(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()[:16]


def _unit(unit: Unit) -> dict[str, Any]:
    assert not isinstance(unit, TrackTest), "a test has no words of its own to keep; its bank is kept whole"
    common: dict[str, Any] = {
        "kind": unit.kind,
        "slug": unit.slug,
        "number": unit.number,
        "items": [_packed_item(item) for item in unit.items],
        "covers": list(unit.covers),
        "version": unit.version,
        "draft": unit.draft,
    }
    if isinstance(unit, Lesson):
        words = {tag: {"title": said.title, "cards": list(said.cards)} for tag, said in unit.words.items()}
        return common | {"audience": unit.audience, "check": unit.check, "words": words}
    return common | {
        "audiences": list(unit.audiences),
        "opening": unit.opening,
        "decisions": {name: dict(choices) for name, choices in unit.decisions.items()},
        "right": dict(unit.right),
        "endings": dict(unit.endings),
        "lesson": unit.lesson,
        "words": {tag: _packed_case_words(said) for tag, said in unit.words.items()},
    }


def _packed_item(item: Item) -> dict[str, Any]:
    words = {
        tag: {
            "prompt": said.prompt,
            "choices": {key: _packed_choice(choice) for key, choice in said.choices.items()},
        }
        | ({"facts": said.facts} if said.facts else {})
        for tag, said in item.words.items()
    }
    # what only some types have is left out of the others: they stay what they were before it was thought of
    more: dict[str, Any] = (
        {"figures": {key: _packed_figure(one) for key, one in item.figures.items()}} if item.figures else {}
    )
    more |= {"channel": item.channel, "head": dict(item.head)} if item.channel else {}
    return more | {
        "id": item.id,
        "type": item.type,
        "topic": item.topic,
        "unit": item.unit,
        "answer": list(item.answer),
        "must": item.must,
        "level": item.level,
        "words": words,
    }


def _packed_choice(choice: ChoiceWords) -> list[str]:
    return [choice.label, choice.feedback, choice.part] if choice.part else [choice.label, choice.feedback]


def _packed_figure(figure: Figure) -> list[str]:
    return [written(figure.value), written(figure.tolerance)]


def _packed_case_words(said: CaseWords) -> dict[str, Any]:
    choices = {
        name: {key: [words.button, words.consequence] for key, words in inner.items()}
        for name, inner in said.choices.items()
    }
    return {"title": said.title, "scenes": dict(said.scenes), "choices": choices, "debrief": said.debrief}


def _lesson(written: Mapping[str, Any]) -> Lesson:
    return Lesson(
        slug=written["slug"],
        number=written["number"],
        audience=written["audience"],
        items=tuple(map(_item, written["items"])),
        check=written["check"],
        covers=tuple(written["covers"]),
        words={
            tag: LessonWords(said["title"], tuple(said["cards"])) for tag, said in written["words"].items()
        },
        version=written["version"],
        draft=written["draft"],
    )


def _case(written: Mapping[str, Any]) -> Case:
    return Case(
        slug=written["slug"],
        number=written["number"],
        audiences=tuple(written["audiences"]),
        opening=written["opening"],
        decisions=written["decisions"],
        right=written["right"],
        endings=written["endings"],
        items=tuple(map(_item, written["items"])),
        lesson=written["lesson"],
        covers=tuple(written["covers"]),
        words={tag: _case_words(said) for tag, said in written["words"].items()},
        version=written["version"],
        draft=written["draft"],
    )


def _case_words(said: Mapping[str, Any]) -> CaseWords:
    choices = {
        name: {key: DecisionWords(*words) for key, words in inner.items()}
        for name, inner in said["choices"].items()
    }
    return CaseWords(said["title"], said["scenes"], choices, said["debrief"])


def _item(written: Mapping[str, Any]) -> Item:
    words = {
        tag: ItemWords(
            said["prompt"],
            {key: ChoiceWords(*choice) for key, choice in said["choices"].items()},
            said.get("facts", ""),
        )
        for tag, said in written["words"].items()
    }
    return Item(
        id=written["id"],
        type=written["type"],
        topic=written["topic"],
        unit=written["unit"],
        answer=tuple(written["answer"]),
        must=written["must"],
        level=written["level"],
        words=words,
        figures={
            key: Figure(Decimal(value), Decimal(tolerance))
            for key, (value, tolerance) in written.get("figures", {}).items()
        },
        channel=written.get("channel"),
        head=written.get("head", {}),
    )
