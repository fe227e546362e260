"""Fixed seeds give the figures that are kept; a difference says which moved."""

import json

from tests.regression.figures import KEPT, figures


def flat(tree, path=()):
    for key, value in tree.items():
        yield from flat(value, (*path, key)) if isinstance(value, dict) else [(" / ".join((*path, key)), value)]


def test_kept_figures():
    kept, now = (dict(flat(tree)) for tree in (json.loads(KEPT.read_text(encoding="utf-8")), figures()))
    moved = [f"{name}: {kept.get(name)} -> {now.get(name)}" for name in {**kept, **now} if kept.get(name) != now.get(name)]
    assert not moved, "if the rules moved them, run `python -m tools.generate`:\n" + "\n".join(moved)
