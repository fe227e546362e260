"""A link brings the settings back, and is as suspicious of what it says as the controls are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.view import chosen, link, onsets, opening, posterior
from undercount.experiments.view.controls import paths, with_value
from undercount.experiments.view.twin import ALONE, FROZEN, SEED, Settings
from undercount.model.engine.layout import POOLED

from tests.unit.view.coarse import COARSE, draws

GIVEN = "full-adaptation"


def test_settings_come_back_exactly():
    changed, _ = with_value(COARSE, "policing.enforcement", "1.2345678901234567")
    changed, _ = with_value(changed, "mechanisms.small_payments", False)
    changed, _ = onsets.with_onset(changed, "routes", 30)
    changed = replace(changed, seed=2**63 - 1, second="refusal")
    for one in (COARSE, changed, replace(changed, second=ALONE), replace(changed, second=FROZEN, people_per_agent=POOLED),
                opening.settings()):
        assert link.restored(link.query(one), Settings(), GIVEN) == (one, [])
    assert len(changed.changes) == 3
    assert link.restored("region=south-east-europe", COARSE, GIVEN) == (COARSE, [])  # its own


def test_the_opening_is_two_draws_near_the_table_whose_flows_differ():
    found, start = draws(), opening.settings()
    assert (start.people_per_agent, start.seed) == (POOLED, None)
    one, two = (found.numbers == posterior.number_of(name) for name in (start.scenario, start.second))
    assert found.change[one] > -0.1 and found.change[two] <= -0.1
    assert found.moves_alike[one] and found.moves_alike[two]
    assert found.distance[one] == found.distance[(found.change > posterior.FELL) & found.moves_alike].min()
    assert found.distance[two] == found.distance[(found.change <= posterior.FELL) & found.moves_alike].min()
    assert {start.scenario, start.second} <= set(chosen.draws(start)) and len(chosen.draws(start)) > 10


@pytest.mark.parametrize("query, said", [
    ("first=full-adaptatoin", "full-adaptation"), ("first=/etc/passwd", "allowed:"), ("first=file:passwd", "allowed:"),
    ("first=draw-999999", "draw-N"), ("second=..%2Fx.toml", "allowed:"), ("region=atlantis", "south-east-europe"),
    ("agents=1", "a whole number"), ("agents=ten", "a whole number"), ("seed=-1", "a whole number"), ("seed=as+drawn", "a whole number"),
    ("push.push=99", "allowed:"), ("pusj.push=1", "push.push"), ("mechanisms.refusal=perhaps", "allowed:"),
    ("onsets.routes.when=1850-01", "a month of the region"), ("onsets.routes.when=soon", "a month of the region"),
    ("onsets.nothing.when=2002-01", "an onset"), ("onsets.routes.size=2", "allowed:"), ("first=refusal&colour=red", "allowed:"),
    ("push.push=" + "9" * 5000, "characters"), ("&".join(f"a.b{k}=1" for k in range(200)), "parts")])
def test_a_bad_part_is_told_and_changes_nothing(query, said):
    found, problems = link.restored(query, COARSE, GIVEN)
    assert found == COARSE or query.startswith("first=refusal")
    assert len(problems) == 1 and said in problems[0] and len(problems[0]) < 900


def test_good_parts_are_taken_beside_bad_ones_and_foreign_queries_are_left_alone():
    found, problems = link.restored("first=refusal&push.push=1.5&seed=x", COARSE, GIVEN)
    assert found.scenario == "refusal" and found.changes == {"push.push": 1.5} and found.seed == COARSE.seed and len(problems) == 1
    assert link.restored("token=abc&theme=dark", COARSE, GIVEN) == (COARSE, [])
    assert link.restored(None, COARSE, GIVEN) == link.restored("", COARSE, GIVEN) == (COARSE, [])


def test_a_file_of_one_s_own_is_found_only_where_the_page_was_started_with_it(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\nextends = "full-adaptation"\n', encoding="utf-8")
    start = Settings(scenario=str(file))
    text = link.query(start)
    assert str(tmp_path) not in text
    assert link.restored(text, start, str(file)) == (start, [])
    assert link.restored(text, COARSE, GIVEN)[1]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.sampled_from([*link.KEYS, *paths()[:5], "onsets.routes.when", "x"]))
def test_no_text_raises(value, key):
    from urllib.parse import urlencode

    for query in (value, urlencode({key: value})):
        found, problems = link.restored(query, COARSE, GIVEN)
        assert isinstance(found, Settings) and all(isinstance(line, str) for line in problems)


def test_a_draw_comes_as_it_was_weighed_and_goes_with_its_luck():
    name = draws().nearest(True)
    drawn = chosen.with_scenario(COARSE, "scenario", name, GIVEN)
    assert (drawn.people_per_agent, drawn.seed) == (POOLED, None) and chosen.whole(drawn, "seed") == "as drawn"
    assert drawn.lucks()[0] == drawn.lucks()[1] == posterior.drawn(name).luck
    assert chosen.with_whole(drawn, "seed", "7")[0].lucks() == (7, 7)
    back = chosen.with_scenario(drawn, "scenario", "refusal", GIVEN)
    assert back.seed == SEED and chosen.with_whole(back, "seed", "as drawn")[1]
    assert chosen.with_scenario(COARSE, "scenario", "draw 999999", GIVEN) is COARSE
