"""The page's map is the region's: its box, its views, its names, whatever stands in the file."""

import json

import pytest
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.frame import WHOLE, frame_of
from undercount.model.assumed.scenario import scenarios_root
from undercount.model.known.region_in import load_region

from tests.lakes import small_region
from tests.unit.test_outlines import GOOD
from tests.unit.view.test_pictures import parsed


@pytest.mark.parametrize("content", [content for content, *_ in GOOD.values()], ids=GOOD.keys())
def test_every_map_that_is_taken_is_drawn(tmp_path, content):
    folder = small_region(tmp_path / "lakes")
    (folder / "map.geojson").write_text(json.dumps(content), encoding="utf-8-sig")
    region = load_region(folder)
    frame = frame_of(region)
    parsed(f"<svg>{flow_map.base(region)}{flow_map.names(region)}</svg>")
    assert set(frame.views) == {WHOLE} and frame.view("Balkans") == frame.view(WHOLE)
    assert all(0 <= x <= frame.width and 0 <= y <= frame.height for x, y in frame.places.values())
    assert {"Aland", "Beland"} <= {label.text for label in parsed(f"<svg>{flow_map.names(region)}</svg>")}


def test_a_map_under_another_name(tmp_path):
    folder = small_region(tmp_path / "lakes")
    (folder / "map.geojson").rename(folder / "outlines.json")
    head = folder / "region.toml"
    head.write_text(head.read_text(encoding="utf-8").replace("map.geojson", "outlines.json"), encoding="utf-8")
    assert len(frame_of(load_region(folder)).outlines) == 2


def test_every_region_that_ships_fills_its_map():
    for head in scenarios_root().glob("*/region.toml"):
        region = load_region(head.parent)
        frame = frame_of(region)
        inside = [0 <= x <= frame.width and 0 <= y <= frame.height for x, y in frame.places.values()]
        assert sum(inside) >= 0.9 * len(inside) and len(frame.outlines) > 20
        for box, zoom in frame.views.values():
            x, y, width, height = map(float, box.split())
            assert zoom >= 1 and -1 <= x and -1 <= y and x + width <= frame.width + 1 and y + height <= frame.height + 1
