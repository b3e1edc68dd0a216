"""Stories: a scene, a decision, what follows, an ending and what gave it away."""

from dataclasses import replace
from typing import Any

from bot.chat import pages
from bot.chat.commands import lesson, results
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules.attempt import Attempt, Stage
from bot.rules.curriculum import Case


def show(turn: Turn, attempt: Attempt) -> None:
    """The screen on which this story stands; the first scene gets a message that cannot travel."""
    story = turn.unit_of(attempt)
    if not isinstance(story, Case):
        turn.spent()
    elif attempt.stage == "scene":
        _scene(turn, attempt, story)
    elif attempt.stage == "consequence":
        _consequence(turn, attempt, story)
    else:
        _ending(turn, attempt, story)


def _scene(turn: Turn, attempt: Attempt, story: Case) -> None:
    words = story.words[turn.learner.language]
    choices = words.choices[attempt.node]
    context: dict[str, Any] = {
        "attempt": attempt, "title": words.title, "step": len(attempt.path) + 1, "steps": steps.longest_road(story),
        "scene": turn.filled(words.scenes[attempt.node]), "practice": not attempt.path,
        "choices": [(number, choices[choice].button) for number, choice in enumerate(story.decisions[attempt.node])],
    }  # fmt: skip
    screen = f"attempt:{attempt.id}"
    if turn.tap.kind in ("f", "d", "Y"):
        turn.show("scene", screen=screen, **context)
    else:
        turn.move("scene", screen=screen, **context)


def _consequence(turn: Turn, attempt: Attempt, story: Case) -> None:
    node, choice = attempt.path[-1]
    words = story.words[turn.learner.language].choices[node][choice]
    turn.show(
        "consequence", attempt=attempt, step=len(attempt.path), chosen=words.button,
        consequence=turn.filled(words.consequence), screen=f"attempt:{attempt.id}",
    )  # fmt: skip


def _ending(turn: Turn, attempt: Attempt, story: Case) -> None:
    words = story.words[turn.learner.language]
    hotline = turn.library.content.hotlines.get(turn.place or "")
    stale = hotline is not None and turn.is_stale(hotline)
    related = turn.library.unit(story.lesson) if not attempt.preview else None
    turn.show(
        "ending", attempt=attempt, title=words.title, kind=story.endings[attempt.ending],
        scene=turn.filled(words.scenes[attempt.ending]), debrief=turn.filled(words.debrief),
        copy_number="" if hotline is None or stale else hotline.copy, turning=steps.first_turning(attempt, story),
        unit=related if related and turn.may_meet(related) else None, story=story, screen=f"attempt:{attempt.id}",
        late=turn.done_late(attempt), page=pages.of_unit(turn, story),
    )  # fmt: skip


def _standing(turn: Turn, stage: Stage) -> tuple[Attempt, Case] | None:
    """The attempt and story that a button belongs to; None when it is spent or taken already, which is told."""
    attempt = turn.store.attempt(turn.tap.row)
    story = turn.unit_of(attempt) if attempt else None
    if attempt is None or not isinstance(story, Case) or attempt.closed:
        turn.spent()
        return None
    if attempt.stage != stage or len(attempt.path) != turn.tap.number:
        turn.toast("already_answered")
        show(turn, attempt)
        return None
    return attempt, story


def decide(turn: Turn) -> None:
    """A tap on one of the choices of a scene."""
    standing = _standing(turn, "scene")
    if standing is None:
        return
    attempt, story = standing
    choices = list(story.decisions[attempt.node])
    if turn.tap.choice >= len(choices):
        turn.spent()
        return
    chosen = choices[turn.tap.choice]
    saved = turn.store.save_attempt(steps.decide(attempt, chosen))
    turn.event(
        "decided", attempt.content_version, attempt=attempt.id, unit=attempt.unit, node=attempt.node, chosen=chosen,
        step=len(saved.path), right=story.right[attempt.node] == chosen,
    )  # fmt: skip
    show(turn, saved)


def follow(turn: Turn) -> None:
    """[Go on ›] after a consequence."""
    standing = _standing(turn, "consequence")
    if standing is None:
        return
    attempt, story = standing
    saved = turn.store.save_attempt(steps.follow(attempt, story, turn.now))
    if not saved.is_open:
        results.complete(turn, saved)
    show(turn, saved)


def rewind(turn: Turn) -> None:
    """[From step 3]: the story once more, from its first turning; nothing earlier is changed."""
    earlier = turn.store.attempt(turn.tap.row)
    story = turn.unit_of(earlier) if earlier else None
    if earlier is None or not isinstance(story, Case) or earlier.finished_at is None:
        turn.spent()
        return
    others = turn.store.open_attempts() if not earlier.preview else []
    standing = next((a for a in others if a.unit == earlier.unit), None)
    if standing is not None:
        show(turn, standing)
    else:
        again = steps.rewind(turn.new_id(), earlier, story, turn.now)
        lesson.begin(turn, replace(again, preview=earlier.preview))
