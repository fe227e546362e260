"""The checks of single values of a scenario: numbers, months, places, events.

Used for files and for `--set` alike; each reports to a Source and returns None where it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from undercount.model.assumed.parameters import Spec, specs
from undercount.model.files.tables_in import Month
from undercount.model.files.toml_in import Source, Where, describe, finite, readable
from undercount.model.known.region import Region

FACTORS = (0.0, 100.0)  # allowed for the factor of an event
LONGEST_RAMP = 600
SIZES = (0.0, 10.0)  # allowed for the size of an onset, which must be above 0
SIZE_ABOVE = "a size above 0: that nothing happens is what `included` is for"
MONTH = "a month in quotes, \"YYYY-MM\""
# Shares of one whole: together at most 1.
WHOLES = (("population.wage_under_50", "population.wage_50_100"),
          ("population.minor_share", "population.young_share"),
          ("recruitment.channel_agency", "recruitment.channel_advertisement", "recruitment.channel_internet"))

Span = tuple[float, float]


@dataclass(frozen=True)
class Event:
    """From `when` on a parameter moves, at some places, by a factor or to a value."""

    name: str
    when: Month
    where: str | tuple[str, ...]  # as written
    places: tuple[str, ...]  # the countries that this means
    parameter: str
    kind: str  # "factor" or "value"
    amount: float
    source: str
    ramp: int = 0
    until: Month | None = None
    onset: str = ""  # the onset whose month, ramp and size it takes
    size: float = 1.0  # 0: nothing happens

    @property
    def path(self) -> str:
        """The name of the magnitude among priors and for `--set`."""
        return f"events.{self.name}.{self.kind}"


@dataclass(frozen=True)
class Onset:
    """When an explanation begins, how long it takes to be there, and how large it is; its events hang on it.

    An event of factor f acts as f ** size; one of value x goes the share `size` of the way to x (and beyond,
    if size is above 1). `included` is the prior probability that it happens at all.
    """

    name: str
    when: Month
    ramp: int
    size: float
    included: float
    happens: bool
    source: str

    def path(self, key: str) -> str:
        """The name of one of its unknowns: when, ramp, size or included."""
        return f"onsets.{self.name}.{key}"

    def lends(self, event: Event) -> Event:
        """The event as it acts under this onset."""
        return replace(event, when=self.when, ramp=self.ramp, size=self.size if self.happens else 0.0)


# --------------------------------------------------------------------------- single values


def read_quantity(source: Source, where: Where, key: str, value: object, span: Span,
                  unit: str) -> tuple[float, Span | None] | None:
    """A number, or { value, low, high } where it is unknown: the value and its prior."""
    allowed = f"a number from {span[0]:g} to {span[1]:g} ({unit})"
    if not isinstance(value, dict):
        number = finite(value)
        if number is None or not span[0] <= number <= span[1]:
            source.bad(where, key, describe(value), allowed)
            return None
        return number, None
    names, good = ("value", "low", "high"), {}
    others = [name for name in value if name not in names]
    for name in others:
        source.bad((*where, name), f"{key}.{name}", describe(name), "keys value, low, high", names)
    if not others and (missing := [name for name in names if name not in value]):
        source.bad((*where, missing[0]), f"{key}.{missing[0]}", "nothing",
                   allowed if len(missing) == 1 else f"{{ value, low, high }}, each {allowed}")
    for name in names:
        if name not in value:
            continue  # said already
        number = finite(value.get(name))
        if number is None or not span[0] <= number <= span[1]:
            source.bad((*where, name), f"{key}.{name}", describe(value[name]), allowed)
        else:
            good[name] = number
    if len(good) < 3 or len(value) > 3:
        return None
    if not good["low"] <= good["value"] <= good["high"]:
        source.bad(where, key, "low {low:g}, value {value:g}, high {high:g}".format(**good),
                   "low <= value <= high")
        return None
    return good["value"], (good["low"], good["high"])


def read_text_value(source: Source, where: Where, key: str, value: object, *, empty=False) -> str | None:
    if not isinstance(value, str) or not readable(value) or not (empty or value.strip()):
        source.bad(where, key, "nothing" if value is None else describe(value),
                   "text in quotes" if empty else "some text in quotes")
        return None
    return value


def read_month(source: Source, where: Where, key: str, value: object) -> Month | None:
    try:
        return Month.parse(value)
    except (ValueError, TypeError):
        source.bad(where, key, "nothing" if value is None else describe(value), MONTH)
        return None


def read_ramp(source: Source, where: Where, key: str, value: object) -> int | None:
    number = finite(value)
    if number is None or number != int(number) or not 0 <= number <= LONGEST_RAMP:
        source.bad(where, key, describe(value), f"a whole number of months from 0 to {LONGEST_RAMP}")
        return None
    return int(number)


def read_onset_month(source: Source, where: Where, key: str, value: object) -> tuple[Month, tuple[Month, Month] | None]:
    """A month, or { value, low, high } of months where it is unknown; None for what is reported."""
    if not isinstance(value, dict):
        return read_month(source, where, key, value), None
    months = {}
    for name in ("value", "low", "high"):
        months[name] = read_month(source, (*where, name), f"{key}.{name}", value.get(name))
    for name in value:
        if name not in months:
            source.bad((*where, name), f"{key}.{name}", describe(name), "keys value, low, high", tuple(months))
    if None in months.values():
        return None, None
    if not months["low"] <= months["value"] <= months["high"]:
        source.bad(where, key, "low {low}, value {value}, high {high}".format(**months), "low <= value <= high")
        return None, None
    return months["value"], (months["low"], months["high"])


def check_wholes(values: dict[str, float], set_by: dict[str, tuple[Source, Where]]) -> None:
    """Report shares of one whole that add up to more than it, where somebody set one of them."""
    for paths in WHOLES:
        known = [path for path in set_by if path in paths]  # in the order in which they were set
        total = sum(values[path] for path in paths if path in values)
        if known and total > 1 + 1e-9:
            source, where = set_by[known[-1]]
            source.bad(where, known[-1], f"{total:g} together with the others", f"{' + '.join(paths)} at most 1")


# --------------------------------------------------------------------------- events


def event_parameter(source: Source, where: Where, key: str, name: object) -> Spec | None:
    """The parameter that an event moves."""
    spec = specs().get(name) if isinstance(name, str) else None
    if spec is None:
        homes = [path for path, s in specs().items() if s.key == name]
        source.bad((*where, name if isinstance(name, str) else ""), key,
                   "nothing" if name is None else describe(name),
                   "a parameter as group.key", list(specs()), homes[0] if homes else None)
    return spec


def event_span(kind: str, spec: Spec | None) -> tuple[Span, str]:
    """The allowed range and the unit of an event's magnitude."""
    return (FACTORS, "factor") if kind == "factor" else (spec.allowed, spec.unit)


