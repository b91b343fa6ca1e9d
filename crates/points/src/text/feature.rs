//! GeoJSON features.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::members::Members;
use crate::answer::push_json;
use crate::problem::RowProblem;

/// A feature, its parts as they are written.
pub(crate) struct Feature<'a> {
    geometry: Option<&'a RawValue>,
    properties: Option<&'a RawValue>,
    /// All members but the type and the properties, in order.
    others: Vec<(String, &'a RawValue)>,
}

#[derive(Deserialize)]
struct PointGeometry {
    r#type: String,
    coordinates: Vec<f64>,
}

impl<'a> Feature<'a> {
    /// The feature that an object is; `None` where it is another.
    pub(crate) fn of(members: &Members<'a>) -> Option<Self> {
        let kind = members.get("type")?.get();
        (kind == "\"Feature\"").then(|| Self {
            geometry: members.get("geometry"),
            properties: members.get("properties"),
            others: members
                .0
                .iter()
                .filter(|(name, _)| name != "type" && name != "properties")
                .map(|(name, value)| (name.clone().into_owned(), *value))
                .collect(),
        })
    }

    /// Where it is.
    pub(crate) fn position(&self) -> Result<(f64, f64), RowProblem> {
        let text = self.geometry.map_or("null", RawValue::get);
        let geometry: PointGeometry =
            serde_json::from_str(text).map_err(|_| RowProblem::NotAPoint)?;
        match (geometry.r#type.as_str(), geometry.coordinates.as_slice()) {
            ("Point", [lon, lat, ..]) => Ok((*lon, *lat)),
            _ => Err(RowProblem::NotAPoint),
        }
    }

    /// Its properties; none where they are null.
    pub(crate) fn properties(&self) -> Result<Members<'a>, RowProblem> {
        match self.properties.map(RawValue::get) {
            None | Some("null") => Ok(Members(Vec::new())),
            Some(text) => serde_json::from_str(text).map_err(|_| RowProblem::NotJson),
        }
    }

    /// Appends the feature with other properties, which `properties` writes from those it has.
    pub(crate) fn write(&self, out: &mut Vec<u8>, properties: impl FnOnce(&str, &mut Vec<u8>)) {
        out.extend_from_slice(b"{\"type\":\"Feature\"");
        for (name, value) in &self.others {
            out.push(b',');
            push_json(out, name);
            out.push(b':');
            out.extend_from_slice(value.get().as_bytes());
        }
        out.extend_from_slice(b",\"properties\":{");
        properties(self.properties.map_or("null", RawValue::get), out);
        out.extend_from_slice(b"}}");
    }
}

/// Appends what is between the brackets of an object.
pub(crate) fn inner(object: &str, out: &mut Vec<u8>) {
    let within = object
        .strip_prefix('{')
        .and_then(|object| object.strip_suffix('}'))
        .unwrap_or_default();
    out.extend_from_slice(within.trim().as_bytes());
}
