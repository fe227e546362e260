"""The language of `undercount discover --where`: what it means, and that nothing else gets through."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.discover.language import LONGEST, read_where
from undercount.model.files.problems import BadInput

KNOWN = ("fall", "flow", "flow_2002_2003")
OUTCOMES = {"fall": np.array([0.5, 0.4, 0.3, np.nan]), "flow": np.array([0.0, -0.5, 0.1, 0.2]),
            "flow_2002_2003": np.array([0.1, 0.1, -0.1, 0.0])}


@pytest.mark.parametrize("text, met", [
    ("fall >= 0.4", [1, 1, 0, 0]), ("0.4 < fall <= 0.5", [1, 0, 0, 0]), ("fall>=0.4 and flow>=-0.05", [1, 0, 0, 0]),
    ("fall < 0.4 or flow == 0", [1, 0, 1, 0]), ("not fall >= 0.4", [0, 0, 1, 1]), ("flow != +.1", [1, 1, 0, 1]),
    ("fall != 0.4", [1, 0, 1, 0]), ("flow < flow_2002_2003", [1, 1, 0, 0]),
    ("flow > 0 and (fall > 0.4 or flow_2002_2003 >= 0)", [0, 0, 0, 1])])
def test_statements_mean_what_they_say(text, met):
    """Where an outcome is not defined no comparison holds, not even !=."""
    assert read_where(text, KNOWN).holds(OUTCOMES).tolist() == [bool(each) for each in met]


def test_names_stand_in_the_order_of_the_text():
    assert read_where("flow > 0 and fall > 0 and flow > 1", KNOWN).names == ("flow", "fall")


@pytest.mark.parametrize("text, said", [
    ("fal >= 0.4", "did you mean 'fall'?"), ("flow_2002_2030 > 0", "did you mean 'flow_2002_2003'?"),
    ("fall = 0.4", "equal is =="), ("fall >= 0.4 & flow > 0", "write and"), ("(fall > 0) | (flow > 0)", "write or"),
    ("fall", "comparisons such as"), ("", "found nothing"), ("fall > " + "1" * LONGEST, "at most"),
    ("fall > 1e999", "a name or a number"), ("fall > 1j", "a name or a number"), ("fall > True", "a name or a number"),
    ("fall > 'a'", "a name or a number"), ("fall is 3", "one of <"), ("fall in (1, 2)", "one of <"),
    ("fall + 1 > 2", "a name or a number"), ("__import__('os').system('true') > 0", "a name or a number"),
    ("[x for x in (1,)] > 0", "a name or a number"), ("(lambda: 0)() > 0", "a name or a number"), ("1 < 2", "comparisons"),
    ("fall > 0 and flow", "comparisons"), ("fall.real > 0", "a name or a number"), ("-fall > 0", "a name or a number"),
    ("(fall := 3) > 0", "a name or a number"), ("not" + " not" * 160, "comparisons"), ("(" * 400, "comparisons")])
def test_whatever_else_is_refused_in_one_line(text, said):
    with pytest.raises(BadInput) as refused:
        read_where(text, KNOWN)
    assert all("\n" not in str(problem) and str(problem).startswith("command line: --where: found")
               for problem in refused.value.problems)
    assert any(said in str(problem) for problem in refused.value.problems), refused.value.problems


NAMES = st.sampled_from(KNOWN)
COMPARISONS = st.tuples(NAMES, st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), st.floats(-1, 1).map(lambda x: f"{x:.3f}")
                        ).map(" ".join)
STATEMENTS = st.recursive(COMPARISONS, lambda inner: st.one_of(
    inner.map(lambda one: f"not ({one})"),
    st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda three: "({}) {} ({})".format(*three))), max_leaves=6)


@settings(max_examples=100, deadline=None)
@given(STATEMENTS)
def test_a_statement_says_of_each_world_what_python_would(text):
    where = read_where(text, KNOWN) if len(text) <= LONGEST else None
    if where is not None:
        for world in range(3):  # the fourth has an outcome that is not defined
            names = {name: float(values[world]) for name, values in OUTCOMES.items()}
            assert where.holds(OUTCOMES)[world] == eval(text, {}, names)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_does_anything_but_mean_something_or_be_refused(text):
    try:
        read_where(text, KNOWN).holds(OUTCOMES)
    except BadInput:
        pass
