//! Plans: their records, and the steps of their lives.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use wangge_model::{PlanState, Version};

use crate::audit::Deed;
use crate::contents::content_digest;
use crate::store::Change;
use crate::{Accepted, Digest, Store, StoreError};

/// The longest name of a plan, in characters.
const MAX_NAME_CHARS: usize = 100;

/// The years 1900 to 9998, in seconds of Unix time.
const YEARS: std::ops::Range<i64> = -2_208_988_800..253_370_764_800;

/// A plan as the store knows it. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRecord {
    /// Its number, never given twice in one store.
    pub id: i64,
    /// Its name, unique in the store.
    pub name: String,
    /// Where it is in its life.
    pub state: PlanState,
    /// Grows with every committed change of the plan, of its state too.
    pub revision: i64,
    /// When it was begun.
    pub created: Timestamp,
    /// When its present contents were found sound.
    pub checked: Option<Timestamp>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// From when on it is in force.
    pub effective: Option<Timestamp>,
    /// From when on another plan is in force instead.
    pub ended: Option<Timestamp>,
    /// The digest of its contents as they were checked or published.
    pub content_hash: Option<Digest>,
    /// Remarks.
    pub note: Option<String>,
}

impl PlanRecord {
    /// What answers from the plan carry: `plan.revision`.
    pub const fn version(&self) -> Version {
        Version {
            plan: self.id,
            revision: self.revision,
        }
    }
}

impl Store {
    /// All plans, oldest first.
    pub fn plans(&self) -> Result<Vec<PlanRecord>, StoreError> {
        select(&self.connection, "ORDER BY id", []).map_err(self.sqlite("reading the plans"))
    }

    /// The plan of this name.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`].
    pub fn plan(&self, name: &str) -> Result<PlanRecord, StoreError> {
        find(&self.connection, name)
            .map_err(self.sqlite("reading the plans"))?
            .ok_or_else(|| no_plan(&self.connection, name))
    }

