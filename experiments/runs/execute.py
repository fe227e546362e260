"""One run of a batch, from nothing to the bytes of its part: fit for threads, processes and other machines."""

from __future__ import annotations

from undercount.experiments.runs.batch import Run
from undercount.experiments.runs.tallies import pack
from undercount.model.simulation import simulate_template
from undercount.model.world import Template

# Templates kept at once; one is a few megabytes.
KEPT_TEMPLATES = 32

_templates: dict[tuple[str, str, int], Template] = {}


def execute(run: Run) -> bytes:
    """The part of a run."""
    template = _template(run)
    outcome = simulate_template(template, run.seed, run.months)
    return pack(outcome, {
        "part": run.part, "scenario": run.scenario.name, **({} if run.point is None else {"point": run.point.number}),
        "replicate": run.replicate, "seed": run.seed,
        "people_per_agent": run.people_per_agent, "persons": template.persons,
        "agents": template.agents})


def _template(run: Run) -> Template:
    """The template of the run's scenario at its point, built once a process."""
    key = (run.scenario_key, run.point.key if run.point else "", run.people_per_agent)
    if key not in _templates:
        while len(_templates) >= KEPT_TEMPLATES:
            # Another thread may be doing the same.
            _templates.pop(next(iter(list(_templates)), None), None)
        _templates[key] = Template(run.at_its_point(), run.people_per_agent)
    return _templates.get(key) or Template(run.at_its_point(), run.people_per_agent)
