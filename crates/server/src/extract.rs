//! Typed parameters: each kind of input is read, and refused, before a route runs.

mod nearest;
mod planning;
mod tabling;
mod tiles;
mod tracking;
mod viewing;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri, header};
use jiff::Timestamp;
use wangge_city::{Accuracy, ComponentCursor, Cursor, Spread, Subject, to_lattice};
use wangge_crs::Crs;
use wangge_model::ObjectKind;
use wangge_plane::{Extent, Point};

pub(crate) use self::nearest::NearestParam;
pub(crate) use self::planning::{CodesParam, DiffParams, PlanParam, UploadParams};
pub(crate) use self::tabling::TableParams;
pub(crate) use self::tiles::{
    TileJsonParams, TileParams, TileSource, TilesParams, Which, is_of_source,
};
pub(crate) use self::tracking::TracksParams;
pub(crate) use self::viewing::{StyleParams, SystemsParams};
use crate::app::App;
use crate::language::Language;
use crate::problem::{Problem, Wanted, echo};
use crate::query::{Parameters, Query};

/// The farthest that `near` may reach, metres.
const MOST_NEAR_M: u32 = 10_000;

/// How far around a place components are looked for that does not say it, metres.
const DEFAULT_RADIUS_M: f64 = 100.0;

/// The longest text that is looked for.
const MOST_SOUGHT_CHARS: usize = 100;

/// Points that a side of a box is followed by on its way into another system.
const BOX_STEPS: u32 = 16;

/// A system of coordinates by its name: no definitions, as these may name files and hold a city's
/// own parameters.
#[derive(Debug, Clone)]
pub(crate) struct CrsParam(pub(crate) Crs);

/// The code in a path.
#[derive(Debug)]
pub(crate) struct CodeParam(pub(crate) String);

/// A position in some system, east and north.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LonLat {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

/// What `GET /v1/locate` takes.
#[derive(Debug)]
pub(crate) struct LocateParams {
    pub(crate) position: LonLat,
    pub(crate) crs: Crs,
    pub(crate) near_m: f64,
    /// As far as the request itself says `near`.
    pub(crate) components: Option<NearestParam>,
    pub(crate) accuracy: Option<Accuracy>,
    pub(crate) subject: Option<SubjectParam>,
    pub(crate) at: Option<Timestamp>,
}

/// What `POST /v1/locate` takes besides its body.
#[derive(Debug)]
pub(crate) struct BatchParams {
    pub(crate) crs: Crs,
    /// Whether the request says it.
    pub(crate) is_crs_said: bool,
    pub(crate) near_m: f64,
    /// As far as the request itself says `near`.
    pub(crate) components: Option<NearestParam>,
    /// Of rows that say none.
    pub(crate) accuracy: Option<Accuracy>,
    pub(crate) spread: Spread,
    pub(crate) subject: Option<SubjectParam>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) table: TableParams,
}

/// What is reported, by `event` or `component`.
#[derive(Debug, Clone)]
pub(crate) struct SubjectParam {
    object: ObjectKind,
    class: String,
}

/// What `GET /v1/grids` takes.
#[derive(Debug)]
pub(crate) struct GridsParams {
    pub(crate) level: Option<String>,
    pub(crate) parent: Option<String>,
    /// What is in the code or a name.
    pub(crate) text: Option<String>,
    /// Whether the ground is asked for too.
    pub(crate) ground: bool,
    pub(crate) bbox: Option<BoxParam>,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) crs: Crs,
    pub(crate) at: Option<Timestamp>,
}

/// What `GET /v1/components` takes.
#[derive(Debug)]
pub(crate) struct ComponentsParams {
    /// A position in the system, and metres around it.
    pub(crate) near: Option<(LonLat, f64)>,
    pub(crate) bbox: Option<BoxParam>,
    pub(crate) grid: Option<String>,
    pub(crate) class: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<ComponentCursor>,
    pub(crate) crs: Crs,
    pub(crate) at: Option<Timestamp>,
}

/// West, south, east, north in some system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoxParam([f64; 4]);

/// The version that the client has.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Option<HeaderValue>);

/// The language that problems inside an answer are told in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken(pub(crate) Language);

/// What routes of one thing take.
#[derive(Debug)]
pub(crate) struct ViewParams {
    pub(crate) crs: Crs,
    pub(crate) at: Option<Timestamp>,
}

/// The time that is asked about; now where it is not given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtParam(pub(crate) Option<Timestamp>);

/// No parameters at all.
#[derive(Debug)]
pub(crate) struct NoParams;

