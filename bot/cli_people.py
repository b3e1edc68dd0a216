"""People on the command line: the roster, invitations, rights."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.cli_links import bot_name, link_of, links, write_links
from bot.cli_told import Told, said_name, seen
from bot.opening import opened, refuse
from bot.rules.roster import ALL, Answers
from bot.settings import Settings

COMPARED_AGAIN = 3


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
    link = None if dry_run else links(found, [out for out in (invitations, sheet) if out], sheet)
    told = Told(file.name, as_json)
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
        write_links(found, writing, link, invitations, sheet)


def _compared(
    file: Path, found: Settings, reading: Any, answers: Answers, allow_leavers: int, told: Told
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
            f"Nobody would be an administrator any more: {', '.join(map(said_name, last))} would leave. Make somebody else "
            f"one first (fraudwise rights grant STAFF_NUMBER administrator), or say --allow-leavers {len(changes.left)}."
        )
    return rosters.planned(
        read_in.lines, before, changes, actor="command line", source=file.name, now=now, today=today
    )


def _brought_in(writing: Any, plan: Any, told: Told) -> bool:
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
        refuse(f"{seen(str(gone))} has left; a link would open nothing. Is the roster up to date?")
    click.echo(f"For {seen(learner.name)}, once, within {people.INVITATION_LASTS.days} days:", err=True)
    click.echo(link_of(bot_name(found), token))


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
        refuse(f"{seen(str(gone))} has left and holds no rights.")
    except people.LastAdministrator as last:
        refuse(
            f"{seen(str(last))} is the last administrator; make somebody else one first: "
            "fraudwise rights grant STAFF_NUMBER administrator"
        )
    click.echo(f"{seen(learner.name)} is {'no longer ' if revoke else ''}{right}.")
