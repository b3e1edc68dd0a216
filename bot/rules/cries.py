"""Words of somebody who has lost money, or fears it, in the three languages.

Stems, not sentences: a person who is shaking does not look for a command.
"""

LOST = (
    "scammed", "defrauded", "conned", "robbed", "stolen", "stole my", "took my money", "lost my money", "money is gone",
    "sent money", "sent the money", "sent them", "sent him", "sent her", "i paid", "i've paid", "i’ve paid", "have paid",
    "just paid", "paid a scam", "paid them", "help me", "被骗", "被騙", "受骗", "受騙", "上当", "上當", "被诈", "被詐",
    "骗走", "騙走", "骗了我", "騙了我", "钱转出去", "錢轉出去", "转过去了", "轉過去了", "转出去了", "轉出去了", "汇过去了",
    "匯過去了", "打过去了", "打過去了", "钱没了", "錢沒了", "转给骗子", "轉給騙子", "付了钱", "付了錢", "救命", "救我",
    "救救", "帮帮我", "幫幫我",
)  # fmt: skip
"""Money is gone, or on its way: help comes first."""
CALLS = frozenset({"report", "help", "报告", "举报", "求助", "舉報", "通報", "檢舉", "報告"})
"""One of these alone is a call for help."""
WORRIED = ("scam", "fraud", "phish", "suspicious", "骗", "騙", "诈", "詐", "可疑")
"""Something is on their mind: ask before anything else."""


def asks_for_help(words: str) -> bool:
    """Whether the words are nothing but a call for help."""
    return words.strip().lower().rstrip(".!?。！？") in CALLS


def has_lost(words: str) -> bool:
    """Whether these words say that money or access is gone."""
    words = words.lower()
    return any(stem in words for stem in LOST)


def is_worried(words: str) -> bool:
    """Whether these words speak of fraud at all."""
    words = words.lower()
    return any(stem in words for stem in WORRIED)
