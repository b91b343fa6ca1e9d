//! Reading a plan's contents, and the digest that stands for them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use wangge_model::{Code, Component, Grid, Scheme, Unit};
use wangge_plane::Shape;

use crate::digest::ContentHash;
use crate::{Digest, Elsewhere, Lists, PlanRecord, Store, StoreError, geometry};

/// Everything that a plan holds, read in one transaction.
#[derive(Debug, Clone)]
pub struct PlanContents {
    /// The plan.
    pub plan: PlanRecord,
    /// The scheme of its levels.
    pub scheme: Scheme,
    /// The units of the lowest level, in bytewise order of codes.
    pub grids: Vec<Grid>,
    /// The units of upper levels that files named, top level first, by code in each; with the
    /// boundary that a file gave, as evidence.
    pub upper: Vec<(Unit, Option<Shape>)>,
    /// A number for each code, the same in every plan of the store: small, and never given to
    /// another code.
    pub feature_ids: HashMap<Code, u64>,
    /// The lists of the city as they are now, whatever the plan.
    pub lists: Lists,
    /// The components of the city as they are now, by code, whatever the plan.
    pub components: Vec<Component>,
    /// Units of other plans whose codes this one does not have: lists may name them.
    pub elsewhere: Vec<Elsewhere>,
    /// How many transactions had been committed to the store when this was read.
    pub commits: i64,
    /// From when on the plan's version answers or will; `None` of a plan that was not published, and
    /// where another version began to answer in the same second, so that the time would not tell
    /// the two apart.
    pub since: Option<Timestamp>,
    /// The ids of the defects that were accepted when the plan was published.
    pub accepted: Vec<String>,
    /// The digest of all this (but for the plan's record, the numbers, lists, components, other
    /// plans and what was accepted): what
    /// [`Store::mark_checked`] and [`Store::publish`] ask for.
    pub content_hash: Digest,
}

/// The units of a plan: what never changes once it is published.
#[derive(Debug, Clone)]
pub struct PlanUnits {
    /// See [`PlanContents::grids`].
    pub grids: Vec<Grid>,
    /// See [`PlanContents::upper`].
    pub upper: Vec<(Unit, Option<Shape>)>,
    /// See [`PlanContents::feature_ids`].
    pub feature_ids: HashMap<Code, u64>,
    /// See [`PlanContents::content_hash`].
    pub content_hash: Digest,
}

/// What answers from a plan need beside its units, read in one transaction.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The plan.
    pub plan: PlanRecord,
    /// The scheme of its levels.
    pub scheme: Scheme,
    /// See [`PlanContents::lists`].
    pub lists: Lists,
    /// See [`PlanContents::components`].
    pub components: Vec<Component>,
    /// See [`PlanContents::elsewhere`].
    pub elsewhere: Vec<Elsewhere>,
    /// See [`PlanContents::commits`].
    pub commits: i64,
    /// See [`PlanContents::since`].
    pub since: Option<Timestamp>,
    /// See [`PlanContents::accepted`].
    pub accepted: Vec<String>,
}

impl PlanContents {
    /// The units by themselves, and all else.
    pub fn split(self) -> (PlanUnits, Surroundings) {
        let units = PlanUnits {
            grids: self.grids,
            upper: self.upper,
            feature_ids: self.feature_ids,
            content_hash: self.content_hash,
        };
        let around = Surroundings {
            plan: self.plan,
            scheme: self.scheme,
            lists: self.lists,
            components: self.components,
            elsewhere: self.elsewhere,
            commits: self.commits,
            since: self.since,
            accepted: self.accepted,
        };
        (units, around)
    }

    fn joined(units: PlanUnits, around: Surroundings) -> Self {
        Self {
            plan: around.plan,
            scheme: around.scheme,
            grids: units.grids,
            upper: units.upper,
            feature_ids: units.feature_ids,
            lists: around.lists,
            components: around.components,
            elsewhere: around.elsewhere,
            commits: around.commits,
            since: around.since,
            accepted: around.accepted,
            content_hash: units.content_hash,
        }
    }
}

/// A unit as it is stored.
pub(crate) struct UnitRow {
    pub(crate) fid: i64,
    pub(crate) code_id: u64,
    pub(crate) unit: Unit,
    pub(crate) shape: Option<ShapeRow>,
}

pub(crate) struct ShapeRow {
    pub(crate) id: i64,
    pub(crate) digest: Digest,
}

/// A row that could not be had: SQLite's error, or one that names the row.
#[derive(Debug)]
pub(crate) enum RowError {
    Sqlite(rusqlite::Error),
    Row(Box<StoreError>),
}

impl RowError {
    pub(crate) fn into_store(
        self,
        of_sqlite: impl FnOnce(rusqlite::Error) -> StoreError,
    ) -> StoreError {
        match self {
            Self::Sqlite(error) => of_sqlite(error),
            Self::Row(error) => *error,
        }
    }
}

