"""lessons/tracks: for whom, what days count from, quarters, sets, renewals, and what contradicts itself."""

import pytest

from bot.content import load
from bot.rules.curriculum import TrackUnit
from bot.rules.people import JOBS
from tests.cast import our_content
from tests.content.small import Small

ROLE = """\
audience: employee
for: credit-officer
anchor: enrolled
renews_after: 12 months
title: {en: Credit, zh-Hans: 信贷}
units:
  - {unit: surplus, after_days: 4, due_days: 9, set: first}
"""
YEAR = """\
audience: employee
anchor: calendar
title: {en: Every year, zh-Hans: 每年}
units:
  - {unit: surplus, quarter: 2}
"""


def test_a_track_of_a_job_is_read(small: Small) -> None:
    small.write("lessons/tracks/role.yaml", ROLE)
    track = load(small.root).tracks["role"]
    assert (track.whom, track.anchor, track.renews_after) == ("credit-officer", "enrolled", 12)
    assert track.units == (TrackUnit("surplus", 4, None, 9, set="first"),)


def test_a_year_goes_by_quarters_or_by_days_of_its_own(small: Small) -> None:
    small.write("lessons/tracks/year.yaml", YEAR)
    assert load(small.root).tracks["year"].units == (TrackUnit("surplus", 0, None, None, (4, 1), (6, 30)),)
    small.write("lessons/tracks/year.yaml", YEAR.replace("quarter: 2", 'opens: "11-15", closes: 12-15'))
    assert load(small.root).tracks["year"].units == (TrackUnit("surplus", 0, None, None, (11, 15), (12, 15)),)


@pytest.mark.parametrize(
    ("audience", "written", "whom", "anchor"),
    [
        ("employee", "", "everybody", "hired"),
        ("employee", "for: managers\n", "managers", "enrolled"),
        ("employee", "for: opt-in\n", "opt-in", "enrolled"),
        ("employee", "anchor: enrolled\n", "everybody", "enrolled"),
        ("borrower", "", "opt-in", "enrolled"),
    ],
)
def test_what_is_left_out_is_what_most_tracks_are(
    small: Small, audience: str, written: str, whom: str, anchor: str
) -> None:
    text = f"audience: {audience}\n{written}title: {{en: A, zh-Hans: 甲}}\nunits:\n  - {{unit: surplus, after_days: 0}}\n"
    small.write("lessons/tracks/more.yaml", text)
    track = load(small.root).tracks["more"]
    assert (track.whom, track.anchor) == (whom, anchor)


