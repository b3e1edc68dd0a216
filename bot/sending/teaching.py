"""What trainers are shown: how lessons, stories and their questions do, counted from a read snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.say import Spoken
from bot.rules import access, feedback
from bot.rules.curriculum import Unit
from bot.rules.feedback import Line, Rated, Share
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.sending.outbox import Skip
from bot.sending.shop import Call
from bot.store import feedback as kept_feedback
from bot.store.snapshot import Snapshot

PAGE = 6
"""Lessons on one screen, so that each has a digit of its own in one row."""
WISHES = ("items",)


@dataclass(frozen=True, slots=True)
class Teaching:
    """Makes these messages; `say` names a template and its reader."""

    say: Callable[..., Spoken]
    unit: Callable[[str], Unit | None]

    def make(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        """The call for the wish; the right is asked again."""
        if not access.may_use(learner, "items"):
            raise Skip("the right is gone")
        args = posting.wish_args
        spoken = self._one(kept, learner, args["unit"]) if args["unit"] else self._list(kept, learner, args)
        if args["message_id"]:
            return "editMessageText", spoken.edit(posting.chat_id, args["message_id"]), {}
        return "sendMessage", spoken.params(posting.chat_id), {}

    def _list(self, kept: Snapshot, learner: Learner, args: Mapping[str, Any]) -> Spoken:
        """Lessons and stories, the weakest first; a page beyond the end is the last one."""
        shares, rated = kept.ask(kept_feedback.shares), kept.ask(kept_feedback.ratings)
        units = {slug: unit for slug in args["units"] if (unit := self.unit(slug)) is not None}
        lines = feedback.weakest_first(
            Line(slug, _together(unit, shares), rated.get(slug, Rated())) for slug, unit in units.items()
        )
        pages = max(1, -(-len(lines) // PAGE))
        page = min(args["page"], pages - 1)
        shown = lines[page * PAGE : (page + 1) * PAGE]
        return self.say(
            "items", learner, lines=[(line, units[line.name]) for line in shown], page=page, pages=pages,
            unread=kept.ask(kept_feedback.unread), fewest=feedback.FEWEST,
        )  # fmt: skip

    def _one(self, kept: Snapshot, learner: Learner, slug: str) -> Spoken:
        """The questions of one lesson or story, the weakest first."""
        unit = self.unit(slug)
        if unit is None:
            raise Skip("no longer taught")
        shares, rated = kept.ask(kept_feedback.shares), kept.ask(kept_feedback.ratings)
        lines = feedback.weakest_first(Line(item.id, shares.get(item.id, Share())) for item in unit.items)
        items = {item.id: item for item in unit.items}
        return self.say(
            "items_unit", learner, unit=unit, rated=rated.get(slug, Rated()), fewest=feedback.FEWEST,
            lines=[(line, items[line.name]) for line in lines],
        )  # fmt: skip


def _together(unit: Unit, shares: dict[str, Share]) -> Share:
    """All its questions as one, without those that too few people have met."""
    met = (shares.get(item.id, Share()) for item in unit.items)
    return sum((share for share in met if share.is_shown), Share())
