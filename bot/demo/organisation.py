"""The sample organisation: a lender of thirty people in four departments, and twelve business owners."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from bot.demo.stage import Group
from bot.rules.people import Right
from bot.rules.roster import RosterLine

NAME = "Qingchuan Credit"
ZONE = "Asia/Shanghai"
Habit = Literal["prompt", "late", "slow", "halfway", "no stories", "stops", "blocks", "absent"]
"""How somebody takes to it: the same day, days later, half a lesson at a time, as far as the middle of a
story, only lessons, never again after the first day, blocks the bot, never yet."""
DECISIONS: dict[Habit, int] = {"no stories": 0, "halfway": 2}
"""How many decisions of stories somebody takes in all; the others take every one."""


@dataclass(frozen=True, slots=True)
class Employee:
    number: str
    name: str
    department: str
    job: str
    manager: str | None
    language: str
    joins: int
    """Day on which they open their invitation, counted from the first of the six weeks; 99: not yet."""
    habit: Habit = "prompt"
    skill: float = 0.8
    """Share of questions and decisions they get right."""
    hired: int = -400
    """Day on which they were hired, counted likewise."""
    zone: str = ZONE


@dataclass(frozen=True, slots=True)
class Scene:
    """Something a person does besides learning, on a day and at an hour of the six weeks."""

    key: str
    day: int
    at: time
    does: tuple[str | int, ...]
    """Words to type after “> ”; a button by its label, by its row, or by the line of a list that it stands for,
    where a unit's title is its slug in braces."""


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    """What Telegram calls them; the bot never keeps it."""
    language_code: str
    joins: int
    habit: Habit = "prompt"
    skill: float = 0.7


RISK, SERVICE, IT, COLLECTIONS = "Risk", "Customer service", "IT and operations", "Collections"