    /// How many units of the lowest level a plan has. They are counted one by one.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn grids_in(&self, plan: &PlanRecord) -> Result<u64, StoreError> {
        counted(&self.connection, plan.id).map_err(self.sqlite("counting grids"))
    }

    /// The plan in force now; `None` when none has taken effect yet.
    pub fn current(&self) -> Result<Option<PlanRecord>, StoreError> {
        self.current_at(Timestamp::now())
    }

    /// The plan in force at a time.
    pub fn current_at(&self, at: Timestamp) -> Result<Option<PlanRecord>, StoreError> {
        let found = select(
            &self.connection,
            "WHERE effective <= ?1 ORDER BY effective DESC LIMIT 1",
            [stamp(at)],
        );
        Ok(found
            .map_err(self.sqlite("reading the plans"))?
            .into_iter()
            .next())
    }

    /// The plan in force at a time, with the revision that it had then: what it answered under.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn in_force_at(&self, at: Timestamp) -> Result<Option<PlanRecord>, StoreError> {
        let Some(mut plan) = self.current_at(at)? else {
            return Ok(None);
        };
        // one that was published for a time past has its first revision from then on
        let from = plan.published.map_or(at, |published| at.max(published));
        if let Some(revision) = self.revision_at(plan.id, from)? {
            plan.revision = revision;
        }
        Ok(Some(plan))
    }

    /// The plan that takes effect next.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn upcoming(&self, now: Timestamp) -> Result<Option<PlanRecord>, StoreError> {
        let found = select(
            &self.connection,
            "WHERE effective > ?1 ORDER BY effective LIMIT 1",
            [stamp(now)],
        );
        Ok(found.map_err(self.sqlite("reading the plans"))?.pop())
    }

    /// Begins a draft: empty, or with the units of another plan, whose shapes the two share.
    ///
    /// # Errors
    /// [`StoreError::PlanName`], [`StoreError::PlanExists`], [`StoreError::NoPlan`].
    pub fn create_plan(
        &mut self,
        name: &str,
        from: Option<&str>,
        note: Option<&str>,
    ) -> Result<PlanRecord, StoreError> {
        self.change("making a plan", |change| {
            if change.find(name)?.is_some() {
                return Err(StoreError::PlanExists {
                    plan: name.to_owned(),
                });
            }
            let from = from.map(|from| change.plan(from)).transpose()?;
            let id = change.begin_plan(name, note)?;
            if let Some(from) = &from {
                change.keep_origin(id, from)?;
                change.run(
                    "INSERT INTO units (plan, level, code_id, code, name, name_en, parent, kind,
                       households, population, area_m2, note, shape)
                     SELECT ?1, level, code_id, code, name, name_en, parent, kind, households,
                       population, area_m2, note, shape
                     FROM units WHERE plan = ?2 ORDER BY fid",
                    params![id, from.id],
                )?;
                change.touch_layers(None)?;
            }
            let made = change.plan(name)?;
            let detail = from.map_or(serde_json::Value::Null, |from| {
                serde_json::json!({ "from": from.name, "version": from.version().to_string() })
            });
            change.record(&Deed::to("plan-begun", None, &made).with(detail))?;
            Ok(made)
        })
    }

    /// Records that the plan's contents, which have this digest, were found sound.
    ///
    /// # Errors
    /// [`StoreError::PlanChanged`] when the contents are others by now;
    /// [`StoreError::PlanGuarded`] once the plan is published; [`StoreError::NoPlan`].
    pub fn mark_checked(
        &mut self,
        plan: &str,
        content_hash: &Digest,
    ) -> Result<PlanRecord, StoreError> {
        self.change("recording a check", |change| {
            let record = change.open_plan(plan)?;
            change.expect_contents(&record, content_hash)?;
            change.run(
                "UPDATE plans SET state = 'checked', checked = ?2, content_sha256 = ?3,
                   revision = revision + 1 WHERE id = ?1",
                params![record.id, stamp(Timestamp::now()), content_hash.as_bytes()],
            )?;
            let after = change.plan(plan)?;
            change.record(&Deed::to("plan-checked", Some(record.version()), &after))?;
            Ok(after)
        })
    }

    /// Makes a plan the city's, from `effective` on (now unless given), with the contents that
    /// have this digest. The plan published before is superseded, and stays in force until then.
    ///
    /// # Errors
    /// [`StoreError::PlanChanged`] when the contents are not those that were checked;
    /// [`StoreError::PlanEmpty`]; [`StoreError::PlanGuarded`] once it is published;
    /// [`StoreError::EffectiveTooEarly`] when it would not follow the plan published before;
    /// [`StoreError::NoPlan`].
    pub fn publish(
        &mut self,
        plan: &str,
        content_hash: &Digest,
        effective: Option<Timestamp>,
    ) -> Result<Version, StoreError> {
        self.publish_accepting(plan, content_hash, effective, &[])
    }

    /// The same, and writes down with it what a person accepted of the plan's defects.
    ///
    /// # Errors
    /// As [`Store::publish`].
    pub fn publish_accepting(
        &mut self,
        plan: &str,
        content_hash: &Digest,
        effective: Option<Timestamp>,
        accepted: &[Accepted],
    ) -> Result<Version, StoreError> {
        self.change("publishing a plan", |change| {
            let record = change.open_plan(plan)?;
            let grids = change.grids_in(&record)?;
            if grids == 0 {
                return Err(StoreError::PlanEmpty { plan: record.name });
            }
            change.expect_contents(&record, content_hash)?;
            let last = select(
                change.transaction,
                "WHERE effective IS NOT NULL ORDER BY effective DESC LIMIT 1",
                [],
            )
            .map_err(|error| change.sqlite(&error))?
            .into_iter()
            .next();
            let now = Timestamp::now();
            let from = follow(plan, last.as_ref(), effective, now)?;
            change.run(
                "UPDATE plans SET state = 'superseded', ended = ?1, revision = revision + 1
                 WHERE state = 'published'",
                [stamp(from)],
            )?;
            change.run(
                "UPDATE plans SET state = 'published', published = ?2, effective = ?3,
                   content_sha256 = ?4, revision = revision + 1 WHERE id = ?1",
                params![record.id, stamp(now), stamp(from), content_hash.as_bytes()],
            )?;
            if let Some(last) = &last {
                let after = change.plan(&last.name)?;
                if after.revision != last.revision {
                    change.record(&Deed::to("plan-superseded", Some(last.version()), &after))?;
                }
            }
            change.keep_accepted(&record, accepted)?;
            change.touch_layers(None)?;
            let after = change.plan(plan)?;
            let ids: Vec<&str> = accepted.iter().map(|one| one.defect.as_str()).collect();
            let detail = serde_json::json!({
                "effective": stamp(from), "grids": grids, "accepted": ids,
                "follows": last.map(|last| last.version().to_string()),
            });
            change
                .record(&Deed::to("plan-published", Some(record.version()), &after).with(detail))?;
            Ok(after.version())
        })
    }
}

