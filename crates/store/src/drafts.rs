//! What is done to drafts beside imports, and what plans say about each other's codes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;
use wangge_model::{Code, LevelIndex, PlanState};
use wangge_plane::Shape;

use crate::audit::Deed;
use crate::contents::damaged;
use crate::plans::{select, stamp};
use crate::store::Change;
use crate::{PlanRecord, Store, StoreError, geometry};

/// A defect of a plan that a person accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The defect's id.
    pub defect: String,
    /// What kind of defect it is.
    pub kind: String,
    /// Why it may be.
    pub reason: String,
}

/// An acceptance as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRecord {
    /// What was accepted, and why.
    pub accepted: Accepted,
    /// By whom.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// A code of a draft that stood in a published plan, and not in the one published last.
#[derive(Debug, Clone, PartialEq)]
pub struct RetiredCode {
    /// The code.
    pub code: Code,
    /// Its level in the draft.
    pub level: LevelIndex,
    /// The newest published plan that has it.
    pub plan: String,
    /// The ground that it had there; none for an upper unit that no file drew.
    pub ground: Option<Shape>,
    /// Whether it has the very same ground in the draft.
    pub same: bool,
}

/// A code that no unit of one plan has, and one of another does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The code.
    pub code: Code,
    /// Its level there.
    pub level: LevelIndex,
    /// The unit above it there.
    pub parent: Option<Code>,
}

impl Store {
    /// Removes units of one level from a draft, with the codes of those that it does not have left
    /// to the caller: nothing is removed unless all are there.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUnits`]; [`StoreError::PlanGuarded`]; [`StoreError::NoPlan`].
    pub fn remove_units(&mut self, plan: &str, codes: &[Code]) -> Result<PlanRecord, StoreError> {
        self.change("removing units", |change| {
            let before = change.open_plan(plan)?;
            change.become_draft(&before)?;
            let mut missing = Vec::new();
            for code in codes {
                let removed = change.run(
                    "DELETE FROM units WHERE plan = ?1 AND code = ?2",
                    params![before.id, code.as_str()],
                )?;
                if removed == 0 {
                    missing.push(code.as_str());
                }
            }
            if !missing.is_empty() {
                return Err(StoreError::NoSuchUnits {
                    plan: before.name,
                    count: missing.len(),
                    codes: crate::import::listed(&missing),
                });
            }
            change.drop_unused_shapes()?;
            change.touch_layers(None)?;
            let after = change.plan(plan)?;
            let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
            let deed = Deed::to("units-removed", Some(before.version()), &after);
            change.record(&deed.with(serde_json::json!({ "codes": codes })))?;
            Ok(after)
        })
    }

    /// Removes a draft with all that was imported into it. The log keeps that there was one.
    ///
    /// # Errors
    /// [`StoreError::PlanGuarded`] once it is published; [`StoreError::NoPlan`].
    pub fn remove_plan(&mut self, plan: &str) -> Result<PlanRecord, StoreError> {
        self.change("removing a plan", |change| {
            let record = change.open_plan(plan)?;
            for statement in [
                "DELETE FROM units WHERE plan = ?1",
                "DELETE FROM import_files WHERE import IN (SELECT id FROM imports WHERE plan = ?1)",
                "DELETE FROM imports WHERE plan = ?1",
                "DELETE FROM origins WHERE plan = ?1",
                "DELETE FROM plans WHERE id = ?1",
            ] {
                change.run(statement, [record.id])?;
            }
            change.drop_unused_shapes()?;
            change.touch_layers(None)?;
            change.record(&Deed {
                action: "plan-removed",
                plan: Some(&record),
                before: Some(record.version()),
                after: None,
                detail: serde_json::Value::Null,
            })?;
            Ok(record)
        })
    }

    /// The published plan that a plan was begun from; `None` for one begun from files.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`] and the like.
    pub fn origin(&self, plan: &str) -> Result<Option<PlanRecord>, StoreError> {
        let record = self.plan(plan)?;
        if self.form < 4 {
            return Ok(None);
        }
        let found = select(
            &self.connection,
            "WHERE id = (SELECT base FROM origins WHERE plan = ?1)",
            [record.id],
        );
        Ok(found.map_err(self.sqlite("reading the plans"))?.pop())
    }

