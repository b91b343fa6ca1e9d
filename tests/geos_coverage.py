#!/usr/bin/env python3
"""Gaps and overlaps of real boundaries against an independent engine: GEOS, through shapely.

For each data set GEOS nodes all boundaries, rounded to the lattice, and cuts the plane into faces;
each face is asked which grids cover it, by GEOS, or by exact winding numbers where GEOS calls a grid
invalid. Enclosed faces that nobody covers are gaps, faces that several cover are overlaps, and what a
grid winds around other than 0 or 1 times is broken; faces of the same kind and grids that share an
edge are one piece. The program must give the verdict that is known of the data set, and above 1 m2
both must find the same ground, of the same kind and the same grids, and nothing else.

Differences that have a reason, each counted in what is printed:

- The program rounds crossings to the lattice, which moves a border by less than a unit (1.1 cm). The
  areas of a piece may differ by its perimeter times that, which matters for a piece of about 1 m2; a
  grid beyond a corner may become a neighbour, or cease to be one; and pieces joined by a neck thinner
  than a unit may be one or several.
- What is at most two units wide is reported as a hairline of its border. A piece that GEOS finds so
  narrow must be in a hairline of the same grids; within a unit and a half of that width either name
  is right. Necks and misfits that rounding closes altogether are hairlines of the grids that then lie
  along them, two of which at least must have a misfit for GEOS.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project; without
them nothing is compared. Prints one line per data set, and "N passed, N failed".
"""

import json
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy
import shapely

from geos_agrees import REAL, read_shapefile
from tried_program import REAL_DATA, run

UNIT = 1e-7
ABOVE_M2 = 1.0
HAIRLINE_UNITS = 2
# how far rounding to the lattice moves a crossing: half a diagonal, in units
MOVED_UNITS = 0.7072

# kinds of the program, as the pieces here are named
KINDS = {
    "gap": "gap", "overlap": "overlap", "duplicate-grid": "overlap", "self-intersection": "broken ground",
}
# what is counted of a data set: what both have, and the reasons for differences
AGREED = ("gaps", "overlaps", "broken grounds", "in hairlines")
REASONS = ("with a neighbour by touch", "cut at a neck", "around 1 m2", "hairlines at necks")

# file, and whether it is seamless within its own rim: the state that an independent check gave it
SETS = [
    ("dc-grids/ward-2012.geojson", True),
    ("dc-grids/advisory-neighborhood-commission-2013.geojson", True),
    ("dc-grids/single-member-district-2013.geojson", True),
    ("dc-grids/voting-precinct-2002.geojson", False),
    ("dc-grids/voting-precinct-2008.geojson", True),
    ("dc-grids/voting-precinct-2012.geojson", False),
    ("dc-grids/census-tracts-1990.geojson", True),
    ("dc-grids/census-tracts-2000.geojson", False),
    ("dc-grids/snow-removal-areas.geojson", False),
    ("cn-counties/211400_counties.geojson", True),
    ("cn-counties/360700_counties.geojson", True),
    ("chongqing-gbk/区县界_area.shp", True),
    ("chongqing-gbk/adcode-gcj02.geojson", False),
    ("tottori-chome/31-tottori-all.shp", True),
    ("calgary-wards/wards-2013.geojson", True),
    ("calgary-wards/wards-2017.geojson", True),
    ("india-wards/Bangalore_BBMP_oldWards.geojson", False),
    ("india-wards/Bangalore_BBMP.geojson", False),
    ("india-wards/Bhopal_Bhopal_wards.geojson", False),
    ("tw-villages/twVillage1982.topo.json", False),
]


class Grid:
    """A grid on the lattice: every ring with its role, as integers, and what GEOS makes of them."""

    def __init__(self, parts):
        self.rings = []
        for part in parts:
            for place, ring in enumerate(part):
                ring = numpy.round(numpy.asarray(ring)[:, :2] / UNIT)
                a, b = ring[:-1] - ring[0], ring[1:] - ring[0]
                clockwise = numpy.sum(a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]) < 0
                # shells count counter-clockwise, holes clockwise
                self.rings.append(ring[::-1] if clockwise == (place == 0) else ring)
        self.boundary = shapely.multilinestrings([shapely.LineString(ring) for ring in self.rings])
        polygons, at = [], 0
        for part in parts:
            shell, *holes = self.rings[at:at + len(part)]
            polygons.append(shapely.Polygon(shell, holes))
            at += len(part)
        self.ground = shapely.MultiPolygon(polygons)
        self.is_valid = self.ground.is_valid

    def winding(self, point):
        """How often the boundary winds around a point, exactly."""
        x, y = Fraction(point.x), Fraction(point.y)
        turns = 0
        for ring in self.rings:
            below = ring[:, 1] <= point.y
            for i in numpy.flatnonzero(below[:-1] != below[1:]):
                (ax, ay), (bx, by) = (map(int, ring[j]) for j in (i, i + 1))
                side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
                # an edge through the point is one that cancels, and counts neither way
                if side != 0 and (side > 0) == below[i]:
                    turns += 1 if below[i] else -1
        return turns


