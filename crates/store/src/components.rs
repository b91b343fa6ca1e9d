//! City components (部件): imported by code, every version of each kept.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use wangge_model::{Component, ComponentRules, ListRow};

use crate::contents::{RowError, damaged};
use crate::digest::ContentHash;
use crate::geometry::{decode_figure, encode_figure};
use crate::lists::has;
use crate::plans::stamp;
use crate::store::Change;
use crate::{Digest, SourceFile, Store, StoreError};

/// Components to take into a store.
#[derive(Debug, Clone)]
pub struct ImportComponents<'a> {
    /// The components, of different codes, in any order.
    pub components: Vec<Component>,
    /// Whether they are all there are: those of the store that are not among them end.
    pub complete: bool,
    /// The files that they come from.
    pub sources: Vec<SourceFile>,
    /// What a person was told of the files, as JSON.
    pub report_json: &'a str,
}

/// What an import of components did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedComponents {
    /// Components of codes that the store had not.
    pub added: usize,
    /// Components that were others before.
    pub changed: usize,
    /// Components that were there as they are.
    pub unchanged: usize,
    /// Components that were not in the files, which were said to be complete.
    pub ended: usize,
}

/// A component as it was for some time.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentVersion {
    /// The component.
    pub component: Component,
    /// When it was imported.
    pub since: Timestamp,
    /// When another import changed or ended it.
    pub until: Option<Timestamp>,
}

/// An import of components as it is stored.
pub(crate) struct StoredImport {
    pub(crate) id: i64,
    pub(crate) digest: Digest,
}

impl Store {
    /// Takes in components: a code that the store has already gets a new version where anything
    /// of it differs, and the one before is kept. The version of the plan in force goes up by a
    /// revision. Whether the components are right is for others to say.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::DiskFull`] and the like; the store is then as it was.
    pub fn import_components(
        &mut self,
        mut import: ImportComponents<'_>,
    ) -> Result<ImportedComponents, StoreError> {
        import.components.sort_by(|a, b| a.code.cmp(&b.code));
        self.change("importing components", |change| {
            change.import_components(&import)
        })
    }

    /// The components as they are now, by code.
    ///
    /// # Errors
    /// [`StoreError::Row`] for one that this program did not write; [`StoreError::Locked`].
    pub fn components(&self) -> Result<Vec<Component>, StoreError> {
        let mut components = Vec::new();
        if self.has_components()? {
            let statement = format!("{SELECT} WHERE until IS NULL ORDER BY code");
            self.each_version(&statement, [], |component, _| components.push(component))?;
        }
        Ok(components)
    }

    /// The components of a time, or those of now, by code.
    pub(crate) fn components_at(
        &self,
        at: Option<Timestamp>,
    ) -> Result<Vec<Component>, StoreError> {
        let Some(at) = at else {
            return self.components();
        };
        let mut components = Vec::new();
        if self.has_components()? {
            let import: Option<i64> = self
                .connection
                .query_row(
                    "SELECT max(id) FROM component_imports WHERE at <= ?1",
                    [stamp(at)],
                    |row| row.get(0),
                )
                .map_err(self.sqlite(READING))?;
            let statement = format!(
                "{SELECT} WHERE since <= ?1 AND (until IS NULL OR until > ?1) ORDER BY code"
            );
            self.each_version(&statement, [import], |component, _| {
                components.push(component);
            })?;
        }
        Ok(components)
    }

    /// Every version of one component, the first one first; none for a code that there never was.
    ///
    /// # Errors
    /// As [`Store::components`].
    pub fn component_history(&self, code: &str) -> Result<Vec<ComponentVersion>, StoreError> {
        let mut versions = Vec::new();
        if self.has_components()? {
            let statement = format!("{SELECT} WHERE code = ?1 ORDER BY since");
            self.each_version(&statement, [code], |component, (since, until)| {
                versions.push((component, since, until));
            })?;
        }
        let at = |id: i64| self.component_import_time(id);
        versions
            .into_iter()
            .map(|(component, since, until)| {
                Ok(ComponentVersion {
                    component,
                    since: at(since)?,
                    until: until.map(at).transpose()?,
                })
            })
            .collect()
    }

    /// Every import of components there is, and the digest of what it wrote.
    pub(crate) fn stored_component_imports(&self) -> rusqlite::Result<Vec<StoredImport>> {
        if !has(&self.connection, "component_imports")? {
            return Ok(Vec::new());
        }
        let mut find = self
            .connection
            .prepare("SELECT id, sha256 FROM component_imports ORDER BY id")?;
        let found = find.query_map([], |row| {
            Ok(StoredImport {
                id: row.get(0)?,
                digest: Digest::from_bytes(row.get(1)?),
            })
        })?;
        found.collect()
    }

