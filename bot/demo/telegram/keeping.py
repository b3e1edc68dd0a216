"""The whole state as JSON values, so that a demo can be put away and taken up again."""

import base64
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from bot.demo.telegram.world import Attachment, Group, Message, Person, Query, Room, World

_PLAIN = ("bot_name", "descriptions", "short_descriptions")
_NUMBERS = ("message_ids", "numbers")


def dump(world: World) -> dict[str, Any]:
    """Everything but the ledger and the webhook."""
    return {
        **{name: getattr(world, name) for name in (*_PLAIN, *_NUMBERS)},
        "supergroup_ids": sorted(world.supergroup_ids.items()),
        "menus": [[scope, language, commands] for (scope, language), commands in world.menus.items()],
        "menu_buttons": [[chat_id, button] for chat_id, button in world.menu_buttons.items()],
        "people": [asdict(each) for each in world.people.values()],
        "groups": [asdict(each) for each in world.groups.values()],
        "files": [_file(each) for each in world.files.values()],
        "queries": [_dated(each) for each in world.queries.values()],
        "rooms": [_room(each) for each in world.rooms.values()],
        "updates": world.updates.dump(),
    }


def restore(world: World, state: dict[str, Any]) -> None:
    """Take up what ``dump`` gave; what was there before is gone."""
    for name in (*_PLAIN, *_NUMBERS):
        setattr(world, name, state[name])
    world.supergroup_ids = dict(state["supergroup_ids"])
    world.menus = {(scope, language): commands for scope, language, commands in state["menus"]}
    world.menu_buttons = dict(state["menu_buttons"])
    world.people = {each["id"]: Person(**each) for each in state["people"]}
    world.groups = {each["id"]: Group(**each) for each in state["groups"]}
    world.files = {each["file_id"]: _read_file(each) for each in state["files"]}
    world.queries = {each["id"]: Query(**_undated(each)) for each in state["queries"]}
    world.rooms = {each["id"]: _read_room(world, each) for each in state["rooms"]}
    world.updates.restore(state["updates"])


def _dated(value: Message | Query | Room) -> dict[str, Any]:
    shape = {each.name: getattr(value, each.name) for each in fields(value)}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in shape.items()}


def _undated(shape: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(each) if each and (name == "at" or name.endswith("_at")) else each
        for name, each in shape.items()
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {**asdict(attachment), "content": base64.b64encode(attachment.content).decode()}


def _read_file(shape: dict[str, Any]) -> Attachment:
    return Attachment(**{**shape, "content": base64.b64decode(shape["content"])})


def _room(room: Room) -> dict[str, Any]:
    messages = [
        {**_dated(each), "attachment": each.attachment.file_id if each.attachment else None}
        for each in room.messages.values()
    ]
    return {**_dated(room), "messages": messages}


def _read_room(world: World, shape: dict[str, Any]) -> Room:
    messages = {}
    for each in shape["messages"]:
        attachment = world.files[each["attachment"]] if each["attachment"] else None
        messages[each["message_id"]] = Message(**{**_undated(each), "attachment": attachment})
    return Room(**{**_undated(shape), "messages": messages})
