//! What each layer of a tile shows.

use wangge_plane::Polygon;

use crate::content::UnitContent;
use crate::encode::{Feature, Layers, Value};
use crate::figures::Piece;
use crate::mercator::{Window, World};
use crate::{TileAddress, TileSet};

type Attributes<'a> = Vec<(&'static str, Value<'a>)>;

impl TileSet {
    /// One layer of ground for each level that the zoom shows, the top one first.
    pub(crate) fn add_grids(&self, tile: TileAddress, layers: &mut Layers) {
        let Some((lowest, drawing)) = self.units().at(tile.z()) else {
            return;
        };
        let shown = drawing.shown(tile);
        for (at, level) in self.content().levels.iter().enumerate().take(lowest + 1) {
            let ground = shown.ground(|owner| self.units().unit(lowest, owner, at));
            let features = ground.iter().map(|(&unit, polygons)| {
                let unit = &level.units[unit as usize];
                let mut attributes: Attributes<'_> = vec![("code", (&*unit.code).into())];
                attributes.extend(unit.parent.as_deref().map(|code| ("parent", code.into())));
                attributes.extend(unit.kind.as_deref().map(|kind| ("kind", kind.into())));
                ground_feature(Some(unit.id), shown.window, polygons, attributes)
            });
            layers.add(&format!("grid_{}", level.id), features);
        }
    }

    /// Every border of the lowest level that the zoom shows, once; most lie between two units of it.
    pub(crate) fn add_borders(&self, tile: TileAddress, layers: &mut Layers) {
        let Some((lowest, drawing)) = self.units().at(tile.z()) else {
            return;
        };
        let shown = drawing.shown(tile);
        let content = self.content();
        let unit = |owner: u32, level| self.units().unit(lowest, owner, level);
        let rank = |left: Option<u32>, right: Option<u32>| {
            let differs = |&level: &usize| {
                left.map(|owner| unit(owner, level)) != right.map(|owner| unit(owner, level))
            };
            (0..=lowest).find(differs).unwrap_or(lowest)
        };
        let lines = shown.lines(|left, right| Some((rank(left, right), left, right)));
        let code = |owner: Option<u32>| {
            let unit = owner.map(|owner| unit(owner, lowest) as usize);
            unit.map(|unit| Value::from(&*content.levels[lowest].units[unit].code))
        };
        let features = lines.iter().map(|(&(rank, left, right), lines)| {
            let mut attributes: Attributes<'_> = vec![
                ("level", (&*content.levels[rank].id).into()),
                ("rank", Value::Number(rank as u64)),
            ];
            attributes.extend(code(left).map(|code| ("left", code)));
            attributes.extend(code(right).map(|code| ("right", code)));
            Feature {
                id: None,
                geometry: shown.window.lines(lines),
                attributes,
            }
        });
        layers.add("border", features);
    }

    /// The labels that stand in the tile itself.
    pub(crate) fn add_labels(&self, world: World, tile: TileAddress, layers: &mut Layers) {
        let window = world.window(tile);
        let features = self.labels(tile).iter().map(|label| {
            let level = &self.content().levels[label.level];
            let unit = &level.units[label.unit as usize];
            let mut attributes = named(unit);
            attributes.push(("level", (&*level.id).into()));
            attributes.push(("level_rank", Value::Number(label.level as u64)));
            attributes.push(("rank", Value::Number(self.rank(label.level, label.unit))));
            Feature {
                id: Some(unit.id),
                geometry: window.point(label.at),
                attributes,
            }
        });
        layers.add("label", features);
    }

    pub(crate) fn add_overlays(&self, world: World, tile: TileAddress, layers: &mut Layers) {
        let overlays = &self.content().overlays;
        let shown = self
            .overlays()
            .shown(world, tile, |at| &overlays[at as usize].figure);
        let window = world.window(tile);
        let features = shown.iter().map(|(at, piece)| {
            let overlay = &overlays[*at as usize];
            let mut attributes: Attributes<'_> = vec![("code", (&*overlay.code).into())];
            attributes.extend(text("name", overlay.name.as_deref()));
            attributes.extend(text("name_en", overlay.name_en.as_deref()));
            attributes.extend(text("kind", overlay.kind.as_deref()));
            piece_feature(Some(overlay.id), window, piece, attributes)
        });
        layers.add("special", features);
    }

    pub(crate) fn add_components(&self, world: World, tile: TileAddress, layers: &mut Layers) {
        let components = &self.content().components;
        let shown = self
            .components()
            .shown(world, tile, |at| &components[at as usize].figure);
        let window = world.window(tile);
        let features = shown.iter().map(|(at, piece)| {
            let component = &components[*at as usize];
            let mut attributes: Attributes<'_> = vec![
                ("code", (&*component.code).into()),
                ("class", (&*component.class).into()),
            ];
            attributes.extend(text("name", component.name.as_deref()));
            attributes.extend(component.state.map(|state| ("state", state.into())));
            piece_feature(Some(component.id), window, piece, attributes)
        });
        layers.add("component", features);
    }

    pub(crate) fn add_base(&self, world: World, tile: TileAddress, layers: &mut Layers) {
        let base = &self.content().base;
        let shown = self
            .base()
            .shown(world, tile, |at| &base[at as usize].figure);
        let window = world.window(tile);
        let features = shown.iter().map(|(at, piece)| {
            let thing = &base[*at as usize];
            let mut attributes: Attributes<'_> = vec![("kind", (&*thing.kind).into())];
            attributes.extend(text("class", thing.class.as_deref()));
            attributes.extend(text("name", thing.name.as_deref()));
            attributes.extend(text("name_en", thing.name_en.as_deref()));
            piece_feature(None, window, piece, attributes)
        });
        layers.add("base", features);
    }
}

fn named(unit: &UnitContent) -> Attributes<'_> {
    let mut attributes: Attributes<'_> = vec![("code", (&*unit.code).into())];
    attributes.extend(text("name", unit.name.as_deref()));
    attributes.extend(text("name_en", unit.name_en.as_deref()));
    attributes
}

fn text<'a>(key: &'static str, value: Option<&'a str>) -> Option<(&'static str, Value<'a>)> {
    value.map(|value| (key, value.into()))
}

fn ground_feature<'a>(
    id: Option<u64>,
    window: Window,
    polygons: &[Polygon],
    attributes: Attributes<'a>,
) -> Feature<'a> {
    Feature {
        id,
        geometry: window.ground(polygons),
        attributes,
    }
}

fn piece_feature<'a>(
    id: Option<u64>,
    window: Window,
    piece: &Piece,
    attributes: Attributes<'a>,
) -> Feature<'a> {
    let geometry = match piece {
        Piece::Point(point) => window.point(*point),
        Piece::Lines(lines) => window.lines(lines),
        Piece::Ground(polygons) => window.ground(polygons),
    };
    Feature {
        id,
        geometry,
        attributes,
    }
}