class Piece:
    """Misfitting ground in metres: its kind, the grids concerned, and whether it is a hairline.

    Ground so near to two units wide that rounding decides is both narrow and wide.
    """

    def __init__(self, kind, grids, ground):
        self.kind, self.grids, self.ground = kind, frozenset(grids), ground
        unit = scale(shapely.centroid(ground).y * UNIT)
        ground = shapely.transform(ground, lambda c: (c - c[0]) * unit)
        self.area, self.perimeter = ground.area, ground.length
        self.room = self.perimeter * MOVED_UNITS * max(unit)

        def wider(units):
            half = units / 2 * max(unit)
            return ground.area > half * ground.length or not ground.buffer(-half).is_empty

        self.may_be_wide = wider(HAIRLINE_UNITS - 2 * MOVED_UNITS)
        self.may_be_hairline = not wider(HAIRLINE_UNITS + 2 * MOVED_UNITS)


def scale(lat):
    """Metres per lattice unit to the east and to the north (GRS 80)."""
    sine = numpy.sin(numpy.radians(lat))
    squared = 0.00669438002290
    w = numpy.sqrt(1 - squared * sine**2)
    degree = numpy.pi / 180 * 6378137
    return UNIT * degree / w * numpy.cos(numpy.radians(lat)), UNIT * degree * (1 - squared) / w**3


def read(folder, name):
    """The parts of each feature, lists of rings of degrees; features without geometry left out."""
    path = folder / name
    if path.suffix == ".shp":
        shapes = read_shapefile(path, dict(REAL)[name])[1]
        return [parts_of(json.loads(shapely.to_geojson(shape))) for shape in shapes]
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["type"] == "Topology":
        return [parts_of(geometry) for geometry in of_topology(data)]
    return [parts_of(f["geometry"]) for f in data["features"] if f["geometry"]]


