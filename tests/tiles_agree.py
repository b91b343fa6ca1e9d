#!/usr/bin/env python3
"""Exported tiles against independent readers: SQLite and mapbox-vector-tile decode them, GEOS
(through shapely) lays their polygons over each other; the readers of PMTiles on PyPI and npm read the
archives.

Of every data set all tiles of zooms 0 to 11 are looked at, stitched over their sides, and 300
random tiles of each zoom above, where they are not all covered with their eight neighbours. In each
layer of grids, clipped to the tiles without their buffers, no ground is covered twice, and nothing
is open but where the rim of the coverage runs.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project. Names of data
sets, or "all", may be given; without, some are looked at. Prints one line per data set, and "N passed, N failed".
"""

import gzip
import hashlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import mapbox_vector_tile
import numpy
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely import affinity
from shapely.geometry import shape

from tried_program import REAL_DATA, ROOT, asked_for, mapped_store, run

EXTENT = 4096
TILE = shapely.box(0, 0, EXTENT, EXTENT)
WHOLE_TO = 11
RANDOM_TILES = 300
# square tile units: ground that floating point makes where clipped polygons meet on a side
NOTHING = 1e-3
# tile units: as far as rounding and simplification move a rim
SLACK = 4.0


def on_world(lonlat):
    """Web Mercator from 0 to 1, from the west and from the north."""
    x = lonlat[:, 0] / 360 + 0.5
    y = 0.5 - numpy.arctanh(numpy.sin(numpy.radians(lonlat[:, 1]))) / (2 * numpy.pi)
    return numpy.column_stack([x, y])


def rim_of(store, folder):
    """The rim of the city as its grids have it, on the world, and their codes."""
    path = folder / "grids.geojson"
    run("export", "grids", "--store", store, "-o", path)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    grids = [shapely.make_valid(shape(f["geometry"])) for f in features]
    codes = {f["properties"]["code"] for f in features}
    return shapely.transform(shapely.union_all(grids).boundary, on_world), codes


class Tiles:
    """The tiles of an MBTiles archive: GeoJSON coordinates in tile units, y to the south."""

    def __init__(self, path):
        self.rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def addresses(self, zoom):
        rows = self.rows.execute(
            "SELECT tile_column, tile_row FROM tiles WHERE zoom_level = ?", [zoom])
        return sorted((x, (1 << zoom) - 1 - y) for x, y in rows)

    def bytes(self, zoom, x, y):
        row = self.rows.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            [zoom, x, (1 << zoom) - 1 - y]).fetchone()
        return gzip.decompress(row[0]) if row else None

    def zooms(self):
        return [z for (z,) in self.rows.execute(
            "SELECT DISTINCT zoom_level FROM tiles ORDER BY zoom_level")]

    def levels(self, zoom):
        """The layers of grids that a zoom has by the archive's own words, top to bottom."""
        (text,) = self.rows.execute("SELECT value FROM metadata WHERE name = 'json'").fetchone()
        return [layer["id"] for layer in json.loads(text)["vector_layers"]
                if layer["id"].startswith("grid_") and layer["minzoom"] <= zoom]

    def lowest(self):
        """The layer of the lowest level."""
        return self.levels(max(self.zooms()))[-1]

    @lru_cache(maxsize=64)
    def grounds(self, zoom, x, y):
        """For each layer of grids its ground in the tile proper and its codes; and what is wrong."""
        data = self.bytes(zoom, x, y)
        if data is None:
            return {}, []
        layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        grounds, faults = {}, []
        for name, layer in layers.items():
            if not name.startswith("grid_"):
                continue
            clipped, codes = [], set()
            for feature in layer["features"]:
                code, ground = feature["properties"]["code"], shape(feature["geometry"])
                is_sound = ground.is_valid
                # what lies beyond the tile may be cut short there
                inner = (ground if is_sound else shapely.make_valid(ground)).intersection(TILE)
                if inner.area > 0:
                    if not is_sound and not inner.is_valid:
                        faults.append(f"{zoom}/{x}/{y} {name}: {code} is not valid")
                    clipped.append(inner)
                    codes.add(code)
            union = shapely.union_all(clipped)
            twice = sum(ground.area for ground in clipped) - union.area
            if twice > NOTHING:
                faults.append(f"{zoom}/{x}/{y} {name}: covered twice {twice:.4f}")
            grounds[name] = union, codes
        return grounds, faults

    def is_full(self, zoom, x, y, levels):
        """Whether each of these layers covers all of the tile proper."""
        grounds, _ = self.grounds(zoom, x, y)
        return all(level in grounds and TILE.difference(grounds[level][0]).area <= NOTHING
                   for level in levels)


