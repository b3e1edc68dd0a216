"""The command line: parses, calls a room, prints. Exit codes: 0 done, 1 found faults, 2 could not run."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, cast

import click

from bot import __version__, cli_db, cli_people
from bot.opening import FAULTS, opened, refuse, settings
from bot.rules.languages import LANGUAGES
from bot.settings import BadSetting
from bot.shipped import content_root


class Plainly(click.Group):
    """Says in a sentence what the surroundings lack; a traceback is for mistakes of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSetting as bad:
            refuse(str(bad))
        except OSError as error:
            if error.filename is None:
                raise
            refuse(f"{error.filename}: {error.strerror}.")


@click.group(cls=Plainly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fraudwise")
def main() -> None:
    """Fraudwise: fraud awareness in chat, two minutes at a time."""
    os.umask(0o077)  # whatever is written holds names and answers: for its owner's eyes only


for command in (cli_db.db, cli_people.roster, cli_people.invite, cli_people.rights):
    main.add_command(command)


@main.command()
@click.option("--port", default=8080, show_default=True, help="Where the page listens, on 127.0.0.1.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--fresh", is_flag=True, help="Start from the beginning; what was played is thrown away.")
@click.option("--empty", is_flag=True, help="Nobody is in it yet: try your own roster, as on the first day.")
def demo(port: int, no_browser: bool, fresh: bool, empty: bool) -> None:
    """Try everything in a browser: no account, no internet, no configuration.

    Of all settings it reads FRAUDWISE_CONTENT_DIR alone: a folder of your own to be played.
    """
    from bot.content import Refused
    from bot.demo.run import run_demo
    from bot.pictures.lettering import GlyphMissing

    named = os.environ.get("FRAUDWISE_CONTENT_DIR")
    try:
        asyncio.run(
            run_demo(
                port=port, browser=not no_browser, fresh=fresh, empty=empty, say=click.echo,
                content_dir=Path(named) if named else None,
            )
        )  # fmt: skip
    except (Refused, GlyphMissing) as bad:
        refuse(str(bad))
    except OSError as error:
        refuse(f"The demo cannot listen on port {port} ({error.strerror or error}); try --port {port + 1}.")
    except KeyboardInterrupt:
        click.echo("Stopped. What you played is kept.")


@main.command()
def run() -> None:
    """Run the service: polling, or webhook when FRAUDWISE_WEBHOOK_URL is set."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot import app as assembly
    from bot import content, observing
    from bot.pictures.lettering import GlyphMissing
    from bot.store.engine import WrongSchema

    found = settings()
    if found.bot_token is None:
        refuse("FRAUDWISE_BOT_TOKEN is not set. Ask @BotFather for a token and put it there.")
    observing.set_up(found.log_level, "json" if found.log_format == "json" else "console", found.secrets())
    try:
        built = assembly.with_web(assembly.build(found))
    except (BadSetting, content.Refused, GlyphMissing) as bad:
        refuse(str(bad))
    except WrongSchema as wrong:
        refuse(str(wrong))
    except SQLAlchemyError as error:
        refuse(
            f"The database cannot be opened ({type(error).__name__}). Is FRAUDWISE_DATABASE_URL right, is it running?"
        )
    if not found.webhook_url:
        assembly.with_polling(built, assembly.elected(built))
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_serve(built, assembly.introduce))
    except OSError:
        refuse(f"FRAUDWISE_LISTEN: {found.listen} is taken; choose another port.")


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop: uvloop's, with which a tap takes a fifth less processor time; Windows has none."""
    with contextlib.suppress(ImportError):
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        return loop
    return asyncio.new_event_loop()


def spare_what_stays() -> None:
    """What was loaded at the start stays: the garbage collector passes it over, and looks less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def _serve(app: Any, introduce: Callable[[Any], Any]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    await app.start()
    spare_what_stays()
    introduced = asyncio.create_task(introduce(app))
    click.echo("Fraudwise is running. Ctrl+C stops it; nothing is lost.", err=True)
    await stopping.wait()
    introduced.cancel()
    await app.stop()


@main.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--release", is_flag=True, help="Also list what waits for people to approve and read.")
@click.option("--publish", is_flag=True, help="Write lessons/published.lock when nothing is wrong.")
@click.option("--language", help="Also list the words this language lacks.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True
)
def check(path: Path | None, release: bool, publish: bool, language: str | None, form: str) -> None:
    """Check a folder of lessons/, quizzes/ and locales/ (default: ours)."""
    from bot import content

    root = path or content_root()
    templates = Path(__file__).parent / "templates" / "chat"
    faults = content.check(
        root,
        language=language,
        release=release,
        publish=publish,
        today=datetime.now(UTC).date(),
        templates=templates,
    )
    if not faults:
        _check_pictures(content.load(root))
    if faults or form != "text":
        click.echo(content.format_faults(faults, cast(Literal["text", "json", "github"], form)))
    else:
        click.echo("Nothing is wrong.")
    raise SystemExit(FAULTS if faults else 0)


def _check_pictures(loaded: Any) -> None:
    from bot.pictures.lettering import GlyphMissing
    from bot.pictures.ready import refuse_undrawable

    try:
        refuse_undrawable(loaded)
    except GlyphMissing as missing:
        click.echo(str(missing))
        raise SystemExit(FAULTS) from None


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def doctor(as_json: bool) -> None:
    """Look at everything this installation stands on, and say what is wrong and what to do."""
    from bot import doctor as house_call

    findings = asyncio.run(house_call.all_findings(settings(), datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps([{"how": f.how, "about": f.about, "sentence": f.sentence} for f in findings]))
    else:
        for finding in findings:
            click.echo(f"{SIGNS[finding.how]} {finding.about}: {finding.sentence}")
    if any(finding.how == "wrong" for finding in findings):
        raise SystemExit(FAULTS)


SIGNS = {"good": "ok   ", "look": "look ", "wrong": "WRONG"}


@main.group()
def export() -> None:
    """Files for others."""


@export.command("completions")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--team", help="Only this department, as it stands in the roster.")
@click.option("--track", help="Only this track.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Assigned on or after this day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Assigned on or before this day.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to; else to the terminal."
)
def export_completions(
    form: str,
    team: str | None,
    track: str | None,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
) -> None:
    """One line an assignment: who, what, by when, done when, with what score."""
    from bot.exports import FORMATS, STREAMS
    from bot.store import people
    from bot.store.completions import COLUMNS, Scope
    from bot.store.snapshot import snapshot

    if out is None and form not in STREAMS:
        refuse(f"A file of this format needs a place: --out completions.{form}")
    found, writing, reading = opened()
    scope = Scope(department=team, track=track, since=_day(since), until=_day(until))
    with snapshot(reading) as kept:
        if team is not None and not kept.ask(lambda c: people.team_exists(c, team)):
            refuse(f"No department is called “{team}”.")
        rows = kept.completions(scope, found.organisation, found.organisation_time_zone, datetime.now(UTC))
        if out is not None:
            count = FORMATS[form](COLUMNS, rows, out)
        else:
            count = STREAMS[form](COLUMNS, rows, sys.stdout.buffer)
    with writing.begin() as connection:
        people.write_down(connection, "completions exported", f"{count} rows", datetime.now(UTC))
    click.echo(f"{count} rows.", err=True)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()


@main.group()
def handbook() -> None:
    """The pages that people look things up in."""


@handbook.command("export")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to, as HTML."
)
@click.option(
    "--audience",
    type=click.Choice(["employee", "borrower"]),
    default="employee",
    show_default=True,
    help="For borrowers what is for staff only is left out.",
)
def handbook_export(language: str, out: Path, audience: str) -> None:
    """The whole handbook as one file, to keep on a phone or to print; it needs no internet."""
    from bot import content
    from bot.app import TEMPLATES
    from bot.chat.library import pages_for
    from bot.exports import handbook as printed
    from bot.words import Words

    found = settings()
    root = found.content_dir or content_root()
    try:
        loaded = content.load(root)
    except content.Refused as bad:
        refuse(str(bad))
    count = printed.write(
        loaded, pages_for(loaded, audience), Words(root / "locales", TEMPLATES), out,
        language=language, organisation=found.organisation, made_on=datetime.now(UTC).date(),
    )  # fmt: skip
    click.echo(f"{count} pages.", err=True)


@main.group()
def audit() -> None:
    """The log of who did what."""


@audit.command("verify")
def audit_verify() -> None:
    """Say whether any row of the audit log was changed, moved or taken out."""
    from bot.app import ring_of
    from bot.store import chain

    found, _, reading = opened()
    with reading.connect() as connection:
        broken, unlinked = chain.verify(connection, ring_of(found).derived("audit"))
    if broken is not None:
        click.echo(f"The audit log does not fit from row {broken} on.", err=True)
        raise SystemExit(FAULTS)
    click.echo(f"The audit log is whole; {unlinked} rows are not linked yet.")


if __name__ == "__main__":
    sys.exit(main())
