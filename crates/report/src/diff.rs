//! What a redesign changes as programs read it: counts, every change, the crosswalk.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};
use wangge_replan::{Change, ChangeKind, Diff, DiffTerms, Piece};

use crate::MapGrid;
use crate::diff_evidence::{
    CountedBy, DepartmentChange, DiffEvidence, MeasuredGrid, PieceEvidence, PostOfGrid, count,
};
use crate::diff_ground::Grounds;
use crate::validation::ground;

/// One of the two plans.
#[derive(Debug, Clone, Copy)]
pub struct DiffSide<'a> {
    /// What it is called: a file's name, or a store's and its plan's.
    pub name: &'a str,
    /// Its grids, in the order of the diff's members.
    pub grids: &'a [MapGrid<'a>],
}

/// What changes from one plan to another.
///
/// Serialises as the diff report of the HTTP interface and of `--format json`.
#[derive(Debug, Clone, Serialize)]
pub struct DiffReport {
    /// The old plan's name.
    pub old: String,
    /// The new plan's name.
    pub new: String,
    /// Borders that moved less than this, metres, are the same border drawn anew.
    pub survey_tolerance_m: f64,
    /// How many changes there are.
    pub summary: Summary,
    /// Every change, in order of kinds and codes.
    pub changes: Vec<ChangeRow>,
    /// Old grid by new grid, in order of codes.
    pub crosswalk: Vec<CrosswalkRow>,
    /// What rows of the crosswalk miss to a grid's exact area.
    pub rounding: Vec<RoundingRow>,
    /// What the grids that change measure before and after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasuredGrid>,
    /// Every piece that goes from one code to another, for the map.
    #[serde(skip)]
    pieces: Vec<ChangedPiece>,
}

/// How many grids did not change, how many changes of each kind there are, and how much ground
/// changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Summary {
    /// Grids whose code and ground stay.
    pub unchanged: usize,
    /// Codes that change, and no ground.
    pub renamed: usize,
    /// Grids whose border was drawn anew.
    pub redigitised: usize,
    /// Transfers of ground between grids that stay.
    pub transfer: usize,
    /// Grids that become several.
    pub split: usize,
    /// Several grids that become one.
    pub merge: usize,
    /// Several grids that become several others.
    pub recut: usize,
    /// Ground that no grid had.
    pub new: usize,
    /// Ground that no grid has any more.
    pub gone: usize,
    /// The ground that changes hands, ellipsoidal square metres.
    pub changed_area_m2: f64,
    /// That, over the area of the old plan.
    pub changed_share: f64,
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeRow {
    /// `renamed`, `redigitised`, `transfer`, `split`, `merge`, `recut`, `new` or `gone`.
    pub kind: &'static str,
    /// Codes of the old plan.
    pub old: Vec<String>,
    /// Codes of the new plan.
    pub new: Vec<String>,
    /// The ground that changes hands, ellipsoidal square metres.
    pub area_m2: f64,
    /// How far a border moved within the tolerance at most, metres.
    pub max_shift_m: f64,
    /// The ground concerned, in GeoJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Value>,
    /// The rows of the crosswalk between its grids.
    #[serde(skip)]
    pub(crate) rows: Vec<u32>,
}

/// The ground that an old grid and a new one have in common.
#[derive(Debug, Clone, Serialize)]
pub struct CrosswalkRow {
    /// The old code; absent for ground that no grid had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The new code; absent for ground that no grid has any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Ellipsoidal square metres.
    pub area_m2: f64,
    /// Twice the area in square lattice units, exact.
    pub doubled_area: String,
    /// Whether it is nowhere as wide as the survey's tolerance, and no change of hands.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub within_tolerance: bool,
    /// Households there.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "count")]
    pub households: Option<f64>,
    /// What they were counted by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub households_by: Option<CountedBy>,
    /// People there.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "count")]
    pub population: Option<f64>,
    /// What they were counted by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_by: Option<CountedBy>,
    /// How many components stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<usize>,
    /// Their codes, where they come under another code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub component_codes: Vec<String>,
    /// Departments that take over from others, where the code is another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<DepartmentChange>,
    /// The posts of the old grid, where the code is another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<PostOfGrid>,
}

/// What the crosswalk's rows of a grid miss to its exact area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundingRow {
    /// The old grid whose rows these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The new grid whose rows these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Twice the grid's area less that of its rows, square lattice units.
    pub doubled_area: String,
}

/// A piece that goes from one code to another.
#[derive(Debug, Clone)]
struct ChangedPiece {
    kind: &'static str,
    from: Option<String>,
    to: Option<String>,
    area_m2: f64,
    is_narrow: bool,
    geometry: Option<Value>,
}

