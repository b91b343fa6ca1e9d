//! Is the store whole: SQLite's own check, the guards, and every digest worked out again.

use std::fmt;

use rusqlite::OptionalExtension;
use wangge_model::ListKind;

use crate::contents::{RowError, content_digest};
use crate::{Digest, Store, StoreError, geometry, schema};

/// Something that is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// SQLite finds the file damaged, or a row refers to one that is not there.
    File {
        /// What SQLite says.
        message: String,
    },
    /// A table, view or guard is missing, or is not as this program made it.
    Schema {
        /// Its name.
        name: &'static str,
        /// Whether there is one of this name.
        present: bool,
    },
    /// A layer is not registered where QGIS and GDAL look for it.
    Unregistered {
        /// The layer.
        layer: &'static str,
    },
    /// The stored scheme is not the one that the store was made for.
    Scheme {
        /// The digest written down.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// A shape's bytes do not have the digest that they are known by.
    ShapeDigest {
        /// The row of table `shapes`.
        shape: i64,
        /// The digest written down.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// A shape cannot be read.
    Shape {
        /// The row of table `shapes`.
        shape: i64,
        /// What is wrong with it.
        what: String,
    },
    /// A checked or published plan does not hold what was checked or published.
    PlanContents {
        /// The plan.
        plan: String,
        /// The digest written down.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// A list does not hold what was imported.
    List {
        /// `rules`, `posts`, and so on.
        kind: ListKind,
        /// Its number.
        list: i64,
        /// The digest written down.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// A list has a row that cannot be read.
    Unreadable {
        /// `overlays`, `streets`, and so on.
        table: &'static str,
        /// The list's number.
        list: i64,
        /// What is wrong with it.
        what: String,
    },
    /// The components of an import are not those that it wrote.
    Components {
        /// The import's number.
        import: i64,
        /// The digest written down.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// The log was changed.
    Log {
        /// The first line that is not as it was written, or does not follow the one before.
        line: i64,
    },
    /// A plan's units cannot be read.
    Plan {
        /// The plan.
        plan: String,
        /// What is wrong with it.
        what: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { message } => write!(f, "the file is damaged: {message}"),
            Self::Schema {
                name,
                present: true,
            } => write!(f, "\"{name}\" is not as it was made"),
            Self::Schema {
                name,
                present: false,
            } => write!(f, "\"{name}\" is missing"),
            Self::Unregistered { layer } => {
                write!(f, "the layer \"{layer}\" is not in gpkg_contents")
            }
            Self::Scheme { expected, found } => write!(
                f,
                "the scheme was changed: its digest should be {expected} and is {found}"
            ),
            Self::ShapeDigest {
                shape,
                expected,
                found,
            } => write!(
                f,
                "shape {shape} was changed: its digest should be {expected} and is {found}"
            ),
            Self::Shape { shape, what } => write!(f, "shape {shape} cannot be read: {what}"),
            Self::PlanContents {
                plan,
                expected,
                found,
            } => write!(
                f,
                "plan \"{plan}\" was changed after it was checked: its digest should be \
                 {expected} and is {found}"
            ),
            Self::List {
                kind,
                list,
                expected,
                found,
            } => write!(
                f,
                "list {list} of {kind} was changed after it was imported: its digest should be \
                 {expected} and is {found}"
            ),
            Self::Unreadable { table, list, what } => {
                write!(f, "import {list} of {table} cannot be read: {what}")
            }
            Self::Components {
                import,
                expected,
                found,
            } => write!(
                f,
                "what import {import} wrote of components was changed: its digest should be \
                 {expected} and is {found}"
            ),
            Self::Log { line } => write!(
                f,
                "the log was changed: line {line} is not as it was written, or lines before it \
                 are missing"
            ),
            Self::Plan { plan, what } => write!(f, "plan \"{plan}\" cannot be read: {what}"),
        }
    }
}

impl Store {
    /// Everything that is wrong with the store, nothing when it is whole. Reads all of it.
    ///
    /// # Errors
    /// Only when the store cannot be read at all: [`StoreError::Locked`] and the like.
    pub fn check(&self) -> Result<Vec<Fault>, StoreError> {
        const DOING: &str = "checking the store";
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite(DOING))?;
        let mut faults = Vec::new();
        let steps = [
            Self::check_file,
            Self::check_schema,
            Self::check_scheme,
            Self::check_shapes,
            Self::check_lists,
            Self::check_components,
            Self::check_log,
        ];
        for step in steps {
            step(self, &mut faults).map_err(self.sqlite(DOING))?;
        }
        self.check_plans(&mut faults)?;
        Ok(faults)
    }

    fn check_file(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        let mut integrity = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = integrity.query_map([], |row| row.get::<_, String>(0))?;
        for line in lines {
            let message = line?;
            if message != "ok" {
                faults.push(Fault::File { message });
            }
        }
        let mut references = self.connection.prepare("PRAGMA foreign_key_check")?;
        let rows = references.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        for row in rows {
            let (table, row, other) = row?;
            let row = row.map_or_else(|| "of unknown number".to_owned(), |row| row.to_string());
            faults.push(Fault::File {
                message: format!("row {row} of {table} refers to a row of {other} that is missing"),
            });
        }
        Ok(())
    }

    fn check_schema(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        let mut made = self
            .connection
            .prepare("SELECT sql FROM sqlite_schema WHERE name = ?1")?;
        let made_by_then = schema::ours()
            .filter(|(since, name, _)| (*since).max(schema::changed_in(name)) <= self.form);
        for (_, name, statement) in made_by_then {
            let found: Option<Option<String>> =
                made.query_row([name], |row| row.get(0)).optional()?;
            if found.as_ref().and_then(Option::as_deref) != Some(statement) {
                faults.push(Fault::Schema {
                    name,
                    present: found.is_some(),
                });
            }
        }
        let mut registered = self.connection.prepare(
            "SELECT 1 FROM gpkg_contents c JOIN gpkg_geometry_columns g USING (table_name)
             WHERE c.table_name = ?1 AND c.data_type = 'features' AND c.srs_id = ?2
               AND g.srs_id = ?2 AND g.column_name = 'geom'",
        )?;
        let layers = schema::LAYERS.iter();
        for layer in layers.filter(|layer| layer.since <= self.form) {
            let layer = layer.name;
            if !registered.exists(rusqlite::params![layer, schema::SRS_ID])? {
                faults.push(Fault::Unregistered { layer });
            }
        }
        Ok(())
    }

    fn check_scheme(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        let (text, digest): (String, [u8; 32]) = self.connection.query_row(
            "SELECT scheme, scheme_sha256 FROM wangge_store WHERE id = 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let (expected, found) = (Digest::from_bytes(digest), Digest::of(text.as_bytes()));
        if expected != found {
            faults.push(Fault::Scheme { expected, found });
        }
        Ok(())
    }

    fn check_shapes(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        let mut shapes = self
            .connection
            .prepare("SELECT id, sha256, geom FROM shapes ORDER BY id")?;
        let mut rows = shapes.query([])?;
        while let Some(row) = rows.next()? {
            let shape = row.get(0)?;
            let expected = row.get::<_, [u8; 32]>(1).map(Digest::from_bytes);
            let bytes = row.get_ref(2)?.as_blob();
            let (Ok(expected), Ok(bytes)) = (expected, bytes) else {
                faults.push(Fault::Shape {
                    shape,
                    what: "its digest or its geometry is of the wrong type".to_owned(),
                });
                continue;
            };
            let found = Digest::of(bytes);
            if found != expected {
                faults.push(Fault::ShapeDigest {
                    shape,
                    expected,
                    found,
                });
            }
            if let Err(fault) = geometry::decode(bytes) {
                faults.push(Fault::Shape {
                    shape,
                    what: fault.to_string(),
                });
            }
        }
        Ok(())
    }

    fn check_lists(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        for list in self.stored_lists()? {
            let found = match self.list_digest(&list) {
                Err(rusqlite::Error::FromSqlConversionFailure(_, _, what)) => {
                    faults.push(Fault::Unreadable {
                        table: list.kind.as_str(),
                        list: list.id,
                        what: what.to_string(),
                    });
                    continue;
                }
                found => found?,
            };
            if found != list.digest {
                faults.push(Fault::List {
                    kind: list.kind,
                    list: list.id,
                    expected: list.digest,
                    found,
                });
            }
        }
        Ok(())
    }

    fn check_components(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        for import in self.stored_component_imports()? {
            let found = self.component_import_digest(import.id)?;
            if found != import.digest {
                faults.push(Fault::Components {
                    import: import.id,
                    expected: import.digest,
                    found,
                });
            }
        }
        Ok(())
    }

    fn check_log(&self, faults: &mut Vec<Fault>) -> rusqlite::Result<()> {
        let line = self.first_forged_line()?;
        faults.extend(line.map(|line| Fault::Log { line }));
        Ok(())
    }

    fn check_plans(&self, faults: &mut Vec<Fault>) -> Result<(), StoreError> {
        for plan in self.plans()? {
            match content_digest(&self.connection, &self.path, &self.scheme, plan.id) {
                Ok(found) => {
                    if let Some(expected) = plan.content_hash.filter(|hash| *hash != found) {
                        faults.push(Fault::PlanContents {
                            plan: plan.name,
                            expected,
                            found,
                        });
                    }
                }
                Err(RowError::Row(error)) => faults.push(Fault::Plan {
                    plan: plan.name,
                    what: error.to_string(),
                }),
                Err(RowError::Sqlite(error)) => {
                    return Err(self.sqlite("checking the store")(error));
                }
            }
        }
        Ok(())
    }
}
