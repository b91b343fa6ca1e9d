//! Taking units into a draft: one transaction, whole or not at all.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use wangge_model::{LevelIndex, PlanState, Unit, Version};
use wangge_plane::{Extent, Shape};

use crate::audit::Deed;
use crate::plans::stamp;
use crate::store::Change;
use crate::{Digest, PlanRecord, Store, StoreError, geometry};

/// How many codes a message lists.
const LISTED: usize = 5;

/// Units of one level to take into a plan.
#[derive(Debug, Clone)]
pub struct ImportUnits<'a> {
    /// The plan's name. A draft of this name is begun when there is none.
    pub plan: &'a str,
    /// The level that all of them belong to.
    pub level: LevelIndex,
    /// The units. On the lowest level each has a shape; on upper levels a shape is evidence.
    pub units: Vec<(Unit, Option<Shape>)>,
    /// What happens to units that the plan has.
    pub existing: Existing,
    /// The files that they come from, for the journal.
    pub sources: Vec<SourceFile>,
    /// The import's report as JSON, kept in the journal as it is.
    pub report_json: &'a str,
}

/// What an import does with units that the plan has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Existing {
    /// A code that the plan has is an error.
    #[default]
    Refuse,
    /// A unit of the same code and level gives way; the others stay.
    Update,
    /// All units of the level give way.
    ReplaceLevel,
}

/// A file that units came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: String,
    sha256: Digest,
}

impl SourceFile {
    /// A file by its path, of which only the name is kept, and the digest of its bytes.
    pub fn new(path: impl AsRef<Path>, sha256: Digest) -> Self {
        let path = path.as_ref();
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            sha256,
        }
    }

    /// The file's name, without folders.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of its bytes.
    pub const fn sha256(&self) -> &Digest {
        &self.sha256
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The plan, as it is now.
    pub plan: PlanRecord,
    /// Units taken in.
    pub units: usize,
    /// Units that gave way.
    pub removed: usize,
    /// Shapes that the store did not have yet; the others are shared with other plans.
    pub new_shapes: usize,
}

impl Imported {
    /// The plan's new version.
    pub const fn version(&self) -> Version {
        self.plan.version()
    }
}

impl Store {
    /// Takes units into a plan. A checked plan is a draft again. When anything is wrong with any
    /// of them, or the process dies, the store stays as it was.
    ///
    /// Whether codes, parents and sizes are right is for [`wangge_model::Scheme::check`], whether
    /// shapes fit together for the proof: a draft may be unsound.
    ///
    /// # Errors
    /// [`StoreError::PlanGuarded`], [`StoreError::WrongLevel`], [`StoreError::NoShape`],
    /// [`StoreError::NotFinite`], [`StoreError::CodesRepeated`], [`StoreError::CodesTaken`],
    /// [`StoreError::Locked`], [`StoreError::DiskFull`] and the like.
    pub fn import_units(&mut self, import: ImportUnits<'_>) -> Result<Imported, StoreError> {
        self.examine(&import)?;
        self.change("importing units", |change| change.import(import))
    }

    /// What can be seen to be wrong without the store.
    fn examine(&self, import: &ImportUnits<'_>) -> Result<(), StoreError> {
        let level = |index: LevelIndex| {
            let level = self.scheme.levels().get(index.0);
            level.map_or_else(
                || format!("number {}", index.0),
                |level| level.id().to_owned(),
            )
        };
        let mut seen = HashSet::with_capacity(import.units.len());
        let mut repeated = Vec::new();
        for (unit, shape) in &import.units {
            if unit.level != import.level || self.scheme.levels().len() <= unit.level.0 {
                return Err(StoreError::WrongLevel {
                    code: unit.code.to_string(),
                    level: level(unit.level),
                    expected: level(import.level),
                });
            }
            if shape.is_none() && unit.level == self.scheme.lowest() {
                return Err(StoreError::NoShape {
                    code: unit.code.to_string(),
                    level: level(unit.level),
                });
            }
            if let Some(value) = unit.area_m2.filter(|area| !area.is_finite()) {
                return Err(StoreError::NotFinite {
                    code: unit.code.to_string(),
                    value,
                });
            }
            if !seen.insert(unit.code.as_str()) {
                repeated.push(unit.code.as_str());
            }
        }
        if repeated.is_empty() {
            return Ok(());
        }
        repeated.sort_unstable();
        repeated.dedup();
        Err(StoreError::CodesRepeated {
            count: repeated.len(),
            codes: listed(&repeated),
        })
    }
}

