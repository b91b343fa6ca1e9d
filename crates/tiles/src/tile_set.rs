//! All tiles of one snapshot of a city, in one system.

use std::ops::RangeInclusive;
use std::sync::Arc;

use wangge_plane::Extent;

use crate::encode::{Layers, as_mlt};
use crate::figures::Figures;
use crate::labels::Label;
use crate::layers::{self, LayerNote};
use crate::made::Made;
use crate::mercator::World;
use crate::units::Units;
use crate::{Content, MAX_ZOOM, Shift, Source, TileAddress, UnitContent, thinning};

/// How a tile is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// Mapbox Vector Tile 2.1.
    #[default]
    Mvt,
    /// `MapLibre` Tile.
    Mlt,
}

/// All tiles of one snapshot of a city, in one system.
///
/// Zooms are drawn when they are first asked for, and kept.
#[derive(Debug)]
pub struct TileSet {
    content: Arc<Content>,
    shift: Shift,
    /// Shared with the tiles of other snapshots that have the same ground.
    units: Arc<Units>,
    components: Made<Figures>,
    overlays: Made<Figures>,
    base: Made<Figures>,
    /// For each level the place of each unit by size, 1 the largest.
    ranks: Made<Vec<Vec<u64>>>,
    /// The boxes around what the sources have, of those that have anything.
    extents: Vec<(Source, Extent)>,
}

/// Lattice units: the shift of GCJ-02 differs by less from one end of a city to the other.
const SHIFT_DIFFERS: u32 = 50_000;

impl TileSet {
    /// The tiles of this content. Nothing is drawn before it is asked for.
    pub fn of(content: impl Into<Arc<Content>>, shift: Shift) -> Self {
        let content = content.into();
        let units = Arc::new(Units::of(&content.coverage, &content.levels, shift));
        Self::with_units(content, shift, units)
    }

    /// The tiles of this content, in the same system as earlier ones. Where the units have the same
    /// ground as before, what was drawn of them is taken over.
    pub fn following(content: impl Into<Arc<Content>>, earlier: &Self) -> Self {
        let content = content.into();
        if !content.has_ground_of(&earlier.content) {
            return Self::of(content, earlier.shift);
        }
        Self::with_units(content, earlier.shift, Arc::clone(&earlier.units))
    }

    fn with_units(content: Arc<Content>, shift: Shift, units: Arc<Units>) -> Self {
        let extents = extents(&content, &units);
        Self {
            content,
            shift,
            units,
            components: Made::default(),
            overlays: Made::default(),
            base: Made::default(),
            ranks: Made::default(),
            extents,
        }
    }

    /// The system that the tiles are drawn in.
    pub const fn shift(&self) -> Shift {
        self.shift
    }

    /// Draws a zoom and places its labels, so that nobody who asks for a tile of it waits for that.
    pub fn draw(&self, zoom: u8) {
        self.units.placed(zoom.min(MAX_ZOOM));
    }

    /// West, south, east and north of everything that a source shows, degrees; `None` of nothing. Of the
    /// city without its base map.
    pub fn bounds(&self, source: Source) -> Option<[f64; 4]> {
        let extent = self.extent(source)?;
        let corners = [extent.min(), extent.max()].map(|p| self.shift.place(p.lon(), p.lat()));
        let [(west, south), (east, north)] = corners;
        Some([west, south, east, north])
    }

    fn extent(&self, source: Source) -> Option<Extent> {
        // the sea of a base map goes far beyond the city
        let counts = |part: Source| part == source || (source.has(part) && part != Source::Base);
        let shown = self.extents.iter().filter(|(part, _)| counts(*part));
        shown.map(|(_, extent)| *extent).reduce(Extent::union)
    }

    /// The zooms that a source has tiles of.
    pub fn zooms(&self, source: Source) -> RangeInclusive<u8> {
        let parts = self.extents.iter().filter(|(part, _)| source.has(*part));
        let first = parts.filter_map(|(part, _)| match part {
            Source::Components => self.components().min_zoom(),
            Source::Overlays => self.overlays().min_zoom(),
            Source::Base => self.base().min_zoom(),
            Source::Grids | Source::City => Some(self.units.first_zoom(0)),
        });
        first.min().unwrap_or(0)..=MAX_ZOOM
    }

    /// The layers of a source, in the order of tiles.
    pub fn layers(&self, source: Source) -> Vec<LayerNote> {
        let mut notes = Vec::new();
        if source.has(Source::Base) && !self.content.base.is_empty() {
            notes.push(layers::base(self.base().min_zoom().unwrap_or(0)));
        }
        if source.has(Source::Grids) {
            for (at, level) in self.content.levels.iter().enumerate() {
                notes.push(layers::grid(&level.id, self.units.first_zoom(at)));
            }
        }
        if source.has(Source::Overlays) && !self.content.overlays.is_empty() {
            notes.push(layers::special(self.overlays().min_zoom().unwrap_or(0)));
        }
        if source.has(Source::Grids) {
            notes.push(layers::border(self.units.first_zoom(0)));
        }
        if source.has(Source::Components) && !self.content.components.is_empty() {
            notes.push(layers::component(self.components().min_zoom().unwrap_or(0)));
        }
        if source.has(Source::Grids) {
            notes.push(layers::label(self.units.first_zoom(0)));
        }
        notes
    }