impl DiffReport {
    /// The report of a diff between the grids of two plans.
    pub fn new(
        diff: &Diff,
        old: DiffSide<'_>,
        new: DiffSide<'_>,
        terms: &DiffTerms,
        evidence: &DiffEvidence,
    ) -> Self {
        let sides = Sides { old, new };
        let grounds = Grounds::of_diff(diff, sides);
        let count = |kind| diff.changes.iter().filter(|c| c.kind == kind).count();
        Self {
            old: old.name.to_owned(),
            new: new.name.to_owned(),
            survey_tolerance_m: terms.survey_tolerance_m,
            summary: Summary {
                unchanged: diff.unchanged.len(),
                renamed: count(ChangeKind::Renamed),
                redigitised: count(ChangeKind::Redigitised),
                transfer: count(ChangeKind::Transfer),
                split: count(ChangeKind::Split),
                merge: count(ChangeKind::Merge),
                recut: count(ChangeKind::Recut),
                new: count(ChangeKind::New),
                gone: count(ChangeKind::Gone),
                changed_area_m2: diff.changed_area_m2,
                changed_share: diff.changed_share,
            },
            changes: diff
                .changes
                .iter()
                .map(|change| sides.change(&grounds, change))
                .collect(),
            crosswalk: diff
                .pieces
                .iter()
                .enumerate()
                .map(|(at, piece)| sides.crosswalk(piece, evidence.pieces.get(at)))
                .collect(),
            rounding: diff
                .rounding
                .iter()
                .map(|missing| RoundingRow {
                    old: missing.old.map(|at| sides.old_code(at).to_owned()),
                    new: missing.new.map(|at| sides.new_code(at).to_owned()),
                    doubled_area: missing.doubled_area.to_string(),
                })
                .collect(),
            measures: evidence.grids.clone(),
            pieces: sides.changed_pieces(diff),
        }
    }

    /// Whether nothing is different.
    pub fn is_same(&self) -> bool {
        self.changes.is_empty()
    }

    /// Every piece that goes from one code to another, as a GeoJSON collection.
    pub fn geojson(&self) -> Value {
        let features: Vec<Value> = self
            .pieces
            .iter()
            .map(|piece| {
                json!({
                    "type": "Feature",
                    "geometry": piece.geometry,
                    "properties": {
                        "from": piece.from,
                        "to": piece.to,
                        "kind": piece.kind,
                        "area_m2": piece.area_m2,
                        "within_tolerance": piece.is_narrow,
                    }
                })
            })
            .collect();
        json!({"type": "FeatureCollection", "features": features})
    }
}

/// The two plans by their places.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub(crate) old: DiffSide<'a>,
    pub(crate) new: DiffSide<'a>,
}

impl<'a> Sides<'a> {
    pub(crate) fn old_code(self, at: u32) -> &'a str {
        self.old.grids[at as usize].code
    }

    pub(crate) fn new_code(self, at: u32) -> &'a str {
        self.new.grids[at as usize].code
    }

    /// Whether a piece comes under another code.
    pub(crate) fn is_moved(self, piece: &Piece) -> bool {
        piece.old.map(|at| self.old_code(at)) != piece.new.map(|at| self.new_code(at))
    }

    fn change(self, grounds: &Grounds<'_>, change: &Change) -> ChangeRow {
        let of_old = change.old.iter().map(|&at| self.old_code(at).to_owned());
        let of_new = change.new.iter().map(|&at| self.new_code(at).to_owned());
        ChangeRow {
            kind: change.kind.name(),
            old: of_old.collect(),
            new: of_new.collect(),
            area_m2: change.area_m2,
            max_shift_m: change.max_shift_m,
            geometry: ground(&grounds.of(change)),
            rows: change.pieces.clone(),
        }
    }

    fn crosswalk(self, piece: &Piece, evidence: Option<&PieceEvidence>) -> CrosswalkRow {
        let known = evidence.cloned().unwrap_or_default();
        CrosswalkRow {
            old: piece.old.map(|at| self.old_code(at).to_owned()),
            new: piece.new.map(|at| self.new_code(at).to_owned()),
            area_m2: piece.area_m2,
            doubled_area: piece.doubled_area.to_string(),
            within_tolerance: !piece.wider_than_tolerance,
            households: known.households.map(|(count, _)| count),
            households_by: known.households.map(|(_, by)| by),
            population: known.population.map(|(count, _)| count),
            population_by: known.population.map(|(_, by)| by),
            components: known.components.as_ref().map(Vec::len),
            component_codes: known
                .components
                .filter(|_| self.is_moved(piece))
                .unwrap_or_default(),
            departments: known.departments,
            posts: known.posts,
        }
    }

    fn changed_pieces(self, diff: &Diff) -> Vec<ChangedPiece> {
        let of_piece = |piece: &Piece, kind: ChangeKind| ChangedPiece {
            kind: kind.name(),
            from: piece.old.map(|at| self.old_code(at).to_owned()),
            to: piece.new.map(|at| self.new_code(at).to_owned()),
            area_m2: piece.area_m2,
            is_narrow: !piece.wider_than_tolerance,
            geometry: ground(&piece.ground.iter().collect::<Vec<_>>()),
        };
        let mut told: HashSet<u32> = HashSet::new();
        let mut found = Vec::new();
        for change in &diff.changes {
            for &at in &change.pieces {
                let piece = &diff.pieces[at as usize];
                if self.is_moved(piece) && told.insert(at) {
                    found.push(of_piece(piece, change.kind));
                }
            }
        }
        // narrow ground between grids of different changes
        for (at, piece) in (0u32..).zip(&diff.pieces) {
            if self.is_moved(piece) && !told.contains(&at) {
                found.push(of_piece(piece, ChangeKind::Redigitised));
            }
        }
        found
    }
}
