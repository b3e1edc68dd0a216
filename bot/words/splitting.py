"""Words as people type them, made comparable: one script, one case, stems, pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import opencc  # type: ignore[import-untyped,unused-ignore]
import snowballstemmer  # type: ignore[import-untyped,unused-ignore]
from rapidfuzz import process
from rapidfuzz.distance import OSA

_SIMPLER = opencc.OpenCC("t2s")
_STEMMER = snowballstemmer.stemmer("english")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*%?|[a-z]+(?:'[a-z]+)*|[㐀-鿿]+")
_OWNER = re.compile(r"'(?:s|re|ve|ll|d|m)$")

_SMALL = frozenset(
    """a about after all already also am an and any anyone anything are as at be because been before being but by can
    could did do does doing don't for from get getting go going got had has have having he help her him his how i if in
    into is it its just let like many may me might mine more much must my need new no not now of ok on one only or other our out over please
    same she should so some somebody someone something than that the their them then there these they thing this those
    to too up us very want wants was we well were what when where which while who whom why will with would yes you your""".split()
)
"""English words that stand in any question."""
_LONG_SMALL = sorted(word for word in _SMALL if len(word) > 3)
_ASKING = re.compile(
    "怎么办|怎么样|怎么|什么样|什么|为什么|请问|能不能|可不可以|可以|是不是|有没有|要不要|该不该|会不会|哪里|哪个|如何|"
    "咋办|应该|知道|一下|一个|这个|那个|如果|已经|刚刚|刚才|现在|自己|别人|有人|人家|他们|她们|我们|你们|您们|"
    "[的吗呢啊吧呀嘛哦我你您他她它们是在有就都也要该能会把被让给和与跟及或很太又还再才刚这那哪么到咋]"
)
"""Chinese ones; pairs of characters do not reach across them."""
_ASPECT = re.compile("[了过着完]")
"""Say that something is done, often inside a word: 上了当, 报完警. Taken out, so that 上当 and 报警 are met."""
_CANTONESE = str.maketrans("俾畀佢咗嘅哋唔喺嚟呃冇", "给给他了的们不在来骗没")
"""As Hong Kong types, by what it is in written Chinese; in simplified characters."""


def pieces(text: str) -> Iterator[str]:
    """Latin words, figures and runs of characters, in order, lower case and in simplified characters."""
    whole = text.encode("utf-8", "ignore").decode()  # half a surrogate pair is no letter
    plain = unicodedata.normalize("NFKC", whole).lower().replace("’", "'").replace("‘", "'")
    for piece in _PIECE.findall(_SIMPLER.convert(plain).translate(_CANTONESE)):
        yield _OWNER.sub("", piece)


def is_han(piece: str) -> bool:
    return piece >= "㐀"


def is_small(word: str) -> bool:
    return word in _SMALL or word.replace("'", "") in _SMALL or (len(word) == 1 and word.isalpha())


def is_small_mistyped(word: str) -> bool:
    """Whether a word that stands nowhere is such a one with a slip in it: befor, shoud."""
    near = process.extractOne(word, _LONG_SMALL, scorer=OSA.distance, score_cutoff=1)
    return len(word) > 3 and near is not None


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """Loans, loaned and loan are one word."""
    return str(_STEMMER.stemWord(word))


def parts(run: str) -> list[str]:
    """What is left of a run of characters between words that stand in any question."""
    return [part for part in _ASKING.split(_ASPECT.sub("", run)) if part]


def pairs(part: str) -> list[str]:
    """Neighbouring characters two by two; a character alone stands for itself."""
    return [part[at : at + 2] for at in range(max(len(part) - 1, 1))]
