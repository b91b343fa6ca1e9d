//! GeoJSON, one document or one feature per line, feature by feature.
//!
//! The document is walked with `serde`, so that no more than one feature is in memory; its
//! geometry and coordinates are those of the `geojson` crate. RFC 7946 means WGS 84 longitude and
//! latitude; a `crs` member of the older standard is honoured by name and never fetched.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo_types::Coord;
use geojson::{GeometryValue, Position};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::encoding;
use super::sink::Sink;
use crate::wire::{Opened, Request};
use crate::wkb::{Raw, row_geometry};
use crate::{DeclaredCrs, EncodingBy, Format, Note, Refusal, RowGeometry, Value};

/// Reads a whole document.
pub(super) fn read_document(
    path: &Path,
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let (input, meter) = open(path, request, sink)?;
    let mut collecting = Collecting::new(Format::GeoJson, meter, sink);
    let mut json = serde_json::Deserializer::from_reader(input);
    let outcome = Document(&mut collecting)
        .deserialize(&mut json)
        .and_then(|()| json.end());
    if let Some(refusal) = collecting.stopped.take() {
        return Err(refusal);
    }
    outcome.map_err(|error| malformed(Format::GeoJson, &error.to_string()))?;
    collecting.finish()
}

/// Reads one feature per line; RFC 8142 puts a record separator (0x1E) before each.
pub(super) fn read_sequence(
    path: &Path,
    request: &Request,
    sink: &mut Sink,
) -> Result<(), Refusal> {
    let (input, meter) = open(path, request, sink)?;
    let mut collecting = Collecting::new(Format::GeoJsonSeq, meter, sink);
    let json = serde_json::Deserializer::from_reader(Separators(input));
    for object in json.into_iter::<Object>() {
        let object = object.map_err(|error| {
            let after = collecting.sink.rows();
            malformed(
                Format::GeoJsonSeq,
                &format!("after feature {after}: {error}"),
            )
        })?;
        collecting
            .feature(object)
            .map_err(|why| malformed(Format::GeoJsonSeq, &why))?;
        if let Some(refusal) = collecting.stopped.take() {
            return Err(refusal);
        }
    }
    collecting.finish()
}

type Input = Box<dyn Read>;

/// Opens the text, as UTF-8 whatever it was, and a meter of what has been read of it.
fn open(path: &Path, request: &Request, sink: &mut Sink) -> Result<(Input, Meter), Refusal> {
    let fail = |error| Refusal::system("opening the input", error);
    let file = File::open(path).map_err(fail)?;
    let total = file.metadata().map_err(fail)?.len();
    let meter = Meter {
        read: Arc::default(),
        total,
    };
    let metered = Metered {
        inner: file,
        read: Arc::clone(&meter.read),
    };
    let mut input: Input = Box::new(BufReader::with_capacity(1 << 16, metered));
    if let Some(label) = &request.encoding {
        let found = encoding::of_label(label)?;
        sink.note(&Note::Encoding {
            encoding: found.name().to_owned(),
            by: EncodingBy::Person,
        })?;
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(fail)?;
        let (text, _, wrong) = found.decode(&bytes);
        if wrong {
            return Err(Refusal::Encoding {
                place: "the file".to_owned(),
                encoding: found.name().to_owned(),
            });
        }
        let text = text.into_owned().into_bytes();
        return Ok((Box::new(std::io::Cursor::new(text)), meter));
    }
    let mut start = Vec::new();
    input
        .by_ref()
        .take(3)
        .read_to_end(&mut start)
        .map_err(fail)?;
    if start == [0xEF, 0xBB, 0xBF] {
        start.clear();
    }
    Ok((Box::new(std::io::Cursor::new(start).chain(input)), meter))
}

/// How much of a file has been read.
struct Meter {
    read: Arc<AtomicU64>,
    total: u64,
}

