"""The small Telegram: our own strict stand-in for the Bot API, with people on the other side."""

from bot.demo.telegram.core import SmallTelegram
from bot.demo.telegram.faults import Fault
from bot.demo.telegram.ledger import Call
from bot.demo.telegram.people import Chat
from bot.demo.telegram.rates import Rates
from bot.demo.telegram.refusals import Cut, Impossible
from bot.demo.telegram.webhook import Pace
from bot.demo.telegram.world import Attachment, Change, Group, Message, Person, Query

__all__ = [
    "Attachment",
    "Call",
    "Change",
    "Chat",
    "Cut",
    "Fault",
    "Group",
    "Impossible",
    "Message",
    "Pace",
    "Person",
    "Query",
    "Rates",
    "SmallTelegram",
]
