"""Who may import whom in `experiments`: the rooms in the order of the flow, no cycle, nothing that climbs.

The graph is read from the sources, so that imports inside functions and those for types count as well.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "experiments"
# A room imports from itself and from those before it.
ROOMS = ("ask", "store", "compute", "study", "design", "patterns", "draws", "calibration", "sweeps", "runs", "difference", "influence", "reference", "newregion", "inference",
         "verdict", "answer", "paired", "attribution", "policy", "discover", "estimate", "report", "view", "bench", "notebook", "commands",
         "cli")


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("undercount", "experiments", *parts)).removesuffix(".__init__")


MODULES = {name_of(path): path for path in ROOT.rglob("*.py")}


def imported(tree):
    """Every name that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not read here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def graph(sources):
    """Module -> the modules of `experiments` that it imports; packages without code of their own left out."""
    empty = {name for name, text in sources.items() if not any(isinstance(node, ast.Import | ast.ImportFrom)
                                                              for node in ast.walk(ast.parse(text)))
             and MODULES.get(name, ROOT).name == "__init__.py"}
    return {name: {other for other in imported(ast.parse(text)) if other in sources and other != name} - empty
            for name, text in sources.items()}


def room(module):
    return module.split(".")[2] if module.count(".") > 1 else ""


def climbing(edges):
    """Imports of a later room by an earlier one."""
    return sorted((one, other) for one, others in edges.items() for other in others
                  if room(one) and ROOMS.index(room(other)) > ROOMS.index(room(one)))


EDGES = graph({name: path.read_text(encoding="utf-8") for name, path in MODULES.items()})


def test_every_room_is_in_the_order():
    assert {room(name) for name in MODULES} - {""} == set(ROOMS)


def test_no_cycle():
    assert sum(map(len, EDGES.values())) > 300  # the graph is there
    list(TopologicalSorter(EDGES).static_order())


def test_nothing_climbs():
    assert climbing(EDGES) == []


def test_a_lazy_import_that_climbs_is_seen():
    lazy = "def f():\n    from undercount.experiments.verdict.folder import read_verdict\n"
    edges = graph({name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
                  | {"undercount.experiments.draws": lazy})
    assert climbing(edges) == [("undercount.experiments.draws", "undercount.experiments.verdict.folder")]
    with pytest.raises(CycleError):
        list(TopologicalSorter(edges).static_order())


def test_the_model_knows_nothing_of_experiments():
    for path in (ROOT.parent / "model").rglob("*.py"):
        names = imported(ast.parse(path.read_text(encoding="utf-8")))
        assert not [name for name in names if name.startswith("undercount.experiments")], path
