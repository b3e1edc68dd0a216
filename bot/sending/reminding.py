"""Reminders, digests and what goes to others, made when they are sent: as things stand then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.chat.say import Spoken
from bot.rules import access, delivery, reviewing
from bot.rules.attempt import Attempt
from bot.rules.calendar import DAY
from bot.rules.curriculum import Lesson
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.sending.outbox import NotNow, Skip
from bot.sending.shop import Shop
from bot.store import coaching, digests, newcomers, retakes
from bot.store.snapshot import Snapshot

MINUTES_A_LESSON = 2
QUESTIONS_A_MINUTE = 3


@dataclass(frozen=True, slots=True)
class Making:
    """One wish on its way to become a call."""

    workshop: Shop
    kept: Snapshot
    learner: Learner
    args: Mapping[str, Any]
    chat_id: int
    made_at_id: int

    @property
    def today(self) -> date:
        return delivery.local(self.workshop.now(), self.learner.time_zone).date()

    @property
    def days(self) -> Days:
        return self.workshop.days()

    def title(self, assignment: Assignment) -> str:
        unit = self.workshop.unit(assignment.unit)
        if unit is None:
            raise Skip("no longer taught")
        return unit.words[self.learner.language].title

    def say(self, name: str, **context: Any) -> Spoken:
        return self.workshop.say(name, self.learner, **context)

    def open_ones(self) -> dict[int, Assignment]:
        return {one.id: one for one in self.kept.assignments(self.learner.id) if one.is_open}


def make(workshop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> dict[str, Any]:
    """The parameters of sendMessage; raises `Skip` where it is no longer wanted, `NotNow` in quiet hours."""
    assert posting.wish is not None
    refuse_now(workshop, learner, keeps=posting.wish in KEEPS)
    making = Making(workshop, kept, learner, posting.wish_args, posting.chat_id, posting.id)
    return WISHES[posting.wish](making).params(posting.chat_id)


def refuse_now(workshop: Shop, learner: Learner, *, asked: bool = False, keeps: bool = False) -> None:
    """What comes by itself never comes at night, nor to somebody away, however late it is made.

    What a person `asked` for comes on a day of rest as well; what `keeps` comes when they are back.
    """
    now = workshop.now()
    if learner.unreachable:
        raise Skip(f"unreachable: {learner.unreachable}")
    here = delivery.local(now, learner.time_zone)
    why = workshop.days().why_still(learner, here.date())
    if why and not keeps and not (asked and why == "rest day"):
        raise Skip(why)
    if delivery.is_quiet(here) or (why and keeps):
        raise NotNow(why or "quiet hours", workshop.days().opens(learner, now) - now)


def _reminder(making: Making) -> Spoken:
    wanted = [making.args["assignment_id"], *making.args.get("others", ())]
    still = making.open_ones()
    left = [still[number] for number in wanted if number in still]
    if not left:
        raise Skip("no longer due")
    first, others, step = left[0], len(left) - 1, making.args["rung"]
    common = {"assignment": first, "title": making.title(first), "others": others}
    if step == "still-here":
        return making.say("still_here", **common)
    tells_on = making.days.next_day(making.learner, making.today + DAY)
    if step == "note":
        return making.say("note", goes_on=tells_on, **common)
    if step == "late-2":
        return making.say("reminder_last", tells_on=tells_on, manager=_manager(making), **common)
    now, zone = making.workshop.now(), making.learner.time_zone
    back, tomorrow = making.days.back_at(making.learner, now), making.days.next_day_at(
        making.learner, making.learner.lesson_at, now
    )  # fmt: skip
    return making.say(
        "reminder", rung=step, today_at=back if delivery.local(back, zone).date() == making.today else None,
        next_at=tomorrow, next_day=delivery.local(tomorrow, zone).date(), **common,
    )  # fmt: skip


def _manager(making: Making) -> str:
    """First name of a manager who can be told, or nothing."""
    manager = making.kept.learner(making.learner.manager_id or 0)
    return manager.first_name if manager is not None and manager.can_be_told else ""


def _team_late(making: Making) -> Spoken:
    """What is late in a team and how its new hires stand; of these the week's figures of the same day tell."""
    count, since = making.kept.late_below(making.learner.id)
    new = making.kept.ask(lambda c: newcomers.news(c, making.learner.id, making.today))
    if new and making.kept.ask(lambda c: digests.is_of_today(c, making.learner.id, making.today)):
        new = newcomers.News()
    if not (count or new):
        raise Skip("done meanwhile")
    return making.say("team_late", count=count, since=since, new=new)


