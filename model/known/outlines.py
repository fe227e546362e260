"""The outlines of a region's countries and of their neighbours: GeoJSON in, checked once for all who draw it.

What is drawn are areas (Polygon, MultiPolygon, also inside a GeometryCollection); points and lines are left out, a
third coordinate (altitude) too, and a map without any feature is one without outlines. A ring that crosses the
antimeridian is unrolled, so that no line runs across the whole map: its longitudes then go beyond 180 degrees.

    H. Butler et al. (2016), The GeoJSON Format, RFC 7946.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from undercount.model.files.problems import nearest
from undercount.model.files.tables_in import Problems, brief, read_text
from undercount.model.files.toml_in import plain

AREAS = {"Polygon": 1, "MultiPolygon": 2}  # and how deep their rings lie
OTHERS = ("Point", "MultiPoint", "LineString", "MultiLineString")
LARGEST = 40_000_000  # characters; the one that ships has about 200,000
DEGREES = (":CRS84", ":4326", ":CRS84H", ":4979")  # names of reference systems end so that are of degrees
NAME = "iso3"
LONGEST_SOURCE = 200  # characters of it that a caption shows
FEATURES = f"GeoJSON, a FeatureCollection of features with the property {NAME}"

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outlines:
    """Rings (longitude, latitude) by code, in the order of the file; a country's holes are rings of it too.

    `box` is west, south, east, north as the file states it, None if it does not; `source` is where it says that they
    are from.
    """

    rings: tuple[tuple[str, tuple[tuple[Ring, ...], ...]], ...] = ()  # code -> polygons -> the outer ring, then holes
    box: tuple[float, float, float, float] | None = None
    left_out: int = 0  # features without an area
    unclosed: int = 0  # rings whose last position is not the first: drawn as if it were
    source: str = ""


class _Wrong(Exception):
    """What was found, and what is allowed."""


def read_map(path: Path, codes: Iterable[str], problems: Problems) -> tuple[Outlines, str]:
    """The outlines in a file and the hash of its bytes; every mistake, by feature, goes to `problems`."""
    content, digest = read_text(path, problems)
    if not content.strip():
        return Outlines(), digest
    try:
        if len(content) > LARGEST:
            raise _Wrong(f"{len(content):,} characters", f"at most {LARGEST:,}: simplify the outlines")
        whole = json.loads(content)
        features = _features(whole)
        _check_crs(whole)
        box = _box(whole)
    except (ValueError, RecursionError) as error:
        problems.add(path, getattr(error, "lineno", None), "features", str(error) or "a nesting too deep", "GeoJSON")
        return Outlines(), digest
    except _Wrong as wrong:
        problems.add(path, None, "features", *wrong.args)
        return Outlines(), digest
    known, found, left_out = list(codes), {}, 0
    for n, feature in enumerate(features, start=1):
        key = f"feature {n}"
        try:
            code = _code(feature, known)
            key += f" ({code})"
            polygons = list(_polygons(feature.get("geometry")))
        except _Wrong as wrong:
            problems.add(path, None, key, *wrong.args)
            continue
        except RecursionError:
            problems.add(path, None, key, "a nesting too deep", "an area")
            continue
        left_out += not polygons
        found.setdefault(code, []).extend(polygons)
    rings = tuple((code, tuple(polygons)) for code, polygons in found.items() if polygons)
    unclosed = sum(ring[0] != ring[-1] for _, polygons in rings for rings_ in polygons for ring in rings_)
    return Outlines(rings, box, left_out, unclosed, _source(whole)), digest


def outlines_of(path: Path) -> Outlines:
    """The outlines of a map that was checked with its region."""
    return read_map(path, (), Problems())[0]


def _features(whole: object) -> list:
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind == "Feature":
        return [whole]
    if kind in ("FeatureCollection", None) and isinstance(whole, dict) and isinstance(whole.get("features"), list):
        if wrong := [n for n, each in enumerate(whole["features"], start=1) if not isinstance(each, dict)]:
            raise _Wrong(f"feature {wrong[0]}: {brief(whole['features'][wrong[0] - 1])}", FEATURES)
        return whole["features"]
    found = f"a bare {kind}, which says no country" if kind in (*AREAS, *OTHERS, "GeometryCollection") else \
        "a FeatureCollection without a list of features" if kind == "FeatureCollection" else \
        f"type {brief(kind)}" if kind else f"a {type(whole).__name__} without a type"
    raise _Wrong(found, FEATURES)


def _check_crs(whole: dict) -> None:
    """Maps from before RFC 7946 may name another reference system than degrees."""
    crs = whole.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and not name.upper().endswith(DEGREES):
        raise _Wrong(f"crs {brief(name)}", "longitude and latitude in degrees (EPSG:4326): project the map anew")


def _box(whole: dict) -> tuple[float, float, float, float] | None:
    """The bounding box that a file may state, in two or three dimensions."""
    box = whole.get("bbox")
    if box is None:
        return None
    if not isinstance(box, list) or len(box) not in (4, 6) or not all(map(_is_number, box)):
        raise _Wrong(f"bbox {brief(box)}", "bbox: west, south, east, north")
    west, south, east, north = (float(box[i]) for i in ((0, 1, 2, 3) if len(box) == 4 else (0, 1, 3, 4)))
    east += 360.0 * (east < west)  # across the antimeridian
    if not (-360 <= west < east <= 540 and -90 <= south < north <= 90):
        raise _Wrong(f"bbox {brief(box)}", "bbox: west, south, east, north in degrees")
    return west, south, east, north


def _source(whole: dict) -> str:
    """Where the file says that its outlines are from, as one line; nothing if it does not."""
    said = whole.get("source")
    return plain(" ".join(said.split()))[:LONGEST_SOURCE] if isinstance(said, str) else ""


def _code(feature: dict, codes: Sequence[str]) -> str:
    if feature.get("type", "Feature") != "Feature":
        raise _Wrong(f"type {brief(feature['type'])}", "a Feature")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code = properties.get(NAME)
    if not isinstance(code, str) or not code.strip():
        names = [str(name)[:40] for name in properties][:20]
        alike = [name for name in names if name.lower().replace("_", "") in (NAME, "isoa3", "adm0a3")]
        close = None if code is not None else alike[0] if alike else nearest(NAME, names)
        said = f"; rename {close!r}" if close else ""
        found = f"no {NAME} (properties: {', '.join(names) or 'none'})" if code is None else f"{NAME} {brief(code)}"
        raise _Wrong(found, f"the property {NAME}, a country code{said}")
    if code not in codes and code.strip().upper() in codes:
        raise _Wrong(f"{NAME} {brief(code)}", f"{code.strip().upper()!r}, as in the countries table")
    return code


def _polygons(shape: object) -> Iterable[tuple[Ring, ...]]:
    """Polygons of a geometry, each its outer ring and holes; none of one that has no area."""
    if shape is None:
        return  # RFC 7946: a feature that is nowhere
    kind = shape.get("type") if isinstance(shape, dict) else None
    if kind == "GeometryCollection" and isinstance(shape.get("geometries"), list):
        for part in shape["geometries"]:
            yield from _polygons(part)
        return
    if kind in OTHERS:
        return
    if kind not in AREAS:
        raise _Wrong(f"geometry {brief(kind)}" if kind else "a geometry without a type",
                     f"{', '.join(AREAS)} (drawn), or {', '.join((*OTHERS, 'GeometryCollection'))}")
    coordinates = shape.get("coordinates")
    if not isinstance(coordinates, list):
        raise _Wrong(f"{kind} with coordinates {brief(coordinates)}", "a list of rings")
    for polygon in [coordinates] if AREAS[kind] == 1 else coordinates:
        if not isinstance(polygon, list):
            raise _Wrong(f"a polygon {brief(polygon)}", "a list of rings")
        if polygon:
            yield tuple(_ring(ring) for ring in polygon)


def _ring(ring: object) -> Ring:
    """A ring's longitudes and latitudes, unrolled where it crosses the antimeridian."""
    if not isinstance(ring, list) or len(ring) < 3:
        size = f"{len(ring)} positions" if isinstance(ring, list) else brief(ring)
        raise _Wrong(f"a ring of {size}", "four positions or more, the last the first")
    found, turn = [], 0.0
    for position in ring:
        if not isinstance(position, list) or len(position) < 2 or not all(map(_is_number, position[:2])):
            raise _Wrong(f"a position {brief(position)}", "longitude and latitude, two numbers")
        lon, lat = float(position[0]), float(position[1])
        if not (-360 <= lon <= 360 and -90 <= lat <= 90):
            raise _Wrong(f"a position {brief(position)}", "longitude and latitude in degrees (EPSG:4326)")
        if found and abs(lon + turn - found[-1][0]) > 180:
            turn -= math.copysign(360.0, lon + turn - found[-1][0])
        found.append((lon + turn, lat))
    return tuple(found)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
