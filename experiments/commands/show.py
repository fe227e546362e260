"""`undercount show`: the world of a scenario as the engine will run it."""

from collections.abc import Iterator

import click
from undercount.experiments.commands.options import region_option, scenario_names_from, settings_option
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Event, Onset, Scenario, load_scenario
from undercount.model.files.toml_in import plain
from undercount.model.schedule import PHASES

ROLES = ("origin", "transit", "destination")


@click.command("show")
@click.argument("scenario", shell_complete=scenario_names_from)
@region_option
@settings_option
@click.option("--people-per-agent", type=click.IntRange(min=1), default=100, show_default=True,
              help="Persons that one agent stands for.")
@click.option("--toml", "as_toml", is_flag=True, help="Print a complete scenario file instead.")
def command(scenario: str, region: str | None, settings: dict[str, str], people_per_agent: int, as_toml: bool) -> None:
    """Print the world of SCENARIO, a name or a path to a .toml file."""
    chosen = load_scenario(scenario, region).with_values(settings)
    if as_toml:
        click.echo(chosen.to_toml(), nl=False)
        return
    for line in page(chosen, people_per_agent):
        click.echo(plain(line))


def page(scenario: Scenario, people_per_agent: int) -> Iterator[str]:
    """The page, line by line."""
    region = scenario.region
    yield f"{scenario.name}: {scenario.title}"
    yield from scenario.description.strip().splitlines()
    yield ""
    yield f"Region      {region.title} ({region.name}), {region.start} to {region.end}, {region.months} months"
    yield from _places(scenario)
    yield from _people(scenario, people_per_agent)
    yield from _month()
    yield from _switches(scenario)
    yield from _events(scenario)
    yield from _parameters(scenario)
    yield from ("", "Files")
    for name, digest in scenario.files.items():
        yield f"  {digest[:16]}  {name}"


def _places(scenario: Scenario) -> Iterator[str]:
    countries = scenario.region.countries
    yield from ("", f"Places ({len(countries)})")
    width = max(len(c.name) for c in countries)
    for c in countries:
        roles = ", ".join(role for role in ROLES if getattr(c, role))
        yield f"  {c.iso3}  {c.name:<{width}}  {roles}" + (f"  [{c.group}]" if c.group else "")


def _people(scenario: Scenario, people_per_agent: int) -> Iterator[str]:
    """As the schema says: women aged 15-29 over the share of women, in the first month."""
    yield from ("", f"Persons at risk in {scenario.region.start}; agents at {people_per_agent} persons an agent")
    total = 0.0
    for iso3 in scenario.region.origins:
        women = scenario.region.series("women_15_29", iso3)
        if women is None:
            yield f"  {iso3}  {'unknown':>12}"
            continue
        persons = float(women[0]) / max(scenario.value("population.women_share"), 1e-9)
        total += persons
        yield f"  {iso3}  {persons:>12,.0f}  {persons / people_per_agent:>9,.0f} agents"
    yield f"  all  {total:>12,.0f}  {total / people_per_agent:>9,.0f} agents"
    cells = total * scenario.value("recruitment.cells_per_100000") / 1e5
    yield f"  recruiter cells at the start: {cells:,.0f}"


def _month() -> Iterator[str]:
    yield from ("", f"A month ({len(PHASES)} phases)")
    for n, phase in enumerate(PHASES, 1):
        yield f"  {n}  {phase.name}: {phase.what}"


def _switches(scenario: Scenario) -> Iterator[str]:
    width = max(map(len, MECHANISMS))
    for title, state in (("on", True), ("off", False)):
        chosen = [MECHANISMS[name] for name, on in scenario.mechanisms.items() if on is state]
        yield from ("", f"Mechanisms {title} ({len(chosen)})")
        for m in chosen:
            yield f"  {m.name:<{width}}  {m.code:<10}  {m.meaning if state else m.off}"


def _events(scenario: Scenario) -> Iterator[str]:
    region = scenario.region
    yield from ("", f"Onsets ({len(scenario.onsets)})")
    for o in scenario.onsets:
        yield f"  {o.when}  {o.name}: over {o.ramp} months, size {o.size:g}{_onset_ranges(scenario, o)}"
        yield f"           {o.source}"
    for name, reason in scenario.left_out.items():
        yield f"  {name}: left out, since it makes no sense in this region: {reason}"
    yield from ("", f"Events of the scenario and of its region ({len(scenario.events)})")
    for e in sorted(scenario.events, key=lambda e: e.when):
        yield f"  {e.when}  {e.name}: {_effect(e)}{_range(scenario, e.path)}; {_where(e)}"
        yield f"           {e.source}"
    # Context rows have no effect; those before the start are in force when it begins.
    rows = [r for r in region.events if r.kind != "context" and r.when <= region.end]
    yield from ("", f"Events of the region that have an effect ({len(rows)})")
    for r in sorted(rows, key=lambda r: r.when):
        before = " (before the start)" if r.when < region.start else ""
        flag = "" if r.reliability == "source seen" else f" [{r.reliability}]"
        yield f"  {r.when}  {r.iso3 or 'all'}  {r.kind}: {r.text}{flag}{before}"
    programmes = sorted(region.ngos, key=lambda n: n.start)
    yield from ("", f"Programmes ({len(programmes)})")
    for n in programmes:
        yield f"  {n.start}  {n.iso3}  {n.kind}"


def _effect(event: Event) -> str:
    effect = f"{event.parameter} {'times' if event.kind == 'factor' else 'becomes'} {event.amount:g}"
    if event.onset:
        return f"{effect} at size 1 of the onset {event.onset}"
    effect += f" over {event.ramp} months" if event.ramp else ""
    return effect + (f" until {event.until}" if event.until else "")


def _onset_ranges(scenario: Scenario, onset: Onset) -> str:
    """What of an onset is unknown, and between which bounds."""
    if not onset.happens:
        return "; does not happen"
    found = []
    for key in ("when", "ramp", "size"):
        if onset.path(key) in scenario.priors:
            low, high = scenario.priors[onset.path(key)]
            span = f"{scenario.region.start + int(low)} to {scenario.region.start + int(high)}" if key == "when" \
                else f"{low:g} to {high:g}"
            found.append(f"{key} {span}")
    text = "; swept: " + ", ".join(found) if found else ""
    return text + (f"; happens with {onset.included:g}" if onset.included < 1.0 else "")


def _where(event: Event) -> str:
    return event.where if isinstance(event.where, str) else " ".join(event.where)


def _range(scenario: Scenario, path: str) -> str:
    if path not in scenario.priors:
        return ""
    low, high = scenario.priors[path]
    return f", swept {low:g} to {high:g}" if low < high else ", fixed"


def _parameters(scenario: Scenario) -> Iterator[str]:
    free = scenario.free()
    changed = [s for s in specs().values() if scenario.value(s.path) != s.default or s.path in scenario.priors]
    yield from ("", f"Parameters that differ from the schema in value or range ({len(changed)})")
    for s in changed:
        yield f"  {s.path} = {scenario.value(s.path):g} (default {s.default:g}; {s.unit}{_range(scenario, s.path)})"
    yield from ("", f"Unknown and swept ({len(free)})")
    for path, (low, high) in free.items():
        yield f"  {path}  {low:g} to {high:g}"
