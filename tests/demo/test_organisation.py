"""The demo's company on the Monday on which it opens: a team in which everything that can be is to be seen."""

import asyncio
import re
from datetime import date
from pathlib import Path

from bot.demo.organisation import EMPLOYEES, account_of
from bot.demo.theatre import Theatre

LING, BO, PRIYA = account_of("R01"), account_of("R09"), account_of("R04")


def test_lings_team_shows_all_that_can_become_of_a_lesson(tmp_path: Path) -> None:
    asyncio.run(_monday(tmp_path))


async def _monday(folder: Path) -> None:
    theatre = Theatre(folder, date(2026, 11, 25))
    await theatre.start()
    await ask(theatre, "/team")
    shown = theatre.telegram.chat(LING).messages
    team = next(one.text for one in reversed(shown) if one.text.startswith("Risk: 9 people"))
    for line in (
        "Up to date: ",
        "Due this week: ",
        "Open since ",
        "On leave: 1",
        "Not joined yet: 1",
        "Not reachable: 1",
    ):
        assert line in team, line
    exempted = [one.text for one in theatre.telegram.chat(BO).messages if "Reads such cases" in one.text]
    assert len(exempted) == 1
    kept = [one.text for one in theatre.telegram.chat(PRIYA).messages if "Kept, word for word" in one.text]
    assert len(kept) == 1
    assert any("one lesson is open" in one.text for one in shown)
    digest = next(one.text for one in reversed(shown) if one.text.startswith("Your team this week"))
    assert re.search(r"Your own: (\d+) of \1\.", digest)
    # Nothing was refused on the way, and each alarm would have come to Ada.
    assert [call.description for call in theatre.telegram.ledger if not call.ok and call.status != 403] == []
    assert not [one for one in theatre.telegram.chat(account_of("I01")).messages if "⚠️" in one.text]
    assert len(EMPLOYEES) == 30
    await theatre.stop()


async def ask(theatre: Theatre, words: str) -> None:
    theatre.telegram.write(LING, words)
    await theatre.settled()
