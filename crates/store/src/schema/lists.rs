//! The lists of form 2: classes, departments, rules, posts, borders.

/// Tables and guards, by name, in the order in which they are made.
pub(super) const LISTS: &[(&str, &str)] = &[
    (
        "lists",
        "CREATE TABLE lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('classes', 'departments', 'rules', 'posts',
    'borders')),
  at DATETIME NOT NULL,
  rows INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  files TEXT NOT NULL
)",
    ),
    (
        "classes",
        "CREATE TABLE classes (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  object TEXT,
  code TEXT,
  name TEXT,
  name_en TEXT,
  geometry TEXT,
  accuracy TEXT,
  PRIMARY KEY (list, row)
)",
    ),
    (
        "departments",
        "CREATE TABLE departments (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  code TEXT,
  name TEXT,
  parent TEXT,
  kind TEXT,
  phone TEXT,
  PRIMARY KEY (list, row)
)",
    ),
    (
        "rules",
        "CREATE TABLE rules (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  tier TEXT,
  object TEXT,
  class TEXT,
  area TEXT,
  grid_kind TEXT,
  department TEXT,
  note TEXT,
  PRIMARY KEY (list, row)
)",
    ),
    (
        "posts",
        "CREATE TABLE posts (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  grid TEXT,
  post TEXT,
  name TEXT,
  phone TEXT, department TEXT,
  PRIMARY KEY (list, row)
)",
    ),
    (
        "borders",
        "CREATE TABLE borders (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  grid TEXT,
  other TEXT,
  status TEXT,
  note TEXT,
  PRIMARY KEY (list, row)
)",
    ),
    (
        "lists_stay_update",
        "CREATE TRIGGER lists_stay_update BEFORE UPDATE ON lists
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "lists_stay_delete",
        "CREATE TRIGGER lists_stay_delete BEFORE DELETE ON lists
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "classes_stay",
        "CREATE TRIGGER classes_stay BEFORE UPDATE ON classes
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "departments_stay",
        "CREATE TRIGGER departments_stay BEFORE UPDATE ON departments
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "rules_stay",
        "CREATE TRIGGER rules_stay BEFORE UPDATE ON rules
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "posts_stay",
        "CREATE TRIGGER posts_stay BEFORE UPDATE ON posts
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "borders_stay",
        "CREATE TRIGGER borders_stay BEFORE UPDATE ON borders
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "classes_kept",
        "CREATE TRIGGER classes_kept BEFORE DELETE ON classes
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "departments_kept",
        "CREATE TRIGGER departments_kept BEFORE DELETE ON departments
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "rules_kept",
        "CREATE TRIGGER rules_kept BEFORE DELETE ON rules
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "posts_kept",
        "CREATE TRIGGER posts_kept BEFORE DELETE ON posts
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "borders_kept",
        "CREATE TRIGGER borders_kept BEFORE DELETE ON borders
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "lists_new",
        "CREATE TRIGGER lists_new BEFORE INSERT ON lists
WHEN EXISTS (SELECT 1 FROM lists WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "classes_new",
        "CREATE TRIGGER classes_new BEFORE INSERT ON classes
WHEN EXISTS (SELECT 1 FROM classes WHERE list = NEW.list AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "departments_new",
        "CREATE TRIGGER departments_new BEFORE INSERT ON departments
WHEN EXISTS (SELECT 1 FROM departments WHERE list = NEW.list AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "rules_new",
        "CREATE TRIGGER rules_new BEFORE INSERT ON rules
WHEN EXISTS (SELECT 1 FROM rules WHERE list = NEW.list AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "posts_new",
        "CREATE TRIGGER posts_new BEFORE INSERT ON posts
WHEN EXISTS (SELECT 1 FROM posts WHERE list = NEW.list AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
    (
        "borders_new",
        "CREATE TRIGGER borders_new BEFORE INSERT ON borders
WHEN EXISTS (SELECT 1 FROM borders WHERE list = NEW.list AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'a list stays as it was imported: import a new one'); END",
    ),
];