def _waiting(making: Making) -> tuple[list[Assignment], Attempt | None, int]:
    """(lessons not begun, what stands open, its questions to go)."""
    fresh = [
        one
        for one in delivery.ready(list(making.open_ones().values()), making.today)
        if one.started_at is None
    ]
    open_one = next(iter(making.kept.open_attempts(making.learner.id)), None)
    left = len(open_one.queue) - open_one.number if open_one is not None and open_one.kind != "case" else 0
    return fresh, open_one, left


def _digest(making: Making) -> Spoken:
    fresh, standing, questions = _waiting(making)
    if not fresh and standing is None:
        raise Skip("nothing waits")
    minutes = max(1, MINUTES_A_LESSON * len(fresh) + -(-questions // QUESTIONS_A_MINUTE))
    since, until = (datetime.fromisoformat(making.args[name]) for name in ("since", "until"))
    return making.say(
        "digest", since=since, until=until, lessons=len(fresh), questions=questions, minutes=minutes,
        attempt=standing, assignment=fresh[0] if fresh else None,
        back_today=making.days.is_back_today(making.learner, making.workshop.now()),
    )  # fmt: skip


def _welcome_back(making: Making) -> Spoken:
    if making.kept.spoke_since(making.learner.id, making.made_at_id):
        raise Skip("they spoke first")
    return making.say("welcome_back", lessons=len(_waiting(making)[0]))


def _new_late(making: Making) -> Spoken:
    if not access.may_use(making.learner, "status"):
        raise Skip("the right is gone")
    if not making.kept.ask(lambda c: newcomers.unfinished(c, making.today)):
        raise Skip("done meanwhile")
    return making.say("new_late")


def _notice(making: Making) -> Spoken:
    if not access.may_use(making.learner, "notes"):
        raise Skip("the right is gone")
    return making.say("notice", assignment_id=making.args["assignment_id"])


def _review(making: Making) -> Spoken:
    """What waits now; nothing is said to whoever has looked at it meanwhile, or wants no reminders any more."""
    units = making.workshop.unit
    still = [
        one
        for one in making.kept.memories(making.learner.id)
        if isinstance(unit := units(one.lesson), Lesson) and unit.audience == making.learner.audience
    ]
    count = len(reviewing.for_today(still, making.today))
    if not count or not making.learner.reminders:
        raise Skip("nothing to look at again")
    return making.say("review_due", count=count)


def _retake(making: Making) -> Spoken:
    """Another set is open, unless it was begun or passed meanwhile."""
    attempt = making.kept.attempt(making.args["attempt"])
    if attempt is None:
        raise Skip("gone")
    tried = making.kept.ask(lambda c: retakes.finished(c, making.learner.id, attempt.kind, attempt.unit))
    begun = any(
        (a.kind, a.unit) == (attempt.kind, attempt.unit) for a in making.kept.open_attempts(making.learner.id)
    )
    title = making.args["titles"].get(making.learner.language)
    if begun or not title or tried[-1].id != attempt.id:
        raise Skip("begun meanwhile")
    return making.say("retake_open", attempt=attempt, title=title)


def _coach_wanted(making: Making) -> Spoken:
    """Somebody of their own asks for ten minutes; the topic is all that is told."""
    person = making.kept.learner(making.args["person"])
    if person is None or person.manager_id != making.learner.id or access.has_left(person):
        raise Skip("no longer theirs")
    return making.say(
        "coach_wanted", person=person, topic=making.args["topic"].get(making.learner.language, "")
    )


KEEPS = ("team_late", "notice", "digest", "new_late", "retake", "coach_wanted")
"""What is about others, or about more than one day, and is worth as much a day later."""
WISHES: Mapping[str, Callable[[Making], Spoken]] = {
    "reminder": _reminder, "team_late": _team_late, "digest": _digest, "welcome_back": _welcome_back,
    "notice": _notice, "new_late": _new_late, "review_due": _review, retakes.WISH: _retake, coaching.WISH: _coach_wanted,
}  # fmt: skip


def folded(making: Making) -> dict[str, Any]:
    """What a lesson's message says beside the lesson: the reminder that rides in it."""
    still = making.open_ones()
    left: Sequence[Assignment] = [still[n] for n in making.args.get("reminded", ()) if n in still]
    if not left:
        return {}
    return {
        "also": left[0],
        "also_title": making.title(left[0]),
        "others": len(left) - 1,
        "rung": making.args["rung"],
    }
