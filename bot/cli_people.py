"""People on the command line: the roster, invitations, rights."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.opening import FAULTS, opened, refuse
from bot.rules.roster import ALL, Answers, Differences, Person
from bot.settings import Settings

SHOWN = 40
"""People of a list on the terminal; --json has them all."""
COMPARED_AGAIN = 3
LISTS = {
    "new": "New",
    "back": "Back",
    "moved": "Moved (department or manager)",
    "changed": "Changed",
    "left": "Leave (missing from the file)",
    "expected": "Expected later",
    "stranded": "Without a manager now (the one named is not in the roster)",
}


@click.group()
def roster() -> None:
    """Who works here: one file, read whole or not at all."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON, for another program.")
@click.option(
    "--allow-leavers", type=click.IntRange(0), default=0, metavar="N",
    help="Let up to N people leave, where that is more than a fifth of everybody, or the last administrator is among them.",
)  # fmt: skip
@click.option(
    "--same-person", multiple=True, metavar="NUMBER",
    help=f"This staff number still means the same person, though the name is another one; “{ALL}” for every one.",
)  # fmt: skip
@click.option(
    "--new-person", multiple=True, metavar="NUMBER",
    help="This staff number was given to somebody new; the old record stays, under a number of its own.",
)  # fmt: skip
@click.option(
    "--invitations", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.csv",
    help="Make links for those who have not come in and hold none that opens, and write them here.",
)  # fmt: skip
@click.option(
    "--sheet", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.html",
    help="The same links as cards with QR codes, to be printed and cut.",
)  # fmt: skip
def roster_import(
    file: Path, dry_run: bool, as_json: bool, allow_leavers: int, same_person: tuple[str, ...],
    new_person: tuple[str, ...], invitations: Path | None, sheet: Path | None,
) -> None:  # fmt: skip
    """Bring the roster in FILE (.csv or .xlsx) in: the whole file, or nothing.

    The first line names the columns, in any order: staff_number and name, and if you like department, job,
    manager_staff_number, hire_date, language, time_zone. Who is in the file is added or changed. Who is
    missing from it leaves: their record stays, their access is gone at once. A column that the file does not
    have changes nothing. Try --dry-run first.

    The bot may run meanwhile. Exit code 0: done; 1: the file has faults, nothing was changed; 2: it could not run.
    """
    found, writing, reading = opened()
    answers = Answers(frozenset(same_person), frozenset(new_person))
    link = None if dry_run else _links(found, [out for out in (invitations, sheet) if out], sheet)
    told = _Told(file.name, as_json)
    for _ in range(COMPARED_AGAIN):
        plan = _compared(file, found, reading, answers, allow_leavers, told)
        if dry_run:
            told.end("Nothing was changed.", imported=False)
            return
        if _brought_in(writing, plan, told):
            break
    else:
        refuse("Other rosters come in all the time; try again when they are done.")
    told.end("Imported.", imported=True)
    if link is not None:
        _write_links(found, writing, link, invitations, sheet)


def _compared(
    file: Path, found: Settings, reading: Any, answers: Answers, allow_leavers: int, told: "_Told"
) -> Any:
    """The file beside what stands now; ends with code 1 where it cannot come in."""
    from bot.imports import roster as reader
    from bot.rules.roster import differences
    from bot.store import rosters

    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(found.organisation_time_zone)).date()
    with reading.connect() as connection:
        before = rosters.known(connection)
    read_in = reader.read(
        file, language=found.default_language, time_zone=found.organisation_time_zone, known=before.people,
        answers=answers,
    )  # fmt: skip
    told.read(read_in)
    changes = differences(read_in.lines, before.people, today, answers)
    told.differences(changes, len(read_in.lines))
    if changes.looks_cut_short and len(changes.left) > allow_leavers:
        told.refuse(
            f"{len(changes.left)} of {changes.present} people are missing from the file and would lose their access. "
            f"Is it the whole roster? If so, say --allow-leavers {len(changes.left)}."
        )
    if (last := changes.last_administrators) and len(changes.left) > allow_leavers:
        told.refuse(
            f"Nobody would be an administrator any more: {', '.join(map(_said_name, last))} would leave. Make somebody else "
            f"one first (fraudwise rights grant STAFF_NUMBER administrator), or say --allow-leavers {len(changes.left)}."
        )
    return rosters.planned(
        read_in.lines, before, changes, actor="command line", source=file.name, now=now, today=today
    )


