//! Formats that GDAL reads, with the one driver that the format needs.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use encoding_rs::Encoding;
use gdal::config::{set_config_option, set_error_handler};
use gdal::errors::CplErrType;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Feature, Layer, LayerAccess, OGRFieldType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

use super::sink::Sink;
use super::{archive, encoding};
use crate::wire::{Opened, Request};
use crate::{DeclaredCrs, Format, Note, Refusal, RowGeometry, Value, wkb};

/// How a file is opened.
pub(super) struct Opening<'a> {
    pub(super) format: Format,
    pub(super) options: &'a [&'a str],
    pub(super) text: Text,
    /// How many rows there must be, where the file says.
    pub(super) rows: Option<u64>,
}

/// What the driver makes of text.
#[derive(Clone, Copy)]
pub(super) enum Text {
    /// UTF-8 already.
    Utf8,
    /// Each byte as the character of its number; the bytes have this encoding.
    Bytes(&'static Encoding),
}

/// What GDAL reported since the last look: failures first, then warnings.
static REPORTS: Mutex<Reports> = Mutex::new(Reports {
    failures: Vec::new(),
    warnings: Vec::new(),
});

struct Reports {
    failures: Vec<String>,
    warnings: Vec<String>,
}

const REPORTS_LIMIT: usize = 10;

/// Loads GDAL, its drivers and PROJ's database, before the locks go on.
pub(super) fn load() -> Result<(), Refusal> {
    for (option, value) in [
        ("GDAL_NUM_THREADS", "1"),
        // no side files, no guesses about neighbours
        ("GDAL_PAM_ENABLED", "NO"),
        ("GDAL_HTTP_TIMEOUT", "1"),
        ("GDAL_HTTP_CONNECTTIMEOUT", "1"),
    ] {
        set_config_option(option, value).map_err(|error| Refusal::system("loading GDAL", error))?;
    }
    set_error_handler(|class, _, message| {
        let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
        let reports = &mut *reports;
        let list = match class {
            CplErrType::Failure | CplErrType::Fatal => &mut reports.failures,
            CplErrType::Warning => &mut reports.warnings,
            _ => return,
        };
        let message: String = message.chars().take(300).collect();
        if list.len() < REPORTS_LIMIT && !list.contains(&message) {
            list.push(message);
        }
    });
    DriverManager::register_all();
    // opens proj.db, and keeps it open
    SpatialRef::from_epsg(4490)
        .and_then(|srs| srs.to_wkt())
        .map_err(|error| Refusal::system("loading PROJ's database", error))?;
    clear_reports();
    Ok(())
}

pub(super) fn read(
    path: &Path,
    format: Format,
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let opening = Opening {
        format,
        options: &[],
        text: Text::Utf8,
        rows: None,
    };
    if format == Format::Xlsx {
        archive::weigh_workbook(path, &request.limits)?;
        // the first row is the header, and a cell is the text that it holds: 0101 is no number
        for (key, value) in [
            ("OGR_XLSX_HEADERS", "FORCE"),
            ("OGR_XLSX_FIELD_TYPES", "STRING"),
        ] {
            gdal::config::set_config_option(key, value)
                .map_err(|error| malformed(format, error.to_string()))?;
        }
    }
    read_opened(path, &opening, request, sink)
}

pub(super) fn read_opened(
    path: &Path,
    opening: &Opening<'_>,
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let driver = keep_one_driver(opening.format)?;
    let dataset = open(path, Some(&[driver]), opening.options)
        .map_err(|why| malformed(opening.format, why))?;
    read_dataset(&dataset, opening, request, sink)
}

/// Opens with any of these drivers, or with whatever GDAL finds: what a program without our
/// precautions does. For tests.
pub(super) fn read_unrestricted(
    path: &Path,
    drivers: &[String],
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let names: Vec<&str> = drivers.iter().map(String::as_str).collect();
    let format = request.format.unwrap_or(Format::GeoJson);
    let allowed = (!names.is_empty()).then_some(names.as_slice());
    let dataset = open(path, allowed, &[]).map_err(|why| malformed(format, why))?;
    let opening = Opening {
        format,
        options: &[],
        text: Text::Utf8,
        rows: None,
    };
    read_dataset(&dataset, &opening, request, sink)
}

/// Deregisters every driver but the best one of the format: they open each other.
fn keep_one_driver(format: Format) -> Result<&'static str, Refusal> {
    let wanted = format
        .drivers()
        .iter()
        .copied()
        .find(|name| DriverManager::get_driver_by_name(name).is_ok())
        .ok_or_else(|| Refusal::NoDriver {
            format: format.name().to_owned(),
            drivers: format.drivers().iter().map(ToString::to_string).collect(),
        })?;
    for index in (0..DriverManager::count()).rev() {
        if let Ok(driver) = DriverManager::get_driver(index)
            && driver.short_name() != wanted
        {
            DriverManager::deregister_driver(&driver);
        }
    }
    Ok(wanted)
}

