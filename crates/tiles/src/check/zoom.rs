//! One zoom: tiles put together row by row.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::expected::Known;
use super::findings::Findings;
use super::ground::LayerGround;
use super::layer::{Layer, LayerOutcome};
use super::report::{FaultKind, Faults, LargestTile, TileFault, ZoomReport};
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
