//! What a synthetic city shall have: its scheme, place, streets and counts.

use serde::Deserialize;
use wangge_model::Scheme;
use wangge_plane::Point;

use crate::GenerateError;
use crate::board::{count, real};
use crate::functional::Functional;
use crate::names;

/// The scheme of 葫芦岛市龙港区.
const LONGGANG_SCHEME: &str = include_str!("../../../data/schemes/longgang.toml");

/// What is asked of the synthetic 龙港区.
const LONGGANG: &str = include_str!("../../../data/cities/longgang.toml");

/// Communities have codes 001 to 199, villages 200 to 399 (the bureau of statistics' rule).
const MOST_COMMUNITIES: usize = 199;
const MOST_VILLAGES: usize = 200;
const MOST_GRIDS: usize = 999;

/// What telephone numbers begin with where a description does not say.
const NO_DIALLING: &str = "0000";

/// What a city shall have.
#[derive(Debug, Clone)]
pub struct CitySpec {
    pub(crate) scheme: Scheme,
    pub(crate) code: String,
    pub(crate) origin: Point,
    pub(crate) area_km2: f64,
    pub(crate) islands: usize,
    /// Settlements with fields all around them.
    pub(crate) cores: usize,
    pub(crate) towns: Vec<Town>,
    pub(crate) streets: Vec<Street>,
    /// What telephone numbers begin with.
    pub(crate) dialling: String,
    pub(crate) departments: Vec<Functional>,
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

/// The file that describes a city.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecFile {
    #[expect(dead_code, reason = "says to people which scheme the file goes with")]
    scheme: String,
    origin: [f64; 2],
    area_km2: f64,
    #[serde(default)]
    islands: usize,
    #[serde(default)]
    cores: usize,
    #[serde(default)]
    town: Vec<Town>,
    street: Vec<Street>,
    dialling: Option<String>,
    #[serde(default)]
    department: Vec<Functional>,
}

impl CitySpec {
    /// 葫芦岛市龙港区 (211403): 11 streets and towns, 62 communities, 19 villages, 448 grids.
    ///
    /// # Errors
    /// None that a build which passed its tests would show.
    pub fn longgang() -> Result<Self, GenerateError> {
        Self::from_toml(Scheme::from_toml(LONGGANG_SCHEME)?, LONGGANG)
    }

    /// The city that goes with a scheme: the described one when its code is known here, otherwise
    /// one of 448 grids with invented streets.
    ///
    /// # Errors
    /// [`GenerateError::Levels`] unless the scheme has four levels, [`GenerateError::NoCode`]
    /// without a code to begin with, [`GenerateError::CodeRefused`] where its patterns do not
    /// take codes of 6 + 3 + 3 + 3 digits.
    pub fn for_scheme(scheme: Scheme) -> Result<Self, GenerateError> {
        const USUAL: usize = 448;
        match scheme.code() {
            Some(code) if code.as_str() == "211403" => Self::from_toml(scheme, LONGGANG),
            Some(_) => Self::of_size(scheme, USUAL),
            None => Err(GenerateError::NoCode {
                city: scheme.city().to_owned(),
            }),
        }
    }

    /// A city of so many grids under the scheme of 龙港区, with invented streets: for
    /// measurements. Its land grows with the number of grids.
    ///
    /// # Errors
    /// [`GenerateError::TooFewGrids`] for none, [`GenerateError::TooMany`] beyond what codes of
    /// three digits can number.
    pub fn sized(grids: usize) -> Result<Self, GenerateError> {
        Self::of_size(Scheme::from_toml(LONGGANG_SCHEME)?, grids)
    }

    /// A city by its description in TOML: `origin` (degrees), `area_km2`, `islands`, `cores`,
    /// `[[town]]` and `[[street]]`; `dialling`, what its telephone numbers begin with, and
    /// `[[department]]`, each a functional department with the classes that it `handles`:
    /// `component:0101`, or `event:03` for all that begin with it. What no department handles is
    /// left to the command centre, which every city has.
    ///
    /// # Errors
    /// [`GenerateError::SpecUnreadable`] for another text; what is said of
    /// [`CitySpec::for_scheme`]; counts that do not fit each other; [`GenerateError::NoClass`] and
    /// [`GenerateError::HandledTwice`] for classes that departments cannot have.
    pub fn from_toml(scheme: Scheme, text: &str) -> Result<Self, GenerateError> {
        let file: SpecFile =
            toml::from_str(text).map_err(|error| GenerateError::SpecUnreadable {
                reason: error.to_string(),
            })?;
        let spec = Self {
            code: top_code(&scheme)?,
            scheme,
            origin: Point::from_degrees(file.origin[0], file.origin[1])?,
            area_km2: file.area_km2,
            islands: file.islands,
            cores: file.cores,
            towns: file.town,
            streets: file.street,
            dialling: file.dialling.unwrap_or_else(|| NO_DIALLING.to_owned()),
            departments: file.department,
        };
        spec.check()?;
        Ok(spec)
    }

