//! The life of plans, since form 4: what they were begun from, what was accepted in them, and who
//! changed what.

use super::layers::guarded;

/// Guards and indexes of the tables of form 1.
pub(super) const OF_PLANS: [(&str, &str); 2] = [
    (
        "imports_kept",
        "CREATE TRIGGER imports_kept BEFORE DELETE ON imports
WHEN (SELECT state FROM plans WHERE id = OLD.plan) IN ('published', 'superseded')
BEGIN SELECT RAISE(ABORT, 'the journal of a published plan is kept'); END",
    ),
    (
        "units_by_code",
        "CREATE INDEX units_by_code ON units (code, plan)",
    ),
];

/// The published plan that a plan was begun from.
pub(super) const ORIGINS: [(&str, &str); 3] = [
    (
        "origins",
        "CREATE TABLE origins (
  plan INTEGER PRIMARY KEY REFERENCES plans (id),
  base INTEGER NOT NULL REFERENCES plans (id)
)",
    ),
    (
        "origins_stay",
        "CREATE TRIGGER origins_stay BEFORE UPDATE ON origins
BEGIN SELECT RAISE(ABORT, 'a plan was begun where it was begun'); END",
    ),
    (
        "origins_kept",
        "CREATE TRIGGER origins_kept BEFORE DELETE ON origins
WHEN (SELECT state FROM plans WHERE id = OLD.plan) IN ('published', 'superseded')
BEGIN SELECT RAISE(ABORT, 'a plan was begun where it was begun'); END",
    ),
];

/// What a person accepted, by the defect's id.
pub(super) const ACCEPTED: [(&str, &str); 4] = guarded!(
    "accepted",
    "plan = NEW.plan AND defect = NEW.defect",
    "  plan INTEGER NOT NULL REFERENCES plans (id),
  defect TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  at DATETIME NOT NULL,
  PRIMARY KEY (plan, defect)",
    "what was accepted is kept"
);

/// The log. The digest of a row covers the row before it.
pub(super) const AUDIT: [(&str, &str); 4] = guarded!(
    "audit",
    "id = NEW.id",
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at DATETIME NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  plan INTEGER,
  plan_name TEXT,
  before TEXT,
  after TEXT,
  detail TEXT,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32)",
    "the log is only added to"
);
