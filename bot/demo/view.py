"""The demo as it stands now, told to the page: its people, a chat, the clock."""

import secrets

from starlette.exceptions import HTTPException

from bot.demo import shown
from bot.demo.shown import Json
from bot.demo.stage import Stage, StagePerson
from bot.demo.telegram import Chat, Message, SmallTelegram

AT_ONCE = 60
"""Messages handed over together; older ones come when asked for."""
CALLS = 120


class View:
    """Looks at the stage and the small Telegram, and remembers how far each chat was read."""

    def __init__(self, telegram: SmallTelegram, stage: Stage) -> None:
        self.telegram = telegram
        self.stage = stage
        self.boot = secrets.token_hex(8)
        self._seen: dict[int, int] = {}
        self._cast: list[StagePerson] = []

    def cast(self, *, afresh: bool = False) -> list[StagePerson]:
        """Everybody on the stage; asked for afresh where it may have changed, as that reads the database."""
        if afresh or not self._cast:
            self._cast = self.stage.people()
        return self._cast

    async def everything(self) -> Json:
        """What the page needs first."""
        return {
            "boot": self.boot,
            "zone": self.stage.organisation_zone,
            "people": self.people(afresh=True),
            "clock": await self.clock(),
        }

    def people(self, *, afresh: bool = False) -> list[Json]:
        """Everybody one can be."""
        return [self.person(one) for one in self.cast(afresh=afresh)]

    def person(self, one: StagePerson) -> Json:
        """Somebody, and what stands last in their chat."""
        return shown.person(one, self.telegram.chat(one.id), self._seen.get(one.id, 0))

    def chat_of(self, person: int) -> Chat:
        """The chat of somebody on the stage, or a 404."""
        for afresh in (False, True):
            if any(one.id == person for one in self.cast(afresh=afresh)):
                return self.telegram.chat(person)
        raise HTTPException(404, "Nobody here has that number.")

    def chat(self, person: int, before: int | None) -> Json:
        """The newest messages of a chat, or those before one of them."""
        chat = self.chat_of(person)
        messages = [one for one in chat.messages if before is None or one.message_id < before]
        return {
            "messages": [self.message(chat, one) for one in messages[-AT_ONCE:]],
            "more": len(messages) > AT_ONCE,
            "commands": chat.menu,
            "pinned": self.pinned(chat),
            "typing": chat.action is not None,
            "blocked": chat.person.blocked,
            "description": chat.description,
            "calls": [shown.call(one) for one in self.telegram.calls(chat_id=person)[-CALLS:]],
        }

    def message(self, chat: Chat, one: Message) -> Json:
        """One bubble of a chat."""
        around = {each.message_id: each for each in chat.messages}
        is_read = one.by_bot or any(
            each.by_bot and each.message_id > one.message_id for each in chat.messages
        )
        return shown.message(one, around, is_read=is_read)

    def pinned(self, chat: Chat) -> Json | None:
        """The card on top of a chat."""
        return self.message(chat, chat.pinned) if chat.pinned is not None else None

    def summary(self, chat: Chat) -> Json:
        """The line of a chat in the list of people."""
        return shown.summary(chat, self._seen.get(chat.person.id, 0))

    def mark_seen(self, person: int) -> None:
        """Somebody's chat is on screen now."""
        chat = self.chat_of(person)
        self._seen[person] = chat.messages[-1].message_id if chat.messages else 0

    async def clock(self) -> Json:
        """The simulated instant, and the next message planned."""
        due = await self.stage.next_delivery()
        return {
            "now": self.stage.now().isoformat(),
            "next": due and due.isoformat(),
            "running": self.stage.is_running,
        }
