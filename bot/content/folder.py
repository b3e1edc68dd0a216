"""The files of a content folder, read within bounds: no links, no templates, nothing huge."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bot.content.places import Faults, Place

READ = ("lessons", "quizzes", "locales")
LARGEST_FILE = 1_000_000
LARGEST_PAGE = 100_000
LARGEST_FOLDER = 12_000_000
MOST_FILES = 5_000
DEEPEST = 8
_TEXTS = (".yaml", ".md", ".toml", ".po", ".lock")
_TEMPLATE = re.compile(r"\{[{%]")
# C0 and C1 controls but tab and line ends, and the marks that turn text around unseen
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff]")


class Folder:
    """Texts below one folder, by their path inside it; what may not be read is a fault and absent."""

    def __init__(self, root: Path, faults: Faults) -> None:
        self.root = root
        self._faults = faults
        self.texts: dict[str, str] = {}
        self._spent = 0
        self._seen = 0
        for name in READ:
            self._walk(root / name, name)

    def below(self, folder: str, suffix: str) -> Iterator[str]:
        """Paths of the texts that stand right inside *folder* and end in *suffix*."""
        for path in sorted(self.texts):
            if str(PurePosixPath(path).parent) == folder and path.endswith(suffix):
                yield path

    def _walk(self, here: Path, path: str) -> None:
        if here.is_symlink():
            self._fault(path, "link", "This is a link; content has to be a folder or file of its own.")
            return
        if not here.is_dir():
            return
        if path.count("/") >= DEEPEST:
            self._fault(path, "too-deep", "Folders are nested too deep here.")
            return
        with os.scandir(here) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        for name in names:
            self._seen += 1
            if self._seen > MOST_FILES:
                self._fault(path, "too-big", f"A content folder holds at most {MOST_FILES} files.")
                return
            self._enter(here / name, f"{path}/{name}")

    def _enter(self, here: Path, path: str) -> None:
        mode = here.lstat().st_mode
        if stat.S_ISLNK(mode) or stat.S_ISDIR(mode):
            self._walk(here, path)
        elif not stat.S_ISREG(mode):
            self._fault(path, "link", "This is neither a file nor a folder.")
        elif here.suffix in _TEXTS:
            self._read(here, path)

    def _read(self, here: Path, path: str) -> None:
        most = LARGEST_PAGE if here.suffix == ".md" else LARGEST_FILE
        with here.open("rb") as file:
            raw = file.read(most + 1)
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

    def _is_clean(self, text: str, path: str) -> bool:
        unseen, template = _UNSEEN.search(text), _TEMPLATE.search(text)
        if unseen:
            sign = f"U+{ord(unseen[0]):04X}"
            self._faults.at(
                _at(text, path, unseen.start()), "encoding", f"The unseen sign {sign} is not for texts."
            )
        if template:
            sentence = f"“{template[0]}” belongs to templates; content knows {{name}} only."
            self._faults.at(_at(text, path, template.start()), "template", sentence)
        return not (unseen or template)

    def _fault(self, path: str, code: str, sentence: str) -> None:
        self._faults.at(Place(path), code, sentence)


def _at(text: str, path: str, index: int) -> Place:
    line = text.count("\n", 0, index) + 1
    return Place(path, line, index - text.rfind("\n", 0, index))
