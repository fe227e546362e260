"""Maps in: one reader for check, report and page. What it takes can be drawn; what it does not take names the feature."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.model.files.tables_in import Problems
from undercount.model.known.drawing import Frame, draw
from undercount.model.known.outlines import Outlines, outlines_of, read_map

SQUARE = [[9.5, 9.5], [10.5, 9.5], [10.5, 10.5], [9.5, 10.5], [9.5, 9.5]]
PLACES = {"AAA": (10.0, 10.0), "BBB": (12.0, 10.0)}


def polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties or {"iso3": "AAA"}, "geometry": geometry}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def read(tmp_path, content):
    path = tmp_path / "map.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8-sig")
    problems = Problems()
    outlines, _ = read_map(path, PLACES, problems)
    return outlines, [str(problem) for problem in problems.listed]


def test_where_a_map_is_from_and_rings_that_are_open(tmp_path):
    outlines, problems = read(tmp_path, collection(feature(polygon(SQUARE)), feature(polygon(SQUARE[:-1])), source="drawn\n by hand"))
    assert not problems and (outlines.source, outlines.unclosed) == ("drawn by hand", 1)
    outlines, problems = read(tmp_path, collection(feature(polygon(SQUARE)), source=["no text"]))
    assert not problems and (outlines.source, outlines.unclosed) == ("", 0)


POINT, LINE = {"type": "Point", "coordinates": [1, 2]}, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
def crs(name):
    """A reference system as maps named it before RFC 7946."""
    return {"type": "name", "properties": {"name": name}}


GOOD = {
    "a polygon": (collection(feature(polygon(SQUARE))), 1, 0),
    "several": (collection(feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})), 2, 0),
    "altitude": (collection(feature(polygon([[*point, 120.5] for point in SQUARE]))), 1, 0),
    "a hole": (collection(feature({"type": "Polygon", "coordinates": [SQUARE, SQUARE]})), 1, 0),
    "not closed": (collection(feature(polygon(SQUARE[:-1]))), 1, 0),
    "a geometry collection": (collection(feature({"type": "GeometryCollection", "geometries": [polygon(SQUARE), POINT]})), 1, 0),
    "one feature alone": (feature(polygon(SQUARE)), 1, 0),
    "a country twice": (collection(feature(polygon(SQUARE)), feature(polygon(SQUARE))), 2, 0),
    "no feature": (collection(), 0, 0),
    "nowhere": (collection(feature(None)), 0, 1),
    "a point": (collection(feature(POINT)), 0, 1),
    "lines": (collection(feature(LINE), feature({"type": "MultiLineString", "coordinates": []})), 0, 1 + 1),
    "no coordinates": (collection(feature({"type": "Polygon", "coordinates": []})), 0, 1),
    "a box in three dimensions": (collection(feature(polygon(SQUARE)), bbox=[9, 9, 0, 13, 11, 100]), 1, 0),
    "degrees by name": (collection(feature(polygon(SQUARE)), crs=crs("urn:ogc:def:crs:OGC:1.3:CRS84")), 1, 0),
    "degrees by number": (collection(feature(polygon(SQUARE)), crs=crs("EPSG:4326")), 1, 0),
    "a system that says nothing": (collection(feature(polygon(SQUARE)), crs={"type": "link"}), 1, 0),
    "NaN that is no coordinate": (collection(feature(polygon(SQUARE), iso3="AAA", population=float("nan"))), 1, 0),
    "a neighbour": (collection(feature(polygon(SQUARE), iso3="-99")), 1, 0),
}


@pytest.mark.parametrize("content, areas, left_out", GOOD.values(), ids=GOOD.keys())
def test_what_is_taken_can_be_drawn(tmp_path, content, areas, left_out):
    outlines, problems = read(tmp_path, content)
    drawing = draw(outlines, PLACES)
    assert not problems and (len(drawing.polygons), outlines.left_out) == (areas, left_out)
    west, south, east, north = drawing.box
    assert all(west <= lon <= east and south <= lat <= north for lon, lat in drawing.places.values())
    assert outlines_of(tmp_path / "map.geojson") == outlines


BAD = {
    "not JSON": ("{", ":1: features", "GeoJSON"),
    "deep": ("[" * 100_000, "features", "GeoJSON"),
    "a list": ([feature(polygon(SQUARE))], "features", "a list"),
    "a number": (3, "features", "GeoJSON"),
    "a bare polygon": (polygon(SQUARE), "a bare Polygon, which says no country", "property iso3"),
    "TopoJSON": ({"type": "Topology", "objects": {}}, "Topology", "GeoJSON"),
    "no features": ({"type": "FeatureCollection"}, "features", "GeoJSON"),
    "a feature that is none": (collection(1), "feature 1: ", "GeoJSON"),
    "another name of the code": (collection(feature(polygon(SQUARE), ISO_A3="AAA")), "feature 1: ", "rename 'ISO_A3'"),
    "no properties": (collection({"type": "Feature", "properties": None, "geometry": POINT}), "feature 1: ", "properties: none"),
    "no code": (collection(feature(polygon(SQUARE), iso3=None)), "feature 1: ", "iso3"),
    "an empty code": (collection(feature(polygon(SQUARE), iso3=" ")), "feature 1: ", "iso3"),
    "a number as code": (collection(feature(polygon(SQUARE), iso3=4)), "feature 1: ", "iso3"),
    "small letters": (collection(feature(polygon(SQUARE), iso3="bbb")), "feature 1: ", "'BBB'"),
    "the second feature": (collection(feature(POINT), feature({"type": "Polygone", "coordinates": [SQUARE]})), "feature 2 (AAA)", "'Polygone'"),
    "no type": (collection(feature({"coordinates": [SQUARE]})), "feature 1 (AAA)", "without a type"),
    "no coordinates at all": (collection(feature({"type": "Polygon"})), "feature 1 (AAA)", "a list of rings"),
    "a ring too short": (collection(feature(polygon(SQUARE[:2]))), "feature 1 (AAA)", "2 positions"),
    "an empty ring": (collection(feature(polygon([]))), "feature 1 (AAA)", "0 positions"),
    "rings not nested": (collection(feature({"type": "Polygon", "coordinates": SQUARE})), "feature 1 (AAA)", "a ring"),
    "NaN": (collection(feature(polygon([[float("nan"), 1], *SQUARE]))), "feature 1 (AAA)", "two numbers"),
    "infinity": (collection(feature(polygon([[float("inf"), 1], *SQUARE]))), "feature 1 (AAA)", "two numbers"),
    "texts": (collection(feature(polygon([["1", "2"], *SQUARE]))), "feature 1 (AAA)", "two numbers"),
    "one number": (collection(feature(polygon([[1], *SQUARE]))), "feature 1 (AAA)", "two numbers"),
    "true": (collection(feature(polygon([[True, 1], *SQUARE]))), "feature 1 (AAA)", "two numbers"),
    "metres": (collection(feature(polygon([[1113194.9, 2273030.9], *SQUARE]))), "feature 1 (AAA)", "degrees"),
    "latitude first": (collection(feature(polygon([[10, 95], *SQUARE]))), "feature 1 (AAA)", "degrees"),
    "another system": (collection(feature(polygon(SQUARE)), crs=crs("urn:ogc:def:crs:EPSG::3857")), "features",
                       "; allowed: longitude and latitude in degrees"),
    "half a box": (collection(bbox=[9, 9]), "bbox", "west, south, east, north"),
    "a box of NaN": (collection(bbox=[9, 9, float("nan"), 11]), "bbox", "west, south, east, north"),
}


@pytest.mark.parametrize("content, where, said", BAD.values(), ids=BAD.keys())
def test_what_is_not_taken_is_named(tmp_path, content, where, said):
    outlines, (problem, *more) = read(tmp_path, content)
    assert where in problem and said in problem and "map.geojson" in problem and not more and not outlines.rings


def test_every_mistake_at_once(tmp_path):
    _, problems = read(tmp_path, collection(feature(polygon(SQUARE[:1])), feature(polygon(SQUARE)), feature(polygon([]))))
    assert [problem.split(": ")[1] for problem in problems] == ["feature 1 (AAA)", "feature 3 (AAA)"]


def test_the_antimeridian_is_crossed_without_a_leap(tmp_path):
    ring = [[178, -18], [-178, -18], [-178, -16], [178, -16], [178, -18]]
    outlines, problems = read(tmp_path, collection(feature(polygon(ring)), feature(polygon([[-172, -14], [-171, -14], [-171, -13]]))))
    drawing = draw(outlines, {"AAA": (178.4, -18.1), "BBB": (-171.8, -13.8)})
    lons = [lon for _, rings in drawing.polygons for ring in rings for lon, _ in ring]
    assert not problems and max(lons) - min(lons) < 20 and drawing.box[2] - drawing.box[0] < 20
    assert abs(drawing.places["AAA"][0] - drawing.places["BBB"][0]) < 10


def test_islands_overseas_and_large_countries_do_not_widen_the_box(tmp_path):
    far = [[-53, 3], [-52, 3], [-52, 5], [-53, 3]]
    wide = [[9, 5], [170, 5], [170, 75], [9, 75], [9, 5]]
    outlines, _ = read(tmp_path, collection(feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [far]]}),
                                            feature(polygon(wide), iso3="BBB")))
    west, south, east, north = draw(outlines, PLACES).box
    assert west > 0 and east < 20 and north < 20


@given(st.lists(st.floats(-180, 180), min_size=1, max_size=8), st.floats(-360, 360))
@settings(max_examples=200, deadline=None)
def test_a_frame_keeps_longitudes_and_puts_places_in_one_piece(there, other):
    frame = Frame.of(there)
    for lon in [*there, other]:
        assert abs((frame.lon(lon) - lon + 180) % 360 - 180) < 1e-6 and abs(frame.lon(lon) - frame.middle) <= 180 + 1e-6
    ordered = sorted(lon % 360 for lon in there)
    gap = max(b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + 360]))
    found = [frame.lon(lon) for lon in there]
    assert max(found) - min(found) <= 360 - gap + 1e-6


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.sampled_from(["Polygon", "Feature", "iso3", "AAA"]),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                        st.sampled_from(["type", "features", "geometry", "properties", "coordinates", "iso3", "bbox", "geometries"]), inner, max_size=5),
                    max_leaves=25))
@settings(max_examples=200, deadline=None)
def test_whatever_it_is_it_is_told_or_drawn(tmp_path_factory, content):
    outlines, problems = read(tmp_path_factory.mktemp("map"), content)
    assert isinstance(outlines, Outlines) and (problems or draw(outlines, PLACES))