    /// The digest of the versions that an import wrote.
    pub(crate) fn component_import_digest(&self, import: i64) -> rusqlite::Result<Digest> {
        let mut hash = ContentHash::of_components();
        let mut find = self
            .connection
            .prepare(&format!("{SELECT} WHERE since = ?1 ORDER BY code"))?;
        let mut rows = find.query([import])?;
        while let Some(row) = rows.next()? {
            let mut cells = Vec::with_capacity(Component::COLUMNS.len());
            for at in 0..Component::COLUMNS.len() {
                cells.push(text(row, at)?);
            }
            hash.component(cells, row.get_ref(GEOM)?.as_blob().unwrap_or_default());
        }
        Ok(hash.finish())
    }

    fn has_components(&self) -> Result<bool, StoreError> {
        has(&self.connection, "components").map_err(self.sqlite(READING))
    }

    fn each_version(
        &self,
        statement: &str,
        params: impl rusqlite::Params,
        mut each: impl FnMut(Component, (i64, Option<i64>)),
    ) -> Result<(), StoreError> {
        let read = || -> Result<(), RowError> {
            let mut find = self.connection.prepare_cached(statement)?;
            let mut rows = find.query(params)?;
            while let Some(row) = rows.next()? {
                let component = component(row).map_err(|what| {
                    let fid = row.get(FID).unwrap_or_default();
                    damaged(&self.path, "components", fid, what)
                })?;
                each(component, (row.get(SINCE)?, row.get(UNTIL)?));
            }
            Ok(())
        };
        read().map_err(|error| error.into_store(self.sqlite(READING)))
    }

    fn component_import_time(&self, id: i64) -> Result<Timestamp, StoreError> {
        self.connection
            .query_row(
                "SELECT at FROM component_imports WHERE id = ?1",
                [id],
                |row| {
                    let text: String = row.get(0)?;
                    text.parse().map_err(|error: jiff::Error| {
                        rusqlite::Error::FromSqlConversionFailure(
                            0,
                            rusqlite::types::Type::Text,
                            Box::new(error),
                        )
                    })
                },
            )
            .map_err(self.sqlite(READING))
    }
}

const READING: &str = "reading the components";

/// What a version is read by: the columns of a component, and then these.
const SELECT: &str = "SELECT code, class, name, state, dept_in_charge, dept_owner,
  dept_maintainer, grid, surveyed, changed, accuracy_m, source, note, geom, since, until, fid
FROM components";
const GEOM: usize = 13;
const SINCE: usize = 14;
const UNTIL: usize = 15;
const FID: usize = 16;

const INSERT: &str = "INSERT INTO components (code, class, name, state, dept_in_charge, dept_owner,
  dept_maintainer, grid, surveyed, changed, accuracy_m, source, note, geom, since)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

