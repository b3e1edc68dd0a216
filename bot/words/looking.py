"""Looking something up in the handbook: the nearest pages to a few words or a whole question.

Everything is in memory and nothing of it in a database, so that SQLite and PostgreSQL answer alike.
Pages of all languages are one index: whoever mixes scripts or languages finds the same pages.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

from markupsafe import Markup
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.rules.handbook import MOST_FOUND, Page
from bot.words import splitting

LONGEST_QUERY = 200
"""Letters that are read of a question; the rest changes nothing."""
_TITLE, _ALSO, _BODY = 4.0, 4.0, 1.0
"""What a word counts for by where it stands."""
_SATURATION, _LENGTH = 1.2, 0.3
"""BM25's k1 and b: long lists of everyday words are no fault of a page."""
_LETTER = 0.2
"""A single Chinese character counts for little beside a pair."""
_TURNED = 0.6
"""A pair the other way round: 转钱 where a page says 钱转."""
_MISTYPED = 0.7
_FAR = 0.2
"""Pages that come to less than this share of the first are not shown."""
_SURE = 0.5
"""So much of what was asked has to stand on a page for it to be an answer."""
_WORD = 2.0
"""A Latin word is as much of a question as two Chinese characters."""

Term = str


@dataclass(frozen=True, slots=True)
class Found:
    pages: tuple[Page, ...]
    """At most three, the nearest first."""
    sure: bool
    """Whether the first speaks of what was asked; else these are only the nearest."""


@dataclass(slots=True)
class _Question:
    meant: list[Mapping[Term, float]] = field(default_factory=list)
    """For each word the terms it may be, with what each counts for."""
    asked: list[tuple[float, Collection[Term]]] = field(default_factory=list)
    """How much of the question each word and character is, and the terms that answer it."""


class Index:
    """The pages of the handbook, by their words."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = dict(sorted(pages.items()))
        self._pages = list(self.pages.values())
        self._counts: dict[Term, dict[int, float]] = defaultdict(dict)
        self._near: dict[Term, set[int]] = defaultdict(set)
        """Pages that hold a term in their title or among their everyday words."""
        self._words: dict[str, Term] = {}
        lengths = []
        for number, page in enumerate(self._pages):
            counts, near = self._counted(page)
            lengths.append(sum(counts.values()))
            for term, count in counts.items():
                self._counts[term][number] = count
            for term in near:
                self._near[term].add(number)
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        self._room = [1 - _LENGTH + _LENGTH * length / mean for length in lengths]

    def find(self, query: str) -> Found:
        """The nearest pages to these words; none when no word of them stands anywhere.

        Single characters that happen to stand on a page are no word: nearly every Chinese sentence has some.
        """
        question = self._question(query[:LONGEST_QUERY])
        if not any(terms for _, terms in question.asked):
            return Found((), sure=False)
        scores: dict[int, float] = defaultdict(float)
        for terms in question.meant:
            for number, score in self._scores(terms).items():
                scores[number] += score
        if not scores:
            return Found((), sure=False)
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
        least = scores[ranked[0]] * _FAR
        shown = [number for number in ranked[:MOST_FOUND] if scores[number] >= least]
        return Found(tuple(self._pages[n] for n in shown), self._answers(ranked[0], question))

    def _answers(self, number: int, question: _Question) -> bool:
        """Whether this page is about it by its title or everyday words, and holds half of what was asked."""
        if not any(
            number in self._near[term] for terms in question.meant for term in terms if term in self._near
        ):
            return False
        held = sum(
            share for share, terms in question.asked if any(number in self._counts[term] for term in terms)
        )
        return held >= _SURE * sum(share for share, _ in question.asked)

    def _scores(self, terms: Mapping[Term, float]) -> dict[int, float]:
        best: dict[int, float] = {}
        for term, share in terms.items():
            rarity = self._rarity(term)
            for number, count in self._counts[term].items():
                full = count * (_SATURATION + 1) / (count + _SATURATION * self._room[number])
                best[number] = max(best.get(number, 0.0), share * rarity * full)
        return best

    def _rarity(self, term: Term) -> float:
        """BM25's weight of a term: the fewer pages hold it the more it tells."""
        holding, among = len(self._counts[term]), len(self._pages)
        return log(1 + (among - holding + 0.5) / (holding + 0.5))

    def _question(self, query: str) -> _Question:
        question = _Question()
        words: list[str] = []
        for piece in dict.fromkeys(splitting.pieces(query)):
            if splitting.is_han(piece):
                for part in splitting.parts(piece):
                    self._read_part(part, question)
            elif not self._is_small(piece):
                words.append(piece)
        self._read_words(words, question)
        return question

    def _is_small(self, word: str) -> bool:
        if splitting.is_small(word):
            return True
        return splitting.stem(word) not in self._counts and splitting.is_small_mistyped(word)

    def _read_part(self, part: str, question: _Question) -> None:
        known = [
            {term: share for term, share in ((pair, 1.0), (pair[::-1], _TURNED)) if term in self._counts}
            for pair in splitting.pairs(part)
        ]
        question.meant += known
        if len(part) > 1:
            question.meant += [{letter: _LETTER} for letter in part if letter in self._near]
        for place in range(len(part)):
            beside = known[max(place - 1, 0) : place + 1]
            question.asked.append((1.0, [term for terms in beside for term in terms]))

    def _read_words(self, words: Sequence[str], question: _Question) -> None:
        every = [self._meant(word) for word in words]
        for place, (one, next_one) in enumerate(pairwise(words)):
            if joined := self._words.get(one + next_one):  # “un freeze”
                every[place] = every[place + 1] = {joined: 1.0}
        question.meant += every
        question.asked += [(_WORD, terms) for terms in every]

    def _meant(self, word: str) -> Mapping[Term, float]:
        """The terms that a typed word may be: itself, else what is one slip away, in long words two."""
        term = splitting.stem(word)
        if term in self._counts:
            return {term: 1.0}
        slips = 0 if len(word) < 4 or not word.isalpha() else 1 if len(word) < 8 else 2
        if not slips:
            return {}
        near = process.extract(word, self._words.keys(), scorer=OSA.distance, score_cutoff=slips, limit=4)
        nearest = min((distance for _, distance, _ in near), default=0)
        return {self._words[other]: _MISTYPED**nearest for other, distance, _ in near if distance == nearest}

    def _counted(self, page: Page) -> tuple[dict[Term, float], set[Term]]:
        counts: dict[Term, float] = defaultdict(float)
        near: set[Term] = set()
        for said in page.words.values():
            for text, weight in (
                (said.title, _TITLE), (_seen(said.body), _BODY), *((one, _ALSO) for one in said.also)
            ):  # fmt: skip
                for term in self._terms(text):
                    counts[term] += weight
                    if weight > _BODY:
                        near.add(term)
        return counts, near

    def _terms(self, text: str) -> Iterator[Term]:
        for piece in splitting.pieces(text):
            if splitting.is_han(piece):
                for part in splitting.parts(piece):
                    yield from splitting.pairs(part)
                    yield from part[: len(part) if len(part) > 1 else 0]
            elif not splitting.is_small(piece):
                term = splitting.stem(piece)
                self._words.setdefault(piece, term)
                yield term


def _seen(html: str) -> str:
    """What a reader sees of a page."""
    return str(Markup(html.replace("{hotline}", " ")).striptags())
