"""Files written for another region than the one they are now used on: cut to the places and months that it has.

A scenario that extends those of another region, or is run with `--region`, may inherit events that name countries,
groups of countries or months which this region does not have. They act where they can; what is left out is told.
"""

from __future__ import annotations

from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario_checks import place_names
from undercount.model.assumed.scenario_pieces import Draft, Pieces
from undercount.model.files.problems import note
from undercount.model.files.tables_in import Month
from undercount.model.files.toml_in import Document, Source
from undercount.model.known.region import Region


def mark_foreign(pieces: Pieces, stated: Document | None, chosen: bool) -> None:
    """Note which files of the chain were written for another region: those beyond the one that states it, if they
    state one themselves; all of them if another was `chosen` on the command line."""
    beyond = pieces.documents
    if not chosen:
        beyond = pieces.documents[pieces.documents.index(stated) + 1:] if stated else []
    if any("region" in document.values for document in beyond):
        pieces.foreign = {id(document.source): {} for document in beyond}


def places_of(pieces: Pieces, source: Source, name: str, where: object) -> object:
    """What `where` of an event of this file means here: of a list of another region the countries that are here."""
    if id(source) not in pieces.foreign or not isinstance(where, list):
        return where
    index = pieces.region.index
    kept = [code for code in where if not isinstance(code, str) or code in index]
    if len(kept) < len(where):
        pieces.foreign[id(source)][name] = [code for code in where if code not in kept]
    return kept


def cut(pieces: Pieces) -> None:
    """Leave out what cannot act on this region, and tell of each file what that was."""
    region, names = pieces.region, place_names(pieces.region)
    for key, draft in list(pieces.drafts.items()):
        left_out = pieces.foreign.get(id(draft.source))
        if left_out is None:
            continue
        draft.fields["where"] = where = places_of(pieces, draft.source, key, draft.fields["where"])
        if where == [] or (isinstance(where, str) and where not in names) or _too_late(draft, region):
            left_out[key] = None
            del pieces.drafts[key]
    used = {draft.fields.get("onset") for draft in pieces.drafts.values()}
    for name, draft in list(pieces.onset_drafts.items()):
        if (left_out := pieces.foreign.get(id(draft.source))) is None:
            continue
        if name not in used:
            left_out[f"the onset {name}"] = None
            del pieces.onset_drafts[name]
        elif any(month and not region.start <= month <= region.end
                 for month in (draft.fields.get("when"), *(draft.fields.get("months") or ()))):
            left_out[f"the months of the onset {name}"] = None
            for month in ("when", "months"):
                draft.fields.pop(month, None)  # then swept over the region's own window
    for document in pieces.documents:
        if left_out := pieces.foreign.get(id(document.source)):
            note(_words(document, left_out, region))


def _too_late(draft: Draft, region: Region) -> bool:
    """Is it dated outside the months of the region, or of another first month?"""
    when: Month | None = draft.fields.get("when")
    if when is None or draft.fields.get("onset"):
        return False
    spec = specs().get(draft.fields.get("parameter") or "")
    return not region.start <= when <= region.end or bool(spec and spec.setup and when != region.start)


def _words(document: Document, left_out: dict[str, list | None], region: Region) -> str:
    whole = [name for name, codes in left_out.items() if codes is None]
    partly = [f"{name} in {', '.join(map(str, codes))}" for name, codes in left_out.items() if codes is not None]
    return (f"{document.path.name} was written for another region; on {region.name} ({region.start} to {region.end}) "
            f"left out: {'; '.join([', '.join(whole)] * bool(whole) + partly)}")
