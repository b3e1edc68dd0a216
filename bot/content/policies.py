"""lessons/policy.yaml: the lender's own words for {policy:…}."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.content.folder import Folder
from bot.content.forms import Form, by_language
from bot.content.ink import LONGEST_FILL
from bot.content.places import Faults, Place
from bot.content.yaml import Text, read
from bot.rules.languages import LANGUAGES

FILE = "lessons/policy.yaml"


@dataclass(frozen=True, slots=True)
class Policies:
    by_name: dict[str, dict[str, str]]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.by_name)

    def words(self, language: str) -> dict[str, str]:
        """Fills by placeholder name in one language."""
        return {
            f"policy:{name}": words[language] for name, words in self.by_name.items() if language in words
        }


def read_policies(folder: Folder, hant: Callable[[str], str], faults: Faults) -> Policies:
    if FILE not in folder.texts:
        return Policies({})
    form = Form(read(folder.texts[FILE], FILE, faults), Place(FILE), faults)
    policies = form.form("policy")
    found: dict[str, dict[str, str]] = {}
    for name, node in policies.slugs():
        entry = Form(node, node.place, faults)
        words = {}
        for language, said in by_language(entry, hant, f"policy “{name}”").items():
            if isinstance(said, Text) and re.search(r"[{}]", said.value):
                faults.at(said.place, "placeholder", f"Policy “{name}” cannot hold a placeholder of its own.")
            elif isinstance(said, Text) and len(said.value) > LONGEST_FILL:
                sentence = f"Policy “{name}” has {len(said.value)} characters; {LONGEST_FILL} fit."
                faults.at(said.place, "too-long", sentence)
            elif isinstance(said, Text) and said.value.strip():
                words[language] = said.value.strip()
            else:
                faults.at(said.place, "empty", f"Policy “{name}” has no words in {language}.")
        entry.done()
        found[name] = {language: words[language] for language in LANGUAGES if language in words}
    form.done()
    return Policies(found)
