"""The language of `--where`: comparisons of named outcomes with numbers, joined by and, or, not.

    fall >= 0.4 and flow >= -0.05
    0.1 <= fall_2001_2003 < 0.5 or not (flow < 0)

Python's grammar is read (`ast`), nothing of it is run: what is not a comparison, a name, a number or one of
the three words is refused.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from undercount.model.files.problems import BadInput, Problem, nearest
from undercount.model.files.toml_in import describe

LONGEST = 500  # characters: a statement that a person can read
OPTION = "--where"
ALLOWED = "comparisons such as fall >= 0.4, joined by and, or, not"

_COMPARE = {ast.Lt: ("<", operator.lt), ast.LtE: ("<=", operator.le), ast.Gt: (">", operator.gt),
            ast.GtE: (">=", operator.ge), ast.Eq: ("==", operator.eq), ast.NotEq: ("!=", operator.ne)}
# Slips that Python's grammar takes for something else -> the word of this language.
_SLIPS = {"&": "and", "|": "or", "~": "not", "!": "not"}


@dataclass(frozen=True)
class Where:
    """A statement about a world, as checked; `text` with its spaces evened out."""

    text: str
    names: tuple[str, ...]  # in the order in which they occur
    _tree: ast.expr

    def holds(self, outcomes: Mapping[str, np.ndarray]) -> np.ndarray:
        """In which worlds it holds, (worlds,) bool; `outcomes` has (worlds,) of every name.

        A comparison with an outcome that is not defined in a world (NaN) does not hold there, whatever it says.
        """
        return _holds(self._tree, outcomes)


def read_where(text: str, known: Sequence[str]) -> Where:
    """The statement in `text` about outcomes of the names `known`. Raises BadInput with every problem."""
    text = " ".join(text.split())
    tree = _parsed(text)
    problems = list(_wrong(tree, known))
    if problems:
        raise BadInput(problems)
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    if not names:
        raise BadInput(_problem(describe(text), ALLOWED))
    return Where(text, tuple(dict.fromkeys(sorted(names, key=text.find))), tree)


def _parsed(text: str) -> ast.expr:
    if not text or len(text) > LONGEST or not text.isprintable():
        found = "nothing" if not text else f"{len(text)} characters" if len(text) > LONGEST else describe(text)
        raise BadInput(_problem(found, f"{ALLOWED}; at most {LONGEST} characters"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "1is 2": refused below
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        single = "=" in text and not any(mark in text for mark in ("==", "<=", ">=", "!="))
        hint = "; equal is ==" if single else next(
            (f"; write {word} for {slip}" for slip, word in _SLIPS.items() if slip in text.replace("!=", "")), "")
        raise BadInput(_problem(describe(text), ALLOWED + hint)) from None


def _wrong(node: ast.expr, known: Sequence[str]) -> Iterator[Problem]:
    """What of a statement is no part of the language."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _wrong(value, known)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _wrong(operand, known)
        case ast.Compare(left=left, ops=ops, comparators=others):
            for op in ops:
                if type(op) not in _COMPARE:
                    yield _problem(describe(ast.unparse(node)), "one of " + ", ".join(s for s, _ in _COMPARE.values()))
            for side in (left, *others):
                yield from _wrong_side(side, known)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            yield _slipped(node)
        case ast.Name(id=name) if name not in known:
            yield _unknown(name, known)
        case _:
            yield _problem(describe(ast.unparse(node)), ALLOWED)


def _wrong_side(node: ast.expr, known: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with one side of a comparison."""
    if isinstance(node, ast.Name):
        if node.id not in known:
            yield _unknown(node.id, known)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield _slipped(node)
    elif _number(node) is None:
        yield _problem(describe(ast.unparse(node)), "a name or a number on either side of a comparison")


def _slipped(node: ast.BinOp) -> Problem:
    word = "and" if isinstance(node.op, ast.BitAnd) else "or"
    return _problem(describe(ast.unparse(node)), f"{ALLOWED}; write {word}")


def _number(node: ast.expr) -> float | None:
    """The finite number that a side is, or None."""
    sign = 1.0
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign, node = (-sign if isinstance(node.op, ast.USub) else sign), node.operand
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return None
    try:
        value = float(node.value)
    except OverflowError:
        return None
    return sign * value if math.isfinite(value) else None


def _holds(node: ast.expr, outcomes: Mapping[str, np.ndarray]) -> np.ndarray:
    match node:
        case ast.BoolOp(op=op, values=values):
            join = np.logical_and if isinstance(op, ast.And) else np.logical_or
            return join.reduce([_holds(value, outcomes) for value in values])
        case ast.UnaryOp(operand=operand):
            return ~_holds(operand, outcomes)
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_side(side, outcomes) for side in (left, *others)]
            size = len(next(iter(outcomes.values())))
            met = np.ones(size, bool)
            for one, op, other in zip(sides, ops, sides[1:]):
                defined = ~(np.isnan(one) | np.isnan(other))
                met &= _COMPARE[type(op)][1](one, other) & defined
            return met
    raise AssertionError("a statement is checked before it is asked")


def _side(node: ast.expr, outcomes: Mapping[str, np.ndarray]) -> np.ndarray | float:
    return outcomes[node.id] if isinstance(node, ast.Name) else _number(node)


def _unknown(name: str, known: Sequence[str]) -> Problem:
    shown = ", ".join(each for each in known if "_2" not in each and "_1" not in each)
    return _problem(describe(name), f"an outcome ({shown}; of two years: NAME_YEAR_YEAR)", nearest(name, known))


def _problem(found: str, allowed: str, near: str | None = None) -> Problem:
    return Problem("command line", OPTION, found, allowed, nearest=near)
