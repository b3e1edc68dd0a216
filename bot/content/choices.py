"""The choices of an item: which are right, what each says and what is answered to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.forms import Form
from bot.content.ink import Ink
from bot.content.limits import Limits
from bot.content.yaml import List, Map, Node, Text
from bot.rules.curriculum import FALSE, TRUE, ChoiceWords, ItemWords

LETTERS = ("a", "b", "c", "d", "e", "f")
FEEDBACK_WORDS, FEEDBACK_CHARACTERS = 45, 90
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
        if text.value not in keys:
            form.faults.at(text.place, "answer", f"“{text.value}” is none of the choices {', '.join(keys)}.")
    if rules.ordered:
        return _read_order(form, texts, keys)
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
        words = _choice(form, key, ink, limits)
        if words:
            choices[key] = words
            if key in rules.verdicts:
                limits.button(words.label, form.key(key), "Verdict", VERDICT_WIDTH)
    form.done()
    _refuse_twins(form, choices)
    listed = "\n".join([prompt, *(words.label for words in choices.values())])
    limits.message(listed, form.place, "The item with its choices")
    return ItemWords(prompt, choices)


def _choice(form: Form, key: str, ink: Ink, limits: Limits) -> ChoiceWords | None:
    node = form.node(key, needed=False)
    place = form.key(key)
    if node is None:
        form.faults.at(form.place, "missing-choice", f"Choice “{key}” has no words in {ink.language}.")
        return None
    said = node.entries if isinstance(node, List) else [node]
    if isinstance(node, Map) or not said:
        form.faults.at(place, "yaml", f"Choice “{key}” is a list of two: its words and its feedback.")
        return None
    label = ink.plain_of(said[0], f"choice “{key}”")
    if len(said) < 2 or (isinstance(said[1], Text) and not said[1].value.strip()):
        form.faults.at(place, "missing-feedback", f"Choice “{key}” has no feedback in {ink.language}.")
        return ChoiceWords(label, "")
    if len(said) > 2:
        form.faults.at(said[2].place, "yaml", f"Choice “{key}” has more than its words and its feedback.")
    feedback = ink.html_of(said[1], f"the feedback of “{key}”")
    limits.words(feedback, said[1].place, f"The feedback of “{key}”", FEEDBACK_WORDS, FEEDBACK_CHARACTERS)
    return ChoiceWords(label, feedback)


def _refuse_twins(form: Form, choices: Mapping[str, ChoiceWords]) -> None:
    seen: dict[str, str] = {}
    for key, words in choices.items():
        if words.label and words.label.casefold() in seen:
            twin = seen[words.label.casefold()]
            form.faults.at(form.key(key), "choices", f"Choices “{twin}” and “{key}” say the same.")
        seen.setdefault(words.label.casefold(), key)