impl FromRequestParts<App> for LocateParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(&parts.uri, app)
    }
}

impl LocateParams {
    pub(crate) fn of(uri: &Uri, app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "lon",
                "lat",
                "crs",
                "near",
                "accuracy",
                "accuracy_model",
                "event",
                "component",
                "nearest",
                "nearest_class",
                "nearest_within",
                "at",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(uri.query())?;
        let CrsParam(crs) = CrsParam::of(&query)?;
        Ok(Self {
            position: LonLat::of(&query, &crs)?,
            near_m: near_m(&query, app)?,
            components: NearestParam::of(&query)?,
            accuracy: match (
                accuracy(&query, spread(&query)?)?,
                query.get("accuracy_model"),
            ) {
                (None, Some(_)) => return Err(Problem::MissingParameter { name: "accuracy" }),
                (accuracy, _) => accuracy,
            },
            subject: SubjectParam::of(&query)?,
            at: at(&query)?,
            crs,
        })
    }
}

impl FromRequestParts<App> for BatchParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "crs",
                "near",
                "accuracy",
                "accuracy_model",
                "event",
                "component",
                "nearest",
                "nearest_class",
                "nearest_within",
                "at",
                "lon",
                "lat",
                "geometry",
                "accuracy_column",
                "crs_column",
                "columns",
                "encoding",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let spread = spread(&query)?;
        Ok(Self {
            crs: CrsParam::of(&query)?.0,
            is_crs_said: query.get("crs").is_some(),
            near_m: near_m(&query, app)?,
            components: NearestParam::of(&query)?,
            accuracy: accuracy(&query, spread)?,
            spread,
            subject: SubjectParam::of(&query)?,
            at: at(&query)?,
            table: TableParams::of(&query),
        })
    }
}

impl FromRequestParts<App> for GridsParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "level", "parent", "q", "bbox", "geometry", "limit", "cursor", "crs", "at",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        Ok(Self {
            level: query.get("level").map(str::to_owned),
            parent: query.get("parent").map(str::to_owned),
            text: query.get("q").map(sought).transpose()?,
            ground: match query.get("geometry") {
                None | Some("full") => true,
                Some("none") => false,
                Some(other) => {
                    return Err(Problem::BadParameter {
                        name: "geometry",
                        value: echo(other),
                        wanted: Wanted::OneOf(&["full", "none"]),
                    });
                }
            },
            bbox: query.get("bbox").map(BoxParam::of).transpose()?,
            limit: limit(&query, app)?,
            cursor: match query.get("cursor") {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| Problem::BadParameter {
                    name: "cursor",
                    value: echo(text),
                    wanted: Wanted::Cursor,
                })?),
            },
            crs: CrsParam::of(&query)?.0,
            at: at(&query)?,
        })
    }
}

impl FromRequestParts<App> for ComponentsParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "near",
                "radius",
                "bbox",
                "grid",
                "class",
                "department",
                "limit",
                "cursor",
                "crs",
                "at",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let CrsParam(crs) = CrsParam::of(&query)?;
        let radius_m = asked_m(&query, "radius")?;
        let near = match query.get("near") {
            None if radius_m.is_some() => return Err(Problem::MissingParameter { name: "near" }),
            None => None,
            Some(text) => Some((position(text, &crs)?, radius_m.unwrap_or(DEFAULT_RADIUS_M))),
        };
        Ok(Self {
            near,
            bbox: query.get("bbox").map(BoxParam::of).transpose()?,
            grid: query.get("grid").map(str::to_owned),
            class: query.get("class").map(str::to_owned),
            department: query.get("department").map(str::to_owned),
            limit: limit(&query, app)?,
            cursor: match query.get("cursor") {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| Problem::BadParameter {
                    name: "cursor",
                    value: echo(text),
                    wanted: Wanted::Cursor,
                })?),
            },
            at: at(&query)?,
            crs,
        })
    }
}

impl FromRequestParts<App> for ViewParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["crs", "at"],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        Ok(Self {
            crs: CrsParam::of(&query)?.0,
            at: at(&query)?,
        })
    }
}

impl FromRequestParts<App> for AtParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["at"],
            not_offered: &[],
        };
        at(&ROUTE.read(parts.uri.query())?).map(Self)
    }
}

impl FromRequestParts<App> for CodeParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(code)) => Ok(Self(code)),
            // an escape that is no text is no code either
            Err(_) => Err(Problem::UnknownCode {
                code: echo(parts.uri.path().rsplit('/').next().unwrap_or_default()),
            }),
        }
    }
}

