//! Which column of a file holds which field of a grid.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::{ExchangeError, Table};

/// A field of a grid that a file can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// Its code.
    Code,
    /// Its name.
    Name,
    /// Its name in Latin letters.
    NameEn,
    /// The code of its parent.
    Parent,
    /// Urban, rural, special or a word of the city's own.
    Kind,
    /// Households.
    Households,
    /// Inhabitants.
    Population,
    /// Its area as the file states it, square metres.
    AreaM2,
    /// A note.
    Note,
}

/// Columns chosen by a person: `code=WARD_ID,name=NAME`. Other fields are found by their own
/// names and those of the standards.
///
/// ```
/// use wangge_exchange::{Field, Mapping};
/// let mapping: Mapping = "code=WARD_ID, name=名称".parse()?;
/// assert_eq!(mapping.column(Field::Name), Some("名称"));
/// assert!("colour=RED".parse::<Mapping>().is_err());
/// # Ok::<(), wangge_exchange::ExchangeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<Field, String>,
}

impl Field {
    /// Every field, in the order messages list them.
    pub const ALL: [Self; 9] = [
        Self::Code,
        Self::Name,
        Self::NameEn,
        Self::Parent,
        Self::Kind,
        Self::Households,
        Self::Population,
        Self::AreaM2,
        Self::Note,
    ];

    /// Its name in `--map`, which is also the first column name that is looked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::NameEn => "name_en",
            Self::Parent => "parent",
            Self::Kind => "kind",
            Self::Households => "households",
            Self::Population => "population",
            Self::AreaM2 => "area_m2",
            Self::Note => "note",
        }
    }

    /// Column names that stand for it without being mapped, the preferred first: its own, and
    /// those of the data tables of GB/T 30428.2.
    pub const fn standard_columns(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["code", "BGID", "ObjID"],
            Self::Name => &["name", "ObjName"],
            Self::NameEn => &["name_en"],
            Self::Parent => &["parent"],
            Self::Kind => &["kind"],
            Self::Households => &["households"],
            Self::Population => &["population"],
            Self::AreaM2 => &["area_m2"],
            Self::Note => &["note"],
        }
    }
}

impl Mapping {
    /// Says which column holds a field.
    pub fn with(mut self, field: Field, column: impl Into<String>) -> Self {
        self.columns.insert(field, column.into());
        self
    }

    /// The column that a person chose for a field.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns.get(&field).map(String::as_str)
    }

    /// Where a field stands in a table; `None` when it is not there.
    ///
    /// # Errors
    /// [`ExchangeError::NoColumn`] when a chosen column is not there, or there several times.
    pub fn find(&self, field: Field, table: &Table) -> Result<Option<usize>, ExchangeError> {
        match self.column(field) {
            Some(chosen) => match table.column(chosen) {
                Some(place) => Ok(Some(place)),
                None => Err(ExchangeError::NoColumn {
                    file: table.source.clone(),
                    field: field.name(),
                    column: chosen.to_owned(),
                    columns: table.columns.clone(),
                }),
            },
            None => Ok(field
                .standard_columns()
                .iter()
                .find_map(|name| table.column(name))),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads `field=COLUMN,…`. A column name that holds a comma cannot be chosen this way.
impl FromStr for Mapping {
    type Err = ExchangeError;

    fn from_str(text: &str) -> Result<Self, ExchangeError> {
        let mut mapping = Self::default();
        for (name, column) in pairs(text)? {
            let field = Field::ALL
                .into_iter()
                .find(|field| field.name().eq_ignore_ascii_case(name))
                .ok_or_else(|| {
                    let known: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
                    let known = known.join(", ");
                    wrong(
                        text,
                        format!("\"{name}\" is not a field of a grid: use {known}"),
                    )
                })?;
            if mapping.columns.insert(field, column.to_owned()).is_some() {
                return Err(wrong(text, format!("{name} is given twice")));
            }
        }
        Ok(mapping)
    }
}

/// What `field=COLUMN,…` says, pair by pair, without the space around words.
pub(crate) fn pairs(text: &str) -> Result<Vec<(&str, &str)>, ExchangeError> {
    text.split(',')
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            let (field, column) = pair
                .split_once('=')
                .ok_or_else(|| wrong(text, format!("\"{pair}\" is not field=COLUMN")))?;
            let (field, column) = (field.trim(), column.trim());
            if column.is_empty() {
                return Err(wrong(text, format!("{field} has no column")));
            }
            Ok((field, column))
        })
        .collect()
}

/// Why `--map` is not understood.
pub(crate) fn wrong(text: &str, why: String) -> ExchangeError {
    ExchangeError::Mapping {
        text: text.to_owned(),
        why,
    }
}
