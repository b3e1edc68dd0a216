from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.forms import Form
from bot.content.graphs import check_graph
from bot.content.places import Faults, Place

Graph = dict[str, dict[str, str]]
PLACE = Place("case.yaml")
GOALS = ["a", "b", "c", "d", "x", "y"]


def codes(decisions: Graph) -> set[tuple[str, str]]:
    """Code and sentence of the graph's faults, safe moves aside."""
    faults = Faults()
    form = Form(None, PLACE, faults)
    check_graph(decisions, {}, {"x": "safe", "y": "lost"}, form, form, form)
    return {(fault.code, fault.sentence) for fault in faults.sorted()}


def _may_go_on(decisions: Graph, here: str, left: int) -> bool:
    """Whether somebody who starts here can still be deciding after so many decisions."""
    if here not in decisions:
        return False
    return left == 0 or any(_may_go_on(decisions, goal, left - 1) for goal in set(decisions[here].values()))


graphs = st.lists(st.sampled_from("abcd"), min_size=1, unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.fixed_dictionaries(
                {"1": st.sampled_from([*names, "x", "y"]), "2": st.sampled_from([*names, "x", "y"])}
            )
            for name in names
        }
    )
)


@settings(deadline=None)
@given(graphs)
def test_a_path_that_never_ends_is_found_whatever_the_graph(decisions: Graph) -> None:
    endless = {name for name in decisions if _may_go_on(decisions, name, len(decisions))}
    named = {sentence for code, sentence in codes(decisions) if code == "never-ends"}
    assert named == {f"A path through “{name}” never ends." for name in endless}


@settings(deadline=None)
@given(graphs)
def test_what_nobody_reaches_is_found_whatever_the_graph(decisions: Graph) -> None:
    reached = {next(iter(decisions))}
    for _ in GOALS:
        reached |= {goal for name in reached & decisions.keys() for goal in decisions[name].values()}
    lonely = {*decisions, "x", "y"} - reached
    named = {sentence for code, sentence in codes(decisions) if code == "unreachable"}
    assert named == {f"No path leads to “{name}”." for name in lonely}