struct Metered {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Makes record separators white space.
struct Separators(Input);

impl Read for Separators {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        for byte in &mut buffer[..count] {
            if *byte == 0x1E {
                *byte = b'\n';
            }
        }
        Ok(count)
    }
}

/// What a document has given so far.
struct Collecting<'a> {
    format: Format,
    meter: Meter,
    sink: &'a mut Sink,
    crs: Option<DeclaredCrs>,
    layer: Option<String>,
    /// Why reading stopped: `serde`'s errors hold text only.
    stopped: Option<Refusal>,
}

impl<'a> Collecting<'a> {
    fn new(format: Format, meter: Meter, sink: &'a mut Sink) -> Self {
        Self {
            format,
            meter,
            sink,
            crs: None,
            layer: None,
            stopped: None,
        }
    }

    fn finish(self) -> Result<(), Refusal> {
        if self.sink.rows() == 0 {
            return Err(Refusal::Empty {
                why: "there is no feature in it".to_owned(),
            });
        }
        self.sink.opened(&Opened {
            format: self.format,
            layer: self.layer,
            declared_crs: self.crs.unwrap_or(DeclaredCrs::GeoJsonDefault),
        })
    }

    /// Sends what one object of the file holds, or says why it is no feature.
    fn feature(&mut self, object: Object) -> Result<(), String> {
        let kind = object.kind.as_deref().unwrap_or("nothing");
        match kind {
            "Feature" => self.row(object.geometry.as_deref(), object.properties, object.id),
            "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon"
            | "MultiPolygon" => {
                let text = format!(
                    "{{\"type\":\"{kind}\",\"coordinates\":{}}}",
                    object.coordinates.as_deref().map_or("[]", RawValue::get)
                );
                let geometry = RawValue::from_string(text).map_err(|error| error.to_string())?;
                self.row(Some(&geometry), Properties::default(), None)
            }
            other => Err(format!(
                "\"type\" is {other:.40} where a feature was expected"
            )),
        }
    }

    fn row(
        &mut self,
        geometry: Option<&RawValue>,
        properties: Properties,
        id: Option<serde_json::Value>,
    ) -> Result<(), String> {
        match self.try_row(geometry, properties, id) {
            Ok(()) => Ok(()),
            Err(refusal) => {
                let text = refusal.to_string();
                self.stopped = Some(refusal);
                Err(text)
            }
        }
    }

    fn try_row(
        &mut self,
        geometry: Option<&RawValue>,
        properties: Properties,
        id: Option<serde_json::Value>,
    ) -> Result<(), Refusal> {
        let number = self.sink.rows() + 1;
        let geometry = match geometry {
            None => RowGeometry::Missing,
            Some(raw) => self.geometry(raw)?,
        };
        let mut values = vec![Value::Null; self.sink.columns().len()];
        let mut put = |sink: &mut Sink, name: &str, value| -> Result<(), Refusal> {
            // features of one file mostly have the same members in the same order
            let place = match sink.columns().iter().position(|column| column == name) {
                Some(place) => place,
                None => sink.column(name)?,
            };
            if values.len() <= place {
                values.resize(place + 1, Value::Null);
            }
            values[place] = value;
            Ok(())
        };
        if let Some(repeated) = properties.repeated {
            return Err(malformed(
                self.format,
                &format!("feature {number} has the member \"{repeated}\" twice"),
            ));
        }
        let has_own_id = properties.members.iter().any(|(name, _)| name == "id");
        for (name, value) in properties.members {
            put(self.sink, &name, plain(value))?;
        }
        if let (Some(id), false) = (id, has_own_id) {
            put(self.sink, "id", plain(id))?;
        }
        self.sink.row(number, geometry, values)?;
        let read = self.meter.read.load(Ordering::Relaxed);
        self.sink.progress(Some(read), Some(self.meter.total))
    }

