//! Problems in English.

use wangge_city::{Accuracy, MOST_DEVICE_BYTES};

use super::{MalformedRequest, Measure, Problem, Wanted};
use crate::head::Refusal;

impl Problem {
    /// Title and detail.
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each problem")]
    pub(super) fn in_english(&self) -> (&'static str, String) {
        match self {
            Self::MissingParameter { name } => (
                "A parameter is missing",
                format!("The parameter \"{name}\" is needed."),
            ),
            Self::RepeatedParameter { name } => (
                "A parameter is repeated",
                format!("The parameter \"{name}\" is given more than once; give it once."),
            ),
            Self::UnknownParameter { name, known } => (
                "Unknown parameter",
                format!("This route has no parameter \"{name}\"; it has: {}.", known.join(", ")),
            ),
            Self::ParameterNotOffered { name } => (
                "Parameter not offered",
                format!("This server does not answer the parameter \"{name}\"; leave it out."),
            ),
            Self::BadParameter {
                name,
                value,
                wanted,
            } => (
                "A parameter has a wrong value",
                format!("\"{name}\" is \"{value}\"; it must be {}.", wanted.in_english()),
            ),
            Self::OutOfRange { name, value, limit } => (
                "A coordinate is out of range",
                format!("\"{name}\" is {value}; it must lie between -{limit} and {limit} degrees{}.",
                    if *limit == 90 { " (are longitude and latitude exchanged?)" } else { "" }),
            ),
            Self::UnknownCrs { value } => (
                "Unknown coordinate system",
                format!("\"{value}\" is not a coordinate system of this service; use EPSG:n, wgs84, cgcs2000, gcj02 or bd09."),
            ),
            Self::NotConvertible { crs } => (
                "The position cannot be converted",
                format!("The position has no equivalent in EPSG:4490: it lies outside the area of use of {crs}, or that system has no exact way there."),
            ),
            Self::CursorExpired => (
                "The cursor has expired",
                "Another version has been published since this cursor was issued; start again from the first page.".to_owned(),
            ),
            Self::UnknownCode { code } => (
                "Unknown code",
                format!("No unit of the published plan has the code \"{code}\"."),
            ),
            Self::UnknownComponent { code } => (
                "Unknown component",
                format!("The city has no component with the code \"{code}\"."),
            ),
            Self::UnknownSource { name, known } => (
                "Unknown source of tiles",
                format!("There is no source of tiles \"{name}\"; there are: {}.", known.join(", ")),
            ),
            Self::FormatNotOffered => (
                "Format not offered",
                "An archive has MVT tiles only: leave the ending .mlt of the address away, or write .mvt.".to_owned(),
            ),
            Self::BadTileAddress { given } => (
                "Not the address of a tile",
                format!("\"{given}\" is no address of a tile: z, x and y must be whole numbers, z at most 30, x and y below 2^z."),
            ),
            Self::TileOutside => (
                "Outside",
                "The source has nothing there: see bounds, minzoom and maxzoom in its TileJSON (/tiles/ and the source).".to_owned(),
            ),
            Self::UnknownVersion { version } => (
                "Unknown version",
                format!("The tiles of version \"{version}\" are not kept any more, or never were: read the TileJSON (/tiles/ and the source) again and use the addresses in it."),
            ),
            Self::UnknownRoute => (
                "No such route",
                "This service has no route with this path.".to_owned(),
            ),
            Self::RouteNotOffered => (
                "Route not offered",
                "This server does not offer this route.".to_owned(),
            ),
            Self::MethodNotAllowed => (
                "Method not allowed",
                "This path does not take this method; the Allow header lists those it takes.".to_owned(),
            ),
            Self::WritesNotAllowed => (
                "Writes are not allowed",
                "This route changes data, and the server was started without --allow-writes.".to_owned(),
            ),
            Self::MalformedBody { line, column } => (
                "The body is not JSON",
                format!("The body is not a JSON array: line {line}, column {column}."),
            ),
            Self::MalformedRow => (
                "The row is not a position",
                "A row must be an object with numbers \"lon\" and \"lat\" and, if wanted, an \"id\" (a text or number of at most 256 bytes).".to_owned(),
            ),
            Self::MalformedFix => (
                "The row is not a position",
                format!("A row must be an object with \"device\" (a text or number of at most {MOST_DEVICE_BYTES} bytes), \"time\" (a text), numbers \"lon\" and \"lat\" and, if known, a number \"accuracy\"."),
            ),
            Self::FieldCount { has, wants } => (
                "The row is not a position",
                format!("The row has {has} fields, the header {wants}."),
            ),
            Self::MissingColumns { missing, found } => (
                "Columns are missing",
                format!("The table does not have the columns {}; it has: {}.", missing.join(", "), found.join(", ")),
            ),
            Self::UnreadableTable { en, .. } => {
                ("The table cannot be read", format!("{en}."))
            }
            Self::TooManyStays { most } => (
                "Too many visits",
                format!("The tracks go more than {most} times from one grid into another: send fewer positions at a time."),
            ),
            Self::RowTooLong { limit } => (
                "The row is too long",
                format!("A row may have {limit} bytes."),
            ),
            Self::BodyTooLarge { limit } => (
                "The body is too large",
                format!("The body may have {limit} bytes here; only newline-delimited JSON (application/x-ndjson) to /v1/locate may be longer."),
            ),
            Self::BodyBroken => (
                "The body broke off",
                "The body ended before its announced end, or its chunks were malformed.".to_owned(),
            ),
            Self::BodyTimeout => (
                "The body did not arrive in time",
                "The body did not arrive in the time this server gives.".to_owned(),
            ),
            Self::UnsupportedType { known } => (
                "Unsupported media type",
                format!("The Content-Type of the body must be one of: {}.", known.join(", ")),
            ),
            Self::NotAcceptable { known } => (
                "Not acceptable",
                format!("The answer can be: {}.", known.join(", ")),
            ),
            Self::Malformed {
                refusal: MalformedRequest(refusal),
            } => ("The request is malformed", refusal_in_english(*refusal).to_owned()),
            Self::Overloaded => (
                "Overloaded",
                "The server is answering as many requests as it may; try again shortly.".to_owned(),
            ),
            Self::NotPublished => (
                "Nothing is published",
                "No plan is published: the store has none yet.".to_owned(),
            ),
            Self::WithoutStore => (
                "No city is served",
                "This service was started without a store: it has archives of tiles alone.".to_owned(),
            ),
            Self::NotDone { what, en, .. } => (what.titles().1, en.clone()),
            Self::StorageFull => (
                "No room",
                "The server has no room for the file; nothing was changed.".to_owned(),
            ),
            Self::NotInForce => (
                "No plan was in force then",
                "No published plan was in force at the time asked about; /v1/plans tells from when each is.".to_owned(),
            ),
            Self::StoreUnreachable => (
                "The store cannot be reached",
                "The store cannot be read at the moment.".to_owned(),
            ),
            Self::ArchiveChanged => (
                "The archive of tiles was changed",
                "The archive does not hold what it held when the service started; put the new file in its place and start the service again.".to_owned(),
            ),
            Self::AnswerTimeout => (
                "The answer took too long",
                "The answer was not ready in time; try again, or ask for less.".to_owned(),
            ),
            Self::Internal => (
                "Internal error",
                "The server could not answer; its log has the reason under this request's id (X-Request-Id).".to_owned(),
            ),
        }
    }
}

