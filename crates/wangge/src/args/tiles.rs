//! `wangge tiles`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use wangge_tiles::{MAX_ZOOM, Shift, Source};

#[derive(Debug, Subcommand)]
pub(crate) enum TilesCommand {
    /// Write a whole pyramid of vector tiles to one file 导出矢量瓦片
    #[command(
        after_help = "Examples:\n  wangge tiles export --store city.gpkg -o city.pmtiles\n  wangge tiles export --store city.gpkg --source grids --maxzoom 14 -o grids.mbtiles\nThe file appears when it is whole. An export that was ended goes on when it is started again."
    )]
    Export(TilesExport),
    /// Say whether tiles hold: gaps, overlaps, missing grids, labels, borders 检查矢量瓦片
    #[command(
        after_help = "Examples:\n  wangge tiles check --store city.gpkg\n  wangge tiles check city.pmtiles --json\nExit code 0: nothing is wrong; 1: something is; 2: it could not be looked at."
    )]
    Check(TilesCheck),
}

#[derive(Debug, Args)]
pub(crate) struct TilesExport {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan (default: the current one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// The file to write; .pmtiles or .mbtiles says the format
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct TilesCheck {
    /// An archive (.pmtiles, .mbtiles)
    #[arg(
        value_name = "FILE",
        conflicts_with = "store",
        required_unless_present = "store"
    )]
    pub(crate) file: Option<PathBuf>,
    /// A store instead: its tiles are drawn and checked
    #[arg(long)]
    pub(crate) store: Option<PathBuf>,
    /// The plan in the store (default: the current one)
    #[arg(long, value_name = "NAME", requires = "store", conflicts_with = "file")]
    pub(crate) plan: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which tiles.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// The coarsest zoom
    #[arg(long, value_name = "Z", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_ZOOM)))]
    pub(crate) minzoom: u8,
    /// The finest zoom
    #[arg(long, value_name = "Z", default_value_t = MAX_ZOOM, value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_ZOOM)))]
    pub(crate) maxzoom: u8,
    /// What the tiles of a store show
    #[arg(long, value_enum, default_value_t = TileSource::City)]
    pub(crate) source: TileSource,
    /// The system that the tiles of a store are drawn in: of base maps in GCJ-02, or of all others
    #[arg(long, value_enum, default_value_t = TileSystem::Cgcs2000)]
    pub(crate) crs: TileSystem,
}

/// What tiles show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TileSource {
    /// Everything
    City,
    /// Units of all levels, borders, labels
    Grids,
    /// City components
    Components,
    /// Specialised grids
    Overlays,
    /// Streets, water, green, buildings
    Base,
}

/// The system that tiles are drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TileSystem {
    /// CGCS2000, for maps the same as WGS 84
    #[value(alias = "wgs84")]
    Cgcs2000,
    /// GCJ-02
    Gcj02,
}

impl From<TileSource> for Source {
    fn from(source: TileSource) -> Self {
        match source {
            TileSource::City => Self::City,
            TileSource::Grids => Self::Grids,
            TileSource::Components => Self::Components,
            TileSource::Overlays => Self::Overlays,
            TileSource::Base => Self::Base,
        }
    }
}

impl From<TileSystem> for Shift {
    fn from(system: TileSystem) -> Self {
        match system {
            TileSystem::Cgcs2000 => Self::None,
            TileSystem::Gcj02 => Self::Gcj02,
        }
    }
}
