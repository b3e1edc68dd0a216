"""What administrators are shown and told: the state of things, an alarm, and what became of their rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.say import Spoken
from bot.rules import access, delivery
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.rules.watching import GROUPS, PAGE
from bot.sending.outbox import Skip
from bot.store.snapshot import Snapshot

Call = tuple[str, dict[str, Any], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Makes these messages; `say` names a template and its reader."""

    say: Callable[..., Spoken]
    zone: str
    """The organisation's, whose days count."""

    def make(self, kept: Snapshot, posting: Posting, learner: Learner, now: datetime) -> Call:
        """The call for one of the wishes in `WISHES`; the right is asked again."""
        if posting.wish == "right_changed":
            args = posting.wish_args
            return _new(posting, self.say("right_changed", learner, right=args["right"], gives=args["gives"]))
        if not access.may_use(learner, "status"):
            raise Skip("the right is gone")
        if posting.wish == "status":
            return self._status(kept, posting, learner, now)
        return self._notice(kept, posting, learner)

    def _status(self, kept: Snapshot, posting: Posting, learner: Learner, now: datetime) -> Call:
        args, today = posting.wish_args, delivery.local(now, self.zone)
        if args["group"] == 0:
            spoken = self.say("status", learner, standing=kept.standing(now, today))
        else:
            group = GROUPS[args["group"] - 1]
            covered = kept.coverage(now, today)
            pages = max(1, -(-covered.of(group) // PAGE))
            page = min(args["page"], pages - 1)
            spoken = self.say(
                "status_who", learner, people=kept.who(group, page, now, today), group=group, page=page,
                number=args["group"], pages=pages, count=covered.of(group),
            )  # fmt: skip
        if args["message_id"]:
            return "editMessageText", spoken.edit(posting.chat_id, args["message_id"]), {}
        return _new(posting, spoken)

    def _notice(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        args = posting.wish_args
        if posting.wish == "alarm" and kept.alarm() is None:
            raise Skip("it is over")  # the all-clear says since when it was
        began = datetime.fromisoformat(args["began"])
        return _new(
            posting, self.say(str(posting.wish), learner, began=began, ended=posting.due_at, why=args["why"])
        )


WISHES = ("status", "alarm", "all_clear", "right_changed")


def _new(posting: Posting, spoken: Spoken) -> Call:
    return "sendMessage", spoken.params(posting.chat_id), {}
