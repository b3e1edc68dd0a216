"""The `test:` of a track: when it is owed, of what it asks how many, and whether the bank has as many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from bot.content.forms import Form, is_slug
from bot.content.numbers import number_of
from bot.content.places import Place
from bot.content.titles import read_titles
from bot.rules import quiz
from bot.rules.curriculum import Audience, Item, TrackTest, TrackTestWords, TrackUnit
from bot.rules.retake import TRIES
from bot.rules.width import ONE_A_ROW

ON_A_BUTTON = ONE_A_ROW - 4
"""Units of a title behind “⏰ ”."""
MOST_OF_TOPIC, MOST_TRIES, SUFFIX = 20, 10, "-test"
Bank = Mapping[str, Sequence[Item]]
"""Topic → the items that are still asked."""
Timing = Callable[[Form], TrackUnit | None]


def read_test(
    form: Form, track: str, audience: Audience, pass_mark: int, units: Sequence[str], bank: Bank,
    timing: Timing, hant: Callable[[str], str],
) -> tuple[TrackTest, TrackUnit, Place] | None:  # fmt: skip
    """The test, the unit it is owed as, and where it stands; None where there is none or it is faulty."""
    if not form.has("test"):
        return None
    test = form.form("test")
    titles = read_titles(test, "title", hant, ON_A_BUTTON)
    owed = timing(test)
    tries = test.number("tries", 1, MOST_TRIES, needed=False)
    topics = _topics(test, frozenset(units), bank)
    test.done()
    slug = track + SUFFIX
    if audience == "borrower":
        form.faults.at(form.key("test"), "audience", "Borrowers have no pass mark: leave “test:” out.")
    if not is_slug(slug):
        form.faults.at(form.key("test"), "slug", f"“{slug}” is too long; give the file a shorter name.")
    if owed is None or not topics:
        return None
    words = {tag: TrackTestWords(title) for tag, title in titles.items()}
    read = TrackTest(
        slug, number_of(slug), audience, topics, tuple(units), TRIES if tries is None else tries, pass_mark, words, ""
    )  # fmt: skip
    version = sha256(repr(read).encode()).hexdigest()[:16]
    return replace(read, version=version), replace(owed, unit=slug), form.key("test")


def _topics(test: Form, taught: frozenset[str], bank: Bank) -> dict[str, int]:
    """Topic → how many of its questions; what the bank cannot give is told where it stands."""
    form = test.form("topics")
    found: dict[str, int] = {}
    topics = list(form.slugs())
    for topic, _ in topics:
        count = form.number(topic, 1, MOST_OF_TOPIC)
        if topic not in bank:
            form.faults.at(form.key(topic), "unknown-slug", f"There is no quiz file for the topic “{topic}”.")
        elif count is not None:
            _check_bank(form, topic, count, [item for item in bank[topic] if item.unit in taught])
            found[topic] = count
    if test.has("topics") and not topics:
        form.faults.at(test.key("topics"), "empty", "A test asks about one topic at least.")
    return found


def _check_bank(form: Form, topic: str, count: int, items: Sequence[Item]) -> None:
    """Whoever did not pass gets another set the next day, so there have to be two."""
    wanted = quiz.needed_for_two(items, count)
    if len(items) < wanted:
        sentence = (
            f"The lessons and cases of this track have {len(items)} questions on “{topic}”; "
            f"two different sets of {count} take {wanted}."
        )
        form.faults.at(form.key(topic), "items", sentence)
