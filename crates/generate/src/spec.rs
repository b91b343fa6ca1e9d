//! What a synthetic city shall have: its scheme, place, streets and counts.

use wangge_model::Scheme;
use wangge_plane::Point;

use crate::GenerateError;
use crate::board::{count, real};
use crate::census::CensusSpec;
use crate::classes::Classes;
use crate::described::DescribedCity;
use crate::functional::{Field, Functional};
use crate::institutions::InstitutionSpec;
use crate::names;
use crate::posts::PostSpec;
use crate::spec_file::{SpecFile, Street, Town};
use crate::specialised::SpecialisedSpec;

/// What telephone numbers begin with where a description does not say.
const NO_DIALLING: &str = "0000";

/// What a city shall have.
#[derive(Debug, Clone)]
pub struct CitySpec {
    pub(crate) scheme: Scheme,
    pub(crate) code: String,
    pub(crate) origin: Point,
    pub(crate) area_km2: f64,
    /// Whether its south-east is a coast.
    pub(crate) coast: bool,
    pub(crate) islands: usize,
    /// Settlements with fields all around them.
    pub(crate) cores: usize,
    /// How many grids each village has; without a word, by its weight.
    pub(crate) village_grids: Option<usize>,
    pub(crate) towns: Vec<Town>,
    pub(crate) streets: Vec<Street>,
    pub(crate) census: CensusSpec,
    /// What telephone numbers begin with.
    pub(crate) dialling: String,
    pub(crate) classes: Classes,
    pub(crate) departments: Vec<Functional>,
    pub(crate) fields: Vec<Field>,
    pub(crate) posts: PostSpec,
    pub(crate) institutions: Option<InstitutionSpec>,
    pub(crate) specialised: Vec<SpecialisedSpec>,
}

impl CitySpec {
    /// 葫芦岛市龙港区 (211403): 11 streets and towns, 62 communities, 19 villages, 448 grids.
    ///
    /// # Errors
    /// None that a build which passed its tests would show.
    pub fn longgang() -> Result<Self, GenerateError> {
        DescribedCity::LONGGANG.spec()
    }

    /// The city that goes with a scheme: the described one when its code is that of one
    /// ([`DescribedCity`]), otherwise one of 448 grids with invented streets.
    ///
    /// # Errors
    /// [`GenerateError::Levels`] unless the scheme has four levels, [`GenerateError::NoCode`]
    /// without a code to begin with, [`GenerateError::CodeRefused`] where its patterns do not
    /// take codes of 6 + 3 + 3 + 3 digits.
    pub fn for_scheme(scheme: Scheme) -> Result<Self, GenerateError> {
        const USUAL: usize = 448;
        let Some(code) = scheme.code() else {
            return Err(GenerateError::NoCode {
                city: scheme.city().to_owned(),
            });
        };
        match DescribedCity::of_code(code.as_str()) {
            Some(described) => Self::from_toml(scheme, described.description()),
            None => Self::of_size(scheme, USUAL),
        }
    }

    /// A city of so many grids under the scheme of 龙港区, with invented streets: for
    /// measurements. Its land grows with the number of grids.
    ///
    /// # Errors
    /// [`GenerateError::TooFewGrids`] for none, [`GenerateError::TooMany`] beyond what codes of
    /// three digits can number.
    pub fn sized(grids: usize) -> Result<Self, GenerateError> {
        Self::of_size(DescribedCity::LONGGANG.scheme()?, grids)
    }

    /// A city by its description in TOML, as `docs/synthetic-city.md` says: `origin` (degrees),
    /// `area_km2`, `coast`, `islands`, `cores`, `village_grids`, `[[town]]`, `[[street]]` and
    /// `[census]`; `dialling`, what its telephone numbers begin with; `[[class]]`, extensions of
    /// the class table; `[[department]]`, each a functional department with the classes that it
    /// `handles` (`component:0101`, or `event:03` for all that begin with it) and its `branch` in
    /// each street; `[[field]]` of duty in grids of one kind; `[posts]`, `[institutions]`,
    /// `[[specialised]]`. What no department handles is left to the command centre, which every
    /// city has.
    ///
    /// # Errors
    /// [`GenerateError::SpecUnreadable`] for another text; what is said of
    /// [`CitySpec::for_scheme`]; counts that do not fit each other; [`GenerateError::NoClass`],
    /// [`GenerateError::HandledTwice`], [`GenerateError::NoDepartment`] and
    /// [`GenerateError::ClassTwice`] for classes that departments cannot have.
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
            coast: file.coast,
            islands: file.islands,
            cores: file.cores,
            village_grids: file.village_grids,
            towns: file.town,
            streets: file.street,
            census: file.census,
            dialling: file.dialling.unwrap_or_else(|| NO_DIALLING.to_owned()),
            classes: Classes::new(file.class),
            departments: file.department,
            fields: file.field,
            posts: file.posts,
            institutions: file.institutions,
            specialised: file.specialised,
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
            coast: true,
            islands: count(real(grids).sqrt() / 12.0),
            cores: grids / 64,
            village_grids: None,
            towns: Vec::new(),
            streets,
            census: CensusSpec::default(),
            dialling: NO_DIALLING.to_owned(),
            classes: Classes::default(),
            departments: Vec::new(),
            fields: Vec::new(),
            posts: PostSpec::default(),
            institutions: None,
            specialised: Vec::new(),
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
            street.check(self.village_grids)?;
        }
        if let Some(class) = self.classes.twice() {
            return Err(GenerateError::ClassTwice {
                class: class.to_string(),
            });
        }
        let of_institutions = self.institutions.iter().map(|spec| spec.post.as_str());
        let levels = self.scheme.levels();
        for post in self.posts.named().chain(of_institutions) {
            if !levels
                .iter()
                .any(|level| level.posts().iter().any(|of| of == post))
            {
                return Err(GenerateError::NoPost {
                    post: post.to_owned(),
                });
            }
        }
        Functional::check(self)
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
        let longgang = DescribedCity::LONGGANG;
        let text = longgang
            .description()
            .replace("area_km2 = 180.0", "area_km2 = 0.0");
        let scheme = longgang.scheme().unwrap();
        assert_eq!(
            CitySpec::from_toml(scheme, &text).unwrap_err().to_string(),
            "area_km2 is 0: it should be between 0.01 and 1,000,000 square kilometres"
        );
    }

    #[rstest]
    #[case::fewer_grids_than_villages_have(2, 3, 4, "a grid at least for each")]
    #[case::other_grids_than_those_of_the_villages(0, 3, 7, "3 villages, 2 each, and no others")]
    fn grids_that_villages_leave_no_place_for_are_refused(
        #[case] communities: usize,
        #[case] villages: usize,
        #[case] grids: usize,
        #[case] says: &str,
    ) {
        let text = format!(
            "scheme = \"longgang\"\norigin = [120.875, 40.7]\narea_km2 = 5.0\nvillage_grids = 2\n\
             [[street]]\ncode = \"211403001\"\nname = \"甲\"\nname_en = \"A\"\n\
             communities = {communities}\nvillages = {villages}\ngrids = {grids}\n"
        );
        let scheme = DescribedCity::LONGGANG.scheme().unwrap();
        let error = CitySpec::from_toml(scheme, &text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
