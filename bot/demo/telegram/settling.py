"""Which entities may stand inside one another (Bot API, “Formatting options”); tdlib's fix_entities."""

from bot.demo.telegram.markup import Entity, in_order

_CODE = ("code", "pre")
_QUOTES = ("blockquote", "expandable_blockquote")
_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")


def settled(entities: list[Entity], notes: list[str]) -> list[Entity]:
    """The entities Telegram keeps; what it drops without an error is written into ``notes``."""
    if len(entities) < 2 and not any(each["type"] == "custom_emoji" for each in entities):
        return entities
    # Custom emoji are for bots with a name bought on Fragment (Bot API, “Formatting options”).
    emoji = [each for each in entities if each["type"] == "custom_emoji"]
    if emoji:
        notes.append(f"{len(emoji)} custom emoji dropped")
        entities = [each for each in entities if each["type"] != "custom_emoji"]
    entities = _without_nested(entities, _QUOTES, notes)
    codes = [each for each in entities if each["type"] in _CODE]
    return _outside_code(entities, codes, notes) if codes else entities


def _without_nested(entities: list[Entity], kinds: tuple[str, ...], notes: list[str]) -> list[Entity]:
    kept: list[Entity] = []
    until = 0
    for each in entities:
        if each["type"] in kinds:
            if each["offset"] < until:
                notes.append(f"nested {each['type']} dropped")
                continue
            until = each["offset"] + each["length"]
        kept.append(each)
    return kept


def _outside_code(entities: list[Entity], codes: list[Entity], notes: list[str]) -> list[Entity]:
    """Code and pre contain nothing else: styles are cut around them, links in them go."""
    holes = [(each["offset"], each["offset"] + each["length"]) for each in codes]
    kept: list[Entity] = _without_nested(codes, _CODE, notes)
    for each in entities:
        if each["type"] in _CODE:
            continue
        if each["type"] in _QUOTES:
            kept.append(each)
            continue
        pieces = _around(each, holes)
        if len(pieces) != 1 or pieces[0] != each:
            notes.append(f"{each['type']} in code dropped")
        if each["type"] in _STYLES or pieces == [each]:
            kept.extend(pieces)
    return in_order(kept)


def _around(entity: Entity, holes: list[tuple[int, int]]) -> list[Entity]:
    pieces = [(entity["offset"], entity["offset"] + entity["length"])]
    for begin, end in holes:
        cut = [((start, min(stop, begin)), (max(start, end), stop)) for start, stop in pieces]
        pieces = [piece for pair in cut for piece in pair if piece[0] < piece[1]]
        pieces = list(dict.fromkeys(pieces))
    return [{**entity, "offset": start, "length": stop - start} for start, stop in pieces]