def faults_of(tiles, zoom, addresses, asked, rim, seen):
    """Overlaps and gaps of some tiles of a zoom that are laid together."""
    faults, pieces = [], {}
    left, top = min(x for x, _ in addresses), min(y for _, y in addresses)
    for x, y in addresses:
        grounds, wrong = tiles.grounds(zoom, x, y)
        faults += wrong
        for layer, (union, codes) in grounds.items():
            seen.setdefault(layer, set()).update(codes)
            here = affinity.translate(union, (x - left) * EXTENT, (y - top) * EXTENT)
            pieces.setdefault(layer, []).append(here)
    for layer, grounds in pieces.items():
        whole = shapely.union_all(grounds)
        scale = EXTENT << zoom
        for part in shapely.get_parts(whole):
            if part.geom_type != "Polygon":
                continue
            for ring in part.interiors:
                hole = shapely.Polygon(ring)
                middle = hole.representative_point()
                place = (int(middle.x // EXTENT) + left, int(middle.y // EXTENT) + top)
                if hole.area <= NOTHING or place not in asked:
                    continue
                corners = numpy.array(ring.coords) + [left * EXTENT, top * EXTENT]
                away = shapely.distance(shapely.points(corners / scale), rim).max() * scale
                if away > SLACK:
                    faults.append(f"{zoom}/{place[0]}/{place[1]} {layer}: open {hole.area:.4f}")
    return faults


def compare(name, store, folder):
    """Exports, and looks at the tiles. What is wrong, and what was looked at."""
    mbtiles, pmtiles = folder / "city.mbtiles", folder / "city.pmtiles"
    for path in (mbtiles, pmtiles):
        run("tiles", "export", "--store", store, "--source", "grids", "-o", path)
    rim, codes = rim_of(store, folder)
    shapely.prepare(rim)
    tiles = Tiles(mbtiles)
    chance = random.Random(name)
    faults, looked_at = [], 0
    for zoom in tiles.zooms():
        there = tiles.addresses(zoom)
        seen = {}
        if zoom <= WHOLE_TO:
            faults += faults_of(tiles, zoom, there, set(there), rim, seen)
            lowest = seen.get(tiles.lowest())
            if lowest is not None and lowest != codes:
                faults.append(f"zoom {zoom}: {len(codes - lowest)} grids are missing")
            looked_at += len(there)
        else:
            some = chance.sample(there, min(RANDOM_TILES, len(there)))
            known, levels = set(there), tiles.levels(zoom)
            for x, y in some:
                around = [(x, y)]
                if not tiles.is_full(zoom, x, y, levels):
                    around = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
                    around = [place for place in around if place in known]
                faults += faults_of(tiles, zoom, around, {(x, y)}, rim, seen)
            looked_at += len(some)
    faults += pmtiles_faults(tiles, pmtiles)
    return faults, looked_at


def pmtiles_faults(tiles, path):
    """The readers of PMTiles find the same tiles as SQLite."""
    with path.open("rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        header, metadata = reader.header(), reader.metadata()
        found = {place: hashlib.sha256(gzip.decompress(data)).hexdigest()
                 for place, data in all_tiles(source)}
    if not header["clustered"] or not metadata["vector_layers"]:
        return ["PMTiles: not clustered, or without vector_layers"]
    expected = {
        (z, x, y): hashlib.sha256(tiles.bytes(z, x, y)).hexdigest()
        for z in tiles.zooms() for x, y in tiles.addresses(z)
    }
    faults = [] if found == expected else ["PMTiles of PyPI: other tiles than MBTiles"]
    node = ROOT / "target" / "node" / "node_modules" / "pmtiles"
    if shutil.which("node") and node.exists():
        some = [list(place) for place in random.Random(0).sample(sorted(expected), min(50, len(expected)))]
        script = ROOT / "tests" / "pmtiles_reader.mjs"
        done = subprocess.run(["node", script, node, path, json.dumps(some)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return faults + [f"PMTiles of npm: {done.stderr.strip()}"]
        read = json.loads(done.stdout)
        if read != [expected[tuple(place)] for place in some]:
            faults.append("PMTiles of npm: other tiles than MBTiles")
    return faults


def check(name):
    """One data set: what is wrong, and how many tiles were looked at."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        store = mapped_store(name, folder)
        return compare(name, store, folder)


def main():
    names = asked_for(sys.argv[1:])
    if not REAL_DATA.is_dir():
        print("skipped: no real data")
    failed = 0
    with ProcessPoolExecutor(2) as pool:
        for name, (faults, looked_at) in zip(names, pool.map(check, names)):
            print(f"{name}: {looked_at} tiles, {len(faults)} faults", flush=True)
            for fault in faults[:20]:
                print(f"  {fault}")
            failed += bool(faults)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