impl From<rusqlite::Error> for RowError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

const DOING: &str = "reading a plan";

impl Store {
    /// Everything that a plan holds, as of one moment.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`]; [`StoreError::Row`] for a row that this program did not write.
    pub fn contents(&self, plan: &str) -> Result<PlanContents, StoreError> {
        // one read transaction, so that a commit in between is seen whole or not at all
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite(DOING))?;
        self.read_contents(self.plan(plan)?, None)
    }

    /// The units of the lowest level of a plan with their ground, in bytewise order of codes.
    ///
    /// # Errors
    /// As [`Store::contents`].
    pub fn grids(&self, plan: &str) -> Result<Vec<Grid>, StoreError> {
        let plan = self.plan(plan)?;
        let lowest = self.scheme.lowest();
        let mut grids = Vec::new();
        let each = |row: UnitRow, geom: Option<&[u8]>| {
            if let (true, Some(geom)) = (row.unit.level == lowest, geom) {
                let shape = geometry::decode(geom)
                    .map_err(|fault| damaged(&self.path, "units", row.fid, fault.to_string()))?;
                grids.push(Grid {
                    unit: row.unit,
                    shape,
                });
            }
            Ok(())
        };
        each_unit(&self.connection, &self.path, &self.scheme, plan.id, each)
            .map_err(|error| error.into_store(self.sqlite(DOING)))?;
        Ok(grids)
    }

    /// What held at a time: the plan in force then, with its revision of then, and the lists and
    /// components of then; for a time to come the plan published for it, with what holds now.
    /// `None` before the first plan took effect.
    ///
    /// # Errors
    /// As [`Store::contents`].
    pub fn contents_at(&self, at: Timestamp) -> Result<Option<PlanContents>, StoreError> {
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite(DOING))?;
        let plan = self.in_force_at(at)?;
        plan.map(|plan| self.read_contents(plan, Some(at)))
            .transpose()
    }

    /// What stands around the units of a plan, as [`Store::contents`] has it, without reading those.
    /// Units of other plans, [`Surroundings::elsewhere`], are the one part that takes longer the more
    /// units there are: they are left out unless asked for.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`] and the like.
    pub fn surroundings(&self, plan: &str, with_others: bool) -> Result<Surroundings, StoreError> {
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite(DOING))?;
        self.read_surroundings(self.plan(plan)?, None, with_others)
    }

    /// What stands around the units of the plan of a time, as [`Store::contents_at`] has it.
    ///
    /// # Errors
    /// As [`Store::surroundings`].
    pub fn surroundings_at(
        &self,
        at: Timestamp,
        with_others: bool,
    ) -> Result<Option<Surroundings>, StoreError> {
        let _moment = self
            .connection
            .unchecked_transaction()
            .map_err(self.sqlite(DOING))?;
        let plan = self.in_force_at(at)?;
        plan.map(|plan| self.read_surroundings(plan, Some(at), with_others))
            .transpose()
    }

    fn read_contents(
        &self,
        plan: PlanRecord,
        at: Option<Timestamp>,
    ) -> Result<PlanContents, StoreError> {
        let units = self.read_units(plan.id)?;
        let around = self.read_surroundings(plan, at, true)?;
        Ok(PlanContents::joined(units, around))
    }

    fn read_surroundings(
        &self,
        plan: PlanRecord,
        at: Option<Timestamp>,
        with_others: bool,
    ) -> Result<Surroundings, StoreError> {
        let accepted = self.accepted_in(plan.id)?.into_iter();
        let since = self.answers_since(&plan)?;
        let elsewhere = if with_others {
            self.elsewhere(plan.id)?
        } else {
            Vec::new()
        };
        Ok(Surroundings {
            elsewhere,
            accepted: accepted.map(|record| record.accepted.defect).collect(),
            commits: self.change_counter()?.commits,
            since,
            plan,
            scheme: self.scheme.clone(),
            lists: self.read_lists(at)?,
            components: self.components_at(at)?,
        })
    }

    fn read_units(&self, plan: i64) -> Result<PlanUnits, StoreError> {
        let mut grids = Vec::new();
        let mut upper = Vec::new();
        let mut feature_ids = HashMap::new();
        let mut hash = ContentHash::new(self.scheme.source());
        let lowest = self.scheme.lowest();
        each_unit(
            &self.connection,
            &self.path,
            &self.scheme,
            plan,
            |row, geom| {
                let level = self.scheme.levels()[row.unit.level.0].id();
                hash.unit(
                    level,
                    &row.unit,
                    row.shape.as_ref().map(|shape| &shape.digest),
                );
                let shape = match (geom, &row.shape) {
                    (Some(geom), Some(shape)) => Some(geometry::decode(geom).map_err(|fault| {
                        damaged(&self.path, "shapes", shape.id, fault.to_string())
                    })?),
                    _ => None,
                };
                feature_ids.insert(row.unit.code.clone(), row.code_id);
                if row.unit.level == lowest {
                    let shape = shape.ok_or_else(|| {
                        damaged(
                            &self.path,
                            "units",
                            row.fid,
                            "a grid without a shape".to_owned(),
                        )
                    })?;
                    grids.push(Grid {
                        unit: row.unit,
                        shape,
                    });
                } else {
                    upper.push((row.unit, shape));
                }
                Ok(())
            },
        )
        .map_err(|error| error.into_store(self.sqlite(DOING)))?;
        // units come by code; a stable sort keeps that within each level
        upper.sort_by_key(|(unit, _): &(Unit, Option<Shape>)| unit.level);
        Ok(PlanUnits {
            grids,
            upper,
            feature_ids,
            content_hash: hash.finish(),
        })
    }
}

