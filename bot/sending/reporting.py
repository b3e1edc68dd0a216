"""Messages about a team, and to its people, made when they are claimed: as things stand then."""

from datetime import timedelta

from bot.rules import access, delivery, team
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.sending.outbox import Skip
from bot.sending.shop import Call, Shop
from bot.store import digests, newcomers
from bot.store import team as store
from bot.store.snapshot import Snapshot


def asked(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    """A manager's reminder: no longer wanted once it is done, or on leave, or when quiet is wanted."""
    _wanted(shop, learner)
    return _about(shop, kept, posting, learner, "asked")


def given(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    """Something new on the list, by whom, by when and why."""
    args = posting.wish_args
    return _about(
        shop,
        kept,
        posting,
        learner,
        "given",
        manager=_name(kept, args["by"]),
        why=args["why"],
        reason=args["reason"],
    )


def unexempted(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    return _about(shop, kept, posting, learner, "unexempted")


def exempted(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    """What is off the list, with the reason as it is kept; nothing when it was taken back meanwhile."""
    ids = set(posting.wish_args["assignments"])
    found = [one for one in kept.assignments(learner.id) if one.id in ids and one.exempt]
    if not found:
        raise Skip("no longer so")
    titles = [title(shop, one, learner) for one in found]
    spoken = shop.say(
        "exempted", learner, titles=titles, reason=found[0].exempt_reason, note=found[0].exempt_note or "",
        manager=_name(kept, posting.wish_args["by"]),
    )  # fmt: skip
    return "sendMessage", spoken.params(posting.chat_id), {}


ALL_DONE_EVERY = timedelta(days=27)
"""A team that has nothing open is worth a line once in four weeks, not every Monday."""


def team_digest(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    """The week's figures of a manager's own team; nothing where nothing is to be said."""
    if not access.may_see_team(learner, learner.id):
        raise Skip("the right is gone")
    today = delivery.local(shop.now(), learner.time_zone).date()
    found = team.overview(kept.ask(lambda c: store.members(c, learner.id, today)), today)
    own = kept.ask(lambda c: store.member(c, learner.id, today))
    told = (
        found.to_remind or found["unreachable"] or found["not joined"] or (own and own.state(today) == "late")
    )
    new = kept.ask(lambda c: newcomers.news(c, learner.id, today))
    if not found.people or own is None:
        raise Skip("nobody to tell of")
    if not (told or new) and kept.ask(lambda c: digests.has_had_one(c, learner.id, today - ALL_DONE_EVERY)):
        raise Skip("nothing new")
    spoken = shop.say("team_digest", learner, team=found, own=own, new=new)
    return "sendMessage", spoken.params(posting.chat_id), {}


def _about(
    shop: Shop, kept: Snapshot, posting: Posting, learner: Learner, template: str, **more: object
) -> Call:
    """A message about one assignment that is still open."""
    owed = kept.assignments(learner.id)
    found = next((one for one in owed if one.id == posting.wish_args["assignment_id"]), None)
    if found is None or not found.is_open:
        raise Skip("no longer due")
    now = shop.now()
    today = delivery.local(now, learner.time_zone).date()
    spoken = shop.say(
        template, learner, assignment=found, title=title(shop, found, learner),
        due_count=len(delivery.ready(owed, today)), back_today=shop.days().is_back_today(learner, now), **more,
    )  # fmt: skip
    return "sendMessage", spoken.params(posting.chat_id), {}


def _wanted(shop: Shop, learner: Learner) -> None:
    today = delivery.local(shop.now(), learner.time_zone).date()
    if learner.paused_until and today < learner.paused_until:
        raise Skip("paused")
    if learner.away_until and (learner.away_from or today) <= today < learner.away_until:
        raise Skip("on leave")


def title(shop: Shop, assignment: Assignment, learner: Learner) -> str:
    """A unit's title in the reader's language; one that is no longer taught keeps its name."""
    unit = shop.unit(assignment.unit)
    return unit.words[learner.language].title if unit is not None else assignment.unit


def _name(kept: Snapshot, learner_id: int) -> str:
    """A manager's first name."""
    manager = kept.learner(learner_id)
    return manager.first_name if manager is not None else ""