impl Change<'_> {
    fn import_components(
        &self,
        import: &ImportComponents<'_>,
    ) -> Result<ImportedComponents, StoreError> {
        let mut done = ImportedComponents::default();
        let mut hash = ContentHash::of_components();
        let now = Timestamp::now();
        let id = self.next_component_import()?;
        let mut written: Vec<(Option<i64>, &Component, Vec<u8>)> = Vec::new();
        for component in &import.components {
            let geom = encode_figure(&component.figure);
            let cells = cells_of(component);
            let before = self.current(component, &cells, &geom)?;
            match before {
                Before::Same => done.unchanged += 1,
                Before::Other(fid) => {
                    done.changed += 1;
                    written.push((Some(fid), component, geom));
                }
                Before::Nothing => {
                    done.added += 1;
                    written.push((None, component, geom));
                }
            }
        }
        let ended = if import.complete {
            self.not_among(&import.components)?
        } else {
            Vec::new()
        };
        done.ended = ended.len();
        for (_, component, geom) in &written {
            let cells = cells_of(component);
            hash.component(cells.iter().map(Option::as_deref), geom);
        }
        let files: Vec<String> = import
            .sources
            .iter()
            .map(|file| format!("{} {}", file.sha256(), file.name()))
            .collect();
        self.run(
            "INSERT INTO component_imports (id, at, rows, added, changed, ended, sha256, files,
               report) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id,
                stamp(now),
                import.components.len(),
                done.added,
                done.changed,
                done.ended,
                hash.finish().as_bytes(),
                files.join("\n"),
                import.report_json,
            ],
        )?;
        let over = ended
            .into_iter()
            .chain(written.iter().filter_map(|(fid, ..)| *fid));
        for fid in over {
            self.run("UPDATE components SET until = ?1 WHERE fid = ?2", [id, fid])?;
        }
        let mut reach: Option<wangge_plane::Extent> = None;
        for (_, component, geom) in written {
            let extent = component.figure.extent();
            reach = Some(reach.map_or(extent, |reach| reach.union(extent)));
            let cells = cells_of(component).into_iter().map(|cell| match cell {
                Some(cell) => rusqlite::types::Value::Text(cell),
                None => rusqlite::types::Value::Null,
            });
            let rest = [
                rusqlite::types::Value::Blob(geom),
                rusqlite::types::Value::Integer(id),
            ];
            self.run(INSERT, params_from_iter(cells.chain(rest)))?;
        }
        if done.added + done.changed + done.ended > 0 {
            let files: Vec<&str> = import.sources.iter().map(SourceFile::name).collect();
            let detail = serde_json::json!({
                "added": done.added, "changed": done.changed, "ended": done.ended, "files": files,
            });
            self.count_revision(now, "components-imported", detail)?;
        }
        self.touch_layers(reach)?;
        Ok(done)
    }

    fn next_component_import(&self) -> Result<i64, StoreError> {
        self.transaction
            .query_row(
                "SELECT ifnull(max(id), 0) + 1 FROM component_imports",
                [],
                |row| row.get(0),
            )
            .map_err(|error| self.sqlite(&error))
    }

    /// What the store has of a component's code now.
    fn current(
        &self,
        component: &Component,
        cells: &[Option<String>],
        geom: &[u8],
    ) -> Result<Before, StoreError> {
        let find = || -> rusqlite::Result<Before> {
            let mut find = self
                .transaction
                .prepare_cached(&format!("{SELECT} WHERE code = ?1 AND until IS NULL"))?;
            let found = find
                .query_row([component.code.as_str()], |row| {
                    let mut same = row.get_ref(GEOM)?.as_blob().ok() == Some(geom);
                    for (at, cell) in cells.iter().enumerate() {
                        same &= text(row, at)? == cell.as_deref();
                    }
                    let fid = row.get(FID)?;
                    Ok(if same {
                        Before::Same
                    } else {
                        Before::Other(fid)
                    })
                })
                .optional()?;
            Ok(found.unwrap_or(Before::Nothing))
        };
        find().map_err(|error| self.sqlite(&error))
    }

    /// The components of the store of whose codes none is among these, which are in order.
    fn not_among(&self, components: &[Component]) -> Result<Vec<i64>, StoreError> {
        let codes: BTreeSet<&str> = components.iter().map(|c| c.code.as_str()).collect();
        let find = || -> rusqlite::Result<Vec<i64>> {
            let mut find = self
                .transaction
                .prepare("SELECT fid, code FROM components WHERE until IS NULL")?;
            let mut rows = find.query([])?;
            let mut missing = Vec::new();
            while let Some(row) = rows.next()? {
                let code: String = row.get(1)?;
                if !codes.contains(code.as_str()) {
                    missing.push(row.get(0)?);
                }
            }
            Ok(missing)
        };
        find().map_err(|error| self.sqlite(&error))
    }
}

/// What there was of a code.
enum Before {
    Nothing,
    Same,
    Other(i64),
}

fn cells_of(component: &Component) -> Vec<Option<String>> {
    let columns = Component::COLUMNS.iter();
    columns.map(|column| component.cell(column)).collect()
}

fn text<'a>(row: &'a Row<'_>, at: usize) -> rusqlite::Result<Option<&'a str>> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => None,
        other => Some(other.as_str()?),
    })
}

/// The component of a row of [`SELECT`].
fn component(row: &Row<'_>) -> Result<Component, String> {
    let mut cells = Vec::with_capacity(Component::COLUMNS.len());
    for (at, column) in Component::COLUMNS.iter().enumerate() {
        let cell = text(row, at).map_err(|_| format!("its {column} is of the wrong type"))?;
        cells.extend(cell.map(|cell| (*column, cell)));
    }
    let bytes = row.get_ref(GEOM).map_err(|error| error.to_string())?;
    let bytes = bytes
        .as_blob()
        .map_err(|_| "its geometry is of the wrong type".to_owned())?;
    let figure = decode_figure(bytes).map_err(|fault| fault.to_string())?;
    let row = ListRow::new(0, cells).at(Some(figure));
    let mut faults = Vec::new();
    match Component::read(&row, &ComponentRules::default(), &mut faults) {
        Some(component) if faults.is_empty() => Ok(component),
        _ => Err(faults.first().map_or_else(String::new, ToString::to_string)),
    }
}
