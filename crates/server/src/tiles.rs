//! Tiles as they are sent: drawn and packed once, by threads of their own, and kept.

mod ahead;
mod coding;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use foldhash::fast::RandomState;
use futures_util::FutureExt as _;
use http::HeaderValue;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use sha2::{Digest as _, Sha256};
use wangge_city::{City, Edition};
use wangge_tiles::archive::ArchiveError;
use wangge_tiles::{Format, Shift, Source, TileAddress};

use self::ahead::Allowance;
pub(crate) use self::coding::{Coding, weighed};
use crate::archives::ServedArchive;
use crate::error::ServerError;
use crate::problem::Problem;
use crate::workers::Workers;

/// Tiles whose contents are known at a time; a city of 30 km by 30 km has 6,000 up to zoom 16, one of 10,000 grids
/// 52,000.
const KNOWN_TILES: u64 = 150_000;

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

/// What answers say of the snapshot or the archive that they are from, as headers have it.
#[derive(Debug)]
pub(crate) struct EditionHead {
    pub(crate) version: Option<HeaderValue>,
    /// From when on it was so.
    pub(crate) modified: Option<HeaderValue>,
}

/// A tile as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    pub(crate) etag: HeaderValue,
    pub(crate) body: Bytes,
}

/// Tiles of all snapshots and archives that are asked for.
///
/// What a tile holds is known by snapshot or archive; the bytes are kept by what they hold, so that
/// a tile that a publication leaves as it was is not kept twice.
pub(crate) struct TileDesk {
    known: Cache<TileKey, Known, RandomState>,
    packed: Cache<(ContentHash, Coding), Packed, RandomState>,
    /// Of the snapshot that was asked for last: most are the one that answers now.
    head: ArcSwapOption<(u64, Arc<EditionHead>)>,
    /// What may be packed ahead of need.
    allowance: Allowance,
    workers: Workers,
}

impl EditionHead {
    /// Of a version, since a time.
    pub(crate) fn of(version: &str, since: Option<Timestamp>) -> Self {
        let date = |since| {
            let printer = DateTimePrinter::new();
            let date = printer.timestamp_to_rfc9110_string(&since).ok()?;
            HeaderValue::try_from(date).ok()
        };
        Self {
            version: HeaderValue::from_str(version).ok(),
            modified: since.and_then(date),
        }
    }
}

