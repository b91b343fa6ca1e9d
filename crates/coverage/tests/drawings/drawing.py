"""Reads the drawings for verify.py. README.md tells the format."""

import itertools
import re

KINDS = {
    "gap", "overlap", "hairline", "inlet", "unmatched-vertex", "self-intersection", "spike",
    "duplicate-vertex", "duplicate-grid", "outside-parent", "parent-uncovered", "empty", "multi-part",
}


class Defect:
    """A defect as a drawing writes it or as it was found: kind, grids, doubled area, place."""

    def __init__(self, kind, grids, area=None, near=False, at=None):
        self.kind, self.grids, self.area, self.near, self.at = kind, tuple(sorted(grids)), area, near, at

    def is_found_in(self, other):
        """Whether a found defect is the one that this line expects."""
        if (self.kind, self.grids) != (other.kind, other.grids):
            return False
        if self.at is not None and self.at != other.at:
            return False
        if self.area is None:
            return True
        # GEOS computes in doubles; what a drawing calls near is written with three decimals
        allowed = 1e-5 * self.area if self.near else 1e-9 * self.area
        return other.area is not None and abs(self.area - other.area) <= allowed

    def __str__(self):
        place = "" if self.at is None else f" at {self.at[0]} {self.at[1]}"
        area = "" if self.area is None else f" {self.area:g}"
        return " ".join([self.kind, *self.grids]) + place + area


class Drawing:
    """One file. Shapes are lists of parts, parts lists of rings, coordinates those of the file."""

    def __init__(self, path):
        self.name, self.unit, self.grids, self.outline = path.stem, 1000, {}, None
        self.seamless, self.expected, self.allowed = None, [], []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                self.take(line)
        if self.seamless is None:
            raise ValueError(f"{self.name}: no verdict")
        for defect in self.expected + self.allowed:
            if defect.kind not in KINDS or not set(defect.grids) <= set(self.grids):
                raise ValueError(f"{self.name}: {defect}")

    def take(self, line):
        word, rest = line.split(maxsplit=1)
        if word == "unit":
            self.unit = int(rest)
        elif word == "outline":
            self.outline = shape_of(rest)
        elif word == "cells":
            self.grids.update(cells_of(rest))
        elif word == "may":
            self.allowed.append(defect_of(rest))
        elif word != "expect":
            self.grids[word] = shape_of(rest)
        elif rest.startswith("seamless "):
            self.seamless = {"true": True, "false": False}[rest.split()[1]]
        else:
            self.expected.append(defect_of(rest))


def shape_of(text):
    """The parts of a POLYGON or MULTIPOLYGON, each ring without its closing vertex."""
    kind, body = text.split(maxsplit=1)
    parts = [body] if kind == "POLYGON" else re.findall(r"\(\(.*?\)\)", body)
    shape = []
    for part in parts:
        rings = []
        for ring in re.findall(r"\(([^()]+)\)", part):
            points = [tuple(int(n) for n in point.split()) for point in ring.split(",")]
            if points[0] != points[-1]:
                raise ValueError(f"not closed: {ring}")
            rings.append(points[:-1])
        shape.append(rings)
    return shape


def cells_of(text):
    """Squares in columns and rows: "F 40 by 25 from 10 10 size 10 without F1712"."""
    form = r"(\w+) (\d+) by (\d+) from (-?\d+) (-?\d+) size (\d+) without (\w+)"
    prefix, *numbers, left_out = re.fullmatch(form, text).groups()
    columns, rows, west, south, size = map(int, numbers)
    cells = {}
    for column, row in itertools.product(range(columns), range(rows)):
        x, y = west + column * size, south + row * size
        code = f"{prefix}{column:02}{row:02}"
        if code != left_out:
            cells[code] = [[[(x, y), (x + size, y), (x + size, y + size), (x, y + size)]]]
    return cells


def defect_of(text):
    """"gap A B 50", "overlap A B ~ 17.3", "unmatched-vertex B at 10 5", "hairline A B"."""
    words = text.split()
    at = area = None
    near = False
    if "at" in words:
        at = tuple(int(n) for n in words[-2:])
        words = words[:-3]
    elif re.fullmatch(r"[\d.]+", words[-1]):
        area = float(words.pop())
        if words[-1] == "~":
            near = bool(words.pop())
    return Defect(words[0], words[1:], area, near, at)
