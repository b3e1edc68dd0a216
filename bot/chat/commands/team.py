"""A manager's team: who is where, never an answer; down the line of reporting, never sideways.

Buttons of kind T: the number says which screen, the row whose, the choice which page of it.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from bot.chat.turn import Turn
from bot.rules import access, delivery
from bot.rules import team as rules
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.team import Member
from bot.store import newcomers
from bot.store import team as store

OVERVIEW, PEOPLE, TOPICS, BELOW, PERSON, UNITS, OPEN, TO_ASSIGN, TO_EXEMPT, NEW = range(10)
"""Screens; OPEN is [See who] of a digest or an escalation, two are lists to choose somebody from, NEW is whoever is new."""
UNITS_A_PAGE = 8
LONGEST_REASON = 200
"""Letters; it stands in one line of somebody's message."""


def team(turn: Turn) -> None:
    """`/team`: the own team in figures."""
    overview(turn, turn.learner)


def choose(turn: Turn) -> None:
    """Every button of the team's screens."""
    if turn.tap.number in (PERSON, UNITS):
        person = person_of(turn, turn.tap.row)
        if person is None:
            turn.spent()
        elif turn.tap.number == PERSON:
            show_person(turn, person)
        else:
            _units(turn, person)
        return
    manager = manager_of(turn, turn.tap.row)
    if manager is None:
        turn.spent()
        return
    match turn.tap.number:
        case 0:
            overview(turn, manager)
        case 2:
            _topics(turn, manager)
        case 3:
            _below(turn, manager)
        case _:
            people(turn, manager, turn.tap.number, turn.tap.choice)


def manager_of(turn: Turn, manager_id: int) -> Learner | None:
    """The manager whose team a button opens, 0 for the viewer; None where it is none of theirs, or not there."""
    if manager_id in (0, turn.learner.id):
        return turn.learner if access.may_see_team(turn.learner, turn.learner.id) else None
    if not access.may_see_team(turn.learner, manager_id, turn.store.above(manager_id)):
        return None
    return turn.store.learner_by_id(manager_id)


def person_of(turn: Turn, person_id: int, act: str = "") -> Member | None:
    """Somebody the viewer may see, or do this to; None where they may not, or nobody is there."""
    above = turn.store.above(person_id)
    if act and not access.may_act(turn.learner, act, person_id, above):
        return None
    if not access.may_see_person(turn.learner, person_id, above):
        return None
    return turn.store.ask(lambda c: store.member(c, person_id, turn.today))


def members_of(turn: Turn, manager: Learner) -> list[Member]:
    return turn.store.ask(lambda c: store.members(c, manager.id, turn.today))


def overview(turn: Turn, manager: Learner) -> None:
    """The team in figures; beside it the manager's own, who is shown like anyone else."""
    members = members_of(turn, manager)
    gone = [member for member in members if member.state(turn.today) == "unreachable"]
    topic = None
    if rules.FEWEST <= len(members) <= rules.AT_A_GLANCE:
        topics = turn.library.content.topics
        figures = turn.store.ask(lambda c: store.topic_figures(c, manager.id, topics, turn.now))
        topic = rules.to_help_with(figures, len(members))
    turn.show(
        "team", manager=manager, is_own=manager.id == turn.learner.id, team=rules.overview(members, turn.today),
        gone=gone[0].unreachable if len(gone) == 1 else None,
        gone_on=gone_on(turn, gone[0]) if len(gone) == 1 else None,
        topic=topic_title(turn, topic.topic) if topic else "",
        own=turn.store.ask(lambda c: store.member(c, manager.id, turn.today)), has_topics=len(members) >= rules.FEWEST,
    )  # fmt: skip


def gone_on(turn: Turn, person: Member) -> date | None:
    """The day on which messages to somebody stopped arriving, on the viewer's calendar."""
    if not person.unreachable:
        return None
    at = turn.store.ask(lambda c: store.unreachable_since(c, person.id))
    return delivery.local(at, turn.learner.time_zone).date() if at else None


def topic_title(turn: Turn, topic: str) -> str:
    return turn.library.content.topic_titles[topic][turn.learner.language]


