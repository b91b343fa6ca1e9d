//! Tiles as they are sent: drawn and packed once, by threads of their own, and kept.

mod coding;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use moka::future::Cache;
use sha2::{Digest as _, Sha256};
use wangge_city::City;
use wangge_tiles::{Format, Shift, Source, TileAddress};

pub(crate) use self::coding::{Coding, weighed};
use crate::archives::ServedArchive;
use crate::error::ServerError;
use crate::problem::Problem;
use crate::workers::Workers;

/// Tiles whose contents are known at a time; a city of 30 km by 30 km has 6,000 up to zoom 16.
const KNOWN_TILES: u64 = 100_000;

/// What a body takes beside its bytes.
const OF_A_BODY: usize = 200;

/// A tile that is asked for, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) enum WantedTile {
    /// Of a snapshot of the city: it is drawn.
    Drawn(Arc<City>, AskedTile),
    /// Of an archive: it is read.
    Stored(Arc<ServedArchive>, TileAddress),
}

/// What tells one tile from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum TileKey {
    Drawn(u64, AskedTile),
    Stored(usize, TileAddress),
}

/// One tile of some snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AskedTile {
    pub(crate) source: Source,
    pub(crate) shift: Shift,
    pub(crate) address: TileAddress,
    pub(crate) format: Format,
}

/// What is known of a tile without having its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The source has nothing so far out, or so near.
    Outside,
    /// Nothing is on it.
    Empty,
    /// It has these contents.
    Full(ContentHash),
}

/// The first half of the SHA-256 of a tile's bytes as they are drawn or stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContentHash([u8; 16]);

/// Tiles of all snapshots and archives that are asked for.
///
/// What a tile holds is known by snapshot or archive; the bytes are kept by what they hold, so that a tile that a
/// publication leaves as it was is neither packed nor kept twice.
pub(crate) struct TileDesk {
    known: Cache<TileKey, Known>,
    bodies: Cache<(ContentHash, Coding), Bytes>,
    workers: Workers,
}

impl TileDesk {
    /// Keeps so many bytes of bodies; so many requests may wait for tiles that are not there.
    pub(crate) fn new(cache_bytes: u64, waiting: usize) -> Result<Self, ServerError> {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            known: Cache::new(KNOWN_TILES),
            bodies: Cache::builder()
                .max_capacity(cache_bytes)
                .weigher(|_, body: &Bytes| {
                    u32::try_from(body.len() + OF_A_BODY).unwrap_or(u32::MAX)
                })
                .build(),
            workers: Workers::with_room("tile", threads, waiting)?,
        })
    }

    /// What a tile holds. Where that had to be found out, the body comes with it.
    pub(crate) async fn look(
        &self,
        wanted: &WantedTile,
        coding: Coding,
    ) -> Result<(Known, Option<Bytes>), Problem> {
        let key = wanted.key();
        if let Some(known) = self.known.get(&key).await {
            return Ok((known, None));
        }
        let own = OnceLock::new();
        let making = async {
            let (known, body) = self.made(wanted, coding).await?;
            if let (Known::Full(hash), Some(body)) = (known, body) {
                self.bodies.insert((hash, coding), body.clone()).await;
                let _ = own.set(body);
            }
            Ok(known)
        };
        let known = self.known.try_get_with(key, making).await.map_err(shared)?;
        Ok((known, own.into_inner()))
    }

    /// The body of a tile that holds this.
    pub(crate) async fn body(
        &self,
        wanted: &WantedTile,
        hash: ContentHash,
        coding: Coding,
    ) -> Result<Bytes, Problem> {
        if let Some(body) = self.bodies.get(&(hash, coding)).await {
            return Ok(body);
        }
        let making = async {
            match self.made(wanted, coding).await? {
                (Known::Full(again), Some(body)) if again == hash => Ok(body),
                _ => {
                    tracing::error!(tile = %wanted.address(), "a tile came out differently the second time");
                    Err(Problem::Internal)
                }
            }
        };
        let made = self.bodies.try_get_with((hash, coding), making).await;
        made.map_err(shared)
    }

    /// Runs what draws, on the threads that tiles are drawn by.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.workers.run(job).await
    }

    async fn made(
        &self,
        wanted: &WantedTile,
        coding: Coding,
    ) -> Result<(Known, Option<Bytes>), Problem> {
        let wanted = wanted.clone();
        let making = move || match &wanted {
            WantedTile::Drawn(city, asked) => draw(city, *asked, coding),
            WantedTile::Stored(archive, address) => read(archive, *address, coding),
        };
        self.run(making).await?
    }
}

impl WantedTile {
    /// The codings that it goes out in.
    pub(crate) const fn codings(&self) -> &'static [Coding] {
        match self {
            Self::Drawn(..) => &Coding::BY_SIZE,
            Self::Stored(..) => &Coding::OF_ARCHIVES,
        }
    }

    pub(crate) const fn format(&self) -> Format {
        match self {
            Self::Drawn(_, asked) => asked.format,
            Self::Stored(..) => Format::Mvt,
        }
    }

    const fn address(&self) -> TileAddress {
        match self {
            Self::Drawn(_, asked) => asked.address,
            Self::Stored(_, address) => *address,
        }
    }

    fn key(&self) -> TileKey {
        match self {
            Self::Drawn(city, asked) => TileKey::Drawn(city.edition().number(), *asked),
            Self::Stored(archive, address) => TileKey::Stored(archive.place(), *address),
        }
    }
}

/// The source whose box is asked about: one that has nothing is as wide as the city.
pub(crate) fn reach(city: &City, source: Source, shift: Shift) -> Source {
    match city.tiles(shift).bounds(source) {
        Some(_) => source,
        None => Source::City,
    }
}

fn draw(city: &City, asked: AskedTile, coding: Coding) -> Result<(Known, Option<Bytes>), Problem> {
    let AskedTile {
        source,
        shift,
        address,
        format,
    } = asked;
    let started = Instant::now();
    let tiles = city.tiles(shift);
    let reach = reach(city, source, shift);
    if !tiles.zooms(source).contains(&address.z()) || !tiles.covers(reach, address) {
        return Ok((Known::Outside, None));
    }
    let Some(bytes) = tiles.tile(source, address, format) else {
        return Ok((Known::Empty, None));
    };
    let hash = ContentHash::of(&bytes);
    let length = bytes.len();
    match coding.encode(bytes) {
        Ok(body) => {
            tracing::debug!(
                %source, z = address.z(), ?coding, bytes = length, packed = body.len(),
                ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3,
                "a tile was drawn"
            );
            Ok((Known::Full(hash), Some(body.into())))
        }
        Err(error) => {
            tracing::error!(%error, tile = %address, "a tile could not be packed");
            Err(Problem::Internal)
        }
    }
}

fn read(
    archive: &ServedArchive,
    address: TileAddress,
    coding: Coding,
) -> Result<(Known, Option<Bytes>), Problem> {
    match archive.tile(address, coding) {
        Ok((known, body)) => Ok((known, body.map(Bytes::from))),
        Err(error) => {
            tracing::error!(archive = archive.name(), %error, "a tile could not be read");
            Err(Problem::Internal)
        }
    }
}

impl ContentHash {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Self(first)
    }

    /// Appends it in hexadecimal digits.
    pub(crate) fn write(self, out: &mut String) {
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(digit.into(), 16));
            }
        }
    }
}

/// A problem that several who waited for the same tile have.
fn shared(problem: Arc<Problem>) -> Problem {
    Arc::unwrap_or_clone(problem)
}
