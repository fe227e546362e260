"""What differs between two manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NONE = "-"


class Difference(NamedTuple):
    """A value of the first and of the second folder, as texts."""

    name: str
    first: str
    second: str


def code_differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Difference]:
    """Version, code of the rules, commit, Python and packages, where they differ."""
    return list(_differ(_code(one), _code(other)))


def settings_differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Difference]:
    """What was asked: kind, seed, scale, sweep, region, --set, replicates, where it differs."""
    return list(_differ(_asked(one), _asked(other)))


def scenario_pairs(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names of scenarios that are compared: those of one name; else the only one of each folder."""
    first, second = ([entry["name"] for entry in manifest.get("scenarios", [])] for manifest in (one, other))
    common = [(name, name) for name in first if name in second]
    return common or ([(first[0], second[0])] if len(first) == len(second) == 1 else [])


def scenario_differences(one: Mapping[str, Any], other: Mapping[str, Any],
                         pair: tuple[str, str]) -> list[Difference]:
    """Values of a pair of scenarios, as they were resolved, where they differ."""
    first, second = (next(entry["resolved"] for entry in manifest["scenarios"] if entry["name"] == name)
                     for manifest, name in zip((one, other), pair))
    return list(_differ(_values(first), _values(second)))


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys([*one, *other]):
        if one.get(name) != other.get(name):
            yield Difference(name, _text(one.get(name)), _text(other.get(name)))


def _text(value: Any) -> str:
    text = NONE if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _batch(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    batch = manifest.get("batch")
    return batch if isinstance(batch, dict) else {}


def _code(manifest: Mapping[str, Any]) -> dict[str, Any]:
    machine, packages = manifest.get("machine", {}), manifest.get("packages", {})
    return {"version": manifest.get("undercount"), "code of the model": _batch(manifest).get("code"),
            "commit": manifest.get("commit"), "python": machine.get("python"), "system": machine.get("system"),
            "processor": machine.get("processor")} | {f"package {name}": version for name, version in packages.items()}


def _asked(manifest: Mapping[str, Any]) -> dict[str, Any]:
    batch = _batch(manifest)
    found: dict[str, Any] = {"kind": manifest.get("kind"), "state": manifest.get("state")}
    found |= {key: value for key, value in batch.items()
              if key not in ("code", "region", "settings", "sweep", "lucks") and not isinstance(value, dict | list)}
    sweep = batch.get("sweep")
    found["sweep"] = " ".join(sweep["words"]) if sweep else None
    found |= {f"--set {name}": value for name, value in (batch.get("settings") or {}).items()}
    region = batch.get("region") or {}
    found["region"] = region.get("name")
    found |= {f"region file {name}": digest[:12] for name, digest in (region.get("files") or {}).items()}
    return found | {f"replicates of {entry['name']}": entry["replicates"] for entry in manifest.get("scenarios", [])}


def _values(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters, mechanisms, events, onsets and priors of a resolved scenario, one name a value."""
    found = {f"{group}.{key}": value for group, values in resolved["parameters"].items()
             for key, value in values.items()}
    found |= {f"mechanisms.{name}": on for name, on in resolved["mechanisms"].items()}
    for kind in ("events", "onsets"):
        for each in resolved[kind]:
            found |= {f"{kind}.{each['name']}.{key}": value for key, value in each.items()
                      if key not in ("name", "source")}
    return found | {f"range of {path}": tuple(span) for path, span in resolved["priors"].items()}