def people(turn: Turn, manager: Learner, screen: int, page: int) -> None:
    """Names, eight a page: everybody, those with something open, or those to choose one from."""
    found = rules.by_name(members_of(turn, manager))
    if screen == OPEN:
        found = [member for member in found if member.state(turn.today) in ("late", "this week")]
    if screen == NEW:
        new = turn.store.ask(lambda c: newcomers.below(c, manager.id, turn.today))
        found = [member for member in found if member.id in new]
    page = max(0, min(page, (len(found) - 1) // rules.PAGE))
    turn.show(
        "team_people", manager=manager, list_of=screen, page=page, last=(page + 1) * rules.PAGE >= len(found),
        people=found[page * rules.PAGE : (page + 1) * rules.PAGE], first=page * rules.PAGE, count=len(found),
    )  # fmt: skip


def show_person(turn: Turn, person: Member) -> None:
    """One person: done and due, the last reminder, why something did not arrive, what they gave as a reason."""
    theirs = of_now(turn, person)
    ready = delivery.ready(theirs, turn.today)
    failed = turn.store.ask(lambda c: store.failed(c, person.id, turn.now))
    turn.show(
        "team_person", person=person, is_me=person.id == turn.learner.id, state=person.state(turn.today),
        ready=[(one, title_of(turn, one)) for one in ready[:2]], more=max(0, len(ready) - 2),
        reason=next((one.excuse for one in ready if one.excuse), ""),
        exempt=sum(1 for one in theirs if one.exempt), reminded=turn.store.ask(lambda c: store.last_reminded(c, person.id)),
        gone_on=gone_on(turn, person), failed=failed,
        failed_on=delivery.local(failed.at, turn.learner.time_zone).date() if failed else None,
        may_remind=rules.is_to_remind(person, turn.today), manager_id=_manager_id(turn, person),
    )  # fmt: skip


def _manager_id(turn: Turn, person: Member) -> int:
    """Whose people list leads back from this person: their manager's, or the viewer's own for the viewer."""
    above = turn.store.above(person.id)
    return above[0] if above and person.id != turn.learner.id else turn.learner.id


def of_now(turn: Turn, person: Member) -> list[Assignment]:
    """What has been assigned by today, the newest round of each."""
    found = turn.store.ask(lambda c: store.assigned(c, person.id))
    newest: dict[tuple[str, str], Assignment] = {}
    for one in found:
        key = (one.track, one.unit)
        if one.assigned_on <= turn.today and (key not in newest or newest[key].round < one.round):
            newest[key] = one
    return list(newest.values())


def typed_reason(turn: Turn) -> str:
    """A manager's own words for what they ask of somebody, who will read them."""
    return turn.heard.words.strip()[:LONGEST_REASON]


def title_of(turn: Turn, assignment: Assignment) -> str:
    """A unit's title; one that is no longer taught keeps its name."""
    unit = turn.library.unit(assignment.unit)
    return turn.unit_title(unit) or assignment.unit


def _units(turn: Turn, person: Member) -> None:
    """The state of each unit, what is open first; no answers, no reports, no scores of questions."""
    theirs = of_now(turn, person)
    ready = delivery.ready(theirs, turn.today)
    done = sorted((a for a in theirs if a.completed_at), key=lambda a: (a.completed_at, a.id), reverse=True)
    exempt = [a for a in theirs if a.exempt and not a.completed_at]
    found: Sequence[Assignment] = [*ready, *exempt, *done]
    page = max(0, min(turn.tap.choice, (len(found) - 1) // UNITS_A_PAGE))
    shown = found[page * UNITS_A_PAGE : (page + 1) * UNITS_A_PAGE]
    may_undo = access.may_act(turn.learner, "exempt", person.id, turn.store.above(person.id))
    zone = turn.learner.time_zone
    units = [
        (
            one,
            title_of(turn, one),
            delivery.local(one.completed_at, zone).date() if one.completed_at else None,
        )
        for one in shown
    ]
    turn.show(
        "team_units", person=person, units=units, page=page,
        last=(page + 1) * UNITS_A_PAGE >= len(found), may_undo=may_undo, count=len(found), first=page * UNITS_A_PAGE,
    )  # fmt: skip


def _topics(turn: Turn, manager: Learner) -> None:
    """First answers of the whole team by topic, the hardest first; too few people are a dash."""
    topics = turn.library.content.topics
    figures = turn.store.ask(lambda c: store.topic_figures(c, manager.id, topics, turn.now))
    shown = sorted((f for f in figures if f.shows), key=lambda f: (f.right / f.answered, f.topic))
    hidden = [f for f in figures if not f.shows]
    turn.show(
        "team_topics", manager=manager, shown=[(figure, topic_title(turn, figure.topic)) for figure in shown],
        hidden=[topic_title(turn, figure.topic) for figure in hidden],
    )  # fmt: skip


def _below(turn: Turn, manager: Learner) -> None:
    """The teams of those who report to this manager."""
    found = [member for member in rules.by_name(members_of(turn, manager)) if member.manages]
    page = max(0, min(turn.tap.choice, (len(found) - 1) // rules.PAGE))
    shown = found[page * rules.PAGE : (page + 1) * rules.PAGE]
    teams = []
    for member in shown:
        theirs = turn.store.ask(partial(store.members, manager_id=member.id, today=turn.today))
        teams.append((member, rules.overview(theirs, turn.today)))
    turn.show(
        "team_below", manager=manager, teams=teams, page=page, first=page * rules.PAGE,
        last=(page + 1) * rules.PAGE >= len(found),
    )  # fmt: skip
