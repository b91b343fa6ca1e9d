//! Which tile of which source is meant.

use std::fmt;
use std::str::FromStr;

use wangge_crs::{ChinaBounds, wgs84_to_gcj02};

/// The zoom of the finest tiles; closer than that, clients enlarge these.
///
/// At 40 degrees of latitude one of a tile's 4096 units is 11 cm there.
pub const MAX_ZOOM: u8 = 16;

/// One tile of the pyramid: Web Mercator, rows from the north.
///
/// Invariant: `z <= MAX_ZOOM`, `x` and `y` below 2^z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileAddress {
    z: u8,
    x: u32,
    y: u32,
}

impl TileAddress {
    /// The tile with this address; `None` where the pyramid has none.
    pub const fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        if z > MAX_ZOOM || x >> z != 0 || y >> z != 0 {
            None
        } else {
            Some(Self { z, x, y })
        }
    }

    /// The zoom.
    pub const fn z(self) -> u8 {
        self.z
    }

    /// The column, from the west.
    pub const fn x(self) -> u32 {
        self.x
    }

    /// The row, from the north.
    pub const fn y(self) -> u32 {
        self.y
    }
}

impl fmt::Display for TileAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

/// What tiles show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Units of all levels, their borders and labels.
    Grids,
    /// Specialised grids.
    Overlays,
    /// City components (部件).
    Components,
    /// Streets, water, green, buildings.
    Base,
    /// All of these.
    City,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [
        Self::City,
        Self::Grids,
        Self::Components,
        Self::Overlays,
        Self::Base,
    ];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grids => "grids",
            Self::Overlays => "overlays",
            Self::Components => "components",
            Self::Base => "base",
            Self::City => "city",
        }
    }
}

impl Source {
    /// Whether a source shows what another one does.
    pub const fn has(self, part: Self) -> bool {
        matches!(self, Self::City) || self as u8 == part as u8
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that names no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such tile source; there are city, grids, components, overlays and base")]
pub struct UnknownSource;

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let mut all = Self::ALL.into_iter();
        all.find(|source| source.name() == text)
            .ok_or(UnknownSource)
    }
}

/// In which system tiles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Shift {
    /// As things are: CGCS2000, for maps the same as WGS 84.
    #[default]
    None,
    /// For base maps that are drawn in GCJ-02.
    Gcj02,
}

impl Shift {
    /// Where a place in degrees, longitude and latitude, is drawn.
    pub fn place(self, lon: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::None => (lon, lat),
            Self::Gcj02 => wgs84_to_gcj02(lon, lat, ChinaBounds::default()),
        }
    }
}
