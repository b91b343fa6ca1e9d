#!/usr/bin/env python3
"""Checks expected.txt, which says what is wrong with 15 drawings of other people, against GEOS.

    make setup-test
    target/python/bin/python crates/coverage/tests/clean_fixtures/verify.py

The drawings are read from WANGGE_REAL_DATA, or from shared/data beside the project. They come onto the
lattice here anew; the defects are found as ../drawings/verify.py finds them. What is expected must be
found, and what is found be expected or allowed. Prints one line per drawing, and "N passed, N failed".
"""

import itertools
import json
import os
import sys
from collections import defaultdict
from pathlib import Path

import shapely
from shapely.geometry import LineString

FOLDER = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(FOLDER.parent / "drawings"))
import verify as drawings  # noqa: E402

ROOT = FOLDER.parents[3]
DATA = Path(os.environ.get("WANGGE_REAL_DATA", ROOT.parent / "shared/data")) / "clean-fixtures"
# kinds that break the coverage
HARM = {"gap", "overlap", "hairline", "self-intersection", "duplicate-grid", "empty"}


class Fixture:
    """A drawing as ../drawings/verify.py takes one: parts of rings without their closing vertex."""

    def __init__(self, path, unit_deg):
        self.name, self.unit, self.outline, self.expected = path.stem, 1, None, []
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["type"] == "FeatureCollection":
            geometries = [feature["geometry"] for feature in data["features"]]
        else:
            geometries = data.get("geometries", [data])
        self.grids = {}
        for number, geometry in enumerate(geometries):
            parts = geometry["coordinates"]
            parts = [parts] if geometry["type"] == "Polygon" else parts
            rings = [[self.landed(ring, unit_deg) for ring in part] for part in parts]
            self.grids[str(number)] = [[ring for ring in part if len(ring) > 2] for part in rings]

    @staticmethod
    def landed(ring, unit_deg):
        """A ring's places on the lattice, each once in a row."""
        points = [(round(x * unit_deg * 1e7), round(y * unit_deg * 1e7)) for x, y, *_ in ring]
        return [a for a, b in itertools.pairwise(points) if a != b]


def read_expected():
    """By drawing: degrees per unit of the file, the verdict, what must be found, what may be found."""
    told = {}
    for line in (FOLDER / "expected.txt").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if words[0] == "drawing":
            told[words[1]] = drawing = {"unit": float(words[3]) if "unit" in words else 1.0}
            drawing.update(must={}, may=set())
        elif words[1] == "seamless":
            drawing["seamless"] = words[2] == "true"
        elif words[0] == "may":
            drawing["may"].add((words[1], tuple(words[2:])))
        else:
            words, area = (words[:-2], float(words[-1])) if "~" in words else (words, None)
            drawing["must"][words[2], tuple(words[3:])] = ([int(n) for n in words[1].split("-")], area)
    return told


def spikes_of(shape):
    """How many spikes a grid has: edges that one part runs along both ways, as one where they meet."""
    both_ways = []
    for part in shape:
        edges = [edge for ring in drawings.by_role([part]) for edge in drawings.pairs(ring)]
        lines = [LineString(edge) for edge in edges]
        tree = shapely.STRtree(lines)
        for i, j in zip(*tree.query(lines, predicate="intersects")):
            (a, b), (c, d) = edges[i], edges[j]
            opposite = (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]) < 0
            if i < j and opposite and lies_along(a, b, c) and lies_along(a, b, d):
                low, high = max(min(a, b), min(c, d)), min(max(a, b), max(c, d))
                if low < high:
                    both_ways.append((low, high))
    return len(hanging_together(both_ways))


def lies_along(a, b, p):
    """Whether a point is on the line through two others, exactly."""
    return (b[0] - a[0]) * (p[1] - a[1]) == (b[1] - a[1]) * (p[0] - a[0])


def hanging_together(lines):
    """The lines in groups, those of a group connected by ends that lie on others."""
    groups = []
    for line in lines:
        beside = [group for group in groups if any(meet(line, other) for other in group)]
        groups = [group for group in groups if group not in beside]
        groups.append([line, *itertools.chain(*beside)])
    return groups


def meet(line, other):
    """Whether an end of one lies on the other."""
    return any(
        lies_along(a, b, p) and min(a, b) <= p <= max(a, b)
        for (a, b), ends in ((line, other), (other, line))
        for p in ends
    )


def found_in(fixture):
    """Counts and sums of doubled areas by kind and grids."""
    found = defaultdict(lambda: [0, 0.0])
    for defect in drawings.found_in(fixture)[0]:
        if defect.kind not in ("spike", "inlet"):
            found[defect.kind, defect.grids][0] += 1
            found[defect.kind, defect.grids][1] += defect.area or 0.0
    for code, shape in fixture.grids.items():
        spikes = spikes_of(shape)
        if spikes:
            found["spike", (code,)][0] = spikes
    return found


def check(name, told):
    found = found_in(Fixture(DATA / f"{name}.json", told["unit"]))
    wrong = []
    for what, (count, area) in told["must"].items():
        if found[what][0] != count[-1]:
            wrong.append(f"{count[-1]} {what} expected, {found[what][0]} found")
        if area is not None and abs(found[what][1] - area) > 1e-6 * area:
            wrong.append(f"{what} of {area} expected, {found[what][1]} found")
    for what, (count, area) in found.items():
        if count and what not in told["must"] and what not in told["may"]:
            wrong.append(f"{count} {what} of {area} not expected")
    if any(kind in HARM and count for (kind, _), (count, _) in found.items()) == told["seamless"]:
        wrong.append(f"seamless is not {told['seamless']}")
    print(f"{'WRONG' if wrong else 'ok   '} {name}: seamless {told['seamless']}, {len(told['must'])} kinds")
    for line in wrong:
        print(f"      {line}")
    return not wrong


def main():
    if not DATA.is_dir():
        print("skipped: no real data")
        return
    told = read_expected()
    results = [check(path.stem, told[path.stem]) for path in sorted(DATA.glob("*.json"))]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) and len(results) == len(told) else 1)


if __name__ == "__main__":
    main()
