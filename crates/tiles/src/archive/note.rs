//! What an archive says of itself.

use serde_json::{Map, Value, json};

use crate::{FieldType, LayerNote, Shift};

/// What is written into an archive beside its tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchiveNote {
    /// The name of the whole, such as the city's.
    pub name: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// The version of what it shows.
    pub version: String,
    /// West, south, east and north, degrees.
    pub bounds: [f64; 4],
    /// The first zoom that has tiles.
    pub min_zoom: u8,
    /// The last.
    pub max_zoom: u8,
    /// The layers.
    pub layers: Vec<LayerNote>,
    /// The holes of the coverage: west, south, east, north of each. What is open elsewhere is a gap.
    pub holes: Vec<[f64; 4]>,
    /// The system that it is drawn in.
    pub shift: Shift,
}

/// Keys that other programs do not know: what a check may expect, and for which base maps it is.
pub(super) const HOLES: &str = "coverage_holes";
pub(super) const DRAWN_IN: &str = "drawn_in";

/// What stands there.
const CGCS2000: &str = "CGCS2000";
const GCJ02: &str = "GCJ-02";

impl ArchiveNote {
    /// `vector_layers` as `TileJSON` 3.0 and `MBTiles` 1.3 have it.
    fn vector_layers(&self) -> Value {
        let layers = self.layers.iter().map(|layer| {
            let fields: Map<String, Value> = layer
                .fields
                .iter()
                .map(|&(name, kind)| {
                    let kind = match kind {
                        FieldType::Text => "String",
                        FieldType::Number => "Number",
                    };
                    (name.to_owned(), Value::from(kind))
                })
                .collect();
            json!({
                "id": layer.id,
                "description": layer.description,
                "minzoom": layer.min_zoom.max(self.min_zoom),
                "maxzoom": layer.max_zoom.min(self.max_zoom),
                "fields": fields,
            })
        });
        Value::Array(layers.collect())
    }

    /// The metadata of a `PMTiles` archive.
    pub(super) fn as_pmtiles(&self) -> String {
        json!({
            "name": self.name,
            "description": self.description,
            "version": self.version,
            "type": "overlay",
            "generator": generator(),
            "vector_layers": self.vector_layers(),
            HOLES: self.holes,
            DRAWN_IN: self.system(),
        })
        .to_string()
    }

    /// The rows of the table `metadata` of an `MBTiles` archive, `MBTiles` 1.3.
    pub(super) fn as_mbtiles(&self) -> Vec<(&'static str, String)> {
        let [west, south, east, north] = self.bounds;
        let [lon, lat] = self.center();
        let (min, max) = (self.min_zoom, self.max_zoom);
        vec![
            ("name", self.name.clone()),
            ("format", "pbf".to_owned()),
            ("bounds", format!("{west},{south},{east},{north}")),
            ("center", format!("{lon},{lat},{}", self.center_zoom())),
            ("minzoom", min.to_string()),
            ("maxzoom", max.to_string()),
            ("description", self.description.clone()),
            ("type", "overlay".to_owned()),
            ("version", self.version.clone()),
            ("generator", generator().to_owned()),
            (
                "json",
                json!({"vector_layers": self.vector_layers()}).to_string(),
            ),
            (HOLES, json!(self.holes).to_string()),
            (DRAWN_IN, self.system().to_owned()),
        ]
    }

    const fn system(&self) -> &'static str {
        match self.shift {
            Shift::None => CGCS2000,
            Shift::Gcj02 => GCJ02,
        }
    }

    /// Where a map begins.
    pub(super) fn center(&self) -> [f64; 2] {
        let [west, south, east, north] = self.bounds;
        [f64::midpoint(west, east), f64::midpoint(south, north)]
    }

    /// The zoom at which the whole is about as wide as a screen.
    pub(super) fn center_zoom(&self) -> u8 {
        let [west, _, east, _] = self.bounds;
        let mut zoom = self.min_zoom;
        while zoom < self.max_zoom && (east - west) * f64::from(1u32 << zoom) < 360.0 {
            zoom += 1;
        }
        zoom
    }
}

/// The system that an archive with these metadata is drawn in: unless it says so, none of ours.
pub(super) fn shift_of(metadata: &Value) -> Shift {
    match metadata.get(DRAWN_IN).and_then(Value::as_str) {
        Some(GCJ02) => Shift::Gcj02,
        _ => Shift::None,
    }
}

const fn generator() -> &'static str {
    concat!("wangge ", env!("CARGO_PKG_VERSION"))
}
