//! The ground of a city: its units, the coverage and the index. It follows from a plan alone,
//! whatever the lists and components, and so outlives their changes.

pub(crate) mod beside;
mod lists;
mod shapes;
mod stored;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use wangge_coverage::{BorderEdge, Coverage, Member};
use wangge_locate::{FaceIndex, Layout};
use wangge_model::{Code, Grid, Scheme, Unit, Version};
use wangge_store::PlanUnits;

use crate::adjacency::Borders;
use crate::contested::{self, Contested};
use crate::units::Units;
use crate::{CityError, Review};

pub(crate) use shapes::Shapes;
pub(crate) use stored::GroundId;

/// What the ground of a city is built from.
pub(crate) struct GroundParts {
    /// See [`CityParts`](crate::CityParts).
    pub(crate) grids: Vec<Grid>,
    pub(crate) upper: Vec<Unit>,
    pub(crate) feature_ids: HashMap<Code, u64>,
}

impl From<PlanUnits> for GroundParts {
    fn from(units: PlanUnits) -> Self {
        Self {
            grids: units.grids,
            upper: units.upper.into_iter().map(|(unit, _)| unit).collect(),
            feature_ids: units.feature_ids,
        }
    }
}

/// The units of a plan, proved to cover their ground, and what finds them.
#[derive(Debug)]
pub(crate) struct Ground {
    /// Of a plan that was published.
    id: Option<GroundId>,
    pub(crate) units: Units,
    pub(crate) coverage: Arc<Coverage>,
    pub(crate) contested: Contested,
    pub(crate) index: FaceIndex,
    /// Made when it is first asked who borders on whom.
    borders: OnceLock<Borders>,
}

impl Ground {
    /// Proves the grids seamless, dissolves the upper levels, builds the index.
    ///
    /// # Errors
    /// [`CityError::NoGrids`], [`CityError::NotSeamless`], [`CityError::CodeTwice`],
    /// [`CityError::FeatureIdTwice`], [`CityError::Model`] where a unit has no parent.
    pub(crate) fn build(
        version: Version,
        scheme: &Scheme,
        parts: GroundParts,
        review: Review,
    ) -> Result<Self, CityError> {
        let GroundParts {
            mut grids,
            upper,
            feature_ids,
        } = parts;
        if grids.is_empty() {
            return Err(CityError::NoGrids {
                plan: version.to_string(),
            });
        }
        grids.sort_by(|a, b| a.unit.code.cmp(&b.unit.code));
        if let Some(pair) = grids.windows(2).find(|p| p[0].unit.code == p[1].unit.code) {
            return Err(CityError::CodeTwice {
                code: pair[0].unit.code.clone(),
            });
        }
        let members: Vec<Member<'_>> = grids
            .iter()
            .map(|grid| Member {
                code: grid.unit.code.as_str(),
                shape: &grid.shape,
            })
            .collect();
        let (coverage, contested) = match review {
            Review::None => Coverage::build(&members).map(|built| (built, Contested::default())),
            Review::Gaps => {
                Coverage::build_around_gaps(&members).map(|built| (built, Contested::default()))
            }
            Review::Overlaps => contested::settled(&members),
        }
        .map_err(|verdict| CityError::NotSeamless { verdict })?;
        let edges: Vec<BorderEdge> = coverage.edges().collect();
        let index = FaceIndex::build(&edges, Layout::default());
        drop(edges);
        let units = Units::gather(scheme, grids, upper, &feature_ids, &coverage)?;
        Ok(Self {
            id: None,
            units,
            coverage: Arc::new(coverage),
            contested,
            index,
            borders: OnceLock::new(),
        })
    }

    /// What tells this ground from every other; `None` where it is not that of a published plan.
    pub(crate) const fn id(&self) -> Option<GroundId> {
        self.id
    }

    /// The same as the ground of a published plan.
    pub(crate) fn with_id(self, id: Option<GroundId>) -> Self {
        Self { id, ..self }
    }

    /// The arcs around the units of the upper levels.
    pub(crate) fn borders(&self) -> &Borders {
        self.borders
            .get_or_init(|| Borders::between(&self.coverage, &self.units))
    }
}
