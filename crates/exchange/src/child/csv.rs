//! CSV with a WKT column, or with longitude and latitude columns.

use std::fs;
use std::path::Path;

use geo_types::Coord;

use super::sink::Sink;
use super::{encoding, wkt};
use crate::wire::{Opened, Request};
use crate::{DeclaredCrs, EncodingBy, Format, Note, Refusal, RowGeometry, Value};

const WKT_NAMES: [&str; 7] = [
    "wkt",
    "geom",
    "geometry",
    "the_geom",
    "wkt_geom",
    "shape",
    "geometry_wkt",
];
const EAST_NAMES: [&str; 6] = ["lon", "lng", "longitude", "long", "x", "经度"];
const NORTH_NAMES: [&str; 4] = ["lat", "latitude", "y", "纬度"];

/// Where the geometry of a row stands.
#[derive(Clone, Copy)]
enum Place {
    Wkt(usize),
    Point { east: usize, north: usize },
    Nowhere,
}

pub(super) fn read(path: &Path, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let bytes = fs::read(path).map_err(|error| Refusal::system("opening the input", error))?;
    let text = decode(&bytes, request, sink)?;
    let tabs = path.extension().is_some_and(|e| e == "tsv");
    let mut rows = ::csv::ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { separator(&text) })
        .flexible(false)
        .from_reader(text.as_bytes());
    let head = rows.headers().map_err(|error| malformed(&error))?.clone();
    let place = if request.plain {
        Place::Nowhere
    } else {
        place(&head)
    };
    let geometry_column = match place {
        Place::Wkt(column) => Some(column),
        _ => None,
    };
    for (column, name) in head.iter().enumerate() {
        if Some(column) != geometry_column {
            sink.column(name.trim())?;
        }
    }
    let total = bytes.len() as u64;
    let mut srid = None;
    let mut record = ::csv::StringRecord::new();
    while rows
        .read_record(&mut record)
        .map_err(|error| malformed(&error))?
    {
        let number = sink.rows() + 1;
        let geometry = match place {
            Place::Wkt(column) => {
                let cell = wkt::parse(record.get(column).unwrap_or_default());
                if let Some(other) = cell.srid {
                    let first = *srid.get_or_insert(other);
                    if first != other {
                        return Err(Refusal::Malformed {
                            format: Format::Csv.name().to_owned(),
                            why: format!(
                                "row {number} has SRID={other}, rows before have SRID={first}"
                            ),
                        });
                    }
                }
                sink.heights(cell.had_z, cell.had_m);
                cell.geometry
            }
            Place::Point { east, north } => point(&record, east, north),
            Place::Nowhere => RowGeometry::Missing,
        };
        let values = record
            .iter()
            .enumerate()
            .filter(|(column, _)| Some(*column) != geometry_column)
            .map(|(_, cell)| match cell {
                "" => Value::Null,
                text => Value::Text(text.to_owned()),
            })
            .collect();
        sink.row(number, geometry, values)?;
        let at = record.position().map(::csv::Position::byte);
        sink.progress(at, Some(total))?;
    }
    if sink.rows() == 0 {
        return Err(Refusal::Empty {
            why: "there is no row under the header".to_owned(),
        });
    }
    sink.opened(&Opened {
        format: Format::Csv,
        layer: None,
        declared_crs: srid.map_or(DeclaredCrs::None, DeclaredCrs::Epsg),
    })
}

fn decode(bytes: &[u8], request: &Request, sink: &mut Sink) -> Result<String, Refusal> {
    let (found, by) = match &request.encoding {
        Some(label) => (encoding::of_label(label)?, EncodingBy::Person),
        None => (
            encoding::detect(&std::iter::once(bytes)).ok_or_else(|| Refusal::Encoding {
                place: "the file".to_owned(),
                encoding: "UTF-8, GB18030, Big5 or Shift_JIS".to_owned(),
            })?,
            EncodingBy::Content,
        ),
    };
    if found != encoding_rs::UTF_8 {
        sink.note(&Note::Encoding {
            encoding: found.name().to_owned(),
            by,
        })?;
    }
    let (text, _, wrong) = found.decode(bytes);
    if wrong {
        return Err(Refusal::Encoding {
            place: "the file".to_owned(),
            encoding: found.name().to_owned(),
        });
    }
    Ok(text.into_owned())
}

/// Excel writes semicolons where the decimal sign is a comma.
fn separator(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |sign: char| head.matches(sign).count();
    match (count(','), count(';'), count('\t')) {
        (commas, semicolons, tabs) if tabs > commas && tabs > semicolons => b'\t',
        (commas, semicolons, _) if semicolons > commas => b';',
        _ => b',',
    }
}

fn place(head: &::csv::StringRecord) -> Place {
    let find = |names: &[&str]| {
        names.iter().find_map(|name| {
            head.iter()
                .position(|column| column.trim().eq_ignore_ascii_case(name))
        })
    };
    match (find(&WKT_NAMES), find(&EAST_NAMES), find(&NORTH_NAMES)) {
        (Some(column), _, _) => Place::Wkt(column),
        (None, Some(east), Some(north)) => Place::Point { east, north },
        _ => Place::Nowhere,
    }
}

fn point(record: &::csv::StringRecord, east: usize, north: usize) -> RowGeometry {
    let cell = |column: usize| record.get(column).unwrap_or_default().trim();
    match (cell(east), cell(north)) {
        ("", "") => RowGeometry::Missing,
        (x, y) => match (x.parse(), y.parse()) {
            (Ok(x), Ok(y)) => RowGeometry::of_point(Coord { x, y }),
            _ => RowGeometry::Refused(format!("\"{x:.40}\" \"{y:.40}\" are not two numbers")),
        },
    }
}

fn malformed(error: &::csv::Error) -> Refusal {
    Refusal::Malformed {
        format: Format::Csv.name().to_owned(),
        why: error.to_string(),
    }
}
