"""Each fault both ways: the smallest folder is free of it, and one change brings it, at its place."""

from collections.abc import Callable

import pytest

from tests.content.small import PAGE_EN, QUIZ, Small, item

Spoil = tuple[str, str, str]

SPOILT: dict[str, tuple[Spoil, str, str]] = {
    # keys
    "an unknown key": (("lesson", "aim:", "aims: x\naim:"), "unknown-key", "lessons/parcel/lesson.yaml:1:1"),
    "a key written twice": (("lesson", "aim:", "aim: x\naim:"), "duplicate-key", "lessons/parcel/lesson.yaml:2:1"),
    "a key inside written twice": (("case", "{safe: safe,", "{safe: safe, safe: lost,"), "duplicate-key", "case.yaml:12:23"),
    "a missing key": (("lesson", "aim:", "# aim:"), "missing-key", "lessons/parcel/lesson.yaml:2:1"),
    "a missing covers": (("lesson", "covers: [S1], ", ""), "covers", "lesson.yaml:2:8"),
    "a row that is none": (("lesson", "covers: [S1]", "covers: [row one]"), "covers", "lesson.yaml:2:50"),
    "a missing review day": (("lesson", "by: 2027-10-31, ", ""), "missing-key", "lesson.yaml:2:81"),
    "a day that is none": (("lesson", "2027-10-31", "2027-02-30"), "date", "lesson.yaml:2:86"),
    "a checked day that is none": (("hotlines", "2026-11-24", "last week"), "date", "hotlines.yaml:4:12"),
    "an audience that is none": (("lesson", "audience: borrower", "audience: manager"), "value", "lesson.yaml:2:19"),
    "a place that is none": (("lesson", "place: any", "place: nowhere"), "value", "lesson.yaml:2:36"),
    "a source without grade": (("lesson", "grade: B, ", ""), "grade", "lesson.yaml:5:5"),
    "a source of an unknown grade": (("lesson", "grade: B", "grade: D"), "value", "lesson.yaml:5:21"),
    "hotlines without grade": (("hotlines", "  grade: B\n", ""), "grade", "hotlines.yaml:2:3"),
    "a source nobody gives": (("quiz", "source: X1", "source: X9"), "unknown-source", "shopping.yaml"),
    "an empty text": (("quiz", "prompt: What first?", 'prompt: " "'), "empty", "shopping.yaml:9:15"),
    "an empty card": (("lesson-en", "- no number\n- `no sender`\n", ""), "empty", "lessons/parcel/en.md:7:1"),
    # the handbook
    "a shelf that is none": (("page", "[scam, stage]", "[scams, stage]"), "value", "page.yaml:1:9"),
    "a page on no shelf": (("page", "shelf: [scam, stage]\nstage: asked", "shelf: []"), "empty", "page.yaml:1:1"),
    "a stage that is none": (("page", "stage: asked", "stage: soon"), "value", "page.yaml:2:8"),
    "a missing stage": (("page", "stage: asked\n", ""), "missing-key", "page.yaml:1:1"),
    "a stage without its shelf": (("page", "[scam, stage]", "[scam]"), "value", "page.yaml:2:1"),
    "a page about nobody's lesson": (("page", "[parcel,", "[parcels,"), "unknown-slug", "page.yaml:3:9"),
    "a page reviewed on no day": (("page", "2026-11-20", "lately"), "date", "page.yaml:4:14"),
    "a page never reviewed": (("page", "reviewed_on: 2026-11-20\n", ""), "missing-key", "page.yaml:1:1"),
    "a page's source without grade": (("page", "grade: B, ", ""), "grade", "page.yaml:6:5"),
    "words for search in one language": (("page", ", zh-Hans: [海关短信]", ""), "missing-language", "page.yaml:7:7"),
    "words for search that are none": (("page", "[customs text]", "[{a: b}]"), "yaml", "page.yaml:7:13"),
    "a page without words": (("page-en", PAGE_EN, "# Parcel texts\n"), "empty", "parcel-texts/en.md:2:1"),
    "a page without title": (("page-en", "# Parcel texts", "Parcel texts"), "title", "parcel-texts/en.md:1:1"),
    "a page of too many words": (("page-en", "Look", "Look " * 900), "too-long", "parcel-texts/en.md:2:1"),
    "a page naming no policy": (("page-hans", "{policy:desk}", "{policy:desks}"), "policy", "parcel-texts/zh-Hans.md:3:17"),
    "a heading inside a page": (("page-en", "Then", "## Then"), "markdown", "parcel-texts/en.md:3:1"),
    # languages
    "a missing language in an item": (("quiz", "    zh-Hans:\n", "    zh-Hant:\n"), "missing-language", "shopping.yaml:5:5"),
    "a missing language in a title": (("track", "title: {en: Basics, ", "title: {"), "missing-language", "basics.yaml:2:8"),
    "a missing language in a policy": (("policy", ", zh-Hans: 值班组", ""), "missing-language", "policy.yaml:2:9"),
    # items
    "a choice without feedback": (("quiz", "c: [Pay it, They ask again.]", "c: [Pay it]"), "missing-feedback", "shopping.yaml:12:7"),
    "a choice with empty feedback": (("quiz", "c: [Pay it, They ask again.]", 'c: [Pay it, ""]'), "missing-feedback", "shopping.yaml:12:7"),
    "a choice that one language lacks": (("quiz", "      c: [先付了, 付过一次还会再来。]\n", ""), "missing-choice", "shopping.yaml:14:7"),
    "an answer that is no choice": (("quiz", "answer: b", "answer: d"), "answer", "shopping.yaml:6:13"),
    "two answers to a single": (("quiz", "answer: b", "answer: [a, b]"), "answer", "shopping.yaml:6:14"),
    "one answer to a multiple": (("quiz", "answer: [c, a]", "answer: c"), "answer", "shopping.yaml"),
    "every choice right": (("quiz", "answer: [c, a]", "answer: [a, b, c]"), "answer", "shopping.yaml"),
    "a verdict that is none": (("quiz", "verdict: f", "verdict: b"), "value", "shopping.yaml"),
    "a reason that is none": (("quiz", "reason: b", "reason: t"), "value", "shopping.yaml"),
    "an unknown type": (("quiz", "type: single", "type: essay"), "value", "shopping.yaml:7:19"),
    "twins among the choices": (("quiz", "a: [Open it,", "a: [Pay it,"), "choices", "shopping.yaml:12:7"),
    "an id of another lesson": (("quiz", "id: parcel-01", "id: parcels-01"), "id", "shopping.yaml:5:5"),
    "an id written twice": (("quiz", "id: parcel-02", "id: parcel-01"), "duplicate-id", "shopping.yaml:18:5"),
    "an item of nobody's lesson": (("quiz", "lesson: parcel,", "lesson: parcels,"), "unknown-slug", "shopping.yaml:7:49"),
    "an item of a case called a lesson": (("quiz", "case: surplus", "lesson: surplus"), "unknown-slug", "shopping.yaml"),
    "an item replacing nothing": (("quiz", "answer: b", "replaces: parcel-77\n    answer: b"), "unknown-slug", "shopping.yaml:5:5"),
    "a topic unlike its file": (("quiz", "topic: shopping", "topic: shops"), "slug", "shopping.yaml:1:8"),
    "a check that is no item": (("lesson", "check: parcel-01", "check: surplus-01"), "unknown-slug", "lesson.yaml:2:55"),
    "too few items": (("quiz", item("parcel-03", "parcel"), ""), "items", "lessons/parcel/lesson.yaml:1:1"),
    "a story of one item": (("quiz", item("surplus-02", "surplus", case=True), ""), "items", "surplus/case.yaml:1:1"),
    "a story of five items": (("quiz", item("surplus-02", "surplus", case=True), "".join(item(f"surplus-0{number}", "surplus", case=True) for number in range(2, 6))), "items", "surplus/case.yaml:1:1"),
    # cases
    "a choice leading nowhere": (("case", "{look: gone,", "{look: gonee,"), "unknown-goal", "case.yaml:9:3"),
    "a path that never ends": (("case", "{call: safe, hush: lost}", "{call: safe, hush: slip}"), "never-ends", "case.yaml:10:3"),
    "a cycle without exit": (("case", "{call: safe, hush: lost}", "{call: gone, hush: gone}"), "never-ends", "case.yaml:10:3"),
    "an ending nobody reaches": (("case", "{safe: safe, lost: lost}", "{safe: safe, lost: lost, far: in time}"), "unreachable", "case.yaml:12:35"),
    "a decision nobody reaches": (("case", "{look: gone, pay: lost}", "{look: safe, pay: lost}"), "unreachable", "case.yaml:10:3"),
    "a missing safe move": (("case", "{slip: look, gone: call}", "{slip: look}"), "right", "case.yaml:10:3"),
    "a safe move that is no choice": (("case", "gone: call}", "gone: ring}"), "right", "case.yaml:11:21"),
    "a safe move at no decision": (("case", "gone: call}", "gone: call, far: ring}"), "right", "case.yaml:11:33"),
    "safe moves that end badly": (("case", "gone: call}", "gone: hush}"), "right", "case.yaml"),
    "an ending of no kind": (("case", "lost: lost}\n", "lost: sad}\n"), "value", "case.yaml"),
    "a decision of one choice": (("case", "{call: safe, hush: lost}", "{call: safe}"), "value", "case.yaml:10:3"),
    "a decision without words": (("case-en", "## gone:", "## gome:"), "words-and-facts", "surplus/en.md:6:10"),
    "a choice without words": (("case-en", "- hush: Let it go → Only he is glad.\n", ""), "words-and-facts", "surplus/en.md:6:10"),
    "words for no choice": (("case-en", "- hush: Let", "- hash: Let"), "words-and-facts", "surplus/en.md:8:9"),
    "no debrief": (("case-en", "## debrief: Back **whole**:\n- a slip is no money\n", ""), "words-and-facts", "surplus/en.md:1:1"),
    "a scene told twice": (("case-en", "## lost:", "## safe:"), "duplicate-id", "surplus/en.md:10:1"),
    "a choice without arrow": (("case-en", "Call my bank → It", "Call my bank. It"), "markdown", "surplus/en.md:7:1"),
    "a heading without id": (("case-en", "## lost: It", "## It"), "markdown", "surplus/en.md:10:1"),
    "a button too wide": (("case-hans", "打给银行 →", "马上用卡背面的号码打给银行的反诈部门 →"), "too-long", "surplus/zh-Hans.md:7:9"),
    "a debrief to nobody's lesson": (("case", "lesson: parcel", "lesson: parcels"), "unknown-slug", "case.yaml:6:3"),
    # tracks
    "a track of nobody's unit": (("track", "unit: parcel", "unit: parcels"), "unknown-slug", "basics.yaml:5:12"),
    "a track for other people": (("track", "audience: borrower", "audience: employee"), "audience", "basics.yaml:5:12"),
    "a unit twice in a track": (("track", "unit: surplus", "unit: parcel"), "duplicate-id", "basics.yaml:4:1"),
    "a slug with a path": (("track", "unit: parcel", "unit: ../parcel"), "slug", "basics.yaml:5:12"),
    "a slug in capitals": (("track", "unit: parcel", "unit: Parcel"), "slug", "basics.yaml:5:12"),
    "a day of no week": (("track", "weekday: monday", "weekday: someday"), "value", "basics.yaml:5:44"),
    "due before it is given": (("track", "due_days: 9", "due_days: 3"), "value", "basics.yaml"),
    # placeholders
    "an unknown placeholder": (("lesson-en", "wants {fee}:", "wants {fees}:"), "placeholder", "lessons/parcel/en.md:2:27"),
    "a broken placeholder": (("lesson-en", "wants {fee}:", "wants {fee:"), "placeholder", "lessons/parcel/en.md:2:1"),
    "a policy nobody defined": (("lesson-en", "{policy:desk}", "{policy:dusk}"), "policy", "lessons/parcel/en.md:5:34"),
    "a hotline on a button": (("case-en", "- call: Call my bank", "- call: Call {hotline}"), "placeholder", "surplus/en.md:7:9"),
    "bold on a button": (("case-en", "- call: Call my bank", "- call: Call **my** bank"), "markdown", "surplus/en.md:7:9"),
    "a policy with a placeholder": (("policy", "值班组", '"{who}"'), "placeholder", "policy.yaml:2:42"),
    # markdown
    "a heading in a card": (("lesson-en", "- no number", "## Signs\n- no number"), "markdown", "lessons/parcel/en.md:7:1"),
    "html": (("lesson-en", "**Leave it.**", "<b>Leave it.</b>"), "markdown", "lessons/parcel/en.md:5:1"),
    "a link": (("lesson-en", "**Leave it.**", "[Leave it](http://a.example)"), "markdown", "lessons/parcel/en.md:5:1"),
    "a picture": (("lesson-en", "**Leave it.**", "![Leave it](a.png)"), "markdown", "lessons/parcel/en.md:5:1"),
    "a numbered list": (("lesson-en", "- no number", "1. no number"), "markdown", "lessons/parcel/en.md:7:1"),
    "italics": (("lesson-en", "**Leave it.**", "*Leave it.*"), "markdown", "lessons/parcel/en.md:5:1"),
    "stars that print": (("lesson-hans", "**先别动**。再打", "**先别动。**再打"), "markdown", "lessons/parcel/zh-Hans.md:5:1"),
    "no title": (("lesson-en", "# Which parcel?\n", ""), "title", "lessons/parcel/en.md:1:1"),
    # lengths
    "a lesson of too many cards": (("lesson-en", "---\n", "---\nx\n" * 4 + "---\n"), "too-long", "lessons/parcel/en.md:2:1"),
    "a card of too many words": (("lesson-en", "**Leave it.**", "no " * 121), "too-long", "lessons/parcel/en.md:2:1"),
    "a card of too many lines": (("lesson-hans", "- 没有单号", "- 没有单号\n" * 12), "too-long", "lessons/parcel/zh-Hans.md:7:1"),
    "a feedback of too many words": (("quiz", "They ask again.", "word " * 46), "too-long", "shopping.yaml:12:19"),
    "a feedback of too many characters": (("quiz", "付过一次还会再来。", "再" * 91), "too-long", "shopping.yaml:17:16"),
    "an advice card of ten lines": (("advice", "    {hotline}\n", "    x\n" * 9), "too-long", "money-sent.yaml:8:3"),
    "a hotline that makes the card too long": (
        ("hotlines", "Then ring 96110 (mainland China).", "Then ring 96110 (mainland China). " + "Word by word. " * 20),
        "too-long",
        "money-sent.yaml:8:3",
    ),
    "an advice title too wide": (("advice", "en: I sent money", "en: I have just sent money to somebody"), "too-long", "money-sent.yaml:4:15"),
    "a sentence to say too long to copy": (("advice", "say: It's fraud.", "say: It's " + "a big " * 45 + "fraud."), "too-long", "money-sent.yaml:7:3"),
    # Chinese
    "no space before a figure": (("lesson-hans", "要 {fee} 元", "要{fee} 元"), "chinese", "lessons/parcel/zh-Hans.md:2"),
    "a half-width comma": (("lesson-hans", "{hotline}，找", "{hotline},找"), "chinese", "lessons/parcel/zh-Hans.md:5:21"),
    "a space after a full stop": (("case-hans", "钱没回来。", "钱没。 回来。"), "chinese", "surplus/zh-Hans.md:10:12"),
    # YAML itself
    "an anchor": (("track", "pass_mark: 70", "pass_mark: &p 70"), "alias", "basics.yaml:3:12"),
    "a tag": (("track", "pass_mark: 70", "pass_mark: !!python/name:os.system 70"), "alias", "basics.yaml:3:12"),
    "a second document": (("track", "pass_mark: 70", "---\npass_mark: 70"), "yaml", "basics.yaml:3:1"),
    "no YAML": (("track", "pass_mark: 70", "pass_mark: [70"), "yaml", "basics.yaml:4:6"),
    "a list for a text": (("lesson", "aim: Looks up", "aim: [Looks] #"), "yaml", "lesson.yaml:1:6"),
    "a template": (("lesson-en", "Leave it.", "{{ ''.__class__ }}"), "template", "lessons/parcel/en.md:5:3"),
    "a template's command": (("quiz", "They ask again.", '"{% for a in b %}"'), "template", "shopping.yaml:12:20"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_fault_is_named_where_it_stands(small: Small, name: str) -> None:
    (file, old, new), code, place = SPOILT[name]
    assert small.check() == []
    small.change(file, old, new)
    every = small.check()
    assert all(fault.sentence.endswith(".") and "\n" not in fault.sentence for fault in every), every
    faults = [fault for fault in every if fault.code == code]
    assert any(f"{place}:" in f"{fault.file}:{fault.line}:{fault.column}:" for fault in faults), every


def test_a_hotline_that_no_place_has_is_a_fault(small: Small) -> None:
    (small.root / "lessons/hotlines.yaml").unlink()
    assert small.codes() == {"placeholder"}


def test_a_text_that_no_message_holds_is_not_even_rendered(small: Small) -> None:
    small.change("case-en", "It does not.", "**a** " * 2_000)
    assert [(fault.code, fault.line) for fault in small.check()] == [("too-long", 10)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("lessons/parcel/en.md", "missing-language"),
        ("lessons/cases/surplus/zh-Hans.md", "missing-language"),
        ("lessons/policy.yaml", "policy"),
        ("lessons/parcel/lesson.yaml", "unknown-slug"),
    ],
)
def test_a_missing_file_is_a_fault(small: Small, path: str, code: str) -> None:
    (small.root / path).unlink()
    assert code in small.codes()


@pytest.mark.parametrize(
    "path",
    [
        "lessons/parcel/zh-hans.md",
        "lessons/parcel/notes.md",
        "quizzes/old/a.yaml",
        "lessons/lesson.yaml",
        "lessons/x.md",
    ],
)
def test_a_file_that_nobody_reads_is_a_fault(small: Small, path: str) -> None:
    small.write(path, "a: b\n")
    assert "stray" in small.codes()


def test_an_empty_folder_is_a_fault(small: Small) -> None:
    for file in sorted(small.root.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    assert small.codes() == {"empty", "words"}


def test_two_slugs_with_one_number_are_a_fault(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.content import numbers
    from bot.content.places import Faults, Place

    clash = _clash(numbers.number_of)
    faults = Faults()
    numbers.refuse_collisions([(slug, Place(f"{slug}.yaml")) for slug in clash], faults)
    assert [fault.code for fault in faults.sorted()] == ["number"]
    alone = Faults()
    numbers.refuse_collisions([(clash[0], Place("a.yaml")), ("another", Place("b.yaml"))], alone)
    assert not alone


def _clash(number_of: Callable[[str], int]) -> tuple[str, str]:
    """Two slugs that share their first four bytes; found by trying, as nobody can choose them."""
    seen: dict[int, str] = {}
    for count in range(400_000):
        slug = f"unit-{count}"
        twin = seen.setdefault(number_of(slug), slug)
        if twin != slug:
            return twin, slug
    raise AssertionError("no clash found")


def test_a_lesson_and_a_case_of_one_name_are_a_fault(small: Small) -> None:
    for name in ("case.yaml", "en.md", "zh-Hans.md"):
        text = (small.root / "lessons/cases/surplus" / name).read_text(encoding="utf-8")
        small.write(f"lessons/cases/parcel/{name}", text)
    assert "duplicate-id" in small.codes()


def test_faults_of_a_derived_text_are_told_once(small: Small) -> None:
    small.change("lesson-hans", "- 没有单号", "- 没有单号{nothing}")
    assert [fault.file for fault in small.check()] == ["lessons/parcel/zh-Hans.md"]


def test_a_derived_text_alone_can_be_too_long(small: Small) -> None:
    # 网银 is two characters, and its Taiwan form may be longer; our own term list makes it so here
    small.write("locales/terms.toml", '[ours]\n"网银" = "網路銀行服務系統"\n')
    small.change("case-hans", "- hush: 算了 →", "- hush: 先去网银看看有没有到 →")
    faults = small.check()
    assert [fault.code for fault in faults] == ["too-long"]
    assert "zh-Hant" in faults[0].sentence


def test_a_draft_in_a_track_is_a_fault(small: Small) -> None:
    small.change("case", "aim:", "draft: true\naim:")
    assert "unknown-slug" in small.codes()


def test_the_quiz_text_is_what_the_tests_think(small: Small) -> None:
    assert (small.root / "quizzes/shopping.yaml").read_text(encoding="utf-8") == QUIZ
