"""The templates of pictures: SVG without a word of its own, filled with lines already said and measured."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent.parent / "templates" / "pictures"


def svg(name: str, /, **context: Any) -> str:
    """The SVG of this template; whatever is filled in is escaped, a name it lacks raises."""
    return _environment().get_template(name).render(**context)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
