//! What a check of tiles came to.

use serde::Serialize;

use super::rings::RingFault;
use crate::TileAddress;

/// Faults of one kind and zoom that are listed; all are counted.
pub(super) const LISTED: usize = 100;

/// What a check of tiles came to. Areas are in square tile units, of which a tile has 4096 x 4096;
/// lengths in tile units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TilesReport {
    /// Nothing is wrong with any tile.
    pub sound: bool,
    /// How many faults there are.
    pub fault_count: u64,
    /// The zooms, from the coarsest.
    pub zooms: Vec<ZoomReport>,
    /// The faults, at most a hundred of each kind in a zoom.
    pub faults: Vec<TileFault>,
}

/// What was found in one zoom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZoomReport {
    /// The zoom.
    pub zoom: u8,
    /// Tiles that are not empty.
    pub tiles: u64,
    /// Their bytes, uncompressed.
    pub bytes: u64,
    /// Vertices of all layers.
    pub vertices: u64,
    /// The largest tile.
    pub largest: Option<LargestTile>,
    /// The layers of grids, by name.
    pub layers: Vec<LayerReport>,
    /// Points of the layer `label`.
    pub labels: u64,
    /// Faults of this zoom.
    pub fault_count: u64,
}

/// The largest tile of a zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LargestTile {
    /// Where it is.
    #[serde(serialize_with = "as_text")]
    pub tile: TileAddress,
    /// Its bytes, uncompressed.
    pub bytes: u64,
}

/// What was found in one layer of grids of one zoom.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LayerReport {
    /// Its name.
    pub layer: String,
    /// Units that have ground.
    pub grids: u64,
    /// Units that should have ground and have none.
    pub missing_grids: u64,
    /// Ground that nobody covers and that is no hole of the coverage.
    pub gap_area: f64,
    /// Ground that several units cover, counted once.
    pub overlap_area: f64,
    /// Open ground that may be: holes of the coverage itself, and what rounding closed off from the
    /// outside.
    pub holes: u64,
    /// Units with rings that are none, tile by tile.
    pub invalid_rings: u64,
    /// How long neighbouring tiles disagree about the side between them.
    pub edge_disagreement: f64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TileFault {
    /// What it is.
    pub kind: FaultKind,
    /// The zoom.
    pub zoom: u8,
    /// The tile; for what spans several, the one that its north-western corner lies in.
    #[serde(
        serialize_with = "as_text_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub tile: Option<TileAddress>,
    /// The layer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// The codes of the units concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// How much: square tile units, or tile units, by the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    /// What is wrong with the ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring: Option<RingFault>,
    /// What the reader of tiles said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A tile, or a layer or a feature of it, cannot be read.
    Unreadable,
    /// Ground that nobody covers.
    Gap,
    /// Ground that several units cover.
    Overlap,
    /// A unit that has no ground at a zoom that shows its level.
    MissingGrid,
    /// A ring that is none.
    InvalidRing,
    /// Neighbouring tiles disagree about the side between them.
    EdgeDisagreement,
    /// A unit with more than one label.
    LabelRepeated,
    /// A unit without a label where others of its level have one.
    LabelMissing,
    /// A label that lies beside its unit, or outside its tile.
    LabelAstray,
    /// A border that is drawn more than once.
    BorderRepeated,
    /// A unit whose feature id is not the same everywhere.
    IdDiffers,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Unreadable,
        Self::Gap,
        Self::Overlap,
        Self::MissingGrid,
        Self::InvalidRing,
        Self::EdgeDisagreement,
        Self::LabelRepeated,
        Self::LabelMissing,
        Self::LabelAstray,
        Self::BorderRepeated,
        Self::IdDiffers,
    ];
}

impl TileFault {
    pub(super) const fn new(kind: FaultKind, zoom: u8) -> Self {
        Self {
            kind,
            zoom,
            tile: None,
            layer: String::new(),
            codes: Vec::new(),
            amount: None,
            ring: None,
            detail: None,
        }
    }

    pub(super) fn at(self, tile: TileAddress) -> Self {
        Self {
            tile: Some(tile),
            ..self
        }
    }

    pub(super) fn of(
        self,
        layer: &str,
        codes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            layer: layer.to_owned(),
            codes: codes.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    pub(super) fn by(self, amount: f64) -> Self {
        Self {
            amount: Some(amount),
            ..self
        }
    }
}

/// Faults as they are found: all counted, the first of each kind kept.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) count: u64,
    pub(super) listed: Vec<TileFault>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: TileFault) {
        self.count += 1;
        let same = |known: &&TileFault| known.kind == fault.kind && known.zoom == fault.zoom;
        if self.listed.iter().filter(same).count() < LISTED {
            self.listed.push(fault);
        }
    }
}

fn as_text<S: serde::Serializer>(tile: &TileAddress, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(tile)
}

#[expect(clippy::ref_option, reason = "serde hands over the field by reference")]
fn as_text_if_any<S: serde::Serializer>(
    tile: &Option<TileAddress>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match tile {
        Some(tile) => serializer.collect_str(tile),
        None => serializer.serialize_none(),
    }
}
