"""What people type, in three scripts: the page they need is among the first three."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.content import load
from bot.rules.languages import LANGUAGES
from bot.words.looking import Index

OURS = Path(__file__).resolve().parents[2]
ASKED: list[dict[str, Any]] = YAML(typ="safe").load(
    Path(__file__).with_name("handbook_queries.yaml").read_text(encoding="utf-8")
)
FEWEST = 20


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(load(OURS).handbook)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked['language']}-{asked['words']}")
def test_the_page_is_among_the_first_three(index: Index, asked: dict[str, Any]) -> None:
    assert asked["page"] in [page.slug for page in index.find(asked["words"]).pages]


def test_each_language_is_asked_often_enough() -> None:
    many = Counter(asked["language"] for asked in ASKED)
    assert all(many[language] >= FEWEST for language in LANGUAGES), many