    /// The scheme that names the levels.
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// How many grids the city has.
    pub fn grids(&self) -> usize {
        self.streets.iter().map(|street| street.grids).sum()
    }

    fn of_size(scheme: Scheme, grids: usize) -> Result<Self, GenerateError> {
        // a street of 40 grids is usual; where three digits no longer number the streets, they grow
        let streets = (grids / 40).clamp(1, 998);
        let code = top_code(&scheme)?;
        let streets: Vec<Street> = (0..streets)
            .map(|number| {
                let share = grids * (number + 1) / streets - grids * number / streets;
                // every fourth street is in the country
                let country = number % 4 == 3;
                let villages = if country { share / 5 } else { 0 };
                let communities = (share - villages * 3).div_ceil(6);
                let (name, name_en) = names::street(number);
                Street {
                    code: format!("{code}{:03}", number + 1),
                    name,
                    name_en,
                    at: None,
                    communities,
                    villages,
                    grids: share,
                }
            })
            .collect();
        let spec = Self {
            code,
            scheme,
            origin: Point::from_degrees(120.875, 40.7)?,
            area_km2: 180.0 * real(grids) / 448.0,
            islands: count(real(grids).sqrt() / 12.0),
            cores: grids / 64,
            towns: Vec::new(),
            streets,
            dialling: NO_DIALLING.to_owned(),
            departments: Vec::new(),
        };
        spec.check()?;
        Ok(spec)
    }

    fn check(&self) -> Result<(), GenerateError> {
        for (field, value, sound, right) in [
            (
                "area_km2",
                self.area_km2,
                self.area_km2 > 0.01 && self.area_km2 < 1e6,
                "between 0.01 and 1,000,000 square kilometres",
            ),
            (
                "origin",
                self.origin.lat(),
                self.origin.lat().abs() < 70.0,
                "within 70 degrees of the equator",
            ),
        ] {
            if !sound {
                return Err(GenerateError::OutOfRange {
                    field,
                    value,
                    right,
                });
            }
        }
        for street in &self.streets {
            let communities = street.communities + street.villages;
            if street.grids < communities || communities == 0 {
                return Err(GenerateError::TooFewGrids {
                    code: street.code.clone(),
                    communities,
                    grids: street.grids,
                });
            }
            for (what, limit, asked) in [
                ("the communities", MOST_COMMUNITIES, street.communities),
                ("the villages", MOST_VILLAGES, street.villages),
                (
                    "the grids in a community",
                    MOST_GRIDS,
                    street.grids / communities + 1,
                ),
            ] {
                if asked > limit {
                    return Err(GenerateError::TooMany {
                        what,
                        code: street.code.clone(),
                        limit,
                        asked,
                    });
                }
            }
        }
        Functional::check(&self.departments)
    }
}

/// The code that all codes of a four-level scheme begin with.
fn top_code(scheme: &Scheme) -> Result<String, GenerateError> {
    let city = scheme.city().to_owned();
    if scheme.levels().len() != 4 {
        return Err(GenerateError::Levels {
            city,
            levels: scheme.levels().len(),
        });
    }
    match scheme.code() {
        Some(code) => Ok(code.as_str().to_owned()),
        None => Err(GenerateError::NoCode { city }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    fn a_spec_can_ask_for_any_size_that_codes_can_number(
        #[values(1, 39, 448, 10_000, 100_000, 1_000_000)] grids: usize,
    ) {
        let spec = CitySpec::sized(grids).unwrap();
        assert_eq!(spec.grids(), grids);
        assert!(spec.streets.iter().all(|street| street.code.len() == 9));
    }

    #[rstest]
    #[case::none(0)]
    #[case::more_than_codes(1_300_000)]
    fn a_size_that_codes_cannot_number_is_refused(#[case] grids: usize) {
        CitySpec::sized(grids).unwrap_err();
    }

    #[test]
    fn a_city_of_no_area_is_refused_with_what_would_be_right() {
        let text = LONGGANG.replace("area_km2 = 180.0", "area_km2 = 0.0");
        let scheme = Scheme::from_toml(LONGGANG_SCHEME).unwrap();
        assert_eq!(
            CitySpec::from_toml(scheme, &text).unwrap_err().to_string(),
            "area_km2 is 0: it should be between 0.01 and 1,000,000 square kilometres"
        );
    }
}
