"""Spacing and punctuation of zh-Hans that a machine can tell (full-width signs, a space before Latin)."""

import re
from collections.abc import Iterator

from bot.content.markdown import plain

_HAN = "㐀-鿿"
_WIDE = "，。：；？！、（）《》【】"
_QUOTED = re.compile(r"<blockquote>.*?</blockquote>", re.DOTALL)

# Each: what to look for, and the sentence for it. Other people's words (quote bars) keep their own habits.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(f"[{_HAN}][A-Za-z0-9]"), "A space is missing between Chinese and what follows: “{}”."),
    (re.compile(f"[A-Za-z0-9%][{_HAN}]"), "A space is missing between this and the Chinese after it: “{}”."),
    (re.compile(f"[{_HAN}]/[a-z]+"), "A space is missing before the command: “{}”."),
    (re.compile(f"[{_HAN}”」][,;:?!()]|[,;:?!()][{_HAN}“「]"), "Chinese takes full-width ，；：？（） here: “{}”."),
    (re.compile(f"[{_HAN}]\\.(?![A-Za-z0-9])"), "A Chinese sentence ends in 。: “{}”."),
    (re.compile(f"[{_WIDE}] (?=\\S)|(?<=\\S) [{_WIDE}]"), "No space stands beside a full-width sign: “{}”."),
    (re.compile(r"\d [%°]|\d / \d"), "No space belongs inside “{}”."),
    (re.compile(f'[{_HAN}]["\']|["\'][{_HAN}]'), "Chinese quotes are “ ”: “{}”."),
    (re.compile(r"[，。：；？、]{2,}"), "These signs do not stand like that: “{}”."),
    (re.compile(f"[{_HAN}] [{_HAN}]"), "No space stands between Chinese characters: “{}”."),
)  # fmt: skip


def complaints(shown: str) -> Iterator[tuple[int, str, str]]:
    """Line (from 0), piece and sentence for what a zh-Hans text in Telegram HTML gets wrong."""
    ours = plain(_QUOTED.sub(lambda quote: "\n" * quote[0].count("\n"), shown))
    for number, line in enumerate(ours.split("\n")):
        for pattern, sentence in _RULES:
            hit = pattern.search(line)
            if hit:
                around = line[max(hit.start() - 3, 0) : hit.end() + 3].strip()
                yield number, hit[0], sentence.format(around)
