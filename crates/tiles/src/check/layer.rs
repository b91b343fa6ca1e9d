//! One layer of grids of one zoom: its tiles put together row by row.

use std::collections::BTreeMap;

use super::expected::{Known, WorldBox, WorldEdge};
use super::ground::{LayerGround, SCALE, SPAN};
use super::openings::{Hole, Openings};
use super::report::{FaultKind, Faults, LayerReport, TileFault};
use super::side::{Covering, SideCover, disagreement};
use crate::TileAddress;

/// A layer of grids while its tiles come in.
#[derive(Debug)]
pub(super) struct Layer {
    openings: Openings,
    /// Twice the areas of units.
    pub(super) areas: BTreeMap<String, i128>,
    doubled_overlap: i128,
    report: LayerReport,
    /// The south sides of the row before, by column, and that row.
    above: BTreeMap<u32, Shown>,
    row: Option<u32>,
}

/// A side of a tile with the names of its units.
#[derive(Debug)]
struct Shown {
    codes: Vec<String>,
    side: SideCover,
}

/// What a layer came to.
pub(super) struct LayerOutcome {
    pub(super) name: String,
    pub(super) codes: Vec<String>,
    pub(super) rim: Vec<WorldEdge>,
}

impl Layer {
    pub(super) fn new(name: &str) -> Self {
        Self {
            openings: Openings::new(),
            areas: BTreeMap::new(),
            doubled_overlap: 0,
            report: LayerReport {
                layer: name.to_owned(),
                ..LayerReport::default()
            },
            above: BTreeMap::new(),
            row: None,
        }
    }

    /// Takes the tiles of the next row that have the layer, from the west; rows come from the north.
    pub(super) fn take_row(
        &mut self,
        zoom: u8,
        row: u32,
        tiles: &[(u32, &LayerGround)],
        faults: &mut Faults,
    ) {
        self.openings.take(row, tiles);
        for &(column, ground) in tiles {
            if let Some(tile) = TileAddress::new(zoom, column, row) {
                self.measure(tile, ground, faults);
            }
        }
        self.compare_along_row(zoom, row, tiles, faults);
        if self.row.is_none_or(|last| last + 1 != row) {
            self.compare_with_nothing_below(zoom, faults);
        }
        let shown: BTreeMap<u32, [Shown; 2]> = tiles
            .iter()
            .map(|&(column, ground)| (column, [1, 3].map(|side| Shown::of(ground, side))))
            .collect();
        let mut above = std::mem::take(&mut self.above);
        for (column, [north, south]) in shown {
            let upper = above.remove(&column).unwrap_or_else(Shown::nothing);
            self.compare(TileAddress::new(zoom, column, row), &upper, &north, faults);
            self.above.insert(column, south);
        }
        for (column, upper) in above {
            let address = TileAddress::new(zoom, column, row);
            self.compare(address, &upper, &Shown::nothing(), faults);
        }
        self.row = Some(row);
    }

    fn measure(&mut self, tile: TileAddress, ground: &LayerGround, faults: &mut Faults) {
        let name = &ground.name;
        for unit in &ground.units {
            if unit.doubled_area > 0 {
                *self.areas.entry(unit.code.clone()).or_default() += unit.doubled_area;
            }
            for &ring in &unit.faults {
                self.report.invalid_rings += 1;
                let fault = TileFault::new(FaultKind::InvalidRing, tile.z()).at(tile);
                faults.add(TileFault {
                    ring: Some(ring),
                    ..fault.of(name, [unit.code.as_str()])
                });
            }
        }
        for overlap in &ground.overlaps {
            self.doubled_overlap += overlap.doubled_area;
            let units = overlap.units.iter();
            let codes = units.map(|&unit| ground.units[unit as usize].code.as_str());
            let fault = TileFault::new(FaultKind::Overlap, tile.z()).at(tile);
            faults.add(fault.of(name, codes).by(area(overlap.doubled_area)));
        }
    }

    fn compare_along_row(
        &mut self,
        zoom: u8,
        row: u32,
        tiles: &[(u32, &LayerGround)],
        faults: &mut Faults,
    ) {
        let mut west: Option<(u32, Shown)> = None;
        for &(column, ground) in tiles {
            let here = Shown::of(ground, 0);
            let address = TileAddress::new(zoom, column, row);
            match west.take() {
                Some((place, east)) if place + 1 == column => {
                    self.compare(address, &east, &here, faults);
                }
                apart => {
                    if let Some((place, east)) = apart {
                        let address = TileAddress::new(zoom, place, row);
                        self.compare(address, &east, &Shown::nothing(), faults);
                    }
                    self.compare(address, &Shown::nothing(), &here, faults);
                }
            }
            west = Some((column, Shown::of(ground, 2)));
        }
        if let Some((place, east)) = west {
            let address = TileAddress::new(zoom, place, row);
            self.compare(address, &east, &Shown::nothing(), faults);
        }
    }

