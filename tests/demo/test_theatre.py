"""An empty demo: an installation on its first day, filled from the command line while the page is open."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.demo.theatre import Theatre
from tests.content.written import SLUG, copied, with_draft

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


def test_a_trainer_s_own_folder_is_played_and_no_other_setting_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell that is set up for a real service lends the demo neither its database nor its bot."""
    monkeypatch.setenv("FRAUDWISE_DATABASE_URL", f"sqlite:///{tmp_path / 'real.sqlite'}")
    monkeypatch.setenv("FRAUDWISE_WEBHOOK_URL", "https://bot.example.org/telegram")
    monkeypatch.setenv("FRAUDWISE_WEBHOOK_SECRET", "real")
    monkeypatch.setenv("FRAUDWISE_DEFAULT_LANGUAGE", "zh-Hant")
    (tmp_path / "data").mkdir()
    app = Theatre(
        tmp_path / "data", date(2026, 11, 25), empty=True, content_dir=with_draft(tmp_path / "mine")
    ).app
    assert SLUG in app.room.library.content.unpublished
    assert not (tmp_path / "real.sqlite").exists()
    assert app.settings.database_url is None and app.settings.webhook_url is None
    assert app.settings.default_language == "en"


def test_a_folder_with_a_fault_is_refused_in_a_sentence_and_nothing_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    played = tmp_path / "data" / "demo" / "stage.json"
    played.parent.mkdir(parents=True)
    played.write_text("{}")
    mine = copied(tmp_path / "mine")
    (mine / "lessons" / "report-it-fast" / "en.md").unlink()
    done = CliRunner().invoke(
        main, ["demo", "--no-browser", "--fresh", "--port", "0"], env={"FRAUDWISE_CONTENT_DIR": str(mine)}
    )
    assert done.exit_code == 2
    assert "report-it-fast" in done.output and "Traceback" not in done.output
    assert played.read_text() == "{}"
