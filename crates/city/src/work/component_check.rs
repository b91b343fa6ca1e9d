//! What components are held against: classes, departments, the ground; and what only disagrees.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use wangge_exchange::{PlacedReport, PlacedRow};
use wangge_model::{
    ClassGeometry, Code, Component, ComponentRules, ListFault, ListKind, ListRow, ObjectKind,
    RowFault,
};
use wangge_plane::ellipsoid::metres_per_degree;
use wangge_plane::{Figure, Point};

use super::ComponentFiles;
use crate::City;

/// How far from the nearest grid a message tells it, metres.
const NEAREST_M: f64 = 100_000.0;

/// A place whose two numbers have no more decimals of a degree than this is refused: they are
/// worth 100 m and more.
const TOO_FEW_DECIMALS: u32 = 3;

/// What good surveys give (1e-6 degree is about 0.1 m).
const ENOUGH_DECIMALS: u32 = 6;

/// Of numbers with six decimals a hundredth end in a zero twice over. Where more than this part of
/// a file's places is that coarse, it is not by chance.
const BY_CHANCE: f64 = 0.05;

/// Something about a component that a person should look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComponentFinding {
    /// The file's name.
    pub file: String,
    /// The row's number in the file.
    pub row: u64,
    /// The component's code.
    pub code: Code,
    /// What it is.
    #[serde(flatten)]
    pub what: Finding,
}

/// What disagrees about a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Finding {
    /// The file names another grid (BGID) than the one that it lies in.
    OtherGrid {
        /// What the file says.
        claimed: Code,
        /// Where it lies.
        found: String,
    },
    /// Another component of its class lies at the same place.
    SamePlace {
        /// The other one, which comes earlier or is in the store.
        other: Code,
    },
    /// Components of its class are drawn otherwise.
    OtherGeometry {
        /// How it is drawn.
        given: &'static str,
        /// How its class is.
        wanted: &'static str,
    },
    /// Its place is given more coarsely than its class asks for.
    Coarse {
        /// Decimals of a degree.
        decimals: u32,
        /// What the last one is worth, metres.
        about_m: f64,
    },
    /// Its accuracy is worse than its class asks for.
    Inaccurate {
        /// As the file says.
        accuracy_m: f64,
        /// The largest error of its class.
        allowed_m: f64,
    },
    /// Its code is of another county than the city.
    OtherCounty {
        /// What the code begins with.
        given: String,
        /// The city's own code.
        city: Code,
    },
}

impl Finding {
    /// The name in reports.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OtherGrid { .. } => "other-grid",
            Self::SamePlace { .. } => "same-place",
            Self::OtherGeometry { .. } => "other-geometry",
            Self::Coarse { .. } => "coarse",
            Self::Inaccurate { .. } => "inaccurate",
            Self::OtherCounty { .. } => "other-county",
        }
    }
}

/// A row on its way in.
pub(super) struct Draft {
    pub(super) file: usize,
    pub(super) row: u64,
    pub(super) component: Component,
    pub(super) decimals: Option<u32>,
}

/// What rows are held against.
pub(super) struct Check<'a> {
    city: &'a City,
    reclassify: bool,
    rules: ComponentRules<'a>,
}

impl<'a> Check<'a> {
    pub(super) fn of(city: &'a City, files: &'a ComponentFiles) -> Self {
        let lists = city.responsibility();
        Self {
            city,
            reclassify: files.reclassify,
            rules: ComponentRules {
                split: city.scheme().components().split,
                class: files.class.as_ref(),
                classes: Some(&lists.classes),
                departments: Some(&lists.departments),
            },
        }
    }

    /// The component of a row, or everything that is wrong with it.
    pub(super) fn row(
        &self,
        placed: &PlacedRow,
        file: &PlacedReport,
    ) -> Result<Component, Vec<RowFault>> {
        let mut faults = Vec::new();
        let before = placed
            .row
            .get("code")
            .and_then(|code| self.city.stored(code));
        let rules = ComponentRules {
            // a file that says nothing of classes leaves that of the store
            class: self.rules.class.or(before.map(|before| &before.class)),
            ..self.rules
        };
        let component = Component::read(&placed.row, &rules, &mut faults);
        if let (Some(component), Some(before)) = (&component, before)
            && before.class != component.class
            && !self.reclassify
        {
            faults.push(RowFault {
                row: placed.row.number,
                column: "code".to_owned(),
                fault: ListFault::OtherClassBefore {
                    code: component.code.clone(),
                    stored: before.class.clone(),
                },
            });
        }
        let mut add = |fault| faults.push(of_place(&placed.row, fault));
        if let Some(why) = &placed.refused {
            add(ListFault::NoPlace(why.clone()));
        }
        if let Some(figure) = &placed.row.place {
            let middle = figure.middle();
            if self.city.locate_point(middle).is_none() && !self.touches(figure) {
                add(self.outside(middle));
            }
            let decimals = placed.decimals.filter(|_| file.in_degrees);
            if let Some(decimals) = decimals.filter(|count| *count <= TOO_FEW_DECIMALS) {
                let about_m = worth_m(middle, decimals);
                add(ListFault::Truncated { decimals, about_m });
            }
        }
        match component {
            Some(component) if faults.is_empty() => Ok(match before {
                Some(before) => component.keeping(before, &file.columns),
                None => component,
            }),
            _ => Err(faults),
        }
    }

    /// Whether a line or an area whose middle is outside lies in a grid with some vertex.
    fn touches(&self, figure: &Figure) -> bool {
        let mut edges = figure.segments();
        edges.any(|edge| self.city.locate_point(edge.start()).is_some())
    }

