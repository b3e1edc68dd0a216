"""A content folder as small as one can be without a fault, and ways to spoil it."""

from pathlib import Path

from bot.content import Fault, check

LESSON = """\
aim: Looks up the parcel in the own orders
about: {audience: borrower, place: any, covers: [S1], check: parcel-01, review: {by: 2027-10-31, approved_by: [], read_by: {}}}
scene: {fee: 1800, link: harbour.example, who: {en: Yun & son, zh-Hans: 云姐}}
sources:
  - {id: X1, grade: B, year: 2020, place: US, says: "a thing", url: "https://authority.example"}
"""
LESSON_EN = """\
# Which parcel?
{who} waits. A text wants {fee}:
> Pay {fee} at {link}

**Leave it.** Then {hotline} and {policy:desk}.
---
- no number
- `no sender`
"""
LESSON_HANS = """\
# 哪一个包裹？
{who}在等。短信要 {fee} 元：
> 请付 {fee} 元：{link}

**先别动**。再打 {hotline}，找{policy:desk}。
---
- 没有单号
- `没有寄件人`
"""
CASE = """\
aim: Sends it back through the bank
about:
  audience: [borrower, employee]
  place: any
  covers: []
  lesson: parcel
  review: {by: 2027-10-31, approved_by: [], read_by: {}}
decisions:
  slip: {look: gone, pay: lost}
  gone: {call: safe, hush: lost}
right: {slip: look, gone: call}
endings: {safe: safe, lost: lost}
"""
CASE_EN = """\
# He paid too much
## slip: A slip comes.
> Kessler: paid!!
- look: Open my bank app → Nothing there.
- pay: Send the rest → It leaves.
## gone: Kessler is silent.
- call: Call my bank → It is **held**.
- hush: Let it go → Only he is glad.
## safe: It comes back.
## lost: It does not.
## debrief: Back **whole**:
- a slip is no money
"""
CASE_HANS = """\
# 他多付了钱
## slip: 来了张回单。
> 柯总：转了哈
- look: 打开手机银行 → 一分没到。
- pay: 把多的退了 → 转走了。
## gone: 柯总不说话了。
- call: 打给银行 → **拦下**了。
- hush: 算了 → 只有他高兴。
## safe: 钱回来了。
## lost: 钱没回来。
## debrief: **全额退**：
- 回单不是钱
"""
TRACK = """\
audience: borrower
title: {en: Basics, zh-Hans: 基础篇}
pass_mark: 70
units:
  - {unit: parcel, after_days: 0, weekday: monday}
  - {unit: surplus, after_days: 7, due_days: 9}
"""
POLICY = """\
policy:
  desk: {en: "the desk <5110>", zh-Hans: 值班组}
"""
HOTLINES = """\
CN:
  copy: "96110"
  official: Anti-Fraud Centre
  checked: 2026-11-24
  source: F57
  grade: B
  en: {place: mainland China, ring: "Then ring 96110 (mainland China).", more: ""}
  zh-Hans: {place: 中国内地, ring: "再打 96110（中国内地）。", more: "报案打 110。"}
"""
ADVICE = """\
about:
  category: C1
  severity: P1
  title: {en: I sent money, zh-Hans: 钱转出去了}
  review: {by: 2027-10-31, approved_by: [], read_by: {}}
en:
  say: It's fraud. Stop my transfer.
  card: |-
    **Call your bank now.**
    {hotline}
  more: Delete nothing.
zh-Hans:
  say: 我遇到诈骗，请止付。
  card: |-
    **现在就打给银行**。
    {hotline}
  more: 什么都别删。
"""


def item(name: str, unit: str, *, case: bool = False) -> str:
    return f"""\
  - id: {name}
    answer: b
    about: {{type: single, level: apply, {"case" if case else "lesson"}: {unit}, covers: [], place: any, source: none, must: false}}
    en:
      prompt: What first?
      a: [Open it, It ends in a form.]
      b: [Look it up, "You start from your order, **not theirs**."]
      c: [Pay it, They ask again.]
    zh-Hans:
      prompt: 先做什么？
      a: [点开看看, 最后总要填卡。]
      b: [查自己的单号, 从**自己的订单**查起。]
      c: [先付了, 付过一次还会再来。]
"""