    /// The first zoom that shows each level, top to bottom. From there on at least 99.5 % of the level's
    /// units keep ground of their own.
    pub fn first_zooms(&self) -> Vec<u8> {
        (0..self.content.levels.len())
            .map(|level| self.units.first_zoom(level))
            .collect()
    }

    /// The codes of the units that keep no more than a triangle of half a square unit on a zoom, of
    /// the lowest level that the zoom shows; in order.
    pub fn triangles(&self, zoom: u8) -> Vec<&str> {
        let Some((lowest, drawing)) = self.units.at(zoom.min(MAX_ZOOM)) else {
            return Vec::new();
        };
        let units = &self.content.levels[lowest].units;
        let owners = drawing.triangles().iter();
        owners
            .map(|&owner| self.units.unit(lowest, owner, lowest))
            .map(|unit| &*units[unit as usize].code)
            .collect()
    }

    /// Whether a tile shows a part of the box around everything that the source has. One that does
    /// not is outside.
    pub fn covers(&self, source: Source, tile: TileAddress) -> bool {
        let world = World::of(tile.z(), self.shift);
        self.extent(source)
            .and_then(|extent| {
                // the shift of GCJ-02 differs by less than this over a city
                let extent = match self.shift {
                    Shift::None => extent,
                    Shift::Gcj02 => extent.widened(SHIFT_DIFFERS, SHIFT_DIFFERS),
                };
                let (low, high) = (world.point(extent.min())?, world.point(extent.max())?);
                Some(world.window(tile).meets(low, high))
            })
            .unwrap_or(false)
    }

    /// The tile, uncompressed; `None` when nothing is on it.
    ///
    /// The same content gives the same bytes.
    pub fn tile(&self, source: Source, tile: TileAddress, format: Format) -> Option<Vec<u8>> {
        let world = World::of(tile.z(), self.shift);
        let mut layers = Layers::new();
        if source.has(Source::Base) {
            self.add_base(world, tile, &mut layers);
        }
        if source.has(Source::Grids) {
            self.add_grids(tile, &mut layers);
        }
        if source.has(Source::Overlays) {
            self.add_overlays(world, tile, &mut layers);
        }
        if source.has(Source::Grids) {
            self.add_borders(tile, &mut layers);
        }
        if source.has(Source::Components) {
            self.add_components(world, tile, &mut layers);
        }
        if source.has(Source::Grids) {
            self.add_labels(world, tile, &mut layers);
        }
        let bytes = layers.finish()?;
        match format {
            Format::Mvt => Some(bytes),
            Format::Mlt => as_mlt(&bytes),
        }
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    pub(crate) fn units(&self) -> &Units {
        &self.units
    }

    pub(crate) fn components(&self) -> &Figures {
        self.components.get_or_make(|| {
            Figures::of(thinning::of_components(
                &self.content.components,
                self.shift,
            ))
        })
    }

    pub(crate) fn overlays(&self) -> &Figures {
        self.overlays
            .get_or_make(|| Figures::of(vec![0; self.content.overlays.len()]))
    }

    pub(crate) fn base(&self) -> &Figures {
        self.base
            .get_or_make(|| Figures::of(thinning::of_base(&self.content.base, self.shift)))
    }

    /// The labels in a tile.
    pub(crate) fn labels(&self, tile: TileAddress) -> &[Label] {
        let labels = self.units.placed(tile.z());
        labels.get(&tile).map_or(&[], Vec::as_slice)
    }

    /// The place of a unit by size among those of its level, 1 the largest.
    pub(crate) fn rank(&self, level: usize, unit: u32) -> u64 {
        let ranks = self.ranks.get_or_make(|| {
            let levels = self.content.levels.iter();
            levels.map(|level| ranked(&level.units)).collect()
        });
        ranks[level][unit as usize]
    }
}

fn ranked(units: &[UnitContent]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&units[a], &units[b]);
        b.area_m2
            .total_cmp(&a.area_m2)
            .then_with(|| a.code.cmp(&b.code))
    });
    let mut ranks = vec![0; units.len()];
    for (rank, at) in (1..).zip(order) {
        ranks[at] = rank;
    }
    ranks
}

fn extents(content: &Content, units: &Units) -> Vec<(Source, Extent)> {
    let around = |boxes: &mut dyn Iterator<Item = Extent>| boxes.reduce(Extent::union);
    let components = content.components.iter().map(|c| c.figure.extent());
    let overlays = content.overlays.iter().map(|o| o.figure.extent());
    let base = content.base.iter().map(|thing| thing.figure.extent());
    [
        (Source::Grids, units.extent()),
        (Source::Components, around(&mut { components })),
        (Source::Overlays, around(&mut { overlays })),
        (Source::Base, around(&mut { base })),
    ]
    .into_iter()
    .filter_map(|(source, extent)| Some((source, extent?)))
    .collect()
}
