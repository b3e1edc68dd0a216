"""What administrators are shown and told: the state of things, an alarm, and what became of their rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.say import Spoken
from bot.rules import access, delivery
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.rules.watching import LISTS, PAGE, List
from bot.sending.outbox import Skip
from bot.sending.shop import Call
from bot.store import newcomers, watching
from bot.store.snapshot import Snapshot


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
            new = kept.ask(lambda c: newcomers.unfinished(c, today.date()))
            spoken = self.say("status", learner, standing=kept.standing(now, today, len(new)))
        else:
            spoken = self._who(kept, learner, args["group"], args["page"], now)
        if args["message_id"]:
            return "editMessageText", spoken.edit(posting.chat_id, args["message_id"]), {}
        return _new(posting, spoken)

    def _who(self, kept: Snapshot, learner: Learner, number: int, wanted: int, now: datetime) -> Spoken:
        """One page of names; a page beyond the end is the last one."""
        name = LISTS[number - 1]
        count, page, people = self._names(kept, name, wanted, now)
        return self.say(
            "status_who", learner, people=people, group=name, page=page, number=number, count=count,
            pages=_pages(count),
        )  # fmt: skip

    def _names(
        self, kept: Snapshot, name: List, wanted: int, now: datetime
    ) -> tuple[int, int, list[tuple[Learner, Any]]]:
        """(how many, the page, its people with what is to be said beside each)."""
        today = delivery.local(now, self.zone)
        if name == "untold":
            count, people = kept.ask(lambda c: watching.untold(c, wanted))
            page = min(wanted, _pages(count) - 1)
            return count, page, people or kept.ask(lambda c: watching.untold(c, page))[1]
        if name == "new":
            new = kept.ask(lambda c: newcomers.unfinished(c, today.date()))
            page = min(wanted, _pages(len(new)) - 1)
            listed = kept.ask(lambda c: watching.page_of(c, list(new), page))
            return len(new), page, [(one, new[one.id]) for one in listed]
        count = kept.coverage(now, today).of(name)
        page = min(wanted, _pages(count) - 1)
        return count, page, [(one, None) for one in kept.who(name, page, now, today)]

    def _notice(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        args = posting.wish_args
        if posting.wish == "alarm" and kept.alarm() is None:
            raise Skip("it is over")  # the all-clear says since when it was
        began = datetime.fromisoformat(args["began"])
        return _new(
            posting, self.say(str(posting.wish), learner, began=began, ended=posting.due_at, why=args["why"])
        )


WISHES = ("status", "alarm", "all_clear", "right_changed")


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE))


def _new(posting: Posting, spoken: Spoken) -> Call:
    return "sendMessage", spoken.params(posting.chat_id), {}
