"""lessons/holidays.yaml: what it says, and what `check` says about it."""

from datetime import date

import pytest

from bot.content import check, load
from bot.shipped import content_root
from tests.content.small import Small

PATH = "lessons/holidays.yaml"
GOOD = """\
sources:
  cn-2026: {says: The notice, url: "https://authority.example", checked_on: 2026-11-25, confirmed: true}
days:
  - {place: CN, name: {en: Labour Day, zh-Hans: 劳动节}, from: 2026-05-01, until: 2026-05-05, working: [2026-05-09], source: cn-2026}
"""


def test_a_range_and_a_worked_saturday_are_read(small: Small) -> None:
    small.write(PATH, GOOD)
    calendar = load(small.root).calendar
    assert [calendar.is_working_day(date(2026, 5, day), "CN") for day in (4, 5, 6, 9, 10)] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("old", "new", "line_and_column", "code"),
    [
        ("place: CN, ", "", "4:5", "missing-key"),
        ("place: CN", "place: any", "4:6", "value"),
        ("place: CN", "place: China", "4:13", "value"),
        (", zh-Hans: 劳动节", "", "4:23", "missing-language"),
        ("from: 2026-05-01", "from: 1 May", "4:61", "date"),
        ("until: 2026-05-05", "until: 2026-04-05", "4:73", "date"),
        ("until: 2026-05-05", "until: 2026-06-05", "4:73", "date"),
        ("[2026-05-09]", "[2026-05-08]", "4:102", "date"),
        ("[2026-05-09]", "[2026-05-02]", "4:102", "date"),
        ("[2026-05-09]", "[Saturday]", "4:102", "date"),
        ("source: cn-2026}\n", "source: cn-2027}\n", "4:123", "unknown-source"),
        ("confirmed: true", "confirmed: perhaps", "2:100", "value"),
        ("checked_on: 2026-11-25, ", "", "2:12", "missing-key"),
        ("until:", "till:", "4:73", "unknown-key"),
    ],
)  # fmt: skip
def test_check_says_where_a_fault_stands(
    small: Small, old: str, new: str, line_and_column: str, code: str
) -> None:
    assert old in GOOD
    small.write(PATH, GOOD.replace(old, new, 1))
    assert (line_and_column, code) in {
        (f"{fault.line}:{fault.column}", fault.code) for fault in small.check()
    }


def test_a_day_listed_twice_or_both_ways_is_a_fault(small: Small) -> None:
    entry = GOOD.splitlines()[3] + "\n"
    small.write(PATH, GOOD + entry)
    assert "duplicate-id" in small.codes()
    small.write(
        PATH, GOOD + entry.replace("05-01", "05-09").replace("05-05", "05-09").replace("[2026-05-09]", "[]")
    )
    assert small.codes() == {"value"}


def test_a_release_asks_for_what_was_only_counted_and_says_where_the_calendar_ends(small: Small) -> None:
    small.write(PATH, GOOD.replace("confirmed: true", "confirmed: false"))

    def said(today: date) -> set[str]:
        found = check(small.root, release=True, today=today)
        return {fault.sentence.split(";")[0] for fault in found if fault.code == "holidays"}

    assert said(date(2026, 6, 1)) == {"The days of “cn-2026” are counted, not confirmed"}
    assert "The calendar of CN ends on 2026-12-31" in said(date(2026, 11, 25))


def test_the_holidays_we_ship_are_those_that_were_published() -> None:
    calendar = load(content_root()).calendar
    assert calendar.places == ["CN", "HK", "SG", "TW"]
    worked = [day for day in sorted(calendar.working["CN"]) if day.year == 2026]
    assert [f"{day:%m-%d}" for day in worked] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    off = {
        place: sum(d.weekday() < 5 and d.year == 2026 for d in calendar.holidays[place])
        for place in calendar.places
    }
    assert off == {"CN": 19, "HK": 14, "SG": 10, "TW": 16}
