"""Would the tests notice? Small faults put into the rules, one at a time: `python -m tools.mutants`.

A fault is another operator, constant, code, comparison or branch, an operand left out, or two arguments swapped. Each
runs in a process of its own, where one module is compiled from the changed tree (no file is touched), interpreted,
against tests that say what is right. The same seed draws the same faults from the same code. The result is
docs/mutants.md; reasons for survivors stand in tools/mutants_reasons.json.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.util
import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything imports Numba
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the browser's plugin alone takes a second to load

ROOT = Path(__file__).parents[1]
SOURCES = ("lives/*.py", "country/*.py", "phases/*.py", "engine/parties.py", "engine/pools.py", "engine/crowds.py",
           "engine/home.py", "engine/bookkeeping.py")
TESTS = ("tests/unit/lives", "tests/unit/country", "tests/unit/engine")
PAGE, REASONS = ROOT / "docs" / "mutants.md", ROOT / "tools" / "mutants_reasons.json"
LIMIT = 60  # seconds of the processor for the tests of one fault, which take one to five

# What an audit found surviving: (module, function, what stands there, what the fault makes of it).
AUDITED = (
    ("lives/crossing", "inspected", "here.inspection * here.enforcement * post.patrol",
     "here.inspection * here.enforcement"),
    ("lives/official", "stays_bought", "here.investigation * here.enforcement", "here.investigation"),
    ("lives/recruiter", "lesson", "(1.0 - shared) * tried + shared * tried_by_all",
     "(1.0 - shared) * tried_by_all + shared * tried"))

OTHER = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.FloorDiv: [ast.Mult],
    ast.BitOr: [ast.BitAnd], ast.BitAnd: [ast.BitOr], ast.LShift: [ast.RShift], ast.RShift: [ast.LShift],
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.And: [ast.Or], ast.Or: [ast.And]}


class Fault(NamedTuple):
    """`number` counts the faults of a module; -1 for one that is given by its text."""

    module: str
    function: str
    line: int
    before: str
    after: str
    number: int = -1

    @property
    def name(self) -> str:
        return f"{self.module}.py, `{self.function}`: `{self.before}` -> `{self.after}`"


# --- making faults ---------------------------------------------------------------------------------
def others(node: ast.AST, codes: dict[str, int]) -> Iterator[ast.AST]:
    """What a fault may put in the place of a node; `codes` are the values of the module's named codes."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        yield from (_but(node, op=op()) for op in OTHER.get(type(node.op), []))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        yield node.left
    if isinstance(node, ast.Compare):
        yield from (_but(node, ops=[op(), *node.ops[1:]]) for op in OTHER.get(type(node.ops[0]), []))
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.IfExp):
        yield _but(node, body=node.orelse, orelse=node.body)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value * 2 if abs(node.value) > 1 else node.value + 1)
    if isinstance(node, ast.Call) and ast.unparse(node.func) not in ("min", "max"):
        for n, (one, two) in enumerate(zip(node.args, node.args[1:])):
            if not _is_plumbing(one) and not _is_plumbing(two) and ast.dump(one) != ast.dump(two):
                yield _but(node, args=[*node.args[:n], two, one, *node.args[n + 2:]])
    if isinstance(node, ast.Name) and node.id in ("min", "max"):
        yield ast.Name("max" if node.id == "min" else "min", ast.Load())
    if isinstance(node, ast.Name) and node.id in codes:
        yield from [ast.Name(name, ast.Load()) for name in codes if codes[name] != codes[node.id]][:1]


def _is_plumbing(argument: ast.AST) -> bool:
    """Swapped with anything else it would only crash."""
    return isinstance(argument, ast.Starred) or isinstance(argument, ast.Name) and argument.id in ("me", "w")


