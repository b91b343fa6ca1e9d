#!/usr/bin/env python3
"""The module for Python against independent engines: GEOS (through shapely and geopandas) says which polygon
holds a point, PROJ (through pyproj) projects, and the program's own file lookups answer the same tables.

Run by `make test` with the wheel installed. Prints one line per test, and "N passed, N failed".
"""

import csv
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from pathlib import Path

import geopandas
import numpy
import pandas
import pyarrow
import pyarrow.csv
import pyproj
import shapely

import wangge
from tried_program import REAL_DATA, city_store, program, run, store_of

OUTSIDE, NO_POSITION = -1, -2
# degrees: positions this near to a border are not compared, where floating point decides
NEAR_BORDER = 1e-6

FOLDER = tempfile.TemporaryDirectory()
STORE = city_store("longgang", Path(FOLDER.name))
CITY = wangge.City.open(STORE)
RANDOM = numpy.random.default_rng(20261127)


def positions(count, lattice=True):
    """Uniform over the extent of the city and a tenth beyond."""
    west, south, east, north = units().total_bounds
    wide, high = east - west, north - south
    lon = RANDOM.uniform(west - wide / 10, east + wide / 10, count)
    lat = RANDOM.uniform(south - high / 10, north + high / 10, count)
    return (lon.round(7), lat.round(7)) if lattice else (lon, lat)


def units(level=None):
    return geopandas.GeoDataFrame.from_arrow(CITY.units(level))


def by_geos(lon, lat):
    """The number of the grid that holds each position, and whether a border is too near to say."""
    grids = units()
    numbers = {code: number for number, code in enumerate(CITY.codes())}
    tree = shapely.STRtree(grids.geometry.values)
    points = shapely.points(lon, lat)
    found = numpy.full(len(lon), OUTSIDE, dtype=numpy.int32)
    which, grid = tree.query(points, predicate="within")
    found[which] = [numbers[code] for code in grids.code.values[grid]]
    rims = shapely.STRtree(shapely.boundary(grids.geometry.values))
    near, _ = rims.query(points, predicate="dwithin", distance=NEAR_BORDER)
    unsure = numpy.zeros(len(lon), dtype=bool)
    unsure[near] = True
    return found, unsure


def same_as_geos(numbers, lon, lat):
    found, unsure = by_geos(lon, lat)
    wrong = (numbers != found) & ~unsure
    assert not wrong.any(), (int(wrong.sum()), lon[wrong][0], lat[wrong][0])
    assert unsure.sum() < len(lon) / 100
    assert (found >= 0).sum() > len(lon) / 10 and (found == OUTSIDE).sum() > len(lon) / 10


def a_city_says_what_it_is():
    assert CITY.version == "1.2", CITY.version
    assert CITY.levels == ["district", "street", "community", "grid"]
    assert len(CITY) == 448 and CITY.codes() == sorted(CITY.codes())
    assert repr(CITY) == "<wangge.City: version 1.2, 448 grids, levels district > street > community > grid>"
    assert "wangge.Located: 2 positions" in repr(CITY.locate([120.9, 0], [40.7, 0]))


def arrays_of_numpy_are_answered_as_geos_does():
    lon, lat = positions(200_000)
    numbers = CITY.locate(lon, lat).numbers
    assert numbers.dtype == numpy.int32 and not numbers.flags.writeable
    same_as_geos(numbers, lon, lat)


