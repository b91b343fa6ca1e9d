//! Coordinate systems as they are declared: codes, names, PROJ strings and WKT.

use std::fmt;
use std::str::FromStr;

use crate::{CrsError, EqualSystem, GaussKruger};

/// A coordinate system as a file, a request or a person declares it. Coordinates in it are always
/// given east first, then north, whatever axis order its authority has.
///
/// ```
/// use wangge_crs::Crs;
/// assert_eq!("cgcs2000".parse::<Crs>()?, Crs::Lattice);
/// assert_eq!("urn:ogc:def:crs:EPSG::4527".parse::<Crs>()?, Crs::Epsg(4527));
/// assert_eq!("BD09".parse::<Crs>()?, Crs::Bd09);
/// assert!("EPSG:".parse::<Crs>().is_err());
/// # Ok::<(), wangge_crs::CrsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Crs {
    /// The lattice's own: longitude and latitude on CGCS2000, EPSG:4490, used worldwide.
    Lattice,
    /// Longitude and latitude on a datum taken as equal to the lattice's, as WGS 84.
    Equal(EqualSystem),
    /// The shifted degrees of public maps in China.
    Gcj02,
    /// Baidu's degrees: shifted once more from GCJ-02.
    Bd09,
    /// Any other system of the EPSG dataset, by its code. Whether the code exists is seen when a
    /// [`Transform`](crate::Transform) is made.
    Epsg(u32),
    /// A definition that a person or a file gives.
    Local(LocalDefinition),
}

/// A PROJ string or WKT. Its text is never shown: the parameters of a city's own system may be
/// classified.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalDefinition {
    form: Form,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    ProjString,
    Pipeline,
    Wkt,
}

impl Crs {
    /// WGS 84 longitude and latitude, EPSG:4326.
    pub fn wgs84() -> Self {
        Self::from_epsg(4326)
    }

    /// The system with an EPSG code.
    pub fn from_epsg(code: u32) -> Self {
        match EqualSystem::of(code) {
            Some(system) if system.datum().is_lattice() => Self::Lattice,
            Some(system) => Self::Equal(system),
            None => Self::Epsg(code),
        }
    }

    /// A system by its WKT (1 or 2), as in a `.prj` file.
    ///
    /// # Errors
    /// [`CrsError::NotASystem`] for text that is no WKT. What the WKT says is read when a
    /// [`Transform`](crate::Transform) is made.
    pub fn from_wkt(text: &str) -> Result<Self, CrsError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if !is_wkt(text) {
            return Err(CrsError::NotASystem {
                given: "text that is not WKT".to_owned(),
            });
        }
        local(Form::Wkt, text)
    }

    /// The EPSG code, where the system has one.
    pub const fn epsg(&self) -> Option<u32> {
        match self {
            Self::Lattice => Some(4490),
            Self::Equal(system) => Some(system.epsg()),
            Self::Epsg(code) => Some(*code),
            Self::Gcj02 | Self::Bd09 | Self::Local(_) => None,
        }
    }

    /// Whether its degrees are the lattice's degrees.
    pub const fn is_lattice_equal(&self) -> bool {
        matches!(self, Self::Lattice | Self::Equal(_))
    }

    /// The Gauss-Kruger zone it stands for, if its code is one of China's.
    pub fn gauss_kruger(&self) -> Option<GaussKruger> {
        match self {
            Self::Epsg(code) => GaussKruger::of(*code),
            _ => None,
        }
    }
}

/// `EPSG:n` (also as `urn:ogc:def:crs:EPSG::n` and `http://www.opengis.net/def/crs/EPSG/0/n`),
/// `OGC:CRS84` (also as URN and address), `wgs84`, `cgcs2000`, `gcj02`, `bd09` in any case, a PROJ
/// string that starts with `+`, or WKT.
///
/// A PROJ string is a system (`+proj=tmerc …`), or a pipeline (`+proj=pipeline +step …`) that leads
/// from longitude and latitude on CGCS2000 to the east and north of a city's own system, which is
/// how a rotation, a scale and two offsets can be given.
impl FromStr for Crs {
    type Err = CrsError;

