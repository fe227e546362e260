"""A scenario file in: the chain of `extends` read and merged, every mistake reported.

`load` gives the pieces from which `scenario.py` builds a Scenario.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario_checks import (
    LONGEST_RAMP,
    SIZES,
    check_wholes,
    event_span,
    read_month,
    read_quantity,
    read_text_value,
)
from undercount.model.assumed.scenario_events import ANYWHERE, merge_events, merge_onsets, place_events
from undercount.model.assumed.scenario_files import find, region_at, scenario_names
from undercount.model.assumed.scenario_foreign import cut, mark_foreign
from undercount.model.assumed.scenario_onsets import leave_out, read_region_onsets
from undercount.model.assumed.scenario_parents import check_parents
from undercount.model.assumed.scenario_pieces import Draft, Pieces
from undercount.model.files.problems import nearest, note
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Document, Source, Where, describe, read_toml, readable

HEAD_KEYS = ("title", "description", "extends", "region", "drop_events", "mechanisms", "onsets", "events", "calibrated")
CALIBRATED_KEYS = ("region", "distance", "seed", "version", "command", "values")


# --------------------------------------------------------------------------- one file


def _merge(pieces: Pieces, document: Document, complete: bool) -> None:
    """Add one file to what its parents said."""
    source, values = document.source, document.values
    pieces.title = read_text_value(source, ("title",), "title", values.get("title")) or ""
    pieces.description = read_text_value(
        source, ("description",), "description", values.get("description", ""), empty=True) or ""
    groups = Parameters.model_fields
    for name, content in values.items():
        if name not in HEAD_KEYS and name not in groups:
            homes = [path for path, spec in specs().items() if spec.key == name]
            source.bad((name,), name, describe(name), "tables and keys " + ", ".join((*HEAD_KEYS, *groups)),
                       (*HEAD_KEYS, *groups), homes[0] if homes else None)
        elif name in groups or name == "mechanisms":
            if not isinstance(content, dict):
                source.bad((name,), name, describe(content), f"a table [{name}]")
            elif name == "mechanisms":
                _merge_switches(pieces, source, content)
            else:
                _merge_group(pieces, source, name, content)
    _drop_events(pieces, source, values.get("drop_events", []), complete)
    merge_onsets(pieces, source, values.get("onsets", {}))
    merge_events(pieces, source, values.get("events", []))


def _merge_switches(pieces: Pieces, source: Source, content: dict) -> None:
    for name, value in content.items():
        where, key = ("mechanisms", name), f"mechanisms.{name}"
        if name not in MECHANISMS:
            source.bad(where, key, describe(name), "a mechanism (`undercount show` lists them)", MECHANISMS)
        elif not isinstance(value, bool):
            source.bad(where, key, describe(value), "true or false")
        else:
            pieces.mechanisms[name] = value


def _merge_group(pieces: Pieces, source: Source, group: str, content: dict) -> None:
    keys = [spec.key for spec in specs().values() if spec.group == group]
    for name, value in content.items():
        path, where = f"{group}.{name}", (group, name)
        spec = specs().get(path)
        if spec is None:
            homes = [other.path for other in specs().values() if other.key == name]
            source.bad(where, path, describe(name), f"keys of [{group}]: {', '.join(keys)}", keys,
                       homes[0] if homes else None)
        elif quantity := read_quantity(source, where, path, value, spec.allowed, spec.unit):
            pieces.values[path], prior = quantity
            pieces.set_by.pop(path, None)  # so that the last one set stands last
            pieces.set_by[path] = (source, where)
            pieces.priors.pop(path, None)
            if prior:
                pieces.priors[path] = prior


def _drop_events(pieces: Pieces, source: Source, names: object, complete: bool) -> None:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        source.bad(("drop_events",), "drop_events", describe(names), "a list of names of inherited events")
        return
    known, absent = list(pieces.drafts), []
    for name in names:
        if name in pieces.drafts:
            del pieces.drafts[name]
        elif complete and pieces.foreign:  # inherited on the parents' own region, perhaps
            absent.append(name)
        elif complete:
            source.bad(("drop_events", name), "drop_events", describe(name),
                       "names of inherited events: " + (", ".join(known) or "there are none"), known)
    if absent:
        note(f"{source.file}: drop_events: on this region nothing is inherited that is named "
             + ", ".join(map(describe, absent)))


def _merge_calibrated(pieces: Pieces, source: Source, content: object) -> None:
    """Point values that `undercount calibrate` found: they move within what is unknown, and leave it unknown.

    Only one table of a chain of files counts (`_fitted`).
    """
    if not isinstance(content, dict) or not isinstance(content.get("values", {}), dict):
        source.bad(("calibrated",), "calibrated", describe(content), "a table [calibrated] with a table values")
        return
    for key in content:
        if key not in CALIBRATED_KEYS:
            source.bad(("calibrated", key), f"calibrated.{key}", describe(key), "keys " + ", ".join(CALIBRATED_KEYS),
                       CALIBRATED_KEYS)
    if content.get("region", pieces.region.name if pieces.region else None) != (pieces.region and pieces.region.name):
        return  # found for another region
    known = {f"events.{name}.{draft.fields.get('kind')}": draft for name, draft in pieces.drafts.items() if draft.prior}
    for path, value in content.get("values", {}).items():
        where, key = ("calibrated", "values", path), f"calibrated.values.{path}"
        if path in specs():
            spec = specs()[path]
            if quantity := read_quantity(source, where, key, value, spec.allowed, spec.unit):
                low, high = pieces.priors.setdefault(path, spec.sweep)
                pieces.values[path] = quantity[0]
                if not low <= quantity[0] <= high:
                    source.bad(where, key, f"{quantity[0]:g}", f"a value inside its range, {low:g} to {high:g}")
        elif path in known:
            draft = known[path]
            spec = specs().get(draft.fields.get("parameter") or "")
            if spec and (quantity := read_quantity(source, where, key, value, *event_span(draft.fields["kind"], spec))):
                fields = draft.fields | {"amount": quantity[0]}
                pieces.drafts[fields["name"]] = replace(draft, fields=fields)
        elif path.startswith("onsets.") and path.count(".") == 2 and path.split(".")[1] in pieces.onset_drafts:
            _calibrated_onset(pieces.onset_drafts[path.split(".")[1]], source, where, key, path.split(".")[2], value)
        else:
            source.bad(where, key, describe(path), "an unknown of the scenario", [*specs(), *known])


def _calibrated_onset(draft: Draft, source: Source, where: Where, key: str, part: str, value: object) -> None:
    if part == "when":
        draft.fields.setdefault("months", ANYWHERE)
        draft.fields["when"] = read_month(source, where, key, value) or draft.fields.get("when")
    elif part in ("ramp", "size"):
        quantity = read_quantity(source, where, key, value, *{"ramp": ((0.0, float(LONGEST_RAMP)), "months"),
                                                              "size": (SIZES, "factor")}[part])
        if quantity:
            draft.fields[part] = quantity[0], draft.fields.get(part, (0.0, None))[1]
    else:
        source.bad(where, key, describe(part), "when, ramp or size", ("when", "ramp", "size"))


# --------------------------------------------------------------------------- the chain


def load(name: str | Path, region: str | None = None, fitted: bool = True) -> Pieces:
    """Read a scenario and what it extends, on its own region or on `region` (name or path), fitted values or not.

    The region's dated changes come first, so that a scenario may say one of them anew. Raises BadInput with
    every problem of all the files.
    """
    problems = Problems()
    pieces = Pieces(problems)
    caller = Source("scenario", problems)
    path = name if isinstance(name, Path) else find(name, Path(), caller, ("name",))
    complete = _read_chain(pieces, path, ()) if path else False
    stated = None
    for document in reversed(pieces.documents):
        stated = (document, document.values["region"]) if "region" in document.values else stated
    if region is not None:
        pieces.region = region_at(Source("--region", problems), Path(), region)
    elif stated:
        pieces.region = region_at(stated[0].source, stated[0].path.parent, stated[1])
    mark_foreign(pieces, stated and stated[0], region is not None)
    if pieces.region and pieces.region.changes:
        _merge_changes(pieces)
    if complete:
        check_parents(pieces.documents, pieces.parents)
    calibrated = _fitted(pieces)
    for document in reversed(pieces.documents):
        _merge(pieces, document, complete)
        if document is calibrated and fitted:
            _merge_calibrated(pieces, document.source, document.values["calibrated"])
    if pieces.region:
        cut(pieces)
        leave_out(pieces)
        place_events(pieces)
    elif complete and region is None and not stated:
        pieces.documents[0].source.bad(("region",), "region", "nothing",
                                       "the name or path of a region, here or in what it extends")
    check_wholes(pieces.values, pieces.set_by)
    problems.raise_any()
    return pieces


def _fitted(pieces: Pieces) -> Document | None:
    """The file whose fitted values count: the nearest that has some, but no parent in a list of several.

    Several explanations at once are not at the values of one of them.
    """
    by_path = {document.path.resolve(): document for document in pieces.documents}
    path = next(iter(by_path), None)
    while path in by_path:
        if "calibrated" in by_path[path].values:
            return by_path[path]
        above = pieces.parents.get(path, [])
        path = above[0] if len(above) == 1 else None
    return None


def _merge_changes(pieces: Pieces) -> None:
    """The region's own events, dated or unknown, and what it says of the onsets of explanations."""
    document = read_toml(pieces.region.changes, pieces.problems)
    if document is None:
        return
    for key in document.values:
        if key not in ("events", "onsets"):
            document.source.bad((key,), key, describe(key), "tables [[events]] and [onsets.NAME] only",
                                ("events", "onsets"))
    read_region_onsets(pieces, document.source, document.values.get("onsets", {}))
    merge_events(pieces, document.source, document.values.get("events", []))
    pieces.region_drafts = dict(pieces.drafts)


