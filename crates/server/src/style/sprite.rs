//! The sprite of the styles: our symbols of `tiles/symbols`, drawn side by side.

use std::sync::OnceLock;

use bytes::Bytes;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use serde_json::{Map, json};

use crate::problem::Problem;

macro_rules! symbols {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../tiles/symbols/", $name, ".svg")))),*]
    };
}

/// The symbols by the names that styles call them: `component-` and a major class, `component`
/// for classes without a symbol of their own, and the pattern of specialised grids.
const SYMBOLS: [(&str, &str); 9] = symbols![
    "component",
    "component-01",
    "component-02",
    "component-03",
    "component-04",
    "component-05",
    "component-06",
    "component-21",
    "hatch",
];

/// Between symbols, so that no one shows at the edge of another, in pixels of the sheet.
const GAP: u32 = 2;

/// A sheet of symbols, and where each is on it.
#[derive(Debug)]
pub(crate) struct Sprite {
    pub(crate) png: Bytes,
    pub(crate) json: Bytes,
}

/// Why a sheet could not be drawn: a fault of ours, which a test would show.
#[derive(Debug, thiserror::Error)]
enum SheetError {
    #[error("the symbol {name}: {source}")]
    Symbol {
        name: &'static str,
        source: resvg::usvg::Error,
    },
    #[error("the sheet has no size")]
    Size,
    #[error("the sheet as PNG: {message}")]
    Png { message: String },
    #[error("the index of the sheet: {0}")]
    Index(#[from] serde_json::Error),
}

/// The sheet with this many pixels to a pixel of the map, 1 or 2, drawn when it is first asked for.
pub(crate) fn sheet(double: bool) -> Result<&'static Sprite, Problem> {
    static SHEETS: [OnceLock<Option<Sprite>>; 2] = [const { OnceLock::new() }; 2];
    let drawn = SHEETS[usize::from(double)].get_or_init(|| {
        draw(if double { 2 } else { 1 })
            .inspect_err(|error| tracing::error!(%error, "the sprite could not be drawn"))
            .ok()
    });
    drawn.as_ref().ok_or(Problem::Internal)
}

fn draw(ratio: u16) -> Result<Sprite, SheetError> {
    let mut trees = Vec::with_capacity(SYMBOLS.len());
    for (name, svg) in SYMBOLS {
        let tree = Tree::from_str(svg, &Options::default())
            .map_err(|source| SheetError::Symbol { name, source })?;
        let size = tree
            .size()
            .to_int_size()
            .scale_by(f32::from(ratio))
            .ok_or(SheetError::Size)?;
        trees.push((name, tree, size));
    }
    let width = trees.iter().map(|(_, _, size)| size.width() + GAP).sum();
    let height = trees.iter().map(|(_, _, size)| size.height()).max();
    let mut sheet = height
        .and_then(|height| Pixmap::new(width, height))
        .ok_or(SheetError::Size)?;
    let mut index = Map::new();
    let mut x: u16 = 0;
    for (name, tree, size) in &trees {
        let scale = f32::from(ratio);
        let place = Transform::from_scale(scale, scale).post_translate(f32::from(x), 0.0);
        resvg::render(tree, place, &mut sheet.as_mut());
        index.insert(
            (*name).to_owned(),
            json!({
                "x": x, "y": 0, "width": size.width(), "height": size.height(), "pixelRatio": ratio,
            }),
        );
        x = u16::try_from(u32::from(x) + size.width() + GAP).map_err(|_| SheetError::Size)?;
    }
    let png = sheet.encode_png().map_err(|error| SheetError::Png {
        message: error.to_string(),
    })?;
    Ok(Sprite {
        png: png.into(),
        json: serde_json::to_vec(&index)?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_has_a_place_of_its_own_with_something_on_it() {
        for ratio in [1_u16, 2] {
            let sprite = draw(ratio).unwrap();
            let sheet = Pixmap::decode_png(&sprite.png).unwrap();
            let index: Map<String, serde_json::Value> =
                serde_json::from_slice(&sprite.json).unwrap();
            assert_eq!(index.len(), SYMBOLS.len());
            let mut taken = vec![false; sheet.width() as usize];
            for (name, place) in &index {
                let number = |key: &str| u32::try_from(place[key].as_u64().unwrap()).unwrap();
                let (x, width, height) = (number("x"), number("width"), number("height"));
                // the files say 32, and 16 for the pattern
                let side = if name == "hatch" { 16 } else { 32 };
                assert_eq!(
                    (width, height),
                    (side * u32::from(ratio), side * u32::from(ratio))
                );
                assert_eq!(place["pixelRatio"], ratio);
                let mut inked = 0;
                for column in x..x + width {
                    assert!(
                        !std::mem::replace(&mut taken[column as usize], true),
                        "{name}"
                    );
                    for row in 0..height {
                        inked += u32::from(sheet.pixel(column, row).unwrap().alpha() > 0);
                    }
                }
                assert!(inked * 8 > width * height, "{name}: {inked} pixels");
            }
        }
    }
}