impl FromRequestParts<App> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[],
            not_offered: &[],
        };
        ROUTE.read(parts.uri.query()).map(|_| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self::of(&parts.headers))
    }
}

impl FromRequestParts<App> for Spoken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self::of(&parts.headers, app))
    }
}

impl Spoken {
    pub(crate) fn of(headers: &HeaderMap, app: &App) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE);
        Self(Language::accepted(asked, app.config().language))
    }
}

impl IfNoneMatch {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get(header::IF_NONE_MATCH).cloned())
    }

    /// Whether the client says what it has: then a date that it gives too does not count
    /// (RFC 9110, 13.1.3).
    pub(crate) const fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the client has this version, by the weak comparison of RFC 9110, 8.8.3.2.
    pub(crate) fn holds(&self, etag: &HeaderValue) -> bool {
        if self.0.as_ref() == Some(etag) {
            return true;
        }
        let Some(list) = self.0.as_ref().and_then(|value| value.to_str().ok()) else {
            return false;
        };
        list.split(',').map(str::trim).any(|tag| {
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes()
        })
    }
}

impl SubjectParam {
    fn of(query: &Query<'_>) -> Result<Option<Self>, Problem> {
        let of = |object, class: &str| Self {
            object,
            class: class.to_owned(),
        };
        match (query.get("event"), query.get("component")) {
            (Some(_), Some(class)) => Err(Problem::BadParameter {
                name: "component",
                value: echo(class),
                wanted: Wanted::NotBoth { other: "event" },
            }),
            (Some(class), None) => Ok(Some(of(ObjectKind::Event, class))),
            (None, Some(class)) => Ok(Some(of(ObjectKind::Component, class))),
            (None, None) => Ok(None),
        }
    }

    pub(crate) fn as_subject(&self) -> Subject<'_> {
        Subject {
            object: self.object,
            class: &self.class,
        }
    }
}

impl CrsParam {
    /// That of the request; the lattice's where it names none.
    fn of(query: &Query<'_>) -> Result<Self, Problem> {
        Self::said(query, "crs")
    }

    /// That of a parameter; the lattice's where it is not there.
    fn said(query: &Query<'_>, parameter: &'static str) -> Result<Self, Problem> {
        query
            .get(parameter)
            .map_or(Ok(Self(Crs::Lattice)), Self::named)
    }

    /// The system of this name.
    pub(crate) fn named(text: &str) -> Result<Self, Problem> {
        match text.parse() {
            Ok(Crs::Local(_)) | Err(_) => Err(Problem::UnknownCrs { value: echo(text) }),
            Ok(crs) => Ok(Self(crs)),
        }
    }
}

impl LonLat {
    fn of(query: &Query<'_>, crs: &Crs) -> Result<Self, Problem> {
        let lon = number("lon", query.need("lon")?)?;
        let lat = number("lat", query.need("lat")?)?;
        Self::checked(lon, lat, crs)
    }

    /// Checks that the numbers are degrees, where the system has degrees.
    pub(crate) fn checked(lon: f64, lat: f64, crs: &Crs) -> Result<Self, Problem> {
        if !matches!(crs, Crs::Epsg(_)) {
            // latitude first: a pair in the wrong order is out of range there
            for (name, value, limit) in [("lat", lat, 90), ("lon", lon, 180)] {
                if value.abs() > f64::from(limit) {
                    return Err(Problem::OutOfRange {
                        name,
                        value: echo(&value.to_string()),
                        limit,
                    });
                }
            }
        }
        Ok(Self { lon, lat })
    }
}

impl BoxParam {
    fn of(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::BadParameter {
            name: "bbox",
            value: echo(text),
            wanted: Wanted::Box,
        };
        let mut sides = [0.0; 4];
        let mut texts = text.split(',');
        for side in &mut sides {
            let text = texts.next().ok_or_else(refused)?;
            *side = number("bbox", text).map_err(|_| refused())?;
        }
        let [west, south, east, north] = sides;
        if texts.next().is_some() || west > east || south > north {
            return Err(refused());
        }
        Ok(Self(sides))
    }

    /// The box of the lattice around it.
    pub(crate) fn extent(self, crs: &Crs) -> Result<Extent, Problem> {
        let [west, south, east, north] = self.0;
        let mut points: Vec<Point> = Vec::new();
        let mut add = |lon: f64, lat: f64| -> Result<(), Problem> {
            points.push(to_lattice(crs, lon, lat)?);
            Ok(())
        };
        let steps = if *crs == Crs::Lattice { 1 } else { BOX_STEPS };
        for step in 0..=steps {
            let share = f64::from(step) / f64::from(steps);
            let (lon, lat) = (
                west + share * (east - west),
                south + share * (north - south),
            );
            add(lon, south)?;
            add(lon, north)?;
            add(west, lat)?;
            add(east, lat)?;
        }
        Extent::of(points).ok_or(Problem::Internal)
    }
}

