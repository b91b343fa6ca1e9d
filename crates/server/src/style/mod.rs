//! Map styles: the templates of `tiles/styles`, filled in for a city's levels, a language and the
//! address that clients reach the service by.

pub(crate) mod sprite;
mod template;

use serde_json::{Map, Value, json};
use wangge_tiles::Shift;

use crate::config::BaseMap;
use crate::language::Language;
use crate::vector_layer::VectorLayer;
use template::{LevelWords, Template};

/// Which of a unit's names a label takes: the first that there is.
const LATIN_FIRST: [&str; 3] = ["name_en", "name", "code"];
const HAN_FIRST: [&str; 3] = ["name", "name_en", "code"];

/// Which style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// In colours, for screens.
    Day,
    /// Black, grey and magenta on white, for printing.
    Plain,
}

/// Everything that one style depends on.
#[derive(Debug)]
pub(crate) struct StyleOrder<'a> {
    pub(crate) theme: Theme,
    pub(crate) language: Language,
    /// Without a slash at the end.
    pub(crate) base_url: &'a str,
    /// The source of tiles by its name in addresses.
    pub(crate) source: &'a str,
    /// What leads to the snapshot, with the `?`; empty for the one in force.
    pub(crate) query: &'a str,
    pub(crate) shift: Shift,
    /// The layers that the tiles have, those of levels top to bottom: clients complain about styles
    /// that name others.
    pub(crate) tile_layers: &'a [VectorLayer],
    /// What the tiles show, in the language, and the box around it: west, south, east, north.
    pub(crate) title: &'a str,
    pub(crate) bounds: Option<[f64; 4]>,
    pub(crate) base_maps: &'a [BaseMap],
}

impl Theme {
    /// The style of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "day" => Some(Self::Day),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }

    const fn template(self) -> &'static str {
        match self {
            Self::Day => include_str!("../../../../tiles/styles/day.json"),
            Self::Plain => include_str!("../../../../tiles/styles/plain.json"),
        }
    }
}

impl StyleOrder<'_> {
    /// The style, of version 8 of the `MapLibre` specification, without `glyphs`: letters come from fonts of the
    /// client's own machine.
    pub(crate) fn style(&self) -> Result<Value, serde_json::Error> {
        let template: Template = serde_json::from_str(self.theme.template())?;
        let words = self.words();
        let mut layers = template.layers(&words, &self.text_field());
        let mut sources = Map::new();
        layers.retain(|layer| match layer.get("source-layer") {
            None => true,
            Some(name) => self.tile_layers.iter().any(|known| name == &known.id),
        });
        let base_map = self.base_maps.iter().find(|map| map.shift == self.shift);
        if let Some(map) = base_map {
            // above the ground colour, below all else
            layers.insert(layers.len().min(1), raster_layer(self.theme));
            sources.insert("base-map".to_owned(), raster_source(map));
        }
        sources.insert(
            "city".to_owned(),
            json!({"type": "vector", "url": format!("{}/tiles/{}{}", self.base_url, self.source, self.query)}),
        );
        let mut style = json!({
            "version": 8,
            "name": format!("{} ({})", self.title, template.name()),
            "sources": sources,
            "sprite": format!("{}/styles/sprite", self.base_url),
            "layers": layers,
            "metadata": {
                "wangge:levels": words.iter().map(|level| level.id).collect::<Vec<_>>(),
                "wangge:crs": match self.shift {
                    Shift::None => "EPSG:4490",
                    Shift::Gcj02 => "gcj02",
                },
            },
        });
        if let (Some([west, south, east, north]), Some(style)) =
            (self.bounds, style.as_object_mut())
        {
            style.insert(
                "center".to_owned(),
                json!([f64::midpoint(west, east), f64::midpoint(south, north)]),
            );
            style.insert("zoom".to_owned(), json!(zoom_of(west, east)));
        }
        Ok(style)
    }

    /// The levels whose units the tiles have.
    fn words(&self) -> Vec<LevelWords<'_>> {
        let layers = self.tile_layers.iter();
        let levels: Vec<(&str, u8)> = layers
            .filter_map(|layer| Some((layer.level()?, layer.min_zoom)))
            .collect();
        let words = levels.iter().enumerate();
        let words = words.map(|(rank, &(id, min_zoom))| LevelWords {
            id,
            rank,
            min_zoom,
            next_zoom: levels.get(rank + 1).map(|&(_, next)| next),
        });
        words.collect()
    }

    /// A name in the language, or the other one, or the code.
    fn text_field(&self) -> Value {
        let names = match self.language {
            Language::Zh => HAN_FIRST,
            Language::En => LATIN_FIRST,
        };
        let mut text = vec![json!("coalesce")];
        text.extend(names.iter().map(|name| json!(["get", name])));
        text.push(json!(""));
        Value::Array(text)
    }
}

fn raster_source(map: &BaseMap) -> Value {
    let mut source = json!({
        "type": "raster",
        "tiles": map.tiles,
        "tileSize": map.tile_size,
        "minzoom": map.min_zoom,
        "maxzoom": map.max_zoom,
    });
    if let (Some(text), Some(source)) = (&map.attribution, source.as_object_mut()) {
        source.insert("attribution".to_owned(), json!(text));
    }
    source
}

fn raster_layer(theme: Theme) -> Value {
    let saturation = match theme {
        Theme::Day => 0.0,
        Theme::Plain => -1.0,
    };
    json!({
        "id": "base-map",
        "type": "raster",
        "source": "base-map",
        "metadata": {"wangge:part": "base-map"},
        "paint": {"raster-saturation": saturation},
    })
}

/// The zoom at which a width of degrees fills about 900 pixels, in halves.
fn zoom_of(west: f64, east: f64) -> f64 {
    let degrees = (east - west).max(1e-4);
    let zoom = (360.0 / degrees * 900.0 / 512.0).log2();
    ((zoom * 2.0).floor() / 2.0).clamp(0.0, 16.0)
}
