//! The arguments of `wangge track` and `wangge patrol`.

use std::path::PathBuf;

use clap::Args;
use wangge_city::{TrackRules, micros};

use super::{Conversion, not_negative};

/// Which positions, and what they are taken for.
#[derive(Debug, Args)]
pub(crate) struct Tracking {
    /// A CSV file of positions with a header row: device,time,lon,lat and, if known, accuracy; rows in any order
    #[arg(value_name = "FILE")]
    pub(crate) positions: PathBuf,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// By the grids as they stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// By the units of this level (default: the lowest)
    #[arg(long, value_name = "ID")]
    pub(crate) level: Option<String>,
    /// The coordinate system of the positions (default: WGS 84 / CGCS2000)
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    #[command(flatten)]
    pub(crate) conversion: Conversion,
    /// The column of the device
    #[arg(long, value_name = "COL", default_value = "device")]
    pub(crate) device: String,
    /// The column of the time
    #[arg(long, value_name = "COL", default_value = "time")]
    pub(crate) time: String,
    /// The column of the longitude
    #[arg(long, value_name = "COL", default_value = "lon")]
    pub(crate) lon: String,
    /// The column of the latitude
    #[arg(long, value_name = "COL", default_value = "lat")]
    pub(crate) lat: String,
    /// The column of the accuracy in metres (default: accuracy, if there is one)
    #[arg(long, value_name = "COL")]
    pub(crate) accuracy: Option<String>,
    /// A stay counts when it went so many metres into its grid, or deeper than the position is off
    #[arg(long, value_name = "M", default_value_t = 10.0, value_parser = not_negative)]
    pub(crate) hysteresis: f64,
    /// Or when it took so many seconds
    #[arg(long, value_name = "S", default_value_t = 180.0, value_parser = not_negative)]
    pub(crate) least_stay: f64,
    /// Positions known worse than so many metres are rejected
    #[arg(long, value_name = "M", default_value_t = 100.0, value_parser = not_negative)]
    pub(crate) max_accuracy: f64,
    /// Nobody is faster, metres per second: positions that would need it are rejected
    #[arg(long, value_name = "M/S", default_value_t = 50.0, value_parser = not_negative)]
    pub(crate) max_speed: f64,
    /// Across more seconds without a position nothing is said
    #[arg(long, value_name = "S", default_value_t = 600.0, value_parser = not_negative)]
    pub(crate) max_gap: f64,
    /// Where the table goes (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl Tracking {
    pub(crate) fn rules(&self) -> TrackRules {
        TrackRules {
            hysteresis_m: self.hysteresis,
            least_stay_us: micros(self.least_stay),
            most_accuracy_m: self.max_accuracy,
            most_speed_m_s: self.max_speed,
            most_gap_us: micros(self.max_gap),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Track {
    #[command(flatten)]
    pub(crate) tracking: Tracking,
    /// The zone of times that do not say theirs, and of the times in the answer (default: UTC)
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Patrol {
    #[command(flatten)]
    pub(crate) tracking: Tracking,
    /// The day, such as 2026-05-01
    #[arg(long, value_name = "DATE")]
    pub(crate) date: String,
    /// The zone of the day, of times that do not say theirs, and of the times in the answer
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    pub(crate) zone: String,
    /// A street is walked along where a track is within so many metres
    #[arg(long, value_name = "M", default_value_t = wangge_city::STREET_REACH_M, value_parser = not_negative)]
    pub(crate) reach: f64,
}
