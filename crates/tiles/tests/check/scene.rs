//! Tiles made by hand: a small city of three grids over four tiles, every polygon whole in each of
//! them, and what a test wants to be wrong with it.

use std::collections::BTreeMap;
use std::convert::Infallible;

use fast_mvt::{MvtExtent, MvtLayerBuilder, MvtTileBuilder};
use geo_types::{Coord, Geometry, LineString, Polygon};
use wangge_tiles::TileAddress;
use wangge_tiles::check::{Expected, Pyramid, TilesReport, check_tiles};

pub(crate) type Xy = (i32, i32);

/// The columns and rows of the four tiles begin here, at zoom 10.
pub(crate) const ORIGIN: (u32, u32) = (840, 380);

/// A polygon of a layer: rings in the units of the first tile, x to the east, y to the south;
/// shells turn to the right on a map.
#[derive(Clone)]
pub(crate) struct Unit {
    pub(crate) layer: &'static str,
    pub(crate) code: &'static str,
    pub(crate) id: u64,
    pub(crate) rings: Vec<Vec<Xy>>,
}

#[derive(Clone)]
pub(crate) struct Drawing {
    pub(crate) units: Vec<Unit>,
    pub(crate) borders: Vec<Vec<Xy>>,
    /// Level, code, id, place.
    pub(crate) labels: Vec<(&'static str, &'static str, u64, Xy)>,
}

/// Where the three grids meet, and where the border between the western and the others ends.
pub(crate) const MIDDLE: Xy = (4100, 4000);
pub(crate) const NORTH: Xy = (3000, 500);
pub(crate) const SOUTH: Xy = (5001, 7700);
pub(crate) const EAST: Xy = (7700, 3333);

fn unit(layer: &'static str, code: &'static str, id: u64, shell: &[Xy]) -> Unit {
    Unit {
        layer,
        code,
        id,
        rings: vec![shell.to_vec()],
    }
}

impl Drawing {
    /// Three grids and their district, without a fault.
    ///
    /// ```text
    /// +-----+---------+
    /// |      \  b     |
    /// |   a   +-------+
    /// |        \  c   |
    /// +---------+-----+
    /// ```
    pub(crate) fn sound() -> Self {
        let (nw, sw, ne, se) = ((500, 500), (500, 7700), (7700, 500), (7700, 7700));
        Self {
            units: vec![
                unit("grid_grid", "a", 1, &[nw, NORTH, MIDDLE, SOUTH, sw]),
                unit("grid_grid", "b", 2, &[NORTH, ne, EAST, MIDDLE]),
                unit("grid_grid", "c", 3, &[MIDDLE, EAST, se, SOUTH]),
                unit(
                    "grid_district",
                    "d",
                    4,
                    &[nw, NORTH, ne, EAST, se, SOUTH, sw],
                ),
            ],
            borders: vec![
                vec![NORTH, MIDDLE, SOUTH],
                vec![MIDDLE, EAST],
                vec![nw, NORTH, ne, EAST, se, SOUTH, sw, nw],
            ],
            labels: vec![
                ("grid", "a", 1, (2000, 2000)),
                ("grid", "b", 2, (6000, 2000)),
                ("grid", "c", 3, (6000, 6000)),
                ("district", "d", 4, (4096, 4000)),
            ],
        }
    }

    pub(crate) fn unit(&mut self, code: &str) -> &mut Unit {
        self.units
            .iter_mut()
            .find(|unit| unit.code == code)
            .unwrap()
    }

    pub(crate) fn moved(mut self, codes: &[&str], from: Xy, to: Xy) -> Self {
        for unit in self
            .units
            .iter_mut()
            .filter(|unit| codes.contains(&unit.code))
        {
            for vertex in unit.rings.iter_mut().flatten() {
                if *vertex == from {
                    *vertex = to;
                }
            }
        }
        self
    }

