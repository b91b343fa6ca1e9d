"""Point in polygon by shapely: a bulk query of an STRtree, as the bench lookup_peers asks.

Usage: strtree_lookup.py polygons.txt points.txt answers.txt
"""

import statistics
import sys
import time

import numpy as np
import shapely

with open(sys.argv[1]) as lines:
    rings = [np.fromstring(line, sep=" ").reshape(-1, 2) for line in lines]
polygons = shapely.polygons([shapely.linearrings(ring) for ring in rings])
start = time.perf_counter()
tree = shapely.STRtree(polygons)
# the tree is built at its first query
tree.query(shapely.Point(0, 0))
built_ms = (time.perf_counter() - start) * 1e3

places = np.loadtxt(sys.argv[2])
points = shapely.points(places)
runs = []
for run in range(6):
    begin = time.thread_time()
    of_points, of_polygons = tree.query(points, predicate="intersects")
    # the first one warms the caches
    if run > 0:
        runs.append(time.thread_time() - begin)
answers = np.full(len(points), -1)
# of several, the last: on a shared border any will do
answers[of_points] = of_polygons
print(f"{statistics.median(runs) * 1e9 / len(points):.3f} {built_ms:.1f} nan")
np.savetxt(sys.argv[3], answers, fmt="%d")
