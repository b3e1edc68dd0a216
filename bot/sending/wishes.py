"""Wishes made into calls when they are claimed: what was owed by a tick, and files."""

import json
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.chat.say import Speaker, as_caption, fits_caption
from bot.exports import FORMATS
from bot.pictures.worker import NotDrawn, Picture, picture_of, worker
from bot.rules import access, delivery
from bot.rules.curriculum import Unit
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.rules.sending import CARD, Posting
from bot.sending import overview, reminding, reporting, teaching, training
from bot.sending.sender import Skip
from bot.sending.shop import Call
from bot.store.completions import COLUMNS, Scope
from bot.store.snapshot import Snapshot

CHAT_FILE = 45_000_000
"""Bytes; Telegram takes 50 MB from a bot, and a file may grow on its way (`design.md` 4)."""
FILES_LAST = timedelta(days=1)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes the calls of wishes from a read snapshot; runs in a worker thread."""

    snapshot: Callable[[], AbstractContextManager[Snapshot]]
    unit: Callable[[str], Unit | None]
    speaker: Speaker
    organisation: str
    zone: str
    folder: Path
    now: Callable[[], datetime]
    days: Callable[[], Days] = Days
    draw: Callable[[Picture], bytes] = field(default_factory=lambda: worker().draw)

    def make(self, posting: Posting) -> Call:
        """(method, params, files) for this wish; raises `Skip` where it is no longer wanted."""
        with self.snapshot() as kept:
            learner = kept.learner(posting.learner_id or 0)
            if learner is None or learner.account_id != posting.chat_id:
                raise Skip("the account was changed")
            if access.has_left(learner):
                raise Skip("they left")
            match posting.wish:
                case "lesson_due":
                    return self._due(kept, posting, learner)
                case wish if wish in reminding.WISHES:
                    return "sendMessage", reminding.make(self, kept, posting, learner), {}
                case "completions":
                    return self._completions(kept, posting, learner)
                case "asked":
                    return reporting.asked(self, kept, posting, learner)
                case "given":
                    return reporting.given(self, kept, posting, learner)
                case "exempted":
                    return reporting.exempted(self, kept, posting, learner)
                case "unexempted":
                    return reporting.unexempted(self, kept, posting, learner)
                case "team_digest":
                    return reporting.team_digest(self, kept, posting, learner)
                case "picture":
                    return self.pictured(
                        posting, picture_of(posting.wish_args["picture"]), posting.wish_args["params"]
                    )
                case wish if wish == CARD:
                    return training.card(self, kept, posting, learner)
                case "my_data":
                    return self._my_data(kept, posting, learner)
                case wish if wish in teaching.WISHES:
                    return teaching.Teaching(self.say, self.unit).make(kept, posting, learner)
                case wish if wish in overview.WISHES:
                    return overview.Overview(self.say, self.zone).make(kept, posting, learner, self.now())
        raise Skip(f"nothing makes a {posting.wish}")

    def say(self, name: str, learner: Learner, **context: Any) -> Any:
        now = self.now()
        today = delivery.local(now, learner.time_zone).date()
        return self.speaker.say(
            name, learner, {"now": now, "today": today, "zone": learner.time_zone, **context}
        )

    def _due(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        owed = kept.assignments(learner.id)
        wanted = {posting.wish_args["assignment_id"], *posting.wish_args.get("set", ())}
        together = sorted(
            (one for one in owed if one.id in wanted and one.is_open), key=lambda one: one.position
        )
        assignment = next((one for one in together if one.id == posting.wish_args["assignment_id"]), None)
        assignment = assignment or next(iter(together), None)
        unit = self.unit(assignment.unit) if assignment else None
        if assignment is None or unit is None:
            raise Skip("no longer due")
        reminding.refuse_now(self, learner, asked=bool(posting.wish_args.get("asked")))
        making = reminding.Making(self, kept, learner, posting.wish_args, posting.chat_id, posting.id)
        now = self.now()
        today = delivery.local(now, learner.time_zone).date()
        ready = delivery.ready(owed, today)
        if len(together) > 1 and "rung" not in posting.wish_args:
            spoken = self.say(
                "due_set", learner, first=together[0], titles=[making.title(one) for one in together],
                minutes=reminding.MINUTES_A_LESSON * len(together), due_on=assignment.due_on, due_count=len(ready),
                back_today=self.days().is_back_today(learner, now),
            )  # fmt: skip
            return "sendMessage", spoken.params(posting.chat_id), {}
        title = unit.words[learner.language].title
        spoken = self.say(
            "due", learner, assignment=assignment, title=title, due_count=len(ready),
            back_today=self.days().is_back_today(learner, now), **reminding.folded(making),
        )  # fmt: skip
        return "sendMessage", spoken.params(posting.chat_id), {}

    def _completions(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        """The team's file; the right is asked again here, for it may be gone since the tap."""
        asked = posting.wish_args
        manager = kept.learner(asked["manager_id"])
        if manager is None or not access.may_export(learner, manager.id, kept.above(manager.id)):
            raise Skip("the right is gone")
        now, form = self.now(), asked["format"]
        since = date.fromisoformat(asked["since"]) if asked.get("since") else None
        scope = Scope(manager_id=manager.id, track=asked.get("track"), since=since)
        out = self._path(posting, f"completions-{delivery.local(now, self.zone).date()}.{form}")
        count = FORMATS[form](COLUMNS, kept.completions(scope, self.organisation, self.zone, now), out)
        if out.stat().st_size > CHAT_FILE:
            out = zipped(out)
        if out.stat().st_size > CHAT_FILE:
            out.unlink()
            return self._too_large(posting, learner, form)
        is_own = manager.id == learner.id
        caption = self.say("export_caption", learner, rows=count, since=since, manager=manager, is_own=is_own)
        return self._document(posting, out, caption.text)

    def _too_large(self, posting: Posting, learner: Learner, form: str) -> Call:
        """The command to run instead."""
        command = f"fraudwise export completions --format {form} --out completions.{form}"
        spoken = self.say("export_too_large", learner, command=command)
        return "sendMessage", spoken.params(posting.chat_id), {}

    def _my_data(self, kept: Snapshot, posting: Posting, learner: Learner) -> Call:
        out = self._path(posting, "my-data.json")
        out.write_text(json.dumps(kept.own_data(learner), ensure_ascii=False, indent=2), encoding="utf-8")
        return self._document(posting, out, self.say("my_data_caption", learner).text)

    def pictured(self, posting: Posting, picture: Picture, params: Mapping[str, Any]) -> Call:
        """A picture with the words of *params* (as sendMessage takes them) below it; else the words alone."""
        if not fits_caption(params["text"]):
            return "sendMessage", unfolded(params), {}
        try:
            drawn = self.draw(picture)
        except NotDrawn as trouble:
            log.error("picture_not_drawn", row=posting.id, why=str(trouble))
            return "sendMessage", unfolded(params), {}
        out = self._path(posting, "picture.png")
        out.write_bytes(drawn)
        return "sendPhoto", as_caption(params), {"photo": str(out)}

    def _document(self, posting: Posting, out: Path, caption: str) -> Call:
        params = {"chat_id": posting.chat_id, "caption": caption, "parse_mode": "HTML"}
        return "sendDocument", params, {"document": str(out)}

    def _path(self, posting: Posting, name: str) -> Path:
        """A fresh place for a file of this row; those of yesterday's rows are cleared away."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        edge = self.folder.stat().st_mtime - FILES_LAST.total_seconds()
        for old in self.folder.glob("*/*"):
            if old.stat().st_mtime < edge:
                old.unlink(missing_ok=True)
        place = self.folder / str(posting.id)
        place.mkdir(exist_ok=True, mode=0o700)
        return place / name


def as_owed(posting: Posting) -> Posting:
    """A claimed row as it is to be handled.

    One whose file was made elsewhere, or is gone, is a wish again; and so is what comes by itself and
    was not sent when it was made: it may be night by now, or done.
    """
    if posting.wish is None:
        return posting
    is_there = all(Path(path).exists() for path in posting.files.values())
    if is_there and posting.wish != "lesson_due" and posting.wish not in reminding.WISHES:
        return posting
    return replace(posting, method=None, params={}, files={})


def unfolded(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same message with every quote open: without its picture there is nothing else to read."""
    return {**params, "text": params["text"].replace("<blockquote expandable>", "<blockquote>")}


def zipped(path: Path) -> Path:
    """The same file in a zip beside it; the plain one is removed."""
    packed = path.with_suffix(path.suffix + ".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    path.unlink()
    return packed
