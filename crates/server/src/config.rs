//! What an operator decides: limits, addresses, languages, who may do what.

use std::time::Duration;

use crate::address::{PublicUrl, TrustedPeers};
use crate::archives::Archives;
use crate::cors::Origins;
use crate::language::Language;
use wangge_exchange::Reader;
use wangge_tiles::{Shift, Source};

/// Everything about a server but its listener and its city.
///
/// `ServerConfig::default()` serves read-only answers in English to whoever reaches the listener,
/// with the limits of [`Limits::default`].
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// Sizes, counts and times that bound every request.
    pub limits: Limits,
    /// The language of problems for clients that state none.
    pub language: Language,
    /// Which web pages of other origins may read answers (CORS). Default: none.
    pub cors: Origins,
    /// The address that clients reach this service by, for links in answers. Default: worked out
    /// from each request, see [`TrustedPeers`].
    pub public_url: Option<PublicUrl>,
    /// Whose `X-Forwarded-*` headers are believed. Default: peers on the loopback interface.
    pub trusted_peers: TrustedPeers,
    /// Whether requests may change data. Default: no, such routes answer 403.
    pub allow_writes: bool,
    /// How far outside the coverage a point is still answered with the nearest grid when the
    /// request has no `near`, in metres. Default: 0, never.
    pub near_m: f64,
    /// Whether answers hold names and phone numbers of people and departments. Default: no.
    pub show_contacts: bool,
    /// Raster maps for below the city, at most one for each system. Default: none.
    pub base_maps: Vec<BaseMap>,
    /// How tiles are served.
    pub tiles: TileConfig,
    /// What reads files of points that are sent, each in a locked process within its limits. Default: none, and such files are
    /// refused.
    pub reader: Option<Reader>,
    /// Archives of tiles that are served beside the city, or without one. Default: none.
    pub archives: Archives,
}

/// A raster map of somebody else's that styles lay below the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseMap {
    /// The addresses of its tiles, with `{z}`, `{x}` and `{y}`.
    pub tiles: Vec<String>,
    /// The system that it is drawn in: it lies below styles of the same system only.
    pub shift: Shift,
    /// The side of a tile, pixels.
    pub tile_size: u16,
    /// Its first zoom.
    pub min_zoom: u8,
    /// Its last zoom; closer than that, its tiles are enlarged.
    pub max_zoom: u8,
    /// Whose it is, as the map must say.
    pub attribution: Option<String>,
}

/// How tiles are served.
#[derive(Debug, Clone)]
pub struct TileConfig {
    /// How many bytes of tiles are kept ready to be sent, packed as they were asked for.
    /// Default 256 MiB.
    pub cache_bytes: u64,
    /// Whose data the maps show, as map clients print it. Default: nothing.
    pub attribution: Option<String>,
    /// The sources whose tiles are packed ahead of need, once a snapshot of a store answers, in a half
    /// of `cache_bytes` at most, and at most 75,000 tiles. Default: the one that the maps show, `city`.
    pub ahead: Vec<Source>,
    /// The last zoom that is packed ahead. Default 14.
    pub ahead_zoom: u8,
}

impl Default for TileConfig {
    fn default() -> Self {
        Self {
            cache_bytes: 256 << 20,
            attribution: None,
            ahead: vec![Source::City],
            ahead_zoom: 14,
        }
    }
}

/// The bounds of every connection and request.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections; more are answered 503 and closed. Default 4,096.
    pub connections: usize,
    /// Requests being answered at a time, over all connections; more are answered 503.
    /// Default 1,024.
    pub requests: usize,
    /// Streamed batches and tracks being answered at a time; more are answered 503. Default 32.
    pub streams: usize,
    /// Size of a request line with all headers, bytes; more is 431. Default 16 KiB.
    pub head_bytes: usize,
    /// Length of a request target (path and query), bytes; more is 414. Default 4 KiB.
    pub target_bytes: usize,
    /// Size of a body that is read whole, bytes; more is 413. Default 8 MiB.
    pub body_bytes: usize,
    /// Size of a body that is answered while it arrives, bytes; more ends the stream.
    /// Default 1 GiB.
    pub stream_bytes: u64,
    /// Files of plans being taken in at a time, and as many tables being answered from files; more are answered 503. Default 4.
    pub uploads: usize,
    /// Size of a file that is sent, bytes; more is 413. Default 256 MiB.
    pub upload_bytes: u64,
    /// Length of one line of newline-delimited JSON, bytes; a longer one is answered as a bad
    /// row. Default 16 KiB.
    pub line_bytes: usize,
    /// Grids on one page of `/v1/grids`. Default 1,000.
    pub page_grids: usize,
    /// From a connection's first byte of a request to the end of its head, and from a new
    /// connection to its first byte. Default 10 s.
    pub head_timeout: Duration,
    /// How long a connection may stay open between requests. Default 60 s.
    pub idle_timeout: Duration,
    /// How long no byte of a body may arrive, and how long a client may take none of an answer.
    /// Default 15 s.
    pub stall_timeout: Duration,
    /// For a whole body that is read whole. Default 30 s.
    pub body_timeout: Duration,
    /// For a whole streamed batch. Default 15 min.
    pub stream_timeout: Duration,
    /// From the head of a request to the head of its answer, reading the body not counted.
    /// Default 10 s.
    pub answer_timeout: Duration,
    /// What `answer_timeout` is to the routes of plans, which read files, prove and publish, and
    /// for the whole of a file that is sent. Default 5 min.
    pub work_timeout: Duration,
    /// How long requests that are being answered may go on after the server was told to stop.
    /// Default 10 s.
    pub shutdown_grace: Duration,
    /// How long, and with at most 64 KiB, a closed connection is read on so that its client gets
    /// to see the last answer. Default 1 s.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            requests: 1024,
            streams: 32,
            head_bytes: 16 << 10,
            target_bytes: 4 << 10,
            body_bytes: 8 << 20,
            stream_bytes: 1 << 30,
            uploads: 4,
            upload_bytes: 256 << 20,
            line_bytes: 16 << 10,
            page_grids: 1000,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            stall_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            stream_timeout: Duration::from_mins(15),
            answer_timeout: Duration::from_secs(10),
            work_timeout: Duration::from_mins(5),
            shutdown_grace: Duration::from_secs(10),
            linger: Duration::from_secs(1),
        }
    }
}