def _brought_in(writing: Any, plan: Any, told: "_Told") -> bool:
    """Write it, with a bar on a terminal; False when another roster was quicker and all has to be compared again."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store import rosters

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("lines", total=len(plan.lines))
        try:
            rosters.bring_in(writing, plan, lambda done, _all: bar.update(task, completed=done))
        except rosters.Overtaken:
            told.again()
            return False
        except SQLAlchemyError as error:
            refuse(f"The database did not take it ({type(error).__name__}). Nothing was imported; try again.")
    return True


class _Told:
    """What is said about an import: on a terminal in lists, or once as JSON."""

    def __init__(self, name: str, as_json: bool) -> None:
        self._name = name
        self._as_json = as_json
        self._json: dict[str, Any] = {}
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def read(self, read_in: Any) -> None:
        """What the file itself has to say; ends here when it has faults."""
        self._json = {"ignored": list(read_in.ignored), "faults": []}
        for column in read_in.ignored:
            self._aside(f"The column {_seen(column)} means nothing here and was left out.")
        if read_in.others:
            self._aside(f"Only the first sheet was read; {len(read_in.others)} more were left out.")
        if not read_in.faults:
            return
        self._json["faults"] = [{"line": fault.line, "sentence": fault.sentence} for fault in read_in.faults]
        for fault in read_in.faults[:SHOWN]:
            self._aside(f"{self._name}: {fault}")
        if len(read_in.faults) > SHOWN:
            self._aside(f"… and {len(read_in.faults) - SHOWN} more faults.")
        self._stop()

    def differences(self, found: Differences, lines: int) -> None:
        self._json |= {"lines": lines, "same": found.same, "alike": [list(pair) for pair in found.alike]}
        self._json |= {name: [_as_json(person) for person in getattr(found, name)] for name in LISTS}
        if self._as_json:
            return
        for name, title in LISTS.items():
            self._list(title, getattr(found, name))
        for new, old in found.alike:
            self._console.print(
                f"{new} is new and {old} leaves: did a spreadsheet take a zero away?", style="bold"
            )
        self._console.print(f"{lines} lines: {_counts(found)}, {found.same} as they were.")

    def _list(self, title: str, people: Sequence[Person]) -> None:
        if not people:
            return
        self._console.print(f"{title}: {len(people)}", style="bold")
        for person in people[:SHOWN]:
            self._console.print(f"  {_said(person)}")
        if len(people) > SHOWN:
            self._console.print(f"  … and {len(people) - SHOWN} more")

    def again(self) -> None:
        self._aside("Another roster came in meanwhile; comparing again.")

    def refuse(self, sentence: str) -> None:
        self._json["faults"].append({"line": None, "sentence": sentence})
        self._aside(sentence)
        self._stop()

    def end(self, sentence: str, *, imported: bool) -> None:
        if self._as_json:
            click.echo(json.dumps({**self._json, "imported": imported}, ensure_ascii=False))
        else:
            self._console.print(sentence)

    def _stop(self) -> None:
        self._aside("Nothing was imported.")
        if self._as_json:
            click.echo(json.dumps({**self._json, "imported": False}, ensure_ascii=False))
        raise SystemExit(FAULTS)

    def _aside(self, sentence: str) -> None:
        if not self._as_json:
            click.echo(sentence, err=True)


def _counts(found: Differences) -> str:
    return (
        f"{len(found.new)} new, {len(found.changed)} changed, {len(found.moved)} moved, {len(found.left)} left, "
        f"{len(found.back)} back"
    )


def _said(person: Person) -> str:
    """One person in a list: number, name, what changes from what to what."""
    fields = ", ".join(
        f"{column} {_seen(after)}" if before == after or not before else f"{column} {_seen(before)} → {_seen(after) or '(none)'}"
        for column, before, after in person.fields
    )  # fmt: skip
    rights = f", is no longer {', '.join(person.rights)}" if person.rights else ""
    return f"{_seen(person.staff_number)}  {_seen(person.name)}{': ' if fields else ''}{fields}{rights}"


def _said_name(person: Person) -> str:
    return f"{_seen(person.staff_number)} {_seen(person.name)}"


def _seen(text: str) -> str:
    """Text that cannot do anything to a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _as_json(person: Person) -> dict[str, Any]:
    fields = {column: [before, after] for column, before, after in person.fields}
    return {
        "staff_number": person.staff_number, "name": person.name, "fields": fields, "rights": list(person.rights),
    }  # fmt: skip


def _links(found: Settings, outs: Sequence[Path], sheet: Path | None) -> Callable[[str], str] | None:
    """How a link of this bot is written; None when none are asked for."""
    if not outs:
        return None
    for out in outs:
        if out.exists():
            refuse(f"{out} is there already; nothing was overwritten.")
        if not out.absolute().parent.is_dir():
            refuse(f"{out.parent}: No such file or directory.")
    name = asyncio.run(_bot_name(found))
    if name is None and sheet is not None:
        refuse(
            "Cards need the bot's name, and it is not known: set FRAUDWISE_BOT_TOKEN, or is Telegram out of reach?"
        )
    return lambda token: _link(name, token)


def _link(name: str | None, token: str) -> str:
    """The link that opens the bot, or, where its name is not known, what to write to it."""
    return f"https://t.me/{name}?start={token}" if name else f"/start {token}"


async def _bot_name(found: Settings) -> str | None:
    """What Telegram calls the bot, where there is a token and Telegram answers."""
    from bot.chat.transport import AiohttpRequest, Endpoint, Transport
    from bot.rules.answers import Sent

    if found.bot_token is None:
        return None
    endpoint = Endpoint(found.telegram_base_url, found.telegram_file_url, found.bot_token.get_secret_value())
    transport = Transport(AiohttpRequest(), endpoint)
    await transport.start()
    answer = await transport.post("getMe", {})
    await transport.stop()
    if isinstance(answer, Sent) and isinstance(answer.result, dict):
        return str(answer.result["username"])
    return None


