//! The rows of a table as rows of a list that people keep.

use std::collections::BTreeMap;
use std::str::FromStr;

use wangge_model::{ListKind, ListRow};

use crate::mapping::{pairs, wrong};
use crate::{ExchangeError, Table, Value};

/// Columns of a list chosen by a person: `code=部门代码,name=部门名称`. Other columns are found by
/// their own names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListColumns {
    chosen: BTreeMap<String, String>,
}

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
    if let Some(field) = columns
        .chosen
        .keys()
        .find(|field| !kind.columns().contains(&field.as_str()))
    {
        return Err(ExchangeError::NoListField {
            field: field.clone(),
            list: kind.as_str(),
            known: kind.columns(),
        });
    }
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    for &column in kind.columns() {
        let chosen = columns.chosen.get(column);
        let place = table.column(chosen.map_or(column, String::as_str));
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
            (None, None) if kind.required().contains(&column) => {
                return Err(ExchangeError::NoListColumn {
                    file: table.source.clone(),
                    list: kind.as_str(),
                    column,
                    columns: table.columns.clone(),
                });
            }
            (None, None) => {}
        }
    }
    let rows = table.rows.iter().map(|row| {
        let cells = places.iter().filter_map(|&(column, place)| {
            let text = row.values.get(place).and_then(Value::to_code_text)?;
            Some((column, text))
        });
        ListRow::new(row.number, cells)
    });
    Ok(rows.filter(|row| !row.is_empty()).collect())
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
