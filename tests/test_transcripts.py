"""Chats as people see them, written down in `tests/transcripts/` and played again; `--update` writes them anew.

The first line says who, as what, in which language and when it begins. Then, line by line:
`> words` somebody writes, `> [Label]` taps (a button that is gone is tapped as it was),
`@ Ada is over Ling, Omar` before anything else: who reports to whom,
`* Tuesday 09:00` time passes, `~ Tuesday 09:00` it passes and the bot was away, `= Ling` somebody else goes on. The bot's lines follow by themselves:
`< ` a message, new or changed, its buttons below, `! ` a word that fades.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo.telegram import Message
from tests.cast import (
    ADA,
    BO,
    CAST,
    LING,
    MEI,
    OMAR,
    SANA,
    STAFF,
    TAN,
    TINA,
    WEI,
    ZONE,
    Chat,
    Clock,
    Someone,
    World,
    labels_of,
    playing,
)

FOLDER = Path(__file__).parent / "transcripts"
WHO = {
    "Mei": MEI, "Ling": LING, "Wei": WEI, "Omar": OMAR, "Sana": SANA, "Bo": BO, "Tina": TINA, "Ada": ADA, "Mr Tan": TAN,
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HEAD = re.compile(
    r"# (?P<who>[\w ]+), (?P<what>\w+), (?P<language>[\w-]+), (?P<day>\w+) (?P<hour>\d\d:\d\d)\. .+"
)
MONDAY = datetime(2026, 11, 30, tzinfo=ZoneInfo(ZONE))


def clock_at(after: datetime, day: str, hour: str) -> datetime:
    """The next such day and hour, or this very one."""
    here = after.astimezone(ZoneInfo(ZONE))
    hours, minutes = map(int, hour.split(":"))
    at = here.replace(hour=hours, minute=minutes) + timedelta(days=(DAYS.index(day) - here.weekday()) % 7)
    return at if at >= here else at + timedelta(days=7)


@dataclass
class Transcript:
    """A chat being played, and what was written down of it."""

    world: World
    who: Someone
    written: list[str] = field(default_factory=list)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    buttons: dict[str, tuple[Message, str]] = field(default_factory=dict)

    @property
    def chat(self) -> Chat:
        return self.world.chat(self.who)

    async def play(self, line: str) -> None:
        """Do what one line says and write down what is seen then."""
        self.written.append(line)
        toast = None
        if line.startswith("> ["):
            toast = await self._tap(line.removeprefix("> [").removesuffix("]"))
        elif line.startswith("> "):
            await self._say(line.removeprefix("> "))
        elif line.startswith("* "):
            _, day, hour = line.split(" ")
            await self.world.move(clock_at(self.world.clock(), day, hour))
        elif line.startswith("~ "):
            _, day, hour = line.split(" ")
            await self.world.come_back(clock_at(self.world.clock(), day, hour))
        elif line.startswith("= "):
            self.who = WHO[line.removeprefix("= ")]
        else:
            raise AssertionError(f"not a line of a transcript: {line!r}")
        await self.world.carry_out()
        if toast:
            self.written.append(f"! {toast}")
        self.written += self.news()

    async def _say(self, words: str) -> None:
        if "{invitation}" in words:
            words = words.replace("{invitation}", await self.world.invite(self.who))
        await self.chat.say(words)

    async def _tap(self, label: str) -> str | None:
        for message in reversed(self.chat.messages):
            for row in message.keyboard or []:
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return await self.chat.tap_data(button["callback_data"], message)
        message, data = self.buttons[label]
        return await self.chat.tap_data(data, message, forge=True)

    def news(self) -> Iterator[str]:
        """What this person sees that was not there before."""
        for message in self.chat.messages:
            key, seen = (message.chat_id, message.message_id), as_lines(message)
            before, self.shown[key] = self.shown.get(key), "\n".join(seen)
            lost_its_buttons = (
                before is not None and message.text.split("\n")[0] in before and not message.keyboard
            )
            if message.by_bot and before != self.shown[key] and not lost_its_buttons:
                yield f"< {seen[0]}"
                yield from (f"  {line}".rstrip() for line in seen[1:])
            for row in message.keyboard or []:
                for button in row:
                    if "callback_data" in button:
                        self.buttons[button["text"]] = message, button["callback_data"]


def as_lines(message: Message) -> list[str]:
    """A message as it stands in a transcript: its words, its file, a line for each row of buttons."""
    lines = message.text.split("\n")
    if message.attachment is not None:
        lines[:0] = [f"({message.attachment.name or message.attachment.kind})"]
    return lines + [" ".join(f"[{label}]" for label in row) for row in labels_of(message)]


def reports(line: str) -> Iterator[tuple[str, str]]:
    """(manager, person) of a line like “@ Ada is over Ling, Omar”."""
    manager, people = line.removeprefix("@ ").split(" is over ")
    yield from ((manager, person) for person in people.split(", "))


def as_told(someone: Someone, language: str, under: dict[str, Someone]) -> Someone:
    """Somebody of the roster in the language of the transcript, under the manager it names."""
    manager = next(
        (boss.staff_number for name, boss in under.items() if WHO[name] is someone), someone.manager
    )
    return replace(someone, language=language, manager=manager)


async def replayed(text: str, url: str, folder: Path) -> str:
    """The transcript as it plays now, from its own lines."""
    first, *lines = text.rstrip("\n").split("\n")
    head = HEAD.fullmatch(first)
    assert head is not None, f"the first line says who, as what, in which language and when: {first!r}"
    who, language = WHO[head["who"]], head["language"]
    assert head["what"] == ("employee" if who.staff_number else "borrower")
    over = [line for line in lines if line.startswith("@ ")]
    under = {below: WHO[over_them] for line in over for over_them, below in reports(line)}
    begins = clock_at(MONDAY, head["day"], head["hour"])
    acts = [line for line in lines if line[:2] in ("> ", "* ", "= ", "~ ")]
    async with playing(url, folder, clock=Clock(begins)) as world:
        for someone in CAST:
            world.telegram.person(someone.account).language_code = language.lower()
        await world.roster(*[as_told(someone, language, under) for someone in STAFF])
        if not acts[0].startswith("> /start"):
            others = {
                WHO[line.removeprefix("= ")].name: WHO[line.removeprefix("= ")]
                for line in acts
                if line[0] == "="
            }
            await world.arrive(who, *others.values())
        transcript = Transcript(world, who, [first, *over])
        list(transcript.news())
        for line in acts:
            await transcript.play(line)
    return "\n".join(transcript.written) + "\n"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_a_chat_goes_as_it_is_written_down(
    file: Path, sqlite_url: Callable[[], str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = file.read_text(encoding="utf-8")
    now = asyncio.run(replayed(text, sqlite_url(), tmp_path))
    if request.config.getoption("--update"):
        file.write_text(now, encoding="utf-8")
    else:
        assert now.split("\n") == text.split("\n")


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 6
