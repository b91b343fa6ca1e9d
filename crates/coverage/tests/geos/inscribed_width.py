#!/usr/bin/env python3
"""Writes the table that tests/width.rs compares with: random ground, and its width by GEOS.

Run by hand, with shapely: python3 inscribed_width.py > inscribed_width.tsv
Columns: what it is, width in metres, the polygon in lattice units (1e-7 degree).
"""

import math
import random

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

# GB 22021-2008
A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)
ORIGIN = np.array([1163000000, 397000000])
dice = random.Random(20240607)


def scale(lat):
    """Metres per lattice unit, east and north."""
    sin, cos = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    w2 = 1 - E2 * sin * sin
    unit = math.pi / 180 * 1e-7
    return np.array([A / math.sqrt(w2) * cos * unit, A * (1 - E2) / w2**1.5 * unit])


def landed(ground_m):
    ground = shapely.transform(ground_m, lambda c: np.round(c / scale(ORIGIN[1] * 1e-7)))
    return shapely.transform(largest(shapely.set_precision(ground, 1)), lambda c: c + ORIGIN)


def largest(ground):
    return max(getattr(ground, "geoms", [ground]), key=lambda part: part.area)


def width(ground):
    _, south, _, north = ground.bounds
    in_metres = shapely.transform(ground, lambda c: (c - ORIGIN) * scale((south + north) / 2 * 1e-7))
    tolerance = in_metres.area / in_metres.length * 1e-4
    return 2 * shapely.maximum_inscribed_circle(in_metres, tolerance).length


def star(vertices, radius, spread):
    angles = sorted(dice.uniform(0, 2 * math.pi) for _ in range(vertices))
    rays = [(radius * (1 - spread * dice.random()), angle) for angle in angles]
    return Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in rays]).buffer(0)


def triangle(size):
    return Polygon([(dice.uniform(0, size), dice.uniform(0, size)) for _ in range(3)])


def strip(width, length, bends):
    line = [(length * i / bends, dice.uniform(-1, 1) * length / 40) for i in range(bends + 1)]
    return LineString(line).buffer(width / 2, cap_style="flat", join_style="mitre", mitre_limit=2)


def pierced(holes, radius):
    ground = box(0, 0, 30, 30)
    for _ in range(holes):
        hole = shapely.transform(
            star(dice.randint(4, 7), radius, 0.5),
            lambda c: c + np.array([dice.uniform(2, 28), dice.uniform(2, 28)]),
        )
        ground = ground.difference(hole)
    return largest(ground)


def comb(teeth):
    tips = []
    for i in range(teeth, 0, -1):
        tips += [(3 * i, dice.uniform(4, 9)), (3 * i - 1.5, 2.5)]
    return Polygon([(0, 0), (3 * teeth, 0), *tips, (0, 9)])


def cells(side):
    """Some cells of a wobbling board, so that rings touch; in lattice units already."""
    wobble = {(i, j): (8 * i + dice.randint(-3, 3), 8 * j + dice.randint(-3, 3)) for i in range(side + 1) for j in range(side + 1)}
    taken = [
        Polygon([wobble[i, j], wobble[i + 1, j], wobble[i + 1, j + 1], wobble[i, j + 1]])
        for i in range(side)
        for j in range(side)
        if dice.random() < 0.75
    ]
    return shapely.transform(largest(shapely.union_all(taken)), lambda c: c + ORIGIN)


def rows():
    for size in (0.5, 20, 3000):
        yield f"triangle {size} m", landed(triangle(size))
    for vertices, radius, spread in ((5, 1, 0.5), (9, 50, 0.8), (15, 400, 0.95), (24, 5000, 0.4)):
        yield f"star of {vertices}", landed(star(vertices, radius, spread))
    for metres, length, bends in ((2, 60, 1), (0.5, 40, 3), (0.1, 8, 4)):
        yield f"strip with {bends} bends", landed(strip(metres, length, bends))
    for holes, radius in ((1, 9), (3, 8), (5, 5)):
        yield f"pierced {holes} times", landed(pierced(holes, radius))
    for teeth in (2, 5):
        yield f"comb of {teeth}", landed(comb(teeth))
    for side in (2, 3, 4, 4, 5):
        yield f"touching rings, board of {side}", cells(side)


for name, ground in rows():
    assert ground.is_valid, name
    print(f"{name}\t{width(ground):.6f}\t{shapely.to_wkt(ground, rounding_precision=0)}")
