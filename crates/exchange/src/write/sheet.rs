//! Lists out: CSV that spreadsheets open rightly, and workbooks.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::WriteResult;
use crate::{ExchangeError, Value};

/// A list to write: one table without places.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name, as a workbook shows it.
    pub name: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, each with a value for every column.
    pub rows: Vec<Vec<Value>>,
}

impl Sheet {
    /// A list with these columns and no row.
    pub fn new(name: &str, columns: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            columns: columns.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Writes the list: a workbook to a path that ends in `.xlsx`, else CSV in UTF-8 with a byte
    /// order mark. Text that a spreadsheet would take for a formula is marked as text in CSV by an
    /// apostrophe; in a workbook it is text.
    ///
    /// # Errors
    /// [`ExchangeError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ExchangeError> {
        let is_workbook = path
            .extension()
            .is_some_and(|extension| extension == "xlsx");
        let written = if is_workbook {
            self.write_workbook(path).map_err(Into::into)
        } else {
            self.write_csv(path)
        };
        written.map_err(|source| ExchangeError::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// The list as CSV, as [`Sheet::write`] writes it.
    ///
    /// # Errors
    /// [`ExchangeError::Write`].
    pub fn to_csv(&self) -> Result<Vec<u8>, ExchangeError> {
        let mut bytes = Vec::new();
        self.put_csv(&mut bytes)
            .map_err(|source| ExchangeError::Write {
                path: PathBuf::from(&self.name).with_extension("csv"),
                source,
            })?;
        Ok(bytes)
    }

    fn write_csv(&self, path: &Path) -> WriteResult {
        let mut out = BufWriter::new(File::create(path)?);
        self.put_csv(&mut out)?;
        out.flush()?;
        Ok(())
    }

    fn put_csv(&self, mut out: impl Write) -> WriteResult {
        out.write_all("\u{feff}".as_bytes())?;
        let mut rows = ::csv::Writer::from_writer(out);
        rows.write_record(&self.columns)?;
        for row in &self.rows {
            rows.write_record(row.iter().map(cell))?;
        }
        rows.flush()?;
        Ok(())
    }

    fn write_workbook(&self, path: &Path) -> Result<(), XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(&self.name)?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, name) in (0u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, name, &bold)?;
        }
        for (number, row) in (1u32..).zip(&self.rows) {
            for (column, value) in (0u16..).zip(row) {
                match value {
                    Value::Null => {}
                    Value::Text(text) => {
                        sheet.write_string(number, column, text)?;
                    }
                    // a workbook has no whole numbers, and would round long ones
                    Value::Integer(whole) => match i32::try_from(*whole) {
                        Ok(small) => drop(sheet.write_number(number, column, small)?),
                        Err(_) => drop(sheet.write_string(number, column, whole.to_string())?),
                    },
                    Value::Real(real) => {
                        sheet.write_number(number, column, *real)?;
                    }
                    Value::Bool(truth) => {
                        sheet.write_boolean(number, column, *truth)?;
                    }
                }
            }
        }
        book.save(path)
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new("codes", &["old", "name", "n"]);
        let text = |text: &str| Value::Text(text.to_owned());
        sheet.rows = vec![
            vec![
                text("211403001002014"),
                text("龙港, \"东\""),
                Value::Integer(3),
            ],
            vec![Value::Null, text("=cmd()"), Value::Real(-1.5)],
        ];
        sheet
    }

    #[test]
    fn a_list_opens_in_a_spreadsheet_with_its_codes_and_without_formulas() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.csv");
        sheet().write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "\u{feff}old,name,n\n211403001002014,\"龙港, \"\"东\"\"\",3\n,'=cmd(),-1.5\n"
        );
    }

    #[test]
    fn a_workbook_holds_codes_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.xlsx");
        sheet().write(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let file = archive.by_name(name).unwrap();
            std::io::read_to_string(file).unwrap()
        };
        let strings = read("xl/sharedStrings.xml");
        assert!(strings.contains("<t>211403001002014</t>") && strings.contains("<t>=cmd()</t>"));
        let cells = read("xl/worksheets/sheet1.xml");
        assert!(cells.contains("<v>-1.5</v>") && !cells.contains("<f>"));
    }
}
