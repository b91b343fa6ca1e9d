//! One layer of tiles, as `TileJSON` and archives tell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wangge_tiles::{FieldType, LayerNote};

/// The start of the names of layers of units; the level's id follows.
const OF_LEVEL: &str = "grid_";

/// An entry of `vector_layers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct VectorLayer {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(rename = "minzoom")]
    pub(crate) min_zoom: u8,
    #[serde(rename = "maxzoom")]
    max_zoom: u8,
    fields: BTreeMap<String, String>,
}

/// The same as other programs write it.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldLayer {
    id: String,
    description: Option<String>,
    minzoom: Option<u8>,
    maxzoom: Option<u8>,
    fields: Option<BTreeMap<String, serde_json::Value>>,
}

impl VectorLayer {
    pub(crate) fn of(note: LayerNote) -> Self {
        let fields = note.fields.into_iter().map(|(name, field)| {
            let what = match field {
                FieldType::Text => "String",
                FieldType::Number => "Number",
            };
            (name.to_owned(), what.to_owned())
        });
        Self {
            id: note.id,
            description: note.description,
            min_zoom: note.min_zoom,
            max_zoom: note.max_zoom,
            fields: fields.collect(),
        }
    }

    /// A layer of an archive with these zooms.
    pub(crate) fn told(layer: ToldLayer, (min, max): (u8, u8)) -> Self {
        let fields = layer.fields.unwrap_or_default();
        let fields = fields.into_iter().map(|(name, what)| match what {
            serde_json::Value::String(what) => (name, what),
            other => (name, other.to_string()),
        });
        Self {
            id: layer.id,
            description: layer.description.unwrap_or_default(),
            // other programs tell of layers what no tile has
            min_zoom: layer.minzoom.unwrap_or(min).clamp(min, max),
            max_zoom: layer.maxzoom.unwrap_or(max).clamp(min, max),
            fields: fields.collect(),
        }
    }

    /// The level whose units the layer has.
    pub(crate) fn level(&self) -> Option<&str> {
        self.id.strip_prefix(OF_LEVEL)
    }
}