SPOILT: dict[str, tuple[str, str, str, str, str]] = {
    # name: (text, old, new, place, words of the sentence)
    "a track for nobody we know": (ROLE, "credit-officer", "cashier", "2:6", "is one of everybody, managers"),
    "the job of a manager": (ROLE, "credit-officer", "manager", "2:6", "is one of everybody, managers"),
    "borrowers who are told": (ROLE, "audience: employee", "audience: borrower", "2:1", "of their own accord"),
    "borrowers who are hired": (
        ROLE.replace("for: credit-officer\n", "").replace("audience: employee", "audience: borrower"),
        "anchor: enrolled", "anchor: hired", "2:1", "Borrowers are not hired",
    ),
    "an anchor we do not know": (ROLE, "anchor: enrolled", "anchor: birth", "3:9", "is one of hired, enrolled, calendar"),
    "a length in words": (ROLE, "12 months", "a year", "4:15", "as “12 months”"),
    "a length of no months": (ROLE, "12 months", "0 months", "4:15", "as “12 months”"),
    "a length in weeks": (ROLE, "12 months", "52 weeks", "4:15", "as “12 months”"),
    "a set with a blank": (ROLE, "set: first", "set: first day", "7:54", "is not a slug"),
    "a quarter where days count": (ROLE, "due_days: 9", "quarter: 1", "7:36", "Only a track with “anchor: calendar”"),
    "no days at all": (ROLE, "after_days: 4, due_days: 9, ", "", "7:5", "“after_days:” is missing"),
    "days where the year counts": (YEAR, "quarter: 2", "quarter: 2, after_days: 4", "5:33", "goes by the calendar"),
    "no day of the year": (YEAR, ", quarter: 2", "", "5:5", "“quarter:”, or “opens:” and “closes:”"),
    "a fifth quarter": (YEAR, "quarter: 2", "quarter: 5", "5:30", "from 1 to 4"),
    "a quarter and a day": (YEAR, "quarter: 2", "quarter: 2, opens: 04-15", "5:33", "The quarter says it already"),
    "a day without its end": (YEAR, "quarter: 2", "opens: 04-15", "5:5", "“closes:” is missing"),
    "an end before its day": (YEAR, "quarter: 2", "opens: 04-15, closes: 04-01", "5:35", "close before it opens"),
    "a day that not every year has": (YEAR, "quarter: 2", "opens: 02-29, closes: 04-01", "5:28", "not a day of every year"),
    "a day of no month": (YEAR, "quarter: 2", "opens: 04-31, closes: 05-01", "5:28", "not a day of every year"),
    "a year that is renewed": (YEAR, "anchor: calendar", "anchor: calendar\nrenews_after: 6 months", "3:15", "comes every year"),
    "a set in a year": (YEAR, "quarter: 2", "quarter: 2, set: first", "5:38", "the calendar has none"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_what_contradicts_itself_is_told_where_it_stands(small: Small, name: str) -> None:
    text, old, new, place, words = SPOILT[name]
    small.write("lessons/tracks/one.yaml", text)
    assert small.check() == []
    assert old in text
    small.write("lessons/tracks/one.yaml", text.replace(old, new, 1))
    told = [(f"{fault.line}:{fault.column}", fault.sentence) for fault in small.check()]
    assert any(at == place and words in sentence and sentence.endswith(".") for at, sentence in told), told


def test_the_units_of_a_set_come_on_one_day(small: Small) -> None:
    small.change("track", "weekday: monday}", "set: first}")
    small.change("track", "due_days: 9}", "due_days: 9, set: first}")
    assert [fault.sentence for fault in small.check()] == [
        "The units of the set “first” have to come on one day."
    ]
    small.change("track", "after_days: 7", "after_days: 0")
    assert small.check() == []


def test_a_set_has_three_units_at_most(small: Small) -> None:
    from bot.content.forms import Form
    from bot.content.places import Faults, Place
    from bot.content.tracks import _check_sets, _Row

    faults = Faults()
    rows = [_Row(TrackUnit(f"u{n}", 0, None, 0, set="first"), Place("t.yaml", n + 1)) for n in range(4)]
    _check_sets(Form(None, Place("t.yaml"), faults), rows)
    assert [(fault.line, fault.code) for fault in faults.sorted()] == [(4, "value")]


def test_our_tracks_serve_who_they_are_written_for() -> None:
    ours = our_content().tracks
    assert {track.whom for track in ours.values()} <= {"everybody", "managers", "opt-in", *JOBS}
    assert ours["new-hire"].units[0].set == "day-1"
    assert {unit.opens for unit in ours["all-staff-annual"].units} <= {(month, 1) for month in (1, 4, 7, 10)}
    assert all(track.units for track in ours.values()), "an empty track is not shipped"


TESTED = """\
audience: employee
for: credit-officer
title: {en: Credit, zh-Hans: 信贷}
units:
  - {unit: surplus, after_days: 4, due_days: 9}
test:
  title: {en: "Test: credit", zh-Hans: 信贷小测}
  after_days: 9
  due_days: 14
  tries: 3
  topics: {shopping: 1}
"""


def test_a_test_is_read_and_owed_last(small: Small) -> None:
    small.write("lessons/tracks/role.yaml", TESTED)
    content = load(small.root)
    track = content.tracks["role"]
    test = track.test
    assert test is not None and content.units["role-test"] is test and content.by_number[test.number] is test
    assert (test.topics, test.taught, test.tries, test.pass_mark) == ({"shopping": 1}, ("surplus",), 3, 80)
    assert test.words["zh-Hant"].title == "信貸小測"
    assert track.units[-1] == TrackUnit("role-test", 9, None, 14)


def test_the_tracks_pass_mark_is_that_of_its_test(small: Small) -> None:
    small.write("lessons/tracks/role.yaml", TESTED.replace("units:", "pass_mark: 90\nunits:"))
    test = load(small.root).tracks["role"].test
    assert test is not None and test.pass_mark == 90


def test_another_test_is_another_version_of_the_content(small: Small) -> None:
    small.write("lessons/tracks/role.yaml", TESTED)
    before = load(small.root).version
    small.write("lessons/tracks/role.yaml", TESTED.replace("tries: 3", "tries: 5"))
    assert load(small.root).version != before


UNTESTABLE: dict[str, tuple[str, str, str, str]] = {
    # name: (old, new, place, words of the sentence)
    "a topic nobody wrote": ("shopping: 1", "sailing: 1", "11:12", "no quiz file for the topic “sailing”"),
    "a bank too small": ("shopping: 1", "shopping: 2", "11:12", "have 2 questions on “shopping”; two different sets of 2 take 4"),
    "none of a topic": ("shopping: 1", "shopping: 0", "11:22", "from 1 to 20"),
    "no topic": ("{shopping: 1}", "{}", "11:3", "one topic at least"),
    "no title": ('  title: {en: "Test: credit", zh-Hans: 信贷小测}\n', "", "7:3", "“title:” is missing"),
    "no day": ("  after_days: 9\n", "", "7:3", "“after_days:” is missing"),
    "no try at all": ("tries: 3", "tries: 0", "10:10", "from 1 to 10"),
    "a day of the year": ("after_days: 9", "quarter: 1", "8:3", "Only a track with “anchor: calendar”"),
    "a word nobody reads": ("tries: 3", "attempts: 3", "10:3", "Nobody reads “attempts:”"),
    "business owners": (
        "audience: employee\nfor: credit-officer", "audience: borrower\nfor: opt-in", "6:1", "Borrowers have no pass mark",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNTESTABLE)
def test_what_is_wrong_with_a_test_is_told_where_it_stands(small: Small, name: str) -> None:
    old, new, place, words = UNTESTABLE[name]
    small.write("lessons/tracks/role.yaml", TESTED)
    assert small.check() == []
    assert old in TESTED
    small.write("lessons/tracks/role.yaml", TESTED.replace(old, new, 1))
    told = [(f"{fault.line}:{fault.column}", fault.sentence) for fault in small.check()]
    assert any(at == place and words in sentence and sentence.endswith(".") for at, sentence in told), told


TASKS = {"ordering", "numeric", "red-flags"}


def test_each_of_our_tracks_asks_for_three_things_to_be_done_and_not_only_known() -> None:
    """Guide row S94: mark the signs, put the steps in order, work out the figure."""
    ours = our_content()
    for track in ours.tracks.values():
        tasks = [item for unit in track.units for item in ours.units[unit.unit].items if item.type in TASKS]
        assert len(tasks) >= 3, track.slug


def test_each_procedure_is_put_in_order() -> None:
    """Guide row S80."""
    taught = {unit.slug: unit.items for unit in our_content().units.values() if "S80" in unit.covers}
    assert taught
    lacking = [slug for slug, items in taught.items() if not any(item.type == "ordering" for item in items)]
    assert lacking == []


def test_those_who_are_tested_have_a_test_and_business_owners_have_none() -> None:
    tested = {slug for slug, track in our_content().tracks.items() if track.test}
    assert {"new-hire", "all-staff-annual"} <= tested
    assert all(our_content().tracks[slug].audience == "employee" for slug in tested)