/// The digest of a plan's contents, each shape's digest worked out from its bytes.
pub(crate) fn content_digest(
    connection: &Connection,
    path: &Path,
    scheme: &Scheme,
    plan: i64,
) -> Result<Digest, RowError> {
    let mut hash = ContentHash::new(scheme.source());
    each_unit(connection, path, scheme, plan, |row, geom| {
        let level = scheme.levels()[row.unit.level.0].id();
        hash.unit(level, &row.unit, geom.map(Digest::of).as_ref());
        Ok(())
    })?;
    Ok(hash.finish())
}

/// Calls `each` with every unit of a plan and the bytes of its shape, in bytewise order of codes.
pub(crate) fn each_unit(
    connection: &Connection,
    path: &Path,
    scheme: &Scheme,
    plan: i64,
    mut each: impl FnMut(UnitRow, Option<&[u8]>) -> Result<(), RowError>,
) -> Result<(), RowError> {
    let mut statement = connection.prepare_cached(
        "SELECT u.fid, u.code_id, u.level, u.code, u.name, u.name_en, u.parent, u.kind,
           u.households, u.population, u.area_m2, u.note, u.shape, s.sha256, s.geom
         FROM units u LEFT JOIN shapes s ON s.id = u.shape
         WHERE u.plan = ?1 ORDER BY u.code",
    )?;
    let mut rows = statement.query([plan])?;
    while let Some(row) = rows.next()? {
        let fid: i64 = row.get(0)?;
        let read = unit_row(row, fid, scheme).map_err(|what| damaged(path, "units", fid, what))?;
        let geom = match row.get_ref(14)? {
            rusqlite::types::ValueRef::Blob(bytes) => Some(bytes),
            _ => None,
        };
        each(read, geom)?;
    }
    Ok(())
}

fn unit_row(row: &Row<'_>, fid: i64, scheme: &Scheme) -> Result<UnitRow, String> {
    let level: String = column(row, 2, "level")?;
    let level = scheme
        .level(&level)
        .ok_or_else(|| format!("its level \"{level}\" is none of the scheme's"))?;
    let code: String = column(row, 3, "code")?;
    let parent: Option<String> = column(row, 6, "parent")?;
    let kind: Option<String> = column(row, 7, "kind")?;
    let shape = match column::<Option<i64>>(row, 12, "shape")? {
        None => None,
        Some(id) => Some(ShapeRow {
            id,
            digest: Digest::from_bytes(column(row, 13, "sha256")?),
        }),
    };
    let code_id: i64 = column(row, 1, "code_id")?;
    Ok(UnitRow {
        fid,
        code_id: u64::try_from(code_id).map_err(|_| "its number is negative".to_owned())?,
        unit: Unit {
            code: stored_code(&code)?,
            name: column(row, 4, "name")?,
            name_en: column(row, 5, "name_en")?,
            level,
            parent: parent.as_deref().map(stored_code).transpose()?,
            kind: kind.map(|word| {
                word.parse()
                    .unwrap_or_else(|never: Infallible| match never {})
            }),
            households: column(row, 8, "households")?,
            population: column(row, 9, "population")?,
            area_m2: column(row, 10, "area_m2")?,
            note: column(row, 11, "note")?,
        },
        shape,
    })
}

/// A code exactly as it was written: one that trimming would change was written by others.
fn stored_code(text: &str) -> Result<Code, String> {
    let code = Code::new(text).map_err(|error| error.to_string())?;
    if code.as_str() == text {
        Ok(code)
    } else {
        Err(format!("its code \"{code}\" has space at its ends"))
    }
}

/// The value of a column; the message names the column, never the value.
fn column<T: rusqlite::types::FromSql>(
    row: &Row<'_>,
    index: usize,
    name: &str,
) -> Result<T, String> {
    row.get(index)
        .map_err(|_| format!("its {name} is of the wrong type or out of range"))
}

pub(crate) fn damaged(path: &Path, table: &'static str, row: i64, what: String) -> RowError {
    RowError::Row(Box::new(StoreError::Row {
        path: path.to_owned(),
        table,
        row,
        what,
    }))
}
