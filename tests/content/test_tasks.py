"""Items that are more than a choice: read as they are written, and their faults named where they stand."""

import pytest

from bot.content import check, load, pack, unpack
from tests.content.small import Small, item

QUIZ = "quizzes/shopping.yaml"
ORDERING = """\
  - id: parcel-03
    answer: [c, a, b]
    about: {type: ordering, level: apply, lesson: parcel, covers: [], place: any, source: none, must: false}
    en:
      prompt: In which order?
      a: [Call the bank, Second.]
      b: [Write it down, Last.]
      c: [Stop paying, First.]
    zh-Hans:
      prompt: 按什么顺序？
      a: [打给银行, 第二步。]
      b: [记下来, 最后。]
      c: [别再付, 第一步。]
"""
NUMERIC = """\
  - id: parcel-03
    answer: {value: 12, tolerance: 0.5}
    near: {a: {value: 11, tolerance: 0.4}, b: {value: -4.25, tolerance: 0}}
    about: {type: numeric, level: analyse, lesson: parcel, covers: [], place: any, source: none, must: false}
    en:
      prompt: How many sales?
      facts: "Lost: 4,240"
      right: 4,240 ÷ 360 is 11.8.
      a: One short.
      b: Half the loss.
      other: Divide.
    zh-Hans:
      prompt: 卖几台？
      facts: 亏 4,240 元
      right: 4,240÷360≈11.8。
      a: 差一点。
      b: 才一半。
      other: 除一除。
"""
FLAGS = """\
  - id: parcel-03
    answer: [d, b, f]
    channel: e-mail
    head: {from: a, subject: b}
    about: {type: red-flags, level: analyse, lesson: parcel, covers: [], place: any, source: none, must: false}
    en:
      prompt: What gives it away?
      a: [Harbour Parcels, Sender, Anybody can write it.]
      b: [Pay today, Today, A clock.]
      c: [Dear Seler, Greeting, Honest people mistype.]
      d: [Pay at harbour.example, Link, Their own page.]
      e: [Number 88-1047, Number, Real ones look like this.]
      f: [Do not call, Silence, Nobody may step in.]
    zh-Hans:
      prompt: 哪里露馅？
      a: [海港快递, 发件人, 谁都能写。]
      b: [今天付, 今天, 给个钟点。]
      c: [亲爱的朋有, 称呼, 谁都打错字。]
      d: [请到 harbour.example 付,链接, 对方的网页。]
      e: [单号88-1047, 单号, 真单号也这样。]
      f: [别打电话, 别打, 免得有人拦。]
"""
SPOILT = {
    "two signs only": (FLAGS, "[d, b, f]", "[d, b]", "answer", 32, 14),
    "no harmless part to speak of": (FLAGS, "[d, b, f]", "[d, b, f, c, e]", "answer", 32, 14),
    "a sign that is no part": (FLAGS, "[d, b, f]", "[d, b, h]", "answer", 32, 20),
    "a channel that is none": (FLAGS, "channel: e-mail", "channel: fax", "value", 33, 14),
    "no channel": (FLAGS, "    channel: e-mail\n", "", "missing-key", 31, 5),
    "an e-mail without subject": (FLAGS, ", subject: b}", "}", "missing-key", 34, 11),
    "a line above that is no part": (FLAGS, "subject: b}", "subject: z}", "value", 34, 30),
    "one part for two lines above": (FLAGS, "subject: b}", "subject: a}", "value", 34, 5),
    "a line above that this channel has not": (
        FLAGS,
        "channel: e-mail",
        "channel: sms",
        "unknown-key",
        34,
        21,
    ),
    "a part without handle": (
        FLAGS,
        "[Do not call, Silence, Nobody may step in.]",
        "[Do not call, Nobody may step in.]",
        "missing-feedback",
        43,
        7,
    ),
    "a handle too wide": (FLAGS, "Greeting", "Salutation", "too-long", 40, 23),
    "a Chinese handle too wide": (FLAGS, "称呼", "怎么称呼您", "too-long", 48, 18),
    "two handles alike": (FLAGS, "Number, Real", "Today, Real", "choices", 42, 7),
    "an address that may be somebody's": (
        FLAGS,
        "harbour.example, Link",
        "harbour-parcels.com, Link",
        "address",
        41,
        11,
    ),
    "a channel of what is no message": (
        ORDERING,
        "[c, a, b]",
        "[c, a, b]\n    channel: sms",
        "unknown-key",
        33,
        5,
    ),
    "a figure that is none": (NUMERIC, "value: 12,", "value: a dozen,", "value", 32, 21),
    "a figure with a comma": (NUMERIC, "value: 12,", 'value: "1,200",', "value", 32, 21),
    "a figure without tolerance": (NUMERIC, "value: 12, tolerance: 0.5", "value: 12", "missing-key", 32, 13),
    "a tolerance below nothing": (NUMERIC, "tolerance: 0.5", "tolerance: -0.5", "value", 32, 25),
    "a near miss within what is right": (NUMERIC, "tolerance: 0.4", "tolerance: 0.5", "answer", 33, 12),
    "a near miss by another name": (NUMERIC, "near: {a:", "near: {z:", "unknown-key", 33, 12),
    "a near miss without words": (NUMERIC, "      a: One short.\n", "", "missing-key", 36, 7),
    "words for no near miss": (
        NUMERIC,
        "near: {a: {value: 11, tolerance: 0.4}, ",
        "near: {",
        "unknown-key",
        39,
        7,
    ),
    "no sum worked through": (NUMERIC, "      right: 4,240 ÷ 360 is 11.8.\n", "", "missing-key", 36, 7),
    "no facts": (NUMERIC, '      facts: "Lost: 4,240"\n', "", "missing-key", 36, 7),
    "a near miss said at length": (NUMERIC, "One short.", "word " * 46, "too-long", 39, 7),
    "near misses of what is no figure": (
        ORDERING,
        "[c, a, b]",
        "[c, a, b]\n    near: {a: {value: 1, tolerance: 0}}",
        "unknown-key",
        33,
        5,
    ),
    "an order that leaves a step out": (ORDERING, "[c, a, b]", "[c, a]", "answer", 32, 14),
    "an order that names a step twice": (ORDERING, "[c, a, b]", "[c, a, a]", "answer", 32, 14),
    "an order of what is no step": (ORDERING, "[c, a, b]", "[c, a, d]", "answer", 32, 14),
    "an order of two steps": (ORDERING, "      b: [Write it down, Last.]\n", "", "missing-choice", 35, 7),
    "a step without a reason": (
        ORDERING,
        "[Stop paying, First.]",
        "[Stop paying]",
        "missing-feedback",
        38,
        7,
    ),
}


