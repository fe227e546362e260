"""What the answer's numbers allow one to say of the question: that the flow fell, that it did not, or neither.

A direction is named only if nothing speaks against it; everything else is "cannot tell", with the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from undercount.experiments.verdict.criteria import ODDS

FELL, NOT, CANNOT = "fell", "did not fall", "cannot tell"


def said(made: Mapping[str, Any]) -> dict[str, Any]:
    """{window: {"says": FELL, NOT or CANNOT, "reasons": [...]}} from the answer's document; the first is the main one.

    `flow.posterior` is on a balanced prior, so its odds are the factor by which the data moved them: less than
    ODDS either way is not worth more than a bare mention (`criteria`).
    """
    return {key: _said(made, key, flow) for key, flow in made["flow"].items()}


def _said(made: Mapping[str, Any], key: str, flow: Mapping[str, Any]) -> dict[str, Any]:
    reasons = []
    if made["ordinary"]["strange"]:
        reasons.append("the observed table is unlike the simulated ones")
    if not flow["check"]["says"]:
        reasons.append("such tables say too little of the flow")
    if not flow["check"]["covers"]:
        reasons.append("intervals failed their test")
    if any(row["far"] and row["window"] == key for row in made["sensitivity"]):
        reasons.append("the answer hangs on an assumption")
    ways = [direction(flow[which]["ways"]["fell"]) for which in ("posterior", "robust")]
    if ways[0] == CANNOT:
        reasons.append("the evidence is weak")
    elif ways[0] != ways[1]:
        reasons.append("an error in every cell changes the answer")
    return {"says": CANNOT if reasons else ways[0], "reasons": reasons}


def direction(fell: float) -> str:
    """FELL or NOT if the odds of P(fell) are worth more than a bare mention, else CANNOT."""
    if fell >= ODDS * (1 - fell):
        return FELL
    return NOT if 1 - fell >= ODDS * fell else CANNOT
