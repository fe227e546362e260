"""The report of a verdict: its figures carry the document's numbers, its page needs nothing else."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from undercount.experiments import cli
from undercount.experiments.report import theme
from undercount.experiments.report import verdict_figures as figures
from undercount.experiments.report.verdict_page import read_sources, write_verdict_report
from undercount.experiments.report.verdict_sections import Sources, Study, sections
from undercount.experiments.verdict import answer_words as words
from undercount.experiments.verdict.answer import EVERYTHING, TABLE
from undercount.model.files.problems import BadInput

from tests.verdict_documents import COUNTRIES, YEARS, a_document, predictive, write_folder

NEVER = {"third": False, "statistics": 0, "prediction": False}


@pytest.fixture(scope="module")
def found():
    return a_document()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, found):
    out = tmp_path_factory.mktemp("verdict") / "results"
    write_folder(out, found)
    return out


@pytest.fixture(scope="module")
def written(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    return write_verdict_report(folder, out)


def made(found, **more):
    with theme.styled():
        return sections(Sources(found, predictive(found), {"command": "undercount compare R"}, {}, **more))


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


# --- figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choices", [{}, NEVER, {"groups": [tuple(range(9))], "favourite": None},
                                     {"groups": [(0,), (1,)], "favourite": 0}])
def test_every_axis_is_labelled_and_readable(choices):
    pictures = [picture for section in made(a_document(**choices)) for picture in section.pictures]
    for picture in pictures:
        axes = [ax for ax in picture.figure.axes if ax.get_visible()]
        assert any(ax.get_xlabel() or ax.get_xticklabels() for ax in axes), picture.name
        assert all(text.get_fontsize() >= 8 for ax in axes for text in [ax.title, *ax.texts, *ax.get_xticklabels()])
        assert re.search(r"Data: (tables/\w+\.csv|verdict\.json)", picture.caption), picture.name
    names = [picture.name for picture in pictures]
    assert len(names) == len(set(names))
    assert ("verdict-prediction" in names) == choices.get("prediction", True)


def test_probabilities_stand_where_the_document_says(found):
    with theme.styled():
        axes = figures.probabilities(found).axes
    order = figures.by_probability(found)
    for question, ax in zip((TABLE, EVERYTHING), axes):
        for method in ("forest", "rejection"):
            line = next(line for line in ax.lines if line.get_color() == figures.METHODS[method][0])
            assert line.get_xdata() == pytest.approx([found[question]["probabilities"][method][name] for name in order])
        assert [text.get_text() for text in axes[0].get_yticklabels()] == [words.titles(found)[name] for name in order]
    smc = figures.third_scaled(found)
    forest = found[TABLE]["probabilities"]["forest"]
    assert sum(smc.values()) == pytest.approx(sum(forest[name] for name in found["third_opinion"]["explanations"]))
    assert not [line for line in axes[1].lines if line.get_color() == figures.METHODS["abc-smc"][0]]


def test_confusion_numbers_follow_the_order_of_the_rows(found):
    with theme.styled():
        axes = figures.confusion(found).axes
    order = figures.by_probability(found)
    matrix = found[EVERYTHING]["confusion"]
    expected = [f"{100 * matrix['shares'][matrix['names'].index(a)][matrix['names'].index(b)]:.0f}"
                for a in order for b in order]
    assert texts(axes[1]) == expected


def test_families_are_lettered_by_probability(found):
    marks = figures.letters(found, TABLE)
    assert list(marks.values()) == ["A", "B", "C", "D"]
    assert list(marks)[0] == "first-cause / second-cause"
    with theme.styled():
        ax = figures.confusion_of_families(found).axes[0]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["A", "B", "C", "D"]
    assert texts(ax)[0] == f"{100 * found[TABLE]['confusion_of_families']['shares'][0][0]:.0f}"


def test_observed_points_are_those_of_the_table_and_no_more(found):
    table = predictive(found)
    with theme.styled():
        figure = figures.fit_by_country(table, found["fit"]["best"], {"AAA": "Aland"})
    points = [line for ax in figure.axes for line in ax.lines if line.get_marker() == "o"]
    seen = table[(table["explanation"] == found["fit"]["best"]) & (table["which"] == "posterior")]
    assert sorted(np.concatenate([line.get_ydata() for line in points])) == pytest.approx(sorted(seen["observed"]))
    assert [ax.get_title() for ax in figure.axes] == ["all countries", *({"AAA": "Aland"}.get(code, code) for code in
                                                                        seen["country"].unique() if code != "ALL")]


def test_the_fan_is_the_posterior_in_thousands(found):
    with theme.styled():
        figure = figures.hidden(found)
    new = figure.axes[1]
    middle = next(line for line in new.lines if line.get_marker() == "o")
    assert middle.get_ydata() == pytest.approx(
        [row[2] / 1000 for row in found["hidden_flow"]["averaged"]["newly_exploited"].values()])
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx([found["observed"]["totals"][year] for year in YEARS])


def test_shares_of_the_change_fill_each_row(found):
    with theme.styled():
        (ax,) = figures.change(found).axes
    ends = {}
    for bar in ax.patches:
        ends[round(bar.get_y(), 2)] = max(ends.get(round(bar.get_y(), 2), 0), bar.get_x() + bar.get_width())
    assert len(ends) == 2 + len(figures.by_probability(found)) and list(ends.values()) == pytest.approx([1.0] * len(ends))


def test_a_forecast_below_one_is_drawn_at_one(found):
    low = json.loads(json.dumps(found))
    low["prediction"]["countries"]["AAA"].update(observed=0.0, forecast=[0.0, 0.2, 3.0])
    with theme.styled():
        ax = figures.prediction(low, {}).axes[0]
    assert min(x for line in ax.lines for x in line.get_xdata()) == 1.0


# --- sections and page ---------------------------------------------------------------------------------


def test_the_table_of_checks_hides_none():
    found = a_document(clear=0.3, covered=150, stable=0.5)
    grid = made(found)[0].grids[0]
    assert len(grid.rows) == len(found["checks"])
    fails = {row[0].lines[0] for row in grid.rows if row[3].marked}
    assert fails == {words.CHECKS[name].split(" (")[0] for name, check in found["checks"].items() if not check["holds"]}
    assert [row[2].lines[0] for row in grid.rows] == [check["bound"] for check in found["checks"].values()]


def test_the_page_needs_nothing_else(written, found):
    text = written.read_text(encoding="utf-8")
    assert not re.search(r"""\b(?:src|href|data|action)\s*=\s*"(?!\#)|@import|url\((?!\#)|<script|<link|=\s*'""", text)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    head, paragraphs = words.told(found)
    assert f"<h1>{head}</h1>" in text and all(f"<strong>{lead}</strong>" in text for lead, _ in paragraphs)
    for part in ("Report 0", "0123456789abcdef", "undercount compare results/reference", "1,800", "sixth-cause"):
        assert part in text
    names = {path.name for path in (written.parent / "figures").iterdir()}
    assert len(names) == 2 * text.count("<figure id=") and not [name for name in names if name.endswith(".tmp")]


