"""The verdict in plain words: never more than 300, never a number or a winner that the document does not carry."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.verdict import answer_words as words
from undercount.experiments.verdict.answer import DISHONEST, EVERYTHING, NO_FAMILIES, SELDOM, TABLE, answer

from tests.verdict_documents import COUNTRIES, NAMES, a_document, titled

NUMBER = re.compile(r"[\N{MINUS SIGN}-]?\d[\d,]*(?:\.\d+)?")
CANNOT = "The data cannot tell"


# --- documents of every kind -------------------------------------------------------------------------

WORD = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=0, max_size=14)
TITLES = st.lists(WORD, max_size=12).map(" ".join)
CHANCES = st.one_of(st.sampled_from([0.0, 1.0, 0.004, 0.996]), st.floats(0, 1))
SCORES = st.floats(0, 50)


@st.composite
def documents(draw):
    """Documents of 2 to 9 explanations in families of any kind, with any checks, titles, numbers and warnings."""
    size = draw(st.integers(2, len(NAMES)))
    place = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    groups = [tuple(i for i in range(size) if place[i] == p) for p in sorted(set(place))]
    titles = titled(NAMES[:size])
    if draw(st.booleans()):
        titles = {name: draw(TITLES) for name in titles}
    favourite = draw(st.one_of(st.none(), st.integers(0, len(groups) - 1)))
    found = a_document(
        draw(st.integers(0, 2**32 - 1)), titles, groups, draw(st.floats(0, 1)), favourite, draw(st.floats(0, 0.3)),
        fits=draw(st.lists(st.booleans(), min_size=size, max_size=size)), stable=draw(CHANCES),
        covered=draw(st.integers(0, 200)), loss=draw(st.floats(0, 0.1)), third=draw(st.booleans()),
        statistics=draw(st.integers(0, 12)), prediction=draw(st.booleans()),
        warnings=draw(st.lists(TITLES, max_size=40)), gain=draw(st.floats(-0.1, 0.5)),
        best_alone=favourite in (0, 1) and len(groups) > 1 and draw(st.booleans()))
    for hidden in filter(None, (found["hidden_flow"], found["hidden_flow_with_statistics"])):
        hidden["change"]["newly_exploited"] = dict(zip(("fell", "stayed", "rose"), draw(st.tuples(CHANCES, CHANCES, CHANCES))))
        scale = draw(st.floats(1e-3, 1e6))
        for bands in (hidden["averaged"], hidden["prior"]):
            bands["newly_exploited"] = {year: [scale * x for x in row] for year, row in bands["newly_exploited"].items()}
    if found["prediction"]:
        found["prediction"].update(zip(("score", "score_with_total", "last_year_persists", "last_years_shares"),
                                       draw(st.tuples(SCORES, SCORES, SCORES, SCORES))))
    for name in draw(st.sets(st.sampled_from(sorted(found["checks"])))):
        found["checks"][name]["holds"] = not found["checks"][name]["holds"]
    if draw(st.booleans()):
        found["checks"]["a_check_of_next_year"] = {"value": 3.25, "bound": "at most 1", "holds": draw(st.booleans())}
    return found


@settings(max_examples=120, deadline=None)
@given(documents())
def test_never_more_than_300_words(found):
    assert len(words.page(found).split()) <= 300


@settings(max_examples=100, deadline=None)
@given(documents())
def test_every_failed_check_is_mentioned_and_no_other(found):
    text = words.page(found)
    paragraph = next(line for line in text.splitlines() if line.startswith("**Checks"))
    failed = [name for name, check in found["checks"].items() if not check["holds"]]
    labels = {words.CHECKS.get(name, name.replace("_", " ")).split(" (")[0] for name in failed}
    said = {item.split(" (")[0] for item in paragraph.split("** ")[1].split(", ")}
    assert said == (labels or {f"all {len(found['checks'])} hold."})


def alone(found, name) -> bool:
    """Is this explanation told from all others, by the document's own matrices?"""
    asked = [found[question] for question in (TABLE, EVERYTHING) if found[question]]
    return any([name] in [family["members"] for family in one["families"]]
               and not any(name in entry["pair"] for entry in one["indistinct"]) for one in asked)


@settings(max_examples=120, deadline=None)
@given(documents())
def test_a_member_is_the_answer_only_if_told_apart(found):
    found["reference"]["explanations"] = titled(found["reference"]["explanations"])
    head = words.page(found).splitlines()[0]
    named = [name for name in found["reference"]["explanations"] if name.replace("-", " ") in head]
    if len(named) == 1 and "not distinguishable" not in head:
        assert alone(found, named[0])
    for piece in head.split(";"):
        names = [name for name in found["reference"]["explanations"] if name.replace("-", " ") in piece]
        assert len(names) < 2 or "not distinguishable by these data" in piece