impl Change<'_> {
    fn import(&self, import: ImportUnits<'_>) -> Result<Imported, StoreError> {
        let level = self.scheme.levels()[import.level.0].id();
        let before = self.find(import.plan)?;
        let version_before = before.as_ref().map(PlanRecord::version);
        let plan = match before {
            None => self.begin_plan(import.plan, None)?,
            Some(record) if matches!(record.state, PlanState::Draft | PlanState::Checked) => {
                self.become_draft(&record)?;
                record.id
            }
            Some(record) => {
                return Err(StoreError::PlanGuarded {
                    plan: record.name,
                    state: record.state,
                });
            }
        };
        let removed = self.make_way(&import, plan, level)?;
        self.refuse_taken(&import, plan)?;
        self.journal(&import, plan, level, removed)?;
        let units = import.units.len();
        let mut new_shapes = 0;
        let mut reach: Option<Extent> = None;
        // shapes go as they are written: a city of a million grids is large
        for (unit, shape) in import.units {
            let shape_id = match shape {
                None => None,
                Some(shape) => {
                    let extent = shape.extent();
                    reach = Some(reach.map_or(extent, |reach| reach.union(extent)));
                    let (id, new) = self.keep_shape(&shape)?;
                    new_shapes += usize::from(new);
                    Some(id)
                }
            };
            self.keep_unit(plan, level, &unit, shape_id)?;
        }
        if removed > 0 {
            self.drop_unused_shapes()?;
        }
        self.touch_layers(reach)?;
        let after = self.plan(import.plan)?;
        let files: Vec<&str> = import.sources.iter().map(SourceFile::name).collect();
        let detail = serde_json::json!({
            "level": level, "units": units, "removed": removed, "files": files,
        });
        self.record(&Deed::to("units-imported", version_before, &after).with(detail))?;
        Ok(Imported {
            plan: after,
            units,
            removed,
            new_shapes,
        })
    }

    /// Removes the units that give way to the import, and tells how many they were.
    fn make_way(
        &self,
        import: &ImportUnits<'_>,
        plan: i64,
        level: &str,
    ) -> Result<usize, StoreError> {
        match import.existing {
            Existing::Refuse => Ok(0),
            Existing::ReplaceLevel => self.run(
                "DELETE FROM units WHERE plan = ?1 AND level = ?2",
                params![plan, level],
            ),
            Existing::Update => {
                let mut removed = 0;
                for (unit, _) in &import.units {
                    removed += self.run(
                        "DELETE FROM units WHERE plan = ?1 AND level = ?2 AND code = ?3",
                        params![plan, level, unit.code.as_str()],
                    )?;
                }
                Ok(removed)
            }
        }
    }

    fn refuse_taken(&self, import: &ImportUnits<'_>, plan: i64) -> Result<(), StoreError> {
        let mut taken = Vec::new();
        let mut find = self
            .transaction
            .prepare_cached("SELECT 1 FROM units WHERE plan = ?1 AND code = ?2")
            .map_err(|error| self.sqlite(&error))?;
        for (unit, _) in &import.units {
            let code = unit.code.as_str();
            if find
                .exists(params![plan, code])
                .map_err(|error| self.sqlite(&error))?
            {
                taken.push(code);
            }
        }
        if taken.is_empty() {
            return Ok(());
        }
        taken.sort_unstable();
        Err(StoreError::CodesTaken {
            plan: import.plan.to_owned(),
            count: taken.len(),
            codes: listed(&taken),
        })
    }

    /// The number of this shape in the store, and whether it is new there.
    fn keep_shape(&self, shape: &Shape) -> Result<(i64, bool), StoreError> {
        let bytes = geometry::encode(shape);
        let digest = Digest::of(&bytes);
        let known: Option<i64> = self
            .transaction
            .prepare_cached("SELECT id FROM shapes WHERE sha256 = ?1")
            .and_then(|mut find| {
                find.query_row([digest.as_bytes()], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| self.sqlite(&error))?;
        if let Some(id) = known {
            return Ok((id, false));
        }
        self.run(
            "INSERT INTO shapes (sha256, geom) VALUES (?1, ?2)",
            params![digest.as_bytes(), bytes],
        )?;
        Ok((self.transaction.last_insert_rowid(), true))
    }

    fn keep_unit(
        &self,
        plan: i64,
        level: &str,
        unit: &Unit,
        shape: Option<i64>,
    ) -> Result<(), StoreError> {
        let code = unit.code.as_str();
        self.run(
            "INSERT INTO codes (code) VALUES (?1) ON CONFLICT (code) DO NOTHING",
            [code],
        )?;
        self.run(
            "INSERT INTO units (plan, level, code_id, code, name, name_en, parent, kind,
               households, population, area_m2, note, shape)
             VALUES (?1, ?2, (SELECT id FROM codes WHERE code = ?3), ?3, ?4, ?5, ?6, ?7, ?8, ?9,
               ?10, ?11, ?12)",
            params![
                plan,
                level,
                code,
                unit.name,
                unit.name_en,
                unit.parent.as_ref().map(AsRef::<str>::as_ref),
                unit.kind.as_ref().map(wangge_model::GridKind::as_str),
                unit.households,
                unit.population,
                unit.area_m2,
                unit.note,
                shape
            ],
        )?;
        Ok(())
    }

    fn journal(
        &self,
        import: &ImportUnits<'_>,
        plan: i64,
        level: &str,
        removed: usize,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO imports (plan, revision, level, at, units, removed, report)
             SELECT id, revision, ?2, ?3, ?4, ?5, ?6 FROM plans WHERE id = ?1",
            params![
                plan,
                level,
                stamp(Timestamp::now()),
                import.units.len(),
                removed,
                import.report_json
            ],
        )?;
        let id = self.transaction.last_insert_rowid();
        for source in &import.sources {
            self.run(
                "INSERT INTO import_files (import, name, sha256) VALUES (?1, ?2, ?3)",
                params![id, source.name, source.sha256.to_string()],
            )?;
        }
        Ok(())
    }
}

pub(crate) fn listed(codes: &[&str]) -> String {
    let mut text = codes[..codes.len().min(LISTED)].join(", ");
    if codes.len() > LISTED {
        text.push_str(", …");
    }
    text
}
