#!/usr/bin/env python3
"""Exported tiles against independent readers: SQLite and mapbox-vector-tile decode them, GEOS
(through shapely) lays their polygons over each other; the readers of PMTiles on PyPI and npm, and
GDAL where it is there, read the archives.

Of every data set all tiles of zooms 0 to 11 are looked at, stitched over their sides, and 300
random tiles of each zoom above with their eight neighbours. In each layer of grids, clipped to the
tiles without their buffers, no ground is covered twice, and nothing is open but where the rim of
the coverage runs.

Real boundaries are read from WANGGE_REAL_DATA, or from shared/data beside the project. Prints one
line per data set, and "N passed, N failed".
"""

import gzip
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import mapbox_vector_tile
import numpy
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely import affinity
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parent.parent
EXTENT = 4096
WHOLE_TO = 11
RANDOM_TILES = 300
# square tile units: ground that floating point makes where clipped polygons meet on a side
NOTHING = 1e-3
# tile units: as far as rounding and simplification move a rim
SLACK = 4.0

CITIES = ["longgang", "songzi", "laiyang", "erdao", "zhanggong"]

# file, column of codes
REAL = [
    ("dc-grids/ward-2012.geojson", "WARD_ID"),
    ("dc-grids/single-member-district-2013.geojson", "SMD_ID"),
    ("calgary-wards/wards-2017.geojson", "ward_num"),
]

SCHEME = """city = "test"
name = "one level"

[[level]]
id = "grid"
name = "grid"
code = '^.+$'
"""


def program():
    """The binary: WANGGE, or the newest that cargo has built here."""
    if "WANGGE" in os.environ:
        return os.environ["WANGGE"]
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [p for p in (target / "debug/wangge", target / "release/wangge") if p.exists()]
    if not built:
        sys.exit("wangge is not built: run `make test`, or name the binary in WANGGE")
    return max(built, key=lambda p: p.stat().st_mtime)


def run(*arguments):
    done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"wangge {' '.join(map(str, arguments))}\nexit code {done.returncode}\n{done.stderr}")
    return done.stdout


def synthetic_store(city, folder):
    scheme = ROOT / "data" / "schemes" / f"{city}.toml"
    made = folder / "made"
    run("generate", "city", "--scheme", scheme, "--seed", 1, "-o", made)
    store = folder / "store.gpkg"
    run("init", store, "--scheme", scheme)
    run("import", "grids", made / "grids.geojson", "--store", store, "--plan", "test")
    run("publish", "--store", store, "--plan", "test")
    return store


def real_store(boundaries, column, folder):
    scheme, store = folder / "scheme.toml", folder / "store.gpkg"
    scheme.write_text(SCHEME, encoding="utf-8")
    run("init", store, "--scheme", scheme)
    run("import", "grids", boundaries, "--store", store, "--plan", "test",
        "--merge-parts", "--map", f"code={column}")
    run("publish", "--store", store, "--plan", "test")
    return store


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

    def grids(self, zoom, x, y):
        """For each layer of grids: code and ground."""
        data = self.bytes(zoom, x, y)
        if data is None:
            return {}
        layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        return {
            name: [(f["properties"]["code"], shape(f["geometry"])) for f in layer["features"]]
            for name, layer in layers.items() if name.startswith("grid_")
        }


def faults_of(tiles, zoom, addresses, asked, rim, seen):
    """Overlaps and gaps of some tiles of a zoom that are laid together."""
    faults, pieces = [], {}
    left, top = min(x for x, _ in addresses), min(y for _, y in addresses)
    tile = shapely.box(0, 0, EXTENT, EXTENT)
    for x, y in addresses:
        for layer, grids in tiles.grids(zoom, x, y).items():
            clipped = []
            for code, ground in grids:
                if not ground.is_valid:
                    # what lies beyond the tile may be cut short there
                    ground = shapely.make_valid(ground)
                    inner = ground.intersection(tile)
                    if inner.area > 0 and not inner.is_valid:
                        faults.append(f"{zoom}/{x}/{y} {layer}: {code} is not valid")
                inner = ground.intersection(tile)
                if inner.area > 0:
                    clipped.append(inner)
                    seen.setdefault(layer, set()).add(code)
            union = shapely.union_all(clipped)
            twice = sum(g.area for g in clipped) - union.area
            if twice > NOTHING:
                faults.append(f"{zoom}/{x}/{y} {layer}: covered twice {twice:.4f}")
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
            lowest = seen.get("grid_grid")
            if lowest is not None and lowest != codes:
                faults.append(f"zoom {zoom}: {len(codes - lowest)} grids are missing")
            looked_at += len(there)
        else:
            some = chance.sample(there, min(RANDOM_TILES, len(there)))
            known = set(there)
            for x, y in some:
                around = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
                around = [place for place in around if place in known]
                faults += faults_of(tiles, zoom, around, {(x, y)}, rim, seen)
            looked_at += len(some)
    faults += pmtiles_faults(tiles, pmtiles)
    faults += gdal_faults(mbtiles)
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


def gdal_faults(path):
    """GDAL finds the layers, with features in them."""
    if not shutil.which("ogrinfo"):
        return []
    done = subprocess.run(["ogrinfo", "-ro", "-so", "-al", path], capture_output=True, text=True)
    if done.returncode != 0 or "ERROR" in done.stderr:
        return [f"GDAL: {done.stderr.strip()}"]
    counts = [int(line.split(":")[1]) for line in done.stdout.splitlines()
              if line.startswith("Feature Count")]
    names = [line.split(":", 1)[1].strip() for line in done.stdout.splitlines()
             if line.startswith("Layer name")]
    wanted = {"border", "label"}
    if not wanted <= set(names) or not all(counts):
        return [f"GDAL: layers {names} with {counts} features"]
    return []


def main():
    asked = sys.argv[1:]
    sets = [(city, lambda folder, city=city: synthetic_store(city, folder)) for city in CITIES]
    data = Path(os.environ.get("WANGGE_REAL_DATA", ROOT.parent / "shared" / "data"))
    for file, column in REAL:
        if (data / file).exists():
            make = lambda folder, path=data / file, column=column: real_store(path, column, folder)
            sets.append((file, make))
    if not data.exists():
        print("skipped: no real data")
    if not shutil.which("ogrinfo"):
        print("skipped: no ogrinfo, GDAL does not read the archives")
    passed = failed = 0
    for name, make in sets:
        if asked and name not in asked:
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            faults, looked_at = compare(name, make(folder), folder)
        print(f"{name}: {looked_at} tiles, {len(faults)} faults")
        for fault in faults[:20]:
            print(f"  {fault}")
        passed += not faults
        failed += bool(faults)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
