//! One GeoJSON feature: its members, values, geometry, and the `crs` member of a collection.

use std::fmt;

use geo_types::Coord;
use geojson::{GeometryValue, Position};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::sink::Sink;
use crate::wkb::Raw;
use crate::{DeclaredCrs, Note, Value};

/// One object of a file, its geometry still text.
#[derive(Default)]
pub(super) struct Object {
    pub(super) kind: Option<String>,
    pub(super) geometry: Option<Box<RawValue>>,
    pub(super) coordinates: Option<Box<RawValue>>,
    pub(super) properties: Properties,
    pub(super) id: Option<serde_json::Value>,
}

impl Object {
    pub(super) fn member<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
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
pub(super) struct Properties {
    pub(super) members: Vec<(String, serde_json::Value)>,
    pub(super) repeated: Option<String>,
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
pub(super) fn crs_member(
    member: &serde_json::Value,
    sink: &mut Sink,
) -> Result<Option<DeclaredCrs>, String> {
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

pub(super) fn raw_geometry(value: GeometryValue, had_z: &mut bool) -> Raw {
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
