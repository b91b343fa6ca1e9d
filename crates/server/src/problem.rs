//! Every way a request can fail, its status, its stable type, and how it is told in two languages
//! (RFC 9457). This is the one place where an error becomes a status.

mod chinese;
mod english;
mod obstacle;

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use wangge_city::CityError;
use wangge_crs::CrsError;
use wangge_plane::{Axis, PlaneError};

pub(crate) use self::obstacle::ObjectionRow;
pub use self::obstacle::{ObjectionTold, Obstacle};
use crate::head::Refusal;
use crate::language::Language;

/// Longest part of a client's own value that is shown back, characters.
const ECHO_CHARS: usize = 64;

/// The start of every problem type. What follows is stable: clients may decide by it.
const TYPE_PREFIX: &str = "urn:wangge:problem:";

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A parameter that the route needs is absent.
    MissingParameter {
        /// Its name.
        name: &'static str,
    },
    /// A parameter is given twice.
    RepeatedParameter {
        /// Its name.
        name: &'static str,
    },
    /// The route has no such parameter.
    UnknownParameter {
        /// As given, shortened.
        name: String,
        /// The names it has.
        known: &'static [&'static str],
    },
    /// The interface has the parameter, this server does not answer it.
    ParameterNotOffered {
        /// Its name.
        name: &'static str,
    },
    /// A value is not what the parameter takes.
    BadParameter {
        /// Its name.
        name: &'static str,
        /// As given, shortened.
        value: String,
        /// What would be right.
        wanted: Wanted,
    },
    /// A coordinate is beyond what its system has.
    OutOfRange {
        /// The parameter or member.
        name: &'static str,
        /// As given, shortened.
        value: String,
        /// The largest magnitude, degrees.
        limit: u32,
    },
    /// The system of coordinates is not known, or not taken over HTTP.
    UnknownCrs {
        /// As given, shortened.
        value: String,
    },
    /// The position cannot be converted from its system.
    NotConvertible {
        /// The system.
        crs: String,
    },
    /// The cursor belongs to a version that is no longer the current one.
    CursorExpired,
    /// No unit has this code.
    UnknownCode {
        /// As given, shortened.
        code: String,
    },
    /// The city has no component with this code.
    UnknownComponent {
        /// As given, shortened.
        code: String,
    },
    /// There is no such source of tiles.
    UnknownSource {
        /// As given, shortened.
        name: String,
        /// The names of those that there are.
        known: Vec<String>,
    },
    /// An archive has its tiles in one format only.
    FormatNotOffered,
    /// An address of a tile that no pyramid has.
    BadTileAddress {
        /// The path, shortened.
        given: String,
    },
    /// The source has nothing there.
    TileOutside,
    /// Tiles of a version that is not kept.
    UnknownVersion {
        /// As given, shortened.
        version: String,
    },
    /// No route has this path.
    UnknownRoute,
    /// The interface has the route, this server does not answer it.
    RouteNotOffered,
    /// The path does not take this method.
    MethodNotAllowed,
    /// The route changes data, which this server was not allowed to.
    WritesNotAllowed,
    /// The body is not what its type says.
    MalformedBody {
        /// Line of the body, from 1.
        line: usize,
        /// Column of the line, from 1.
        column: usize,
    },
    /// One row of a batch is not a position.
    MalformedRow,
    /// One row of tracks is not a position of a device.
    MalformedFix,
    /// One row of a table has more or fewer fields than its header.
    FieldCount {
        /// How many it has.
        has: usize,
        /// How many the header has.
        wants: usize,
    },
    /// A table does not have the columns that it needs.
    MissingColumns {
        /// Those that it needs and has not.
        missing: Vec<&'static str>,
        /// The first of those that it has, shortened.
        found: Vec<String>,
    },
    /// A table that cannot be read.
    UnreadableTable {
        /// Why, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// Tracks go more often from one grid into another than one answer holds.
    TooManyStays {
        /// How often they may.
        most: usize,
    },
    /// One row of a stream is longer than the limit.
    RowTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is larger than the limit.
    BodyTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The body broke off, or its frame was wrong.
    BodyBroken,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body's type is not taken here.
    UnsupportedType {
        /// What is taken.
        known: &'static [&'static str],
    },
    /// No type of answer that the client accepts.
    NotAcceptable {
        /// What is offered.
        known: &'static [&'static str],
    },
    /// The request itself was not understood, or could be understood in two ways.
    Malformed {
        /// What is wrong with it.
        refusal: MalformedRequest,
    },
    /// Too many requests are being answered.
    Overloaded,
    /// Nothing is published yet.
    NotPublished,
    /// The service has archives of tiles alone, and no store.
    WithoutStore,
    /// A change of plans or data that could not be made, or a plan that cannot be looked at.
    NotDone {
        /// What stands in the way.
        what: Obstacle,
        /// The whole of it, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
        /// Each thing that speaks against publishing.
        objections: Vec<ObjectionTold>,
    },
    /// The server has no room for what was sent.
    StorageFull,
    /// No plan was in force at the time that was asked about.
    NotInForce,
    /// The store of the published city cannot be reached.
    StoreUnreachable,
    /// An archive of tiles is not the one that the service was started with.
    ArchiveChanged,
    /// The answer took too long.
    AnswerTimeout,
    /// Something is wrong with the server; the log says what.
    Internal,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// A decimal number.
    Number,
    /// A distance in metres, not negative.
    Distance {
        /// The largest, metres.
        most: u32,
    },
    /// A distance in metres from [`wangge_city::Accuracy::LEAST_M`] to [`wangge_city::Accuracy::MOST_M`].
    Accuracy,
    /// A whole number from 1.
    Count {
        /// The largest.
        most: usize,
    },
    /// `west,south,east,north`.
    Box,
    /// A level of the scheme.
    Level,
    /// A code of a unit.
    Code,
    /// A cursor of an earlier answer.
    Cursor,
    /// A class that the city has.
    Class,
    /// A department that the city has.
    Department,
    /// `lon,lat`.
    Position,
    /// A time with its offset (RFC 3339).
    Time,
    /// Codes of units, between commas.
    Codes,
    /// A line of two points or more that differ.
    Line,
    /// A format of files.
    Format,
    /// Which columns hold which fields.
    Mapping,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number that is not negative, in a unit.
    NotNegative(Measure),
    /// A time zone.
    Zone,
    /// A time with its offset, or without one where a zone is given.
    Moment,
    /// What a device is called.
    Device {
        /// The most bytes.
        most: usize,
    },
    /// Nothing, since another parameter that excludes it is given.
    NotBoth {
        /// The other parameter.
        other: &'static str,
    },
    /// Nothing, since the source is an archive.
    NotOfArchive,
    /// A text to look for.
    Words {
        /// The most characters.
        most: usize,
    },
    /// Names of systems of coordinates, between commas.
    Systems {
        /// The most names.
        most: usize,
    },
    /// One of few systems that the rows of a request name.
    FewSystems {
        /// The most systems.
        most: usize,
    },
    /// UTF-8 in percent-encoding.
    Encoding,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Metres.
    Metres,
    /// Seconds.
    Seconds,
    /// Metres per second.
    Speed,
}

