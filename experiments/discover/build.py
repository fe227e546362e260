"""Answers statements about the worlds of a reference table into a folder.

    words.md                  a sentence for every box that holds
    discover.json             the same with every figure, under stable keys
    tables/boxes.csv          a row a statement, method and box: coverage and density, where sought and where tested
    tables/restrictions.csv   a row a bounded unknown of a box: its range, its prior's, quasi-p of each bound
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.discover.box_words import CAVEAT, page
from undercount.experiments.discover.boxes import HIGH, LOW, Box, boxes, check_enough
from undercount.experiments.discover.language import Where, read_where
from undercount.experiments.discover.outcomes import Named, named
from undercount.experiments.discover.tree import leaves
from undercount.experiments.discover.unknowns import Unknowns, read_unknowns
from undercount.experiments.reference.shipped import unshipped
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import relative, write_whole
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.tables import write_csv, write_json
from undercount.experiments.study import Study, carry_out, nothing, planned
from undercount.model.files.problems import BadInput

DOCUMENT, WORDS, TABLES = "discover.json", "words.md", "tables"
TEST_EVERY = 3  # every third world tests, whatever its explanation: worlds of a table are exchangeable
# What is asked without --where -> its title. 0.4 is a fall that nobody would call chance; in logarithms it is -0.51,
# of which -0.25 is about half.
SHIPPED = {
    "fall >= 0.4 and flow >= -0.05": "Counts fall in the last year, and the flow is not lower than two years before",
    "fall >= 0.4 and flow <= -0.25": "Counts fall in the last year, and the flow is lower by a fifth or more than two "
                                     "years before",
}


@dataclass(frozen=True)
class Asked:
    """Statements about a table's worlds; `given` are those typed (none: those that ship)."""

    reference: Reference
    outcomes: Mapping[str, Named]
    questions: tuple[Where, ...]
    given: tuple[str, ...]
    seed: int

    def batch(self) -> dict[str, Any]:
        """What a folder must agree in, for the manifest."""
        return {"reference": self.reference.manifest["batch"], "worlds": len(self.reference.labels),
                "questions": [question.text for question in self.questions], "seed": self.seed}

    def command(self, folder: Path) -> str:
        """The command that makes this folder."""
        words = ["undercount", "discover", *unshipped(self.reference)]
        for text in self.given:
            words += ["--where", text]
        return shlex.join(map(str, [*words, "--seed", self.seed, "--out", folder]))


def ask(reference: Reference, given: Sequence[str], seed: int) -> Asked:
    """The statements, checked. Raises BadInput with what is wrong with any of them."""
    outcomes = named(reference.region)
    problems, questions = [], []
    for text in given or SHIPPED:
        try:
            questions.append(read_where(text, list(outcomes)))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    distinct = tuple({question.text: question for question in questions}.values())
    return Asked(reference, outcomes, distinct, tuple(given), seed)


def build(asked: Asked, folder: Path, step: Callable[[str], None] = lambda what: None) -> Outcome:
    """Answer every statement and write the folder; `step` is told what is being worked on.

    Raises BadInput if too few worlds meet a statement, and what `study.carry_out` raises.
    """
    unknowns = read_unknowns(asked.reference)
    tested = asked.reference.worlds % TEST_EVERY == TEST_EVERY - 1
    met = {}
    for question in asked.questions:
        met[question.text] = question.holds({name: asked.outcomes[name].of(asked.reference) for name in question.names})
        check_enough(met[question.text], ~tested, question.text)

    def assemble() -> list[Path]:
        found = []
        for question in asked.questions:
            step(question.text)
            answers = {"PRIM": boxes(unknowns.values, met[question.text], ~tested),
                       "tree": leaves(unknowns.values, met[question.text], ~tested, asked.seed)}
            found.append(answered(asked, question, met[question.text], answers, unknowns))
        content = {"caveat": CAVEAT, "worlds": len(tested), "tested": int(tested.sum()),
                   "explanations": asked.reference.explanations, "questions": found}
        (folder / TABLES).mkdir(exist_ok=True)
        write_whole(folder / WORDS, page(content).encode())
        return [folder / WORDS, write_json(folder / DOCUMENT, content),
                *(write_csv(folder / TABLES / f"{name}.csv", table) for name, table in tables_of(content).items())]

    about = {"batch": asked.batch(), "reference": relative(asked.reference.folder, folder)}
    # Without parts: everything is made when the tables are.
    made = Study(about | planned([]), asked.command(folder), [], nothing, assemble, partial=False,
                 needs=Needs(beside=unshipped(asked.reference)))
    return carry_out(folder, "discover", asked.batch(), lambda there: made, EngineOptions("serial"))


def answered(asked: Asked, question: Where, met, answers: Mapping[str, Sequence[Box]],
             unknowns: Unknowns) -> dict[str, Any]:
    """One statement's part of the document."""
    return {
        "where": question.text, "title": SHIPPED.get(question.text),
        "outcomes": {name: asked.outcomes[name].words for name in question.names},
        "worlds": int(met.sum()), "share": float(met.mean()),
        "methods": {method: [_told(box, unknowns, asked.reference) for box in found]
                    for method, found in answers.items()}}


def _told(box: Box, unknowns: Unknowns, reference: Reference) -> dict[str, Any]:
    by_path, low, high = unknowns.by_path, *box.tested.interval()
    restrictions = []
    for path in box.unknowns:
        unknown = by_path[path]
        ends = {side: box.limits.get((path, side)) for side in (LOW, HIGH)}
        restrictions.append({
            "unknown": path, "title": unknown.title, "unit": unknown.unit, "low": ends[LOW], "high": ends[HIGH],
            "prior_low": unknown.low, "prior_high": unknown.high, "quasi_p_low": box.quasi_p.get((path, LOW)),
            "quasi_p_high": box.quasi_p.get((path, HIGH)),
            "words": unknown.restricted(ends[LOW], ends[HIGH], reference.region)})
    scores = {name: {"worlds": score.worlds, "with_outcome": score.cases, "inside": score.inside,
                     "inside_with_outcome": score.hits, "density": score.density if score.inside else None,
                     "coverage": score.coverage if score.cases else None}
              for name, score in (("sought", box.sought), ("tested", box.tested))}
    return {"holds": box.holds, **scores, "density_low": low, "density_high": high, "restrictions": restrictions}


def tables_of(content: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables by name, from the document alone."""
    rows, bounds = [], []
    for question in content["questions"]:
        for method, found in question["methods"].items():
            for number, box in enumerate(found, 1):
                key = {"where": question["where"], "method": method, "box": number}
                scores = {f"{name}_{key}": value for name in ("sought", "tested") for key, value in box[name].items()}
                rows.append(key | {"holds": box["holds"], **scores, "density_low": box["density_low"],
                                   "density_high": box["density_high"]})
                bounds += [key | restriction for restriction in box["restrictions"]]
    return {"boxes": pd.DataFrame(rows, columns=list(rows[0]) if rows else ["where", "method", "box"]),
            "restrictions": pd.DataFrame(bounds, columns=list(bounds[0]) if bounds else ["where", "method", "box"])}
