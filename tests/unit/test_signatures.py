"""How much a function is handed: what belongs together goes as one object with a name."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "experiments"
MOST = 8


def parameters(function):
    given = function.args
    return len(given.posonlyargs + given.args + given.kwonlyargs) + (given.vararg is not None) + (given.kwarg is not None)


def is_command(function):
    """Has it `@click.command`? Its parameters are the options of the command, which click fills in by name."""
    return any(isinstance(made, ast.Call) and ast.unparse(made.func) == "click.command" for made in function.decorator_list)


def long_ones(sources):
    return sorted(f"{name}:{node.lineno} {node.name}" for name, text in sources.items() for node in ast.walk(ast.parse(text))
                  if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > MOST and not is_command(node))


def test_no_function_of_experiments_takes_more_than_eight():
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    assert len(sources) > 100  # they are there
    assert long_ones(sources) == []


def test_one_that_takes_more_is_seen_inside_a_class_too():
    long = "class A:\n    def f(self, a, b, c, d, e, /, g, *, h=1, **rest):\n        pass\n"
    assert long_ones({"a.py": long}) == ["a.py:2 f"] and not long_ones({"a.py": long.replace(", **rest", "")})
    command = "@click.command('x')\ndef f(a, b, c, d, e, g, h, i, j):\n    pass\n"
    assert not long_ones({"a.py": command}) and long_ones({"a.py": command.replace("click.command", "kept")})
