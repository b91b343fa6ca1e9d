//! Many positions at once, for files and streams of them.

use wangge_coverage::Owner;
use wangge_locate::{Accuracy, FaceIndex, Groups, LengthsDiffer, Nearby, Shortlist, Spread};
use wangge_model::ComponentState;
use wangge_plane::Point;
use wangge_points::{
    Answer, Asked, Catalogue, Circle, ComponentTexts, NearComponent, Resolver, Status,
};

use crate::candidates::Candidate;
use crate::components::NearestComponents;
use crate::{City, CityError};

/// Positions that are looked up together.
const TOGETHER: usize = 1024;

/// How the positions of a batch are asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchQuery<'a> {
    /// Outside of all grids the nearest is told within so many metres.
    pub near_m: Option<f64>,
    /// Of positions that do not say theirs.
    pub accuracy: Option<Accuracy>,
    /// How positions that say their accuracy are spread; `None` where none do.
    pub spread: Option<Spread>,
    /// The components that are told of each position; none unless given.
    pub components: Option<NearestComponents<'a>>,
}

/// A city that answers batches: of each grid the codes of its units, top to bottom, and its name.
#[derive(Debug)]
pub struct BatchResolver<'a> {
    city: &'a City,
    query: BatchQuery<'a>,
    catalogue: &'a Catalogue,
    /// The classes of components that are told.
    groups: Groups,
}

impl City {
    /// What answers a batch.
    ///
    /// # Errors
    /// [`CityError::NoClassesBegin`] where components of a class are asked for that there is not.
    pub fn batch<'a>(&'a self, query: BatchQuery<'a>) -> Result<BatchResolver<'a>, CityError> {
        let groups = match &query.components {
            None => Groups::all(),
            Some(nearest) => self.groups_of(nearest)?,
        };
        Ok(BatchResolver {
            city: self,
            query,
            catalogue: self.catalogue.get_or_init(|| self.new_catalogue()),
            groups,
        })
    }

    /// The grids of positions in degrees: of each its place in order of codes ([`City::code_at`]), or
    /// [`FaceIndex::OUTSIDE`], or [`FaceIndex::NO_POSITION`] where the numbers are none.
    ///
    /// # Errors
    /// Where the slices are not of one length.
    pub fn locate_degrees(
        &self,
        lons: &[f64],
        lats: &[f64],
        grids: &mut [u32],
    ) -> Result<(), LengthsDiffer> {
        self.index().locate_degrees(lons, lats, grids)
    }

    fn new_catalogue(&self) -> Catalogue {
        let levels = self.scheme().levels().iter();
        let mut columns: Vec<String> = levels.map(|level| level.id().to_owned()).collect();
        columns.push("name".to_owned());
        let count = columns.len();
        let grids = (0..self.grid_count()).map(|number| {
            let owner = u32::try_from(number).map_or(Owner(u32::MAX), Owner);
            let mut name = None;
            let mut texts: Vec<&str> = Vec::with_capacity(count);
            for unit in self.chain_of(owner).iter() {
                texts.push(unit.code);
                name = unit.name;
            }
            texts.push(name.unwrap_or_default());
            texts
        });
        Catalogue::new(columns, grids)
    }
}

impl BatchResolver<'_> {
    fn answer(&self, asked: &Asked, owner: Option<Owner>) -> Answer {
        let mut answer = match owner {
            Some(owner) => Answer::new(Status::Inside, owner.0),
            None => self.answer_outside(asked),
        };
        if let Some(circle) = self.circle(asked) {
            answer.more().circle = Some(circle);
        }
        answer
    }

    fn answer_outside(&self, asked: &Asked) -> Answer {
        let near_m = self.query.near_m;
        match near_m.and_then(|near_m| self.city.nearest(asked.point, near_m)) {
            Some(near) => {
                let mut answer = Answer::new(Status::Near, near.owner.0);
                answer.more().distance_m = Some(near.distance_m);
                answer
            }
            None => Answer::new(Status::Outside, Catalogue::OUTSIDE),
        }
    }

    fn circle(&self, asked: &Asked) -> Option<Circle> {
        let of_row = self
            .query
            .spread
            .and_then(|spread| Accuracy::new(asked.accuracy_m?, spread));
        let accuracy = of_row.or(self.query.accuracy)?;
        let (candidates, certain) = self.city.candidates(asked.point, accuracy);
        Some(Circle {
            certain,
            candidates: in_one_field(&candidates),
        })
    }
}

impl BatchResolver<'_> {
    /// Adds the components near to positions.
    fn add_components(
        &self,
        nearest: &NearestComponents<'_>,
        points: &[Point],
        answers: &mut [Answer],
        shortlist: &mut Shortlist,
    ) {
        let nearby = Nearby {
            radius_m: nearest.within_m,
            limit: nearest.most,
            groups: &self.groups,
        };
        let index = self.city.components.index();
        for (&point, answer) in points.iter().zip(answers) {
            let near = index.near(point, nearby, shortlist).iter();
            let near = near.map(|near| NearComponent {
                number: near.component,
                distance_m: near.distance_m,
            });
            answer.more().components = near.collect();
        }
    }
}

impl Resolver for BatchResolver<'_> {
    fn catalogue(&self) -> &Catalogue {
        self.catalogue
    }

    fn has_circles(&self) -> bool {
        self.query.accuracy.is_some() || self.query.spread.is_some()
    }

    fn most_components(&self) -> usize {
        self.query.components.map_or(0, |nearest| nearest.most)
    }

    fn component(&self, number: u32) -> Option<ComponentTexts<'_>> {
        let component = self.city.components.all().get(number as usize)?;
        Some(ComponentTexts {
            code: component.code.as_str(),
            class: component.class.as_str(),
            state: component.state.map(ComponentState::as_str),
        })
    }

    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>) {
        answers.reserve(asked.len());
        let mut points = Vec::with_capacity(TOGETHER.min(asked.len()));
        let mut owners = [FaceIndex::OUTSIDE; TOGETHER];
        let mut shortlist = Shortlist::default();
        for some in asked.chunks(TOGETHER) {
            points.clear();
            points.extend(some.iter().map(|asked| asked.point));
            let owners = &mut owners[..some.len()];
            // there are as many places as points
            let located = self.city.index().locate_batch(&points, owners);
            debug_assert!(located.is_ok());
            for (asked, &mut owner) in some.iter().zip(owners) {
                let owner = (owner != FaceIndex::OUTSIDE).then_some(Owner(owner));
                answers.push(self.answer(asked, owner));
            }
            if let Some(nearest) = &self.query.components {
                let last = answers.len() - some.len();
                self.add_components(nearest, &points, &mut answers[last..], &mut shortlist);
            }
        }
    }
}

/// Candidates as one field: `211403001002=0.8200 211403001003=0.1800`.
fn in_one_field(candidates: &[Candidate<'_>]) -> String {
    let told = |candidate: &Candidate<'_>| {
        let code = candidate.code.unwrap_or("outside");
        format!("{code}={:.4}", candidate.share)
    };
    candidates.iter().map(told).collect::<Vec<_>>().join(" ")
}
