from hashlib import sha256
from pathlib import Path

import pytest

from bot.content import Refused, check, load
from bot.content.numbers import number_of
from bot.rules.curriculum import Case, Lesson, LessonWords, TrackUnit
from tests.content.small import Small, item

OURS = Path(__file__).resolve().parents[2]


def test_our_own_content_has_no_fault() -> None:
    assert check(OURS) == []


def test_our_own_content_speaks_three_languages() -> None:
    content = load(OURS)
    assert content.units
    assert all(set(unit.words) == {"en", "zh-Hans", "zh-Hant"} for unit in content.units.values())


def test_the_smallest_folder_has_no_fault(small: Small) -> None:
    assert small.check() == []


def test_a_lesson_is_read_as_telegram_html_with_its_figures_filled(small: Small) -> None:
    lesson = load(small.root).units["parcel"]
    assert isinstance(lesson, Lesson)
    words = lesson.words["en"]
    assert words.title == "Which parcel?"
    assert words.cards[0] == (
        "Yun &amp; son waits. A text wants 1,800:\n"
        "<blockquote>Pay 1,800 at harbour.example</blockquote>\n\n"
        "<b>Leave it.</b> Then {hotline} and the desk &lt;5110&gt;."
    )
    assert words.cards[1] == "• no number\n• <code>no sender</code>"


def test_traditional_chinese_is_derived_from_simplified(small: Small) -> None:
    words = load(small.root).units["parcel"].words["zh-Hant"]
    assert isinstance(words, LessonWords)
    assert words.title == "哪一個包裹？"
    item_words = load(small.root).items["parcel-04"].words["zh-Hant"]
    assert item_words.choices["c"].feedback == "它看得到帳戶。"


def test_a_hand_written_traditional_text_wins(small: Small) -> None:
    small.write("lessons/parcel/zh-Hant.md", "# 哪一件？\n等{who}。\n---\n第二頁\n")
    small.change(
        "quiz",
        "    zh-Hans:\n",
        "    zh-Hant: {prompt: 先做哪樣？, a: [甲, 一], b: [乙, 二], c: [丙, 三]}\n    zh-Hans:\n",
    )
    content = load(small.root)
    lesson = content.units["parcel"]
    assert isinstance(lesson, Lesson)
    assert lesson.words["zh-Hant"].cards == ("等雲姐。", "第二頁")
    assert content.items["parcel-01"].words["zh-Hant"].prompt == "先做哪樣？"


def test_every_language_has_as_many_cards(small: Small) -> None:
    """Somebody who changes the language on the third card must find a third card."""
    small.change("lesson-hans", "---\n", "")
    assert [(one.code, one.sentence) for one in small.check()] == [
        ("cards", "The languages have as many cards each, not 2 in en, 1 in zh-Hans, 1 in zh-Hant.")
    ]


def test_a_case_is_a_graph_with_its_words_beside_it(small: Small) -> None:
    case = load(small.root).units["surplus"]
    assert isinstance(case, Case)
    assert case.opening == "slip"
    assert case.decisions["gone"] == {"call": "safe", "hush": "lost"}
    assert case.right == {"slip": "look", "gone": "call"}
    assert case.endings == {"safe": "safe", "lost": "lost"}
    assert case.audiences == ("borrower", "employee")
    assert case.lesson == "parcel"
    words = case.words["en"]
    assert words.scenes["slip"] == "A slip comes.\n<blockquote>Kessler: paid!!</blockquote>"
    assert words.scenes["lost"] == "It does not."
    assert words.choices["gone"]["call"].button == "Call my bank"
    assert words.choices["gone"]["call"].consequence == "It is <b>held</b>."
    assert words.debrief == "Back <b>whole</b>:\n• a slip is no money"


def test_items_belong_to_their_unit_in_file_order(small: Small) -> None:
    content = load(small.root)
    lesson = content.units["parcel"]
    assert isinstance(lesson, Lesson)
    assert [one.id for one in lesson.items] == [f"parcel-0{number}" for number in range(1, 6)]
    assert lesson.check == "parcel-01"
    assert content.topics["shopping"] == (*(one.id for one in lesson.items), "surplus-01", "surplus-02")
    assert content.topic_titles["shopping"]["zh-Hant"] == "網購"


