"""The program that the scripts of this folder try, and the data they try it with."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# the synthetic cities, by the names of their schemes
CITIES = ["longgang", "songzi", "laiyang", "erdao", "zhanggong"]

# real boundaries; nothing of them is in the repository
REAL_DATA = Path(os.environ.get("WANGGE_REAL_DATA", ROOT.parent / "shared/data"))

# boundaries whose tiles are checked, and their columns of codes
MAPPED = {
    "dc-grids/ward-2012.geojson": "WARD_ID",
    "dc-grids/advisory-neighborhood-commission-2013.geojson": "ANC_ID",
    "dc-grids/single-member-district-2013.geojson": "SMD_ID",
    "dc-grids/voting-precinct-2002.geojson": "NAME",
    "dc-grids/voting-precinct-2008.geojson": "NAME",
    "dc-grids/voting-precinct-2012.geojson": "NAME",
    "dc-grids/census-tracts-1990.geojson": "TRACTNO",
    "dc-grids/census-tracts-2000.geojson": "TRACTNO",
    "calgary-wards/wards-2013.geojson": "ward_num",
    "calgary-wards/wards-2017.geojson": "ward_num",
    "cn-counties/211400_counties.geojson": "adcode",
    "cn-counties/360700_counties.geojson": "adcode",
    "tottori-chome/31-tottori-all.shp": "KEY_CODE",
    "tw-villages/twVillage1982.topo.json": "VILLAGESN",
}

# those of them that every test run looks at
USUALLY = ["dc-grids/single-member-district-2013.geojson", "calgary-wards/wards-2017.geojson"]

ONE_LEVEL = """city = "test"
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


def run(*arguments, fine=(0,)):
    """What the program prints; the script ends where it does not end well."""
    done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in fine:
        sys.exit(f"wangge {' '.join(map(str, arguments))}\nexit code {done.returncode}\n{done.stderr}")
    return done.stdout


def store_of(boundaries, column, folder):
    """A store of one level with the grids of a file published."""
    scheme, store = folder / "scheme.toml", folder / "store.gpkg"
    scheme.write_text(ONE_LEVEL, encoding="utf-8")
    run("init", store, "--scheme", scheme)
    run("import", "grids", boundaries, "--store", store, "--plan", "test",
        "--merge-parts", "--map", f"code={column}")
    run("publish", "--store", store, "--plan", "test")
    return store


def city_store(city, folder):
    """A store of a synthetic city with its grids published."""
    scheme = ROOT / "data" / "schemes" / f"{city}.toml"
    made, store = folder / "made", folder / "store.gpkg"
    run("generate", "city", "--scheme", scheme, "--seed", 1, "-o", made)
    run("init", store, "--scheme", scheme)
    lowest = tomllib.loads(scheme.read_text(encoding="utf-8"))["level"][-1]["id"]
    run("import", "grids", made / f"{lowest}s.geojson", "--store", store, "--plan", "test")
    run("publish", "--store", store, "--plan", "test")
    return store


def asked_for(words):
    """The cities and the boundaries that are here and asked for: by name, "all", or the usual ones."""
    here = CITIES + [name for name in MAPPED if (REAL_DATA / name).exists()]
    wanted = words or CITIES + USUALLY
    return here if wanted == ["all"] else [name for name in here if name in wanted]


def mapped_store(name, folder):
    """A store of a synthetic city, or of one of MAPPED without gaps and overlaps: mended if need be."""
    if name in CITIES:
        return city_store(name, folder)
    column, mended = MAPPED[name], folder / "mended.geojson"
    run("repair", REAL_DATA / name, "--code", column, "--merge-parts", "--skip-invalid",
        "--max-gap-width", 1_000_000, "-o", mended, fine=(0, 1))
    return store_of(mended, column, folder)
