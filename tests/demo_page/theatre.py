"""A stage with a small cast and a toy bot that answers taps, served on a port of this machine."""

import asyncio
import contextlib
import html
import socket
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import uvicorn

from bot.demo.page import create_page
from bot.demo.stage import Moved, StagePerson
from bot.demo.telegram import SmallTelegram

T = TypeVar("T")
MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 09:00 in Singapore
ZONE = "Asia/Singapore"
MEI, TAN, LING, BO, WEI = 101, 102, 103, 104, 105

CAST = [
    StagePerson(MEI, "Chen Mei", "Mei", "Credit officer, two months in", "learners", "en", ZONE, "CM",
                "Reads on the bus, two minutes at a time.", manager_id=LING),
    StagePerson(TAN, "陈先生", "Mr Tan", "Owns a tyre shop, borrower", "learners", "zh-Hans", "Asia/Shanghai", "陈",
                "Has just paid a fee to a lender who called him."),
    StagePerson(WEI, "王偉", "Wang Wei", "Bakery owner, borrower", "learners", "zh-Hant", "Asia/Taipei", "偉",
                "Has never written to the bot."),
    StagePerson(LING, "Lin Ling", "Ling", "Manager, risk team", "manager", "en", ZONE, "LL",
                "Between two meetings; sees her own team only."),
    StagePerson(BO, "Bo Larsen", "Bo", "Compliance desk", "desk", "en", ZONE, "BL", "Four cases at 07:40."),
]  # fmt: skip

LESSON = [
    "<b>Never pay before you receive · 1/4</b>\n\nMonday, 14:20. A man who knows your name says a loan of 60,000 is approved.",
    (
        "<b>Never pay before you receive · 2/4</b>\n\nOne thing first: 1,980, “refunded with the loan”. "
        "He waits on the line while you open your bank app.\n\n<blockquote>Pay today, the place is held until six.</blockquote>\n"
        "<b>Asking for the fee is the sign.</b> A real lender has no price for releasing a loan it has approved."
    ),
    "<b>Never pay before you receive · 3/4</b>\n\nLawful costs stand in the contract.",
]
QUESTION = "📝 <b>2/5 · A caller says 60,000 is approved and wants 1,980 first.</b> What do you do?"
RIGHT = (
    "✅ <b>Right: hang up and report it.</b>\nLawful costs stand in the contract and go to a named third party; "
    "none of them buys the release of a loan."
)


def keys(*rows: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]
    }


def card(number: int) -> tuple[str, dict[str, Any]]:
    back = [("‹ Back", f"card {number - 1}")] if number else []
    onward = [("Next ›", f"card {number + 1}")] if number < len(LESSON) - 1 else [("Question ›", "question")]
    return LESSON[number], keys(back + onward, [("✋ Report", "report"), ("Leave", "leave")])