    fn outside(&self, point: Point) -> ListFault {
        let near = self.city.nearest(point, NEAREST_M);
        ListFault::Outside {
            grid: near.map_or_else(String::new, |near| {
                self.city.grid_code(near.owner).to_owned()
            }),
            distance_m: near.map(|near| near.distance_m),
        }
    }

    /// What disagrees about the components of all files, by file and row.
    pub(super) fn findings(
        &self,
        drafts: &[Draft],
        files: &[PlacedReport],
    ) -> Vec<ComponentFinding> {
        let mut findings = Vec::new();
        let coarse = coarse_files(drafts, files.len());
        for (draft, twin) in drafts.iter().zip(self.twins(drafts)) {
            let mut add = |what| {
                findings.push(ComponentFinding {
                    file: files[draft.file].source.clone(),
                    row: draft.row,
                    code: draft.component.code.clone(),
                    what,
                });
            };
            self.of_component(&draft.component)
                .into_iter()
                .for_each(&mut add);
            if let Some(other) = twin {
                add(Finding::SamePlace { other });
            }
            if let Some(decimals) = draft.decimals.filter(|_| coarse[draft.file])
                && decimals < ENOUGH_DECIMALS
            {
                let about_m = worth_m(draft.component.figure.middle(), decimals);
                add(Finding::Coarse { decimals, about_m });
            }
        }
        findings
    }

    /// What disagrees about one component by itself.
    fn of_component(&self, component: &Component) -> Vec<Finding> {
        let mut found = Vec::new();
        let class = component.class.as_str();
        let classes = &self.city.responsibility().classes;
        let class = classes.get(ObjectKind::Component, class);
        if let Some(claimed) = &component.grid {
            let owner = self.city.locate_point(component.figure.middle());
            let found_in = owner.map(|owner| self.city.grid_code(owner).to_owned());
            let is_above = owner.is_some_and(|owner| {
                let mut above = self.city.units_above(owner);
                above.any(|unit| unit.code == *claimed)
            });
            if found_in.as_deref() != Some(claimed.as_str()) && !is_above {
                found.push(Finding::OtherGrid {
                    claimed: claimed.clone(),
                    found: found_in.unwrap_or_default(),
                });
            }
        }
        let given = ClassGeometry::of(&component.figure);
        if let Some(wanted) = class.and_then(|class| class.geometry)
            && wanted != given
        {
            found.push(Finding::OtherGeometry {
                given: given.as_str(),
                wanted: wanted.as_str(),
            });
        }
        if let (Some(accuracy_m), Some(of_class)) =
            (component.accuracy_m, class.and_then(|class| class.accuracy))
            && accuracy_m > of_class.metres()
        {
            found.push(Finding::Inaccurate {
                accuracy_m,
                allowed_m: of_class.metres(),
            });
        }
        let split = self.rules.split;
        let county = split.and_then(|split| split.county(component.code.as_str()));
        if let (Some(given), Some(city)) = (county, self.city.scheme().code())
            && !given.is_empty()
            && given != city.as_str()
        {
            found.push(Finding::OtherCounty {
                given: given.to_owned(),
                city: city.clone(),
            });
        }
        found
    }

    /// For each draft the component of its class that lies at its place: one of the store under
    /// another code, or an earlier draft.
    fn twins(&self, drafts: &[Draft]) -> Vec<Option<Code>> {
        let mut at: HashMap<(&Code, Point), Vec<&Component>> = HashMap::new();
        let updated: HashSet<&Code> = drafts.iter().map(|draft| &draft.component.code).collect();
        let stored = self.city.all_components().iter();
        for component in stored.filter(|component| !updated.contains(&component.code)) {
            let place = (&component.class, component.figure.middle());
            at.entry(place).or_default().push(component);
        }
        let mut twins = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let component = &draft.component;
            let place = (&component.class, component.figure.middle());
            let here = at.entry(place).or_default();
            let twin = here.iter().find(|other| other.figure == component.figure);
            twins.push(twin.map(|other| other.code.clone()));
            here.push(component);
        }
        twins
    }
}

/// Of which files so many places are coarse that it is not by chance.
fn coarse_files(drafts: &[Draft], files: usize) -> Vec<bool> {
    let mut counts = vec![(0usize, 0usize); files];
    for draft in drafts {
        if let Some(decimals) = draft.decimals {
            let (coarse, all) = &mut counts[draft.file];
            *coarse += usize::from(decimals < ENOUGH_DECIMALS);
            *all += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are below 2^53")]
    let is_coarse = |(coarse, all): (usize, usize)| coarse as f64 > BY_CHANCE * all as f64;
    counts.into_iter().map(is_coarse).collect()
}

/// What the last of so many decimals of a degree is worth, metres.
fn worth_m(at: Point, decimals: u32) -> f64 {
    let degrees = 10f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX));
    metres_per_degree(at.lat()).north * degrees
}

/// A fault of a row's place.
fn of_place(row: &ListRow, fault: ListFault) -> RowFault {
    RowFault {
        row: row.number,
        column: "geometry".to_owned(),
        fault,
    }
}

/// What rows of a list with places say that cannot be used.
pub(super) fn refused_places(kind: ListKind, rows: &[PlacedRow]) -> Vec<RowFault> {
    if kind.drawn().is_none() {
        return Vec::new();
    }
    let refused = rows.iter().filter_map(|placed| {
        let why = placed.refused.clone()?;
        Some(of_place(&placed.row, ListFault::NoPlace(why)))
    });
    refused.collect()
}