/// What is looked for in codes and names: any text that is not only spaces.
fn sought(text: &str) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().count() > MOST_SOUGHT_CHARS {
        return Err(Problem::BadParameter {
            name: "q",
            value: echo(text),
            wanted: Wanted::Words {
                most: MOST_SOUGHT_CHARS,
            },
        });
    }
    Ok(trimmed.to_owned())
}

/// How many entries a page has.
fn limit(query: &Query<'_>, app: &App) -> Result<usize, Problem> {
    /// On a page that does not say how many.
    const DEFAULT_LIMIT: usize = 100;

    let most = app.config().limits.page_grids;
    let Some(text) = query.get("limit") else {
        return Ok(DEFAULT_LIMIT.min(most));
    };
    count("limit", text, most)
}

/// A whole number from 1.
fn count(name: &'static str, text: &str, most: usize) -> Result<usize, Problem> {
    text.parse()
        .ok()
        .filter(|count| (1..=most).contains(count))
        .ok_or_else(|| Problem::BadParameter {
            name,
            value: echo(text),
            wanted: Wanted::Count { most },
        })
}

fn near_m(query: &Query<'_>, app: &App) -> Result<f64, Problem> {
    Ok(asked_m(query, "near")?.unwrap_or(app.config().near_m))
}

/// How well the position is known.
fn accuracy(query: &Query<'_>, spread: Spread) -> Result<Option<Accuracy>, Problem> {
    let Some(text) = query.get("accuracy") else {
        return Ok(None);
    };
    let known = number("accuracy", text).ok();
    let known = known.and_then(|metres| Accuracy::new(metres, spread));
    known.map(Some).ok_or_else(|| bad_accuracy(text))
}

/// An accuracy that is none.
pub(crate) fn bad_accuracy(given: &str) -> Problem {
    Problem::BadParameter {
        name: "accuracy",
        value: echo(given),
        wanted: Wanted::Accuracy,
    }
}

/// How positions of that accuracy are spread.
fn spread(query: &Query<'_>) -> Result<Spread, Problem> {
    match query.get("accuracy_model") {
        None | Some("gaussian") => Ok(Spread::Gaussian),
        Some("uniform") => Ok(Spread::Uniform),
        Some(other) => Err(Problem::bad_value(
            "accuracy_model",
            other,
            Wanted::OneOf(&["gaussian", "uniform"]),
        )),
    }
}

/// A distance in metres, where the request gives it.
fn asked_m(query: &Query<'_>, name: &'static str) -> Result<Option<f64>, Problem> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let metres = number(name, text)
        .ok()
        .filter(|near| (0.0..=f64::from(MOST_NEAR_M)).contains(near));
    metres.map(Some).ok_or_else(|| Problem::BadParameter {
        name,
        value: echo(text),
        wanted: Wanted::Distance { most: MOST_NEAR_M },
    })
}

/// `lon,lat`
fn position(text: &str, crs: &Crs) -> Result<LonLat, Problem> {
    let refused = || Problem::BadParameter {
        name: "near",
        value: echo(text),
        wanted: Wanted::Position,
    };
    let (lon, lat) = text.split_once(',').ok_or_else(refused)?;
    let lon = number("near", lon).map_err(|_| refused())?;
    let lat = number("near", lat).map_err(|_| refused())?;
    LonLat::checked(lon, lat, crs)
}

/// The time of `at`, with its offset. A `+` that was not escaped has become a space.
fn at(query: &Query<'_>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = query.get("at") else {
        return Ok(None);
    };
    let parsed = text.replace(' ', "+").parse();
    parsed.map(Some).map_err(|_| Problem::BadParameter {
        name: "at",
        value: echo(text),
        wanted: Wanted::Time,
    })
}

/// A finite decimal number: no names of infinities, no NaN.
pub(crate) fn number(name: &'static str, text: &str) -> Result<f64, Problem> {
    let trimmed = text.trim();
    let plain = trimmed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain
        .then(|| trimmed.parse::<f64>().ok())
        .flatten()
        .filter(|number| number.is_finite())
        .ok_or_else(|| Problem::BadParameter {
            name,
            value: echo(text),
            wanted: Wanted::Number,
        })
}