fn open(path: &Path, drivers: Option<&[&str]>, options: &[&str]) -> Result<Dataset, String> {
    clear_reports();
    let outcome = Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
            allowed_drivers: drivers,
            open_options: Some(options),
            sibling_files: None,
        },
    );
    outcome.map_err(|_| {
        first_failure().unwrap_or_else(|| "it does not look like one inside".to_owned())
    })
}

fn read_dataset(
    dataset: &Dataset,
    opening: &Opening<'_>,
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let mut layer = choose_layer(dataset, opening, request, sink)?;
    let format = opening.format;
    let declared_crs = declared_crs(&layer);
    let name = match format {
        // its only layer bears the name we gave the file
        Format::Shapefile | Format::FlatGeobuf => None,
        _ => Some(layer.name()),
    };
    sink.opened(&Opened {
        format,
        layer: name,
        declared_crs: declared_crs.clone(),
    })?;
    if declared_crs == DeclaredCrs::None {
        sink.note(&Note::NoDeclaredCrs)?;
    }
    let mut reading = Reading {
        text: opening.text,
        fields: Vec::new(),
        cut: 0,
    };
    for field in layer.defn().fields() {
        let name = reading.text(&field.name(), || "the name of a column".to_owned())?;
        sink.column(&name)?;
        reading.fields.push((field.field_type(), name));
    }
    let expected = opening.rows.or_else(|| layer.try_feature_count());
    let mut rows = 0_u64;
    for feature in layer.features() {
        rows += 1;
        reading.row(&feature, rows, sink)?;
        sink.progress(None, expected)?;
    }
    if let Some(why) = first_failure() {
        return Err(malformed(format, why));
    }
    if let Some(expected) = expected.filter(|&expected| expected != rows) {
        return Err(Refusal::Truncated {
            what: format!("it says it has {expected} rows, {rows} could be read"),
        });
    }
    if reading.cut > 0 {
        sink.note(&Note::CutText {
            values: reading.cut,
        })?;
    }
    for message in warnings() {
        sink.note(&Note::Library { message })?;
    }
    Ok(())
}

fn choose_layer<'a>(
    dataset: &'a Dataset,
    opening: &Opening<'_>,
    request: &Request,
    sink: &mut Sink,
) -> Result<Layer<'a>, Refusal> {
    let names: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    let no_layers = || Refusal::Empty {
        why: "it has no layer".to_owned(),
    };
    let single_file = matches!(opening.format, Format::Shapefile | Format::FlatGeobuf);
    let wanted =
        match &request.layer {
            // of an archive, `layer` has chosen the file already
            Some(wanted) if !single_file => names
                .iter()
                .position(|name| name == wanted)
                .ok_or_else(|| Refusal::NoSuchLayer {
                    layer: wanted.clone(),
                    layers: names.clone(),
                })?,
            _ => {
                let filled: Vec<usize> = dataset
                    .layers()
                    .enumerate()
                    .filter(|(_, layer)| layer.try_feature_count() != Some(0))
                    .map(|(index, _)| index)
                    .collect();
                match (filled.as_slice(), names.len()) {
                    (_, 0) => return Err(no_layers()),
                    ([only], _) => *only,
                    (_, 1) => 0,
                    _ => return Err(Refusal::SeveralLayers { layers: names }),
                }
            }
        };
    let others: Vec<String> = names
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != wanted)
        .map(|(_, name)| name.clone())
        .collect();
    if !others.is_empty() {
        sink.note(&Note::OtherLayers { layers: others })?;
    }
    dataset.layer(wanted).map_err(|_| no_layers())
}

