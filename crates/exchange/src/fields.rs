//! The fields of a grid in a row of a table.

use std::collections::BTreeMap;

use crate::{ExchangeError, Field, Mapping, Row, Table, Value};

/// What a row says of its grid, its geometry apart.
pub(crate) struct Fields {
    pub(crate) code: String,
    pub(crate) name: Option<String>,
    pub(crate) name_en: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) households: Option<u32>,
    pub(crate) population: Option<u32>,
    pub(crate) area_m2: Option<f64>,
    pub(crate) note: Option<String>,
    pub(crate) values: Vec<Value>,
    pub(crate) source_rows: Vec<u64>,
}

/// Where the fields stand.
pub(crate) struct Places {
    code: usize,
    others: BTreeMap<Field, usize>,
}

impl Places {
    pub(crate) fn of(table: &Table, mapping: &Mapping) -> Result<Self, ExchangeError> {
        let mut others = BTreeMap::new();
        for field in Field::ALL {
            if let Some(place) = mapping.find(field, table)? {
                others.insert(field, place);
            }
        }
        let code = others
            .remove(&Field::Code)
            .ok_or_else(|| ExchangeError::NoCodeColumn {
                file: table.source.clone(),
                columns: table.columns.clone(),
            })?;
        Ok(Self { code, others })
    }

    /// The fields of a row.
    ///
    /// # Errors
    /// Why it cannot become a grid, in words.
    pub(crate) fn fields(&self, row: &Row) -> Result<Fields, String> {
        let code = row
            .values
            .get(self.code)
            .and_then(Value::to_code_text)
            .ok_or("it has no code")?;
        Ok(Fields {
            code,
            name: self.text(row, Field::Name),
            name_en: self.text(row, Field::NameEn),
            parent: self.text(row, Field::Parent),
            kind: self.text(row, Field::Kind),
            households: self.count(row, Field::Households)?,
            population: self.count(row, Field::Population)?,
            area_m2: self.number(row, Field::AreaM2)?,
            note: self.text(row, Field::Note),
            values: row.values.clone(),
            source_rows: vec![row.number],
        })
    }

    fn text(&self, row: &Row, field: Field) -> Option<String> {
        let place = *self.others.get(&field)?;
        row.values.get(place)?.to_code_text()
    }

    fn number(&self, row: &Row, field: Field) -> Result<Option<f64>, String> {
        let Some(&place) = self.others.get(&field) else {
            return Ok(None);
        };
        let Some(value) = row.values.get(place) else {
            return Ok(None);
        };
        let Some(text) = value.to_code_text() else {
            return Ok(None);
        };
        match value.to_number() {
            Some(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
            _ => Err(format!(
                "its {field} \"{text}\" is not a number of 0 or more"
            )),
        }
    }

    fn count(&self, row: &Row, field: Field) -> Result<Option<u32>, String> {
        self.number(row, field)?
            .map(|number| {
                let whole = number.fract() == 0.0 && number <= f64::from(u32::MAX);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number of 0 to 2^32 - 1"
                )]
                let count = number as u32;
                whole
                    .then_some(count)
                    .ok_or_else(|| format!("its {field} {number} is not a whole number"))
            })
            .transpose()
    }
}
