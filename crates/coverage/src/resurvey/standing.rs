//! The terms of a survey, kept.

use wangge_plane::Shape;

use crate::proof::Outline;
use crate::survey::Terms;

/// What is surveyed for, owned.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) outline: Option<Shape>,
    allowed_ground: Option<Shape>,
    allowed_ids: Vec<String>,
    sliver_width_m: f64,
    pub(super) inlet_width_m: f64,
    tiny_area_m2: f64,
    thin_width_m: f64,
}

impl Standing {
    pub(super) fn of(terms: &Terms<'_>) -> Self {
        Self {
            outline: match terms.outline {
                Outline::OwnRim => None,
                Outline::Shape(shape) => Some(shape.clone()),
            },
            allowed_ground: terms.allowed_ground.cloned(),
            allowed_ids: terms.allowed_ids.to_vec(),
            sliver_width_m: terms.sliver_width_m,
            inlet_width_m: terms.inlet_width_m,
            tiny_area_m2: terms.tiny_area_m2,
            thin_width_m: terms.thin_width_m,
        }
    }

    pub(super) fn terms(&self) -> Terms<'_> {
        Terms {
            outline: self
                .outline
                .as_ref()
                .map_or(Outline::OwnRim, Outline::Shape),
            allowed_ground: self.allowed_ground.as_ref(),
            allowed_ids: &self.allowed_ids,
            sliver_width_m: self.sliver_width_m,
            inlet_width_m: self.inlet_width_m,
            tiny_area_m2: self.tiny_area_m2,
            thin_width_m: self.thin_width_m,
        }
    }
}
