"""Questions: ask, tick, mark, and say why."""

from bot.chat import asking
from bot.chat.commands import lesson, results, retake, review
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules import quiz as rules
from bot.rules.attempt import Attempt
from bot.rules.curriculum import FALSE, TRUE, Item, Lesson

FIGURE = "figure"
"""What a learner is asked to type when a question is answered with a number."""
TAKEN_BACK = ("ordering", "red-flags")
"""Kinds of questions whose choices have a button that takes them back."""


def quiz(turn: Turn) -> None:
    """`/quiz [topic]`: the topics to choose from, or one of them at once."""
    topics = turn.library.topics_for(turn.learner.audience)
    wanted = turn.heard.args.strip().lower()
    chosen = [t for t in topics if wanted and wanted in (t, lesson.topic_title(turn, t).lower())]
    if chosen:
        retake.take(turn, "quiz", chosen[0])
    else:
        turn.show("quiz_topics", topics=[(topics.index(t), lesson.topic_title(turn, t)) for t in topics])


def choose_topic(turn: Turn) -> None:
    topics = turn.library.topics_for(turn.learner.audience)
    if turn.tap.choice >= len(topics):
        turn.spent()
    else:
        retake.take(turn, "quiz", topics[turn.tap.choice])


def item_of(turn: Turn, attempt: Attempt, item_id: str) -> Item | None:
    """The item as this attempt began with it."""
    if attempt.is_drawn:
        return turn.library.item_at(attempt.content_version, item_id)
    unit = turn.unit_of(attempt)
    return rules.item_of(unit, item_id) if unit is not None else turn.library.item(item_id)


def show_question(turn: Turn, attempt: Attempt, *, moved: bool = False) -> None:
    """Ask the item at which the attempt stands; a lesson's questions begin in a message of their own."""
    item = item_of(turn, attempt, attempt.item_id)
    if item is None:
        _gone(turn, attempt)
        return
    name, context = asking.question(item, attempt, turn.learner.language, turn.filled)
    if attempt.kind == "review":
        context |= review.source(turn, item)
    if item.type == "numeric":
        turn.store.await_words(turn.learner.id, FIGURE, f"{attempt.id}.{attempt.number}")
    else:
        expect_no_figure(turn)
    screen = f"attempt:{attempt.id}"
    if _is_on(turn, attempt):
        turn.show(name, screen=screen, under_picture=True, **context)
    elif item.type == "red-flags" and turn.learner.pictures != "none":
        practice = turn.said("practice", channel=item.channel)
        picture = asking.picture(item, turn.learner.language, practice)
        turn.show_picture(name, picture, screen=screen, **context)
    else:
        put = turn.move if moved and turn.heard.kind == "tap" else turn.show
        put(name, screen=screen, **context)


def _is_on(turn: Turn, attempt: Attempt) -> bool:
    """Whether the tapped message shows this very question already."""
    tap = turn.tap
    return tap.kind in ("a", "k") and (tap.row, tap.number) == (attempt.id, attempt.number)


def expect_no_figure(turn: Turn) -> None:
    """The next words that are typed are no answer to a question any more."""
    if turn.store.dialogue.awaits == FIGURE:
        turn.store.await_words(turn.learner.id, "")


def answer(turn: Turn) -> None:
    """A tap on a choice: an answer, a tick, a number, or the first half of an answer."""
    asked = _asked(turn)
    if asked is None:
        return
    attempt, item = asked
    takes_back, number = divmod(turn.tap.choice, asking.UNDO)
    keys = list(item.words[turn.learner.language].choices)
    if number >= len(keys) or takes_back > (item.type in TAKEN_BACK):
        turn.spent()
        return
    key = keys[number]
    if item.type == "ordering":
        _put(turn, attempt, key, takes_back=bool(takes_back))
    elif item.type == "red-flags":
        _picked(turn, attempt, (steps.unflag if takes_back else steps.flag)(attempt, key))
    elif item.type == "multiple":
        show_question(turn, turn.store.save_attempt(steps.tick(attempt, key)))
    elif item.type == "true-false" and key in (TRUE, FALSE):
        show_question(turn, turn.store.save_attempt(steps.settle(attempt, key)))
    elif item.type == "true-false":
        mark(turn, attempt, item, (attempt.picks, key))
    else:
        mark(turn, attempt, item, (key,))


