//! The positions in a body: a JSON array, lines of JSON, or CSV.

use std::borrow::Cow;

use csv::ByteRecord;
use http::HeaderMap;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use wangge_city::{CityError, Clock, MOST_DEVICE_BYTES, Tracks, is_cheap, to_lattice};
use wangge_crs::{Crs, Policy, Transform};

use crate::extract::{LonLat, number};
use crate::problem::{Measure, Problem, Wanted, echo};
use crate::routes::batch::{Format, array};
use crate::routes::media_type;

const KNOWN_TYPES: &[&str] = &["application/json", "application/x-ndjson", "text/csv"];

/// The columns that a table needs.
const NEEDED: [&str; 4] = ["device", "time", "lon", "lat"];

/// Of the whole request, not of a row.
const NOT_OF_A_ROW: [&str; 3] = ["at", "crs", "zone"];

/// Columns of a table that are named to whom it lacks others.
const NAMED_COLUMNS: usize = 16;

/// The byte order mark that spreadsheets put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json(Format),
    Csv,
}

/// How positions are read.
pub(super) struct Reading<'a> {
    pub(super) crs: &'a Crs,
    pub(super) clock: &'a Clock,
    /// The most bytes of a line of JSON.
    pub(super) line_bytes: usize,
}

/// What a body holds.
#[derive(Default)]
pub(super) struct Positions {
    pub(super) tracks: Tracks,
    /// In the order of their numbers.
    pub(super) invalid: Vec<InvalidRow>,
    rows: u32,
}

/// A row that is no position.
pub(super) struct InvalidRow {
    /// From 1; the header of a table and blank lines are not counted.
    pub(super) row: u32,
    /// As far as it is known, shortened.
    pub(super) device: Box<str>,
    pub(super) problem: Problem,
}

/// A row whose members are of the right kinds.
struct Row<'a> {
    device: Cow<'a, str>,
    time: Cow<'a, str>,
    lon: f64,
    lat: f64,
    accuracy: Option<f64>,
}

/// A row of JSON; other members are ignored.
#[derive(Deserialize)]
struct RowText<'a> {
    #[serde(borrow)]
    device: &'a RawValue,
    #[serde(borrow)]
    time: Cow<'a, str>,
    lon: f64,
    lat: f64,
    accuracy: Option<f64>,
    at: Option<IgnoredAny>,
    crs: Option<IgnoredAny>,
    zone: Option<IgnoredAny>,
}

/// What is kept of a row that is not understood.
#[derive(Deserialize)]
struct RowDevice<'a> {
    #[serde(borrow)]
    device: &'a RawValue,
}

/// Where the columns of a table stand.
struct Columns {
    needed: [usize; 4],
    accuracy: Option<usize>,
    not_of_a_row: [Option<usize>; 3],
    count: usize,
}

impl Form {
    pub(super) fn of_body(headers: &HeaderMap) -> Result<Self, Problem> {
        let of = |name: &str| {
            if name.eq_ignore_ascii_case("text/csv") {
                Some(Self::Csv)
            } else {
                Format::of(name).map(Self::Json)
            }
        };
        media_type(headers)
            .and_then(of)
            .ok_or(Problem::UnsupportedType { known: KNOWN_TYPES })
    }
}

impl Reading<'_> {
    /// Reads a body. A row that is no position is put aside with its problem.
    pub(super) fn read(&self, form: Form, body: &[u8]) -> Result<Positions, Problem> {
        if !is_cheap(self.crs) {
            // once, instead of in every row: a system that there is not takes long to be found missing
            Transform::of_this_thread(self.crs, &Crs::Lattice, &Policy::default())
                .map_err(CityError::from)?;
        }
        let mut positions = Positions::default();
        match form {
            Form::Json(Format::Array) => {
                for row in array(body)? {
                    self.take_text(row.get().as_bytes(), &mut positions)?;
                }
            }
            Form::Json(Format::Lines) => {
                let lines = body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
                for line in lines.filter(|line| !line.is_empty()) {
                    if line.len() > self.line_bytes {
                        let limit = self.line_bytes;
                        positions.next_row()?;
                        positions.put_aside("", Problem::RowTooLong { limit });
                    } else {
                        self.take_text(line, &mut positions)?;
                    }
                }
            }
            Form::Csv => self.take_table(body, &mut positions)?,
        }
        Ok(positions)
    }

    fn take_text(&self, text: &[u8], positions: &mut Positions) -> Result<(), Problem> {
        positions.next_row()?;
        let row = match serde_json::from_slice::<RowText<'_>>(text) {
            Ok(row) => row.understood(),
            Err(_) => Err(Problem::MalformedFix),
        };
        if let Err(problem) = row.and_then(|row| self.add(&row, positions)) {
            let device = serde_json::from_slice::<RowDevice<'_>>(text).ok();
            let device = device.and_then(|row| device_name(row.device));
            positions.put_aside(&device.unwrap_or_default(), problem);
        }
        Ok(())
    }

    fn take_table(&self, body: &[u8], positions: &mut Positions) -> Result<(), Problem> {
        let text = body.strip_prefix(MARK).unwrap_or(body);
        // a row of another length is told as such, in its place
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        // bytes in memory can always be read, and are never no CSV
        let columns = Columns::of(table.byte_headers().map_err(|_| Problem::Internal)?)?;
        let mut record = ByteRecord::new();
        while table
            .read_byte_record(&mut record)
            .map_err(|_| Problem::Internal)?
        {
            positions.next_row()?;
            let row = columns.row(&record);
            if let Err(problem) = row.and_then(|row| self.add(&row, positions)) {
                let device = record.get(columns.needed[0]).unwrap_or_default();
                positions.put_aside(&String::from_utf8_lossy(device), problem);
            }
        }
        Ok(())
    }

    fn add(&self, row: &Row<'_>, positions: &mut Positions) -> Result<(), Problem> {
        let device = row.device.trim();
        if device.is_empty() || device.len() > MOST_DEVICE_BYTES {
            return Err(bad_device(device));
        }
        let moment = self.clock.moment_us(row.time.trim());
        let time_us =
            moment.map_err(|_| Problem::bad_value("time", row.time.trim(), Wanted::Moment))?;
        let accuracy_m = row.accuracy.map(accuracy_m).transpose()?;
        let LonLat { lon, lat } = LonLat::checked(row.lon, row.lat, self.crs)?;
        let point = to_lattice(self.crs, lon, lat)?;
        let number = positions.rows;
        positions
            .tracks
            .add(device, time_us, point, accuracy_m, number);
        Ok(())
    }
}

