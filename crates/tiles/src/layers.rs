//! What a source's layers are, as `TileJSON` tells it.

use crate::MAX_ZOOM;

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A number.
    Number,
}

/// One layer of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerNote {
    /// Its name in tiles.
    pub id: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// The first zoom that has it.
    pub min_zoom: u8,
    /// The last.
    pub max_zoom: u8,
    /// The attributes of its features.
    pub fields: Vec<(&'static str, FieldType)>,
}

use FieldType::{Number, Text};

impl LayerNote {
    fn new(
        id: impl Into<String>,
        description: impl Into<String>,
        min_zoom: u8,
        fields: &[(&'static str, FieldType)],
    ) -> Self {
        Self {
            id: id.into(),
            description: description.into(),
            min_zoom,
            max_zoom: MAX_ZOOM,
            fields: fields.to_vec(),
        }
    }
}

pub(crate) fn base(min_zoom: u8) -> LayerNote {
    let fields = [
        ("kind", Text),
        ("class", Text),
        ("name", Text),
        ("name_en", Text),
    ];
    LayerNote::new(
        "base",
        "streets, water, green, buildings",
        min_zoom,
        &fields,
    )
}

pub(crate) fn grid(level: &str, min_zoom: u8) -> LayerNote {
    let fields = [("code", Text), ("parent", Text), ("kind", Text)];
    LayerNote::new(
        format!("grid_{level}"),
        format!("the units of level {level}"),
        min_zoom,
        &fields,
    )
}

pub(crate) fn special(min_zoom: u8) -> LayerNote {
    let fields = [
        ("code", Text),
        ("name", Text),
        ("name_en", Text),
        ("kind", Text),
    ];
    LayerNote::new(
        "special",
        "specialised grids, which may overlap",
        min_zoom,
        &fields,
    )
}

pub(crate) fn border(min_zoom: u8) -> LayerNote {
    let fields = [
        ("level", Text),
        ("rank", Number),
        ("left", Text),
        ("right", Text),
    ];
    let what = "each border once; rank 0 is the top level, and the rim of the city";
    LayerNote::new("border", what, min_zoom, &fields)
}

pub(crate) fn component(min_zoom: u8) -> LayerNote {
    let fields = [
        ("code", Text),
        ("class", Text),
        ("name", Text),
        ("state", Text),
    ];
    LayerNote::new("component", "city components", min_zoom, &fields)
}

pub(crate) fn label(min_zoom: u8) -> LayerNote {
    let fields = [
        ("code", Text),
        ("name", Text),
        ("name_en", Text),
        ("level", Text),
        ("level_rank", Number),
        ("rank", Number),
    ];
    let what = "one point in the widest part of each unit; rank 1 is the largest of its level";
    LayerNote::new("label", what, min_zoom, &fields)
}
