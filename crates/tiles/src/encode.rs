//! The bytes of a tile.

use fast_mvt::{MvtGeometry, MvtLayerBuilder, MvtTileBuilder};
use geo_types::{Coord, LineString, MultiLineString, MultiPolygon, Polygon as Outline};
use mlt_core::encoder::EncoderConfig;
use wangge_plane::{Point, Polygon, Ring};

use crate::mercator::Window;

/// Layers in the making. One without features is left out.
pub(crate) struct Layers {
    tile: Option<MvtTileBuilder>,
    has_any: bool,
}

/// The value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Number(u64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Value<'a>> for fast_mvt::MvtValue {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Text(text) => Self::String(text.to_owned()),
            Value::Number(number) => Self::UInt(number),
        }
    }
}

/// One feature.
pub(crate) struct Feature<'a> {
    pub(crate) id: Option<u64>,
    pub(crate) geometry: MvtGeometry,
    pub(crate) attributes: Vec<(&'static str, Value<'a>)>,
}

impl Layers {
    pub(crate) fn new() -> Self {
        Self {
            tile: Some(MvtTileBuilder::new()),
            has_any: false,
        }
    }

    /// Adds a layer of these features.
    pub(crate) fn add<'a>(&mut self, name: &str, features: impl IntoIterator<Item = Feature<'a>>) {
        let mut features = features.into_iter().peekable();
        if features.peek().is_none() {
            return;
        }
        let Some(tile) = self.tile.take() else {
            return;
        };
        let made = write(tile, name, features);
        self.has_any = true;
        self.tile = made.ok();
    }

    /// The tile; `None` without features.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        self.tile
            .filter(|_| self.has_any)
            .map(MvtTileBuilder::encode)
    }
}

fn write<'a>(
    tile: MvtTileBuilder,
    name: &str,
    features: impl Iterator<Item = Feature<'a>>,
) -> fast_mvt::MvtResult<MvtTileBuilder> {
    let mut layer: MvtLayerBuilder = tile.layer(name)?;
    for feature in features {
        let mut written = layer.feature(&feature.geometry)?;
        written.id(feature.id);
        for (key, value) in feature.attributes {
            written.tag(key, value)?;
        }
        layer = written.end();
    }
    Ok(layer.end())
}

impl Window {
    fn coord(self, p: Point) -> Coord<i32> {
        let [x, y] = self.local(p);
        Coord { x, y }
    }

    pub(crate) fn point(self, p: Point) -> MvtGeometry {
        MvtGeometry::Point(self.coord(p).into())
    }

    pub(crate) fn lines(self, lines: &[Vec<Point>]) -> MvtGeometry {
        let lines = lines.iter().map(|line| self.line(line));
        let mut lines: Vec<LineString<i32>> = lines.collect();
        match (lines.pop(), lines.is_empty()) {
            (Some(line), true) => MvtGeometry::LineString(line),
            (last, _) => {
                lines.extend(last);
                MvtGeometry::MultiLineString(MultiLineString(lines))
            }
        }
    }

    pub(crate) fn ground(self, polygons: &[Polygon]) -> MvtGeometry {
        let outlines = polygons.iter().map(|polygon| {
            let holes = polygon.holes().iter().map(|ring| self.ring(ring));
            Outline::new(self.ring(polygon.shell()), holes.collect())
        });
        let mut outlines: Vec<Outline<i32>> = outlines.collect();
        match (outlines.pop(), outlines.is_empty()) {
            (Some(outline), true) => MvtGeometry::Polygon(outline),
            (last, _) => {
                outlines.extend(last);
                MvtGeometry::MultiPolygon(MultiPolygon(outlines))
            }
        }
    }

    fn line(self, points: &[Point]) -> LineString<i32> {
        points.iter().map(|&p| self.coord(p)).collect()
    }

    fn ring(self, ring: &Ring) -> LineString<i32> {
        let points = ring.points();
        let closed = points.iter().chain(points.first());
        closed.map(|&p| self.coord(p)).collect()
    }
}

/// The same tile as a `MapLibre` Tile, its features in the same order.
pub(crate) fn as_mlt(mvt: &[u8]) -> Option<Vec<u8>> {
    let config = EncoderConfig::default()
        .with_spatial_morton_sort(false)
        .with_spatial_hilbert_sort(false)
        .with_id_sort(false);
    let mut bytes = Vec::new();
    for layer in mlt_core::mvt::mvt_to_tile_layers(mvt).ok()? {
        bytes.extend(layer.encode(config).ok()?);
    }
    Some(bytes)
}
