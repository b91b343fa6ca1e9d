//! The rows of a table as rows of a list that people keep.

use std::collections::BTreeMap;
use std::str::FromStr;

use wangge_model::{Component, ListKind, ListRow};

use crate::mapping::{pairs, wrong};
use crate::{ExchangeError, Row, Table, Value};

/// Columns of a list chosen by a person: `code=部门代码,name=部门名称`. Other columns are found by
/// their own names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListColumns {
    chosen: BTreeMap<String, String>,
}

/// What the columns of a list are called.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// What it is a list of.
    pub list: &'static str,
    /// Its own names.
    pub names: &'static [&'static str],
    /// Those that a file must have.
    pub required: &'static [&'static str],
    /// For each name, another one that stands for it without being mapped; none need be there.
    pub standard: &'static [Option<&'static str>],
}

/// Where the columns of a list stand in a table.
pub(crate) struct Places(Vec<(&'static str, usize)>);

/// Every row of a table that is not empty. Columns that the list does not have are passed over.
///
/// # Errors
/// [`ExchangeError::NoListColumn`] when a column that the list needs is missing,
/// [`ExchangeError::NoColumn`] when a chosen one is, and [`ExchangeError::NoListField`] when a column
/// was chosen for something that the list does not have.
pub fn list_rows(
    table: &Table,
    kind: ListKind,
    columns: &ListColumns,
) -> Result<Vec<ListRow>, ExchangeError> {
    let places = Columns::of(kind).places(table, columns)?;
    let rows = table.rows.iter().map(|row| places.row(row));
    Ok(rows.filter(|row| !row.is_empty()).collect())
}

impl Columns {
    /// Those of a list.
    pub const fn of(kind: ListKind) -> Self {
        Self {
            list: kind.as_str(),
            names: kind.columns(),
            required: kind.required(),
            standard: &[],
        }
    }

    /// Those of components.
    pub const fn of_components() -> Self {
        Self {
            list: "components",
            names: Component::COLUMNS,
            required: &["code"],
            standard: Component::STANDARD_COLUMNS,
        }
    }

    /// Where they stand in a table.
    pub(crate) fn places(
        &self,
        table: &Table,
        columns: &ListColumns,
    ) -> Result<Places, ExchangeError> {
        if let Some(field) = columns
            .chosen
            .keys()
            .find(|field| !self.names.contains(&field.as_str()))
        {
            return Err(ExchangeError::NoListField {
                field: field.clone(),
                list: self.list,
                known: self.names,
            });
        }
        let mut places: Vec<(&'static str, usize)> = Vec::new();
        for (at, &column) in self.names.iter().enumerate() {
            let chosen = columns.chosen.get(column);
            let own = || table.column(column);
            let standard = || table.column(self.standard.get(at).copied().flatten()?);
            let place = match chosen {
                Some(chosen) => table.column(chosen),
                None => own().or_else(standard),
            };
            match (place, chosen) {
                (Some(place), _) => places.push((column, place)),
                (None, Some(chosen)) => {
                    return Err(ExchangeError::NoColumn {
                        file: table.source.clone(),
                        field: column,
                        column: chosen.clone(),
                        columns: table.columns.clone(),
                    });
                }
                (None, None) if self.required.contains(&column) => {
                    return Err(ExchangeError::NoListColumn {
                        file: table.source.clone(),
                        list: self.list,
                        column,
                        columns: table.columns.clone(),
                    });
                }
                (None, None) => {}
            }
        }
        Ok(Places(places))
    }
}

impl Places {
    /// The columns that the table has.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        self.0.iter().map(|(column, _)| *column).collect()
    }

    pub(crate) fn row(&self, row: &Row) -> ListRow {
        let cells = self.0.iter().filter_map(|&(column, place)| {
            let text = row.values.get(place).and_then(Value::to_code_text)?;
            Some((column, text))
        });
        ListRow::new(row.number, cells)
    }
}

/// Reads `column=COLUMN,…`. A column name that holds a comma cannot be chosen this way.
impl FromStr for ListColumns {
    type Err = ExchangeError;

    fn from_str(text: &str) -> Result<Self, ExchangeError> {
        let mut chosen = BTreeMap::new();
        for (field, column) in pairs(text)? {
            let field = field.to_ascii_lowercase();
            if chosen.contains_key(&field) {
                return Err(wrong(text, format!("{field} is given twice")));
            }
            chosen.insert(field, column.to_owned());
        }
        Ok(Self { chosen })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn columns_are_chosen_by_fields_in_any_case() {
        let columns: ListColumns = "Code=部门代码, name = 部门名称,".parse().unwrap();
        let chosen: Vec<(&str, &str)> = columns
            .chosen
            .iter()
            .map(|(field, column)| (field.as_str(), column.as_str()))
            .collect();
        assert_eq!(chosen, [("code", "部门代码"), ("name", "部门名称")]);
    }

    #[rstest]
    #[case("code", "\"code\" is not field=COLUMN")]
    #[case("code=", "code has no column")]
    #[case("code=A,CODE=B", "code is given twice")]
    fn what_is_no_choice_is_refused_with_the_reason(#[case] text: &str, #[case] why: &str) {
        let refused = text.parse::<ListColumns>().unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
