//! What tiles are made from.

use std::sync::Arc;

use wangge_coverage::Coverage;
use wangge_plane::Figure;

/// Everything that the tiles of a city show.
#[derive(Debug, Clone)]
pub struct Content {
    /// The proven coverage of the lowest level.
    pub coverage: Arc<Coverage>,
    /// The levels, top to bottom; at least one.
    pub levels: Vec<LevelContent>,
    /// Specialised grids.
    pub overlays: Vec<OverlayContent>,
    /// City components.
    pub components: Vec<ComponentContent>,
    /// Streets, water, green, buildings, in the order in which they are drawn.
    pub base: Vec<BaseContent>,
}

impl Content {
    /// Whether the units of all levels have the same codes and the same ground.
    pub(crate) fn has_ground_of(&self, other: &Self) -> bool {
        let codes = |level: &LevelContent, other: &LevelContent| {
            let pairs = level.units.iter().zip(&other.units);
            level.units.len() == other.units.len()
                && pairs.into_iter().all(|(a, b)| a.code == b.code)
        };
        let levels = self.levels.iter().zip(&other.levels);
        self.levels.len() == other.levels.len()
            && levels
                .into_iter()
                .all(|(a, b)| codes(a, b) && a.unit_of == b.unit_of)
            && (Arc::ptr_eq(&self.coverage, &other.coverage)
                || self.coverage.arcs() == other.coverage.arcs())
    }
}

/// One level and its units.
#[derive(Debug, Clone)]
pub struct LevelContent {
    /// The level's id in the scheme: the name of its layer is `grid_` and this.
    pub id: Box<str>,
    /// The units. On the lowest level in the order of the coverage's owners.
    pub units: Vec<UnitContent>,
    /// For each owner of the coverage, the place of the unit that it lies in.
    pub unit_of: Vec<u32>,
}

/// One unit.
#[derive(Debug, Clone)]
pub struct UnitContent {
    /// The feature id, below 2^53.
    pub id: u64,
    /// The code.
    pub code: Box<str>,
    /// The name.
    pub name: Option<Box<str>>,
    /// The name in Latin letters.
    pub name_en: Option<Box<str>>,
    /// Urban, rural, special.
    pub kind: Option<Box<str>>,
    /// The code of the unit above.
    pub parent: Option<Box<str>>,
    /// Area on the ellipsoid, square metres.
    pub area_m2: f64,
}

/// One specialised grid.
#[derive(Debug, Clone)]
pub struct OverlayContent {
    /// The feature id, below 2^53.
    pub id: u64,
    /// The code.
    pub code: Box<str>,
    /// The name.
    pub name: Option<Box<str>>,
    /// The name in Latin letters.
    pub name_en: Option<Box<str>>,
    /// What it is.
    pub kind: Option<Box<str>>,
    /// Its ground.
    pub figure: Figure,
}

/// One city component.
#[derive(Debug, Clone)]
pub struct ComponentContent {
    /// The feature id, below 2^53.
    pub id: u64,
    /// The code.
    pub code: Box<str>,
    /// The class.
    pub class: Box<str>,
    /// The name.
    pub name: Option<Box<str>>,
    /// The state, as answers write it.
    pub state: Option<&'static str>,
    /// Where it is.
    pub figure: Figure,
}

/// One thing of the base map.
#[derive(Debug, Clone)]
pub struct BaseContent {
    /// `street`, `water`, `green`, `building` or a word of the city's own.
    pub kind: Box<str>,
    /// A finer word: the class of a street.
    pub class: Option<Box<str>>,
    /// The name.
    pub name: Option<Box<str>>,
    /// The name in Latin letters.
    pub name_en: Option<Box<str>>,
    /// Where it is.
    pub figure: Figure,
}
