"""The choices of an item: which are right, what each says and what is answered to it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.content.forms import Form
from bot.content.ink import Ink
from bot.content.limits import Limits
from bot.content.yaml import List, Map, Node, Text
from bot.rules.curriculum import FALSE, TRUE, ChoiceWords, ItemWords

LETTERS = ("a", "b", "c", "d", "e", "f", "g", "h")
FEEDBACK_WORDS, FEEDBACK_CHARACTERS = 45, 90
HANDLE_WIDTH = 9
"""Two buttons a row, with “🚩 ④ ” before the handle."""
HARMLESS = 2
"""Parts at least that are no sign, so that whoever taps everything has found nothing."""
GENUINE = "none"
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
VERDICT_WIDTH = 15


@dataclass(frozen=True, slots=True)
class TypeRules:
    """How many choices a type of item has and how many of them are right."""

    fewest: int
    most: int
    right: tuple[int, int]
    verdicts: tuple[str, ...] = ()
    ordered: bool = False
    """The answer puts all choices in order."""
    parts: bool = False
    """The choices are parts of a practice message; a genuine one has the answer ``none``."""


def read_answer(form: Form, rules: TypeRules, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The right keys, sorted; for true/false the verdict and the reason; for an ordering all, the first first."""
    if not rules.fewest <= len(keys) <= rules.most:
        wanted = str(rules.fewest) if rules.fewest == rules.most else f"{rules.fewest} to {rules.most}"
        form.faults.at(
            form.place, "choices", f"This type has {wanted} choices (a, b, c …); here are {len(keys)}."
        )
    if rules.verdicts:
        answer = form.form("answer")
        verdict = answer.among("verdict", (TRUE, FALSE))
        reason = answer.among("reason", keys or ("a",))
        answer.done()
        return (verdict, reason)
    texts = form.texts("answer")
    for text in texts:
        if text.value not in keys and not (rules.parts and text.value == GENUINE):
            form.faults.at(text.place, "answer", f"“{text.value}” is none of the choices {', '.join(keys)}.")
    if rules.ordered:
        return _read_order(form, texts, keys)
    if rules.parts:
        return read_signs(form, texts, keys, rules.right)
    right = tuple(sorted({text.value for text in texts}))
    fewest, most = rules.right
    if texts and not fewest <= len(right) <= min(most, len(keys) - 1):
        says = "One choice is" if most == 1 else "At least two choices, but not all, are"
        form.faults.at(texts[0].place, "answer", f"{says} right in an item of this type.")
    return right


def _read_order(form: Form, texts: list[Text], keys: tuple[str, ...]) -> tuple[str, ...]:
    order = tuple(text.value for text in texts)
    if texts and sorted(order) != sorted(keys):
        sentence = f"The order names each of {', '.join(keys)} once, the first step first."
        form.faults.at(texts[0].place, "answer", sentence)
    return order


def read_words(node: Node, rules: TypeRules, keys: tuple[str, ...], ink: Ink) -> ItemWords:
    """Prompt and choices in one language, every choice with its own feedback."""
    form = Form(node, node.place, ink.faults)
    limits = ink.limits()
    prompt_node = form.node("prompt")
    prompt = ink.html_of(prompt_node, "the prompt")
    limits.message(prompt, form.key("prompt"), "The prompt")
    choices: dict[str, ChoiceWords] = {}
    for key in (*rules.verdicts, *keys):
        words = _choice(form, key, ink, limits, read_part if rules.parts else _labelled)
        if words:
            choices[key] = words
            if key in rules.verdicts:
                limits.button(words.label, form.key(key), "Verdict", VERDICT_WIDTH)
    form.done()
    _refuse_twins(form, choices)
    listed = "\n".join([prompt, *(words.label + words.part for words in choices.values())])
    limits.message(listed, form.place, "The item with its choices")
    return ItemWords(prompt, choices)


def _choice(
    form: Form,
    key: str,
    ink: Ink,
    limits: Limits,
    label_of: Callable[[list[Node], str, Ink], tuple[str, str]],
) -> ChoiceWords | None:
    """A list whose last entry is the feedback; what stands before it is read by `label_of`."""
    node = form.node(key, needed=False)
    place = form.key(key)
    if node is None:
        form.faults.at(form.place, "missing-choice", f"Choice “{key}” has no words in {ink.language}.")
        return None
    said: list[Node] = node.entries if isinstance(node, List) else [node]
    length, holds = (3, "words, its handle") if label_of is read_part else (2, "words")
    if isinstance(node, Map) or not said:
        form.faults.at(place, "yaml", f"Choice “{key}” is a list of its {holds} and its feedback.")
        return None
    label, part = label_of(said, key, ink)
    if len(said) < length or (isinstance(said[-1], Text) and not said[-1].value.strip()):
        form.faults.at(place, "missing-feedback", f"Choice “{key}” has no feedback in {ink.language}.")
        return ChoiceWords(label, "", part)
    if len(said) > length:
        more = f"Choice “{key}” has more than its {holds} and its feedback."
        form.faults.at(said[length].place, "yaml", more)
    feedback = ink.html_of(said[length - 1], f"the feedback of “{key}”")
    limits.words(
        feedback, said[length - 1].place, f"The feedback of “{key}”", FEEDBACK_WORDS, FEEDBACK_CHARACTERS
    )
    return ChoiceWords(label, feedback, part)


def _labelled(said: list[Node], key: str, ink: Ink) -> tuple[str, str]:
    return ink.plain_of(said[0], f"choice “{key}”"), ""


def read_part(said: list[Node], key: str, ink: Ink) -> tuple[str, str]:
    """The handle and the words of a part; invented addresses end in .example."""
    part = ink.quoted_of(said[0], f"part “{key}”")
    for domain in _DOMAIN.findall(part):
        if not domain.lower().endswith(".example"):
            ink.faults.at(
                said[0].place, "address", f"“{domain}” may be somebody's; invented addresses end in .example."
            )
    handle = ink.plain_of(said[1], f"the handle of “{key}”") if len(said) > 1 else ""
    if len(said) > 1:
        ink.limits().button(handle, said[1].place, "Handle", HANDLE_WIDTH)
    return handle, part


def read_signs(
    form: Form, texts: list[Text], keys: tuple[str, ...], most: tuple[int, int]
) -> tuple[str, ...]:
    """The true signs of a practice message; none of a genuine one."""
    if [text.value for text in texts] == [GENUINE]:
        return ()
    right = tuple(sorted({text.value for text in texts}))
    if texts and (not most[0] <= len(right) <= most[1] or len(keys) - len(right) < HARMLESS):
        sentence = (
            f"A practice message has {most[0]} or {most[1]} signs and {HARMLESS} harmless parts at least, "
            f"or “answer: {GENUINE}” where it is genuine."
        )
        form.faults.at(texts[0].place, "answer", sentence)
    return right


def _refuse_twins(form: Form, choices: Mapping[str, ChoiceWords]) -> None:
    seen: dict[str, str] = {}
    for key, words in choices.items():
        if words.label and words.label.casefold() in seen:
            twin = seen[words.label.casefold()]
            form.faults.at(form.key(key), "choices", f"Choices “{twin}” and “{key}” say the same.")
        seen.setdefault(words.label.casefold(), key)
