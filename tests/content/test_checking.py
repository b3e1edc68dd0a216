"""What `check` adds to reading: formats, a release, a language's words."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.content import Fault, check, format_faults
from tests.content.small import Small

FAULT = Fault("a,b:c.yaml", 3, 4, "One sentence, 100% plain.", "code")


def test_faults_are_lines_for_people() -> None:
    assert (
        format_faults([FAULT, FAULT]).splitlines() == ["a,b:c.yaml:3:4: One sentence, 100% plain. [code]"] * 2
    )


def test_a_fault_cannot_forge_another_line() -> None:
    forged = Fault("a\nb.yaml", 1, 1, "x\x1b[2Jy\n::error::z", "code")
    assert len(format_faults([forged]).splitlines()) == 1
    assert "\x1b" not in format_faults([forged])
    assert len(format_faults([forged], "github").splitlines()) == 1


def test_faults_are_json_for_machines() -> None:
    assert json.loads(format_faults([FAULT], "json")) == [
        {
            "file": "a,b:c.yaml",
            "line": 3,
            "column": 4,
            "sentence": "One sentence, 100% plain.",
            "code": "code",
        }
    ]
    assert json.loads(format_faults([], "json")) == []


def test_faults_are_annotations_for_github() -> None:
    assert format_faults([FAULT], "github") == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=4,title=code::One sentence, 100%25 plain."
    )


def test_a_release_waits_for_people(small: Small) -> None:
    codes = {(fault.file, fault.code) for fault in check(small.root, release=True)}
    assert codes == {
        ("lessons/parcel/lesson.yaml", "approval"),
        ("lessons/cases/surplus/case.yaml", "approval"),
        ("lessons/advice/money-sent.yaml", "approval"),
        ("quizzes/shopping.yaml", "approval"),
    }


def test_a_release_is_ready_when_people_have_read_it(small: Small) -> None:
    for name in ("lesson", "case", "advice", "quiz"):
        small.change(
            name, "approved_by: [], read_by: {}", "approved_by: [Tina], read_by: {en: Bo, zh-Hans: Mei}"
        )
    assert check(small.root, release=True, today=date(2026, 12, 1)) == []


def test_a_release_looks_again_at_weak_sources(small: Small) -> None:
    small.change("lesson", "grade: B", "grade: C")
    small.change("hotlines", "grade: B", "grade: C")
    assert small.check() == []
    weak = [(fault.file, fault.line) for fault in check(small.root, release=True) if fault.code == "grade-c"]
    assert weak == [("lessons/hotlines.yaml", 1), ("lessons/parcel/lesson.yaml", 5)]


@pytest.mark.parametrize(
    ("today", "stale"),
    [(date(2026, 12, 1), 0), (date(2027, 11, 1), 5), (date(2026, 1, 1), 6), (date(2027, 3, 1), 1)],
)
def test_a_release_looks_at_days(small: Small, today: date, stale: int) -> None:
    faults = check(small.root, release=True, today=today)
    assert len([fault for fault in faults if fault.code == "date"]) == stale


def po(*entries: str) -> str:
    return 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + "\n".join(entries)


def test_a_catalogue_with_other_placeholders_is_a_fault(small: Small) -> None:
    small.write("locales/zh_Hans/LC_MESSAGES/bot.po", po('msgid "Hello {name}"\nmsgstr "{nom}，你好"\n'))
    faults = small.check()
    assert [(fault.file, fault.line, fault.code) for fault in faults] == [
        ("locales/zh_Hans/LC_MESSAGES/bot.po", 4, "words")
    ]
    small.write("locales/zh_Hans/LC_MESSAGES/bot.po", po('msgid "Hello {name}"\nmsgstr "{name}，你好"\n'))
    assert small.check() == []


def test_a_language_lists_the_words_it_lacks(small: Small, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "hello.html").write_text(
        "{{ _('Hello {name}', name=name) }} {{ _('Menu') }}", encoding="utf-8"
    )
    small.write("locales/zh_Hans/LC_MESSAGES/bot.po", po('msgid "Menu"\nmsgstr "菜单"\n'))
    faults = check(small.root, language="zh-Hans", templates=templates)
    assert [fault.sentence for fault in faults] == ["“Hello {name}” has no words in zh-Hans yet."]
    assert check(small.root, language="zh-Hant", templates=templates) == []
    missing = check(small.root, language="ms", templates=templates)
    assert [fault.sentence for fault in missing] == [
        "There is no catalogue for ms yet.",
        "“Hello {name}” has no words in ms yet.",
        "“Menu” has no words in ms yet.",
    ]


@pytest.mark.parametrize("language", ["../..", "zh/Hans", "", "en"])
def test_a_language_that_is_none_reads_nothing(small: Small, tmp_path: Path, language: str) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "hello.html").write_text("{{ _('Menu') }}", encoding="utf-8")
    faults = check(small.root, language=language, templates=templates)
    assert len(faults) == (1 if "/" in language else 0)


def test_a_catalogue_behind_a_link_is_not_read(
    small: Small, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "LC_MESSAGES").mkdir()
    (outside / "LC_MESSAGES/bot.po").write_text("SECRET\n", encoding="utf-8")
    (small.root / "locales/zh_Hans").symlink_to(outside)
    assert [fault.code for fault in small.check()] == ["link"]


def test_a_term_list_behind_a_link_is_not_read(small: Small) -> None:
    (small.root / "locales/terms.toml").symlink_to("/dev/zero")
    assert [fault.code for fault in small.check()] == ["link"]


def test_a_folder_without_its_words_is_a_fault(small: Small) -> None:
    (small.root / "locales").rmdir()
    assert [(fault.file, fault.sentence) for fault in small.check()] == [
        ("locales", "There is no folder “locales” here; copy ours beside lessons and quizzes.")
    ]


def test_an_unreadable_catalogue_is_a_fault(small: Small) -> None:
    small.write("locales/zh_Hans/LC_MESSAGES/bot.po", po("no catalogue at all"))
    assert small.codes() == {"words"}


def test_an_unreadable_term_list_is_a_fault(small: Small) -> None:
    small.write("locales/terms.toml", '[a]\n"账" = 3\n')
    assert small.codes() == {"terms"}