def _asked(turn: Turn) -> tuple[Attempt, Item] | None:
    """The question that a button belongs to, if it is the one still open; else its person is told."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed:
        turn.spent()
        return None
    if attempt.stage != "question" or attempt.number != turn.tap.number:
        already(turn, attempt)
        return None
    item = item_of(turn, attempt, attempt.item_id)
    if item is None:
        _gone(turn, attempt)
        return None
    return attempt, item


def _put(turn: Turn, attempt: Attempt, key: str, *, takes_back: bool) -> None:
    """Number a step, or take the last number back; a tap that comes twice changes nothing."""
    changed = steps.take_back(attempt, key) if takes_back else steps.put(attempt, key)
    if takes_back and key in changed.picks:
        turn.toast("take_back_last")
    _picked(turn, attempt, changed)


def _picked(turn: Turn, attempt: Attempt, changed: Attempt) -> None:
    show_question(turn, attempt if changed == attempt else turn.store.save_attempt(changed))


def check(turn: Turn) -> None:
    """The buttons below the choices: [Check], [Start over], [No idea yet], [Show the facts], [All fine]."""
    asked = _asked(turn)
    if asked is None:
        return
    attempt, item = asked
    if turn.tap.choice > asking.MARKS_OFF:
        turn.spent()
    elif turn.tap.choice == asking.START_OVER:
        _picked(turn, attempt, steps.start_over(attempt))
    elif turn.tap.choice == asking.FACTS:
        _picked(turn, attempt, steps.show_facts(attempt))
    elif turn.tap.choice == asking.NO_IDEA:
        mark(turn, attempt, item, (rules.NO_IDEA,))
    elif turn.tap.choice in (asking.ALL_FINE, asking.MARKS_OFF):
        _all_fine(turn, attempt, item)
    elif not attempt.picks:
        turn.toast("tick_one")
    elif item.type == "ordering" and len(attempt.picks) < len(item.choices):
        show_question(turn, attempt)
    else:
        mark(turn, attempt, item, tuple(attempt.picks))


def _all_fine(turn: Turn, attempt: Attempt, item: Item) -> None:
    """[All fine] answers where nothing is marked; else it takes the marks off first, and says so."""
    if attempt.picks:
        turn.toast("marks_off")
        _picked(turn, attempt, steps.start_over(attempt))
    elif turn.tap.choice == asking.ALL_FINE:
        mark(turn, attempt, item, ())
    else:
        show_question(turn, attempt)  # the tap that took the marks off, a second time


def mark(turn: Turn, attempt: Attempt, item: Item, chosen: tuple[str, ...]) -> None:
    """Take an answer; in a test it waits for how sure its learner is, the first time it is given."""
    sure = dict(attempt.path).get(item.id) if attempt.kind == "test" else None
    if attempt.kind == "test" and sure is None:
        kept = turn.store.save_attempt(steps.keep_answer(attempt, "".join(chosen)))
        show_sure(turn, kept, typed=turn.heard.kind == "words")
        return
    marked = steps.answer(attempt, item, chosen)
    saved = turn.store.save_attempt(marked.attempt)
    turn.store.add_answer(saved, marked.number, item.id, saved.last, marked.verdict.right, marked.is_first)
    looked = review.looked(turn, item, marked.verdict.right) if attempt.kind == "review" else {}
    turn.event(
        "answered", attempt.content_version, attempt=attempt.id, kind=attempt.kind, unit=attempt.unit, item=item.id,
        number=marked.number, order=attempt.orders[marked.number], chosen=saved.last, right=marked.verdict.right,
        first=marked.is_first, rule=rules.RULE_VERSION, form=_form(turn, attempt),
        **looked,
        **({} if sure is None else {"sure": int(sure)}),
    )  # fmt: skip
    show_verdict(turn, saved, typed=turn.heard.kind == "words")


def show_sure(turn: Turn, attempt: Attempt, *, typed: bool = False, moved: bool = False) -> None:
    """“How sure are you?”, before the verdict, so that it is no hindsight."""
    expect_no_figure(turn)
    put = turn.below if typed else turn.move if moved and turn.heard.kind == "tap" else turn.show
    put("how_sure", screen=f"attempt:{attempt.id}", attempt=attempt)


def sure(turn: Turn) -> None:
    """[Sure], [Half sure] or [A guess]: now the answer is marked."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed or turn.tap.choice > steps.SURE:
        turn.spent()
    elif attempt.stage != "sure" or attempt.number != turn.tap.number:
        already(turn, attempt)
    elif (item := item_of(turn, attempt, attempt.item_id)) is None:
        _gone(turn, attempt)
    else:
        mark(turn, steps.say_sure(attempt, turn.tap.choice), item, rules.chosen_of(item, attempt.picks))


def _form(turn: Turn, attempt: Attempt) -> str:
    unit = turn.unit_of(attempt)
    return rules.form_name(unit, attempt.queue) if isinstance(unit, Lesson) else "bank"


def show_verdict(turn: Turn, attempt: Attempt, *, typed: bool = False) -> None:
    """Right or not, why, and the next step, on the message that held the question; below it when that was typed."""
    item = item_of(turn, attempt, attempt.answered_id)
    if item is None:
        _gone(turn, attempt)
        return
    unit = None if attempt.is_of_unit else turn.library.unit(item.unit)
    name, context = asking.verdict(item, attempt, turn.learner.language, turn.filled, unit)
    if attempt.kind == "review":
        context |= review.returns(turn, item)
    screen = f"attempt:{attempt.id}"
    if typed:
        turn.below(name, screen=screen, **context)
    else:
        turn.show(name, screen=screen, under_picture=True, **context)


def already(turn: Turn, attempt: Attempt) -> None:
    """A second tap: the first counts, and the message shows where the learner stands."""
    turn.toast("already_answered")
    if attempt.kind == "case" or turn.heard.is_picture:
        return  # below a picture nothing is edited into something else: what is live stands further down
    if not attempt.is_open:
        results.show(turn, attempt)
    elif attempt.stage == "verdict":
        show_verdict(turn, attempt)
    elif attempt.stage == "sure":
        show_sure(turn, attempt)
    else:
        show_question(turn, attempt)


def go_on(turn: Turn) -> None:
    """[Next question ›], or the result after the last one."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed:
        turn.spent()
    elif attempt.stage != "verdict" or attempt.number != turn.tap.number:
        already(turn, attempt)
    else:
        stepped = turn.store.save_attempt(steps.go_on(attempt, turn.now, retake.pass_mark(turn, attempt)))
        if stepped.is_open:
            show_question(turn, stepped)
        else:
            results.finish(turn, stepped)


def _gone(turn: Turn, attempt: Attempt) -> None:
    """What the attempt needs is not there any more: close it and say how to go on."""
    turn.store.save_attempt(lesson.turn_closed(attempt))
    turn.spent()
