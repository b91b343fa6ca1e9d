//! Planted grids and the truth about them as files.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::{Planted, PlantedKind, Sizes};
use crate::GenerateError;
use crate::write::{collection, folder_at, json, put, unit_feature};

/// What a truth file says of itself.
const NOTE: &str = "合成数据，缺陷为有意植入 synthetic grids with defects that were planted on purpose; no real \
                    boundary";

/// What the fields of a defect mean.
const FIELDS: [(&str, &str); 16] = [
    ("number", "from 1 on"),
    ("kind", "what was done, see rules"),
    (
        "grid",
        "the grid that it was done to; of a duplicate, the one that was added",
    ),
    ("grids", "the grids that a report of an expected kind names"),
    ("beside", "further grids whose ground or border it touches"),
    (
        "size_m",
        "how far a vertex lies off the border or was moved, the length of a spike, the distance of \
         the swapped vertices of a bow-tie",
    ),
    ("lon, lat", "a vertex of the defect, degrees"),
    (
        "doubled_missing",
        "twice the area of ground that is now missing, square lattice units (1e-7 degree), exact",
    ),
    (
        "doubled_twice",
        "twice the area of ground that two grids now have, square lattice units, exact",
    ),
    (
        "doubled_loop",
        "twice the area that a bow-tie goes around twice or backwards, square lattice units, exact",
    ),
    (
        "width_m",
        "the diameter of the largest circle in the misfit",
    ),
    (
        "misfit",
        "around the ground that is missing or covered twice, degrees",
    ),
    (
        "unmatched",
        "vertices on a border, and the grid that lacks each",
    ),
    (
        "prepared",
        "a vertex on a straight edge that both grids were given before one dropped or moved it",
    ),
    (
        "expect",
        "a report has one of these kinds here; of two, either is right, because the misfit is about \
         two lattice units wide and the lattice measures it otherwise than the ground",
    ),
    ("also", "a report may have these kinds here too"),
];

#[derive(Serialize)]
#[serde(untagged)]
enum SizeRange {
    Metres { min_m: f64, max_m: f64 },
    Words(&'static str),
}

impl Planted {
    /// Writes the grids and the truth into a folder, which is made if it is not there:
    /// `grids.geojson` as [`City::write`](crate::City::write) has it, and `truth.json` with the
    /// seed, the rules of [`PlantedKind`], and the defects, one on each line. Files of these names that are there
    /// are replaced.
    ///
    /// # Errors
    /// [`GenerateError::Write`].
    pub fn write(&self, folder: &Path) -> Result<(), GenerateError> {
        folder_at(folder)?;
        let features = self
            .grids
            .iter()
            .map(|grid| unit_feature(&grid.unit, &grid.shape));
        put(folder, "grids.geojson", collection(features))?;
        put(folder, "truth.json", [self.truth_json()])
    }

    /// The text of `truth.json`.
    pub fn truth_json(&self) -> String {
        let table =
            |rows: &mut dyn Iterator<Item = _>| json(&rows.collect::<BTreeMap<&str, &str>>());
        let sizes = match self.sizes {
            Sizes::Metres { min_m, max_m } => SizeRange::Metres { min_m, max_m },
            Sizes::LatticeUnit => SizeRange::Words("one lattice unit"),
        };
        let rules = table(
            &mut PlantedKind::ALL
                .iter()
                .map(|kind| (kind.as_str(), kind.rule())),
        );
        let defects: Vec<String> = self
            .truth
            .iter()
            .map(|defect| json(&defect.as_row()))
            .collect();
        format!(
            "{{\n\"synthetic\": true,\n\"note\": {},\n\"seed\": {},\n\"sizes\": {},\n\"rules\": {rules},\n\
             \"fields\": {},\n\"defects\": [\n{}\n]\n}}\n",
            json(&NOTE),
            self.seed,
            json(&sizes),
            table(&mut FIELDS.into_iter()),
            defects.join(",\n"),
        )
    }
}
