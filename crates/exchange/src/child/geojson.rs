//! GeoJSON, one document or one feature per line, feature by feature.
//!
//! The document is walked with `serde`, so that no more than one feature is in memory; its
//! geometry and coordinates are those of the `geojson` crate. RFC 7946 means WGS 84 longitude and
//! latitude; a `crs` member of the older standard is honoured by name and never fetched.

use std::fmt;
use std::path::Path;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::feature::{Object, Properties, crs_member, plain, raw_geometry};
use super::sink::Sink;
use super::text::{Meter, Separators, open};
use crate::wire::{Opened, Request};
use crate::wkb::row_geometry;
use crate::{DeclaredCrs, Format, Refusal, RowGeometry, Value};

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
        let read = self.meter.bytes();
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

fn malformed(format: Format, why: &str) -> Refusal {
    Refusal::Malformed {
        format: format.name().to_owned(),
        why: why.chars().take(400).collect(),
    }
}
