"""Which tracks somebody is on and what these owe them when: joining late, changing jobs, the year's round."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest

from bot.rules import completion, tracks
from bot.rules.assignment import Assignment, latest
from bot.rules.attempt import Attempt
from bot.rules.calendar import Calendar
from bot.rules.curriculum import Content, Lesson, Track, TrackTest, TrackUnit
from bot.rules.people import Learner
from bot.rules.tracks import DayCount, Enrolment, Plan, Standing

MONDAY = date(2026, 3, 2)
JOINED = datetime(2026, 3, 2, 1, tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}" if len(text) == 5 else text)


def after(unit: str, days: int, due: int | None = None, **more: Any) -> TrackUnit:
    return TrackUnit(unit, days, None, due, **more)


def quarter(unit: str, number: int) -> TrackUnit:
    opens = (number * 3 - 2, 1)
    closes = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}[number]
    return TrackUnit(unit, 0, None, None, opens, closes)


def track(slug: str, *units: TrackUnit, **more: Any) -> Track:
    return Track(slug, 1, more.pop("audience", "employee"), {}, units, 80, **more)


def school(*them: Track) -> Content:
    taught = {unit.unit for one in them for unit in one.units}
    units = {slug: Lesson(slug, 1, "employee", (), "", (), {}, "v") for slug in taught}
    return Content(units, {}, {}, {}, {one.slug: one for one in them}, {}, {})


NEW = track(
    "new",
    after("report", 0, 1, set="day-1"),
    after("codes", 0, 1, set="day-1"),
    after("story", 3, 9),
    anchor="hired",
)
YEAR = track("year", quarter("mail", 1), quarter("phone", 2), quarter("report", 4), anchor="calendar")
CREDIT = track("credit", after("papers", 0, 4), after("codes", 5, 9), whom="credit-officer")
DESK = track("desk", after("caller", 0, 4), whom="customer-service", renews_after=12)
HEADS = track("heads", after("team", 0, 9), whom="managers")
BASICS = track("basics", after("fee", 0), TrackUnit("app", 4, 0, None), audience="borrower", whom="opt-in")
SCHOOL = school(NEW, YEAR, CREDIT, DESK, HEADS, BASICS)


def mei(**changes: Any) -> Learner:
    return Learner(1, "employee", "en", "UTC", account_id=1, joined_at=JOINED).with_(**changes)


@dataclass
class Life:
    """One learner through the days; what is owed is told in one line each."""

    content: Content = SCHOOL
    learner: Learner = field(default_factory=mei)
    today: date = MONDAY
    calendar: Calendar = field(default_factory=Calendar)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    assignments: dict[int, Assignment] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    again_on: date | None = None

    def __post_init__(self) -> None:
        self._ids = count(1)

    def level(self, **more: Any) -> Plan:
        standing = Standing(list(self.enrolments.values()), list(self.assignments.values()), self.attempts)
        days = DayCount.of(self.learner, self.calendar, "CN")
        plan = tracks.level(
            self.content, self.learner, standing, days, self.today, lambda: next(self._ids), **more
        )
        self.enrolments |= {one.id: one for one in (*plan.enrolled, *plan.enrolments)}
        self.assignments |= {one.id: one for one in (*plan.assigned, *plan.changed)}
        self.log += [note.kind for note in plan.notes]
        self.again_on = plan.again_on
        return plan

    def on(self, text: str, **changes: Any) -> "Life":
        """Go to a day, perhaps with another record, and level."""
        self.today = day(text)
        self.learner = self.learner.with_(**changes)
        self.level()
        return self

    def learn(self, unit: str, text: str) -> "Life":
        """Do a unit at noon of a day, as the journeys write it down."""
        noon = datetime.combine(day(text), time(12), UTC)
        self.attempts.append(
            Attempt(
                len(self.attempts) + 1,
                1,
                "lesson",
                unit,
                "v",
                noon,
                "done",
                asked=3,
                right=3,
                finished_at=noon,
            )
        )
        for one in latest(self.assignments.values(), unit):
            if one.completed_at is None:
                self.assignments[one.id] = one.begun(noon).done(noon, 100, "v")
        return self

    def owed(self, slug: str) -> list[str]:
        """unit, given → due, and what became of it; in track order, the rounds of a unit in theirs."""
        rows = [one for one in self.assignments.values() if one.track == slug]
        return [said(one) for one in sorted(rows, key=lambda one: (one.position, one.round))]

    @property
    def on_tracks(self) -> list[str]:
        return sorted(one.track for one in self.enrolments.values() if one.ended_on is None)


def said(one: Assignment) -> str:
    fate = "done" if one.completed_at else one.exempt_reason if one.exempt else "open"
    due = f"{one.due_on:%m-%d}" if one.due_on else "–"
    again = f" round {one.round}" if one.round else ""
    return f"{one.unit}{again} {one.assigned_on:%m-%d}→{due} {fate}"


def test_everybody_is_on_the_tracks_for_all_and_on_that_of_their_job() -> None:
    for changes, expected in (
        ({}, ["new", "year"]),
        ({"job": "credit-officer"}, ["credit", "new", "year"]),
        ({"job": "manager"}, ["heads", "new", "year"]),
        ({"rights": frozenset({"manager"}), "job": "customer-service"}, ["desk", "heads", "new", "year"]),
        ({"left_on": MONDAY}, []),
        ({"audience": "borrower"}, []),
    ):
        life = Life(learner=mei().with_(**changes))
        life.level()
        assert life.on_tracks == expected, changes


def test_a_new_hire_has_the_first_days_set_and_ten_working_days() -> None:
    life = Life().on("03-02")
    assert life.owed("new") == ["report 03-02→03-03 open", "codes 03-02→03-03 open", "story 03-05→03-13 open"]


def test_the_same_again_changes_nothing() -> None:
    life = Life(learner=mei(job="customer-service")).on("03-02")
    plan = life.level()
    assert (plan.enrolled, plan.enrolments, plan.assigned, plan.changed, plan.notes) == ([], [], [], [], [])


def test_who_joins_months_after_being_hired_is_late_with_nothing() -> None:
    life = Life(learner=mei(hired_on=day("2025-11-03")))
    life.level(arriving=True)
    assert life.owed("new")[0] == "report 03-02→03-03 open"
    assert all(one.due_on is None or one.due_on >= MONDAY for one in life.assignments.values())


def test_nothing_begins_before_a_hire_date_and_it_moves_with_it() -> None:
    life = Life(learner=mei(hired_on=day("03-16"))).on("03-02")
    assert life.owed("new")[0] == "report 03-16→03-17 open"
    assert life.on("03-05", hired_on=day("04-01")).owed("new")[0] == "report 04-01→04-02 open"
    assert life.on("03-30", hired_on=day("03-27")).owed("new")[0] == "report 03-30→03-31 open"
    assert life.on("04-02").owed("new")[0] == "report 03-30→03-31 open", "begun, it stays where it is"


def test_before_somebody_joins_their_manager_sees_what_they_will_owe_and_nothing_is_due() -> None:
    life = Life(learner=mei(joined_at=None, account_id=None)).on("03-02").on("03-20")
    assert life.owed("new") == ["report 03-02→– open", "codes 03-02→– open", "story 03-05→– open"]
    life.learner = mei(joined_at=JOINED)
    life.today = day("03-23")
    life.level(arriving=True)
    assert life.owed("new") == ["report 03-23→03-24 open", "codes 03-23→03-24 open", "story 03-26→04-03 open"]


def test_the_year_is_given_when_a_quarter_opens_and_due_when_it_closes() -> None:
    life = Life().on("03-02")
    assert life.owed("year") == ["mail 03-02→03-31 open"], "this quarter's, and what is still ahead later"
    assert life.again_on == day("04-01")
    life.on("03-31").on("04-01").on("10-01")
    assert life.owed("year") == ["mail 03-02→03-31 open", "phone 04-01→06-30 open", "report 10-01→12-31 open"]


def test_who_comes_near_a_quarters_end_has_ten_working_days_all_the_same() -> None:
    assert Life(today=day("03-30")).on("03-30").owed("year") == ["mail 03-30→04-10 open"]


def test_a_quarter_that_is_over_is_not_asked_of_late_comers() -> None:
    assert Life(today=day("07-06")).on("07-06").owed("year") == []


def test_the_year_comes_again_but_not_while_the_last_one_is_open() -> None:
    life = Life().on("03-02").learn("mail", "03-10").on("2027-01-01")
    assert life.owed("year")[:2] == ["mail 03-02→03-31 done", "mail round 1 01-01→03-31 open"]
    life = Life().on("03-02").on("2027-01-01")
    assert life.owed("year")[0] == "mail 03-02→03-31 open"
    assert life.again_on == day("2027-01-02"), "looked at daily until it is done"
    assert (
        life.learn("mail", "2027-02-01").on("2027-02-02").owed("year")[1] == "mail round 1 02-02→03-31 open"
    )


def test_what_was_learnt_in_the_twelve_months_before_counts_for_the_year_once() -> None:
    life = Life().on("03-02").learn("report", "03-02").on("10-01")
    assert life.owed("year")[-1] == "report 10-01→12-31 done"
    assert life.on("2027-10-01").owed("year")[-1] == "report round 1 10-01→12-31 open"


def test_a_unit_of_two_tracks_is_learnt_once() -> None:
    life = Life(learner=mei(job="credit-officer")).on("03-02").learn("codes", "03-02")
    assert "codes 03-02→03-03 done" in life.owed("new")
    assert "codes 03-09→03-13 done" in life.owed("credit")


def test_a_change_of_job_brings_what_is_missing_keeps_what_is_done_and_ends_what_is_open() -> None:
    life = Life(learner=mei(job="customer-service")).on("03-02").learn("codes", "03-03")
    life.on("05-04", job="credit-officer")
    assert life.owed("credit") == ["papers 05-04→05-08 open", "codes 05-11→05-15 done"]
    assert life.owed("desk") == ["caller 03-02→03-06 other role"]
    assert life.on_tracks == ["credit", "new", "year"]
    life.on("06-01", job="customer-service")
    assert life.owed("desk") == ["caller 06-01→06-05 open"], "back again, it counts from then"
    assert life.owed("credit") == ["papers 05-04→05-08 other role", "codes 05-11→05-15 done"]


def test_a_completion_of_an_earlier_job_stays_where_it_is() -> None:
    life = Life(learner=mei(job="customer-service")).on("03-02").learn("caller", "03-03").on("05-04", job="")
    assert life.owed("desk") == ["caller 03-02→03-06 done"]


def test_who_begins_or_ceases_to_manage_joins_or_leaves_the_managers_track() -> None:
    life = Life().on("03-02")
    assert life.on("03-09", rights=frozenset({"manager"})).owed("heads") == ["team 03-09→03-20 open"]
    assert life.on("03-16", rights=frozenset()).owed("heads") == ["team 03-09→03-20 other role"]


def test_who_leaves_owes_nothing_and_who_comes_back_counts_from_then() -> None:
    life = Life().on("03-02").on("03-20", left_on=day("03-20"))
    assert life.on_tracks == [] and life.owed("new")[2] == "story 03-05→03-13 other"
    assert life.on("06-01", left_on=None).owed("new")[2] == "story 06-04→06-12 open"


def test_what_holds_for_twelve_months_is_asked_again_ten_working_days_before_it_runs_out() -> None:
    life = Life(learner=mei(job="customer-service")).on("03-02").learn("caller", "03-04")
    assert life.on("03-05").again_on == day("04-01")
    life.on("2027-02-17")
    assert life.owed("desk") == ["caller 03-02→03-06 done"]
    life.on("2027-02-18")
    assert life.owed("desk") == ["caller 03-02→03-06 done", "caller round 1 02-18→03-04 open"]
    assert (
        life.learn("caller", "2027-02-19").on("2027-02-20").owed("desk")[1]
        == "caller round 1 02-18→03-04 done"
    )
    assert len(life.on("2028-02-07").owed("desk")) == 3, "twelve months after the second time"


def test_who_did_it_again_in_between_is_asked_twelve_months_after_that() -> None:
    life = (
        Life(learner=mei(job="customer-service"))
        .on("03-02")
        .learn("caller", "03-04")
        .learn("caller", "09-10")
    )
    life.on("2027-02-18")
    assert life.owed("desk")[1] == "caller round 1 02-18→03-04 done"
    life.on("2027-09-01")
    assert life.owed("desk")[2] == "caller round 2 09-01→09-14 open"


def exempted(life: Life, unit: str) -> None:
    row = next(one for one in life.assignments.values() if one.unit == unit)
    life.assignments[row.id] = replace(row, exempt=True, exempt_reason="done elsewhere", exempt_by=9)


def test_what_a_manager_exempted_does_not_come_back_but_its_renewal_does() -> None:
    life = Life(learner=mei(job="customer-service")).on("03-02")
    exempted(life, "caller")
    life.on("04-02").on("05-04", job="").on("06-01", job="customer-service")
    assert life.owed("desk") == ["caller 03-02→03-06 done elsewhere"]
    assert life.on("2027-02-22").owed("desk")[1] == "caller round 1 02-22→03-05 open"


def changed(*units: TrackUnit) -> Content:
    return school(replace(NEW, units=units))


def test_a_unit_that_comes_to_a_track_is_given_now_with_days_from_now() -> None:
    life = Life(content=changed(*NEW.units)).on("03-02")
    life.content = changed(*NEW.units, after("desks", 2, 9))
    assert life.on("05-04").owed("new")[-1] == "desks 05-04→05-15 open"


def test_a_unit_that_comes_before_its_day_is_given_as_planned() -> None:
    life = Life(content=changed(*NEW.units)).on("03-02")
    life.content = changed(after("desks", 4, 9), *NEW.units)
    assert life.on("03-03").owed("new")[0] == "desks 03-06→03-13 open"
    assert [one.position for one in life.assignments.values()] == [1, 2, 3, 0]


def test_a_unit_that_leaves_a_track_is_owed_no_longer_and_one_that_comes_back_is() -> None:
    life = Life(content=changed(*NEW.units)).on("03-02").learn("report", "03-02")
    life.content = changed(NEW.units[1])
    assert life.on("03-03").owed("new") == [
        "report 03-02→03-03 done", "codes 03-02→03-03 open", "story 03-05→03-13 other",
    ]  # fmt: skip
    life.content = changed(*NEW.units)
    assert life.on("03-24").owed("new")[2] == "story 03-24→04-06 open"


def test_holidays_and_leave_are_no_working_days() -> None:
    holidays = Calendar({"CN": frozenset({day("03-03"), day("03-04")})}, {"CN": frozenset({day("03-07")})})
    life = Life(calendar=holidays).on("03-02")
    assert life.owed("new") == ["report 03-02→03-05 open", "codes 03-02→03-05 open", "story 03-07→03-16 open"]
    away = Life(learner=mei(away_from=day("03-03"), away_until=day("03-17"))).on("03-02")
    assert away.owed("new") == ["report 03-02→03-17 open", "codes 03-02→03-17 open", "story 03-19→03-27 open"]


def test_a_due_date_that_leave_moved_is_left_where_it_is() -> None:
    life = Life().on("03-02")
    for one in life.assignments.values():
        life.assignments[one.id] = replace(one, due_on=one.due_on and one.due_on + timedelta(days=14))
    before = life.owed("new")
    life.on("03-03", department="Risk").on("03-04", job="credit-officer")
    assert life.owed("new") == before


def test_a_business_owner_joins_by_choice_and_no_job_ends_it() -> None:
    life = Life(learner=mei(audience="borrower"), today=day("03-07"))
    assert life.level().enrolled == []
    life.level(chosen=frozenset({"basics"}))
    assert life.owed("basics") == ["fee 03-07→– open", "app 03-16→– open"]
    life.content = school(replace(BASICS, units=(*BASICS.units, after("loan", 9))))
    assert life.on("03-30").owed("basics")[-1] == "loan 03-30→– open"
    assert life.on_tracks == ["basics"]


def group(life: Life, unit: str, today: str) -> list[str]:
    rows = list(life.assignments.values())
    one = next(row for row in rows if row.track == "new" and row.unit == unit)
    return [row.unit for row in tracks.push_group(one, rows, NEW, day(today))]


def test_a_set_is_announced_together_and_what_is_begun_or_alone_is_not() -> None:
    life = Life().on("03-02")
    assert group(life, "report", "03-02") == ["report", "codes"] == group(life, "codes", "03-02")
    assert group(life, "story", "03-05") == ["story"]
    life.learn("report", "03-02")
    assert group(life, "codes", "03-03") == ["codes"]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("01-31", 1, "02-28"), ("03-02", 12, "2027-03-02"), ("03-31", -1, "02-28"), ("12-15", 2, "2027-02-15")],
)
def test_months_end_where_the_shorter_one_ends(start: str, months: int, end: str) -> None:
    assert tracks.add_months(day(start), months) == day(end)


def test_an_employees_plan_counts_working_days_and_a_borrowers_all_days() -> None:
    friday, saturday = day("03-06"), day("03-07")
    staff = track("t", after("a", 0, 1), after("b", 3, 9))
    assert tracks.plan(staff, friday) == [
        ("a", friday, day("03-09")), ("b", day("03-11"), day("03-19")),
    ]  # fmt: skip
    owner = track(
        "t", after("a", 0), TrackUnit("b", 4, 0, None), TrackUnit("c", 7, 3, None), audience="borrower"
    )
    assert tracks.plan(owner, saturday) == [
        ("a", saturday, None), ("b", day("03-16"), None), ("c", day("03-19"), None),
    ]  # fmt: skip


def every_day(life: Life, since: date, days: Iterable[int]) -> None:
    for number in days:
        life.today = since + timedelta(days=number)
        life.level()


def test_levelling_every_day_owes_the_same_as_levelling_on_the_days_that_bring_something() -> None:
    daily, rarely = (Life(learner=mei(job="customer-service")) for _ in range(2))
    every_day(daily, MONDAY, range(800))
    rarely.level()
    while rarely.again_on is not None and rarely.again_on < MONDAY + timedelta(days=800):
        rarely.today = rarely.again_on
        rarely.level()
    assert [daily.owed(slug) for slug in SCHOOL.tracks] == [rarely.owed(slug) for slug in SCHOOL.tracks]


@pytest.mark.parametrize(
    ("joined", "given"),
    [("03-02", "2026-10-01"), ("05-04", "2027-10-01"), ("11-30", "2027-10-01")],
)
def test_a_test_by_the_year_comes_when_all_it_asks_about_has_come(joined: str, given: str) -> None:
    test = TrackTest("year-test", 1, "employee", {"topic": 1}, ("mail", "phone", "report"), 4, 80, {}, "v")
    year = track(
        "year", quarter("mail", 1), quarter("phone", 2), quarter("report", 3), quarter("year-test", 4),
        anchor="calendar", test=test,
    )  # fmt: skip
    life = Life(content=school(year), today=day(joined))
    for when in (joined, "2026-07-01", "2026-10-01", "2027-01-01", "2027-04-01", "2027-07-01", "2027-10-01"):
        if day(when) >= life.today:
            life.on(when)
    tests = [one.assigned_on for one in life.assignments.values() if one.unit == "year-test"]
    assert min(tests) == day(given)


def test_a_test_is_done_by_a_pass_alone_and_asked_again_after_twelve_months() -> None:
    """Guide row S81."""
    test = TrackTest("role-test", 1, "employee", {"topic": 1}, ("report",), 4, 80, {}, "v")
    role = track(
        "role",
        after("report", 0, 4),
        after("role-test", 5, 9),
        whom="credit-officer",
        renews_after=12,
        test=test,
    )
    life = Life(content=school(role), learner=mei(job="credit-officer")).on("03-02")

    def tried(at: str, ending: str) -> None:
        noon = datetime.combine(day(at), time(12), UTC)
        one = Attempt(
            len(life.attempts) + 1, 1, "test", "role-test", "v", noon, "done", asked=5, right=5 if ending == "passed" else 3,
            ending=ending, finished_at=noon,
        )  # fmt: skip
        life.attempts.append(one)
        for owed in latest(life.assignments.values(), "role-test"):
            life.assignments[owed.id] = completion.finished(owed.begun(noon), one)

    tried("03-09", "not yet")
    assert life.on("03-10").owed("role")[1] == "role-test 03-09→03-13 open"
    tried("03-10", "passed")
    assert life.on("03-11").owed("role")[1:] == ["role-test 03-09→03-13 done"]
    assert life.on("2027-02-23").owed("role")[1:] == ["role-test 03-09→03-13 done"]
    assert life.on("2027-02-24").owed("role")[-1] == "role-test round 1 02-24→03-10 open"
    tried("2027-02-25", "not yet")
    assert life.owed("role")[-1].endswith("open"), "what was passed a year ago does not count for this one"
