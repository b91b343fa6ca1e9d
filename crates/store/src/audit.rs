//! The log of a store: who changed what, when, and from which version to which.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest as _, Sha256};
use wangge_model::Version;

use crate::lists::has;
use crate::plans::stamp;
use crate::store::Change;
use crate::{Digest, PlanRecord, Store, StoreError};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who: an account, or where a request came from.
    pub who: String,
    /// What was done.
    pub action: String,
    /// The plan it was done to, or that was in force.
    pub plan: Option<String>,
    /// The version before, as answers write it.
    pub before: Option<String>,
    /// The version after.
    pub after: Option<String>,
    /// More about it, as JSON: numbers, codes, file names; never names of people.
    pub detail: Option<String>,
}

/// What is written to the log.
pub(crate) struct Deed<'a> {
    pub(crate) action: &'static str,
    pub(crate) plan: Option<&'a PlanRecord>,
    pub(crate) before: Option<Version>,
    pub(crate) after: Option<Version>,
    pub(crate) detail: serde_json::Value,
}

impl<'a> Deed<'a> {
    /// Something done to a plan, which is now as it is given.
    pub(crate) fn to(action: &'static str, before: Option<Version>, after: &'a PlanRecord) -> Self {
        Self {
            action,
            plan: Some(after),
            before,
            after: Some(after.version()),
            detail: serde_json::Value::Null,
        }
    }

    pub(crate) fn with(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }
}

const COLUMNS: &str = "id, at, who, action, plan_name, before, after, detail, plan, sha256";

impl Store {
    /// The log, the first line first.
    ///
    /// # Errors
    /// [`StoreError::Locked`] and the like.
    pub fn audit(&self) -> Result<Vec<AuditEntry>, StoreError> {
        let read = || -> rusqlite::Result<Vec<AuditEntry>> {
            if !has(&self.connection, "audit")? {
                return Ok(Vec::new());
            }
            let mut find = self
                .connection
                .prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"))?;
            let rows = find.query_map([], entry)?;
            rows.collect()
        };
        read().map_err(self.sqlite("reading the log"))
    }

    /// The revision that a plan had at a time; `None` where the log does not reach back to it.
    pub(crate) fn revision_at(&self, plan: i64, at: Timestamp) -> Result<Option<i64>, StoreError> {
        let read = || -> rusqlite::Result<Option<String>> {
            if !has(&self.connection, "audit")? {
                return Ok(None);
            }
            let mut by_then = self.connection.prepare_cached(
                "SELECT after FROM audit WHERE plan = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1",
            )?;
            let found = by_then.query_row(params![plan, stamp(at)], |row| row.get(0));
            if let Some(version) = found.optional()? {
                return Ok(version);
            }
            // the log of a store that an earlier version made begins later than its plans
            let mut next = self.connection.prepare_cached(
                "SELECT before FROM audit WHERE plan = ?1 AND at > ?2 ORDER BY id LIMIT 1",
            )?;
            let found = next.query_row(params![plan, stamp(at)], |row| row.get(0));
            Ok(found.optional()?.flatten())
        };
        let version = read().map_err(self.sqlite("reading the log"))?;
        let revision = version.as_deref().and_then(|text| text.split_once('.'));
        Ok(revision.and_then(|(_, revision)| revision.parse().ok()))
    }

