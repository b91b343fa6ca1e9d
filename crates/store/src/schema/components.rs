//! City components (部件): every version of each, and the imports that made them.

use super::layers::guarded;

/// What was imported of components, when, and the digest of what that wrote.
pub(super) const IMPORTS: [(&str, &str); 4] = guarded!(
    "component_imports",
    "id = NEW.id",
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at DATETIME NOT NULL,
  rows INTEGER NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  files TEXT NOT NULL,
  report TEXT NOT NULL",
    "the journal of imports is not changed"
);

/// The versions, and who may change what of them. A version holds from the import that wrote it
/// to the one that ended it.
pub(super) const COMPONENTS: [(&str, &str); 7] = [
    (
        "components",
        "CREATE TABLE components (
  fid INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  since INTEGER NOT NULL REFERENCES component_imports (id),
  until INTEGER REFERENCES component_imports (id),
  class TEXT NOT NULL,
  name TEXT,
  state TEXT,
  dept_in_charge TEXT,
  dept_owner TEXT,
  dept_maintainer TEXT,
  grid TEXT,
  surveyed TEXT,
  changed TEXT,
  accuracy_m TEXT,
  source TEXT,
  note TEXT,
  geom GEOMETRY NOT NULL,
  CHECK (until > since)
)",
    ),
    (
        "components_now",
        "CREATE UNIQUE INDEX components_now ON components (code) WHERE until IS NULL",
    ),
    (
        "components_since",
        "CREATE INDEX components_since ON components (code, since)",
    ),
    (
        "current_components",
        "CREATE VIEW current_components AS
SELECT fid AS OGC_FID, code, class, name, state, dept_in_charge, dept_owner, dept_maintainer, grid,
  surveyed, changed, accuracy_m, source, note, geom
FROM components WHERE until IS NULL",
    ),
    (
        "components_stay",
        "CREATE TRIGGER components_stay BEFORE UPDATE ON components
WHEN OLD.until IS NOT NULL OR NEW.until IS NULL OR NEW.fid <> OLD.fid OR NEW.code <> OLD.code
  OR NEW.since <> OLD.since OR NEW.class <> OLD.class OR NEW.name IS NOT OLD.name
  OR NEW.state IS NOT OLD.state OR NEW.dept_in_charge IS NOT OLD.dept_in_charge
  OR NEW.dept_owner IS NOT OLD.dept_owner OR NEW.dept_maintainer IS NOT OLD.dept_maintainer
  OR NEW.grid IS NOT OLD.grid OR NEW.surveyed IS NOT OLD.surveyed
  OR NEW.changed IS NOT OLD.changed OR NEW.accuracy_m IS NOT OLD.accuracy_m
  OR NEW.source IS NOT OLD.source OR NEW.note IS NOT OLD.note OR NEW.geom <> OLD.geom
BEGIN SELECT RAISE(ABORT, 'the history of components is kept: import what is new'); END",
    ),
    (
        "components_kept",
        "CREATE TRIGGER components_kept BEFORE DELETE ON components
BEGIN SELECT RAISE(ABORT, 'the history of components is kept: import what is new'); END",
    ),
    (
        "components_new",
        "CREATE TRIGGER components_new BEFORE INSERT ON components
WHEN EXISTS (SELECT 1 FROM components WHERE fid = NEW.fid)
BEGIN SELECT RAISE(ABORT, 'the history of components is kept: import what is new'); END",
    ),
];
