"""Jinja2 for screens: what every tap renders, without what no template of ours asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import Context


class PlainContext(Context):
    """Calls what templates call as it is; Jinja2 asks each time whether it wants the context handed in."""

    def call(
        self, called: Callable[..., Any], /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any
    ) -> Any:  # fmt: skip
        return called(*args, **named)


class Lending(Environment):
    """Puts macros that are imported `with context` in the place where they are imported.

    Importing them runs the other template anew for each message, which was a quarter of its time.
    """

    context_class = PlainContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dict instead of a chain of two, which Jinja2 would walk through for each message."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        template.body = list(self._placed(template.body))
        return template

    def _placed(self, body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
        placed: set[str] = set()
        for node in body:
            if not isinstance(node, nodes.FromImport) or not node.with_context:
                yield node
                continue
            lent = self._macros(node.template.as_const())
            wanted = _with_what_they_call(lent, [str(name) for name in node.names])
            yield from (macro for name, macro in lent.items() if name in wanted - placed)
            placed |= wanted

    def _macros(self, name: str) -> dict[str, nodes.Macro]:
        assert self.loader is not None
        source, filename, _ = self.loader.get_source(self, name)
        return {
            one.name: one for one in self._parse(source, name, filename).body if isinstance(one, nodes.Macro)
        }


def _with_what_they_call(macros: Mapping[str, nodes.Macro], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in macros and name not in found:
            found.add(name)
            waiting += [used.name for used in macros[name].find_all(nodes.Name)]
    return found
