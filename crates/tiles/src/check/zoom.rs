//! One zoom: tiles put together row by row.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::expected::{Known, WorldBox, WorldEdge};
use super::findings::Findings;
use super::ground::{LayerGround, SCALE, SPAN};
use super::openings::{Hole, Openings};
use super::report::{FaultKind, Faults, LargestTile, LayerReport, TileFault, ZoomReport};
use super::side::{Covering, SideCover, disagreement};
use crate::TileAddress;

/// The feature ids of units, by layer and code, over all zooms.
pub(super) type Ids = FxHashMap<(String, String), u64>;

/// A zoom while its tiles come in.
#[derive(Debug)]
pub(super) struct Zoom {
    report: ZoomReport,
    layers: BTreeMap<String, Layer>,
    /// How often each unit is labelled, by level and code.
    labels: BTreeMap<(String, String), (u32, TileAddress)>,
    pub(super) faults: Faults,
}

/// A layer of grids while its tiles come in.
#[derive(Debug)]
struct Layer {
    openings: Openings,
    /// Twice the areas of units.
    areas: BTreeMap<String, i128>,
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

impl Zoom {
    pub(super) fn new(zoom: u8) -> Self {
        Self {
            report: ZoomReport {
                zoom,
                tiles: 0,
                bytes: 0,
                vertices: 0,
                largest: None,
                layers: Vec::new(),
                labels: 0,
                fault_count: 0,
            },
            layers: BTreeMap::new(),
            labels: BTreeMap::new(),
            faults: Faults::default(),
        }
    }

    /// Takes all tiles of the next row, from the west; rows come from the north.
    pub(super) fn take_row(&mut self, row: &[Findings], ids: &mut Ids) {
        let Some(first) = row.first() else { return };
        for findings in row {
            self.count(findings, ids);
        }
        let mut by_layer: BTreeMap<&str, Vec<(u32, &LayerGround)>> = BTreeMap::new();
        for findings in row {
            for layer in &findings.layers {
                let tiles = by_layer.entry(&layer.name).or_default();
                tiles.push((findings.tile.x(), layer));
            }
        }
        for (name, tiles) in by_layer {
            let layer = self
                .layers
                .entry(name.to_owned())
                .or_insert_with(|| Layer::new(name));
            layer.take_row(first.tile.z(), first.tile.y(), &tiles, &mut self.faults);
        }
    }

    fn count(&mut self, findings: &Findings, ids: &mut Ids) {
        let (zoom, tile) = (self.report.zoom, findings.tile);
        self.report.tiles += 1;
        self.report.bytes += findings.bytes;
        self.report.vertices += findings.vertices;
        if self
            .report
            .largest
            .is_none_or(|known| known.bytes < findings.bytes)
        {
            self.report.largest = Some(LargestTile {
                tile,
                bytes: findings.bytes,
            });
        }
        for (layer, detail) in &findings.unreadable {
            let mut fault = TileFault::new(FaultKind::Unreadable, zoom).at(tile);
            fault.layer.clone_from(layer);
            fault.detail = Some(detail.clone());
            self.faults.add(fault);
        }
        for piece in &findings.borders_twice {
            let way = piece.end().from_origin(piece.start());
            #[expect(clippy::cast_precision_loss, reason = "of a few thousand units")]
            let length = (way.dx as f64).hypot(way.dy as f64);
            let fault = TileFault::new(FaultKind::BorderRepeated, zoom)
                .at(tile)
                .by(length);
            self.faults.add(TileFault {
                layer: "border".to_owned(),
                ..fault
            });
        }
        let identities = findings.layers.iter().flat_map(|layer| {
            let units = layer.units.iter();
            units.map(|unit| (layer.name.clone(), &unit.code, unit.id))
        });
        let labelled = findings.labels.iter().map(|placed| {
            let label = &placed.label;
            (format!("grid_{}", label.level), &label.code, label.id)
        });
        for (layer, code, id) in identities.chain(labelled) {
            let key = (layer, code.clone());
            if id.is_some_and(|id| *ids.entry(key.clone()).or_insert(id) != id) {
                let fault = TileFault::new(FaultKind::IdDiffers, zoom).at(tile);
                self.faults.add(fault.of(&key.0, [code.as_str()]));
            }
        }
        for placed in &findings.labels {
            let label = &placed.label;
            self.report.labels += 1;
            let key = (label.level.clone(), label.code.clone());
            self.labels.entry(key).or_insert((0, tile)).0 += 1;
            if placed.is_astray {
                let fault = TileFault::new(FaultKind::LabelAstray, zoom).at(tile);
                self.faults.add(fault.of("label", [label.code.as_str()]));
            }
        }
    }

    /// The end of the zoom: what is missing, what is open.
    pub(super) fn finish(mut self, known: &Known) -> (ZoomReport, Faults, Vec<LayerOutcome>) {
        let zoom = self.report.zoom;
        let mut outcomes = Vec::new();
        for (name, layer) in std::mem::take(&mut self.layers) {
            self.look_for_labels(&name, layer.areas.keys());
            let (report, outcome) = layer.finish(zoom, known, &mut self.faults);
            self.report.layers.push(report);
            outcomes.push(outcome);
        }
        for ((_, code), (count, tile)) in &self.labels {
            if *count > 1 {
                let fault = TileFault::new(FaultKind::LabelRepeated, zoom).at(*tile);
                self.faults
                    .add(fault.of("label", [code.as_str()]).by(f64::from(*count)));
            }
        }
        self.report.fault_count = self.faults.count;
        (self.report, self.faults, outcomes)
    }

    /// Where a level has labels at all, each of its units has one.
    fn look_for_labels<'a>(&mut self, layer: &str, codes: impl Iterator<Item = &'a String>) {
        let level = layer.trim_start_matches("grid_");
        if !self.labels.keys().any(|(labelled, _)| labelled == level) {
            return;
        }
        for code in codes {
            if !self.labels.contains_key(&(level.to_owned(), code.clone())) {
                let fault = TileFault::new(FaultKind::LabelMissing, self.report.zoom);
                self.faults.add(fault.of("label", [code.as_str()]));
            }
        }
    }
}

impl Layer {
    fn new(name: &str) -> Self {
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

    fn take_row(&mut self, zoom: u8, row: u32, tiles: &[(u32, &LayerGround)], faults: &mut Faults) {
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

    /// The row before was the last for now.
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

    fn finish(
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
