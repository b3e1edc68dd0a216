"""The two kinds of import contract that keep the table of rooms true; `pyproject.toml` has one for each row."""

import sys
from typing import ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

EVERYWHERE = (
    "bot.app", "bot.cli", "bot.cli_db", "bot.cli_links", "bot.cli_people", "bot.cli_told", "bot.doctor", "bot.opening",
)  # fmt: skip
"""The one place where everything is put together, and the command line."""

COMMON = ("bot.observing",)
"""Log lines and numbers may come from every room but the rules."""


class _Imports(Contract):
    """A rule about single imports, which names those that break it."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(
            (importer, imported)
            for importer in graph.modules
            if _is_in(importer, ["bot"])
            for imported in graph.find_modules_directly_imported_by(importer)
            if not self.allows(importer, imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def allows(self, importer: str, imported: str) -> bool:
        raise NotImplementedError

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} may not import {imported}.", bold=False)


class Room(_Imports):
    """A room imports only the rooms of its row. A room nobody has built yet breaks nothing."""

    type_name: ClassVar[str] = "room"
    room = fields.StringField()
    may_import = fields.ListField(subfield=fields.StringField())

    def allows(self, importer: str, imported: str) -> bool:
        if not _is_in(importer, [str(self.room)]) or not _is_in(imported, ["bot"]):
            return True
        return imported == "bot" or _is_in(imported, [str(self.room), *_names(self.may_import), *COMMON])


class Outside(_Imports):
    """Outside packages are imported in the rooms named and by those who put everything together."""

    type_name: ClassVar[str] = "outside"
    packages = fields.ListField(subfield=fields.StringField())
    rooms = fields.ListField(subfield=fields.StringField())

    def allows(self, importer: str, imported: str) -> bool:
        if not _is_in(imported, _names(self.packages)):
            return True
        return _is_in(importer, [*_names(self.rooms), *EVERYWHERE])


class Pure(_Imports):
    """A room that imports the standard library, itself, and nothing else but what is named."""

    type_name: ClassVar[str] = "pure"
    room = fields.StringField()
    but = fields.ListField(subfield=fields.StringField())

    def allows(self, importer: str, imported: str) -> bool:
        if not _is_in(importer, [str(self.room)]):
            return True
        if _is_in(imported, [str(self.room), *_names(self.but)]):
            return True
        return imported.split(".")[0] in sys.stdlib_module_names


def _is_in(module: str, packages: list[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
