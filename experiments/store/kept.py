"""What a result folder keeps so that it can be moved, mailed and gone on with anywhere, and the command that does it.

    DIR/scenarios/NAME.toml     each scenario as it was run, complete, on the region in DIR/region
    DIR/scenarios/core/*.toml   what they extend
    DIR/inputs/                 small files that were named on the command line
    DIR/verdict/, DIR/reference/   what is needed of another result folder that this one builds on

The manifest has the command as it was typed, and `places`: where in the folder, or beside it, lies what its words
stand for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from undercount.experiments.store.folder import REGION, relative, sha256_of, write_whole
from undercount.model.assumed.scenario import Scenario, load_scenario, scenario_names
from undercount.model.files.problems import BadInput
from undercount.model.known.region import Region

SCENARIOS, CORE, INPUTS = "scenarios", "core", "inputs"
# Options whose value may be a path; of the others a value that looks like one is none.
PATHS = ("--explanation", "--simulated", "--region", "--observed", "--levers", "--attribution", "--parameters", "--out")


@dataclass(frozen=True)
class Needs:
    """What words of a folder's command stand for.

    scenarios  (word, scenario): names or paths
    files      words that are paths of small files
    folders    word -> (name in the folder, what puts there all that is needed of that other folder)
    beside     words that are paths of result folders too large to keep: where they are, seen from this one
    region     the word of --region
    """

    scenarios: Sequence[tuple[str, Scenario]] = ()
    files: Sequence[str] = ()
    folders: Mapping[str, tuple[str, Callable[[Path], None]]] = field(default_factory=dict)
    beside: Sequence[str] = ()
    region: str | None = None


def keep(folder: Path, needs: Needs, region: Region | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Write what is needed, and give where what each word stands for is, and the SHA-256 of every file that is kept."""
    words: dict[str, Any] = {str(folder): {"in": "."}}
    for word, scenario in needs.scenarios:
        path = keep_scenario(folder, scenario)
        words[word] = {"in": path} if word.endswith(".toml") or "/" in word or os.sep in word or needs.region else \
            {"in": path, "as": word, "files": digest_of(scenario)}
    for n, word in enumerate(needs.files):
        target = folder / INPUTS / f"{n}" / Path(word).name if n else folder / INPUTS / Path(word).name
        if not (target.exists() and target.samefile(word)):
            _write(target, Path(word).read_bytes())
        words[word] = {"in": target.relative_to(folder).as_posix()}
    for word, (name, bring) in needs.folders.items():
        bring(folder / name)
        words[word] = {"in": name, "before": "posterior=" if word.startswith("posterior=") else ""}
    for word in needs.beside:
        words[word] = {"beside": relative(Path(word), folder)}
    if needs.region is not None and region is not None:
        words[needs.region] = {"in": f"{REGION}/{region.name}"}
    places = [folder / SCENARIOS, folder / INPUTS, *(folder / name for name, _ in needs.folders.values())]
    return words, {path.relative_to(folder).as_posix(): sha256_of(path)
                   for place in places for path in sorted(place.rglob("*")) if path.is_file()}


def keep_scenario(folder: Path, scenario: Scenario) -> str:
    """Write the scenario and the root of what it extends; the path in the folder."""
    core = None
    if scenario.extends and scenario.root is not None:
        root = core_of(scenario)
        _write(folder / SCENARIOS / CORE / f"{root.name}.toml",
               root.to_toml(f"../../{REGION}/{root.region.name}").encode())
        core = f"./{CORE}/{root.name}.toml", root
    path = f"{SCENARIOS}/{scenario.name}.toml"
    _write(folder / path, scenario.to_toml(f"../{REGION}/{scenario.region.name}", core).encode())
    return path


def core_of(scenario: Scenario) -> Scenario:
    """The file at the root of the scenario's chain of `extends`, on its region: what all explanations share.

    Itself if it extends nothing.
    """
    return load_scenario(scenario.root, str(scenario.region.folder)) if scenario.extends else scenario


def kept_scenario(folder: Path, name: str) -> Path | None:
    """The file of a scenario that the folder keeps; None in a folder of an older version."""
    path = folder / SCENARIOS / f"{name}.toml"
    return path if path.is_file() else None


def _write(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


def digest_of(scenario: Scenario) -> str:
    """A hash of every file that a scenario was read from."""
    return hashlib.sha256(json.dumps(scenario.files, sort_keys=True).encode()).hexdigest()[:16]


# --------------------------------------------------------------------------- the command


def again(manifest: Mapping[str, Any], folder: Path, command: str | None = None) -> str:
    """A command of the manifest (default: the one that goes on with the folder), as it can be typed anywhere here."""
    places, here = manifest.get("places", {}), Path(os.path.abspath(folder))
    found, before = [], ""
    for word in shlex.split(command or manifest["command"]):
        place = places.get(word) if not before.startswith("--") or before in PATHS else None
        if place == {"in": "."} and before != "--out":
            place = None
        found.append(word if word == "&&" else shlex.quote(word if place is None else _typed(place, here)))
        before = word
    return " ".join(found)


def _typed(place: Mapping[str, str], folder: Path) -> str:
    if "beside" in place:
        return os.path.normpath(folder / place["beside"])
    if "as" in place and _ships(place["as"], place["files"]):
        return place["as"]
    return place.get("before", "") + os.path.normpath(folder / place["in"])


def _ships(name: str, files: str) -> bool:
    """Is the scenario of this name the same here?"""
    try:
        return name in scenario_names() and digest_of(load_scenario(name)) == files
    except BadInput:
        return False