def every_kind_of_array_says_the_same():
    lon, lat = positions(100_003)
    wanted = CITY.locate(lon, lat).numbers
    both = numpy.column_stack([lon, lat])
    unaligned = numpy.frombuffer(b"x" + lon.tobytes(), dtype=numpy.uint8)[1:].view(numpy.float64)
    assert not unaligned.flags.aligned
    read_only = lon.copy()
    read_only.flags.writeable = False
    longer = numpy.concatenate([[1.0, 2.0], lon, [3.0]])
    kinds = {
        "strided": (both[:, 0], both[:, 1]),
        "backwards": (lon[::-1].copy()[::-1], lat),
        "unaligned": (unaligned, lat),
        "other bytes": (lon.astype(">f8"), lat),
        "read-only": (read_only, lat),
        "masked, nothing masked": (numpy.ma.masked_array(lon), lat),
        "texts": (pyarrow.array([str(x) for x in lon]), lat),
        "dictionary": (pyarrow.array(lon).dictionary_encode(), lat),
        "list": (lon.tolist(), lat.tolist()),
        "pandas": (pandas.Series(lon), pandas.Series(lat, index=range(7, 7 + len(lat)))),
        "geopandas": (geopandas.GeoSeries.from_xy(lon, lat).x, lat),
        "arrow": (pyarrow.array(lon), pyarrow.array(lat)),
        "arrow and numpy": (pyarrow.array(lon), lat),
        "slice of arrow": (pyarrow.array(longer)[2:-1], pyarrow.array(lat)),
        "chunks": (
            pyarrow.chunked_array([lon[:5], lon[5:5], lon[5:70_000], lon[70_000:]]),
            pyarrow.chunked_array([lat[:33_333], lat[33_333:]]),
        ),
    }
    for kind, (lons, lats) in kinds.items():
        for threads in (None, 1, 3):
            numbers = CITY.locate(lons, lats, threads=threads).numbers
            assert (numbers == wanted).all(), (kind, threads)
    # numbers that are no doubles are converted
    coarse = lon.astype(numpy.float32)
    assert (CITY.locate(coarse, lat).numbers == CITY.locate(coarse.astype(float), lat).numbers).all()
    whole = pyarrow.array([120, 121], pyarrow.int16())
    assert CITY.locate(whole, whole).numbers.tolist() == [NO_POSITION] * 2
    assert CITY.locate(lon[0], lat[0]).numbers.tolist() == wanted[:1].tolist()
    assert len(CITY.locate([], [])) == 0
    assert len(CITY.locate(pyarrow.chunked_array([], pyarrow.float64()), [])) == 0


def what_is_no_position_is_told_as_such():
    lon = [120.9425058, float("nan"), float("inf"), 181.0, 120.9425058, 120.5, None]
    lat = [40.7256534, 40.7, 40.7, 40.7, -90.0000001, 40.7, 40.7]
    wanted = [True, False, False, False, False, True, False]
    for lons in (numpy.array(lon, dtype=float), pyarrow.array(lon)):
        located = CITY.locate(lons, lat)
        assert ((located.numbers != NO_POSITION) == wanted).all(), located.numbers
        status = pyarrow.table(located)["status"].to_pylist()
        assert status == ["inside"] + ["invalid"] * 4 + ["outside", "invalid"], status
    masked = numpy.ma.masked_array([lon[0]] * 3, mask=[False, True, False])
    assert (CITY.locate(masked, [lat[0]] * 3).numbers == NO_POSITION).tolist() == [False, True, False]
    whole = numpy.ma.masked_array([120, 120], mask=[True, True])
    assert CITY.locate(whole, [40, 40]).numbers.tolist() == [NO_POSITION] * 2
    nothing = pyarrow.array([None, None])
    assert CITY.locate(nothing, nothing).numbers.tolist() == [NO_POSITION] * 2
    answered = pyarrow.table(CITY.locate_table(pyarrow.table({"lon": nothing, "lat": nothing})))
    assert answered["status"].to_pylist() == ["invalid"] * 2
    # what lies under a missing value does not matter
    lats = pyarrow.Array.from_buffers(
        pyarrow.float64(), 2, [pyarrow.py_buffer(b"\x02"), pyarrow.array([lat[0]] * 2).buffers()[1]])
    assert CITY.locate([lon[0]] * 2, lats).numbers.tolist()[0] == NO_POSITION
    assert CITY.locate([lon[0]] * 2, lats).numbers.tolist()[1] >= 0


def arrays_are_not_copied():
    count = 8_000_000
    lon, lat = positions(count, lattice=False)
    both = numpy.column_stack([lon, lat])
    CITY.locate(lon[:100], lat[:100])
    for lons, lats in ((lon, lat), (pyarrow.array(lon), pyarrow.array(lat)), (both[:, 0], both[:, 1])):
        # of one process, so that nothing else has raised the mark before
        before = resident_bytes()
        most = Most(before)
        numbers = CITY.locate(lons, lats).numbers
        more = most.stop() - before
        assert len(numbers) == count
        # the answers take 4 bytes a position; a copy of one array would take 8
        assert more < 7 * count, f"{more / count:.1f} bytes more for each position"


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