    fn geometry(&mut self, raw: &RawValue) -> Result<RowGeometry, Refusal> {
        let text = raw.get();
        // every position has a bracket of its own: counted before anything is built of them
        let brackets = text.bytes().filter(|&byte| byte == b'[').count() as u64;
        if brackets > 100_000 {
            let nesting = brackets / 2;
            self.sink.expect_vertices(brackets - nesting)?;
        }
        if text == "null" {
            return Ok(RowGeometry::Missing);
        }
        let geometry: geojson::Geometry = match serde_json::from_str(text) {
            Ok(geometry) => geometry,
            Err(error) => {
                return Ok(RowGeometry::Refused(format!(
                    "its geometry is unsound: {error}"
                )));
            }
        };
        let mut had_z = false;
        let raw = raw_geometry(geometry.value, &mut had_z);
        self.sink.heights(had_z, false);
        Ok(row_geometry(raw))
    }
}

/// A document: a feature collection, a feature or a geometry.
struct Document<'c, 'a>(&'c mut Collecting<'a>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut object = Object::default();
        let mut is_collection = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    is_collection = true;
                    map.next_value_seed(Features(self.0))?;
                }
                "crs" => {
                    let member: serde_json::Value = map.next_value()?;
                    self.0.crs = crs_member(&member, self.0.sink).map_err(A::Error::custom)?;
                }
                "name" => {
                    let name: serde_json::Value = map.next_value()?;
                    self.0.layer = name.as_str().map(|name| name.chars().take(200).collect());
                }
                "arcs" | "objects" if object.kind.as_deref() == Some("Topology") => {
                    self.0.stopped = Some(Refusal::IsTopoJson);
                    return Err(A::Error::custom("TopoJSON"));
                }
                _ => object.member(&key, &mut map)?,
            }
        }
        match object.kind.as_deref() {
            Some("FeatureCollection") if is_collection => Ok(()),
            Some("FeatureCollection") => Err(A::Error::custom("it has no \"features\"")),
            Some("Topology") => {
                self.0.stopped = Some(Refusal::IsTopoJson);
                Err(A::Error::custom("TopoJSON"))
            }
            _ => self.0.feature(object).map_err(A::Error::custom),
        }
    }
}

