"""A page of the handbook as it is read."""

from dataclasses import replace
from datetime import date

from bot.content import check, load
from bot.content.numbers import number_of
from bot.rules import handbook
from tests.content.small import Small

MAY = date(2027, 5, 1)


def test_a_page_is_read_with_its_words_filled(small: Small) -> None:
    page = load(small.root).handbook["parcel-texts"]
    assert (page.shelves, page.stage, page.about) == (("scam", "stage"), "asked", ("parcel", "surplus"))
    assert page.reviewed_on == date(2026, 11, 20)
    assert page.words["en"].title == "Parcel texts"
    assert page.words["en"].body == (
        "Look it up in <b>your own order</b>.\nThen {hotline}, or ask the desk &lt;5110&gt;."
    )


def test_traditional_chinese_is_derived_also_for_search(small: Small) -> None:
    words = load(small.root).handbook["parcel-texts"].words["zh-Hant"]
    assert words.title == "包裹簡訊"
    assert words.also == ("海關簡訊",)


def test_a_version_follows_what_is_shown_and_nothing_else(small: Small) -> None:
    before = load(small.root)
    small.change("page", "2026-11-20", "2026-11-21")
    assert load(small.root).handbook["parcel-texts"].version == before.handbook["parcel-texts"].version
    small.change("page-en", "own order", "own orders")
    after = load(small.root)
    assert after.handbook["parcel-texts"].version != before.handbook["parcel-texts"].version
    assert after.version != before.version


def test_a_release_names_each_unit_without_a_page(small: Small) -> None:
    small.change("page", "[parcel, surplus]", "[parcel]")
    assert small.check() == []
    lacking = [fault for fault in check(small.root, release=True) if fault.code == "page"]
    assert [fault.file for fault in lacking] == ["lessons/cases/surplus/case.yaml"]


def test_a_release_looks_again_at_old_pages_and_weak_sources(small: Small) -> None:
    assert not [fault for fault in check(small.root, release=True, today=MAY) if "handbook" in fault.file]
    small.change("page", "2026-11-20", "2026-04-20")
    small.change("page", "grade: B", "grade: C")
    found = {fault.code for fault in check(small.root, release=True, today=MAY) if "handbook" in fault.file}
    assert found == {"date", "grade-c"}


def test_words_without_facts_are_read_by_nobody(small: Small) -> None:
    small.write("lessons/handbook/lost/en.md", "# Lost\nwords\n")
    small.write("lessons/handbook/readme.md", "words\n")
    assert [(fault.file, fault.code) for fault in small.check()] == [
        ("lessons/handbook/lost/en.md", "stray"),
        ("lessons/handbook/readme.md", "stray"),
    ]


def test_three_pages_go_into_one_number_and_back(small: Small) -> None:
    page = load(small.root).handbook["parcel-texts"]
    pages = [replace(page, number=number) for number in (0, number_of("b"), 2**32 - 1)]
    found = handbook.packed(pages)
    assert handbook.unpacked(found) == [page.short for page in pages]
    assert handbook.unpacked(handbook.packed(pages[:1])) == [0]
    assert handbook.unpacked(handbook.packed([])) == []


def test_a_unit_s_page_is_the_one_that_names_it_first(small: Small) -> None:
    page = load(small.root).handbook["parcel-texts"]
    pages = {
        "far": replace(page, slug="far", about=("parcel", "surplus")),
        "near": replace(page, slug="near", about=("surplus", "parcel")),
    }
    assert handbook.for_unit(pages, "surplus") == pages["near"]
    assert handbook.for_unit(pages, "parcel") == pages["far"]
    assert handbook.for_unit(pages, "nothing") is None