def test_what_a_user_wrote_is_escaped(tmp_path):
    found = a_document(warnings=["<b>AAA</b> 2010: 5 observed, 6 to 9 simulated"])
    found["reference"]["explanations"]["first-cause"] = "<script>alert(1)</script>: no"
    found["table_and_statistics"]["statistics"][0]["source"] = "<img src=x>"
    write_folder(tmp_path / "v", found)
    text = write_verdict_report(tmp_path / "v", tmp_path / "out").read_text(encoding="utf-8")
    assert "<script" not in text and "<img" not in text and "<b>AAA" not in text


def test_a_verdict_without_the_optional_parts_has_a_page(tmp_path):
    write_folder(tmp_path / "v", a_document(**NEVER))
    text = write_verdict_report(tmp_path / "v", tmp_path / "out").read_text(encoding="utf-8")
    assert "none could be held out" in text and "Statistics beyond the table" not in text and "ABC-SMC" not in text


# --- attribution and policy ----------------------------------------------------------------------------


def attribution():
    rows = [("all", 9, outcome, player, mean, mean - 5, mean + 5, i + 1)
            for outcome in ("counted", "newly_exploited") for i, (player, mean) in enumerate([("bribery", -40.0), ("own_cause", 15.0)])]
    summary = pd.DataFrame(rows, columns=["scope", "draws", "outcome", "player", "mean", "low", "high", "rank"])
    totals = pd.DataFrame([("all", outcome, -10.0, -12.0, -8.0, -35.0, -40.0, -30.0) for outcome in ("counted", "newly_exploited")],
                          columns=["scope", "outcome", "with_none", "with_none_low", "with_none_high", "with_all",
                                   "with_all_low", "with_all_high"])
    about = {"window": {"from": "2011", "to": "2013", "observed": [100, 60]}, "caveat": "Within the model.",
             "draws": "9 draws", "complete": False}
    return Study("attribution", about, {"summary": summary, "totals": totals}, "undercount attribute V")


