//! What a source's layers are, as TileJSON tells it.

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