    /// The tile in this column and row of the four.
    fn tile(&self, column: i32, row: i32) -> Vec<u8> {
        let at = |&(x, y): &Xy| Coord {
            x: x - 4096 * column,
            y: y - 4096 * row,
        };
        let mut tile = MvtTileBuilder::new();
        let mut layers: BTreeMap<&str, Vec<&Unit>> = BTreeMap::new();
        for unit in &self.units {
            layers.entry(unit.layer).or_default().push(unit);
        }
        for (name, units) in layers {
            let mut layer = layer_of(tile, name);
            for unit in units {
                let mut rings = unit.rings.iter().map(|ring| {
                    let mut points: Vec<Coord<i32>> = ring.iter().map(at).collect();
                    points.push(points[0]);
                    LineString(points)
                });
                let shell = rings.next().unwrap();
                let polygon = Geometry::Polygon(Polygon::new(shell, rings.collect()));
                let mut feature = layer.feature(&polygon).unwrap();
                feature.id(Some(unit.id));
                feature.tag_string("code", unit.code).unwrap();
                layer = feature.end();
            }
            tile = layer.end();
        }
        let mut layer = layer_of(tile, "border");
        for line in &self.borders {
            let line = Geometry::LineString(LineString(line.iter().map(at).collect()));
            layer = layer.feature(&line).unwrap().end();
        }
        let mut layer = layer_of(layer.end(), "label");
        for (level, code, id, place) in &self.labels {
            if (place.0.div_euclid(4096), place.1.div_euclid(4096)) != (column, row) {
                continue;
            }
            let point = Geometry::Point(at(place).into());
            let mut feature = layer.feature(&point).unwrap();
            feature.id(Some(*id));
            feature.tag_string("code", *code).unwrap();
            feature.tag_string("level", *level).unwrap();
            layer = feature.end();
        }
        layer.end().encode()
    }
}

fn layer_of(tile: MvtTileBuilder, name: &str) -> MvtLayerBuilder {
    let mut layer = tile.layer(name).unwrap();
    layer.extent(MvtExtent::new(4096).unwrap());
    layer
}

/// Tiles by address.
#[derive(Default, Clone)]
pub(crate) struct Tiles(pub(crate) BTreeMap<TileAddress, Vec<u8>>);

pub(crate) fn address(zoom: u8, column: u32, row: u32) -> TileAddress {
    let (x, y) = (ORIGIN.0 >> (10 - zoom), ORIGIN.1 >> (10 - zoom));
    TileAddress::new(zoom, x + column, y + row).unwrap()
}

impl Tiles {
    pub(crate) fn of(drawing: &Drawing) -> Self {
        Self::default().with_zoom(10, drawing)
    }

    pub(crate) fn with_zoom(mut self, zoom: u8, drawing: &Drawing) -> Self {
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            self = self.with_tile(zoom, column, row, drawing);
        }
        self
    }

    pub(crate) fn with_tile(mut self, zoom: u8, column: u32, row: u32, drawing: &Drawing) -> Self {
        let tile = drawing.tile(column.try_into().unwrap(), row.try_into().unwrap());
        self.0.insert(address(zoom, column, row), tile);
        self
    }

    /// The check, with no hole expected.
    pub(crate) fn check(&self) -> TilesReport {
        let expected = Expected {
            holes: Some(Vec::new()),
            ..Expected::default()
        };
        check_tiles(self, expected, &|_| {}).unwrap()
    }
}

impl Pyramid for Tiles {
    type Error = Infallible;

    fn zooms(&self) -> Result<Vec<u8>, Infallible> {
        Ok(self.0.keys().map(|tile| tile.z()).collect())
    }

    fn addresses(&self, zoom: u8) -> Result<Vec<TileAddress>, Infallible> {
        Ok(self
            .0
            .keys()
            .copied()
            .filter(|tile| tile.z() == zoom)
            .collect())
    }

    fn tile(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(&tile).cloned())
    }
}
