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
SPOILT = {
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


@pytest.mark.parametrize("task", [ORDERING], ids=["ordering"])
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


def test_a_published_order_never_changes(small: Small) -> None:
    with_task(small, ORDERING)
    assert check(small.root, publish=True) == []
    small.change("quiz", "answer: [c, a, b]", "answer: [a, c, b]")
    assert [fault.code for fault in small.check()] == ["changed-meaning"]