class Most:
    """The most memory while something runs, looked at by a thread: which also shows that threads do run."""

    def __init__(self, before):
        self.most, self.is_over = before, threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.is_over.wait(0.001):
            self.most = max(self.most, resident_bytes())

    def stop(self):
        self.most = max(self.most, resident_bytes())
        self.is_over.set()
        self.thread.join()
        return self.most


def other_threads_run_meanwhile():
    lon, lat = positions(4_000_000, lattice=False)
    beats, is_over = 0, threading.Event()

    def beat():
        nonlocal beats
        while not is_over.is_set():
            beats += 1

    thread = threading.Thread(target=beat)
    thread.start()
    interval = sys.getswitchinterval()
    # a thread that held the interpreter would keep it to its end
    sys.setswitchinterval(0.5)
    try:
        # so that the thread waits by the new interval
        time.sleep(0.02)
        before = beats
        CITY.locate(lon, lat)
        during = beats - before
    finally:
        sys.setswitchinterval(interval)
        is_over.set()
        thread.join()
    assert during > 100, during


def a_signal_ends_a_long_call():
    # as long as many calls: 40 million positions with a system that takes a quarter of a microsecond each
    lon, lat = positions(1_000_000, lattice=False)
    lon, lat = numpy.tile(lon, 40), numpy.tile(lat, 40)

    def ring(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    table = pyarrow.table({"lon": lon, "lat": lat})
    try:
        for ask in (lambda: CITY.locate(lon, lat, crs="gcj02"), lambda: CITY.locate_table(table, crs="gcj02")):
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            began = time.monotonic()
            try:
                ask()
            except KeyboardInterrupt:
                assert time.monotonic() - began < 3
            else:
                raise AssertionError("not interrupted")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def threads_of_python_may_ask_at_once():
    lon, lat = positions(300_000)
    wanted = CITY.locate(lon, lat).numbers
    answers = [None] * 4

    def ask(place):
        answers[place] = CITY.locate(lon, lat).numbers

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((answer == wanted).all() for answer in answers)


def in_a_fork(queue, lon, lat):
    other = wangge.City.open(STORE)
    queue.put((CITY.locate(lon, lat).numbers.tolist(), other.locate(lon, lat).numbers.tolist()))


def a_fork_of_the_process_answers_too():
    lon, lat = positions(100_000)
    wanted = CITY.locate(lon, lat).numbers.tolist()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    with warnings.catch_warnings():
        # threads of the libraries that this script has loaded
        warnings.simplefilter("ignore", DeprecationWarning)
        child = context.Process(target=in_a_fork, args=(queue, lon, lat))
        child.start()
    try:
        assert queue.get(timeout=60) == (wanted, wanted)
    finally:
        child.join(10)
        child.kill()


def other_systems_are_converted_as_proj_does():
    lon, lat = positions(50_000)
    # CGCS2000 / 3-degree Gauss-Kruger CM 120E
    to = pyproj.Transformer.from_crs(4490, 4549, always_xy=True)
    east, north = to.transform(lon, lat)
    wanted, unsure = by_geos(lon, lat)
    for crs in ("EPSG:4549", 4549, pyproj.CRS.from_epsg(4549)):
        numbers = CITY.locate(east, north, crs=crs).numbers
        assert not ((numbers != wanted) & ~unsure).any(), crs
    assert (CITY.locate(lon, lat, crs=pyproj.CRS.from_epsg(4490)).numbers == CITY.locate(lon, lat).numbers).all()
    # the ground where maps in GCJ-02 show it
    numbers = CITY.locate(*as_gcj02(lon, lat), crs="gcj02").numbers
    assert not ((numbers != wanted) & ~unsure).any()
    assert (CITY.locate(lon, lat, crs="gcj02").numbers != wanted).any()
    named = geopandas.GeoSeries.from_xy(lon, lat, crs="EPSG:4326").to_crs(4549)
    numbers = CITY.locate(named.x, named.y, crs=named.crs).numbers
    assert not ((numbers != wanted) & ~unsure).any()


def as_gcj02(lon, lat):
    """The shift of public maps in China, by the formula that is commonly passed on."""
    x, y = lon - 105, lat - 35
    waves = 20 * numpy.sin(6 * x * numpy.pi) + 20 * numpy.sin(2 * x * numpy.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * numpy.sqrt(abs(x))
    north += (waves + 20 * numpy.sin(y * numpy.pi) + 40 * numpy.sin(y / 3 * numpy.pi)) * 2 / 3
    north += (160 * numpy.sin(y / 12 * numpy.pi) + 320 * numpy.sin(y * numpy.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * numpy.sqrt(abs(x))
    east += (waves + 20 * numpy.sin(x * numpy.pi) + 40 * numpy.sin(x / 3 * numpy.pi)) * 2 / 3
    east += (150 * numpy.sin(x / 12 * numpy.pi) + 300 * numpy.sin(x / 30 * numpy.pi)) * 2 / 3
    # Krasovsky 1940
    axis, squared = 6378245.0, 0.00669342162296594323
    phi = numpy.radians(lat)
    magic = 1 - squared * numpy.sin(phi) ** 2
    north = numpy.degrees(north / (axis * (1 - squared) / magic ** 1.5))
    east = numpy.degrees(east / (axis / numpy.sqrt(magic) * numpy.cos(phi)))
    return lon + east, lat + north


def codes_come_as_arrow_pandas_and_tables():
    lon, lat = positions(20_000)
    located = CITY.locate(lon, lat)
    codes = CITY.codes()
    wanted = [codes[number] if number >= 0 else None for number in located.numbers]
    column = pyarrow.array(located.codes())
    assert column.to_pylist() == wanted
    assert len(column.dictionary) == len(codes)
    assert [code if isinstance(code, str) else None for code in located.categorical()] == wanted
    # a grid's code begins with that of its street here
    streets = pyarrow.array(located.codes("street")).to_pylist()
    assert streets == [code and code[:9] for code in wanted]
    of_frame = located.categorical("street")
    assert [code if isinstance(code, str) else None for code in of_frame] == streets
    assert len(of_frame.categories) == len(set(streets) - {None})
    table = pyarrow.table(located)
    assert table.column_names == ["status", "district", "street", "community", "grid", "name"]
    assert table["grid"].to_pylist() == wanted and len(table) == len(located)
    assert (numpy.asarray(located) == located.numbers).all()
    assert numpy.asarray(located, dtype=float).dtype == float
    assert numpy.shares_memory(numpy.asarray(located, dtype="int32"), located.numbers)
    assert not numpy.shares_memory(numpy.array(located), located.numbers)
    refused(ValueError, "without a copy", numpy.asarray, located, dtype=float, copy=False)
    names = {row["code"]: row["name"] for row in pyarrow.table(CITY.units()).select(["code", "name"]).to_pylist()}
    assert table["name"].to_pylist() == [code and names[code] for code in wanted]
    refused(wangge.WanggeError, "district, street, community, grid, name", located.codes, "ward")
    refused(wangge.WanggeError, "ward", located.categorical, "ward")


def units_are_a_frame_of_geopandas():
    grids, streets = units(), units("street")
    assert grids.crs.to_epsg() == 4490 and grids.code.tolist() == CITY.codes()
    assert set(grids.parent) == set(units("community").code)
    assert shapely.is_valid(grids.geometry).all()
    # dissolved units have the ground of their grids
    of_street = grids.assign(street=grids.code.str[:9]).dissolve("street").geometry
    square_degrees = shapely.area(of_street.loc[streets.code].values)
    assert numpy.allclose(square_degrees, shapely.area(streets.geometry.values), rtol=1e-12)
    refused(wangge.WanggeError, "ward", CITY.units, "ward")
    lon, lat = positions(30_000)
    frame = geopandas.GeoDataFrame(geometry=geopandas.GeoSeries.from_xy(lon, lat, crs=4490))
    joined = frame.sjoin(grids[["code", "geometry"]], predicate="within", how="left")
    located = CITY.locate(frame.geometry.x, frame.geometry.y)
    frame["grid"] = located.categorical()
    _, unsure = by_geos(lon, lat)
    same = (joined.code == frame.grid.astype(object)) | (joined.code.isna() & frame.grid.isna())
    assert same[~unsure].all()


def a_table_is_answered_as_a_file_is():
    lon, lat = positions(150_000)
    folder = Path(FOLDER.name)
    given = pyarrow.table({
        "n": numpy.arange(len(lon)), "lon": lon, "lat": lat, "status": ["open"] * len(lon),
        "metres": numpy.where(numpy.arange(len(lon)) % 50 == 0, 30.0, numpy.nan),
    })
    given = given.set_column(4, "metres", pyarrow.array(given["metres"].to_numpy(), from_pandas=True))
    given = given.set_column(1, "lon", pyarrow.array([None if n % 1000 == 7 else x for n, x in enumerate(lon)]))
    points = folder / "points.csv"
    pyarrow.csv.write_csv(given, points)
    for options, more in (
        ({}, []),
        ({"near": 500.0}, ["--near", "500"]),
        ({"accuracy_column": "metres", "columns": ["n", "certain", "candidates", "grid_status"]},
         ["--accuracy-column", "metres", "--columns", "n,certain,candidates,grid_status"]),
        ({"crs": "gcj02", "columns": ["grid", "problem"]}, ["--crs", "gcj02", "--columns", "grid,problem"]),
    ):
        wanted = csv.reader(run("locate", "--store", STORE, "--points", points, *more, "--lang", "en").splitlines())
        header, *rows = wanted
        for chunked in (given, pyarrow.Table.from_batches(given.to_batches(max_chunksize=40_000))):
            answered = pyarrow.table(CITY.locate_table(chunked, **options))
            assert answered.column_names == header, (answered.column_names, header)
            for place, name in enumerate(header):
                if name in ("lon", "lat", "metres", "problem"):
                    continue
                told = [as_text(value, name) for value in answered[name].to_pylist()]
                assert told == [row[place] for row in rows], name
    # without a copy of what comes in: the same memory comes out
    batch = given.select(["lon", "lat"]).combine_chunks().to_batches()[0]
    out = pyarrow.table(CITY.locate_table(batch)).to_batches()[0]
    assert out.column(1).buffers()[1].address == batch.column(1).buffers()[1].address


def tables_of_geopandas_and_geoparquet_need_no_numbers():
    lon, lat = positions(20_000)
    frame = geopandas.GeoDataFrame(
        {"n": range(len(lon))}, geometry=geopandas.GeoSeries.from_xy(lon, lat, crs=4490))
    codes = pyarrow.array(CITY.locate(lon, lat).codes()).to_pylist()
    folder = Path(FOLDER.name)
    for encoding in ("WKB", "geoarrow"):
        answered = pyarrow.table(CITY.locate_table(frame.to_arrow(geometry_encoding=encoding)))
        assert answered["grid"].to_pylist() == codes, encoding
        frame.to_parquet(folder / "frame.parquet", geometry_encoding=encoding)
        run("locate", "--store", STORE, "--points", folder / "frame.parquet", "-o", folder / "answers.parquet")
        again = geopandas.read_parquet(folder / "answers.parquet")
        assert [code if isinstance(code, str) else None for code in again.grid] == codes, encoding
        assert again.crs.to_epsg() == 4490 and again.geometry.geom_equals(frame.geometry).all(), encoding
    metres = frame.to_crs(4549)
    refused(wangge.WanggeError, "in EPSG:4549: name it", CITY.locate_table, metres.to_arrow())
    # who says the system is believed, also that it is degrees
    told_wrong = frame.set_crs(4549, allow_override=True)
    for crs in (4490, "cgcs2000", pyproj.CRS.from_epsg(4326)):
        answered = pyarrow.table(CITY.locate_table(told_wrong.to_arrow(), crs=crs))
        assert answered["grid"].to_pylist() == codes, crs
    # a system without a code: a cylinder of its own
    own = frame.to_crs("+proj=tmerc +lon_0=120.9 +k=1 +x_0=5000 +ellps=GRS80 +units=m")
    refused(wangge.WanggeError, "no code", CITY.locate_table, own.to_arrow())
    # two columns of points
    frame["there"] = geopandas.GeoSeries.from_xy(lon + 1, lat, crs=4490)
    refused(wangge.WanggeError, "there", CITY.locate_table, frame.to_arrow())
    answered = pyarrow.table(CITY.locate_table(frame.to_arrow(), geometry="geometry"))
    assert answered["grid"].to_pylist() == codes
    refused(wangge.WanggeError, "nowhere", CITY.locate_table, frame.to_arrow(), geometry="nowhere")
    refused(wangge.WanggeError, '"n"', CITY.locate_table, frame.to_arrow(), geometry="n")
    frame.to_parquet(folder / "two.parquet")
    run("locate", "--store", STORE, "--points", folder / "two.parquet", "-o", folder / "answers.parquet",
        "--columns", "geometry,grid")
    again = geopandas.read_parquet(folder / "answers.parquet")
    assert list(again.columns) == ["geometry", "grid"] and again.crs.to_epsg() == 4490
    frame = frame.drop(columns="there")
    answered = pyarrow.table(CITY.locate_table(metres.to_arrow(), crs=4549))
    _, unsure = by_geos(lon, lat)
    same = numpy.array([one == other for one, other in zip(answered["grid"].to_pylist(), codes)])
    assert same[~unsure].all()
    whole = CITY.locate_table(geopandas.GeoDataFrame.from_arrow(CITY.units()).to_arrow())
    assert set(pyarrow.table(whole)["status"].to_pylist()) == {"invalid"}


def as_text(value, name):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.2f}" if name.endswith("_m") else str(value)


def tables_name_the_nearest_components():
    store = Path(FOLDER.name) / "lamps.gpkg"
    store.write_bytes(Path(STORE).read_bytes())
    lists = Path(FOLDER.name) / "lists"
    lists.mkdir()
    (lists / "classes.csv").write_text("object,code,name\ncomponent,01,公用设施\ncomponent,0118,路灯\n", encoding="utf-8")
    run("import", "classes", lists / "classes.csv", "--store", store)
    lon, lat = positions(3000)
    inside = CITY.locate(lon, lat).numbers >= 0
    lamps = numpy.column_stack([lon, lat])[inside][:500]
    rows = [f"2114030118{n:06},0118,{x:.7f},{y:.7f}" for n, (x, y) in enumerate(lamps)]
    (lists / "lamps.csv").write_text("\n".join(["code,class,lon,lat", *rows, ""]), encoding="utf-8")
    run("import", "components", lists / "lamps.csv", "--store", store, "--crs", "EPSG:4490", "--quarantine",
        lists / "aside.csv")
    city = wangge.City.open(store)
    lon, lat = positions(300)
    table = pyarrow.table({"lon": lon, "lat": lat})
    answered = pyarrow.table(city.locate_table(table, nearest=2, nearest_class="01", nearest_within=3000))
    geod = pyproj.Geod(ellps="GRS80")
    aside = {row["code"] for row in csv.DictReader(open(lists / "aside.csv", encoding="utf-8-sig"))} \
        if (lists / "aside.csv").exists() else set()
    kept = numpy.array([xy for n, xy in enumerate(lamps) if f"2114030118{n:06}" not in aside])
    for row, x, y in zip(answered.to_pylist(), lon, lat):
        many = numpy.full(len(kept), x), numpy.full(len(kept), y)
        metres = numpy.sort(geod.inv(*many, kept[:, 0], kept[:, 1])[2])
        for rank in (1, 2):
            told = row[f"component_{rank}_m"]
            if told is None:
                assert metres[rank - 1] > 2999.99
            else:
                assert abs(told - metres[rank - 1]) < 1e-3
    refused(wangge.WanggeError, "99", city.locate_table, table, nearest=1, nearest_class="99")
    refused(ValueError, "nearest is 0", city.locate_table, table, nearest=0)
    refused(ValueError, "need nearest", city.locate_table, table, nearest_class="01")
    refused(ValueError, "need nearest", city.locate_table, table, nearest_within=5.0)


def what_is_wrong_is_told():
    lon, lat = positions(10)
    refused(wangge.WanggeError, "nowhere.gpkg", wangge.City.open, "/nowhere.gpkg")
    refused(wangge.WanggeError, "yesterday", wangge.City.open, STORE, at="yesterday")
    refused(wangge.WanggeError, "2001-01-01", wangge.City.open, STORE, at="2001-01-01T00:00:00Z")
    refused(wangge.WanggeError, "python_module.py", wangge.City.open, __file__)
    refused(ValueError, "lon has 10 numbers, lat has 9", CITY.locate, lon, lat[1:])
    refused(ValueError, "one dimension", CITY.locate, numpy.zeros((2, 2)), lat)
    refused(TypeError, "lon is no array of numbers", CITY.locate, ["a"], [1.0])
    refused(TypeError, "lat is an array of", CITY.locate, [1.0], pyarrow.array([True]))
    # a text that is no number is none that is there
    assert CITY.locate([1.0], pyarrow.array(["a"])).numbers.tolist() == [NO_POSITION]
    refused(wangge.WanggeError, "EPSG:1", CITY.locate, lon, lat, crs=1)
    refused(wangge.WanggeError, "mars", CITY.locate, lon, lat, crs="mars")
    refused(TypeError, "crs must be", CITY.locate, lon, lat, crs=3.5)
    table = pyarrow.table({"x": lon, "lat": lat})
    refused(wangge.WanggeError, "lon", CITY.locate_table, table)
    refused(wangge.WanggeError, "colour", CITY.locate_table, table, lon="x", columns=["colour"])
    refused(ValueError, "near is -1", CITY.locate_table, table, lon="x", near=-1)
    refused(ValueError, "accuracy is 0", CITY.locate_table, table, lon="x", accuracy=0)
    refused(ValueError, "gaussian or uniform", CITY.locate_table, table, lon="x", accuracy=5, accuracy_model="flat")
    refused(ValueError, "accuracy_model needs", CITY.locate_table, table, lon="x", accuracy_model="uniform")
    refused(ValueError, "columns is empty", CITY.locate_table, table, lon="x", columns=[])
    bad = pyarrow.table({"lon": [120.9, 190.0], "lat": [40.7, 40.7]})
    refused(wangge.WanggeError, "row 2", CITY.locate_table, bad, strict=True)
    refused(ValueError, "__arrow_c_", CITY.locate_table, [1, 2])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        lon, lat = positions(1000)
        inside = CITY.locate(lon, lat).numbers >= 0
        CITY.locate_table(pyarrow.table({"lon": lat[inside], "lat": lon[inside]}))
    assert any("exchanged" in str(one.message) for one in warned), warned
    told = subprocess.run(
        [sys.executable, "-c", f"import wangge; wangge.City.open({str(STORE)!r}).locate([1, 2], [3])"],
        capture_output=True, text=True, env={**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"})
    assert "lon 有 2 个数，lat 有 1 个" in told.stderr, told.stderr


def refused(kind, word, ask, *arguments, **named):
    try:
        ask(*arguments, **named)
    except kind as error:
        assert word in str(error), error
        return
    raise AssertionError(f"not refused: {arguments} {named}")


def real_cases_are_where_geos_has_them():
    folder = REAL_DATA / "dc-grids"
    if not folder.exists():
        print("skipped: no real data")
        return
    made = Path(tempfile.mkdtemp(dir=FOLDER.name))
    city = wangge.City.open(store_of(folder / "ward-2012.geojson", "WARD_ID", made))
    cans = geopandas.read_file(folder / "litter-cans.geojson")
    lon, lat = cans.geometry.x.round(7), cans.geometry.y.round(7)
    located = city.locate(lon, lat)
    grids = geopandas.GeoDataFrame.from_arrow(city.units())
    points = geopandas.GeoDataFrame(geometry=geopandas.GeoSeries.from_xy(lon, lat, crs=4490))
    joined = points.sjoin(grids[["code", "geometry"]], how="left", predicate="within").code
    told = pandas.Series(located.categorical()).astype(object)
    near = shapely.STRtree(shapely.boundary(grids.geometry.values)).query(
        points.geometry.values, predicate="dwithin", distance=NEAR_BORDER)[0]
    assert len(cans) == 5265 and len(near) < 20
    same = (told == joined.values) | (told.isna() & joined.isna().values)
    assert same.drop(near).all()


TESTS = [
    a_city_says_what_it_is,
    arrays_of_numpy_are_answered_as_geos_does,
    every_kind_of_array_says_the_same,
    what_is_no_position_is_told_as_such,
    arrays_are_not_copied,
    other_threads_run_meanwhile,
    a_signal_ends_a_long_call,
    threads_of_python_may_ask_at_once,
    a_fork_of_the_process_answers_too,
    other_systems_are_converted_as_proj_does,
    codes_come_as_arrow_pandas_and_tables,
    units_are_a_frame_of_geopandas,
    a_table_is_answered_as_a_file_is,
    tables_of_geopandas_and_geoparquet_need_no_numbers,
    tables_name_the_nearest_components,
    what_is_wrong_is_told,
    real_cases_are_where_geos_has_them,
]


def main():
    os.environ.pop("LC_ALL", None)
    wanted = sys.argv[1:]
    passed = failed = 0
    for test in TESTS:
        if wanted and test.__name__ not in wanted:
            continue
        began = time.monotonic()
        try:
            test()
            passed += 1
            print(f"ok      {test.__name__} ({time.monotonic() - began:.1f} s)")
        except Exception:  # noqa: BLE001 every fault is told
            failed += 1
            print(f"FAILED  {test.__name__}")
            traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