TRUE_FALSE = """\
  - id: parcel-05
    answer: {verdict: f, reason: b}
    about: {type: true-false, level: analyse, lesson: parcel, covers: [], place: any, source: X1, must: true}
    en:
      prompt: Is a text genuine because it knows your name?
      t: ["True", Many lists have it.]
      f: ["False", A name is cheap.]
      a: [The name, It is on every list.]
      b: [Your own order, It knows every parcel.]
      c: [The link, It can be made.]
    zh-Hans:
      prompt: 短信知道您的名字，就是真的，对吗？
      t: [对, 很多名单上都有。]
      f: [不对, 名字不值钱。]
      a: [看名字, 哪张名单上都有。]
      b: [看自己的订单, 它知道每个包裹。]
      c: [看链接, 编得出来。]
"""
MULTIPLE = """\
  - id: parcel-04
    answer: [c, a]
    about: {type: multiple, level: recall, lesson: parcel, covers: [], place: any, source: none, must: false}
    en:
      prompt: Which two keep you safe?
      a: [Waiting, A day costs nothing.]
      b: [Paying, It leaves.]
      c: [Asking the bank, It sees the account.]
    zh-Hans:
      prompt: 哪两样稳妥？
      a: [等一等, 多等一天不花钱。]
      b: [先付, 钱就走了。]
      c: [问银行, 它看得到账户。]
"""
PAGE = """\
shelf: [scam, stage]
stage: asked
about: [parcel, surplus]
reviewed_on: 2026-11-20
sources:
  - {id: X1, grade: B, year: 2020, place: US, says: "a thing", url: "https://authority.example"}
also: {en: [customs text], zh-Hans: [海关短信]}
"""
PAGE_EN = """\
# Parcel texts
Look it up in **your own order**.
Then {hotline}, or ask {policy:desk}.
"""
PAGE_HANS = """\
# 包裹短信
**先查自己的订单**。
再打 {hotline}，或者找{policy:desk}。
"""
QUIZ = f"""\
topic: shopping
title: {{en: Shopping, zh-Hans: 网购}}
review: {{by: 2027-10-31, approved_by: [], read_by: {{}}}}
items:
{item("parcel-01", "parcel")}{item("parcel-02", "parcel")}{item("parcel-03", "parcel")}{MULTIPLE}{TRUE_FALSE}\
{item("surplus-01", "surplus", case=True)}{item("surplus-02", "surplus", case=True)}"""

FILES = {
    "lessons/parcel/lesson.yaml": LESSON,
    "lessons/parcel/en.md": LESSON_EN,
    "lessons/parcel/zh-Hans.md": LESSON_HANS,
    "lessons/cases/surplus/case.yaml": CASE,
    "lessons/cases/surplus/en.md": CASE_EN,
    "lessons/cases/surplus/zh-Hans.md": CASE_HANS,
    "lessons/tracks/basics.yaml": TRACK,
    "lessons/handbook/parcel-texts/page.yaml": PAGE,
    "lessons/handbook/parcel-texts/en.md": PAGE_EN,
    "lessons/handbook/parcel-texts/zh-Hans.md": PAGE_HANS,
    "lessons/policy.yaml": POLICY,
    "lessons/hotlines.yaml": HOTLINES,
    "lessons/advice/money-sent.yaml": ADVICE,
    "quizzes/shopping.yaml": QUIZ,
}
BY_NAME = {
    "lesson": "lessons/parcel/lesson.yaml",
    "lesson-en": "lessons/parcel/en.md",
    "lesson-hans": "lessons/parcel/zh-Hans.md",
    "case": "lessons/cases/surplus/case.yaml",
    "case-en": "lessons/cases/surplus/en.md",
    "case-hans": "lessons/cases/surplus/zh-Hans.md",
    "track": "lessons/tracks/basics.yaml",
    "policy": "lessons/policy.yaml",
    "hotlines": "lessons/hotlines.yaml",
    "advice": "lessons/advice/money-sent.yaml",
    "page": "lessons/handbook/parcel-texts/page.yaml",
    "page-en": "lessons/handbook/parcel-texts/en.md",
    "page-hans": "lessons/handbook/parcel-texts/zh-Hans.md",
    "quiz": "quizzes/shopping.yaml",
}


class Small:
    """The folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "locales").mkdir()
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first *old* in a file; a test that changes nothing is wrong itself."""
        file = self.root / BY_NAME[name]
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {file}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def check(self) -> list[Fault]:
        return check(self.root)

    def codes(self) -> set[str]:
        return {fault.code for fault in self.check()}
