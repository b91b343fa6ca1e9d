//! The datums taken as equal to the lattice's, from the table in `data/equal-datums.toml`.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::Area;

const TABLE: &str = include_str!("../data/equal-datums.toml");

static DATUMS: LazyLock<Vec<EqualDatum>> = LazyLock::new(|| match toml::from_str::<Table>(TABLE) {
    Ok(table) => table.datum,
    // a test reads the table, so what is embedded can be read
    Err(error) => unreachable!("data/equal-datums.toml cannot be read: {error}"),
});

/// A datum whose degrees are taken as degrees of the lattice, without any shift.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EqualDatum {
    datum: String,
    epsg: u32,
    #[serde(default)]
    members: Vec<u32>,
    #[serde(default)]
    aliases: Vec<String>,
    error_m: f64,
    source: String,
    geographic: GeographicRow,
}

/// A geographic system on a datum taken as equal: its degrees are the lattice's degrees, and no
/// PROJ is needed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct EqualSystem {
    datum: &'static EqualDatum,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    datum: Vec<EqualDatum>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GeographicRow {
    code: u32,
    place: String,
    /// West, south, east, north.
    area: [f64; 4],
}

impl EqualDatum {
    /// Every datum taken as equal, the lattice's own first.
    pub fn all() -> &'static [Self] {
        &DATUMS
    }

    /// The datum's name in the EPSG dataset.
    pub fn name(&self) -> &str {
        &self.datum
    }

    /// The datum's EPSG code.
    pub const fn epsg(&self) -> u32 {
        self.epsg
    }

    /// How far a position may be off by taking the datum as the lattice's, metres.
    pub const fn error_m(&self) -> f64 {
        self.error_m
    }

    /// Where the figure is from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is the lattice's own datum, CGCS2000.
    pub fn is_lattice(&self) -> bool {
        std::ptr::eq(self, &raw const DATUMS[0])
    }

    /// The datum with this EPSG code (its own or of a realisation), or without a code the one with
    /// this name or alias.
    pub(crate) fn find(epsg: Option<u32>, name: &str) -> Option<&'static Self> {
        if let Some(epsg) = epsg {
            return DATUMS
                .iter()
                .find(|datum| datum.epsg == epsg || datum.members.contains(&epsg));
        }
        let name = plain(name);
        DATUMS.iter().find(|datum| {
            plain(&datum.datum) == name || datum.aliases.iter().any(|alias| plain(alias) == name)
        })
    }
}

impl EqualSystem {
    /// The system with this EPSG code, if it is in the table.
    pub fn of(epsg: u32) -> Option<Self> {
        DATUMS
            .iter()
            .find(|datum| datum.geographic.code == epsg)
            .map(|datum| Self { datum })
    }

    /// The system's EPSG code.
    pub const fn epsg(self) -> u32 {
        self.datum.geographic.code
    }

    /// Its datum.
    pub const fn datum(self) -> &'static EqualDatum {
        self.datum
    }

    /// Where it is used.
    pub fn area(self) -> Area {
        let GeographicRow { place, area, .. } = &self.datum.geographic;
        let [west, south, east, north] = *area;
        Area::new(west, south, east, north, place.clone())
    }

    /// Whether a position in degrees is in the area of use. Allocates nothing.
    pub(crate) fn covers(self, lon: f64, lat: f64, margin_deg: f64) -> bool {
        let [west, south, east, north] = self.datum.geographic.area;
        Area::new(west, south, east, north, String::new()).contains(lon, lat, margin_deg)
    }
}

impl PartialEq for EqualSystem {
    fn eq(&self, other: &Self) -> bool {
        self.epsg() == other.epsg()
    }
}

impl Eq for EqualSystem {}

impl fmt::Debug for EqualSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EqualSystem(EPSG:{})", self.epsg())
    }
}

/// A datum's name without case, punctuation and ESRI's `D_` in front.
fn plain(name: &str) -> String {
    name.strip_prefix("D_")
        .unwrap_or(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{EqualDatum, EqualSystem};

    #[test]
    fn the_table_names_every_datum_once_with_its_error_and_source() {
        let all = EqualDatum::all();
        assert!(all[0].is_lattice());
        for (i, datum) in all.iter().enumerate() {
            assert!(!datum.source().is_empty(), "{}", datum.name());
            assert_eq!(datum.error_m() == 0.0, i == 0, "{}", datum.name());
            assert!(all[..i].iter().all(|d| d.epsg != datum.epsg));
            assert!(EqualDatum::find(None, datum.name()).is_some_and(|d| d.epsg == datum.epsg));
        }
        for code in [4326, 4490, 4612, 6668, 3824, 4269, 4258] {
            assert!(EqualSystem::of(code).is_some(), "EPSG:{code}");
        }
        for code in [4610, 4214, 4301, 4555, 4267] {
            assert!(EqualSystem::of(code).is_none(), "EPSG:{code}");
        }
    }

    // the areas of EPSG change a little from version to version
    #[test]
    fn the_table_agrees_with_the_epsg_dataset_that_proj_has() {
        let context = crate::proj::Context::new().expect("PROJ");
        let wgs84 = context.create("EPSG:4326").expect("WGS 84");
        for datum in EqualDatum::all() {
            let code = datum.geographic.code;
            let system = context.create(&format!("EPSG:{code}")).expect("a system");
            let found = system.datum().expect("its datum");
            assert_eq!(found.epsg(), Some(datum.epsg), "EPSG:{code}");
            assert!(EqualDatum::find(None, &found.name()).is_some_and(|d| d.epsg == datum.epsg));
            if !datum.is_lattice() {
                let area = system.area().expect("its area");
                for (ours, theirs) in datum.geographic.area.iter().zip(area.sides()) {
                    assert!((ours - theirs).abs() < 3.0, "EPSG:{code}: {ours}, {theirs}");
                }
            }
            // the figure is that of the transformation it is said to be from
            let published = system
                .operations_to(&wgs84)
                .into_iter()
                .find(|candidate| datum.source.contains(&candidate.name));
            if let Some(published) = published {
                assert_eq!(published.accuracy_m, Some(datum.error_m), "EPSG:{code}");
            } else {
                assert!([4490, 4326, 6783].contains(&code), "EPSG:{code}");
            }
        }
    }

    #[test]
    fn spellings_of_older_files_are_the_same_datum() {
        let epsg = |name| EqualDatum::find(None, name).map(EqualDatum::epsg);
        assert_eq!(epsg("D_WGS_1984"), Some(6326));
        assert_eq!(epsg("China_2000"), Some(1043));
        assert_eq!(epsg("D_JGD_2000"), Some(6612));
        assert_eq!(epsg("North_American_Datum_1983"), Some(6269));
        assert_eq!(epsg("D_North_American_1983"), Some(6269));
        assert_eq!(epsg("Xian_1980"), None);
        assert_eq!(epsg("Unknown based on GRS 1980 ellipsoid"), None);
        // a code decides, whatever the name says
        assert!(EqualDatum::find(Some(6610), "China 2000").is_none());
    }
}
