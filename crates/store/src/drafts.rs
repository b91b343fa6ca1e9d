//! What is done to drafts beside imports, and what plans say about each other's codes.

use jiff::Timestamp;
use rusqlite::params;
use wangge_model::{Code, GridKind, LevelIndex, PlanState, Unit};
use wangge_plane::{Extent, Shape};

use crate::audit::Deed;
use crate::plans::{select, stamp};
use crate::store::Change;
use crate::{PlanRecord, Store, StoreError};

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

/// A redrawing of units of a draft.
#[derive(Debug, Clone)]
pub struct EditUnits<'a> {
    /// The draft.
    pub plan: &'a str,
    /// What the log calls it.
    pub action: &'static str,
    /// The level that all units belong to.
    pub level: LevelIndex,
    /// Units that are new or take the place of those of their codes, with their ground.
    pub units: Vec<(Unit, Shape)>,
    /// Codes that go.
    pub removed: Vec<Code>,
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

/// A unit of another plan than the one looked at, as lists and codes name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The code.
    pub code: Code,
    /// Its level there.
    pub level: LevelIndex,
    /// The unit above it there.
    pub parent: Option<Code>,
    /// What kind of grid it is there.
    pub kind: Option<GridKind>,
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
            change.take_out(&before, codes)?;
            change.drop_unused_shapes()?;
            change.touch_layers(None)?;
            let after = change.plan(plan)?;
            let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
            let deed = Deed::to("units-removed", Some(before.version()), &after);
            change.record(&deed.with(serde_json::json!({ "codes": codes })))?;
            Ok(after)
        })
    }

    /// Redraws units of a draft: some go, some come or change, in one step.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUnits`] for a code to remove that is not there;
    /// [`StoreError::PlanGuarded`]; [`StoreError::NoPlan`].
    pub fn edit_units(&mut self, edit: &EditUnits<'_>) -> Result<PlanRecord, StoreError> {
        self.change("redrawing units", |change| {
            let before = change.open_plan(edit.plan)?;
            change.become_draft(&before)?;
            change.take_out(&before, &edit.removed)?;
            let level = change.scheme.levels()[edit.level.0].id();
            let mut reach: Option<Extent> = None;
            let (mut drawn, mut new) = (Vec::new(), Vec::new());
            for (unit, shape) in &edit.units {
                let gone = change.run(
                    "DELETE FROM units WHERE plan = ?1 AND level = ?2 AND code = ?3",
                    params![before.id, level, unit.code.as_str()],
                )?;
                let list = if gone == 0 { &mut new } else { &mut drawn };
                list.push(unit.code.as_str());
                let extent = shape.extent();
                reach = Some(reach.map_or(extent, |reach| reach.union(extent)));
                let (shape, _) = change.keep_shape(shape)?;
                change.keep_unit(before.id, level, unit, Some(shape))?;
            }
            change.drop_unused_shapes()?;
            change.touch_layers(reach)?;
            let after = change.plan(edit.plan)?;
            let removed: Vec<&str> = edit.removed.iter().map(Code::as_str).collect();
            let detail = serde_json::json!({ "redrawn": drawn, "new": new, "removed": removed });
            change.record(&Deed::to(edit.action, Some(before.version()), &after).with(detail))?;
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

    /// The units of all levels that a plan holds, without their ground; those that only the codes
    /// of others name are not among them.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`] and the like.
    pub fn named_units(&self, plan: &str) -> Result<Vec<Elsewhere>, StoreError> {
        let record = self.plan(plan)?;
        self.named(
            "SELECT code, level, parent, kind FROM units WHERE plan = ?1",
            record.id,
        )
    }

    /// Units of other plans whose codes a plan does not have, each once.
    pub(crate) fn elsewhere(&self, plan: i64) -> Result<Vec<Elsewhere>, StoreError> {
        let others = self
            .connection
            .prepare_cached("SELECT 1 FROM plans WHERE id <> ?1 LIMIT 1")
            .and_then(|mut find| find.exists([plan]))
            .map_err(self.sqlite("reading the plans"))?;
        if !others {
            return Ok(Vec::new());
        }
        // of several plans the newest tells
        self.named(
            "SELECT code, level, parent, kind, max(plan) FROM units u
             WHERE plan <> ?1 AND NOT EXISTS (
               SELECT 1 FROM units WHERE plan = ?1 AND code = u.code)
             GROUP BY code",
            plan,
        )
    }

    fn named(&self, statement: &str, plan: i64) -> Result<Vec<Elsewhere>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Elsewhere>> {
            let mut find = self.connection.prepare_cached(statement)?;
            let mut rows = find.query([plan])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let (code, level): (String, String) = (row.get(0)?, row.get(1)?);
                let (parent, kind): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
                // what other programs wrote there is for the check of the store to tell
                if let (Ok(code), Some(level)) = (Code::new(&code), self.scheme.level(&level)) {
                    found.push(Elsewhere {
                        code,
                        level,
                        parent: parent.and_then(|parent| Code::new(&parent).ok()),
                        kind: kind.and_then(|word| word.parse().ok()),
                    });
                }
            }
            Ok(found)
        };
        read().map_err(self.sqlite("reading the codes of a plan"))
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

    /// Removes units, all or none.
    fn take_out(&self, plan: &PlanRecord, codes: &[Code]) -> Result<(), StoreError> {
        let mut missing = Vec::new();
        for code in codes {
            let removed = self.run(
                "DELETE FROM units WHERE plan = ?1 AND code = ?2",
                params![plan.id, code.as_str()],
            )?;
            if removed == 0 {
                missing.push(code.as_str());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(StoreError::NoSuchUnits {
            plan: plan.name.clone(),
            count: missing.len(),
            codes: crate::import::listed(&missing),
        })
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
