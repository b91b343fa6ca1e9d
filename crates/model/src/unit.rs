//! Units of a scheme's levels, and grids: units of the lowest level with their ground.

use std::fmt;
use std::str::FromStr;

use wangge_plane::Shape;

use crate::{Code, LevelIndex};

/// One unit of any level: a district, a street, a community, a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its code, unique in the whole plan, over all levels.
    pub code: Code,
    /// Its name in the city's own language. Names are not unique.
    pub name: Option<String>,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// The level it belongs to.
    pub level: LevelIndex,
    /// The code of the unit above it; `None` on the top level.
    pub parent: Option<Code>,
    /// Urban, rural, special: what the file says.
    pub kind: Option<GridKind>,
    /// Households (户数) that the file declares.
    pub households: Option<u32>,
    /// Persons that the file declares.
    pub population: Option<u32>,
    /// Area in square metres as the file declares it; the service measures its own.
    pub area_m2: Option<f64>,
    /// Remarks (备注).
    pub note: Option<String>,
}

impl Unit {
    /// A unit of which nothing is known but its code and level.
    pub const fn new(code: Code, level: LevelIndex) -> Self {
        Self {
            code,
            name: None,
            name_en: None,
            level,
            parent: None,
            kind: None,
            households: None,
            population: None,
            area_m2: None,
            note: None,
        }
    }

    /// Whether the code or one of the names has this text in it, which must be in lower case.
    pub fn is_called(&self, lower_case: &str) -> bool {
        let names = [self.name.as_deref(), self.name_en.as_deref()];
        let mut texts = names.into_iter().flatten().chain([self.code.as_str()]);
        texts.any(|text| text.to_lowercase().contains(lower_case))
    }
}

/// A unit of the lowest level, with its ground on the lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Code, names, parent and what the file declares.
    pub unit: Unit,
    /// Any number of parts (enclaves, 飞地) and holes.
    pub shape: Shape,
}

/// What sort of ground a grid is (网格类型).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GridKind {
    /// 城市网格.
    Urban,
    /// 农村网格.
    Rural,
    /// 专属网格: a market, a park, a school, a hospital.
    Special,
    /// A kind of the city's own, as the file writes it.
    Other(String),
}

impl GridKind {
    /// The word that files and answers carry: `urban`, `rural`, `special`, or the city's own.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Urban => "urban",
            Self::Rural => "rural",
            Self::Special => "special",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for GridKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Any word is a kind: `urban`, `rural` and `special` in any case, and 城市, 农村, 专属, are the
/// three that the service knows.
impl FromStr for GridKind {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        Ok(match text.to_ascii_lowercase().as_str() {
            "urban" | "城市" => Self::Urban,
            "rural" | "农村" => Self::Rural,
            "special" | "专属" => Self::Special,
            _ => Self::Other(text.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("urban", GridKind::Urban)]
    #[case(" RURAL ", GridKind::Rural)]
    #[case("专属", GridKind::Special)]
    #[case("微网格", GridKind::Other("微网格".to_owned()))]
    fn a_kind_is_read_as_people_write_it(#[case] text: &str, #[case] kind: GridKind) {
        let read: GridKind = text.parse().unwrap();
        assert_eq!(read, kind);
        assert_eq!(read.as_str().parse::<GridKind>().unwrap(), kind);
    }
}
