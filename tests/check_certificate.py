#!/usr/bin/env python3
"""Checks again, from the boundaries alone, what a certificate says of a coverage of grids.

All is exact, in whole numbers on a lattice of 1e-7 degree. Edges are cut at every vertex on them;
no two may cross. Of two that face each other, the southern must have the grid to its north that the
northern has to its south, or both none: so each point off the edges is in one grid or in none, and
in none only where the outline leaves it out or, without an outline, in the unbounded face.
Needs Python 3.10, nothing else. Prints a line for each check; exits with 1 if one is WRONG.
"""
import argparse
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cmp_to_key
from itertools import chain
from pathlib import Path


def read(path, column):
    """Each grid's rings, as lists of directed edges; features of one code are parts of one grid."""
    data, grids = json.loads(Path(path).read_bytes()), defaultdict(list)
    for feature in data.get("features", [data]):
        geometry = feature["geometry"] or {"type": "MultiPolygon", "coordinates": []}
        parts = geometry["coordinates"]
        for part in parts if geometry["type"] == "MultiPolygon" else [parts]:
            shell, *holes = (lattice_ring(ring, -1 if i else 1) for i, ring in enumerate(part))
            if shell:  # one below three vertices takes its holes with it
                code = str(feature["properties"][column]).strip() if column else None
                grids[code] += [shell, *filter(None, holes)]
    return grids


def lattice_ring(coordinates, turn):
    """Shells run counter-clockwise (1), holes clockwise (-1), whatever the file says."""
    points = [(round(x * 1e7), round(y * 1e7)) for x, y, *_ in coordinates]  # halves to even
    points = [p for i, p in enumerate(points) if p != points[i - 1]]
    ring = list(zip(points, points[1:] + points[:1])) if len(points) > 2 else []
    return [(b, a) for a, b in ring] if doubled_area(ring) * turn < 0 else ring


def doubled_area(edges):
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in edges)


def cross(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])  # > 0: c left of a to b


def digest(named):
    parts = ([name] + ["%d %d %d %d" % (a + b) for a, b in sorted(chain(*of))] for name, of in named)
    return hashlib.sha256("".join(line + "\n" for line in chain(*parts)).encode()).hexdigest()


def summed(runs):
    """{edge: {grid: times along it, less times against it}}; what comes to nothing is left out."""
    sums = defaultdict(lambda: defaultdict(int))
    for a, b, grid, times in runs:
        sums[min(a, b), max(a, b)][grid] += times if a < b else -times
    return {edge: net for edge, at in sums.items() if (net := {g: n for g, n in at.items() if n})}


def sweep(edges):
    """Goes over edges, lesser end to greater, from west to east. Gives the pieces between vertices,
    with the edges each is of, and the sides that face each other; nothing where two edges cross."""
    starting, pieces, facing = defaultdict(list), defaultdict(list), []
    line = [(None, None, [])] * 2  # the pieces at p from south to north, between no piece and none
    for edge in edges:
        starting[edge[0]].append(edge)
    for p in sorted(set(chain(*edges))):
        low, high = (find(line, 0, 1, len(line) - 1, key=lambda s: -cross(s[0], s[1], p))
                     for find in (bisect_left, bisect_right))
        onward = defaultdict(list, {edge[1]: [edge] for edge in starting[p]})
        for start, end, whole in line[low:high]:
            pieces[start, p] += whole
            if end != p:
                onward[end] += whole
        northward = sorted(onward, key=cmp_to_key(lambda s, t: cross(p, t, s)))
        line[low:high] = [(p, end, onward[end]) for end in northward]
        near = line[low - 1:low + len(onward) + 1]
        for (a, b, _), (c, d, _) in zip(near, near[1:]):
            if a and c and cross(a, b, c) * cross(a, b, d) < 0 > cross(c, d, a) * cross(c, d, b):
                return {}, []
            facing.append(((a, b), (d, c)))
    return pieces, facing


def groups(pairs):
    """How many groups there are, when the two of each pair belong together."""
    group = {item: {item} for item in chain(*pairs)}
    for a, b in pairs:
        small, large = sorted((group[a], group[b]), key=len)
        if small is not large:
            large |= small
            group.update(dict.fromkeys(small, large))
    return len({id(members) for members in group.values()})


def checks(grids, outline, said):
    rings, areas = list(chain(*grids.values())), {c: doubled_area(chain(*grids[c])) for c in grids}
    simple = [ring for ring in rings if len(ring) == len(set(chain(*ring)))
              == len(sweep({(min(edge), max(edge)) for edge in ring})[0])]
    drawn = summed((*edge, code, 1) for code, rings in chain(grids.items(), outline.items())
                   for edge in chain(*rings))
    edges = summed((*piece, code, times) for piece, whole in sweep(drawn)[0].items()
                   for edge in whole for code, times in drawn[edge].items())
    facing, beside, equal = sweep(edges)[1], {(None, None): None}, bool(edges)
    fits = equal and min(areas.values()) > 0
    for (a, b), runs in edges.items():
        given, sides = runs.pop(None, 0), {times: code for code, times in runs.items()}
        beside[a, b], beside[b, a] = sides.get(1), sides.get(-1)
        fits &= len(sides) == len(runs) and sides.keys() <= {1, -1}
        equal &= given == sum(runs.values())
    fits &= all(beside[south] == beside[north] for south, north in facing)
    rim = [edge for edge in edges if None in (beside[edge], beside[edge[::-1]])]
    holes = groups([sides for sides in facing if beside[sides[0]] is None]) - 1
    v, e, f, c = len(set(chain(*edges))), len(edges), groups(facing), groups(edges)
    counts = dict(
        lattice_unit_deg=1e-7, grids=len(grids), rings=len(rings), simple_rings=len(simple),
        canonical_sha256=digest((f"grid {c}", grids[c]) for c in sorted(grids, key=str.encode)),
        outline_sha256=digest([("outline", outline[None])]) if outline else None,
        directed_edges=sum(map(len, rings)), vertices=v, edges=e, faces=f, components=c,
        cancelled_edges=e - len(rim), residual_edges=len(rim), rim_components=groups(rim),
        residual_equals="outline" if outline else "own-rim", rim_holes=holes,
        doubled_area=str(sum(areas.values())))
    for name, found in counts.items():
        yield f"{name} {found}, certified {said.get(name)}", found == said.get(name)
    yield "V - E + F = 1 + C", v - e + f == 1 + c
    yield "no two edges cross, and off them each point lies in one grid or in none", fits
    yield "the rim is the outline, or has no hole", equal if outline else holes == 0
    for level in said["levels"]:
        units = [unit["grids"] for unit in level["units"]]
        sums = [str(sum(areas.get(code, 0) for code in unit)) for unit in units]
        yield f"level {level['level']} shares out the grids", sorted(chain(*units)) == sorted(grids)
        yield f"level {level['level']}: doubled areas", [level["doubled_area"], *sums] == [
            counts["doubled_area"], *(unit["doubled_area"] for unit in level["units"])]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for option in ("grids", "report", "--code", "--outline"):
        parser.add_argument(option)
    args = parser.parse_args()
    certificate = json.loads(Path(args.report).read_bytes())["certificate"]
    boundary = read(args.outline, None) if args.outline else {}
    results = list(checks(read(args.grids, args.code or "code"), boundary, certificate))
    for what, holds in results:
        print("ok   " if holds else "WRONG", what)
    raise SystemExit(not all(holds for _, holds in results))
