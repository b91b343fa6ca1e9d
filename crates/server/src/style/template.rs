//! A style template: layers, some of which are drawn for each level.
//!
//! In a layer with `"each": "level-up"` (the lowest level first) or `"level-down"`, a text of the
//! form `$word` stands for a value of the level: `$id`, `$layer`, `$rank`, `$minzoom`, `$nextzoom`,
//! `$labelzoom`, `$labelend`, or one that the template's `levels` gives it. `{id}` inside a text is
//! the level's id. `$text` is the expression for names in any layer.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The last zoom of a map; a layer with this `maxzoom` never ends.
const NEVER: u8 = 24;

/// So many zooms after a level below the top is shown first, its names: when it is, a unit is 8 pixels
/// wide on average, then 64: as much as a name takes.
const LABELS_WAIT: u8 = 3;

/// How many zooms an upper level's labels stay on beside those of the level below.
const LABELS_STAY: u8 = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    name: String,
    levels: LevelLooks,
    layers: Vec<Map<String, Value>>,
}

/// The values of levels: of the lowest, and of those above from the top. Of more levels than there
/// are values, the rest look like the last.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelLooks {
    lowest: Map<String, Value>,
    upper: Vec<Map<String, Value>>,
}

/// What a level brings with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelWords<'a> {
    pub(super) id: &'a str,
    /// 0 is the top.
    pub(super) rank: usize,
    pub(super) min_zoom: u8,
    /// From which zoom on the level below is there.
    pub(super) next_zoom: Option<u8>,
}

impl Template {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The layers of a city with these levels, top to bottom.
    pub(super) fn layers(&self, levels: &[LevelWords<'_>], text: &Value) -> Vec<Value> {
        let mut layers = Vec::new();
        for layer in &self.layers {
            let mut draw = |level: Option<&LevelWords<'_>>| {
                let words = |word: &str| match (word, level) {
                    ("text", _) => Some(text.clone()),
                    (_, Some(level)) => self.word(word, level, levels.len()),
                    _ => None,
                };
                let id = level.map_or("", |level| level.id);
                let mut drawn = Map::new();
                for (key, value) in layer.iter().filter(|(key, _)| *key != "each") {
                    drawn.insert(key.clone(), filled(value, id, &words));
                }
                layers.push(Value::Object(drawn));
            };
            match layer.get("each").and_then(Value::as_str) {
                Some("level-down") => levels.iter().for_each(|level| draw(Some(level))),
                Some(_) => levels.iter().rev().for_each(|level| draw(Some(level))),
                None => draw(None),
            }
        }
        // a layer that would end before it begins is for no zoom
        layers.retain(|layer| {
            let zoom = |key: &str| layer.get(key).and_then(Value::as_u64);
            match (zoom("minzoom"), zoom("maxzoom")) {
                (Some(min), Some(max)) => min < max,
                _ => true,
            }
        });
        layers
    }

    fn word(&self, word: &str, level: &LevelWords<'_>, levels: usize) -> Option<Value> {
        Some(match word {
            "id" => json!(level.id),
            "layer" => json!(format!("grid_{}", level.id)),
            "rank" => json!(level.rank),
            "minzoom" => json!(level.min_zoom),
            "labelzoom" if level.rank == 0 => json!(level.min_zoom),
            "labelzoom" => json!(level.min_zoom.saturating_add(LABELS_WAIT)),
            "nextzoom" => json!(level.next_zoom.unwrap_or(NEVER)),
            "labelend" => json!(
                level
                    .next_zoom
                    .map_or(NEVER, |next| next.saturating_add(LABELS_STAY))
            ),
            other => self.look(level.rank, levels).get(other)?.clone(),
        })
    }

    fn look(&self, rank: usize, levels: usize) -> &Map<String, Value> {
        let upper = &self.levels.upper;
        if rank + 1 == levels {
            &self.levels.lowest
        } else {
            upper
                .get(rank)
                .or_else(|| upper.last())
                .unwrap_or(&self.levels.lowest)
        }
    }
}

/// A value of a layer with its words put in.
fn filled(value: &Value, id: &str, words: &impl Fn(&str) -> Option<Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(words) {
            Some(value) => value,
            None => Value::String(text.replace("{id}", id)),
        },
        Value::Array(values) => Value::Array(
            values
                .iter()
                .map(|value| filled(value, id, words))
                .collect(),
        ),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), filled(value, id, words)))
                .collect(),
        ),
        other => other.clone(),
    }
}
