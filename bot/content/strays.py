"""Files that nobody reads: a misspelt name must not silently leave its words out."""

import re

from bot.content.folder import Folder
from bot.content.places import Faults, Place

_READ = re.compile(
    r"lessons/(?:[^/]+/(?:lesson\.yaml|(?:en|zh-Hans|zh-Hant)\.md)"
    r"|cases/[^/]+/(?:case\.yaml|(?:en|zh-Hans|zh-Hant)\.md)"
    r"|(?:tracks|advice)/[^/]+\.yaml|policy\.yaml|hotlines\.yaml|holidays\.yaml|published\.lock"
    r"|handbook/[^/]+/(?:page\.yaml|(?:en|zh-Hans|zh-Hant)\.md)"
    r"|(?:tips|drills)/.*)"
    r"|quizzes/[^/]+\.yaml"
    r"|locales/(?:[^/]+\.toml|[^/]+/LC_MESSAGES/[^/]+\.po)"
)


def refuse_strays(folder: Folder, faults: Faults) -> None:
    """Note texts that stand where nothing is read, and words whose facts are missing."""
    for path in folder.texts:
        if not _READ.fullmatch(path):
            faults.at(Place(path), "stray", "Nobody reads this file; its name or folder is not one of ours.")
            continue
        home, _, name = path.rpartition("/")
        facts = next((name for start, name in _FACTS.items() if home.startswith(start)), "lesson.yaml")
        if name.endswith(".md") and not home.startswith(_LATER) and f"{home}/{facts}" not in folder.texts:
            faults.at(Place(path), "stray", f"These words have no {facts} beside them.")


_LATER = ("lessons/tips", "lessons/drills")
_FACTS = {"lessons/cases/": "case.yaml", "lessons/handbook/": "page.yaml"}
