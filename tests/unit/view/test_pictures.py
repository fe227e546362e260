"""Pictures, words and tables of the page: well formed, and what the models say."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
from undercount.experiments.view import charts, keep, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.naming import labels

from tests.unit.view.coarse import COARSE


def parsed(svg: str):
    return ElementTree.fromstring(svg)


def test_pictures_are_well_formed_and_say_what_the_tables_say(twin):
    models, path = twin.models, twin.region.folder / "map.geojson"
    pictures = [charts.main_chart(models, twin.names), *charts.small_charts(models, twin.names),
                charts.funnel(models[0], "A", 0), flow_map.legend(), flow_map.whole(models[0], path, "A", "now"),
                keep.figure(twin, path)]
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
    for period in charts.periods(twin.models):
        if period.end <= model.world.month:
            assert period.simulated[0] == sum(referrals[key] for key in known if key[1] == period.name)
    totals = {p.name: p.observed for p in charts.periods(twin.models)}
    assert totals["2002"] == sum(r.assisted or 0 for r in twin.region.referrals if r.period == "2002")


def test_every_view_of_the_map_is_inside_it(twin):
    for view, (box, zoom) in flow_map.VIEWS.items():
        x, y, width, height = map(float, box.split())
        assert -1 <= x and -1 <= y and x + width <= flow_map.WIDTH + 1 and y + height <= flow_map.HEIGHT + 1, view
        parsed(f'<svg>{flow_map.layer(twin.models[0], zoom)}{flow_map.names(twin.region, zoom)}</svg>')


def test_names_stay_on_the_map_and_elsewhere_stands_apart(twin):
    boxes = {}
    for label in parsed(f"<svg>{flow_map.names(twin.region)}</svg>"):
        x, y = float(label.get("x")), float(label.get("y"))
        boxes[label.text] = x, y - 11, x + 6.6 * len(label.text), y + 3  # letters of 12 pixels
    assert len(boxes) == len(labels(twin.region))
    for name, (left, top, right, bottom) in boxes.items():
        assert 0 <= left and right <= flow_map.WIDTH and 0 <= top and bottom <= flow_map.HEIGHT, name
    left, top, right, bottom = boxes.pop("Elsewhere")
    assert not [name for name, (a, b, c, d) in boxes.items() if a < right and left < c and b < bottom and top < d]


def test_effective_number_of_equal_routes(twin):
    values = charts.effective_routes(twin.models[0])
    assert np.nanmin(values) >= 1 and np.isnan(values[-1])
    shares = charts.mode_shares(twin.models[0])[: twin.month]
    assert np.allclose(shares.sum(axis=1), 1.0)


def test_contrast_of_all_text_colours():
    def light(colour):
        channels = [int(colour[i: i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for colour in (*charts.WORLDS, *charts.MODE_COLOURS.values(), charts.INK, charts.QUIET, "#4a525c", "#3d444d", "#a80000", "#5b636d"):
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