def _write_links(
    found: Settings, writing: Any, link: Callable[[str], str], out: Path | None, sheet: Path | None
) -> None:
    """The files first, then what makes their links open: a link that opens and that nobody has is worse."""
    from bot.exports import csv
    from bot.store import people

    now = datetime.now(UTC)
    with writing.begin() as connection:
        waiting = people.without_a_link(connection, now)
    made = [(learner, people.new_token()) for learner in waiting]
    until = (now + people.INVITATION_LASTS).astimezone(ZoneInfo(found.organisation_time_zone)).date()
    try:
        if out is not None:
            csv.write(LINK_COLUMNS, _link_rows(made, link, until), out)
        if sheet is not None:
            _write_sheet(found, [(learner, link(token)) for learner, token in made], until, sheet)
        _open_links(writing, made, now)
    except BaseException:
        for path in (out, sheet):
            if path is not None:
                path.unlink(missing_ok=True)
        raise
    click.echo(
        f"{len(made)} invitations, each once and for one person, until {until.isoformat()}. Whoever holds such a "
        "file can come in as anybody in it: hand it out, then delete it.", err=True,
    )  # fmt: skip


LINK_COLUMNS = ("staff_number", "name", "department", "language", "link", "expires_on")


def _link_rows(
    made: Sequence[tuple[Any, str]], link: Callable[[str], str], until: date
) -> Iterator[tuple[object, ...]]:
    for learner, token in made:
        yield learner.staff_number, learner.name, learner.department, learner.language, link(token), until


def _open_links(writing: Any, made: Sequence[tuple[Any, str]], now: datetime) -> None:
    """A few hundred at a time, so that nobody who taps meanwhile waits."""
    from bot.chat.commands.start import token_hash
    from bot.store import people, rosters

    hashed = [(learner, token_hash(token)) for learner, token in made]
    rosters.in_steps(writing, hashed, lambda connection, some: people.invite_all(connection, some, now))


def _write_sheet(found: Settings, cards: Sequence[tuple[Any, str]], until: date, out: Path) -> None:
    from bot.app import TEMPLATES
    from bot.pictures import cards as printed
    from bot.shipped import content_root
    from bot.words import Words

    words = Words(content_root() / "locales", TEMPLATES)
    written = printed.sheet(words, cards, organisation=found.organisation, until=until)
    out.write_text(written, encoding="utf-8")


@click.command()
@click.argument("staff_number")
def invite(staff_number: str) -> None:
    """Make a one-time invitation link for one person, also for a new phone.

    An earlier link that was not used stops opening. Where the person comes in with it on a new phone, the
    old one loses its access at once.
    """
    from bot.chat.commands.start import token_hash
    from bot.store import people

    found, writing, _ = opened()
    token = people.new_token()
    try:
        with writing.begin() as connection:
            learner = people.invite(connection, staff_number, token_hash(token), datetime.now(UTC))
    except people.Nobody:
        refuse(f"Nobody has the staff number {staff_number}.")
    except people.HasLeft as gone:
        refuse(f"{_seen(str(gone))} has left; a link would open nothing. Is the roster up to date?")
    click.echo(f"For {_seen(learner.name)}, once, within {people.INVITATION_LASTS.days} days:", err=True)
    click.echo(_link(asyncio.run(_bot_name(found)), token))


@click.group()
def rights() -> None:
    """What somebody may do, beyond what follows from the roster."""


RIGHT = click.Choice(["triager", "trainer", "administrator"])


@rights.command("grant")
@click.argument("staff_number")
@click.argument("right", type=RIGHT)
def rights_grant(staff_number: str, right: str) -> None:
    """Give somebody a right. A manager's right follows from the roster.

    The first administrator is made here; afterwards administrators can do it in the chat (/roles).
    """
    _change_right(staff_number, right, revoke=False)


@rights.command("revoke")
@click.argument("staff_number")
@click.argument("right", type=RIGHT)
def rights_revoke(staff_number: str, right: str) -> None:
    """Take a right away from somebody; it is gone with their next message. The last administrator keeps theirs."""
    _change_right(staff_number, right, revoke=True)


def _change_right(staff_number: str, right: Any, *, revoke: bool) -> None:
    from bot.store import people

    _, writing, _ = opened()
    try:
        with writing.begin() as connection:
            learner = people.grant(connection, staff_number, right, datetime.now(UTC), revoke=revoke)
    except people.Nobody:
        refuse(f"Nobody has the staff number {staff_number}.")
    except people.HasLeft as gone:
        refuse(f"{_seen(str(gone))} has left and holds no rights.")
    except people.LastAdministrator as last:
        refuse(
            f"{_seen(str(last))} is the last administrator; make somebody else one first: "
            "fraudwise rights grant STAFF_NUMBER administrator"
        )
    click.echo(f"{_seen(learner.name)} is {'no longer ' if revoke else ''}{right}.")
