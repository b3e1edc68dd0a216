"""The files of a content folder, read within bounds: no links, no templates, nothing huge."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bot.content.places import Faults, Place
from bot.content.unseen import UNSEEN, name_of

READ = ("lessons", "quizzes", "locales")
LARGEST_FILE = 1_000_000
LARGEST_PAGE = 100_000
LARGEST_FOLDER = 12_000_000
MOST_FILES = 5_000
DEEPEST = 8
_TEXTS = (".yaml", ".yml", ".md", ".toml", ".po", ".lock")
_TEMPLATE = re.compile(r"\{[{%]")


class Folder:
    """Texts below one folder, by their path inside it; what may not be read is a fault and absent."""

    def __init__(self, root: Path, faults: Faults) -> None:
        self.root = root
        self._faults = faults
        self.texts: dict[str, str] = {}
        self._spent = 0
        self._seen = 0
        for name in READ:
            if os.path.lexists(root / name):
                self._enter(root / name, name)
        self._refuse_twins()

    def below(self, folder: str, suffix: str) -> Iterator[str]:
        """Paths of the texts that stand right inside *folder* and end in *suffix*."""
        for path in sorted(self.texts):
            if str(PurePosixPath(path).parent) == folder and path.endswith(suffix):
                yield path

    def _walk(self, here: Path, path: str) -> None:
        if path.count("/") >= DEEPEST:
            self._fault(path, "too-deep", "Folders are nested too deep here.")
            return
        try:
            with os.scandir(here) as entries:
                names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError as trouble:
            self._fault(path, "unreadable", f"This folder cannot be read ({trouble.strerror}).")
            return
        for name in names:
            self._seen += 1
            if self._seen == MOST_FILES + 1:
                self._fault(path, "too-big", f"A content folder holds at most {MOST_FILES} files.")
            if self._seen > MOST_FILES:
                return
            self._enter(here / name, f"{path}/{name}")

    def _enter(self, here: Path, path: str) -> None:
        mode = here.lstat().st_mode
        if stat.S_ISLNK(mode):
            self._fault(path, "link", "This is a link; content has to be a folder or file of its own.")
        elif stat.S_ISDIR(mode):
            self._walk(here, path)
        elif not stat.S_ISREG(mode):
            self._fault(path, "link", "This is neither a file nor a folder.")
        elif path in READ:
            self._fault(path, "link", "A folder is expected here, not a file.")
        elif here.suffix.lower() in _TEXTS:
            self._read(here, path)

    def _read(self, here: Path, path: str) -> None:
        most = LARGEST_PAGE if here.suffix == ".md" else LARGEST_FILE
        try:
            with here.open("rb") as file:
                raw = file.read(most + 1)
        except OSError as trouble:
            self._fault(path, "unreadable", f"This file cannot be read ({trouble.strerror}).")
            return
        self._spent += len(raw)
        if len(raw) > most or self._spent > LARGEST_FOLDER:
            sentence = f"This file is too big: it may have {most // 1000} kB, all files together 12 MB."
            self._fault(path, "too-big", sentence)
            return
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as trouble:
            line = raw.count(b"\n", 0, trouble.start) + 1
            self._faults.at(Place(path, line), "encoding", "This file is not UTF-8; save it as UTF-8.")
            return
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if self._is_clean(text, path):
            self.texts[path] = text

    def _refuse_twins(self) -> None:
        """Names that are one on a Mac or on Windows would lose one of the two on the way there."""
        seen: dict[str, str] = {}
        for path in self.texts:
            twin = seen.setdefault(path.casefold(), path)
            if twin != path:
                self._fault(path, "duplicate-id", f"On many computers this is the same file as “{twin}”.")

    def _is_clean(self, text: str, path: str) -> bool:
        unseen, template = UNSEEN.search(text), _TEMPLATE.search(text)
        if unseen:
            sentence = f"The unseen sign {name_of(unseen)} is not for texts."
            self._faults.at(_at(text, path, unseen.start()), "encoding", sentence)
        if template:
            sentence = f"“{template[0]}” belongs to templates; content knows {{name}} only."
            self._faults.at(_at(text, path, template.start()), "template", sentence)
        return not (unseen or template)

    def _fault(self, path: str, code: str, sentence: str) -> None:
        self._faults.at(Place(path), code, sentence)


def _at(text: str, path: str, index: int) -> Place:
    line = text.count("\n", 0, index) + 1
    return Place(path, line, index - text.rfind("\n", 0, index))