def test_attribution_is_included_if_given(found):
    with_it = {section.key: section for section in made(found, attribution=attribution())}
    assert "attribution" not in {section.key for section in made(found)}
    section = with_it["attribution"]
    assert "Within the model." in section.pictures[0].caption and "undercount attribute V" in section.text[0]
    points = [line.get_xdata()[0] for line in section.pictures[0].figure.axes[0].lines if line.get_marker() == "o"]
    assert points == [-40]  # the observed change


# --- the command ---------------------------------------------------------------------------------------


def test_the_command_reports_a_verdict_in_the_same_bytes_again(folder, written, tmp_path, capsys):
    assert cli.main(["report", str(folder), "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "report.html")
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 21 and Path("report.html") in files
    assert all((tmp_path / f).read_bytes() == (written.parent / f).read_bytes() for f in files)


@pytest.mark.parametrize("options, said", [
    (["--focus", "baseline"], "--focus"), (["--attribution", "none"], "no such folder"), (["--policy", "none"], "no such folder")])
def test_what_does_not_fit_a_verdict_is_refused(folder, tmp_path, capsys, options, said):
    assert cli.main(["report", str(folder), "--out", str(tmp_path / "out"), *options]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.parametrize("harm, said", [
    (lambda folder: (folder / "verdict.json").write_text("{"), "verdict.json"),
    (lambda folder: (folder / "tables" / "predictive.csv").unlink(), "predictive.csv"),
    (lambda folder: (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("finished", "incomplete")),
     "to go on: undercount compare")])
def test_a_folder_that_lacks_something_is_named(found, tmp_path, harm, said):
    write_folder(tmp_path / "v", found)
    harm(tmp_path / "v")
    with pytest.raises(BadInput, match=said):
        read_sources(tmp_path / "v")


@pytest.mark.parametrize("option", ["--attribution", "--policy"])
def test_runs_have_no_attribution(tmp_path, capsys, option):
    (tmp_path / "manifest.json").write_text(json.dumps({
        "undercount": "0.1.0", "state": "finished", "command": "undercount run baseline", "tables": {}, "parts": {},
        "scenarios": [], "batch": {"seed": 1, "people_per_agent": 100, "until": "", "months": 1, "settings": {},
                                   "code": "", "region": {"name": "nowhere", "files": {}}}}))
    assert cli.main(["report", str(tmp_path), option, "there"]) == 2
    assert option in capsys.readouterr().err


def test_a_verdict_is_no_attribution(folder):
    with pytest.raises(BadInput, match="undercount attribute"):
        read_sources(folder, attribution=folder)


def test_unknown_countries_keep_their_codes(folder):
    sources = read_sources(folder)
    assert sources.names == {} and set(sources.predictive["country"]) == {*COUNTRIES, "ALL"}