fn declared_crs(layer: &Layer<'_>) -> DeclaredCrs {
    let Some(srs) = layer.spatial_ref() else {
        return DeclaredCrs::None;
    };
    let code = srs
        .auth_code()
        .ok()
        .and_then(|code| u32::try_from(code).ok());
    match (srs.auth_name().as_deref(), code) {
        (Some("EPSG"), Some(code)) => DeclaredCrs::Epsg(code),
        _ => match srs.to_wkt() {
            Ok(wkt) if !wkt.is_empty() => DeclaredCrs::Wkt(wkt),
            _ => DeclaredCrs::None,
        },
    }
}

/// The rows of one layer.
struct Reading {
    text: Text,
    fields: Vec<(OGRFieldType::Type, String)>,
    cut: u64,
}

impl Reading {
    fn row(&mut self, feature: &Feature<'_>, number: u64, sink: &mut Sink) -> Result<(), Refusal> {
        let geometry = match feature.geometry() {
            None => RowGeometry::Missing,
            Some(geometry) => {
                let decoded = geometry
                    .iso_wkb()
                    .map_err(|error| error.to_string())
                    .and_then(|bytes| wkb::decode(&bytes).map_err(|error| error.to_string()));
                match decoded {
                    Ok(decoded) => {
                        sink.heights(decoded.had_z, decoded.had_m);
                        decoded.geometry
                    }
                    Err(why) => RowGeometry::Refused(why),
                }
            }
        };
        let mut values = Vec::with_capacity(self.fields.len());
        for index in 0..self.fields.len() {
            values.push(self.value(feature, index, number)?);
        }
        sink.row(number, geometry, values)
    }

    fn value(
        &mut self,
        feature: &Feature<'_>,
        index: usize,
        number: u64,
    ) -> Result<Value, Refusal> {
        let fail = |error| Refusal::system(&format!("reading row {number}"), error);
        // a value that was never set reads as 0, and as no text
        let text = feature.field_as_string(index).map_err(fail)?;
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(Value::Null);
        };
        let value = match self.fields[index].0 {
            OGRFieldType::OFTInteger => feature
                .field_as_integer(index)
                .map(|value| value.map(|v| Value::Integer(i64::from(v)))),
            OGRFieldType::OFTInteger64 => feature
                .field_as_integer64(index)
                .map(|value| value.map(Value::Integer)),
            OGRFieldType::OFTReal => feature
                .field_as_double(index)
                .map(|value| value.map(Value::Real)),
            _ => Ok(Some(Value::Text(text))),
        };
        let value = value.map_err(fail)?.unwrap_or(Value::Null);
        match value {
            Value::Text(text) => {
                let name = self.fields[index].1.clone();
                self.text(&text, || format!("row {number}, column {name}"))
                    .map(Value::Text)
            }
            other => Ok(other),
        }
    }

    fn text(&mut self, given: &str, place: impl FnOnce() -> String) -> Result<String, Refusal> {
        let Text::Bytes(encoding) = self.text else {
            return Ok(given.to_owned());
        };
        let bytes: Option<Vec<u8>> = given.chars().map(|c| u8::try_from(c).ok()).collect();
        let decoded = bytes.and_then(|bytes| encoding::strict(&bytes, encoding));
        match decoded {
            Some((text, cut)) => {
                self.cut += u64::from(cut);
                Ok(text)
            }
            None => Err(Refusal::Encoding {
                place: place(),
                encoding: encoding.name().to_owned(),
            }),
        }
    }
}

fn malformed(format: Format, why: String) -> Refusal {
    Refusal::Malformed {
        format: format.name().to_owned(),
        why,
    }
}

fn clear_reports() {
    let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    reports.failures.clear();
    reports.warnings.clear();
}

fn first_failure() -> Option<String> {
    let reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    reports.failures.first().cloned()
}

fn warnings() -> Vec<String> {
    let reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    reports.warnings.clone()
}
