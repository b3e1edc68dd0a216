"""An empty demo: an installation on its first day, filled from the command line while the page is open."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.demo.theatre import Theatre

ROSTER = "staff_number,name,manager_staff_number,language\n0001,Lin Ling,,en\n0002,Chen Mei,0001,zh-Hans\n"


def command(folder: Path, *words: str) -> str:
    """What a command says on the demo's database, as from another terminal."""
    done = CliRunner().invoke(main, words, env={"FRAUDWISE_DATA_DIR": str(folder)})
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_an_empty_demo_takes_in_a_roster_and_those_it_invites(tmp_path: Path) -> None:
    roster, folder = tmp_path / "people.csv", tmp_path / "data"
    roster.write_text(ROSTER)
    folder.mkdir()
    asyncio.run(_first_day(roster, folder))


async def _first_day(roster: Path, folder: Path) -> None:
    theatre = Theatre(folder, date(2026, 11, 25), empty=True)
    await theatre.start()
    mei = next(one for one in theatre.people() if one.called == "Mei")
    assert mei.about == "Came without an invitation and without a history."
    await asyncio.to_thread(command, folder, "roster", "import", str(roster))
    link = await asyncio.to_thread(command, folder, "invite", "0002")
    theatre.telegram.start(mei.id, link.removeprefix("/start "))
    await theatre.settled()
    assert theatre.telegram.chat(mei.id).messages[-1].text.startswith("Mei，你好。")
    assert next(one for one in theatre.people() if one.called == "Mei").about == "Came by an invitation."
    await theatre.stop()

    again = Theatre(folder, date(2026, 11, 25), empty=True)
    await again.start()
    assert [one.about for one in again.people() if one.called == "Mei"] == ["Came by an invitation."]
    assert again.is_running
    assert abs(again.now() - datetime.now(UTC)) < timedelta(minutes=1)
    await again.stop()


def test_the_next_delivery_is_whatever_goes_out_next_by_itself(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(ROSTER)
    (tmp_path / "data").mkdir()
    asyncio.run(_three_weeks(tmp_path / "people.csv", tmp_path / "data"))


async def _three_weeks(roster: Path, folder: Path) -> None:
    theatre = Theatre(folder, date(2026, 11, 25), empty=True)
    await theatre.start()
    theatre.real_time(False)
    await asyncio.to_thread(command, folder, "roster", "import", str(roster))
    await asyncio.to_thread(command, folder, "rights", "grant", "0001", "administrator")
    for number, called in (("0001", "Ling"), ("0002", "Mei")):
        link = await asyncio.to_thread(command, folder, "invite", number)
        account = next(one.id for one in theatre.people() if one.called == called)
        theatre.telegram.start(account, link.removeprefix("/start "))
        await theatre.settled()
    joined = len(theatre.telegram.ledger)
    for _ in range(16):
        due = await theatre.next_delivery()
        assert due is not None
        assert (await theatre.move(due - timedelta(seconds=1))).sent_total == 0
        assert (await theatre.move(due)).sent_total > 0
    texts = [str(call.params.get("text", "")) for call in theatre.telegram.ledger[joined:]]
    for kind in ("📖", "is for today", "is still open", "还没完成", "Your team this week"):
        assert any(kind in text for text in texts), kind
    # A jump of days is no outage: nobody looked away, and every lesson went out at its hour.
    assert not [text for text in texts if "I was away" in text or "⚠️" in text]
    assert await theatre.next_delivery() == await theatre.next_delivery()
    await theatre.stop()
