"""A manager's export: the own team and those below it, as a file in the chat.

Buttons of kind E show, those of kind e make; the row is the manager whose team it is, the choice holds
the period and the track.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.chat.commands import team
from bot.chat.turn import Turn
from bot.rules.curriculum import Track
from bot.rules.people import Learner
from bot.store import completions
from bot.store.completions import Scope

PERIODS, TRACKS = 1, 2
FORMATS = ("csv", "xlsx")
SPANS = 4
QUARTER, YEAR = timedelta(days=91), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which span of days and which track; all of them where there is none."""

    span: int = 0
    track: Track | None = None

    @property
    def number(self) -> int:
        return self.span + SPANS * (self.track.number if self.track else 0)

    def since(self, today: date) -> date | None:
        """From which day on: this year, three months, twelve months, always."""
        return (date(today.year, 1, 1), today - QUARTER, today - YEAR, None)[self.span]


def export(turn: Turn) -> None:
    """`/export` and the buttons that lead there: how much it will be, before it is made."""
    manager = team.manager_of(turn, turn.tap.row)
    choice = _choice(turn, turn.tap.choice)
    if manager is None or choice is None:
        turn.spent()
    elif turn.tap.number == PERIODS:
        spans = [replace(choice, span=span) for span in range(SPANS)]
        turn.show(
            "export_period",
            manager=manager,
            choice=choice,
            spans=[(one.since(turn.today), one.number) for one in spans],
        )
    elif turn.tap.number == TRACKS:
        shown = [(_title(turn, track), replace(choice, track=track).number) for track in _tracks(turn)]
        turn.show(
            "export_track",
            manager=manager,
            choice=choice,
            tracks=shown,
            all_of_them=replace(choice, track=None).number,
        )
    else:
        _show(turn, manager, choice)


def _show(turn: Turn, manager: Learner, choice: Choice) -> None:
    scope = _scope(turn, manager, choice)
    people, owed = turn.store.ask(lambda c: completions.size(c, scope))
    turn.show(
        "export", manager=manager, is_own=manager.id == turn.learner.id, people=people, rows=owed, choice=choice,
        since=scope.since, track=_title(turn, choice.track) if choice.track else "", has_tracks=len(_tracks(turn)) > 1,
    )  # fmt: skip


def make(turn: Turn) -> None:
    """[Excel], [CSV]: owe the file; the right is asked again when it is made."""
    manager = team.manager_of(turn, turn.tap.row)
    choice = _choice(turn, turn.tap.choice)
    if manager is None or choice is None or turn.tap.number >= len(FORMATS):
        turn.spent()
        return
    form, scope = FORMATS[turn.tap.number], _scope(turn, manager, choice)
    turn.owe("completions", {
        "manager_id": manager.id, "format": form, "track": scope.track,
        "since": scope.since.isoformat() if scope.since else None,
    })  # fmt: skip
    turn.audit("export asked", f"team:{manager.id}")
    turn.event("export_asked", format=form)
    turn.show("export_coming")


def _scope(turn: Turn, manager: Learner, choice: Choice) -> Scope:
    track = choice.track.slug if choice.track else None
    return Scope(manager_id=manager.id, track=track, since=choice.since(turn.today))


def _tracks(turn: Turn) -> list[Track]:
    """Those that staff may be on."""
    return [track for track in turn.library.content.tracks.values() if track.audience == "employee"]


def _title(turn: Turn, track: Track) -> str:
    return track.titles[turn.learner.language]


def _choice(turn: Turn, number: int) -> Choice | None:
    """What a button chose; None for a track that is no more."""
    wanted, span = divmod(number, SPANS)
    track = next((track for track in _tracks(turn) if track.number == wanted), None)
    return None if wanted and track is None else Choice(span, track)
