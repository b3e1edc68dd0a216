"""What a trainer writes by the guide (`docs/trainers.md`), into a copy of our own folder."""

import shutil
from pathlib import Path

from bot.shipped import content_root

SLUG = "sticky-note"
LESSON = """\
aim: Takes a password off the monitor and tells its owner, before anything else
about:
  audience: employee
  place: any
  covers: []
  check: sticky-note-01
  review:
    by: 2027-10-31
    approved_by: []
    read_by: {}
sources: []
draft: true
"""
ENGLISH = """\
# The note on the screen
Monday, the desk by the window. Its owner is on leave. A yellow note on the monitor:
> Rain2468, for the loan system
---
Whoever walks past can be this colleague until Friday:
- the cleaner's cousin
- a visitor with a phone
---
**Take the note down and tell {policy:desk}.** They change the password within minutes.
"""
HANS = """\
# 屏幕上的便条
星期一，靠窗的位子空着，人在休假。显示器上贴着黄色便条：
> Rain2468，贷款系统用
---
谁路过，谁就能冒用这位同事，一直到周五：
- 保洁员的亲戚
- 拿着手机的访客
---
**把便条揭下来，告诉{policy:desk}**。几分钟就能换掉密码。
"""
HANT = """\
# 螢幕上的便條（臺灣版）
星期一，靠窗的位子空著，人在休假。螢幕上貼著黃色便條：
> Rain2468，貸款系統用
---
誰路過，誰就能冒用這位同事，一直到週五：
- 清潔人員的親戚
- 拿著手機的訪客
---
**把便條撕下來，告訴{policy:desk}**。幾分鐘就能換掉密碼。
"""


def item(number: int, unit: str = SLUG, more: str = "") -> str:
    return f"""\
  - id: {unit}-{number:02}
    answer: b
{more}    about:
      type: single
      level: apply
      lesson: {unit}
      covers: []
      place: any
      source: none
      must: false
    en:
      prompt: "Note {number}: whose password is it now?"
      a: ["Its owner's alone", "It was, until somebody could read it."]
      b: ["Everybody's who walks by", "Whoever reads it can sign in as that colleague."]
      c: ["Nobody's until Monday", "A leave is the best time for whoever wants in."]
    zh-Hans:
      prompt: "便条 {number}：这个密码现在算谁的？"
      a: ["只是本人的", "没人看见之前是。"]
      b: ["谁路过就算谁的", "看到的人都能冒用这位同事登录。"]
      c: ["周一之前谁都不算", "人休假的时候，最方便别人进来。"]
"""


def copied(folder: Path) -> Path:
    """Our own folder, to be changed."""
    for name in ("lessons", "quizzes", "locales"):
        shutil.copytree(content_root() / name, folder / name)
    return folder


def with_draft(folder: Path) -> Path:
    """A copy with a draft lesson in it, its words in 繁體中文 written by hand, and a draft item of a lesson we teach."""
    root = copied(folder)
    home = root / "lessons" / SLUG
    home.mkdir()
    for name, words in {
        "lesson.yaml": LESSON,
        "en.md": ENGLISH,
        "zh-Hans.md": HANS,
        "zh-Hant.md": HANT,
    }.items():
        (home / name).write_text(words, encoding="utf-8")
    quiz = root / "quizzes" / "accounts.yaml"
    quiz.write_text(quiz.read_text(encoding="utf-8") + "".join(map(item, range(1, 6))), encoding="utf-8")
    reporting = root / "quizzes" / "reporting.yaml"
    draft = item(9, "report-it-fast", "    draft: true\n    replaces: report-it-fast-02\n")
    reporting.write_text(reporting.read_text(encoding="utf-8") + draft, encoding="utf-8")
    return root