    /// The plan published last, whether or not it is in force yet.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn last_published(&self) -> Result<Option<PlanRecord>, StoreError> {
        let found = select(&self.connection, "WHERE state = 'published'", []);
        Ok(found.map_err(self.sqlite("reading the plans"))?.pop())
    }

    /// What was accepted when a plan was published, by the defects' ids.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`] and the like.
    pub fn accepted(&self, plan: &str) -> Result<Vec<AcceptedRecord>, StoreError> {
        let record = self.plan(plan)?;
        self.accepted_in(record.id)
    }

    pub(crate) fn accepted_in(&self, plan: i64) -> Result<Vec<AcceptedRecord>, StoreError> {
        if self.form < 4 {
            return Ok(Vec::new());
        }
        let read = || -> rusqlite::Result<Vec<AcceptedRecord>> {
            let mut find = self.connection.prepare_cached(
                "SELECT defect, kind, reason, who, at FROM accepted WHERE plan = ?1 ORDER BY defect",
            )?;
            let rows = find.query_map([plan], |row| {
                Ok(AcceptedRecord {
                    accepted: Accepted {
                        defect: row.get(0)?,
                        kind: row.get(1)?,
                        reason: row.get(2)?,
                    },
                    who: row.get(3)?,
                    at: crate::plans::parsed(row, 4)?,
                })
            })?;
            rows.collect()
        };
        read().map_err(self.sqlite("reading what was accepted"))
    }

    /// Every code that ever stood in the store, in any plan.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn codes(&self) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut find = self.connection.prepare("SELECT code FROM codes")?;
            let rows = find.query_map([], |row| row.get(0))?;
            rows.collect()
        };
        read().map_err(self.sqlite("reading the codes"))
    }

    /// The codes of a plan that were retired: a published plan has them, the one published last
    /// has not.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`] and the like.
    pub fn retired_codes_in(&self, plan: &str) -> Result<Vec<RetiredCode>, StoreError> {
        const DOING: &str = "looking for retired codes";
        let record = self.plan(plan)?;
        let Some(last) = self.last_published()? else {
            return Ok(Vec::new());
        };
        let read = || -> Result<BTreeMap<String, RetiredCode>, crate::contents::RowError> {
            let mut find = self.connection.prepare_cached(
                "SELECT mine.code, mine.level, p.name, s.geom, mine.shape IS u.shape
                 FROM units mine
                 JOIN units u ON u.code = mine.code AND u.plan <> mine.plan
                 JOIN plans p ON p.id = u.plan AND p.state = 'superseded'
                 LEFT JOIN shapes s ON s.id = u.shape
                 WHERE mine.plan = ?1 AND NOT EXISTS (
                   SELECT 1 FROM units WHERE code = mine.code AND plan = ?2)
                 ORDER BY p.effective",
            )?;
            let mut rows = find.query([record.id, last.id])?;
            let mut found = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                let level: String = row.get(1)?;
                let wrong = |what: String| damaged(&self.path, "units", 0, what);
                let level = self.scheme.level(&level).ok_or_else(|| {
                    wrong(format!("its level \"{level}\" is none of the scheme's"))
                })?;
                let ground = match row.get_ref(3)? {
                    rusqlite::types::ValueRef::Blob(bytes) => {
                        Some(geometry::decode(bytes).map_err(|fault| wrong(fault.to_string()))?)
                    }
                    _ => None,
                };
                let code = Code::new(&text).map_err(|error| wrong(error.to_string()))?;
                // the newest plan that has it comes last
                found.insert(
                    text,
                    RetiredCode {
                        code,
                        level,
                        plan: row.get(2)?,
                        ground,
                        same: row.get(4)?,
                    },
                );
            }
            Ok(found)
        };
        let found = read().map_err(|error| error.into_store(self.sqlite(DOING)))?;
        Ok(found.into_values().collect())
    }

    /// Units of other plans whose codes a plan does not have, each once.
    pub(crate) fn elsewhere(&self, plan: i64) -> Result<Vec<Elsewhere>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Elsewhere>> {
            let mut others = self
                .connection
                .prepare_cached("SELECT 1 FROM plans WHERE id <> ?1 LIMIT 1")?;
            if !others.exists([plan])? {
                return Ok(Vec::new());
            }
            let mut find = self.connection.prepare_cached(
                "SELECT code, level, parent, max(plan) FROM units u
                 WHERE plan <> ?1 AND NOT EXISTS (
                   SELECT 1 FROM units WHERE plan = ?1 AND code = u.code)
                 GROUP BY code",
            )?;
            let rows = find.query_map([plan], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, Option<String>>(2)?,
                ))
            })?;
            let mut found = Vec::new();
            for row in rows {
                let (code, level, parent) = row?;
                // what other programs wrote into another plan is not this plan's trouble
                if let (Ok(code), Some(level)) = (Code::new(&code), self.scheme.level(&level)) {
                    let parent = parent.and_then(|parent| Code::new(&parent).ok());
                    found.push(Elsewhere {
                        code,
                        level,
                        parent,
                    });
                }
            }
            Ok(found)
        };
        read().map_err(self.sqlite("reading the codes of other plans"))
    }
}

impl Change<'_> {
    /// A plan that is changed is a draft, whatever was checked before.
    pub(crate) fn become_draft(&self, plan: &PlanRecord) -> Result<(), StoreError> {
        self.run(
            "UPDATE plans SET state = 'draft', checked = NULL, content_sha256 = NULL,
               revision = revision + 1 WHERE id = ?1",
            [plan.id],
        )?;
        Ok(())
    }

    pub(crate) fn drop_unused_shapes(&self) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM shapes WHERE NOT EXISTS (SELECT 1 FROM units WHERE shape = shapes.id)",
            [],
        )?;
        Ok(())
    }

    /// Writes down which published plan a plan was begun from.
    pub(crate) fn keep_origin(&self, plan: i64, from: &PlanRecord) -> Result<(), StoreError> {
        match from.state {
            PlanState::Published | PlanState::Superseded => self.run(
                "INSERT INTO origins (plan, base) VALUES (?1, ?2)",
                [plan, from.id],
            ),
            _ => self.run(
                "INSERT INTO origins (plan, base) SELECT ?1, base FROM origins WHERE plan = ?2",
                [plan, from.id],
            ),
        }?;
        Ok(())
    }

    /// Writes down what was accepted.
    pub(crate) fn keep_accepted(
        &self,
        plan: &PlanRecord,
        accepted: &[Accepted],
    ) -> Result<(), StoreError> {
        let now = stamp(Timestamp::now());
        for one in accepted {
            self.run(
                "INSERT INTO accepted (plan, defect, kind, reason, who, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![plan.id, one.defect, one.kind, one.reason, self.actor, now],
            )?;
        }
        Ok(())
    }
}