/// A request that never reached a route, see [`Problem::Malformed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedRequest(pub(crate) Refusal);

impl Problem {
    /// The status, in the one place that decides it.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::MissingParameter { .. }
            | Self::RepeatedParameter { .. }
            | Self::UnknownParameter { .. }
            | Self::ParameterNotOffered { .. }
            | Self::BadParameter { .. }
            | Self::OutOfRange { .. }
            | Self::UnknownCrs { .. }
            | Self::NotConvertible { .. }
            | Self::BadTileAddress { .. }
            | Self::MalformedBody { .. }
            | Self::MalformedRow
            | Self::MalformedFix
            | Self::FieldCount { .. }
            | Self::MissingColumns { .. }
            | Self::UnreadableTable { .. }
            | Self::RowTooLong { .. }
            | Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::WritesNotAllowed => StatusCode::FORBIDDEN,
            Self::UnknownCode { .. }
            | Self::UnknownComponent { .. }
            | Self::UnknownSource { .. }
            | Self::FormatNotOffered
            | Self::TileOutside
            | Self::UnknownVersion { .. }
            | Self::UnknownRoute
            | Self::NotInForce
            | Self::RouteNotOffered
            | Self::WithoutStore => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::CursorExpired => StatusCode::GONE,
            Self::BodyTooLarge { .. } | Self::TooManyStays { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed {
                refusal: MalformedRequest(refusal),
            } => match refusal {
                Refusal::HeadTimeout => StatusCode::REQUEST_TIMEOUT,
                Refusal::TargetTooLong => StatusCode::URI_TOO_LONG,
                Refusal::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                Refusal::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                _ => StatusCode::BAD_REQUEST,
            },
            Self::NotDone { what, .. } => what.status(),
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overloaded
            | Self::NotPublished
            | Self::StoreUnreachable
            | Self::ArchiveChanged
            | Self::AnswerTimeout => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The last part of the type.
    const fn name(&self) -> &'static str {
        match self {
            Self::MissingParameter { .. } => "missing-parameter",
            Self::RepeatedParameter { .. } => "repeated-parameter",
            Self::UnknownParameter { .. } => "unknown-parameter",
            Self::ParameterNotOffered { .. } => "parameter-not-offered",
            Self::BadParameter { .. } => "bad-parameter",
            Self::OutOfRange { .. } => "out-of-range",
            Self::UnknownCrs { .. } => "unknown-crs",
            Self::NotConvertible { .. } => "not-convertible",
            Self::CursorExpired => "cursor-expired",
            Self::UnknownCode { .. } => "unknown-code",
            Self::UnknownComponent { .. } => "unknown-component",
            Self::UnknownSource { .. } => "unknown-source",
            Self::FormatNotOffered => "format-not-offered",
            Self::BadTileAddress { .. } => "bad-tile-address",
            Self::TileOutside => "tile-outside",
            Self::UnknownVersion { .. } => "unknown-version",
            Self::UnknownRoute => "unknown-route",
            Self::RouteNotOffered => "route-not-offered",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::WritesNotAllowed => "writes-not-allowed",
            Self::MalformedBody { .. } => "malformed-body",
            Self::MalformedRow | Self::MalformedFix | Self::FieldCount { .. } => "malformed-row",
            Self::MissingColumns { .. } => "missing-columns",
            Self::UnreadableTable { .. } => "unreadable-table",
            Self::TooManyStays { .. } => "too-many-visits",
            Self::RowTooLong { .. } => "row-too-long",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::BodyBroken => "body-broken",
            Self::BodyTimeout => "body-timeout",
            Self::UnsupportedType { .. } => "unsupported-media-type",
            Self::NotAcceptable { .. } => "not-acceptable",
            Self::Malformed {
                refusal: MalformedRequest(refusal),
            } => match refusal {
                Refusal::HeadTimeout => "head-timeout",
                Refusal::TargetTooLong => "target-too-long",
                Refusal::HeadTooLarge => "head-too-large",
                Refusal::Version => "http-version",
                _ => "malformed-request",
            },
            Self::Overloaded => "overloaded",
            Self::NotPublished => "not-published",
            Self::WithoutStore => "without-store",
            Self::NotInForce => "not-in-force",
            Self::NotDone { what, .. } => what.name(),
            Self::StorageFull => "storage-full",
            Self::StoreUnreachable => "store-unreachable",
            Self::ArchiveChanged => "archive-changed",
            Self::AnswerTimeout => "answer-timeout",
            Self::Internal => "internal",
        }
    }

