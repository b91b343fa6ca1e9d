//! What the tiles of a snapshot show.

use std::sync::Arc;

use wangge_model::LevelIndex;
use wangge_plane::Figure;
use wangge_tiles::{
    BaseContent, ComponentContent, Content, LevelContent, MAX_ZOOM, Made, OverlayContent, Shift,
    TileSet, UnitContent, ahead,
};

use crate::background::later;
use crate::units::{Entry, Place};
use crate::{City, Published, feature_id};

/// The tiles of one snapshot, in either system, made when they are first asked for.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    content: Made<Arc<Content>>,
    plain: Made<TileSet>,
    shifted: Made<TileSet>,
}

/// Draws the tiles of a snapshot zoom by zoom, by one thread at a low priority, as long as the
/// snapshot is the one that answers; then tells of each zoom, from the first on.
pub(crate) fn draw_ahead(published: &Arc<Published>, city: &Arc<City>) {
    // all zooms first: what follows the drawing may take longer than all of it
    each_zoom(published, city, |_, city, zoom| {
        city.tiles(Shift::None).draw(zoom);
    });
    each_zoom(published, city, |published, city, zoom| {
        published.zoom_is_drawn(city, zoom);
    });
}

/// Has some work done later, for each zoom.
fn each_zoom(
    published: &Arc<Published>,
    city: &Arc<City>,
    work: impl Fn(&Published, &Arc<City>, u8) + Send + 'static,
) {
    let (published, city) = (Arc::downgrade(published), Arc::downgrade(city));
    later(move || {
        for zoom in 0..=MAX_ZOOM {
            let (Some(published), Some(city)) = (published.upgrade(), city.upgrade()) else {
                return;
            };
            if !published.answers_with(&city) {
                return;
            }
            ahead(|| work(&published, &city, zoom));
        }
    });
}

impl City {
    /// The tiles of this snapshot.
    pub fn tiles(&self, shift: Shift) -> &TileSet {
        let set = match shift {
            Shift::None => &self.tiles.plain,
            Shift::Gcj02 => &self.tiles.shifted,
        };
        set.get_or_make(|| {
            let content = self
                .tiles
                .content
                .get_or_make(|| Arc::new(self.tile_content()));
            TileSet::of(Arc::clone(content), shift)
        })
    }

    /// Takes over what was drawn for the snapshot before this one, where the ground is the same.
    pub(crate) fn take_over_tiles(&self, before: &Self) {
        let content = || {
            Arc::clone(
                self.tiles
                    .content
                    .get_or_make(|| Arc::new(self.tile_content())),
            )
        };
        for (set, earlier) in [
            (&self.tiles.plain, before.tiles.plain.get()),
            (&self.tiles.shifted, before.tiles.shifted.get()),
        ] {
            if let Some(earlier) = earlier {
                set.get_or_make(|| TileSet::following(content(), earlier));
            }
        }
    }

    fn tile_content(&self) -> Content {
        let levels = self.scheme().levels().iter().enumerate();
        Content {
            coverage: Arc::clone(&self.ground.coverage),
            levels: levels
                .map(|(at, level)| self.level_content(LevelIndex(at), level.id()))
                .collect(),
            overlays: self.overlays.all().iter().map(overlay_content).collect(),
            components: self
                .components
                .all()
                .iter()
                .map(component_content)
                .collect(),
            base: self.base_content(),
        }
    }

    fn level_content(&self, level: LevelIndex, id: &str) -> LevelContent {
        let range = self.ground.units.level(level);
        let first = range.start;
        let units = range
            .map(|place| self.unit_content(self.ground.units.entry(place)))
            .collect();
        let unit_of = self
            .ground
            .units
            .lowest()
            .map(|grid| {
                let unit: Option<Place> = self.ground.units.ancestor(grid, level);
                unit.unwrap_or_else(|| unreachable!("every grid lies in a unit of every level"))
                    - first
            })
            .collect();
        LevelContent {
            id: id.into(),
            units,
            unit_of,
        }
    }

    fn unit_content(&self, entry: &Entry) -> UnitContent {
        let unit = &entry.unit;
        let parent = entry.parent.map(|parent| self.ground.units.entry(parent));
        UnitContent {
            id: entry.id,
            code: unit.code.as_str().into(),
            name: unit.name.as_deref().map(Into::into),
            name_en: unit.name_en.as_deref().map(Into::into),
            kind: unit.kind.as_ref().map(|kind| kind.to_string().into()),
            parent: parent.map(|parent| parent.unit.code.as_str().into()),
            area_m2: entry.area_m2,
        }
    }

    /// What is drawn later lies above: ground of water and green below, then buildings, other
    /// lines, and streets, which bridge rivers.
    fn base_content(&self) -> Vec<BaseContent> {
        let lists = &self.handling.responsibility;
        let (areas, lines): (Vec<_>, Vec<_>) = lists
            .base
            .iter()
            .map(|feature| BaseContent {
                kind: feature.kind.as_str().into(),
                class: feature.class.as_deref().map(Into::into),
                name: feature.name.as_deref().map(Into::into),
                name_en: feature.name_en.as_deref().map(Into::into),
                figure: feature.figure.clone(),
            })
            .partition(|content| matches!(content.figure, Figure::Area(_)));
        let buildings = lists
            .buildings
            .iter()
            .filter(|building| matches!(building.figure, Figure::Area(_)))
            .map(|building| BaseContent {
                kind: "building".into(),
                class: None,
                name: None,
                name_en: None,
                figure: building.figure.clone(),
            });
        let streets = lists.streets.iter().map(|street| BaseContent {
            kind: "street".into(),
            class: street.class.as_deref().map(Into::into),
            name: street.name.as_deref().map(Into::into),
            name_en: street.name_en.as_deref().map(Into::into),
            figure: Figure::Line(street.line.clone()),
        });
        areas
            .into_iter()
            .chain(buildings)
            .chain(lines)
            .chain(streets)
            .collect()
    }
}

fn overlay_content(overlay: &wangge_model::Overlay) -> OverlayContent {
    OverlayContent {
        id: feature_id(overlay.code.as_str()),
        code: overlay.code.as_str().into(),
        name: overlay.name.as_deref().map(Into::into),
        name_en: overlay.name_en.as_deref().map(Into::into),
        kind: overlay.kind.as_deref().map(Into::into),
        figure: Figure::Area(overlay.shape.clone()),
    }
}

fn component_content(component: &wangge_model::Component) -> ComponentContent {
    ComponentContent {
        id: feature_id(component.code.as_str()),
        code: component.code.as_str().into(),
        class: component.class.as_str().into(),
        name: component.name.as_deref().map(Into::into),
        state: component.state.map(wangge_model::ComponentState::as_str),
        figure: component.figure.clone(),
    }
}
