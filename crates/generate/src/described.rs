//! The cities that are described in `data/cities`.

use wangge_model::Scheme;

use crate::{CitySpec, GenerateError};

/// A city that is described: its scheme, and what a synthetic one shall have.
#[derive(Debug, Clone, Copy)]
pub struct DescribedCity {
    name: &'static str,
    code: &'static str,
    scheme: &'static str,
    description: &'static str,
}

macro_rules! described {
    ($name:literal, $code:literal) => {
        DescribedCity {
            name: $name,
            code: $code,
            scheme: include_str!(concat!("../../../data/schemes/", $name, ".toml")),
            description: include_str!(concat!("../../../data/cities/", $name, ".toml")),
        }
    };
}

impl DescribedCity {
    /// 葫芦岛市龙港区.
    pub const LONGGANG: Self = described!("longgang", "211403");
    /// 松滋市.
    pub const SONGZI: Self = described!("songzi", "421087");
    /// 莱阳市.
    pub const LAIYANG: Self = described!("laiyang", "370682");
    /// 长春市二道区.
    pub const ERDAO: Self = described!("erdao", "220105");
    /// 赣州市章贡区.
    pub const ZHANGGONG: Self = described!("zhanggong", "360702");

    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::LONGGANG,
        Self::SONGZI,
        Self::LAIYANG,
        Self::ERDAO,
        Self::ZHANGGONG,
    ];

    /// The short name, as its scheme has it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its levels.
    ///
    /// # Errors
    /// None that a build which passed its tests would show.
    pub fn scheme(&self) -> Result<Scheme, GenerateError> {
        Ok(Scheme::from_toml(self.scheme)?)
    }

    /// What a synthetic one shall have.
    ///
    /// # Errors
    /// None that a build which passed its tests would show.
    pub fn spec(&self) -> Result<CitySpec, GenerateError> {
        CitySpec::from_toml(self.scheme()?, self.description)
    }

    /// The description, in TOML.
    pub(crate) const fn description(&self) -> &'static str {
        self.description
    }

    /// The city with this code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|city| city.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_goes_with_its_scheme() {
        for city in DescribedCity::ALL {
            let spec = city.spec().unwrap();
            assert_eq!(spec.scheme.city(), city.name);
            assert_eq!(spec.code, city.code);
            let name = format!("scheme = \"{}\"", city.name);
            assert!(city.description.contains(&name), "{name}");
            for street in &spec.streets {
                assert_eq!(&street.code[..6], city.code);
            }
        }
    }
}