def _read_chain(pieces: Pieces, path: Path, above: tuple[Path, ...]) -> bool:
    """Read the file and those it extends, the nearest first; whether all could be read.

    Of several parents the last is the nearest. A file that several of them extend stands once, furthest away.
    """
    here = path.resolve()
    known = {document.path.resolve(): document for document in pieces.documents}
    document = known.get(here) or read_toml(path, pieces.problems)
    if document is None:
        return False
    if here in known:
        pieces.documents.remove(document)
    pieces.documents.append(document)
    pieces.parents.pop(here, None)  # read again: it stands further away
    if "extends" not in document.values:
        return True
    parents, source, complete = document.values["extends"], document.source, True
    if not isinstance(parents, list):
        parents = [parents]
    for parent in reversed(parents) if parents else [""]:
        if not isinstance(parent, str) or not parent or not readable(parent):
            source.bad(("extends",), "extends", describe(parent), "the name or path of a scenario, or a list of them")
            return False
        found = find(parent, path.parent, source, ("extends",))
        if found is None:
            complete = False
        elif found.resolve() in (*above, here):
            chain = " -> ".join(p.stem for p in (*above, here, found))
            source.bad(("extends",), "extends", f"a circle: {chain}", "a scenario that does not lead back here")
            complete = False
        else:
            pieces.parents.setdefault(here, []).insert(0, found.resolve())
            complete = _there(found, parent, source) and _read_chain(pieces, found, (*above, here)) and complete
    return complete


def _there(path: Path, parent: str, source: Source) -> bool:
    """Is there a file to extend? If not, the line that names it is the one to mend."""
    try:
        if path.is_file():
            return True
    except (OSError, ValueError):  # a name that cannot be
        pass
    names = scenario_names()
    close = nearest(PurePath(parent.replace("\\", "/")).stem[:60], names)
    source.bad(("extends",), "extends", f"{describe(parent)}, no such file",
               "the path of a .toml file (from the folder of this file, with /), or the name of a scenario that ships",
               hint=close)
    return False
