#!/usr/bin/env python3
"""Whole pyramids of cities, zooms 0 to 16, by the program's own check: every tile is decoded.

The synthetic cities are as they are generated, with all that they show. Real boundaries are mended
first (`wangge repair`, all gaps filled) where they are not seamless. Each must come out with no gap,
no overlap, no missing grid, no invalid ring and one label for each grid.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project; without
them only the synthetic cities are checked. Names of data sets, or "all", may be given; without, some
are checked. Prints one line per data set, and "N passed, N failed".
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from tried_program import REAL_DATA, asked_for, mapped_store, run


def check(name, folder):
    """The report of one data set."""
    store = mapped_store(name, folder)
    start = time.monotonic()
    report = json.loads(run("tiles", "check", "--store", store, "--json", fine=(0, 1)))
    return report, time.monotonic() - start


def main():
    names = asked_for(sys.argv[1:])
    if not REAL_DATA.is_dir():
        print("skipped: no real data")
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            report, seconds = check(name, Path(folder))
        zooms = report["zooms"]
        tiles = sum(zoom["tiles"] for zoom in zooms)
        largest = max((zoom["largest"] for zoom in zooms if zoom.get("largest")), key=lambda tile: tile["bytes"])
        print(f"{name}: {tiles} tiles, {report['fault_count']} faults, largest {largest['bytes']} bytes, {seconds:.1f} s",
              flush=True)
        for fault in report["faults"][:20]:
            print(f"  {fault}")
        failed += not report["sound"] or zooms[-1]["zoom"] != 16
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