def _but(node: ast.AST, **fields) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def slots(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """(parent, field, index, child) of everything below a node that does something."""
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and field != "decorator_list" and not _does_nothing(child):
                yield node, field, index, child
                yield from slots(child)


def _does_nothing(node: ast.AST) -> bool:
    """A docstring, or a hint to the processor."""
    if not isinstance(node, ast.Expr):
        return False
    return isinstance(node.value, ast.Constant) or getattr(node.value, "func", ast.Name("")).id == "fetch_ahead"


def codes_of(tree: ast.Module) -> dict[str, int]:
    """Named codes of a module: those that it imports from the layout, and its own outcomes."""
    from undercount.model.engine import layout

    names = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    found = {name: getattr(layout, name, None) for name in names if name.isupper()}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            found |= {name.id: n for n, name in enumerate(node.targets[0].elts)}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def faults_of(module: str) -> Iterator[tuple[Fault, ast.Module]]:
    """Every fault of a module and the tree that has it, which is good until the next one is asked for.

    A constant or a name is shown with what it stands in.
    """
    tree = ast.parse(source_of(module).read_text(encoding="utf-8"))
    codes, number = codes_of(tree), 0
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        for parent, field, index, node in list(slots(function)):
            if isinstance(parent, ast.arguments):
                continue
            for other in list(others(node, codes)):
                shown = (parent, parent) if isinstance(node, ast.Constant | ast.Name) else (node, other)
                before = ast.unparse(shown[0])
                _put(parent, field, index, other)
                yield Fault(module, function.name, _line(node, parent), before, ast.unparse(shown[1]), number), tree
                number += 1
                _put(parent, field, index, node)


def _line(node: ast.AST, parent: ast.AST) -> int:
    return getattr(node, "lineno", getattr(parent, "lineno", 0))


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def source_of(module: str) -> Path:
    return ROOT / "model" / f"{module}.py"


def modules() -> list[str]:
    found = [path for pattern in SOURCES for path in sorted((ROOT / "model").glob(pattern))]
    return [path.relative_to(ROOT / "model").with_suffix("").as_posix() for path in found if path.stem != "__init__"]


def sample(number: int, seed: int) -> list[Fault]:
    """Faults of the rules by lot, each as likely as any other."""
    everything = every_fault()
    return random.Random(seed).sample(everything, min(number, len(everything)))


def every_fault() -> list[Fault]:
    return [fault for module in modules() for fault, _ in faults_of(module)]


def code_of(fault: Fault):
    """The module with the fault in it, compiled."""
    path = source_of(fault.module)
    if fault.number >= 0:
        tree = next(tree for found, tree in faults_of(fault.module) if found == fault)
        return compile(ast.fix_missing_locations(tree), str(path), "exec")
    text = path.read_text(encoding="utf-8")
    if text.count(fault.before) != 1:
        raise SystemExit(f"{fault.name}: what stands there is found {text.count(fault.before)} times")
    return compile(text.replace(fault.before, fault.after), str(path), "exec")


# --- running tests against one ---------------------------------------------------------------------
class Loader:
    """Loads one module of the model from code that has a fault."""

    def __init__(self, name: str, code):
        self.name, self.code = name, code

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self, origin=self.code.co_filename) if name == self.name else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__file__ = self.code.co_filename
        exec(self.code, module.__dict__)


class FirstFailure:
    """Which test noticed."""

    def __init__(self):
        self.test = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.test:
            self.test = report.nodeid

    def pytest_collectreport(self, report):
        if report.failed and not self.test:
            self.test = f"{report.nodeid} (collecting)"


def run_tests(fault: Fault | None, answer) -> None:
    """In a process of its own: the tests until one fails; sends its name, or '' if all pass.

    First those of the module itself, which mostly notice: so the others need not even be collected.
    """
    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))  # of its own time: a machine may be busy or pause it
    own = []
    if fault:
        sys.meta_path.insert(0, Loader("undercount.model." + fault.module.replace("/", "."), code_of(fault)))
        folder, _, name = fault.module.rpartition("/")
        own = [test for test in (f"tests/unit/{folder}/test_{name}.py",) if (ROOT / test).exists()]
    first, status = FirstFailure(), 0
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        for tests in filter(None, (own, TESTS)):
            status = status or pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *tests], [first])
    answer.send(first.test or ("" if status == 0 else f"pytest ended with {int(status)}"))