impl Change<'_> {
    fn grids_in(&self, plan: &PlanRecord) -> Result<u64, StoreError> {
        counted(self.transaction, plan.id).map_err(|error| self.sqlite(&error))
    }

    pub(crate) fn find(&self, name: &str) -> Result<Option<PlanRecord>, StoreError> {
        find(self.transaction, name).map_err(|error| self.sqlite(&error))
    }

    pub(crate) fn plan(&self, name: &str) -> Result<PlanRecord, StoreError> {
        self.find(name)?
            .ok_or_else(|| no_plan(self.transaction, name))
    }

    /// The plan of this name, which may still be changed.
    pub(crate) fn open_plan(&self, name: &str) -> Result<PlanRecord, StoreError> {
        let record = self.plan(name)?;
        match record.state {
            PlanState::Draft | PlanState::Checked => Ok(record),
            state => Err(StoreError::PlanGuarded {
                plan: record.name,
                state,
            }),
        }
    }

    /// Begins a draft of a new name and tells its number.
    pub(crate) fn begin_plan(&self, name: &str, note: Option<&str>) -> Result<i64, StoreError> {
        let visible = !name.is_empty()
            && name.trim() == name
            && name.chars().count() <= MAX_NAME_CHARS
            && !name.chars().any(char::is_control);
        if !visible {
            return Err(StoreError::PlanName {
                plan: name
                    .chars()
                    .take(MAX_NAME_CHARS)
                    .flat_map(char::escape_debug)
                    .collect(),
            });
        }
        self.run(
            "INSERT INTO plans (name, created, note) VALUES (?1, ?2, ?3)",
            params![name, stamp(Timestamp::now()), note],
        )?;
        Ok(self.transaction.last_insert_rowid())
    }

    pub(crate) fn run(
        &self,
        statement: &str,
        params: impl rusqlite::Params,
    ) -> Result<usize, StoreError> {
        self.transaction
            .prepare_cached(statement)
            .and_then(|mut statement| statement.execute(params))
            .map_err(|error| self.sqlite(&error))
    }

    /// Counts the revision of the plan in force up, as who follows the store looks at its version,
    /// and writes down what made it.
    pub(crate) fn count_revision(
        &self,
        now: Timestamp,
        action: &'static str,
        detail: serde_json::Value,
    ) -> Result<(), StoreError> {
        let in_force = |change: &Self| -> Result<Option<PlanRecord>, StoreError> {
            let found = select(
                change.transaction,
                "WHERE effective <= ?1 ORDER BY effective DESC LIMIT 1",
                [stamp(now)],
            );
            Ok(found.map_err(|error| change.sqlite(&error))?.pop())
        };
        let before = in_force(self)?;
        self.run(
            "UPDATE plans SET revision = revision + 1 WHERE id = (
               SELECT id FROM plans WHERE effective <= ?1 ORDER BY effective DESC LIMIT 1)",
            [stamp(now)],
        )?;
        let after = in_force(self)?;
        self.record(&Deed {
            action,
            plan: after.as_ref(),
            before: before.as_ref().map(PlanRecord::version),
            after: after.as_ref().map(PlanRecord::version),
            detail,
        })
    }

    /// Tells GeoPackage readers that the layers changed, and how far they reach.
    pub(crate) fn touch_layers(
        &self,
        reach: Option<wangge_plane::Extent>,
    ) -> Result<(), StoreError> {
        let now = stamp(Timestamp::now());
        self.run("UPDATE gpkg_contents SET last_change = ?1", [now])?;
        if let Some(reach) = reach {
            // SQLite's min and max of NULL are NULL
            self.run(
                "UPDATE gpkg_contents SET
                   min_x = min(ifnull(min_x, ?1), ?1), min_y = min(ifnull(min_y, ?2), ?2),
                   max_x = max(ifnull(max_x, ?3), ?3), max_y = max(ifnull(max_y, ?4), ?4)
                 WHERE data_type = 'features'",
                [
                    reach.min().lon(),
                    reach.min().lat(),
                    reach.max().lon(),
                    reach.max().lat(),
                ],
            )?;
        }
        Ok(())
    }

    fn expect_contents(&self, plan: &PlanRecord, expected: &Digest) -> Result<(), StoreError> {
        let found = content_digest(self.transaction, self.path, self.scheme, plan.id)
            .map_err(|error| error.into_store(|error| self.sqlite(&error)))?;
        if found == *expected {
            Ok(())
        } else {
            Err(StoreError::PlanChanged {
                plan: plan.name.clone(),
                expected: *expected,
                found,
            })
        }
    }
}

