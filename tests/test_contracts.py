"""The import contracts, tried both ways on houses of one import."""

import pytest
from grimp import ImportGraph

from tests.contracts import Outside, Pure, Room


def house(importer: str, imported: str) -> ImportGraph:
    graph = ImportGraph()
    for module in ("bot", importer, imported):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported)
    return graph


def room(kind: type[Room] | type[Pure] | type[Outside], **options: object) -> Room | Pure | Outside:
    return kind(name="a row", session_options={"root_packages": ["bot"]}, contract_options=options)


CHAT = room(Room, room="bot.chat", may_import=["bot.rules", "bot.sending.say"])
RULES = room(Pure, room="bot.rules", but=["fsrs"])
SQL = room(Outside, packages=["sqlalchemy"], rooms=["bot.store"])


@pytest.mark.parametrize(
    ("contract", "importer", "imported", "is_kept"),
    [
        (CHAT, "bot.chat.commands.quiz", "bot.rules.quiz", True),
        (CHAT, "bot.chat.menu", "bot.chat.say", True),
        (CHAT, "bot.chat.menu", "bot.observing", True),
        (CHAT, "bot.chat.menu", "telegram", True),
        (CHAT, "bot.chat.menu", "bot.sending.say", True),
        (CHAT, "bot.chat.menu", "bot.sending", False),
        (CHAT, "bot.chat.menu", "bot.sending.says", False),
        (CHAT, "bot.chat.commands.quiz", "bot.store.tables", False),
        (CHAT, "bot.web.server", "bot.store.tables", True),
        (RULES, "bot.rules.quiz", "bot.rules.people", True),
        (RULES, "bot.rules.quiz", "dataclasses", True),
        (RULES, "bot.rules.mastery", "fsrs", True),
        (RULES, "bot.rules.quiz", "bot.words", False),
        (RULES, "bot.rules.quiz", "structlog", False),
        (SQL, "bot.store.tables", "sqlalchemy", True),
        (SQL, "bot.app", "sqlalchemy", True),
        (SQL, "bot.chat.turn", "sqlalchemy", False),
        (SQL, "bot.chat.turn", "aiohttp", True),
    ],
)
def test_an_import_keeps_or_breaks_its_row(
    contract: Room | Pure | Outside, importer: str, imported: str, is_kept: bool
) -> None:
    check = contract.check(house(importer, imported), verbose=False)
    assert check.kept is is_kept
    assert check.metadata["broken"] == ([] if is_kept else [(importer, imported)])
