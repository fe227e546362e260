"""What a region says of the explanations' onsets: when each may have begun there, or that it makes no sense there.

    [onsets.looking]                      # in the region's changes
    when = { value = "2014-06", low = "2013-01", high = "2017-12" }
    source = "..."

    [onsets.protection]
    none = "no source speaks of ..."      # refused with this reason; a mixture goes without it

An explanation that states no month of its own takes the region's, and its source; what it states itself stands.
"""

from __future__ import annotations

import re

from undercount.model.assumed.scenario_checks import check_span, read_onset_month, read_text_value
from undercount.model.assumed.scenario_pieces import Pieces
from undercount.model.files.toml_in import Source, describe

KEYS = ("when", "none", "source")


def read_region_onsets(pieces: Pieces, source: Source, onsets: object) -> None:
    """Tables [onsets.NAME] of a region's changes, checked."""
    if not isinstance(onsets, dict):
        source.bad(("onsets",), "onsets", describe(onsets), "tables [onsets.NAME]")
        return
    for name, content in onsets.items():
        at, label = ("onsets", name), f"onsets.{name}"
        if not re.fullmatch(r"[a-z0-9-]{1,60}", name) or not isinstance(content, dict):
            source.bad(at, label, describe(content), "a table [onsets.NAME], a name of small letters, digits, hyphens")
            continue
        for key in content:
            if key not in KEYS:
                source.bad((*at, key), f"{label}.{key}", describe(key), "keys " + ", ".join(KEYS), KEYS)
        if ("when" in content) == ("none" in content):
            source.bad(at, label, "both when and none" if "when" in content else "neither when nor none",
                       "when it may have begun, or none = why it makes no sense in this region")
        elif "none" in content:
            reason = read_text_value(source, (*at, "none"), f"{label}.none", content["none"])
            pieces.region_onsets[name] = {"none": reason or ""}
        else:
            why = read_text_value(source, (*at, "source"), f"{label}.source", content.get("source"))
            pieces.region_onsets[name] = _when(pieces, source, at, label, content["when"]) | {"source": why or ""}


def _when(pieces: Pieces, source: Source, at, label: str, value: object) -> dict:
    first, months = read_onset_month(source, (*at, "when"), f"{label}.when", value)
    if months is None:
        if not pieces.problems.count:
            source.bad((*at, "when"), f"{label}.when", describe(value), "{ value, low, high }, months in quotes")
        return {}
    for month in months:
        check_span(source, at, label, month, None, pieces.region)
    return {"when": first, "months": months}


def leave_out(pieces: Pieces) -> None:
    """Takes onsets that the region refuses out of a mixture, with their events; reports one that must happen."""
    for name, draft in list(pieces.onset_drafts.items()):
        reason = pieces.region_onsets.get(name, {}).get("none")
        if reason is None:
            continue
        if draft.fields.get("included", 1.0) >= 1.0:
            draft.source.bad(draft.at, draft.label, f"an explanation that makes no sense in {pieces.region.name}",
                             f"another one; the region says: {reason}")
            continue
        pieces.left_out[name] = reason
        del pieces.onset_drafts[name]
        for event, other in list(pieces.drafts.items()):
            if other.fields.get("onset") == name:
                del pieces.drafts[event]
