#!/usr/bin/env python3
"""Checks what the drawings beside this script expect against an independent engine: GEOS.

    make setup-test
    target/python/bin/python crates/coverage/tests/drawings/verify.py [NAME...]

Every defect is found anew and compared with the expected ones, in two ways that share nothing
but the reading of the file:

1. All boundaries are noded and polygonized by GEOS. For a point in each face the winding number
   of each grid is counted; faces with the same grids over them that share an edge are one piece.
   What is empty, touched, repeated or used both ways is read from the coordinates.
2. Where every grid is valid for GEOS, its overlay says how much ground pairs of grids have in
   common, how much the union leaves out, and how much of it lies beyond the outline. These sums
   must be those of the pieces.

Prints one line per drawing with what GEOS's own coverage check says of it, and
"N passed, N failed". README.md tells the format of the drawings.
"""

import itertools
import sys
from collections import Counter, defaultdict
from pathlib import Path

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

# no compiled copy of the reader is left among the drawings
sys.dont_write_bytecode = True
from drawing import Defect, Drawing  # noqa: E402

# a lattice unit is 1e-7 degree, and a degree on the equator this many metres (WGS 84)
METRES_PER_UNIT = 6378137 * 3.141592653589793 / 180 * 1e-7
INLET_WIDTH_M = 1.0
HAIRLINE_WIDTH_UNITS = 2
OUTER = -1


def doubled(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs(ring))


def pairs(ring):
    return list(zip(ring, ring[1:] + ring[:1]))


def rings_of(shape):
    return [ring for part in shape for ring in part]


def by_role(shape):
    """The rings as they count: shells counter-clockwise, holes clockwise."""
    turned = []
    for part in shape:
        for place, ring in enumerate(part):
            clockwise = doubled(ring) < 0
            turned.append(ring[::-1] if clockwise == (place == 0) else ring)
    return turned


def winding(rings, point):
    """How often the rings wind around a point that lies on none of them, or on edges that cancel."""
    x, y = point
    turns = 0
    for ring in rings:
        for (ax, ay), (bx, by) in pairs(ring):
            if (ay <= y) != (by <= y):
                side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
                if ay <= y and side > 0:
                    turns += 1
                elif by <= y and side < 0:
                    turns -= 1
    return turns


def box(rings):
    xs, ys = zip(*(point for ring in rings for point in ring))
    return min(xs), min(ys), max(xs), max(ys)


class Arrangement:
    """The faces that all boundaries cut the plane into, and who covers them."""

    def __init__(self, drawing):
        self.drawing = drawing
        self.turned = {code: by_role(shape) for code, shape in drawing.grids.items()}
        outline = by_role(drawing.outline) if drawing.outline else []
        boundaries = [LineString(ring + ring[:1]) for rings in [*self.turned.values(), outline] for ring in rings]
        noded = shapely.get_parts(shapely.unary_union(boundaries))
        self.faces = list(shapely.polygonize(noded).geoms)
        boxes = {code: box(rings) for code, rings in self.turned.items()}
        self.windings, self.within = [], []
        for face in self.faces:
            point = face.representative_point()
            x, y = point.x, point.y
            near = [c for c, b in boxes.items() if b[0] < x < b[2] and b[1] < y < b[3]]
            turns = {code: winding(self.turned[code], (x, y)) for code in near}
            self.windings.append({code: n for code, n in turns.items() if n != 0})
            self.within.append(winding(outline, (x, y)) != 0)
        self.sides = defaultdict(list)
        for number, face in enumerate(self.faces):
            for ring in [face.exterior, *face.interiors]:
                for edge in itertools.pairwise(ring.coords):
                    self.sides[frozenset(edge)].append(number)
        for faces in self.sides.values():
            if len(faces) == 1:
                faces.append(OUTER)

    def grids(self, face):
        return frozenset() if face == OUTER else frozenset(self.windings[face])

    def inside(self, face):
        return face != OUTER and self.within[face]

    def pieces(self, label):
        """Faces with the same label that hang together by edges; those without a label left out."""
        root = {face: face for face in range(OUTER, len(self.faces))}

        def find(face):
            while root[face] != face:
                face = root[face]
            return face

        for a, b in self.sides.values():
            if label(a) == label(b):
                root[find(a)] = find(b)
        gathered = defaultdict(set)
        for face in root:
            if label(face):
                gathered[find(face)].add(face)
        return [Piece(self, faces) for faces in gathered.values() if OUTER not in faces]


