//! The lists that people keep: each import is a new list, and takes the place of the one before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::{Type, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use wangge_model::{ListKind, ListRow};
use wangge_plane::Extent;

use crate::digest::ContentHash;
use crate::geometry::{decode_figure, encode_figure};
use crate::plans::stamp;
use crate::store::Change;
use crate::{Digest, SourceFile, Store, StoreError};

/// A list to take into a store.
#[derive(Debug, Clone)]
pub struct ImportList {
    /// What it is a list of.
    pub kind: ListKind,
    /// Its rows, by growing numbers.
    pub rows: Vec<ListRow>,
    /// The files that they come from.
    pub sources: Vec<SourceFile>,
}

/// What the import of a list did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedList {
    /// The list's number.
    pub id: i64,
    /// Rows taken in.
    pub rows: usize,
    /// Rows of the list before, whose place it takes; `None` for the first of its kind.
    pub before: Option<usize>,
}

/// The lists of a city at one moment; one that was never imported has no rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    rows: BTreeMap<ListKind, Vec<ListRow>>,
}

impl Lists {
    /// The rows of a list.
    pub fn rows(&self, kind: ListKind) -> &[ListRow] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The same lists with another one in the place of its kind.
    #[must_use]
    pub fn with(mut self, kind: ListKind, rows: Vec<ListRow>) -> Self {
        self.rows.insert(kind, rows);
        self
    }
}

/// A list as it is stored.
pub(crate) struct StoredList {
    pub(crate) id: i64,
    pub(crate) kind: ListKind,
    pub(crate) digest: Digest,
}

impl Store {
    /// The lists as they are now, as of one moment.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn lists(&self) -> Result<Lists, StoreError> {
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite("reading the lists"))?;
        self.read_lists(None)
    }

    /// Takes in a list, in the place of the one before, which is kept. The version of the plan in
    /// force goes up by a revision. Whether the rows are right is for [`wangge_model`] to say.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::DiskFull`] and the like; the store is then as it was.
    pub fn import_list(&mut self, import: &ImportList) -> Result<ImportedList, StoreError> {
        self.change("importing a list", |change| change.import_list(import))
    }

    /// The lists of a time, or those of now, inside a transaction of the caller's.
    pub(crate) fn read_lists(&self, at: Option<Timestamp>) -> Result<Lists, StoreError> {
        let read = || -> rusqlite::Result<Lists> {
            let mut lists = Lists::default();
            for kind in ListKind::ALL {
                if let Some(last) = last(&self.connection, kind, at)? {
                    let rows = rows(&self.connection, kind, last)?;
                    lists.rows.insert(kind, rows);
                }
            }
            Ok(lists)
        };
        read().map_err(self.sqlite("reading the lists"))
    }

    /// Every list there is, and the digest that it was written with.
    pub(crate) fn stored_lists(&self) -> rusqlite::Result<Vec<StoredList>> {
        let mut lists = Vec::new();
        for kind in ListKind::ALL {
            let register = register(kind);
            if !has(&self.connection, register)? {
                continue;
            }
            let mut find = self.connection.prepare(&format!(
                "SELECT id, sha256 FROM {register} WHERE kind = ?1 ORDER BY id"
            ))?;
            let found = find.query_map([kind.as_str()], |row| {
                Ok(StoredList {
                    id: row.get(0)?,
                    kind,
                    digest: Digest::from_bytes(row.get(1)?),
                })
            })?;
            for list in found {
                lists.push(list?);
            }
        }
        Ok(lists)
    }

    /// The digest of what a list holds.
    pub(crate) fn list_digest(&self, list: &StoredList) -> rusqlite::Result<Digest> {
        let rows = rows(&self.connection, list.kind, list.id)?;
        Ok(digest_of(list.kind, &rows))
    }
}