    /// When the client should come again, for what passes by itself.
    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded
            | Self::AnswerTimeout
            | Self::NotDone {
                what: Obstacle::StoreBusy,
                ..
            } => Some(Duration::from_secs(1)),
            Self::NotPublished | Self::StoreUnreachable => Some(Duration::from_secs(5)),
            _ => None,
        }
    }

    /// The one of the request's parameters that is meant.
    fn parameter(&self) -> Option<&str> {
        match self {
            Self::MissingParameter { name }
            | Self::RepeatedParameter { name }
            | Self::ParameterNotOffered { name }
            | Self::BadParameter { name, .. }
            | Self::OutOfRange { name, .. } => Some(name),
            Self::UnknownParameter { name, .. } => Some(name),
            Self::UnknownCrs { .. } => Some("crs"),
            Self::NotInForce => Some("at"),
            _ => None,
        }
    }

    /// The problem as the client reads it.
    pub(crate) fn told(&self, language: Language) -> Told<'_> {
        let (title, detail) = match language {
            Language::En => self.in_english(),
            Language::Zh => self.in_chinese(),
        };
        Told {
            r#type: format!("{TYPE_PREFIX}{}", self.name()),
            title,
            status: self.status().as_u16(),
            detail,
            parameter: self.parameter(),
            objections: match self {
                Self::NotDone { objections, .. } => {
                    objections.iter().map(|one| one.row(language)).collect()
                }
                _ => Vec::new(),
            },
        }
    }

    /// The whole answer in one language.
    pub(crate) fn answer(&self, language: Language) -> Response {
        let body = serde_json::to_vec(&self.told(language)).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(language.tag()),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if self.ends_the_connection() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// After these what the client still sends cannot be told apart from a next request, or is
    /// not worth reading.
    const fn ends_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Malformed { .. }
                | Self::BodyTooLarge { .. }
                | Self::BodyBroken
                | Self::BodyTimeout
        )
    }
}

/// The members of a problem (RFC 9457, section 3.1), and the parameter that is meant.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objections: Vec<ObjectionRow<'a>>,
}

impl Told<'_> {
    /// The sentence that says what is wrong.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