def parts_of(geometry):
    coordinates = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def of_topology(topology):
    """The polygons of a TopoJSON file: rings strung together from shared arcs."""
    factor, offset = (numpy.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [numpy.cumsum(arc, axis=0) * factor + offset for arc in topology["arcs"]]

    def ring(numbers):
        lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return numpy.concatenate([lines[0], *(line[1:] for line in lines[1:])]).tolist()

    for layer in topology["objects"].values():
        for geometry in layer["geometries"]:
            if geometry["type"] == "Polygon":
                yield {"type": "Polygon", "coordinates": [ring(r) for r in geometry["arcs"]]}
            elif geometry["type"] == "MultiPolygon":
                parts = [[ring(r) for r in part] for part in geometry["arcs"]]
                yield {"type": "MultiPolygon", "coordinates": parts}


def is_closed(parts):
    """Whether the rings are rings: a feature with one left open becomes no grid."""
    return all(list(ring[0]) == list(ring[-1]) and len(ring) > 3 for part in parts for ring in part)


def by_geos(grids):
    """The pieces of misfitting ground. Grids by their numbers."""
    lines = shapely.union_all([grid.boundary for grid in grids.values()])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(faces)
    tree = shapely.STRtree(points)
    owners, broken = [set() for _ in faces], defaultdict(list)
    valid = [number for number, grid in grids.items() if grid.is_valid]
    whose, inside = tree.query([grids[n].ground for n in valid], predicate="contains")
    for grid, face in zip(whose, inside):
        owners[face].add(valid[grid])
    for number, grid in grids.items():
        if not grid.is_valid:
            for face in tree.query(shapely.box(*grid.boundary.bounds)):
                turns = grid.winding(points[face])
                if turns != 0:
                    owners[face].add(number)
                if turns not in (0, 1):
                    broken[number].append(face)

    pieces = [Piece("broken ground", [n], ground) for n, f in broken.items() for ground in joined(faces[f])]
    over = defaultdict(list)
    for face, covering in enumerate(owners):
        if len(covering) > 1:
            over[frozenset(covering)].append(face)
    pieces += [Piece("overlap", group, ground) for group, f in over.items() for ground in joined(faces[f])]
    bare = [face for face, covering in enumerate(owners) if not covering]
    gaps = joined(faces[bare])
    around = [set() for _ in gaps]
    if len(gaps):
        whose, beside = shapely.STRtree(faces).query(gaps, predicate="touches")
        along = shapely.relate_pattern(gaps[whose], faces[beside], "****1****")
        for gap, face in zip(whose[along], beside[along]):
            around[gap] |= owners[face]
    return pieces + [Piece("gap", group, ground) for group, ground in zip(around, gaps)]


def joined(faces):
    """Faces that share an edge as one; a vertex joins nothing."""
    return shapely.get_parts(shapely.union_all(faces))


def by_the_program(grids, folder):
    """The report on the same grids, coded by their numbers."""
    features = [
        {"type": "Feature", "properties": {"code": f"{number:05d}"},
         "geometry": {"type": "MultiPolygon", "coordinates": parts}}
        for number, parts in grids.items()
    ]
    path = folder / "numbered.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    report = run("validate", path, "--format", "json", "--inlet-width", "0", "--skip-invalid", fine=(0, 1))
    return json.loads(report)


def found_in(report):
    """Ground that the program reports: lists of (kind, grids, area, ground in units)."""
    found = []
    for defect in report["defects"]:
        kind = KINDS.get(defect["kind"])
        if kind and defect["geometry"]["type"] in ("Polygon", "MultiPolygon"):
            ground = shapely.from_geojson(json.dumps(defect["geometry"]))
            ground = shapely.transform(ground, lambda c: numpy.round(c / UNIT))
            found.append((kind, {int(code) for code in defect["grids"]}, defect["area_m2"], ground))
    return found


def matched(ours, theirs):
    """Pieces of one kind that lie on the same ground, as pairs of lists."""
    sides = [(0, i) for i in range(len(ours))] + [(1, i) for i in range(len(theirs))]
    root = {side: side for side in sides}

    def find(side):
        while root[side] != side:
            side = root[side]
        return side

    tree = shapely.STRtree([piece.ground for piece in theirs])
    for i, (kind, _, _, ground) in enumerate(ours):
        for j in tree.query(ground, predicate="intersects"):
            if theirs[j].kind == kind and shapely.relate_pattern(ground, theirs[j].ground, "2********"):
                root[find((0, i))] = find((1, j))
    groups = defaultdict(lambda: ([], []))
    for side in sides:
        groups[find(side)][side[0]].append((ours, theirs)[side[0]][side[1]])
    return groups.values()


def compare(report, theirs, grids):
    """What the two agree on, counted, and where they differ: texts."""
    hairlines = {frozenset(map(int, d["grids"])) for d in report["defects"] if d["kind"] == "hairline"}
    counts, differences, largest = Counter(), [], 0.0
    for ours, pieces in matched(found_in(report), theirs):
        area = sum(a for _, _, a, _ in ours)
        their_area = sum(piece.area for piece in pieces)
        if max(area, their_area) <= ABOVE_M2:
            continue
        kind = ours[0][0] if ours else pieces[0].kind
        names = set().union(*(g for _, g, _, _ in ours))
        their_names = set().union(*(piece.grids for piece in pieces))
        room = sum(piece.room for piece in pieces)
        what = f"{kind}: {area:.2f} m2 of {sorted(names)}, GEOS {their_area:.2f} m2 of {sorted(their_names)}"
        if not ours and all(piece.may_be_hairline for piece in pieces):
            counts["in hairlines"] += 1
            if not all(piece.grids in hairlines for piece in pieces):
                differences.append(f"no hairline for {what}")
        elif not (ours and pieces and any(piece.may_be_wide for piece in pieces)):
            differences.append(what)
        elif abs(area - their_area) > room:
            differences.append(f"{what}, which may differ by {room:.2f} m2")
        elif not all(touches(grids[n], pieces) for n in names ^ their_names):
            differences.append(what)
        else:
            largest = max(largest, abs(area - their_area))
            counts[f"{kind}s"] += 1
            counts["with a neighbour by touch"] += names != their_names
            counts["cut at a neck"] += len(ours) != len(pieces)
            counts["around 1 m2"] += min(area, their_area) <= ABOVE_M2
    for border in hairlines - {piece.grids for piece in theirs if piece.may_be_hairline}:
        counts["hairlines at necks"] += 1
        if not any(len(border & piece.grids) > 1 for piece in theirs):
            differences.append(f"a hairline of {sorted(border)}, of which GEOS has no misfit")
    return counts, largest, differences


def touches(grid, pieces):
    """Whether a grid lies so near to the ground that rounding may make them neighbours."""
    return any(shapely.distance(grid.boundary, piece.ground) <= 2 * MOVED_UNITS for piece in pieces)


def check(folder, name, seamless):
    """What is said of a data set, and where the two differ: texts."""
    given = dict(enumerate(read(folder, name)))
    with tempfile.TemporaryDirectory() as scratch:
        report = by_the_program(given, Path(scratch))
    grids = {number: Grid(parts) for number, parts in given.items() if is_closed(parts)}
    counts, largest, differences = compare(report, by_geos(grids), grids)
    if report["seamless"] != seamless:
        differences.insert(0, f"seamless is {report['seamless']}, expected {seamless}")
    if report["grids"] != len(grids):
        differences.insert(0, f"{report['grids']} grids, GEOS {len(grids)}")
    said = f"{name}: {len(grids)} grids, {'seamless' if report['seamless'] else 'not seamless'}"
    if len(grids) < len(given):
        said += f", {len(given) - len(grids)} left out with an open ring"
    told = [f"{counts[what]} {what}" for what in AGREED if counts[what]]
    if told:
        said += f"; both have above 1 m2: {', '.join(told)}; no area differs by more than {largest:.2f} m2"
    reasons = [f"{counts[what]} {what}" for what in REASONS if counts[what]]
    if reasons:
        said += f"; explained: {', '.join(reasons)}"
    return said, differences


def main():
    if not REAL_DATA.is_dir():
        print("skipped: no real data")
        return
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for said, differences in pool.map(lambda of: check(REAL_DATA, *of), SETS):
            print(said, flush=True)
            for difference in differences[:8]:
                print(f"  DIFFERS {difference}")
            failed += bool(differences)
    print(f"{len(SETS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