    /// No row follows the one before directly: what lies below it is nothing.
    fn compare_with_nothing_below(&mut self, zoom: u8, faults: &mut Faults) {
        let row = self.row.unwrap_or_default();
        for (column, upper) in std::mem::take(&mut self.above) {
            let address = TileAddress::new(zoom, column, row);
            self.compare(address, &upper, &Shown::nothing(), faults);
        }
    }

    fn compare(
        &mut self,
        tile: Option<TileAddress>,
        lesser: &Shown,
        greater: &Shown,
        faults: &mut Faults,
    ) {
        let Some(tile) = tile else { return };
        let length = disagreement(&lesser.side, &greater.side, |a, b| {
            let code = |unit: &u32| &greater.codes[*unit as usize];
            a.len() == b.len()
                && a.iter().all(|unit| {
                    let here = &lesser.codes[*unit as usize];
                    b.iter().any(|unit| code(unit) == here)
                })
        });
        if length > 0.0 {
            self.report.edge_disagreement += length;
            let fault = TileFault::new(FaultKind::EdgeDisagreement, tile.z()).at(tile);
            let name = self.report.layer.clone();
            faults.add(fault.of(&name, [""; 0]).by(length));
        }
    }

    /// The end of the zoom: what is missing, what is open.
    pub(super) fn finish(
        mut self,
        zoom: u8,
        known: &Known,
        faults: &mut Faults,
    ) -> (LayerReport, LayerOutcome) {
        self.compare_with_nothing_below(zoom, faults);
        let name = self.report.layer.clone();
        if let Some(codes) = known.codes.get(&name) {
            for code in codes.iter().filter(|code| !self.areas.contains_key(*code)) {
                self.report.missing_grids += 1;
                let fault = TileFault::new(FaultKind::MissingGrid, zoom);
                faults.add(fault.of(&name, [code.as_str()]));
            }
        }
        let (rim, holes) = self.openings.finish();
        for hole in holes {
            let edges: Vec<WorldEdge> = hole.rim.iter().map(|&edge| on_world(zoom, edge)).collect();
            if known.may_be_open(&name, zoom, world_box(zoom, &hole), &edges) {
                self.report.holes += 1;
                continue;
            }
            let gap = area(hole.doubled_area);
            self.report.gap_area += gap;
            let fault = TileFault::new(FaultKind::Gap, zoom)
                .of(&name, [""; 0])
                .by(gap);
            faults.add(TileFault {
                tile: corner(zoom, &hole),
                ..fault
            });
        }
        self.report.grids = self.areas.len() as u64;
        self.report.overlap_area = area(self.doubled_overlap);
        let outcome = LayerOutcome {
            name,
            codes: self.areas.into_keys().collect(),
            rim: rim.into_iter().map(|edge| on_world(zoom, edge)).collect(),
        };
        (self.report, outcome)
    }
}

impl Shown {
    fn of(ground: &LayerGround, side: usize) -> Self {
        Self {
            codes: ground.units.iter().map(|unit| unit.code.clone()).collect(),
            side: ground.sides[side].clone(),
        }
    }

    fn nothing() -> Self {
        Self {
            codes: Vec::new(),
            side: SideCover {
                within: Covering::none(),
                beyond: Covering::none(),
            },
        }
    }
}

/// Square tile units: exact, as long as fewer than 2^24 of them are meant.
#[expect(clippy::cast_precision_loss, reason = "areas to be told")]
fn area(doubled: i128) -> f64 {
    doubled as f64 / (2.0 * f64::from(SCALE) * f64::from(SCALE))
}

fn world_box(zoom: u8, hole: &Hole) -> WorldBox {
    let [west, north, east, south] = hole.extent;
    let [[west, north], [east, south]] = on_world(zoom, [[west, north], [east, south]]);
    WorldBox([west, north, east, south])
}

#[expect(clippy::cast_precision_loss, reason = "of 42 bits a double loses none")]
fn on_world(zoom: u8, edge: [[i64; 2]; 2]) -> WorldEdge {
    let world = f64::from(SPAN) * f64::from(1u32 << zoom);
    edge.map(|end| end.map(|at| at as f64 / world))
}

fn corner(zoom: u8, hole: &Hole) -> Option<TileAddress> {
    let place = |at: i64| u32::try_from(at / i64::from(SPAN)).ok();
    TileAddress::new(zoom, place(hole.extent[0])?, place(hole.extent[1])?)
}
