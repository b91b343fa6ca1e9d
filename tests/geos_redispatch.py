#!/usr/bin/env python3
"""The work lists of a redesign against an independent engine: GEOS, through shapely.

Washington's voting precincts of 2008 and 2012, its litter cans as components, its bulk collections as
open cases. Which of them come under another precinct is found again by trying every point against
every polygon. A point nearer to a border than the lattice's rounding moves it, or in ground that the
precincts of 2012 cover twice or not at all, is not compared, and counted. Cases near a new border
are told by their distance to the borders of 2012 that are none of 2008.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project; without them
nothing is compared. Prints one line per list, and "N passed, N failed".
"""

import csv
import json
import sys
import tempfile
from pathlib import Path

import numpy
import shapely

from tried_program import REAL_DATA, run

UNCLEAR_M = 40.0
# borders of the two surveys are up to half a metre apart where they are the same
SAME_BORDER_M = 1.0
# a query point moves by half a lattice unit on each axis at most, a vertex of a border as well
NEAR_BORDER_DEG = 2e-7
# metres per degree at 38.9 degrees north (WGS 84)
EAST, NORTH = 86_735.0, 111_010.0


def features(path):
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def polygons(path):
    """Codes and polygons of a file, with polygons that GEOS takes."""
    found = {}
    for feature in features(path):
        shape = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        found[feature["properties"]["NAME"]] = shape
    return found


def points(path, key):
    """Ids and positions; features without one are left out."""
    found = {}
    for feature in features(path):
        if feature["geometry"] is not None:
            lon, lat = feature["geometry"]["coordinates"][:2]
            # the program's points lie on its lattice
            found[str(feature["properties"][key])] = (round(lon, 7), round(lat, 7))
    return found


def join(plan, at):
    """For each point the codes of all polygons that hold it, and whether it is near a border."""
    xy = shapely.points(numpy.array(at))
    holding = [[] for _ in at]
    near = numpy.zeros(len(at), dtype=bool)
    for code, shape in plan.items():
        shapely.prepare(shape)
        for i in numpy.nonzero(shapely.contains_properly(shape, xy))[0]:
            holding[i].append(code)
        near |= shapely.dwithin(shape.boundary, xy, NEAR_BORDER_DEG)
    return holding, near


def metric(shape):
    return shapely.transform(shape, lambda xy: xy * (EAST, NORTH))


def new_borders(old, new):
    """The borders of the new plan that are none of the old one, in metres."""
    lines = lambda plan: shapely.union_all([metric(shape.boundary) for shape in plan.values()])
    return lines(new).difference(lines(old).buffer(SAME_BORDER_M))


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def check(name, listed, expected, skipped):
    """Compares `{id: (old, new)}`; prints a line, and returns whether they agree."""
    wrong = {i for i in listed.keys() | expected.keys() if listed.get(i) != expected.get(i)} - skipped
    for i in sorted(wrong)[:10]:
        print(f"  {name} {i}: listed {listed.get(i)}, by GEOS {expected.get(i)}")
    verdict = "agrees" if not wrong else f"{len(wrong)} DIFFER"
    print(f"{name}: {len(expected)} move, {len(skipped)} not compared, {verdict}")
    return not wrong


def main():
    data = REAL_DATA / "dc-grids"
    if not data.is_dir():
        print("skipped: no real data")
        return 0
    before, after = data / "voting-precinct-2008.geojson", data / "voting-precinct-2012.geojson"
    cans, bulk = data / "litter-cans.geojson", data / "bulk-collection-last-30-days.geojson"
    with tempfile.TemporaryDirectory() as folder:
        run("diff", before, after, "--code", "NAME", "--components", cans,
            "--components-map", "code=LITTERID", "--cases", bulk, "--cases-map",
            "id=SERVICEREQUESTID,opened=ADDDATE", "--unclear-within", UNCLEAR_M,
            "--work-lists", folder, "--format", "json", "-o", Path(folder) / "diff.json")
        components = rows(Path(folder) / "components.csv")
        cases = rows(Path(folder) / "cases.csv")
        report = json.loads((Path(folder) / "diff.json").read_text())
    old, new = polygons(before), polygons(after)
    results = []
    for name, listed, path, key, own in [
        ("components", components, cans, "LITTERID", "code"),
        ("cases", cases, bulk, "SERVICEREQUESTID", "id"),
    ]:
        placed = points(path, key)
        ids, at = list(placed), list(placed.values())
        was, near_old = join(old, at)
        is_now, near_new = join(new, at)
        expected, skipped = {}, set()
        for i, a, b, is_near in zip(ids, was, is_now, near_old | near_new):
            if is_near or len(a) > 1 or len(b) > 1:
                skipped.add(i)
            elif a != b:
                expected[i] = (a[0] if a else "", b[0] if b else "")
        moved = {
            row[own]: (row["old_grid"], row["new_grid"])
            for row in listed
            if row["old_grid"] != row["new_grid"]
        }
        results.append(check(name, moved, expected, skipped))
        if name == "components":
            total = sum(
                row.get("components", 0)
                for row in report["crosswalk"]
                if row.get("old") != row.get("new")
            )
            agrees = total == len(moved)
            print(f"crosswalk: {total} components under another code, {'agrees' if agrees else 'DIFFERS'}")
            results.append(agrees)
            continue
        away = shapely.distance(
            new_borders(old, new), shapely.points(numpy.array(at) * (EAST, NORTH))
        )
        # what the choice of the same border or of the sphere could turn round is not compared
        doubtful = {i for i, m in zip(ids, away) if abs(m - UNCLEAR_M) < SAME_BORDER_M}
        expected = {i: "unclear" for i, m in zip(ids, away) if m <= UNCLEAR_M}
        unclear = {row["id"]: "unclear" for row in listed if row["new_handler"] == "unclear"}
        results.append(check("unclear", unclear, expected, doubtful))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