def place_names(region: Region) -> dict[str, tuple[str, ...]]:
    """The names that may stand for several countries."""
    groups: dict[str, tuple[str, ...]] = {}
    for country in region.countries:
        if country.group:
            groups[country.group] = (*groups.get(country.group, ()), country.iso3)
    everywhere = tuple(country.iso3 for country in region.countries)
    observed = {role: tuple(dict.fromkeys(row.iso3 for row in region.referrals if row.role == role))
                for role in ("destination", "origin")}
    return groups | {"everywhere": everywhere, "origins": region.origins, "destinations": region.destinations,
                     "observed-destinations": observed["destination"], "observed-origins": observed["origin"]}


def read_where(source: Source, where: Where, key: str, value: object, region: Region) -> tuple[str, ...] | None:
    """The countries that `where` means."""
    names = place_names(region)
    if isinstance(value, str) and value in names:
        return names[value]
    if isinstance(value, str) or not isinstance(value, list) or not value:
        hint = f'["{value}"]' if isinstance(value, str) and value in region.index else None
        source.bad((*where, value if isinstance(value, str) else ""), key,
                   "nothing" if value is None else describe(value),
                   "a list of country codes, or one of " + ", ".join(names), names, hint)
        return None
    wrong, seen = False, set()
    for code in value:
        if not isinstance(code, str) or code not in region.index:
            source.bad((*where, code if isinstance(code, str) else ""), key, describe(code),
                       "country codes of the region " + region.name, region.index)
        elif code in seen:
            source.bad(where, key, describe(code), "each country once")
        else:
            seen.add(code)
            continue
        wrong = True
    return None if wrong else tuple(value)


def check_span(source: Source, at: Where, label: str, when: Month | None, until: Month | None, region: Region) -> None:
    """Report an event outside the months of the region, or that ends before it starts."""
    if when and not region.start <= when <= region.end:
        source.bad((*at, "when"), f"{label}.when", describe(str(when)),
                   f"a month from {region.start} to {region.end}")
    elif when and until and until < when:
        source.bad((*at, "until"), f"{label}.until", describe(str(until)), f"a month not before when, {when}")


def check_setup(source: Source, at: Where, label: str, event: Mapping[str, object], region: Region) -> None:
    """Report an event that moves later what only sets up the world; from the first month on it may differ by place."""
    spec = specs().get(event.get("parameter"))
    if spec and spec.setup and (event.get("when") != region.start or event.get("ramp") or event.get("until")):
        source.bad((*at, "when"), f"{label}.when", describe(str(event.get("when"))),
                   f"the first month, {region.start}, without ramp and until: {spec.path} sets up the world")