def test_the_answer_stands_once_whatever_the_language(small: Small) -> None:
    items = load(small.root).items
    assert items["parcel-01"].answer == ("b",)
    assert items["parcel-04"].answer == ("a", "c")
    assert items["parcel-05"].answer == ("f", "b")
    assert items["parcel-05"].choices == ("a", "b", "c")
    assert items["parcel-05"].must


def test_a_track_says_what_is_owed_when(small: Small) -> None:
    track = load(small.root).tracks["basics"]
    assert track.units == (TrackUnit("parcel", 0, 0, None), TrackUnit("surplus", 7, None, 9))
    assert track.pass_mark == 70
    assert track.titles["zh-Hant"] == "基礎篇"


def test_advice_and_hotlines_are_read(small: Small) -> None:
    content = load(small.root)
    advice = content.advice["money-sent"].words["en"]
    assert advice.card == "<b>Call your bank now.</b>\n{hotline}"
    assert advice.say == "It's fraud. Stop my transfer."
    hotline = content.hotlines["CN"]
    assert (hotline.copy, hotline.checked_on.isoformat()) == ("96110", "2026-11-24")
    assert hotline.words["en"].more == ""
    assert hotline.words["zh-Hant"].ring == "再打 96110（中國內地）。"


def test_a_number_names_its_unit(small: Small) -> None:
    content = load(small.root)
    lesson = content.units["parcel"]
    assert lesson.number == number_of("parcel") == int(sha256(b"parcel").hexdigest()[:8], 16)
    assert content.by_number[lesson.number] is lesson


def test_a_draft_is_kept_out_with_its_items(small: Small) -> None:
    small.change("case", "aim:", "draft: true\naim:")
    small.change("track", "  - {unit: surplus, after_days: 7, due_days: 9}\n", "")
    content = load(small.root)
    assert set(content.units) == {"parcel"}
    assert "surplus-01" not in content.items
    assert "surplus-01" not in content.topics["shopping"]


def test_a_replaced_item_stays_known_but_is_not_asked(small: Small) -> None:
    newer = item("parcel-06", "parcel").replace("    answer: b\n", "    answer: c\n    replaces: parcel-02\n")
    small.change(
        "quiz", item("surplus-01", "surplus", case=True), newer + item("surplus-01", "surplus", case=True)
    )
    content = load(small.root)
    assert "parcel-02" in content.items
    assert "parcel-02" not in content.topics["shopping"]
    assert [one.id for one in content.units["parcel"].items][-1] == "parcel-06"
    assert len(content.units["parcel"].items) == 5


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lesson-en", "no number", "no sender at all"),
        ("lesson-hans", "没有单号", "单号没有"),
        ("quiz", "They ask again.", "They will ask again."),
        ("quiz", "answer: b", "answer: a"),
        ("policy", "值班组", "值班台"),
        ("lesson", "fee: 1800", "fee: 1900"),
    ],
)
def test_the_version_changes_with_all_a_learner_may_see(small: Small, name: str, old: str, new: str) -> None:
    before = load(small.root)
    small.change(name, old, new)
    after = load(small.root)
    assert after.units["parcel"].version != before.units["parcel"].version
    assert after.version != before.version


def test_the_version_stays_where_nothing_shown_changes(small: Small) -> None:
    before = load(small.root)
    small.change("lesson", "covers: [S1]", "covers: [S1, S2]")
    small.change("lesson", "aim: Looks", "aim: Always looks")
    small.change("case-en", "It does not.", "It did not.")
    after = load(small.root)
    assert after.units["parcel"].version == before.units["parcel"].version
    assert after.units["surplus"].version != before.units["surplus"].version


def test_with_one_fault_nothing_is_loaded(small: Small) -> None:
    small.change("track", "pass_mark: 70", "pass_mark: 170")
    with pytest.raises(Refused, match=r"lessons/tracks/basics.yaml:3:12: .*1 to 100") as refused:
        load(small.root)
    assert list(refused.value.faults) == small.check()


def test_our_content_is_read_within_a_second() -> None:
    from time import process_time

    load(OURS)
    started = process_time()
    load(OURS)
    assert process_time() - started < 1