impl Positions {
    fn next_row(&mut self) -> Result<(), Problem> {
        self.rows = self.rows.checked_add(1).ok_or(Problem::Internal)?;
        Ok(())
    }

    /// The row that is being read is none.
    fn put_aside(&mut self, device: &str, problem: Problem) {
        self.invalid.push(InvalidRow {
            row: self.rows,
            device: echo(device.trim()).into(),
            problem,
        });
    }
}

impl<'a> RowText<'a> {
    fn understood(self) -> Result<Row<'a>, Problem> {
        let others = [&self.at, &self.crs, &self.zone];
        let mut given = NOT_OF_A_ROW.into_iter().zip(others);
        if let Some((name, _)) = given.find(|(_, given)| given.is_some()) {
            return Err(Problem::ParameterNotOffered { name });
        }
        Ok(Row {
            device: device_name(self.device).ok_or(Problem::MalformedFix)?,
            time: self.time,
            lon: self.lon,
            lat: self.lat,
            accuracy: self.accuracy,
        })
    }
}

/// A text, or a number as it is written.
fn device_name(device: &RawValue) -> Option<Cow<'_, str>> {
    let text = device.get();
    match text.bytes().next()? {
        b'"' => serde_json::from_str(text).ok(),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, Problem> {
        let place = |wanted: &str| {
            let is_wanted = |column: &[u8]| column.trim_ascii() == wanted.as_bytes();
            header.iter().position(is_wanted)
        };
        let needed = NEEDED.map(place);
        let ([Some(device), Some(time), Some(lon), Some(lat)], accuracy) =
            (needed, place("accuracy"))
        else {
            let missing = NEEDED.into_iter().zip(needed);
            let found = header.iter().take(NAMED_COLUMNS);
            return Err(Problem::MissingColumns {
                missing: missing
                    .filter_map(|(name, place)| place.is_none().then_some(name))
                    .collect(),
                found: found
                    .map(|column| echo(&String::from_utf8_lossy(column)))
                    .collect(),
            });
        };
        Ok(Self {
            needed: [device, time, lon, lat],
            accuracy,
            not_of_a_row: NOT_OF_A_ROW.map(place),
            count: header.len(),
        })
    }

    fn row<'a>(&self, record: &'a ByteRecord) -> Result<Row<'a>, Problem> {
        if record.len() != self.count {
            return Err(Problem::FieldCount {
                has: record.len(),
                wants: self.count,
            });
        }
        let field = |place: usize| record.get(place).unwrap_or_default().trim_ascii();
        let text = |place: usize| String::from_utf8_lossy(field(place));
        let is_given = |place: &Option<usize>| place.is_some_and(|place| !field(place).is_empty());
        let mut others = NOT_OF_A_ROW.into_iter().zip(&self.not_of_a_row);
        if let Some((name, _)) = others.find(|(_, place)| is_given(place)) {
            return Err(Problem::ParameterNotOffered { name });
        }
        let [device, time, lon, lat] = self.needed;
        // two devices whose names are in another encoding may not become one
        let device = std::str::from_utf8(field(device)).map_err(|_| bad_device(&text(device)))?;
        let accuracy = self.accuracy.map(text).filter(|text| !text.is_empty());
        let accuracy =
            accuracy.map(|text| number("accuracy", &text).map_err(|_| bad_accuracy(&text)));
        Ok(Row {
            device: Cow::Borrowed(device),
            time: text(time),
            lon: number("lon", &text(lon))?,
            lat: number("lat", &text(lat))?,
            accuracy: accuracy.transpose()?,
        })
    }
}

fn bad_device(given: &str) -> Problem {
    let most = MOST_DEVICE_BYTES;
    Problem::bad_value("device", given, Wanted::Device { most })
}

fn bad_accuracy(given: &str) -> Problem {
    Problem::bad_value("accuracy", given, Wanted::NotNegative(Measure::Metres))
}

/// Metres that are not negative.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is too large becomes infinite, and is refused"
)]
fn accuracy_m(metres: f64) -> Result<f32, Problem> {
    let known = metres as f32;
    if known.is_finite() && known >= 0.0 {
        Ok(known)
    } else {
        Err(bad_accuracy(&metres.to_string()))
    }
}
