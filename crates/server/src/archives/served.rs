//! One archive that is served.

use std::f64::consts::TAU;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use wangge_tiles::archive::{Archive, ArchiveError};
use wangge_tiles::{MAX_ZOOM, Shift, TileAddress};

use crate::error::ServerError;
use crate::tiles::{Coding, ContentHash, EditionHead, Known, digits};
use crate::vector_layer::{ToldLayer, VectorLayer};

/// The whole pyramid, degrees.
const WORLD: [f64; 4] = [-180.0, -LAST_LATITUDE, 180.0, LAST_LATITUDE];
const LAST_LATITUDE: f64 = 85.051_128_78;

/// How far tiles show what is beyond their sides, in tiles.
const BUFFER: f64 = 64.0 / 4096.0;

/// Bytes of the digest that make a version.
const OF_VERSION: usize = 8;

/// An archive under its name, and what is told of it.
pub(crate) struct ServedArchive {
    place: usize,
    name: String,
    archive: Archive,
    version: String,
    head: Arc<EditionHead>,
    told: Told,
}

/// What an archive says of itself.
struct Told {
    title: String,
    attribution: Option<String>,
    version: Option<String>,
    layers: Vec<VectorLayer>,
    bounds: [f64; 4],
    zooms: (u8, u8),
    shift: Shift,
}

impl ServedArchive {
    pub(super) fn open(place: usize, name: &str, path: &Path) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Archive { source };
        let archive = Archive::open(path).map_err(failed)?;
        let told = Told::of(&archive, name)?;
        let digest = archive.digest().map_err(failed)?;
        let version: String = digits(&digest[..OF_VERSION])
            .flatten()
            .map(char::from)
            .collect();
        let head = EditionHead::of(
            &version,
            archive
                .modified()
                .and_then(|time| Timestamp::try_from(time).ok()),
        );
        Ok(Self {
            place,
            name: name.to_owned(),
            archive,
            version,
            head: Arc::new(head),
            told,
        })
    }

    /// Which of the archives it is.
    pub(crate) const fn place(&self) -> usize {
        self.place
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn path(&self) -> &Path {
        self.archive.path()
    }

    /// Whether the file was found to hold other things than it did when the service started.
    pub(crate) fn is_changed(&self) -> bool {
        self.archive.is_known_changed()
    }

    /// The version in addresses: it changes with any byte of the file.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// What answers say of it: its version, and when the file was written.
    pub(crate) const fn head(&self) -> &Arc<EditionHead> {
        &self.head
    }

    /// What it shows.
    pub(crate) fn title(&self) -> &str {
        &self.told.title
    }

    pub(crate) fn attribution(&self) -> Option<&str> {
        self.told.attribution.as_deref()
    }

    /// The version of what it shows, as it says.
    pub(crate) fn told_version(&self) -> Option<&str> {
        self.told.version.as_deref()
    }

    pub(crate) fn layers(&self) -> &[VectorLayer] {
        &self.told.layers
    }

    pub(crate) const fn bounds(&self) -> [f64; 4] {
        self.told.bounds
    }

    /// The first zoom and the last.
    pub(crate) const fn zooms(&self) -> (u8, u8) {
        self.told.zooms
    }

    pub(crate) const fn shift(&self) -> Shift {
        self.told.shift
    }

    /// A tile, and its bytes in a coding of [`Coding::OF_ARCHIVES`]. What is stored packed goes out
    /// as it is; it is unpacked all the same, so that nothing that is damaged goes out.
    pub(crate) fn tile(
        &self,
        address: TileAddress,
        coding: Coding,
    ) -> Result<(Known, Option<Vec<u8>>), ArchiveError> {
        let read = self.archive.stored(address).and_then(|stored| {
            let unpacked = match &stored {
                Some(stored) => self.archive.unpacked(address, stored)?,
                None => Vec::new(),
            };
            Ok((stored, unpacked))
        });
        // after it was read: then what was read is what the version says, and what could not be
        // is not told as damage
        self.archive.unchanged()?;
        let (stored, unpacked) = read?;
        let Some(stored) = stored else {
            let known = if self.covers(address) {
                Known::Empty
            } else {
                Known::Outside
            };
            return Ok((known, None));
        };
        if unpacked.is_empty() {
            return Ok((Known::Empty, None));
        }
        let hash = ContentHash::of(&stored.bytes);
        let body = match coding {
            Coding::Gzip if stored.is_gzip => stored.bytes,
            coding => coding
                .encode(unpacked)
                .map_err(|error| ArchiveError::Tile {
                    path: self.path().to_owned(),
                    tile: address,
                    reason: error.to_string(),
                })?,
        };
        Ok((Known::Full(hash), Some(body)))
    }

    /// Whether a tile shows a part of the bounds, at one of the zooms.
    fn covers(&self, tile: TileAddress) -> bool {
        let (min, max) = self.told.zooms;
        let [west, south, east, north] = self.told.bounds;
        let side = f64::from(tile.z()).exp2();
        let (x, y) = (f64::from(tile.x()), f64::from(tile.y()));
        let meets = |at: f64, low: f64, high: f64| {
            at - BUFFER <= high * side && at + 1.0 + BUFFER >= low * side
        };
        (min..=max).contains(&tile.z())
            && meets(x, column(west), column(east))
            && meets(y, row(north), row(south))
    }
}