impl TileDesk {
    /// Keeps so many bytes of bodies; so many requests may wait for tiles that are not there.
    pub(crate) fn new(cache_bytes: u64, waiting: usize) -> Result<Self, ServerError> {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            known: Cache::builder()
                .max_capacity(KNOWN_TILES)
                .eviction_policy(EvictionPolicy::lru())
                .build_with_hasher(RandomState::default()),
            packed: Cache::builder()
                .max_capacity(cache_bytes)
                .eviction_policy(EvictionPolicy::lru())
                .weigher(|_, packed: &Packed| {
                    u32::try_from(packed.body.len() + OF_A_BODY).unwrap_or(u32::MAX)
                })
                .build_with_hasher(RandomState::default()),
            head: ArcSwapOption::empty(),
            allowance: Allowance::new(cache_bytes),
            workers: Workers::with_room("tile", threads, waiting)?,
        })
    }

    /// What answers say of a snapshot.
    pub(crate) fn head(&self, edition: &Edition) -> Arc<EditionHead> {
        if let Some(kept) = &*self.head.load()
            && kept.0 == edition.number()
        {
            return Arc::clone(&kept.1);
        }
        let head = Arc::new(EditionHead::of(edition.text(), edition.since()));
        let kept = (edition.number(), Arc::clone(&head));
        self.head.store(Some(Arc::new(kept)));
        head
    }

    /// What a tile holds. Where that had to be found out, the tile comes with it.
    pub(crate) async fn look(
        &self,
        wanted: &WantedTile,
        coding: Coding,
    ) -> Result<(Known, Option<Packed>), Problem> {
        let key = wanted.key();
        if let Some(known) = self.known.get(&key).await {
            return Ok((known, None));
        }
        // boxed: what waits is large, and few requests do
        Box::pin(self.find_out(key, wanted, coding)).await
    }

    /// What a tile holds, if that is known and nothing must be waited for.
    pub(crate) fn known_at_hand(&self, wanted: &WantedTile) -> Option<Known> {
        self.known.get(&wanted.key()).now_or_never().flatten()
    }

    /// A tile that holds this, if it is kept and nothing must be waited for.
    pub(crate) fn packed_at_hand(&self, hash: ContentHash, coding: Coding) -> Option<Packed> {
        self.packed.get(&(hash, coding)).now_or_never().flatten()
    }

    async fn find_out(
        &self,
        key: TileKey,
        wanted: &WantedTile,
        coding: Coding,
    ) -> Result<(Known, Option<Packed>), Problem> {
        let own = OnceLock::new();
        let making = async {
            let (known, packed) = self.made(wanted, coding).await?;
            if let (Known::Full(hash), Some(packed)) = (known, packed) {
                self.packed.insert((hash, coding), packed.clone()).await;
                let _ = own.set(packed);
            }
            Ok(known)
        };
        let known = self.known.try_get_with(key, making).await.map_err(shared)?;
        Ok((known, own.into_inner()))
    }

    /// A tile that holds this, in a coding.
    pub(crate) async fn packed(
        &self,
        wanted: &WantedTile,
        hash: ContentHash,
        coding: Coding,
    ) -> Result<Packed, Problem> {
        if let Some(packed) = self.packed.get(&(hash, coding)).await {
            return Ok(packed);
        }
        // boxed: what waits is large, and few requests do
        Box::pin(self.make_again(wanted, hash, coding)).await
    }

    async fn make_again(
        &self,
        wanted: &WantedTile,
        hash: ContentHash,
        coding: Coding,
    ) -> Result<Packed, Problem> {
        let making = async {
            match self.made(wanted, coding).await? {
                (Known::Full(again), Some(packed)) if again == hash => Ok(packed),
                _ => {
                    tracing::error!(tile = %wanted.address(), "a tile came out differently the second time");
                    Err(Problem::Internal)
                }
            }
        };
        let made = self.packed.try_get_with((hash, coding), making).await;
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
    ) -> Result<(Known, Option<Packed>), Problem> {
        let wanted = wanted.clone();
        let making = move || match &wanted {
            WantedTile::Drawn(city, asked) => draw(city, *asked, coding),
            WantedTile::Stored(archive, address) => read(archive, *address, coding),
        };
        let (known, body) = self.run(making).await??;
        let packed = match (known, body) {
            (Known::Full(hash), Some(body)) => Some(Packed {
                etag: hash.etag(coding)?,
                body,
            }),
            _ => None,
        };
        Ok((known, packed))
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
            Err(match error {
                ArchiveError::Changed { .. } => Problem::ArchiveChanged,
                _ => Problem::Internal,
            })
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

    /// The entity tag of what it is of, in a coding.
    pub(crate) fn etag(self, coding: Coding) -> Result<HeaderValue, Problem> {
        let suffix = coding.suffix().as_bytes();
        // as long as it gets: then it is not copied once more
        let mut tag = Vec::with_capacity(2 * self.0.len() + suffix.len() + 2);
        tag.push(b'"');
        for two in digits(&self.0) {
            tag.extend_from_slice(&two);
        }
        tag.extend_from_slice(suffix);
        tag.push(b'"');
        HeaderValue::from_maybe_shared(Bytes::from(tag)).map_err(|_| Problem::Internal)
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> impl Iterator<Item = [u8; 2]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let both = |byte: &u8| [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
    bytes.iter().map(both)
}

/// A problem that several who waited for the same tile have.
fn shared(problem: Arc<Problem>) -> Problem {
    Arc::unwrap_or_clone(problem)
}