EMPLOYEES: tuple[Employee, ...] = (
    Employee("R01", "Lin Ling", RISK, "manager", "H01", "en", 0, skill=0.95),
    Employee("R02", "Chen Mei", RISK, "credit-officer", "R01", "en", 39, "absent", hired=42),
    Employee("R03", "赵启明", RISK, "credit-officer", "R01", "zh-Hans", 0),
    Employee("R04", "Priya Nair", RISK, "credit-officer", "R01", "en", 22, "no stories"),
    Employee("R05", "周雨桐", RISK, "credit-officer", "R01", "zh-Hans", 37, "halfway", 0.6),
    Employee("R06", "Daniel Okoro", RISK, "credit-officer", "R01", "en", 30),
    Employee("R07", "林怡君", RISK, "credit-officer", "R01", "zh-Hant", 2, zone="Asia/Taipei"),
    Employee("R08", "孙浩", RISK, "credit-officer", "R01", "zh-Hans", 3, "blocks"),
    Employee("R09", "Bo Larsen", RISK, "", "R01", "en", 0, skill=0.95),
    Employee("S01", "Omar Haddad", SERVICE, "manager", "H01", "en", 20, skill=0.9),
    Employee("S02", "吴婷", SERVICE, "customer-service", "S01", "zh-Hans", 21),
    Employee("S03", "Grace Lim", SERVICE, "customer-service", "S01", "en", 21, "late", 0.7),
    Employee("S04", "郑丽", SERVICE, "customer-service", "S01", "zh-Hans", 22),
    Employee("S05", "Ravi Menon", SERVICE, "customer-service", "S01", "en", 23, "slow"),
    Employee("S06", "黃志豪", SERVICE, "customer-service", "S01", "zh-Hant", 23, zone="Asia/Hong_Kong"),
    Employee("S07", "Sofia Reyes", SERVICE, "customer-service", "S01", "en", 24, hired=24),
    Employee("S08", "冯杰", SERVICE, "customer-service", "S01", "zh-Hans", 36, "stops", 0.5, hired=36),
    Employee("I01", "Ada Brandt", IT, "manager", None, "en", 0, skill=0.95),
    Employee("I02", "Tina Moreau", IT, "", "I01", "en", 0, skill=0.95),
    Employee("I03", "何磊", IT, "it-ops", "I01", "zh-Hans", 14),
    Employee("I04", "Jonas Weber", IT, "it-ops", "I01", "en", 15, "late", 0.9),
    Employee("H01", "Vera Lindqvist", "Business", "manager", None, "en", 0, "late", skill=0.9),
    Employee("I06", "Lucy Tan", IT, "it-ops", "I01", "en", 28, hired=28),
    Employee("C01", "许建国", COLLECTIONS, "manager", None, "zh-Hans", 31, "late"),
    Employee("C02", "Wei Jun", COLLECTIONS, "collections", "C01", "en", 32, skill=0.6),
    Employee("C03", "韩雪", COLLECTIONS, "collections", "C01", "zh-Hans", 32),
    Employee("C04", "Tomás Silva", COLLECTIONS, "collections", "C01", "en", 33, "slow", 0.7),
    Employee("C05", "邓超", COLLECTIONS, "collections", "C01", "zh-Hans", 35, "stops"),
    Employee(
        "C06", "葉家明", COLLECTIONS, "collections", "C01", "zh-Hant", 35, "late", zone="Asia/Hong_Kong"
    ),
    Employee("R10", "彭飞", RISK, "credit-officer", "R01", "zh-Hans", 99, hired=30),
)
OWNERS: tuple[Owner, ...] = (
    Owner("陈先生", "zh-hans", 41, "absent"),
    Owner("Nuria", "en", 2),
    Owner("马师傅", "zh-hans", 3, "late"),
    Owner("王老闆", "zh-hant", 5, "slow"),
    Owner("Bashir", "en", 7, skill=0.9),
    Owner("李姐", "zh-hans", 9),
    Owner("Helena", "en", 12, "stops"),
    Owner("老周", "zh-hans", 14, skill=0.5),
    Owner("Kwame", "en", 18, "late"),
    Owner("張太", "zh-hant", 20),
    Owner("小郭", "zh-hans", 25, "stops"),
    Owner("Ines", "en", 30, "slow"),
)
RIGHTS: tuple[tuple[str, Right], ...] = (("R09", "triager"), ("I02", "trainer"), ("I01", "administrator"))
SCENES: tuple[Scene, ...] = (
    Scene("R01", 1, time(9, 20), ("> /exempt", "Bo Larsen", "{unfreeze-fee-loan}", "Other", "> Reads such cases at the desk every day")),
    Scene("R04", 37, time(10, 5), ("Give a reason", "> Quarter-end files until Friday. I do it on Monday.")),
    Scene("R06", 37, time(17, 30), ("> /pause", "I'm on leave", "Tomorrow", 1)),
)  # fmt: skip
"""What some do besides learning."""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody one can be on the page."""

    key: str
    called: str
    role: str
    group: Group
    about: str


PARTS: tuple[Part, ...] = (
    Part("R02", "Mei", "Credit officer, first day", "learners", "Has two minutes on the bus. Her first lesson has just arrived."),
    Part("陈先生", "Mr Tan", "Owns a tyre shop, borrower", "learners", "Has just paid an “unfreeze fee” and wants his money back."),
    Part("R03", "赵启明", "Credit officer", "learners", "Learns in 简体中文, has done what was due."),
    Part("R07", "林怡君", "Credit officer in Taipei", "learners", "Learns in 繁體中文."),
    Part("R05", "周雨桐", "Credit officer", "learners", "Left a story half-way; it waits where she stopped."),
    Part("王老闆", "王老闆", "Runs a noodle shop, borrower", "learners", "Learns one short lesson a week in 繁體中文."),
    Part("Bashir", "Bashir", "Repairs phones, borrower", "learners", "Has read the basics and played the story."),
    Part("R01", "Ling", "Manager, Risk", "manager", "Sees what her own team has done, never an answer."),
    Part("S01", "Omar", "Manager, Customer service", "manager", "Sees his own team, and nothing of Ling's."),
    Part("H01", "Vera", "Head of business", "manager", "Ling and Omar report to her; she sees both teams."),
    Part("R09", "Bo", "Compliance desk", "desk", "Reads what people report, once reports are there."),
    Part("I02", "Tina", "Trainer", "trainer", "Writes the lessons."),
    Part("I01", "Ada", "Administrator", "administrator", "Keeps the roster and the rights."),
)  # fmt: skip
FIRST_ACCOUNT = 700_000_001


def account_of(key: str) -> int:
    """The Telegram account of an employee (by number) or an owner (by name)."""
    keys = [employee.number for employee in EMPLOYEES] + [owner.name for owner in OWNERS]
    return FIRST_ACCOUNT + keys.index(key)


def roster(first_day: date) -> list[RosterLine]:
    """The lines HR would import, days counted from the first of the six weeks."""
    return [
        RosterLine(
            one.number, one.name, one.department, one.job, one.manager, first_day + timedelta(days=one.hired),
            one.language, one.zone,
        )
        for one in EMPLOYEES
    ]  # fmt: skip