def with_task(small: Small, task: str) -> Small:
    small.change("quiz", item("parcel-03", "parcel"), task)
    return small


@pytest.mark.parametrize("task", [ORDERING, NUMERIC, FLAGS], ids=["ordering", "numeric", "red-flags"])
def test_a_task_is_read_without_a_fault_and_comes_back_from_its_packing(small: Small, task: str) -> None:
    with_task(small, task)
    assert small.check() == []
    unit = load(small.root).units["parcel"]
    assert unpack(pack(unit)) == unit


@pytest.mark.parametrize("name", SPOILT)
def test_a_fault_of_a_task_is_named_where_it_stands(small: Small, name: str) -> None:
    task, old, new, code, line, column = SPOILT[name]
    assert old in task
    with_task(small, task.replace(old, new, 1))
    found = [(fault.code, fault.file, fault.line, fault.column) for fault in small.check()]
    assert (code, QUIZ, line, column) in found, small.check()


def test_an_order_keeps_its_order(small: Small) -> None:
    read = load(with_task(small, ORDERING).root).items["parcel-03"]
    assert read.answer == ("c", "a", "b")
    assert read.choices == ("a", "b", "c")


def test_a_figure_is_read_with_its_near_misses(small: Small) -> None:
    read = load(with_task(small, NUMERIC).root).items["parcel-03"]
    assert (read.answer, read.choices, read.words["en"].facts) == (("12",), (), "Lost: 4,240")
    assert {key: (str(one.value), str(one.tolerance)) for key, one in read.figures.items()} == {
        "right": ("12", "0.5"), "a": ("11", "0.4"), "b": ("-4.25", "0"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [("value: 12,", "value: 13,"), ("tolerance: 0.5", "tolerance: 0.1"), ("value: 11,", "value: 10,")],
)
def test_a_published_figure_never_changes(small: Small, old: str, new: str) -> None:
    with_task(small, NUMERIC)
    assert check(small.root, publish=True) == []
    small.change("quiz", old, new)
    assert [fault.code for fault in small.check()] == ["changed-meaning"]


def test_a_unit_kept_before_there_were_tasks_still_loads_and_keeps_its_version(small: Small) -> None:
    unit = load(small.root).units["parcel"]
    assert "figures" not in pack(unit) and "facts" not in pack(unit)
    assert unpack(pack(unit)) == unit


def test_a_practice_message_is_read_with_its_dress(small: Small) -> None:
    read = load(with_task(small, FLAGS).root).items["parcel-03"]
    assert (read.answer, read.channel, read.head) == (
        ("b", "d", "f"),
        "e-mail",
        {"from": "a", "subject": "b"},
    )
    assert read.choices == tuple("abcdef")
    said = read.words["zh-Hans"].choices["e"]
    assert (said.label, said.part) == ("单号", "单号88-1047"), "other people space as they like"


def test_a_genuine_message_has_no_sign(small: Small) -> None:
    with_task(small, FLAGS.replace("[d, b, f]", "none"))
    assert small.check() == []
    assert load(small.root).items["parcel-03"].answer == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [("Pay today, Today", "Pay now, Today"), ("Pay today, Today", "Pay today, Hurry"), ("[d, b, f]", "[d, b, c]"), ("from: a, subject: b", "from: b, subject: a"), ("[d, b, f]", "none")],
)  # fmt: skip
def test_a_published_message_never_changes(small: Small, old: str, new: str) -> None:
    with_task(small, FLAGS)
    assert check(small.root, publish=True) == []
    small.change("quiz", old, new)
    assert [fault.code for fault in small.check()] == ["changed-meaning"]


def test_a_published_order_never_changes(small: Small) -> None:
    with_task(small, ORDERING)
    assert check(small.root, publish=True) == []
    small.change("quiz", "answer: [c, a, b]", "answer: [a, c, b]")
    assert [fault.code for fault in small.check()] == ["changed-meaning"]
