//! The tiles of a snapshot.

use std::sync::{Arc, OnceLock};

use wangge_model::{ComponentState, GridKind, LevelIndex};
use wangge_tiles::{ComponentContent, Content, LevelContent, Shift, TileSet, UnitContent};

use crate::{City, feature_id};

/// The tile sets of a snapshot, each made when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    plain: OnceLock<TileSet>,
    shifted: OnceLock<TileSet>,
}

impl City {
    /// The tiles of this snapshot in one system. Takes a while when it is first asked for.
    pub fn tiles(&self, shift: Shift) -> &TileSet {
        let place = match shift {
            Shift::None => &self.tiles.plain,
            Shift::Gcj02 => &self.tiles.shifted,
        };
        place.get_or_init(|| TileSet::of(self.tile_content(), shift))
    }

    fn tile_content(&self) -> Content {
        let lowest = self.scheme().lowest();
        let levels = (0..=lowest.0).map(|level| {
            let range = self.units.level(LevelIndex(level));
            let units = range.clone().map(|place| {
                let entry = self.units.entry(place);
                UnitContent {
                    id: entry.id,
                    code: entry.unit.code.as_str().into(),
                    name: entry.unit.name.as_deref().map(Into::into),
                    name_en: entry.unit.name_en.as_deref().map(Into::into),
                    kind: entry
                        .unit
                        .kind
                        .as_ref()
                        .map(GridKind::as_str)
                        .map(Into::into),
                    parent: entry
                        .parent
                        .map(|p| self.units.entry(p).unit.code.as_str().into()),
                    area_m2: entry.area_m2,
                }
            });
            let unit_of = self.units.lowest().filter_map(|grid| {
                let place = self.units.ancestor(grid, LevelIndex(level))?;
                Some(place - range.start)
            });
            LevelContent {
                id: self.level_id(LevelIndex(level)).into(),
                units: units.collect(),
                unit_of: unit_of.collect(),
            }
        });
        let components = self.components.all().iter();
        Content {
            coverage: Arc::new(self.coverage.clone()),
            levels: levels.collect(),
            overlays: Vec::new(),
            components: components
                .map(|component| ComponentContent {
                    id: feature_id(component.code.as_str()),
                    code: component.code.as_str().into(),
                    class: component.class.as_str().into(),
                    name: component.name.as_deref().map(Into::into),
                    state: component.state.map(ComponentState::as_str),
                    figure: component.figure.clone(),
                })
                .collect(),
            base: Vec::new(),
        }
    }
}
