//! Specialised grids (专业网格) in answers, and as areas that rules are for.

use serde::Serialize;
use wangge_locate::OverlayIndex;
use wangge_model::Overlay;
use wangge_plane::Point;

use crate::City;

/// The specialised grids of a snapshot, larger ones first: of several that hold a point, the last
/// is the one whose rules come first.
#[derive(Debug)]
pub(crate) struct Overlays {
    all: Vec<Overlay>,
    index: OverlayIndex,
}

/// A specialised grid as answers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OverlayRef<'a> {
    /// See [`feature_id`](crate::feature_id).
    pub id: u64,
    /// Its code.
    pub code: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
}

impl Overlays {
    pub(crate) fn of(mut all: Vec<Overlay>) -> Self {
        all.sort_by(|a, b| {
            let area = |overlay: &Overlay| overlay.shape.doubled_area();
            area(b).cmp(&area(a)).then_with(|| b.code.cmp(&a.code))
        });
        Self {
            index: OverlayIndex::build(all.iter().map(|overlay| overlay.shape.clone()).collect()),
            all,
        }
    }

    /// All of them, larger ones first.
    pub(crate) fn all(&self) -> &[Overlay] {
        &self.all
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The places of those that hold a point, larger ones first.
    pub(crate) fn holding(&self, point: Point) -> Vec<usize> {
        if self.all.is_empty() {
            return Vec::new();
        }
        self.index.holding(point)
    }

    pub(crate) fn by_code(&self, code: &str) -> Option<usize> {
        self.all
            .iter()
            .position(|overlay| overlay.code.as_str() == code)
    }

    pub(crate) fn get(&self, place: usize) -> &Overlay {
        &self.all[place]
    }
}

impl City {
    /// The specialised grids, larger ones first.
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays.all
    }

    /// The specialised grids that hold a point, the smallest first: those whose rules come first.
    pub fn overlays_at(&self, point: Point) -> Vec<OverlayRef<'_>> {
        let places = self.overlays.holding(point);
        let refs = places.iter().rev().map(|&place| {
            let overlay = self.overlays.get(place);
            OverlayRef {
                id: crate::feature_id(overlay.code.as_str()),
                code: overlay.code.as_str(),
                name: overlay.name.as_deref(),
                kind: overlay.kind.as_deref(),
            }
        });
        refs.collect()
    }
}
