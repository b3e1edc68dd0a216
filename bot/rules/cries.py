"""Words of somebody who has lost money, or fears it, in the three languages.

Stems, not sentences: a person who is shaking does not look for a command.
"""

LOST = (
    "scammed", "defrauded", "conned", "robbed", "stolen", "stole my", "sent money", "sent the money",
    "paid a scam", "paid them", "被骗", "被騙", "受骗", "受騙", "上当", "上當", "被诈", "被詐", "钱转出去", "錢轉出去",
    "钱没了", "錢沒了", "转给骗子", "轉給騙子",
)  # fmt: skip
"""Money is gone, or on its way: help comes first."""
WORRIED = ("scam", "fraud", "phish", "suspicious", "骗", "騙", "诈", "詐", "可疑")
"""Something is on their mind: ask before anything else."""


def has_lost(words: str) -> bool:
    """Whether these words say that money or access is gone."""
    return any(stem in words.lower() for stem in LOST)


def is_worried(words: str) -> bool:
    """Whether these words speak of fraud at all."""
    return any(stem in words.lower() for stem in WORRIED)
