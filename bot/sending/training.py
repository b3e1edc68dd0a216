"""The pinned card of one's training: made once, then changed in place whenever something is done or falls due."""

from bot.rules import delivery
from bot.rules.people import Learner
from bot.rules.progress import assigned
from bot.rules.sending import Posting
from bot.sending.outbox import Skip
from bot.sending.reporting import title
from bot.sending.shop import Call, Shop
from bot.store import cards
from bot.store.snapshot import Snapshot


def card(shop: Shop, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
    """A silent message to be pinned, or the change of the one that stands there; nothing where it would say the same."""
    if not cards.is_for(learner):
        raise Skip("not for business owners")
    owed = kept.assignments(learner.id)
    today = delivery.local(shop.now(), learner.time_zone).date()
    ready, units = delivery.ready(owed, today), assigned(owed, today)
    following = ready[0] if ready else delivery.upcoming(owed, today)
    spoken = shop.say(
        "training", learner, done=sum(is_done for is_done, _ in units.values()), of=len(units), due=len(ready),
        next=following, title=title(shop, following, learner) if following else "",
    )  # fmt: skip
    known = kept.ask(lambda c: cards.shown(c, learner.id, posting.chat_id))
    if known is None:
        if posting.wish_args.get("only") == "change":
            raise Skip("no card yet")
        return "sendMessage", spoken.params(posting.chat_id), {}
    edit = spoken.edit(posting.chat_id, known.message_id)
    if all(known.params.get(name) == edit.get(name) for name in ("text", "reply_markup")):
        raise Skip("it says so already")
    return "editMessageText", edit, {}