/// A time as the store writes it: UTC with milliseconds, as the GeoPackage standard has it. Times
/// of this form order as their text does.
pub(crate) fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// When a plan takes effect, after the one published last.
fn follow(
    plan: &str,
    last: Option<&PlanRecord>,
    effective: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let wanted = effective.unwrap_or(now);
    // beyond these years a time has no text that orders as it does
    if !YEARS.contains(&wanted.as_second()) {
        return Err(StoreError::EffectiveOutOfRange {
            plan: plan.to_owned(),
            effective: wanted,
        });
    }
    let Some((last, last_effective)) = last.and_then(|last| Some((last, last.effective?))) else {
        return Ok(wanted);
    };
    if wanted.as_millisecond() > last_effective.as_millisecond() {
        return Ok(wanted);
    }
    // two publications within one millisecond follow each other all the same
    if effective.is_none()
        && now.as_millisecond() == last_effective.as_millisecond()
        && let Ok(next) = Timestamp::from_millisecond(last_effective.as_millisecond() + 1)
    {
        return Ok(next);
    }
    Err(StoreError::EffectiveTooEarly {
        plan: plan.to_owned(),
        effective: wanted,
        other: last.name.clone(),
        other_effective: last_effective,
    })
}

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<PlanRecord>> {
    Ok(select(connection, "WHERE name = ?1", [name])?
        .into_iter()
        .next())
}

pub(crate) fn select(
    connection: &Connection,
    which: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<PlanRecord>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, name, state, revision, created, checked, published, effective, ended,
           content_sha256, note
         FROM plans {which}"
    ))?;
    let rows = statement.query_map(params, record)?;
    rows.collect()
}

fn counted(connection: &Connection, plan: i64) -> rusqlite::Result<u64> {
    let mut count = connection.prepare_cached(
        "SELECT count(*) FROM units
         WHERE plan = ?1 AND level = (SELECT lowest FROM wangge_store)",
    )?;
    count.query_row([plan], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

fn record(row: &Row<'_>) -> rusqlite::Result<PlanRecord> {
    Ok(PlanRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        state: parsed(row, 2)?,
        revision: row.get(3)?,
        created: parsed(row, 4)?,
        checked: parsed_option(row, 5)?,
        published: parsed_option(row, 6)?,
        effective: parsed_option(row, 7)?,
        ended: parsed_option(row, 8)?,
        content_hash: row.get::<_, Option<[u8; 32]>>(9)?.map(Digest::from_bytes),
        note: row.get(10)?,
    })
}

pub(crate) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    parsed_option(row, column)?.ok_or_else(|| {
        rusqlite::Error::InvalidColumnType(column, column.to_string(), rusqlite::types::Type::Null)
    })
}

fn parsed_option<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        text.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(
                column,
                rusqlite::types::Type::Text,
                Box::new(error),
            )
        })
    })
    .transpose()
}

fn no_plan(connection: &Connection, name: &str) -> StoreError {
    let known = connection
        .prepare("SELECT name FROM plans ORDER BY id")
        .and_then(|mut statement| {
            statement
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .unwrap_or_default();
    StoreError::NoPlan {
        plan: name.to_owned(),
        known: if known.is_empty() {
            "none yet".to_owned()
        } else {
            known.join(", ")
        },
    }
}