class Piece:
    """Ground that hangs together by edges."""

    def __init__(self, arrangement, faces):
        self.ground = shapely.union_all([arrangement.faces[face] for face in faces])
        self.doubled_area = 2 * sum(arrangement.faces[face].area for face in faces)
        self.grids = arrangement.grids(next(iter(faces)))
        self.around, self.perimeter, self.along_outline = set(), 0.0, 0.0
        for edge, (a, b) in arrangement.sides.items():
            if (a in faces) != (b in faces):
                beyond = b if a in faces else a
                length = LineString(list(edge)).length
                self.around |= arrangement.grids(beyond)
                self.perimeter += length
                if arrangement.inside(a) != arrangement.inside(b):
                    self.along_outline += length

    def width(self):
        return 2 * shapely.maximum_inscribed_circle(self.ground, tolerance=1e-4).length


def found_in(drawing):
    """Every defect of a drawing, areas in the drawing's own units."""
    faces = Arrangement(drawing)
    found = list(of_single_grids(drawing, faces)) + list(unmatched_vertices(drawing))

    ground = defaultdict(set)
    for number in range(len(faces.faces)):
        for code in faces.grids(number):
            ground[code].add(number)
    alike = defaultdict(set)
    for code, covered in ground.items():
        alike[frozenset(covered)].add(code)
    duplicates = {frozenset(codes) for codes in alike.values() if len(codes) > 1}
    found += [Defect("duplicate-grid", codes) for codes in duplicates]
    found += [Defect("empty", [code]) for code in drawing.grids if code not in ground]

    misfits = []
    for piece in faces.pieces(lambda face: faces.grids(face) if len(faces.grids(face)) > 1 else None):
        if piece.grids not in duplicates:
            misfits.append(("overlap", piece.grids, piece))
    if drawing.outline is None:
        # the outer face is uncovered as well, and what hangs together with it is no gap
        gaps = faces.pieces(lambda face: not faces.grids(face))
        misfits += [("gap", piece.around, piece) for piece in gaps]
        found += suspects(drawing, faces, ground, gaps)
    else:
        for piece in faces.pieces(lambda face: faces.inside(face) and not faces.grids(face)):
            kind = "gap"
            if piece.along_outline > 0:
                kind = "parent-uncovered" if 2 * piece.along_outline >= piece.perimeter else "inlet"
            misfits.append((kind, piece.around, piece))
        for code in drawing.grids:
            for piece in faces.pieces(lambda face: code in faces.grids(face) and not faces.inside(face)):
                misfits.append(("outside-parent", [code], piece))
    hairlines = set()
    for kind, codes, piece in misfits:
        if kind in ("gap", "overlap") and piece.width() * drawing.unit <= HAIRLINE_WIDTH_UNITS + 1e-3:
            hairlines.add(frozenset(codes))
        else:
            found.append(Defect(kind, codes, piece.doubled_area))
    found += [Defect("hairline", codes) for codes in hairlines]
    return found, misfits


def of_single_grids(drawing, faces):
    """What a grid has by itself."""
    for code, shape in drawing.grids.items():
        if any(n not in (0, 1) for windings in faces.windings for c, n in windings.items() if c == code):
            yield Defect("self-intersection", [code])
        if len(shape) > 1:
            yield Defect("multi-part", [code])
        for ring in rings_of(shape):
            yield from (Defect("duplicate-vertex", [code], at=a) for a, b in pairs(ring) if a == b)
        both_ways = [common for part in shape for common in runs_both_ways(part)]
        if both_ways:
            lines = shapely.line_merge(shapely.union_all(both_ways))
            yield from (Defect("spike", [code]) for _ in shapely.get_parts(lines))


def runs_both_ways(part):
    """What one part runs along in both directions, as lines."""
    edges = [edge for ring in by_role([part]) for edge in pairs(ring) if edge[0] != edge[1]]
    for (a, b), (c, d) in itertools.combinations(edges, 2):
        if (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]) < 0:
            common = LineString([a, b]).intersection(LineString([c, d]))
            if common.length > 0:
                yield common


def unmatched_vertices(drawing):
    """Vertices exactly on an edge of another grid that has no vertex there."""
    vertices = defaultdict(set)
    for code, shape in [*drawing.grids.items(), ("outline", drawing.outline or [])]:
        for ring in rings_of(shape):
            for point in ring:
                vertices[point].add(code)
    lacking = set()
    for code, shape in drawing.grids.items():
        west, south, east, north = box(rings_of(shape))
        near = [p for p in vertices if west <= p[0] <= east and south <= p[1] <= north]
        for ring in rings_of(shape):
            for (a, b), p in itertools.product(pairs(ring), near):
                if p in (a, b) or not vertices[p] - {code}:
                    continue
                cross = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
                dot = (p[0] - a[0]) * (p[0] - b[0]) + (p[1] - a[1]) * (p[1] - b[1])
                if cross == 0 and dot < 0:
                    lacking.add((code, p))
    return [Defect("unmatched-vertex", [code], at=p) for code, p in sorted(lacking)]


