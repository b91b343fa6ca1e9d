#!/usr/bin/env python3
"""Lookups against an independent engine: GEOS, through shapely.

For each data set, a million random points are answered by the program and by GEOS. Away from
borders the two must agree on every point. A point nearer to a border than the lattice's rounding
moves it is not compared, and counted.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project; without
them only the synthetic city is compared. Prints one line per data set, and "N passed, N failed".
"""

import csv
import json
import struct
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy
import shapely

from tried_program import REAL_DATA, ROOT, run, store_of

POINTS = 1_000_000
# a query point moves by half a lattice unit on each axis at most, a vertex of a border as well
NEAR_BORDER_DEG = 2e-7

# file, column of codes
REAL = [
    ("dc-grids/ward-2012.geojson", "WARD_ID"),
    ("dc-grids/advisory-neighborhood-commission-2013.geojson", "ANC_ID"),
    ("dc-grids/single-member-district-2013.geojson", "SMD_ID"),
    ("dc-grids/voting-precinct-2008.geojson", "NAME"),
    ("cn-counties/211400_counties.geojson", "adcode"),
    ("cn-counties/360700_counties.geojson", "adcode"),
    ("calgary-wards/wards-2013.geojson", "ward_num"),
    ("calgary-wards/wards-2017.geojson", "ward_num"),
    ("chongqing-gbk/区县界_area.shp", "ADMINCODE"),
    ("tottori-chome/31-tottori-all.shp", "KEY_CODE"),
]


def ask_the_program(boundaries, column, points, folder):
    """The code of the grid for each point, None outside."""
    store = store_of(boundaries, column, folder)
    asked, answered = folder / "points.csv", folder / "answers.csv"
    with asked.open("w", encoding="utf-8") as file:
        file.write("id,lon,lat\n")
        for i, (lon, lat) in enumerate(points):
            file.write(f"{i},{lon!r},{lat!r}\n")
    run("locate", "--store", store, "--points", asked, "-o", answered)
    with answered.open(encoding="utf-8-sig", newline="") as file:
        codes = [row["grid"] or None for row in csv.DictReader(file)]
    if len(codes) != len(points):
        sys.exit(f"{len(points)} points were asked, {len(codes)} answered")
    return codes


def read_geojson(path, column):
    """Codes and shapes."""
    collection = json.loads(Path(path).read_text(encoding="utf-8"))
    features = [f for f in collection["features"] if f["geometry"]]
    codes = [str(f["properties"][column]) for f in features]
    return codes, shapely.from_geojson([json.dumps(f["geometry"]) for f in features])


def read_shapefile(path, column):
    """Codes and shapes, by the format's own description (ESRI, 1998): polygons of rings."""
    data = Path(path).read_bytes()
    shapes, at = [], 100
    while at < len(data):
        (words,) = struct.unpack_from(">i", data, at + 4)
        kind, parts, points = struct.unpack_from("<i32x2i", data, at + 8)
        assert kind == 5, f"shape type {kind} is no polygon"
        starts = struct.unpack_from(f"<{parts}i", data, at + 52) + (points,)
        numbers = struct.unpack_from(f"<{2 * points}d", data, at + 52 + 4 * parts)
        places = numpy.array(numbers).reshape(-1, 2)
        rings = [places[a:b] for a, b in zip(starts, starts[1:])]
        shapes.append(areas_of(rings))
        at += 8 + 2 * words
    table = Path(path).with_suffix(".dbf").read_bytes()
    rows, head, width = struct.unpack_from("<IHH", table, 4)
    offset, place = 1, None
    for field in range(32, head - 1, 32):
        length = table[field + 16]
        if table[field:field + 11].split(b"\0")[0].decode("ascii", "replace") == column:
            place = (offset, length)
        offset += length
    codes = []
    for row in range(rows):
        start = head + row * width + place[0]
        text = table[start:start + place[1]].decode("ascii").strip()
        # a code may be kept as a number
        codes.append(str(int(float(text))) if "." in text else text)
    return codes, numpy.array(shapes)


def areas_of(rings):
    """Rings of a Shapefile as areas: shells run clockwise, holes the other way."""
    def clockwise(ring):
        x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
        return (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() < 0

    shells = [ring for ring in rings if clockwise(ring)]
    holes = [ring for ring in rings if not clockwise(ring)]
    parts = []
    for shell in shells:
        ground = shapely.polygons(shell)
        mine = [hole for hole in holes if shapely.intersects_xy(ground, *hole[0])] if holes else []
        parts.append(shapely.Polygon(shell, mine))
    return shapely.multipolygons(parts)


def compare(name, boundaries, column):
    read = read_shapefile if Path(boundaries).suffix == ".shp" else read_geojson
    codes, shapes = read(boundaries, column)
    codes = numpy.array(codes)
    west, south, east, north = shapely.total_bounds(shapes)
    random = numpy.random.default_rng(20_260_101)
    places = numpy.column_stack([
        random.uniform(west, east, POINTS),
        random.uniform(south, north, POINTS),
    ]).round(9)
    with tempfile.TemporaryDirectory() as folder:
        ours = ask_the_program(boundaries, column, places.tolist(), Path(folder))
    ours = numpy.array([code if code is not None else "" for code in ours])

    points = shapely.points(places)
    tree = shapely.STRtree(shapes)
    asked, found = tree.query(points, predicate="intersects")
    theirs = numpy.full(POINTS, "", dtype=codes.dtype)
    theirs[asked] = codes[found]

    differ = numpy.flatnonzero(ours != theirs)
    borders = shapely.STRtree(shapely.boundary(shapes))
    near = set()
    if len(differ):
        distances = borders.query_nearest(points[differ], return_distance=True, all_matches=False)
        near = {int(differ[i]) for i, d in zip(distances[0][0], distances[1]) if d <= NEAR_BORDER_DEG}
    wrong = [int(i) for i in differ if int(i) not in near]
    inside = int((theirs != "").sum())
    told = [f"{name}: {POINTS} points, {inside} inside, {len(near)} on a border within the "
            f"lattice's rounding, {len(wrong)} disagree"]
    told += [f"  {places[i].tolist()}: wangge says {ours[i] or 'outside'}, GEOS {theirs[i] or 'outside'}"
             for i in wrong[:5]]
    return not wrong, told


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor() as processes:
        city = Path(folder) / "city"
        scheme = ROOT / "data/schemes/longgang.toml"
        run("generate", "city", "--scheme", scheme, "--seed", "1", "-o", city)
        sets = [("synthetic city", city / "grids.geojson", "code")]
        if REAL_DATA.is_dir():
            sets += [(file, REAL_DATA / file, column) for file, column in REAL]
        else:
            print("skipped: no real data")
        for good, told in processes.map(compare, *zip(*sets)):
            results.append(good)
            print("\n".join(told), flush=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