impl Wanted {
    fn in_english(self) -> String {
        match self {
            Self::Number => "a decimal number such as 120.8371".to_owned(),
            Self::Accuracy => format!(
                "a distance in metres between {} and {}",
                Accuracy::LEAST_M,
                Accuracy::MOST_M
            ),
            Self::Distance { most } => format!("a distance in metres between 0 and {most}"),
            Self::Count { most } => format!("a whole number from 1 to {most}"),
            Self::Box => {
                "west,south,east,north: four numbers, west below east, south below north".to_owned()
            }
            Self::Level => "the id of a level of the scheme (see /v1/scheme)".to_owned(),
            Self::Code => "the code of a unit above that level".to_owned(),
            Self::Cursor => "a cursor from the link of an earlier answer".to_owned(),
            Self::Class => "the code of a class that the city has (see /v1/classes)".to_owned(),
            Self::Department => {
                "the code of a department that the city has (see /v1/departments)".to_owned()
            }
            Self::Position => "lon,lat: two numbers, such as 120.8371,40.7112".to_owned(),
            Self::Words { most } => format!("a text of 1 to {most} characters"),
            Self::Systems { most } => {
                format!("1 to {most} names of coordinate systems, such as gcj02,bd09,EPSG:4549")
            }
            Self::FewSystems { most } => format!(
                "one that rows before it name: of those that PROJ converts, the rows of a request name {most} at most"
            ),
            Self::NotNegative(measure) => {
                let unit = match measure {
                    Measure::Metres => "metres",
                    Measure::Seconds => "seconds",
                    Measure::Speed => "metres per second",
                };
                format!("a number of {unit}, 0 or more")
            }
            Self::Zone => "a time zone by its name, such as Asia/Shanghai, or its offset, such as +08:00".to_owned(),
            Self::Moment => "a time with its offset, such as 2026-12-01T08:00:00+08:00, or without one where `zone` is given".to_owned(),
            Self::Device { most } => format!("a text in UTF-8 or a number, of 1 to {most} bytes"),
            Self::NotBoth { other } => {
                format!("nothing, as `{other}` is given: ask for one of them")
            }
            Self::NotOfArchive => {
                "left out: the source is an archive, of one plan, one time and one system"
                    .to_owned()
            }
            Self::Line => {
                "a GeoJSON LineString or MultiLineString of at least two different points"
                    .to_owned()
            }
            Self::Codes => "codes of units, between commas".to_owned(),
            Self::Format => "a format with boundaries, which a workbook has not, such as GeoJSON, \
                 GeoPackage, Shapefile or CSV"
                .to_owned(),
            Self::Mapping => "fields and their columns, such as code=ID,name=NAME".to_owned(),
            Self::OneOf(words) => format!("one of: {}", words.join(", ")),
            Self::Time => "a time with its offset, such as 2026-12-01T00:00:00+08:00".to_owned(),
            Self::Encoding => "UTF-8 in percent-encoding".to_owned(),
        }
    }
}

const fn refusal_in_english(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::BareLineFeed => "Lines of a request head must end in CR LF.",
        Refusal::RequestLine => {
            "The request line must be: method, one space, target, one space, HTTP/1.1."
        }
        Refusal::Version => "This service speaks HTTP/1.1 and HTTP/1.0.",
        Refusal::HeaderLine => {
            "A header must be a name, a colon and a value on one line, without control characters."
        }
        Refusal::NoHost => "An HTTP/1.1 request must have a Host header.",
        Refusal::BadHost => "The Host header must be given once, as host or host:port.",
        Refusal::LengthAndEncoding => {
            "Content-Length and Transfer-Encoding must not be given together."
        }
        Refusal::BadLength => "Content-Length must be given once, as a plain number.",
        Refusal::BadEncoding => {
            "Transfer-Encoding must be given once, as chunked, and in HTTP/1.1 only."
        }
        Refusal::HeadTooLarge => "The headers of the request are too large.",
        Refusal::TargetTooLong => "The path and query of the request are too long.",
        Refusal::HeadTimeout => "The head of the request did not arrive in time.",
    }
}