/// Carries the problem outwards; the client's language is chosen where the answer leaves.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a city says about a request. What is not the client's doing is logged here and told as an
/// internal error: its message may name files.
impl From<CityError> for Problem {
    fn from(error: CityError) -> Self {
        match error {
            CityError::Crs(error) => Self::of_crs(error),
            CityError::Plane(PlaneError::OutOfRange { axis, value }) => match axis {
                Axis::Longitude => Self::out_of_range("lon", value, 180),
                Axis::Latitude => Self::out_of_range("lat", value, 90),
            },
            CityError::Plane(PlaneError::NotFinite { axis, value }) => Self::BadParameter {
                name: match axis {
                    Axis::Longitude => "lon",
                    Axis::Latitude => "lat",
                },
                value: value.to_string(),
                wanted: Wanted::Number,
            },
            CityError::UnknownLevel { level, .. } => Self::BadParameter {
                name: "level",
                value: echo(&level),
                wanted: Wanted::Level,
            },
            CityError::TooManyStays { most } => Self::TooManyStays { most },
            CityError::NotAbove { code, .. } => Self::BadParameter {
                name: "parent",
                value: echo(&code),
                wanted: Wanted::Code,
            },
            CityError::UnknownCode { code, .. } => Self::UnknownCode { code: echo(&code) },
            CityError::UnknownClass { object, class } => Self::BadParameter {
                name: object.as_str(),
                value: echo(&class),
                wanted: Wanted::Class,
            },
            CityError::NoClassesBegin { class } => Self::BadParameter {
                name: "nearest_class",
                value: echo(&class),
                wanted: Wanted::Class,
            },
            CityError::UnknownComponent { code } => Self::UnknownComponent { code: echo(&code) },
            CityError::UnknownDepartment { code } => Self::BadParameter {
                name: "department",
                value: echo(&code),
                wanted: Wanted::Department,
            },
            CityError::BadCursor => Self::BadParameter {
                name: "cursor",
                value: String::new(),
                wanted: Wanted::Cursor,
            },
            CityError::CursorExpired { .. } => Self::CursorExpired,
            CityError::Store { source } => {
                let _ = Self::internal(&source);
                Self::StoreUnreachable
            }
            other => Self::internal(&other),
        }
    }
}

impl Problem {
    /// A value of a parameter, or of a member of a body, that is not what it takes.
    pub(crate) fn bad_value(name: &'static str, value: &str, wanted: Wanted) -> Self {
        Self::BadParameter {
            name,
            value: echo(value),
            wanted,
        }
    }

    /// The plan of a path that is no text.
    pub(crate) fn unknown_plan(path: &str) -> Self {
        let id = echo(path);
        Self::NotDone {
            what: Obstacle::UnknownPlan,
            zh: format!("没有方案“{id}”。"),
            en: format!("There is no plan \"{id}\"."),
            objections: Vec::new(),
        }
    }

    fn of_crs(error: CrsError) -> Self {
        match error {
            CrsError::UnknownCode { code } => Self::UnknownCrs {
                value: format!("EPSG:{code}"),
            },
            CrsError::Unsupported { system, .. } => Self::UnknownCrs {
                value: echo(&system),
            },
            CrsError::NotASystem { .. }
            | CrsError::Unreadable { .. }
            | CrsError::GridPath { .. } => Self::UnknownCrs {
                value: String::new(),
            },
            CrsError::DatumChange { system, .. }
            | CrsError::OutsideArea { system, .. }
            | CrsError::NoPosition { system, .. } => Self::NotConvertible { crs: echo(&system) },
            CrsError::NotDegrees { lon, lat, .. } => {
                if lat.abs() > 90.0 {
                    Self::out_of_range("lat", lat, 90)
                } else {
                    Self::out_of_range("lon", lon, 180)
                }
            }
            CrsError::NotFinite { east, .. } => Self::BadParameter {
                name: if east.is_finite() { "lat" } else { "lon" },
                value: String::new(),
                wanted: Wanted::Number,
            },
            other => Self::internal(&other),
        }
    }

    fn out_of_range(name: &'static str, value: f64, limit: u32) -> Self {
        Self::OutOfRange {
            name,
            value: echo(&value.to_string()),
            limit,
        }
    }

    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request could not be answered");
        Self::Internal
    }
}

/// A client's own value as it may be shown back: bounded, and without control characters.
pub(crate) fn echo(value: &str) -> String {
    let mut shown = String::with_capacity(value.len().min(4 * ECHO_CHARS));
    for (i, c) in value.chars().enumerate() {
        if i == ECHO_CHARS {
            shown.push('…');
            break;
        }
        if c.is_control() || is_direction_mark(c) {
            // writing to a text does not fail
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Marks that turn the direction of the text around them.
const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