impl Change<'_> {
    fn import_list(&self, import: &ImportList) -> Result<ImportedList, StoreError> {
        let kind = import.kind;
        let register = register(kind);
        let before = last(self.transaction, kind, None).map_err(|error| self.sqlite(&error))?;
        let before = before
            .map(|id| {
                self.transaction
                    .query_row(
                        &format!("SELECT rows FROM {register} WHERE id = ?1"),
                        [id],
                        |row| row.get::<_, usize>(0),
                    )
                    .map_err(|error| self.sqlite(&error))
            })
            .transpose()?;
        let files: Vec<String> = import
            .sources
            .iter()
            .map(|file| format!("{} {}", file.sha256(), file.name()))
            .collect();
        let now = Timestamp::now();
        self.run(
            &format!(
                "INSERT INTO {register} (kind, at, rows, sha256, files)
                 VALUES (?1, ?2, ?3, ?4, ?5)"
            ),
            params![
                kind.as_str(),
                stamp(now),
                import.rows.len(),
                digest_of(kind, &import.rows).as_bytes(),
                files.join("\n"),
            ],
        )?;
        let id = self.transaction.last_insert_rowid();
        let columns = kind.columns();
        let written = stored_columns(kind);
        let places: Vec<String> = (3..written.len() + 3).map(|at| format!("?{at}")).collect();
        let statement = format!(
            "INSERT INTO {kind} (list, row, {}) VALUES (?1, ?2, {})",
            written.join(", "),
            places.join(", ")
        );
        let mut reach: Option<Extent> = None;
        for row in &import.rows {
            let number = i64::try_from(row.number).unwrap_or(i64::MAX);
            let cells = columns.iter().map(|column| match row.get(column) {
                Some(cell) => Value::Text(cell.to_owned()),
                None => Value::Null,
            });
            let place = kind.drawn().map(|_| match &row.place {
                Some(place) => Value::Blob(encode_figure(place)),
                None => Value::Null,
            });
            if let Some(place) = &row.place {
                let extent = place.extent();
                reach = Some(reach.map_or(extent, |reach| reach.union(extent)));
            }
            let values = [Value::Integer(id), Value::Integer(number)];
            let values = values.into_iter().chain(cells).chain(place);
            self.run(&statement, params_from_iter(values))?;
        }
        let files: Vec<&str> = import.sources.iter().map(SourceFile::name).collect();
        let detail = serde_json::json!({
            "list": kind.as_str(), "rows": import.rows.len(), "files": files,
        });
        self.count_revision(now, "list-imported", detail)?;
        self.touch_layers(reach)?;
        Ok(ImportedList {
            id,
            rows: import.rows.len(),
            before,
        })
    }
}

/// The digest of a list's cells.
fn digest_of(kind: ListKind, rows: &[ListRow]) -> Digest {
    let mut hash = ContentHash::of_list(kind);
    for row in rows {
        hash.row(kind, row);
    }
    hash.finish()
}

/// The table that lists of a kind are written down in.
const fn register(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Classes
        | ListKind::Departments
        | ListKind::Rules
        | ListKind::Posts
        | ListKind::Borders => "lists",
        _ => "layers",
    }
}

/// The columns of a list's table behind `list` and `row`, as SQL names them.
fn stored_columns(kind: ListKind) -> Vec<String> {
    let columns = kind.columns().iter();
    let geom = kind.drawn().map(|_| "geom".to_owned());
    columns
        .map(|column| format!("\"{column}\""))
        .chain(geom)
        .collect()
}

/// Whether the store has this table, which one of an earlier form that is only read has not.
pub(crate) fn has(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    connection
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
        .exists([table])
}

/// The list of a kind that counted at a time, or counts now.
fn last(
    connection: &Connection,
    kind: ListKind,
    at: Option<Timestamp>,
) -> rusqlite::Result<Option<i64>> {
    let register = register(kind);
    if !has(connection, register)? {
        return Ok(None);
    }
    connection
        .query_row(
            &format!(
                "SELECT id FROM {register} WHERE kind = ?1 AND (?2 IS NULL OR at <= ?2)
                 ORDER BY id DESC LIMIT 1"
            ),
            params![kind.as_str(), at.map(stamp)],
            |row| row.get(0),
        )
        .optional()
}

fn rows(connection: &Connection, kind: ListKind, list: i64) -> rusqlite::Result<Vec<ListRow>> {
    let columns = kind.columns();
    let mut find = connection.prepare(&format!(
        "SELECT * FROM {kind} WHERE list = ?1 ORDER BY row"
    ))?;
    // a store of an earlier form that is only read may lack a column
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        if let Ok(at) = find.column_index(column) {
            places.push((*column, at));
        }
    }
    let number_at = find.column_index("row")?;
    let geom_at = kind
        .drawn()
        .map(|_| find.column_index("geom"))
        .transpose()?;
    let found = find.query_map([list], |row| {
        let number: i64 = row.get(number_at)?;
        let mut cells = Vec::with_capacity(columns.len());
        for &(column, at) in &places {
            if let Some(cell) = row.get::<_, Option<String>>(at)? {
                cells.push((column, cell));
            }
        }
        let place = match geom_at {
            None => None,
            Some(at) => match row.get_ref(at)? {
                ValueRef::Blob(bytes) => Some(decode_figure(bytes).map_err(|fault| {
                    rusqlite::Error::FromSqlConversionFailure(at, Type::Blob, Box::new(fault))
                })?),
                _ => None,
            },
        };
        Ok(ListRow::new(number.unsigned_abs(), cells).at(place))
    })?;
    found.collect()
}