@settings(max_examples=120, deadline=None)
@given(documents(), st.sampled_from(["families_told_apart", "probabilities_honest", "stable", "summaries_suffice", "best_fits"]))
def test_nothing_is_named_from_the_table_when_a_test_of_the_method_fails(found, name):
    found["checks"][name]["holds"] = False
    assert not answer(found, TABLE).told
    head = words.page(found).splitlines()[0]
    assert re.search("cannot tell|No explanation fits", head)
    assert not re.search("table alone: ", head)
    if name in ("stable", "summaries_suffice", "best_fits"):  # tests of the table, which the statistics do not heal
        assert not re.search("most probable", head, re.I)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_no_fit_is_the_first_line(found):
    head = words.page(found).splitlines()[0]
    assert ("No explanation fits" in head) == (not found["fit"]["any_fits"])
    assert not (found["fit"]["any_fits"] is False and re.search("most probable", head, re.I))


def numbers_of(value) -> Iterator[float]:
    """Every number in a document, those within its texts too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_of(str(key))
            yield from numbers_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_of(inner)
    elif isinstance(value, str):
        yield from (float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*(?:\.\d+)?", value)
                    if text.replace(",", "").isascii())
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def derived(found) -> Iterator[float]:
    """What is counted or summed from the document, in another way than the page does."""
    names = list(found["reference"]["explanations"])
    yield from (len(names), len(found["observed"]["warnings"]), len(found["checks"]))
    yield sum(not check["holds"] for check in found["checks"].values())
    flags = [entry["informed"] for by_name in found["informed"].values() for entry in by_name.values()]
    yield from (len(flags), flags.count(False), flags.count(False) / len(flags), 90.0)
    for question in (TABLE, EVERYTHING):
        if found[question]:
            yield len(found[question].get("statistics", ()))
            members = answer(found, question).members
            yield from range(len(names))  # members not listed
            yield len(members) / len(names)
            yield from (sum(values[name] for name in members) for values in found[question]["probabilities"].values())
            yield from range(len(found[question]["indistinct"]))


def forms(x: float) -> set[str]:
    """How a number may be shown."""
    shown = {f"{x:.0f}", f"{x:,.0f}", f"{x:.2f}", f"{x:g}"}
    if abs(x) >= 100:
        shown.add(f"{float(f'{x:.1e}'):,.0f}")
    if 0 < x < 0.005:
        shown.add("0.01")
    if 0.995 <= x < 1:
        shown.add("0.99")
    return {text.lstrip("-") for text in shown}


@settings(max_examples=100, deadline=None)
@given(documents())
def test_no_number_that_is_not_in_the_document(found):
    found["reference"]["explanations"] = titled(found["reference"]["explanations"])
    found["observed"]["warnings"] = [f"AAA 201{i % 4}: {100 + i} observed, 1 to 90 simulated"
                                     for i in range(len(found["observed"]["warnings"]))]
    allowed = set().union(*(forms(x) for x in [*numbers_of(found), *derived(found)]))
    text = words.page(found)
    assert {match.lstrip("\N{MINUS SIGN}-").rstrip(",") for match in NUMBER.findall(text)} <= allowed


# --- by hand -----------------------------------------------------------------------------------------


def head(**choices) -> str:
    return words.page(a_document(**choices)).splitlines()[0]


def test_a_clear_family_is_named_as_a_family():
    assert head() == ("# Most probable of the 9 explanations compared: first cause or second cause (not distinguishable "
                      "by these data).")


def test_a_clear_single_explanation_is_named():
    assert head(favourite=1) == "# Most probable of the 9 explanations compared: third cause."


def test_one_that_is_confused_with_another_is_not_named_alone():
    found = a_document(favourite=1, best_alone=True)
    assert found["table"]["families"][0]["members"] == ["third-cause"]
    assert {"first-cause", "third-cause"} in [set(entry["pair"]) for entry in found["table"]["indistinct"]]
    assert words.headline(found).endswith("compared: first cause or third cause (not distinguishable by these data).")


@pytest.mark.parametrize("choices, reason", [
    ({"groups": [tuple(range(9))], "favourite": None}, NO_FAMILIES), ({"clear": 0.4}, SELDOM),
    ({"honest": 0.2}, DISHONEST), ({"stable": 0.9}, "the answer is not stable"),
    ({"loss": 0.05}, "the summaries lose information"), ({"favourite": None}, "the evidence is weak"),
    ({"fits": [False, False, *[True] * 7]}, "the leading explanation does not fit")])
def test_why_the_data_cannot_tell(choices, reason):
    found = a_document(**choices)
    assert reason in answer(found, TABLE).reasons
    assert words.page(found).startswith(f"# {CANNOT}")


def test_methods_that_disagree_name_nothing():
    found = a_document()
    asked = found["table"]
    asked["probabilities"]["rejection"] = {name: 1 / 9 for name in asked["probabilities"]["forest"]}
    for family in asked["families"]:
        family["rejection"] = len(family["members"]) / 9
    assert "the methods disagree" in answer(found, TABLE).reasons
    assert "with the statistics most probable: first cause" in words.headline(found)


def test_the_third_opinion_counts_where_it_speaks_between_families():
    found = a_document()
    third = {"explanations": ["first-cause", "third-cause"], "probabilities": {"first-cause": 0.2, "third-cause": 0.8}}
    found["third_opinion"].update(third)
    assert answer(found, TABLE).reasons == ("the methods disagree",)
    third["probabilities"] = {"first-cause": 0.6, "third-cause": 0.4}
    found["third_opinion"].update(third)
    assert answer(found, TABLE).told


def test_a_large_family_needs_more_than_its_size():
    """Seven of nine have 0.78 before the data: 0.85 after them is no evidence."""
    found = a_document(groups=[tuple(range(7)), (7,), (8,)], statistics=0, third=False)
    asked = found["table"]
    shares = {name: 0.85 / 7 if i < 7 else 0.075 for i, name in enumerate(asked["probabilities"]["forest"])}
    asked["probabilities"] = {"forest": shares, "rejection": shares}
    assert "the evidence is weak" in answer(found, TABLE).reasons
    assert words.headline(found).startswith(CANNOT)


def test_table_and_statistics_that_contradict_each_other_name_nothing():
    found, other = a_document(), a_document(favourite=3)
    found["table_and_statistics"] = other["table_and_statistics"]
    assert words.headline(found) == "The data cannot tell: the table and the statistics beyond it point to different families."


def test_statistics_that_tell_less_than_the_table():
    found = a_document()
    found["table_and_statistics"]["calibration_error"]["value"] = 0.3
    assert words.headline(found).endswith("with statistics the data cannot tell.")


@pytest.mark.parametrize("covered, said", [(180, False), (150, True), (199, True)])
def test_intervals_that_failed_their_test_say_so(covered, said):
    assert ("These intervals failed their test" in words.page(a_document(covered=covered))) == said


def test_coverage_of_the_change_counts_too():
    found = a_document()
    found["hidden_flow"]["coverage_of_change"] = 120
    assert "These intervals failed their test" in words.page(found)


def test_what_stands_outside_the_simulated_range_is_told():
    text = words.page(a_document(warnings=["AAA 2010: 500 observed, 1 to 90 simulated", "BBB 2010: 3 observed"]))
    assert "2 observed figures lie outside the simulated range (AAA 2010: 500 observed" in text
    assert "outside" not in words.page(a_document())


def test_no_gain_is_no_advice():
    assert "nothing tried clearly helps" in words.page(a_document(gain=0.01))
    assert "would raise the share of explanations recognised most, by 0.05 (0.03 to 0.07) from 0.25" in words.page(a_document())


def test_forecast_says_whether_it_beats_the_naive_ones():
    text = words.page(a_document())
    assert "Forecast of 2013** beats repeating the year before (error 0.90, 1.10); given the total it beats" in text
    worse = a_document()
    worse["prediction"] |= {"score": 2.0, "score_with_total": 0.5}
    assert "does not beat repeating" in words.page(worse) and "it does not beat last" in words.page(worse)
    assert "Forecast" not in words.page(a_document(prediction=False))


def test_rounding_never_makes_a_certainty():
    assert [words.chance(p) for p in (0, 0.001, 0.4, 0.997, 1)] == ["0.00", "under 0.01", "0.40", "over 0.99", "1.00"]
    assert [words.persons(x) for x in (3.4, 99.6, 4987.7, 36_663.4, 999_999)] == ["3", "100", "5,000", "37,000", "1,000,000"]
    assert words.number(-0.001) == "0.00" and words.number(-0.25) == "\N{MINUS SIGN}0.25"


def test_titles_are_short_unique_and_without_marks():
    found = a_document()
    given = found["reference"]["explanations"]
    given |= {"first-cause": "UN *staff* leave: all of it", "second-cause": "A title of far too many words: x",
              "third-cause": "Same: a", "fourth-cause": "Same: b", "fifth-cause": "Plain words"}
    short = words.titles(found)
    assert [short[name] for name in NAMES[:5]] == ["UN staff leave", "second-cause", "third-cause", "fourth-cause", "plain words"]


def test_the_page_leaves_the_document_as_it_was():
    found = a_document()
    before = copy.deepcopy(found)
    words.page(found)
    assert found == before


def test_every_key_is_explained():
    """docs/verdict.md names each key, and every check has words of its own."""
    text = (Path(__file__).parents[2] / "docs" / "verdict.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`(\w+)`", text))
    found = a_document()
    free = {*found["reference"]["explanations"], *found["observed"]["totals"], *COUNTRIES}
    free |= {name for unknowns in found["informed"].values() for name in unknowns}

    def keys(value) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from () if key in free else (key,)
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    assert set(keys(found)) <= explained
    assert set(found["checks"]) == set(words.CHECKS)
