"""Items that are answered with a number: the figure, what counts as near, and what is said to each."""

import re
from decimal import Decimal

from bot.content.choices import FEEDBACK_CHARACTERS, FEEDBACK_WORDS
from bot.content.forms import Form
from bot.content.ink import Ink
from bot.content.yaml import Node
from bot.rules.curriculum import OTHER, RIGHT, ChoiceWords, Figure, ItemWords

NEAR = ("a", "b", "c", "d")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,4})?")


def read_figures(form: Form) -> dict[str, Figure]:
    """The right figure and the near misses, each with its tolerance; none may meet another."""
    figures: dict[str, Figure] = {}
    _read(form.form("answer"), RIGHT, figures)
    near = form.form("near", needed=False)
    for key, _ in near.pairs():
        if key in NEAR:
            _read(near.form(key), key, figures)
        else:
            form.faults.at(near.key(key), "unknown-key", f"Near misses are called {', '.join(NEAR)}.")
    for key, one in figures.items():
        for other, two in figures.items():
            if other < key and abs(one.value - two.value) <= one.tolerance + two.tolerance:
                place = near.key(key if key in NEAR else other)
                sentence = f"Figures “{other}” and “{key}” overlap; one number has to meet one of them."
                form.faults.at(place, "answer", sentence)
    return figures


def _read(form: Form, key: str, figures: dict[str, Figure]) -> None:
    value, tolerance = _decimal(form, "value"), _decimal(form, "tolerance")
    form.done()
    if value is not None and tolerance is not None:
        if tolerance < 0:
            form.faults.at(form.key("tolerance"), "value", "A tolerance is 0 or more.")
        figures[key] = Figure(value, tolerance)


def _decimal(form: Form, key: str) -> Decimal | None:
    text = form.text_node(key)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text.value):
        form.faults.at(text.place, "value", f"“{key}:” is a number like 12 or 0.5, without commas.")
        return None
    return Decimal(text.value)


def read_figure_words(node: Node, keys: tuple[str, ...], ink: Ink) -> ItemWords:
    """Prompt, facts, and what is said to the right figure, to each near miss and to any other."""
    form = Form(node, node.place, ink.faults)
    limits = ink.limits()
    said = {}
    for key in ("prompt", "facts", *keys, OTHER):
        place = form.key(key)
        said[key] = ink.html_of(form.node(key), f"“{key}”")
        if key != "prompt":
            limits.words(said[key], place, f"The text of “{key}”", FEEDBACK_WORDS, FEEDBACK_CHARACTERS)
    form.done()
    limits.message(f"{said['prompt']}\n{said['facts']}", form.place, "The item with its facts")
    choices = {key: ChoiceWords("", said[key]) for key in (*keys, OTHER)}
    return ItemWords(said["prompt"], choices, said["facts"])