struct Features<'c, 'a>(&'c mut Collecting<'a>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut features: A) -> Result<(), A::Error> {
        while let Some(object) = features.next_element::<Object>()? {
            self.0.feature(object).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// One object of a file, its geometry still text.
#[derive(Default)]
struct Object {
    kind: Option<String>,
    geometry: Option<Box<RawValue>>,
    coordinates: Option<Box<RawValue>>,
    properties: Properties,
    id: Option<serde_json::Value>,
}

impl Object {
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = Some(map.next_value()?),
            "geometry" => self.geometry = Some(map.next_value()?),
            "coordinates" => self.coordinates = Some(map.next_value()?),
            "properties" => self.properties = map.next_value::<Option<_>>()?.unwrap_or_default(),
            "id" => self.id = Some(map.next_value()?),
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GeoJSON feature")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::default();
                while let Some(key) = map.next_key::<String>()? {
                    object.member(&key, &mut map)?;
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The properties of a feature in their order, with the first name that stands twice.
#[derive(Default)]
struct Properties {
    members: Vec<(String, serde_json::Value)>,
    repeated: Option<String>,
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Properties::default();
                while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                    if properties.members.iter().any(|(other, _)| *other == name) {
                        properties.repeated.get_or_insert_with(|| name.clone());
                    }
                    properties.members.push((name, value));
                }
                Ok(properties)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A `crs` member of GeoJSON 2008: by name, or by a link that is not followed.
fn crs_member(member: &serde_json::Value, sink: &mut Sink) -> Result<Option<DeclaredCrs>, String> {
    let property = |name: &str| {
        member
            .get("properties")
            .and_then(|properties| properties.get(name))
            .and_then(serde_json::Value::as_str)
    };
    match member.get("type").and_then(serde_json::Value::as_str) {
        Some("name") => Ok(property("name").map(named_crs)),
        Some("link") => {
            let href = property("href").unwrap_or_default();
            sink.note(&Note::CrsLinkIgnored {
                href: href.chars().take(200).collect(),
            })
            .map_err(|refusal| refusal.to_string())?;
            Ok(Some(DeclaredCrs::None))
        }
        // `"crs": null` says that no system may be assumed
        None if member.is_null() => Ok(Some(DeclaredCrs::None)),
        _ => Err("its \"crs\" is neither a name nor a link".to_owned()),
    }
}

/// `EPSG:4490`, `urn:ogc:def:crs:EPSG::4490`, `urn:ogc:def:crs:OGC:1.3:CRS84`, or another name.
pub(super) fn named_crs(name: &str) -> DeclaredCrs {
    let short = name.trim();
    let upper = short.to_ascii_uppercase();
    if upper.contains("EPSG")
        && let Some(code) = upper.rsplit([':', '/']).next().and_then(|c| c.parse().ok())
    {
        return DeclaredCrs::Epsg(code);
    }
    if upper.ends_with("CRS84") {
        return DeclaredCrs::Named("OGC:CRS84".to_owned());
    }
    DeclaredCrs::Named(short.chars().take(200).collect())
}

pub(super) fn plain(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(real)) => Value::Real(real),
            (None, None) => Value::Text(number.to_string()),
        },
        serde_json::Value::String(text) => Value::Text(text),
        nested => Value::Text(nested.to_string()),
    }
}

fn raw_geometry(value: GeometryValue, had_z: &mut bool) -> Raw {
    let mut line = |positions: Vec<Position>| -> Result<Vec<Coord<f64>>, String> {
        positions.iter().map(|p| coord(p, had_z)).collect()
    };
    let built = match value {
        GeometryValue::Point { coordinates } if coordinates.is_empty() => Ok(Raw::Point(None)),
        GeometryValue::Point { coordinates } => {
            line(vec![coordinates]).map(|coords| Raw::Point(coords.first().copied()))
        }
        GeometryValue::MultiPoint { coordinates } => line(coordinates)
            .map(|coords| Raw::Many(coords.into_iter().map(|c| Raw::Point(Some(c))).collect())),
        GeometryValue::LineString { coordinates } => line(coordinates).map(Raw::Line),
        GeometryValue::MultiLineString { coordinates } => coordinates
            .into_iter()
            .map(|positions| line(positions).map(Raw::Line))
            .collect::<Result<_, _>>()
            .map(Raw::Many),
        GeometryValue::Polygon { coordinates } => coordinates
            .into_iter()
            .map(&mut line)
            .collect::<Result<_, _>>()
            .map(Raw::Polygon),
        GeometryValue::MultiPolygon { coordinates } => coordinates
            .into_iter()
            .map(|rings| {
                rings
                    .into_iter()
                    .map(&mut line)
                    .collect::<Result<_, _>>()
                    .map(Raw::Polygon)
            })
            .collect::<Result<_, _>>()
            .map(Raw::Many),
        GeometryValue::GeometryCollection { geometries } => Ok(Raw::Many(
            geometries
                .into_iter()
                .map(|member| raw_geometry(member.value, had_z))
                .collect(),
        )),
    };
    built.unwrap_or_else(Raw::Unusable)
}

fn coord(position: &Position, had_z: &mut bool) -> Result<Coord<f64>, String> {
    match position.as_slice() {
        [x, y, heights @ ..] => {
            *had_z |= !heights.is_empty();
            Ok(Coord { x: *x, y: *y })
        }
        short => Err(format!("it has a position of {} numbers", short.len())),
    }
}

fn malformed(format: Format, why: &str) -> Refusal {
    Refusal::Malformed {
        format: format.name().to_owned(),
        why: why.chars().take(400).collect(),
    }
}
