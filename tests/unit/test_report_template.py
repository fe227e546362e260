"""Every page of a report is made alike: what is folded, marked or without a head is so on each of them."""

import re
from types import SimpleNamespace

import pytest
from markupsafe import Markup
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import cell
from undercount.experiments.report.template import filled

TOLD = {"question": "Did <it> fall?", "head": "By 5 %", "paragraphs": [("Lead.", "Text.")]}
PAGES = {
    "page.html.j2": {"title": "Undercount: T", "question": "Q", "batch": SimpleNamespace(origin="Of 2 runs."), "observed": "",
                     "summary": [("a", "fell")], "cautions": ["Careful."], "command": "undercount run a"},
    "told.html.j2": {**TOLD, "criticism": [{"says": "No.", "source": "X"}], "origin": "Of lists.", "command": "undercount estimate L"},
    "verdict.html.j2": {**TOLD, "found": {"observed": {"warnings": ["<b>"]}}, "commands": ["undercount compare R"]}}
SECTIONS = [
    Section("first", "The first", ["Some 5 %."], [Picture("seen", None, "Seen."), Picture("hidden", None, "Hidden.", folded="More")],
            [Grid("Words.", ["", ""], [[cell("a"), cell("b", "c", marked=True)]], folded="Published <totals>"),
             Grid("Numbers.", ["x"], [[cell("1")]], words=False)]),
    Section("provenance", "Provenance", ["From there."])]
INLINED = {name: Markup(f"<svg id='{name}-svg'></svg>") for name in ("seen", "hidden")}


def page(name: str) -> str:
    own = SECTIONS[:1] if name == "told.html.j2" else SECTIONS  # which says at its end where it comes from
    return filled(name, **PAGES[name], sections=own, inlined=INLINED)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_folds_marks_and_leaves_out_empty_heads(name):
    text = page(name)
    folded = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", text, re.S)
    assert [title for title, _ in folded] == ["More", "Published &lt;totals&gt;"]
    assert "hidden-svg" in folded[0][1] and "Words." in folded[1][1] and "seen-svg" not in "".join(part for _, part in folded)
    assert '<td class="marked">b ●<small>c</small></td>' in text and text.count("<thead>") == 1
    assert text.count('<table class="words">') == 1 and text.count("<table>") == 1


@pytest.mark.parametrize("name", PAGES)
def test_each_page_needs_nothing_else_and_leads_to_its_sections(name):
    text = page(name)
    assert text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>") and "{" not in text.split("</style>")[1]
    assert text.count("<style>") == 1 and ".marked {" in text.split("</style>")[0]
    assert re.findall(r'<li><a href="#(.*?)">', text) == ["first", "provenance"][:1 + (name != "told.html.j2")]
    assert text.count('id="provenance"') == 1
    assert "5\N{NO-BREAK SPACE}%" in text and " %" not in text and "<b>" not in text and "<it>" not in text
    assert "undercount " in text.split('id="provenance"')[-1]