    fn from_str(text: &str) -> Result<Self, CrsError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('+') {
            return if text.contains("+proj=pipeline") {
                local(Form::Pipeline, text)
            } else {
                local(Form::ProjString, text)
            };
        }
        if is_wkt(text) {
            return local(Form::Wkt, text);
        }
        let name = text.to_ascii_lowercase();
        match name.as_str() {
            "wgs84" | "wgs-84" | "crs84" => return Ok(Self::wgs84()),
            "cgcs2000" => return Ok(Self::Lattice),
            "gcj02" | "gcj-02" => return Ok(Self::Gcj02),
            "bd09" | "bd-09" => return Ok(Self::Bd09),
            _ => {}
        }
        authority_and_code(&name)
            .and_then(|(authority, code)| match (authority, code) {
                ("ogc", "crs84") => Some(Self::wgs84()),
                ("ogc", "crs83") => Some(Self::from_epsg(4269)),
                ("epsg", digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                    digits.parse().ok().map(Self::from_epsg)
                }
                _ => None,
            })
            .ok_or_else(|| CrsError::NotASystem { given: shown(text) })
    }
}

/// "EPSG:4527", "gcj02", "the PROJ string given".
impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gcj02 => f.write_str("gcj02"),
            Self::Bd09 => f.write_str("bd09"),
            Self::Local(definition) => definition.fmt(f),
            Self::Lattice => f.write_str("EPSG:4490"),
            Self::Equal(system) => write!(f, "EPSG:{}", system.epsg()),
            Self::Epsg(code) => write!(f, "EPSG:{code}"),
        }
    }
}

impl LocalDefinition {
    /// Whether it is a pipeline of PROJ: a way from the lattice's degrees to the system.
    pub(crate) const fn is_pipeline(&self) -> bool {
        matches!(self.form, Form::Pipeline)
    }

    /// The definition as PROJ takes it: for PROJ only, not for messages.
    pub(crate) fn for_proj(&self) -> String {
        match self.form {
            Form::ProjString if !self.text.contains("+type=crs") => {
                format!("{} +type=crs", self.text)
            }
            Form::ProjString | Form::Pipeline | Form::Wkt => self.text.clone(),
        }
    }
}

impl fmt::Display for LocalDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.form {
            Form::ProjString => "the PROJ string given",
            Form::Pipeline => "the PROJ pipeline given",
            Form::Wkt => "the WKT given",
        })
    }
}

impl fmt::Debug for LocalDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalDefinition")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

fn local(form: Form, text: &str) -> Result<Crs, CrsError> {
    let definition = LocalDefinition {
        form,
        text: text.to_owned(),
    };
    if names_grid_by_path(text) {
        return Err(CrsError::GridPath {
            system: definition.to_string(),
        });
    }
    Ok(Crs::Local(definition))
}

/// Authority and code of `epsg:n`, `urn:ogc:def:crs:epsg:[version]:n` and
/// `http(s)://www.opengis.net/def/crs/epsg/version/n`, in lower case.
fn authority_and_code(name: &str) -> Option<(&str, &str)> {
    if let Some(rest) = name
        .strip_prefix("urn:ogc:def:crs:")
        .or_else(|| name.strip_prefix("urn:x-ogc:def:crs:"))
    {
        let (authority, rest) = rest.split_once(':')?;
        let (_version, code) = rest.split_once(':')?;
        return Some((authority, code));
    }
    if let Some(rest) = name
        .strip_prefix("http://www.opengis.net/def/crs/")
        .or_else(|| name.strip_prefix("https://www.opengis.net/def/crs/"))
    {
        let (authority, rest) = rest.split_once('/')?;
        let (_version, code) = rest.split_once('/')?;
        return Some((authority, code));
    }
    name.split_once(':')
}

/// Whether the text starts like WKT: a keyword and an opening bracket.
fn is_wkt(text: &str) -> bool {
    text.find(['[', '(']).is_some_and(|at| {
        let keyword = text[..at].trim_end();
        keyword.len() >= 3
            && keyword
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Whether a definition asks PROJ to open a file outside its data directory: files bring
/// definitions with them, and reading what they please is not theirs to decide.
fn names_grid_by_path(text: &str) -> bool {
    const OPENS_FILES: [&str; 6] = [
        "grids",
        "parameterfile",
        "+file=",
        "+model=",
        "+init=",
        "+catalog=",
    ];
    let lower = text.to_ascii_lowercase();
    OPENS_FILES
        .iter()
        .filter_map(|word| lower.find(word))
        .min()
        .is_some_and(|at| lower[at..].contains(['/', '\\']))
}

/// The text for a message: short, and without anything that may be a parameter.
fn shown(text: &str) -> String {
    const LONG: usize = 60;
    if text.is_empty() {
        return "an empty text".to_owned();
    }
    if text.contains(['=', '[', '(', '+']) {
        return "the definition given".to_owned();
    }
    match text.char_indices().nth(LONG) {
        Some((cut, _)) => format!("\"{}…\"", text[..cut].escape_debug()),
        None => format!("\"{}\"", text.escape_debug()),
    }
}
