//! Institutions (单位) that help in the grids they are assigned to: schools, hospitals, offices.

use serde::Deserialize;
use wangge_model::{Code, Grid, GridKind};

use crate::GenerateError;
use crate::names::Names;
use crate::spec::CitySpec;

/// What a description says of institutions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstitutionSpec {
    pub(crate) count: usize,
    /// The post that they hold.
    pub(crate) post: String,
    /// The kind of the grids that have some.
    pub(crate) grid_kind: String,
}

/// An institution, and the grid that it is assigned to.
#[derive(Debug, Clone)]
pub(crate) struct Institution {
    pub(crate) code: Code,
    pub(crate) name: String,
    pub(crate) grid: Code,
}

/// What an institution is, after its name.
const FORMS: [(&str, &str); 10] = [
    ("小学", "Primary School"),
    ("中学", "Middle School"),
    ("幼儿园", "Kindergarten"),
    ("医院", "Hospital"),
    ("供电所", "Power Supply Station"),
    ("储蓄所", "Savings Bank"),
    ("税务所", "Tax Office"),
    ("邮政所", "Post Office"),
    ("图书馆", "Library"),
    ("农机站", "Farm Machinery Station"),
];

/// The institutions of a spec, dealt out to its grids of the kind in the order of codes, again
/// and again; none where there is no such grid.
pub(crate) fn institutions(
    spec: &CitySpec,
    grids: &[Grid],
    seed: u64,
) -> Result<Vec<Institution>, GenerateError> {
    let Some(wanted) = &spec.institutions else {
        return Ok(Vec::new());
    };
    let of_kind: Vec<&Code> = grids
        .iter()
        .filter(|grid| grid.unit.kind.as_ref().map(GridKind::as_str) == Some(&wanted.grid_kind))
        .map(|grid| &grid.unit.code)
        .collect();
    let mut names = Names::of_institutions(seed);
    let dealt = of_kind.into_iter().cycle().take(wanted.count);
    dealt
        .enumerate()
        .map(|(number, grid)| {
            let name = names.road(FORMS[number % FORMS.len()]);
            Ok(Institution {
                code: Code::new(&format!("JG{}{:03}", spec.code, number + 1))?,
                name: format!("{}{}", spec.scheme.name(), name.zh),
                grid: grid.clone(),
            })
        })
        .collect()
}