/// Where a longitude is on the map: from 0 in the west to 1 in the east.
fn column(lon: f64) -> f64 {
    lon / 360.0 + 0.5
}

/// Where a latitude is: from 0 in the north to 1 in the south.
fn row(lat: f64) -> f64 {
    0.5 - lat.to_radians().sin().atanh() / TAU
}

impl Told {
    fn of(archive: &Archive, name: &str) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Archive { source };
        let path = || archive.path().to_owned();
        let (bounds, min, max) = archive.frame().map_err(failed)?;
        let last = max.min(MAX_ZOOM);
        if min > last {
            return Err(ServerError::ArchiveZooms {
                path: path(),
                min,
                max,
            });
        }
        let metadata = archive.metadata().map_err(failed)?;
        let layers = match metadata.get("vector_layers") {
            None => Vec::new(),
            Some(layers) => {
                serde_json::from_value::<Vec<ToldLayer>>(layers.clone()).map_err(|error| {
                    ServerError::ArchiveLayers {
                        path: path(),
                        reason: error.to_string(),
                    }
                })?
            }
        };
        let text = |key: &str| {
            let text = metadata.get(key).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let layers = layers.into_iter();
        Ok(Self {
            title: text("name").unwrap_or_else(|| name.to_owned()),
            attribution: text("attribution"),
            version: text("version"),
            layers: layers
                .map(|layer| VectorLayer::told(layer, (min, last)))
                .collect(),
            bounds: on_the_map(bounds).ok_or_else(|| ServerError::ArchiveBounds {
                path: path(),
                bounds,
            })?,
            zooms: (min, last),
            shift: archive.shift().map_err(failed)?,
        })
    }
}

/// A box, as far as it is on the map; `None` of what is no box. Noughts are what programs write that do not know it.
fn on_the_map([west, south, east, north]: [f64; 4]) -> Option<[f64; 4]> {
    if [west, south, east, north]
        .into_iter()
        .all(|side| side == 0.0)
    {
        return Some(WORLD);
    }
    let [first_lon, first_lat, last_lon, last_lat] = WORLD;
    let clamped = [
        west.max(first_lon),
        south.max(first_lat),
        east.min(last_lon),
        north.min(last_lat),
    ];
    let all = [west, south, east, north];
    (all.into_iter().all(f64::is_finite) && clamped[0] <= clamped[2] && clamped[1] <= clamped[3])
        .then_some(clamped)
}

impl fmt::Debug for ServedArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedArchive")
            .field("name", &self.name)
            .field("archive", &self.archive)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // the corners of tile 1/1/0 and of the pyramid, by the definition of Web Mercator
    #[test]
    fn places_are_those_of_the_pyramid() {
        assert!((column(0.0) - 0.5).abs() < 1e-12 && (row(0.0) - 0.5).abs() < 1e-12);
        assert!(row(LAST_LATITUDE).abs() < 1e-9 && (row(-LAST_LATITUDE) - 1.0).abs() < 1e-9);
        // arctan(sinh(pi / 2))
        assert!((row(66.513_260_443_111_85) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_box_is_cut_to_the_map_and_nonsense_refused() {
        assert_eq!(on_the_map([-180.0, -90.0, 180.0, 90.0]), Some(WORLD));
        assert_eq!(
            on_the_map([120.0, 40.0, 121.0, 41.0]),
            Some([120.0, 40.0, 121.0, 41.0])
        );
        assert_eq!(on_the_map([0.0; 4]), Some(WORLD), "not known");
        assert_eq!(on_the_map([f64::NAN, 40.0, 121.0, 41.0]), None);
        assert_eq!(on_the_map([120.0, 41.0, 121.0, 40.0]), None);
        assert_eq!(on_the_map([200.0, 40.0, 201.0, 41.0]), None);
    }
}
