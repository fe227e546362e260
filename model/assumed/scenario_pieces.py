"""What the files of a scenario say, while they are being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario_checks import Event, Onset, Span
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Document, Source, Where
from undercount.model.known.region import Region


@dataclass
class Draft:
    """An event as far as it could be read; None where a field was wrong and is reported."""

    source: Source
    at: Where
    label: str
    fields: dict
    prior: Span | None = None


@dataclass
class Pieces:
    """What the files of a chain say, the nearest file last and strongest."""

    problems: Problems
    title: str = ""
    description: str = ""
    region: Region | None = None
    values: dict[str, float] = field(default_factory=lambda: {p: s.default for p, s in specs().items()})
    set_by: dict[str, tuple[Source, Where]] = field(default_factory=dict)
    priors: dict[str, Span] = field(default_factory=dict)
    mechanisms: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(MECHANISMS, True))
    drafts: dict[str, Draft] = field(default_factory=dict)
    region_drafts: dict[str, Draft] = field(default_factory=dict)  # of the region's own changes
    of_region: dict[str, tuple[Event, Span | None]] = field(default_factory=dict)  # those that no file changed
    onset_drafts: dict[str, Draft] = field(default_factory=dict)
    region_onsets: dict[str, dict] = field(default_factory=dict)  # what the region says of onsets: see scenario_onsets
    left_out: dict[str, str] = field(default_factory=dict)  # onsets of a mixture that the region refuses, and why
    onsets: tuple[Onset, ...] = ()
    events: tuple[Event, ...] = ()
    documents: list[Document] = field(default_factory=list)
    # Of files written for another region, by the id of their Source: what is left out of them, and where (None: wholly)
    foreign: dict[int, dict[str, list | None]] = field(default_factory=dict)
    parents: dict[Path, list[Path]] = field(default_factory=dict)  # of each file, those that it extends