    /// From when on the version of a published plan answers; `None` where the log does not say, and
    /// where another version began to answer in the same second.
    pub(crate) fn answers_since(&self, plan: &PlanRecord) -> Result<Option<Timestamp>, StoreError> {
        let Some(effective) = plan.effective else {
            return Ok(None);
        };
        let read = || -> rusqlite::Result<Option<Timestamp>> {
            if !has(&self.connection, "audit")? {
                return Ok(None);
            }
            let mut made = self.connection.prepare_cached(
                "SELECT id, at FROM audit WHERE plan = ?1 AND after = ?2 ORDER BY id LIMIT 1",
            )?;
            let line = made
                .query_row(params![plan.id, plan.version().to_string()], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
                })
                .optional()?;
            let Some((id, Ok(at))) = line.map(|(id, at)| (id, at.parse::<Timestamp>())) else {
                return Ok(None);
            };
            let since = at.max(effective);
            // what makes a version answer: a publication, from its time on, and every change of
            // the plan in force
            let mut others = self.connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM audit a JOIN plans p ON p.id = a.plan
                 WHERE a.id <> ?1 AND a.action <> 'plan-superseded'
                   AND (a.action = 'plan-published' OR a.at >= p.effective)
                   AND max(a.at, p.effective) BETWEEN ?2 AND ?3)",
            )?;
            let second = Timestamp::from_second(since.as_second()).unwrap_or(since);
            let within = params![id, stamp(second), stamp(since)];
            let clash: bool = others.query_row(within, |row| row.get(0))?;
            Ok(Some(since).filter(|_| !clash))
        };
        read().map_err(self.sqlite("reading the log"))
    }

    /// The first line of the log that is not as it was written, or does not follow the one before.
    pub(crate) fn first_forged_line(&self) -> rusqlite::Result<Option<i64>> {
        if !has(&self.connection, "audit")? {
            return Ok(None);
        }
        let mut find = self
            .connection
            .prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"))?;
        let mut rows = find.query([])?;
        let (mut before, mut number) = (None, 0);
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            number += 1;
            let line: [Option<String>; 7] = [
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?,
            ];
            let found = Digest::from_bytes(row.get(9)?);
            if id != number || found != digest_of(before, id, row.get(8)?, &line) {
                return Ok(Some(id));
            }
            before = Some(found);
        }
        Ok(None)
    }
}

impl Change<'_> {
    /// Adds a line to the log.
    pub(crate) fn record(&self, deed: &Deed<'_>) -> Result<(), StoreError> {
        let now = stamp(Timestamp::now());
        let last: Option<(i64, [u8; 32])> = self
            .transaction
            .prepare_cached("SELECT id, sha256 FROM audit ORDER BY id DESC LIMIT 1")
            .and_then(|mut find| {
                find.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|error| self.sqlite(&error))?;
        let id = last.map_or(1, |(id, _)| id + 1);
        let before = last.map(|(_, digest)| Digest::from_bytes(digest));
        let plan = deed.plan.map(|plan| plan.id);
        let line = [
            Some(now),
            Some(self.actor.to_owned()),
            Some(deed.action.to_owned()),
            deed.plan.map(|plan| plan.name.clone()),
            deed.before.map(|version| version.to_string()),
            deed.after.map(|version| version.to_string()),
            (!deed.detail.is_null()).then(|| deed.detail.to_string()),
        ];
        let digest = digest_of(before, id, plan, &line);
        let [at, who, action, name, from, to, detail] = line;
        self.run(
            "INSERT INTO audit (id, at, who, action, plan, plan_name, before, after, detail, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id,
                at,
                who,
                action,
                plan,
                name,
                from,
                to,
                detail,
                digest.as_bytes()
            ],
        )?;
        Ok(())
    }
}

/// The digest of a line: of the digest before it, its number, the plan's, and each cell behind a
/// byte that tells absent (0) from present (1) and its length in bytes (`u64`, little-endian).
fn digest_of(
    before: Option<Digest>,
    id: i64,
    plan: Option<i64>,
    line: &[Option<String>; 7],
) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"wangge log, form 1\n");
    hash.update(before.map_or([0; 32], |digest| *digest.as_bytes()));
    hash.update(id.to_le_bytes());
    hash.update(plan.unwrap_or_default().to_le_bytes());
    for cell in line {
        match cell {
            None => hash.update([0]),
            Some(cell) => {
                hash.update([1]);
                hash.update((cell.len() as u64).to_le_bytes());
                hash.update(cell);
            }
        }
    }
    Digest::from_bytes(hash.finalize().into())
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    let at: String = row.get(1)?;
    Ok(AuditEntry {
        id: row.get(0)?,
        at: at.parse().map_err(|error: jiff::Error| {
            rusqlite::Error::FromSqlConversionFailure(
                1,
                rusqlite::types::Type::Text,
                Box::new(error),
            )
        })?,
        who: row.get(2)?,
        action: row.get(3)?,
        plan: row.get(4)?,
        before: row.get(5)?,
        after: row.get(6)?,
        detail: row.get(7)?,
    })
}
