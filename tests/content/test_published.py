import pytest

from bot.content import check
from tests.content.small import Small, item

LOCK = "lessons/published.lock"


@pytest.fixture
def published(small: Small) -> Small:
    assert check(small.root, publish=True) == []
    return small


def test_publishing_writes_down_every_item(published: Small) -> None:
    lines = (published.root / LOCK).read_text().splitlines()
    assert [line.split()[0] for line in lines if not line.startswith("#")] == [
        "parcel-01", "parcel-02", "parcel-03", "parcel-04", "parcel-05", "surplus-01", "surplus-02",
    ]  # fmt: skip
    assert published.check() == []


def test_nothing_is_published_while_there_is_a_fault(small: Small) -> None:
    small.change("track", "pass_mark: 70", "pass_mark: 0")
    assert check(small.root, publish=True)
    assert not (small.root / LOCK).exists()


def test_drafts_are_not_published(small: Small) -> None:
    small.change("case", "aim:", "draft: true\naim:")
    small.change("track", "  - {unit: surplus, after_days: 7, due_days: 9}\n", "")
    assert check(small.root, publish=True) == []
    assert "surplus-01" not in (small.root / LOCK).read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("answer: b", "answer: c"),
        ("a: [Open it,", "a: [Leave it,"),
        ("c: [先付了,", "c: [不付,"),
        ("answer: {verdict: f, reason: b}", "answer: {verdict: t, reason: b}"),
    ],
)
def test_a_changed_meaning_is_a_fault_at_the_item(published: Small, old: str, new: str) -> None:
    published.change("quiz", old, new)
    faults = published.check()
    assert [(fault.code, fault.file) for fault in faults] == [("changed-meaning", "quizzes/shopping.yaml")]
    assert "replaces" in faults[0].sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("They ask again.", "They will ask you again."),
        ("prompt: What first?", "prompt: What do you do first?"),
        ("a: [Open it,", 'a: ["Open  it",'),
        ("must: false", "must: true"),
    ],
)
def test_better_words_around_the_choices_change_no_meaning(published: Small, old: str, new: str) -> None:
    published.change("quiz", old, new)
    assert published.check() == []


def test_a_removed_item_is_a_fault(published: Small) -> None:
    published.change("quiz", item("parcel-03", "parcel"), item("parcel-07", "parcel"))
    assert [(fault.code, fault.line) for fault in published.check()] == [("removed-item", 4)]


def test_an_item_is_corrected_by_a_new_one(published: Small) -> None:
    newer = item("parcel-07", "parcel").replace("    answer: b\n", "    answer: c\n    replaces: parcel-03\n")
    published.change("quiz", item("parcel-03", "parcel"), item("parcel-03", "parcel") + newer)
    assert published.check() == []


def test_a_lock_edited_by_hand_is_a_fault(published: Small) -> None:
    file = published.root / LOCK
    file.write_text(file.read_text() + "parcel-01 0000\n")
    assert [fault.code for fault in published.check()] == ["lock"]


def test_publishing_again_changes_nothing(published: Small) -> None:
    before = (published.root / LOCK).read_text()
    assert check(published.root, publish=True) == []
    assert (published.root / LOCK).read_text() == before


def test_an_override_may_follow_a_published_item_and_then_stays(published: Small) -> None:
    """Somebody in Taipei reads it, and writes by hand what the derived words got wrong."""
    quiz = published.root / "quizzes" / "shopping.yaml"
    before = quiz.read_text(encoding="utf-8")
    first = before.index("  - id: parcel-02")
    hans = before[before.index("    zh-Hans:") : first]
    by_hand = hans.replace("zh-Hans", "zh-Hant")
    quiz.write_text(before[:first] + by_hand + before[first:], encoding="utf-8")
    assert published.check() == []
    assert check(published.root, publish=True) == []
    changed = by_hand.replace("c: [先", "c: [不", 1)
    assert changed != by_hand
    quiz.write_text(before[:first] + changed + before[first:], encoding="utf-8")
    assert [fault.code for fault in published.check()] == ["changed-meaning"]
