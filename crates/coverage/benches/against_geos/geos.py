"""One measurement of GEOS, through shapely: the other side of the benchmark beside this file.

    geos.py validate FILE [TIMES]
    geos.py simplify FILE TOLERANCE_DEG [TIMES]

FILE is a geometry collection in well-known binary, one geometry a grid. Prints one JSON object:
wall and processor time in seconds (the middle one of so many times), the most memory of the
process, whether the coverage is valid, the vertices of all rings before and after.
"""

import json
import resource
import sys
import time
from pathlib import Path

import shapely


def vertices(grids):
    """Vertices of all rings, without those that only close a ring."""
    rings = shapely.get_num_interior_rings(shapely.get_parts(grids)) + 1
    return int(shapely.get_num_coordinates(grids).sum() - rings.sum())


def timed(work, times):
    taken = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        done = work()
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall_s, cpu_s = sorted(taken)[len(taken) // 2]
    return {"wall_s": wall_s, "cpu_s": cpu_s}, done


def main():
    what, file, *rest = sys.argv[1:]
    grids = shapely.get_parts(shapely.from_wkb(Path(file).read_bytes()))
    if what == "validate":
        figures, valid = timed(lambda: shapely.coverage_is_valid(grids), int(rest[0]) if rest else 1)
        figures |= {"valid": bool(valid), "vertices": vertices(grids)}
    else:
        tolerance, times = float(rest[0]), int(rest[1]) if len(rest) > 1 else 1
        figures, thin = timed(lambda: shapely.coverage_simplify(grids, tolerance), times)
        figures |= {"valid": bool(shapely.coverage_is_valid(thin)), "vertices": vertices(grids), "left": vertices(thin)}
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["geos"] = shapely.geos_version_string
    print(json.dumps(figures))


main()
