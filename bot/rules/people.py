"""Who learns here, and what their clock and place are."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal, Self

from bot.rules.curriculum import Audience

Pictures = Literal["light", "dark", "none"]
PICTURES: tuple[Pictures, ...] = ("light", "dark", "none")
Right = Literal["manager", "triager", "trainer", "administrator"]
GRANTED: tuple[Right, ...] = ("triager", "trainer", "administrator")
"""Rights that are granted by name; a manager's follow from the roster."""
JOBS = ("credit-officer", "customer-service", "it-ops", "collections", "manager")
LESSON_AT = time(9, 0)
"""The hour at which lessons come until somebody chooses another."""


@dataclass(frozen=True, slots=True)
class Learner:
    """An employee of the lender or the owner of a small firm."""

    id: int
    audience: Audience
    language: str
    time_zone: str
    name: str = ""
    staff_number: str | None = None
    department: str = ""
    job: str = ""
    manager_id: int | None = None
    hired_on: date | None = None
    place: str | None = None
    """ISO 3166 territory they chose; None: the one of their time zone."""
    lesson_at: time = LESSON_AT
    account_id: int | None = None
    """The Telegram account that speaks for them; its private chat has the same number."""
    joined_at: datetime | None = None
    left_on: date | None = None
    unreachable: str | None = None
    """Why messages do not arrive, when they do not."""
    rights: frozenset[Right] = frozenset()
    version: int = 0
    rest_days: frozenset[int] | None = None
    """Weekdays without a push, Monday 0; None: those of the audience."""
    reminders: bool = True
    """Off leaves the one before somebody else hears of it."""
    pictures: Pictures = "light"
    """What pictures look like; none: the words alone, which say the same."""
    paused_until: date | None = None
    """The first day on which things come again; due dates stay."""
    away_from: date | None = None
    away_until: date | None = None
    """The first day back from leave; due dates move behind it."""

    @property
    def first_name(self) -> str:
        """What a colleague would call them: a Chinese name whole, else the part not the surname."""
        if not self.name or any("\u4e00" <= letter <= "\u9fff" for letter in self.name):
            return self.name
        parts = self.name.split()
        return parts[-1] if len(parts) > 1 and parts[0] in SURNAMES else parts[0]

    @property
    def can_be_told(self) -> bool:
        """Whether a message to them would arrive, as far as we know."""
        return self.account_id is not None and self.left_on is None and self.unreachable is None

    def with_(self, **changes: object) -> Self:
        return replace(self, **changes)  # type: ignore[arg-type]


SURNAMES = frozenset(
    "Chen Lin Lim Tan Wong Wang Li Lee Ng Ong Zhang Zhao Zhou Huang Wu Liu Yang Xu Sun Ma Zhu Hu Guo He Gao Luo "
    "Goh Koh Teo Chua Cheung Chan Lau Leung Ho Yip Kwok".split()
)
"""Common Chinese surnames in Latin letters, which come first: “Chen Mei” is Mei."""