@dataclass
class Theatre:
    """The stage the page sees, and the toy bot behind it."""

    at: datetime = MONDAY
    cast: list[StagePerson] = field(default_factory=lambda: list(CAST))
    is_running: bool = False
    telegram: SmallTelegram = field(init=False)
    url: str = ""
    due: datetime | None = MONDAY + timedelta(days=1)
    patience: float = 0.0
    loop: asyncio.AbstractEventLoop = field(init=False)

    def __post_init__(self) -> None:
        self.telegram = SmallTelegram(token="1:toy", now=self.now)
        for one in self.cast:
            code = {"zh-Hans": "zh-hans", "zh-Hant": "zh-hant"}.get(one.language, "en")
            self.telegram.add_person(one.id, one.called, language_code=code, started=one.id != WEI)

    # -- the stage

    @property
    def organisation_zone(self) -> str:
        return ZONE

    def now(self) -> datetime:
        return self.at

    def people(self) -> list[StagePerson]:
        return self.cast

    async def next_delivery(self) -> datetime | None:
        return self.due

    async def move(self, to: datetime) -> Moved:
        self.at = to
        if self.due is None or to < self.due:
            return Moved(0)
        self.due = None
        for person in (MEI, TAN, LING):
            await self.send(person, "⏰ <b>“Report it fast” is for today.</b>\nIt fits between two stops.")
        return Moved(3, {MEI: 1, TAN: 1, LING: 1})

    def real_time(self, on: bool) -> None:
        self.is_running = on

    def add_person(self, name: str, language: str) -> StagePerson:
        made = StagePerson(900 + len(self.cast), name, name, "Somebody new", "learners", language, ZONE,
                           name[0], "Has no history.")  # fmt: skip
        self.cast.append(made)
        self.telegram.add_person(made.id, name, language_code=language[:2])
        return made

    def now_do(self, act: Coroutine[Any, Any, T]) -> T:
        """Do something in the theatre's own loop, from the test's thread."""
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(10)

    # -- the toy bot

    async def call(self, method: str, **params: Any) -> Any:
        status, answer = await self.telegram.call(method, params, {})
        assert status == 200, answer
        return answer["result"]

    async def send(self, person: int, text: str, keyboard: dict[str, Any] | None = None, **more: Any) -> Any:
        if keyboard:
            more["reply_markup"] = keyboard
        return await self.call("sendMessage", chat_id=person, text=text, parse_mode="HTML", **more)

    async def set_up(self) -> None:
        for code, lines in MENUS.items():
            commands = [{"command": name, "description": words} for name, words in lines]
            await self.call("setMyCommands", commands=commands, language_code=code)
        self.at = MONDAY - timedelta(days=3)
        await self.send(MEI, "✅ <b>Done, and the reminders stop here.</b>")
        await self.send(
            LING,
            "<b>Risk team, 8 people</b>\n5 up to date, 2 due this week.",
            keys([("People", "p"), ("Export", "e")]),
        )
        await self.send(BO, "<b>New case. Open the desk.</b>", keys([("Open", "open")]))
        self.at = MONDAY
        await self.send(
            MEI, "📖 <b>Never pay before you receive</b>\nTwo minutes, by Friday.",
            keys([("Start", "card 0")], [("Later today", "later"), ("All due · 3", "due")], [("✋ Report", "report"), ("Menu", "menu")]),
        )  # fmt: skip
        await self.send(TAN, GREETING, GREETING_KEYS)

    async def work(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                await asyncio.sleep(self.patience)
                if "callback_query" in update:
                    await self.tapped(update["callback_query"])
                elif "message" in update:
                    await self.heard(update["message"])

    async def tapped(self, query: dict[str, Any]) -> None:
        person, message, data = query["from"]["id"], query["message"]["message_id"], query["data"]
        answer: dict[str, Any] = {"callback_query_id": query["id"]}
        if data.startswith("card "):
            await self.turn(person, message, *card(int(data[5:])))
        elif data == "question":
            await self.turn(person, message, QUESTION, keys(
                [("Pay, it is not much", "pay")], [("Take it off the loan", "off")], [("Hang up and report it", "hang")],
                [("✋ Report", "report"), ("Leave", "leave")]))  # fmt: skip
        elif data == "hang":
            await self.turn(
                person,
                message,
                RIGHT,
                keys([("Next question ›", "next")], [("✋ Report", "report"), ("Leave", "leave")]),
            )
        elif data == "report":
            answer |= {"text": "This button is no longer active. /learn goes on"}
        elif data == "due":
            answer |= {"text": "Only one lesson is due.", "show_alert": True}
        elif data == "leave":
            await self.turn(person, message, "📖 <b>Kept at card 2 of 4.</b> /learn brings you back.", None)
            await self.send(person, "Where to?", keys([("Menu", "menu")]))
        elif data == "e":
            await self.hand_over(person)
        await self.call("answerCallbackQuery", **answer)

    async def turn(self, person: int, message: int, text: str, keyboard: dict[str, Any] | None) -> None:
        more = {"reply_markup": keyboard} if keyboard else {}
        await self.call(
            "editMessageText", chat_id=person, message_id=message, text=text, parse_mode="HTML", **more
        )

    async def heard(self, message: dict[str, Any]) -> None:
        person = message["chat"]["id"]
        if message.get("text", "").startswith("/start"):
            await self.send(person, "Hello. I'm <b>Fraudwise</b>.", keys([("Start", "card 0")]))
        elif "document" in message or "photo" in message:
            await self.send(person, "Is this something <b>suspicious</b>?", protect_content=True)
        elif message.get("text") == "/export":
            await self.hand_over(person)
        else:
            await self.send(
                person, f"I can't chat freely. You wrote: <code>{html.escape(message.get('text', ''))}</code>"
            )

    async def photo(self, person: int, content: bytes) -> None:
        self.telegram.send_file(person, "shot.png", content, "image/png", as_photo=True)

    async def hand_over(self, person: int) -> None:
        params = {
            "chat_id": person,
            "document": "attach://file",
            "caption": "Completions, Risk team. 71 rows.",
        }
        content = "\ufeffname,passed\nMei,true\n".encode()
        status, answer = await self.telegram.call(
            "sendDocument", params, {"file": ("completions.csv", content, "text/csv")}
        )
        assert status == 200, answer


GREETING = (
    "<b>您好，我是 Fraudwise，帮生意人早点看穿贷款骗局。</b>\n每周一课，两分钟，免费。\n\n"
    "这里的记录不进贷款审批，也不拿您和别人比。我从不索要密码、验证码、卡号和证件号。"
)
GREETING_KEYS = keys(
    [("看第一课", "card 0")], [("☎️ 我刚把钱转出去", "paid")], [("English", "en"), ("繁體中文", "hant")],
    [("✋ 求助", "report"), ("我是员工", "staff")],
)  # fmt: skip
MENUS = {
    "": [("learn", "Go on with the next thing"), ("report", "Report, or get help"), ("progress", "Where I stand"),
         ("lessons", "All lessons"), ("cases", "Stories to play"), ("settings", "Language, hour, reminders"),
         ("help", "Everything I can do")],
    "zh": [("learn", "接着学"), ("report", "报告可疑，或求助"), ("cases", "案例"), ("settings", "语言、时间、提醒"), ("help", "全部功能")],
}  # fmt: skip


@contextlib.contextmanager
def playing(theatre: Theatre | None = None, port: int = 0) -> Iterator[Theatre]:
    """Serve the page and let the toy bot work, in a thread with a loop of its own."""
    theatre = theatre or Theatre()
    listener = socket.create_server(("127.0.0.1", port))
    theatre.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    config = uvicorn.Config(
        create_page(theatre.telegram, theatre), log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    ready = threading.Event()

    async def run() -> None:
        theatre.loop = asyncio.get_running_loop()
        await theatre.set_up()
        worker = asyncio.create_task(theatre.work())
        ready.set()
        try:
            await server.serve(sockets=[listener])
        finally:
            worker.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(10)
        yield theatre
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
