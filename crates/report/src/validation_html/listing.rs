//! Which defects a page names one by one, and which it counts.

use std::collections::HashMap;

use super::MapSource;
use super::place::Place;
use crate::validation_text::KINDS;
use crate::{Defect, Validation};

/// How many of one kind and severity are named.
pub(super) const NAMED: usize = 200;

/// Grids of one defect that are made to stand out on the map.
const CONCERNED: usize = 64;

/// The defects of one kind and severity, worst first.
pub(super) struct Group<'a> {
    pub(super) kind: &'static str,
    pub(super) severity: &'static str,
    pub(super) is_allowed: bool,
    /// Those that are named.
    pub(super) rows: Vec<Row<'a>>,
    /// Those that are counted.
    pub(super) rest: Vec<&'a Defect>,
}

/// A defect that is named.
pub(super) struct Row<'a> {
    /// Counted from 1 over the whole page.
    pub(super) number: usize,
    pub(super) defect: &'a Defect,
    pub(super) place: Option<Place>,
    /// The grids concerned, as places in the source; not all of very many.
    pub(super) grids: Vec<usize>,
}

impl<'a> Group<'a> {
    /// All groups, worst first.
    pub(super) fn all(validation: &'a Validation, source: &MapSource<'_>) -> Vec<Self> {
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, grid) in source.grids.iter().enumerate() {
            by_code.entry(grid.code).or_default().push(i);
        }
        let mut defects: Vec<&Defect> = validation.defects.iter().collect();
        defects.sort_by_key(|defect| rank(defect));
        let mut number = 0;
        let mut row = |defect: &'a Defect| {
            number += 1;
            let codes = defect.grids.iter();
            let found = codes.filter_map(|code| by_code.get(code.as_str()));
            Row {
                number,
                defect,
                place: defect.geometry.as_ref().and_then(Place::of),
                grids: found.flatten().take(CONCERNED).copied().collect(),
            }
        };
        defects
            .chunk_by(|a, b| rank(a) == rank(b))
            .map(|of_group| {
                let (named, rest) = of_group.split_at(of_group.len().min(NAMED));
                Self {
                    kind: of_group[0].kind,
                    severity: of_group[0].severity,
                    is_allowed: of_group[0].allowed == Some(true),
                    rows: named.iter().map(|&defect| row(defect)).collect(),
                    rest: rest.to_vec(),
                }
            })
            .collect()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len() + self.rest.len()
    }

    /// Their ground together, square metres; `None` where they have none.
    pub(super) fn area_m2(&self) -> Option<f64> {
        self.defects()
            .filter_map(|d| d.area_m2)
            .reduce(|a, b| a + b)
    }

    fn defects(&self) -> impl Iterator<Item = &'a Defect> {
        let named = self.rows.iter().map(|row| row.defect);
        named.chain(self.rest.iter().copied())
    }
}

/// The order in which a person should look: by severity, what was allowed after what was not,
/// then by kind. Within these the report's own order stays.
fn rank(defect: &Defect) -> (usize, bool, usize, &'static str) {
    let severity = ["error", "warning"]
        .iter()
        .position(|&severity| severity == defect.severity);
    let kind = KINDS.iter().position(|&kind| kind == defect.kind);
    (
        severity.unwrap_or(2),
        defect.allowed == Some(true),
        kind.unwrap_or(KINDS.len()),
        defect.kind,
    )
}