def suspects(drawing, faces, ground, gaps):
    """Inlets and slits narrower than a metre: what closing the union by half a metre adds."""
    covered = [faces.faces[n] for numbers in ground.values() for n in numbers]
    whole = shapely.union_all(covered + [gap.ground for gap in gaps])
    half = INLET_WIDTH_M / 2 / METRES_PER_UNIT / drawing.unit
    closed = whole.buffer(half, join_style="mitre").buffer(-half, join_style="mitre")
    found = []
    for piece in shapely.get_parts(closed.difference(whole)):
        if piece.area > 1e-6:
            grids = []
            for code, numbers in ground.items():
                rim = shapely.union_all([faces.faces[n] for n in numbers]).boundary
                if piece.buffer(1e-9).intersection(rim).length > 1e-6:
                    grids.append(code)
            found.append(Defect("inlet", grids))
    return found


def overlay_agrees(drawing, misfits):
    """Whether overlay gives the same sums; None where a grid is not valid for GEOS."""
    grids = {code: geos(shape) for code, shape in drawing.grids.items()}
    if not all(shape.is_valid for shape in grids.values()):
        return None
    shapes = list(grids.values())
    tree = shapely.STRtree(shapes)
    common = sum(
        shapes[a].intersection(shapes[b]).area for a, b in zip(*tree.query(shapes)) if a < b
    )
    union = shapely.union_all(shapes)
    if drawing.outline is None:
        enclosed = shapely.polygonize([shapely.union_all([shape.boundary for shape in shapes])]).geoms
        missing = sum(face.area for face in enclosed if not union.covers(face.representative_point()))
        beyond = 0.0
    else:
        outline = geos(drawing.outline)
        missing, beyond = outline.difference(union).area, union.difference(outline).area
    sums = Counter()
    for kind, codes, piece in misfits:
        if kind == "overlap":
            sums[kind] += piece.doubled_area / 2 * len(codes) * (len(codes) - 1) / 2
        else:
            sums["outside" if kind == "outside-parent" else "missing"] += piece.doubled_area / 2
    for defect in drawing.expected:
        if defect.kind == "duplicate-grid":
            n = len(defect.grids)
            sums["overlap"] += grids[defect.grids[0]].area * n * (n - 1) / 2
    theirs = {"overlap": common, "missing": missing, "outside": beyond}
    return all(abs(sums[kind] - area) <= 1e-9 * max(1.0, area) for kind, area in theirs.items())


def geos(shape):
    return MultiPolygon([Polygon(part[0], part[1:]) for part in shape])


def check(drawing):
    """What differs between the drawing's lines and what was found."""
    found, misfits = found_in(drawing)
    left = list(found)
    wrong = []
    for defect in drawing.expected:
        hit = next((other for other in left if defect.is_found_in(other)), None)
        if hit is None:
            wrong.append(f"not found: {defect}")
        else:
            left.remove(hit)
    left = [other for other in left if not any(defect.is_found_in(other) for defect in drawing.allowed)]
    wrong += [f"not expected: {other}" for other in left]
    harm = {"gap", "overlap", "hairline", "self-intersection", "duplicate-grid", "outside-parent",
            "parent-uncovered", "empty"} | ({"inlet"} if drawing.outline else set())
    seamless = not any(defect.kind in harm for defect in found)
    if seamless != drawing.seamless:
        wrong.append(f"seamless is {seamless}")
    overlay = overlay_agrees(drawing, misfits)
    if overlay is False:
        wrong.append("overlay gives other sums")
    valid = shapely.coverage_is_valid([geos(shape) for shape in drawing.grids.values()])
    told = {None: "not asked", True: "agrees", False: "differs"}[overlay]
    print(f"{'ok   ' if not wrong else 'WRONG'} {drawing.name}: {len(drawing.grids)} grids, "
          f"{'seamless' if drawing.seamless else 'not seamless'}, {len(drawing.expected)} defects, "
          f"overlay {told}; GEOS coverage {'valid' if valid else 'invalid'}")
    for line in wrong:
        print(f"      {line}")
    return not wrong


def main():
    folder = Path(__file__).resolve().parent
    names = sys.argv[1:] or sorted(path.stem for path in folder.glob("*.txt"))
    results = [check(Drawing(folder / f"{name}.txt")) for name in names]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