def tried(faults: list[Fault | None], jobs: int) -> Iterator[tuple[Fault | None, str]]:
    """(fault, test that noticed it or ''), in the order in which they end."""
    forks = multiprocessing.get_context("fork")
    waiting, running = list(reversed(faults)), []
    while waiting or running:
        while waiting and len(running) < jobs:
            receives, sends = forks.Pipe(duplex=False)
            process = forks.Process(target=run_tests, args=(fault := waiting.pop(), sends))
            process.start()
            sends.close()
            running.append((fault, process, receives))
        time.sleep(0.02)
        for entry in list(running):
            fault, process, receives = entry
            if process.is_alive() and not receives.poll():
                continue
            noticed = "the process died, or never came to an end"
            with contextlib.suppress(EOFError):
                noticed = receives.recv() if receives.poll() else noticed
            process.kill()
            process.join()
            running.remove(entry)
            yield fault, noticed


def warm_up() -> None:
    """Imports once what every process needs and no fault is in."""
    import hypothesis  # noqa: F401
    import numba  # noqa: F401
    import pytest  # noqa: F401
    from undercount.model.assumed import scenario  # noqa: F401
    from undercount.model.engine import layout  # noqa: F401
    from undercount.model.known import facts, region, routes  # noqa: F401

    ready = {"undercount.model." + module.replace("/", ".") for module in modules()} & set(sys.modules)
    if ready:
        raise SystemExit(f"imported before any fault could be put in: {', '.join(sorted(ready))}")


# --- the page --------------------------------------------------------------------------------------
def page(results: list[tuple[Fault, str]], seed: int) -> str:
    drawn = [(fault, noticed) for fault, noticed in results if fault.number >= 0]
    survivors = sorted(fault for fault, noticed in drawn if not noticed)
    killed = len(drawn) - len(survivors)
    reasons = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    lines = [
        "# Would the tests notice?", "",
        f"Generated by `python -m tools.mutants --number {len(drawn)} --seed {seed}`; "
        "reasons stand in `tools/mutants_reasons.json`.", "",
        f"Of {len(drawn)} small faults put into the rules one at a time, tests that say what is right notice "
        f"**{killed} ({killed / len(drawn):.0%})**. Kept figures and comparisons of bytes were not asked.", "",
        "## How it is run", "",
        "`python -m tools.mutants` draws faults by lot from all that can be put into the rules of `model/lives`, "
        f"`model/country`, `model/engine` and the month: {len(every_fault()):,} other operators, constants, codes, "
        "comparisons and branches, operands left out and arguments swapped. Each is compiled into a process of its "
        "own, interpreted (`NUMBA_DISABLE_JIT=1`), and the tests in "
        f"{', '.join(f'`{folder}`' for folder in TESTS)} run until one fails; their figures are worked out by hand. "
        "No file is touched; a fault takes about a second on a quiet core. A survivor gets a test or a reason. "
        "Tests were sharpened on the survivors of seed 1, so a share of seed 1 says little; two seeds have about a "
        "seventh of their faults in common. Where a reason says *noticed since*, the test was written after the run.",
        "",
        "| module | faults | noticed |", "|---|---|---|"]
    for module in modules():
        own = [bool(noticed) for fault, noticed in drawn if fault.module == module]
        if own:
            lines.append(f"| {module} | {len(own)} | {sum(own)} |")
    lines += ["", "What an audit had found surviving:", ""]
    lines += [f"- {fault.name}: {'noticed by ' + noticed if noticed else '**survives**'}"
              for fault, noticed in results if fault.number < 0]
    lines += ["", "## Survivors", "", "| where | fault | reason |", "|---|---|---|"]
    for fault in survivors:
        fault_text = f"`{fault.before}` -> `{fault.after}`".replace("|", "\\|")
        lines.append(f"| {fault.module}.py, `{fault.function}` | {fault_text} | {reasons.get(fault.name, '')} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--number", type=int, default=400, help="faults to draw")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--out", type=Path, default=PAGE)
    asked = options.parse_args()
    warm_up()
    (_, broken), = tried([None], 1)
    if broken:
        raise SystemExit(f"without any fault: {broken}")
    faults = [Fault(module, function, 0, before, after) for module, function, before, after in AUDITED]
    faults += sample(asked.number, asked.seed)
    results = []
    for fault, noticed in tried(faults, asked.jobs):
        results.append((fault, noticed))
        print(f"{len(results)}/{len(faults)} {noticed or 'survives'}: {fault.name} (line {fault.line})", flush=True)
    asked.out.write_text(page(results, asked.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
