"""Pictures, words and tables of the page: well formed, and what the models say."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
from undercount.experiments.view import charts, fall, funnel, keep, labels, series, story, svg
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.frame import frame_of
from undercount.experiments.view.naming import labels as wanted

from tests.unit.view.coarse import COARSE


def parsed(svg: str):
    return ElementTree.fromstring(svg)


def test_pictures_are_well_formed_and_say_what_the_tables_say(twin):
    models = twin.models
    pictures = [charts.counts_chart(models, twin.names), charts.flow_chart(models, twin.names),
                *charts.small_charts(models, twin.names), funnel.funnel(models[0], "A", 0), fall.fall(models[0], "A", 0), flow_map.legend(), flow_map.whole(models[0], "A", "now"),
                keep.figure(twin)]
    for picture in pictures:
        parsed(picture)
        assert "nan" not in picture
    layer = flow_map.layer(models[0])
    flows = models[0].flows()
    last = flows[flows.month == models[0].month]
    arcs = re.findall(r"<title>[^<]* to [^<]*: ([\d,]+)</title>", layer)
    assert sum(int(n.replace(",", "")) for n in arcs) == last.newly_exploited.sum()


def test_simulated_bars_are_the_rows_of_the_table(twin):
    model = twin.models[0]
    referrals = model.referrals().set_index(["country", "year"]).assisted
    known = [(r.iso3, r.period) for r in twin.region.referrals if r.assisted is not None]
    for period in series.periods(twin.models):
        if period.end <= model.world.month:
            assert period.simulated[0] == sum(referrals[key] for key in known if key[1] == period.name)
    totals = {p.name: p.observed for p in series.periods(twin.models)}
    assert totals["2002"] == sum(r.assisted or 0 for r in twin.region.referrals if r.period == "2002")


def test_every_view_of_the_map_is_inside_it(twin):
    whole = frame_of(twin.region)
    for view, (box, zoom) in whole.views.items():
        x, y, width, height = map(float, box.split())
        assert -1 <= x and -1 <= y and x + width <= whole.width + 1 and y + height <= whole.height + 1, view
        parsed(f'<svg>{flow_map.layer(twin.models[0], zoom)}{flow_map.names(twin.region, view)}</svg>')


def test_names_of_a_view_lie_on_no_other_and_every_country_has_one_in_the_whole(twin):
    for view, (frame, zoom) in frame_of(twin.region).views.items():
        left, top, width, height = map(float, frame.split())
        drawn = [labels.Placed(label.text, float(label.get("x")), float(label.get("y")))
                 for label in parsed(f"<svg>{flow_map.names(twin.region, view)}</svg>")]
        boxes = [labels.box(label, labels.SIZE / zoom) for label in drawn]
        for n, (a, b, c, d) in enumerate(boxes):
            assert left <= a + 1 and c <= left + width + 1 and top <= b + 1 and d <= top + height + 1, drawn[n]
            assert not [drawn[m] for m in range(n) if labels.overlap(boxes[n], boxes[m])], drawn[n]
    assert len(parsed(f"<svg>{flow_map.names(twin.region)}</svg>")) == len(wanted(twin.region))
    names = {label.name for label in drawn}
    assert {"Bosnia", "Kosovo", "FYR Macedonia", "Albania", "Serbia-Montenegro"} <= names


def test_effective_number_of_equal_routes(twin):
    values = series.effective_routes(twin.models[0])
    assert np.nanmin(values) >= 1 and np.isnan(values[-1])
    shares = series.mode_shares(twin.models[0])[: twin.month]
    assert np.allclose(shares.sum(axis=1), 1.0)


def test_contrast_of_all_text_colours():
    def light(colour):
        channels = [int(colour[i: i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for colour in (*svg.WORLDS, *svg.MODE_COLOURS.values(), svg.INK, svg.QUIET, "#4a525c", "#3d444d", "#a80000", "#5b636d"):
        assert 1.05 / (light(colour) + 0.05) >= 4.5, colour


def test_story_and_country(twin):
    text = story.sentences(twin.models[0])
    year = COARSE.first_scenario().region.month_name(twin.month - 1)[:4]
    assert text.startswith(f"{year} so far:") and "newly exploited" in text
    table = story.country_html(twin.models, twin.names, "BIH")
    assert "214" in table and "operation" in table  # the published row of 2001, and a dated event
    assert "no row" in story.country_html(twin.models, twin.names, "DEU")


def test_tables_are_a_zip_of_csv(twin):
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(keep.tables(twin))))
    names = archive.namelist()
    assert "full-adaptation/hidden.csv" in names and "networks-do-not-act-on-what-they-learn/referrals.csv" in names
    assert archive.read("full-adaptation/referrals.csv").decode().splitlines()[0] == "country,year,assisted"


# How colours look to those who see two of three: matrices on linear RGB, Machado, Oliveira and Fernandes (2009), severity 1.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def seen(colour: str, matrix) -> np.ndarray:
    """CIELAB of a colour as somebody sees it."""
    channels = np.array([int(colour[i: i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_colours_are_told_apart_by_the_colour_blind():
    """At least ten times the least difference that is seen (CIE 1976), beside the dashes that tell them apart too."""
    for name, matrix in BLIND.items():
        for group in (list(svg.WORLDS), list(svg.MODE_COLOURS.values())):
            found = [seen(colour, matrix) for colour in group]
            for n in range(len(group)):
                for m in range(n):
                    distance = np.linalg.norm(found[n] - found[m])
                    assert distance > 23, (name, group[n], group[m], distance)
