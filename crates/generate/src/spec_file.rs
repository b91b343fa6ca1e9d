//! The file that describes a city, in TOML.

use serde::Deserialize;

use crate::GenerateError;
use crate::census::CensusSpec;
use crate::classes::OwnClass;
use crate::functional::{Field, Functional};
use crate::institutions::InstitutionSpec;
use crate::posts::PostSpec;
use crate::specialised::SpecialisedSpec;

/// Communities have codes 001 to 199, villages 200 to 399 (the bureau of statistics' rule).
const MOST_COMMUNITIES: usize = 199;
const MOST_VILLAGES: usize = 200;
const MOST_GRIDS: usize = 999;

/// The file that describes a city.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecFile {
    #[expect(dead_code, reason = "says to people which scheme the file goes with")]
    scheme: String,
    pub(crate) origin: [f64; 2],
    pub(crate) area_km2: f64,
    #[serde(default = "yes")]
    pub(crate) coast: bool,
    #[serde(default)]
    pub(crate) islands: usize,
    #[serde(default)]
    pub(crate) cores: usize,
    pub(crate) village_grids: Option<usize>,
    #[serde(default)]
    pub(crate) town: Vec<Town>,
    pub(crate) street: Vec<Street>,
    #[serde(default)]
    pub(crate) census: CensusSpec,
    pub(crate) dialling: Option<String>,
    #[serde(default)]
    pub(crate) class: Vec<OwnClass>,
    #[serde(default)]
    pub(crate) department: Vec<Functional>,
    #[serde(default)]
    pub(crate) field: Vec<Field>,
    #[serde(default)]
    pub(crate) posts: PostSpec,
    pub(crate) institutions: Option<InstitutionSpec>,
    #[serde(default)]
    pub(crate) specialised: Vec<SpecialisedSpec>,
}

/// A place by its way along the coast to the north-east, and inland to the north-west.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(from = "[f64; 2]")]
pub(crate) struct Place {
    pub(crate) along_km: f64,
    pub(crate) inland_km: f64,
}

impl From<[f64; 2]> for Place {
    fn from([along_km, inland_km]: [f64; 2]) -> Self {
        Self {
            along_km,
            inland_km,
        }
    }
}

/// Where people live densely.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Town {
    pub(crate) at: Place,
    pub(crate) radius_km: f64,
    pub(crate) strength: f64,
}

/// A street or town (街道, 镇, 乡) and what it is divided into.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Street {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) at: Option<Place>,
    pub(crate) communities: usize,
    pub(crate) villages: usize,
    pub(crate) grids: usize,
}

impl Street {
    /// Whether each community and village gets a grid, and a code for it.
    pub(crate) fn check(&self, village_grids: Option<usize>) -> Result<(), GenerateError> {
        let communities = self.communities + self.villages;
        let least = self.communities + self.villages * village_grids.unwrap_or(1);
        if self.grids < least || communities == 0 || village_grids == Some(0) {
            return Err(GenerateError::TooFewGrids {
                code: self.code.clone(),
                communities,
                grids: self.grids,
            });
        }
        if let Some(each) = village_grids
            && self.communities == 0
            && self.grids > least
        {
            return Err(GenerateError::GridsLeft {
                code: self.code.clone(),
                villages: self.villages,
                each,
                grids: self.grids,
            });
        }
        for (what, limit, asked) in [
            ("the communities", MOST_COMMUNITIES, self.communities),
            ("the villages", MOST_VILLAGES, self.villages),
            (
                "the grids in a community",
                MOST_GRIDS,
                self.grids / communities + 1,
            ),
        ] {
            if asked > limit {
                return Err(GenerateError::TooMany {
                    what,
                    code: self.code.clone(),
                    limit,
                    asked,
                });
            }
        }
        Ok(())
    }
}

const fn yes() -> bool {
    true
}
