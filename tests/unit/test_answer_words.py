"""The answer in words: never more than 300, no leaning where the rule cannot tell, nothing the document does not carry."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.answer.chain import GROUPS
from undercount.experiments.answer.estimands import WAYS
from undercount.experiments.answer.rule import CANNOT, said
from undercount.experiments.answer.words import headline, page, percent, told
from undercount.experiments.report import answer_figures, answer_sections, theme
from undercount.experiments.verdict.answer_words import count_words

LEANING = re.compile(r"\b(probably|likely|seems|suggests|appears|mostly)\b", re.I)
CODES = ("AAA", "BBB")


def a_check(rng, says, covers, worlds=400):
    return {"worlds": worlds, "inside": 360 if covers else 300, "covers": covers, "uniform": 0.4, "bias": 0.01,
            "correlation": float(rng.uniform(-0.1, 0.95)), "says": says,
            "explained": {"value": 0.5, "low": 0.4 if says else -0.1, "high": 0.6}}


def a_link(rng, words, whole, says):
    low, middle, high = np.sort(rng.normal(-0.3, 0.5, 3)).tolist()
    ends = sorted((low / whole, high / whole))
    return {"words": words, "mean": middle, "low": low, "median": middle, "high": high, "share": middle / whole,
            "share_low": ends[0], "share_high": ends[1], "prior": [-1.0, 0.0, 1.0], "check": a_check(rng, says, True)}


def by_hand():
    """Five worlds; of the links found less misses in three of them."""
    entry = {"true": 0.0, "low": -1.0, "median": 0.0, "high": 1.0}
    return [{"name": f"w{i}", "words": "", "counted": [9.0, 5.0], "fell": 0.4, "inside": 5, "of": 9,
             "estimands": {name: entry | {"inside": name != "found" or i > 2} for name in ("flow", *GROUPS)}}
            for i in range(5)]


def an_adaptation(rng, adapting, change):
    if adapting is None:
        return None
    parts = {name: {"mean": -0.1, "quantiles": [-0.4, -0.05, 0.0], "prior": [-0.5, 0.0, 0.0], "prior_mean": -0.12,
                    "check": a_check(rng, adapting, True)} for name in ("counted", "flow")}
    return {"from": 2002, "to": 2003, "worlds": 400, "change": change} | parts


def an_answer(seed=1, fell=0.9, robust=0.9, tail=0.4, says=True, covers=True, far=False, conflicts=2, rivals=True,
              told=True, change=-0.7, informed=None, adapting=None):
    """The answer's part of a verdict's document; `informed` is P(fell) with statistics beyond the table, `adapting`
    whether tables tell of adaptation (None: nobody asked)."""
    rng, flow, chain = np.random.default_rng(seed), {}, {}
    for key in ("2002:2003", "2001:2003"):
        ways = {which: dict(zip(WAYS, (p, 0.6 * (1 - p), 0.4 * (1 - p)))) for which, p in (
            ("posterior", fell), ("robust", robust), ("table_prior", fell), ("prior", 0.6), ("balanced_prior", 0.5),
            ("informed", 0.5 if informed is None else informed))}
        flow[key] = {which: {"quantiles": np.sort(rng.normal(-0.2, 0.4, 3)).tolist(), "mean": -0.2, "ways": own}
                     for which, own in ways.items()} | {
            "likelihood_ratios": {"fell": 1.0, "stayed": 0.4, "rose": None}, "check": a_check(rng, says, covers),
            "direction": {"auc": {"value": 0.8, "low": 0.7, "high": 0.9}},
            "histogram": {"edges": np.linspace(-2, 1, 37).tolist(),
                          **{which: rng.dirichlet(np.ones(36)).tolist() for which in ("prior", "posterior", "robust")}}}
        if informed is None:
            flow[key]["informed"] = None
        groups = {name: a_link(rng, words, change, told and i % 2 == 0) for i, (name, words) in enumerate(GROUPS.items())}
        chain[key] = {"from": int(key[:4]), "to": int(key[5:]), "countries": list(CODES), "change": change,
                      "counted": [1000.0, 1000.0 * float(np.exp(change))], "unmatched": 0.02, "groups": groups,
                      "parts": {"new": a_link(rng, "persons newly exploited", change, told)},
                      "by_country": {code: {name: a_link(rng, words, change, told) for name, words in GROUPS.items()}
                                     for code in CODES}}
    cells = [{"iso3": CODES[i % 2], "period": str(2000 + i), "observed": 10.0, "low": 20.0, "high": 40.0, "tail": 0.01}
             for i in range(conflicts)]
    made = {"worlds": {"trained": 1000, "set_by": 100, "checked": 400}, "prior": "balanced", "error_model": "robust",
            "ordinary": {"distance": 5.0, "tail": tail, "worlds": 500, "strange": tail < 0.05, "bound": 0.05,
                         "without": dict.fromkeys(CODES, 0.3), "conflict_bound": 0.02, "conflicts": cells, "cells": cells},
            "flow": flow, "chain": chain, "level": {"2003": {"prior": [10, 1e3, 1e5], "posterior": [50, 1e3, 1e4],
                                                                    "check": a_check(rng, says, covers)}},
            "adaptation": an_adaptation(rng, adapting, change),
            "rivals": {"alone": {f"rival-{i}": {"prior": 0.5, "posterior": float(rng.uniform()), "auc": 0.6}
                                 for i in range(8)},
                       "pairs": [{"pair": ["rival-0", "rival-1"], "prior": 0.25, "posterior": 0.4}]} if rivals else None,
            "methods": [{"family": "flow", "method": "forest", "log_score": -2.0, "low": -2.1, "high": -1.9,
                         "chosen": True}],
            "sensitivity": [{"kind": "tilt", "name": "an.unknown towards its upper end", "window": "2002:2003",
                             "ends": [-0.5, 0.0, 0.5], "fell": 0.5, "by": 0.7 if far else 0.1, "far": far}],
            "changes": [{"group": "all", "before": 2002, "after": 2003, "observed": change, "prior": [-1.0, 0.0, 1.0],
                         "posterior": [-1.0, -0.5, 0.0], "inside": True}],
            "statistics": [] if informed is None else ["one", "two"], "foretold": {"year": None, "figures": []},
            "by_hand": by_hand(), "checks": [{"name": f"check {i}", "value": 0.5, "bound": "at least 1", "holds": False}
                                      for i in range(12)]}
    return {"says": said(made)} | made


CHANCES = st.one_of(st.sampled_from([0.0, 0.004, 1.0]), st.floats(0, 1))


@given(st.builds(an_answer, st.integers(0, 2**32 - 1), CHANCES, CHANCES, st.floats(0, 1), st.booleans(), st.booleans(),
                 st.booleans(), st.integers(0, 20), st.booleans(), st.booleans(), st.sampled_from([-3.0, -0.7, 0.4]),
                 st.none() | CHANCES, st.none() | st.booleans()))
@settings(max_examples=60, deadline=None)
def test_at_most_300_words_and_no_leaning(answer):
    text = page({"answer": answer})
    assert count_words([text]) <= 300
    first = text.splitlines()[0]
    assert first.startswith("# ") and "90 % interval" in first
    cannot = answer["says"]["2002:2003"]["says"] == CANNOT
    assert cannot == first.startswith("# These data cannot tell")
    if cannot:
        assert not LEANING.search(text)
        assert answer["says"]["2002:2003"]["reasons"]


def test_the_first_line_answers_either_way():
    assert headline(an_answer(fell=0.9)).startswith("Probably fewer people were trafficked when")
    assert headline(an_answer(fell=0.1, robust=0.1)).startswith("Probably no fewer people were trafficked when")
    assert "the count fell by 50 %, 2002 to 2003" in headline(an_answer(change=float(np.log(0.5))))


def test_what_the_table_says_nothing_of_has_no_share():
    answer = an_answer(told=False)
    shares = dict(told({"answer": answer})[1])["Shares of the fall:"]
    assert shares.startswith("Nothing is said of:") and "%" not in shares


def test_fewer_people_are_told_first_and_nothing_is_left_out_unsaid():
    answer = an_answer()
    shares = dict(told({"answer": answer})[1])["Shares of the fall:"]
    assert shares.startswith("fewer people ")
    assert all(words in shares for words in GROUPS.values())


def test_a_share_that_missed_most_truths_set_by_hand_says_so():
    answer = an_answer()
    for name, link in answer["chain"]["2002:2003"]["groups"].items():
        link["check"]["says"], link["mean"] = True, -2.0 if name == "found" else -0.1
    shares = dict(told({"answer": answer})[1])["Shares of the fall:"]
    assert "but 3 of 5 truths set by hand were outside" in shares and shares.count("outside") == 1


def test_what_adaptation_made_is_a_sentence_where_tables_tell_of_it():
    words = "Route and method adaptation:"
    assert words not in dict(told({"answer": an_answer()})[1])
    said = dict(told({"answer": an_answer(adapting=True)})[1])[words]
    assert said == "made 14 % (0 % to 57 %) of the fall of the counts, before the data 17 %; it changed the hidden flow " \
        "by \N{MINUS SIGN}10 % (\N{MINUS SIGN}33 % to 0 %)."
    assert dict(told({"answer": an_answer(adapting=False)})[1])[words].startswith("such tables do not tell")


def test_the_level_is_of_the_assumptions_only_where_counts_say_nothing_of_it():
    assert "counts narrow it by 42 %" in dict(told({"answer": an_answer()})[1])["Level:"]
    assert dict(told({"answer": an_answer(says=False)})[1])["Level:"].endswith("of the assumptions, not of the counts.")


def test_goals_that_are_missed_do_not_hide_a_test_that_fails():
    answer = an_answer()
    answer["checks"] = [{"name": f"sharp {i}", "value": 0.1, "bound": "goal 0.9", "holds": False} for i in range(9)] \
        + [{"name": "covers", "value": 1, "bound": "345 to 375 of 400", "holds": False}]
    assert dict(told({"answer": answer})[1])["Checks that fail (10 of 10):"] == "covers; 9 goals of sharpness."


def test_an_answer_that_moves_is_flagged_before_its_numbers():
    leads = [lead for lead, _ in told({"answer": an_answer(far=True)})[1]]
    assert leads.index("Moved by more than half its interval:") < next(
        i for i, lead in enumerate(leads) if lead.startswith("Hidden flow"))


@pytest.mark.parametrize("share, expected", [(0.504, "50 %"), (-0.004, "0 %"), (-1.2, "\N{MINUS SIGN}120 %"),
                                             (None, "unknown")])
def test_percentages(share, expected):
    assert percent(share) == expected


def test_the_figures_end_in_the_counts_and_every_section_is_drawn():
    answer = an_answer(2)
    with theme.styled():
        ax = answer_figures.chain(answer["chain"]["2002:2003"]).axes[0]
        sections = answer_sections.sections(answer)
    assert {"1,000", "497"} <= {text.get_text() for text in ax.texts}
    steps = [patch for patch in ax.patches if patch.get_width() == pytest.approx(0.62)]
    assert len(steps) == len(GROUPS) + 3
    assert [section.key for section in sections] == ["answer", "chain", "ordinary", "rivals", "answer-checks",
                                                     "assumptions"]


def test_what_was_published_beside_the_table_has_a_line_of_its_own():
    told = page({"answer": an_answer(informed=0.25)})
    assert "**With 2 published figures beside the table:**" in told and "fell 0.25" in told
    assert "beside the table" not in page({"answer": an_answer()})
