//! What is in the file: tables, views, guards, and what makes it a GeoPackage.

use rusqlite::{Connection, params};
use wangge_model::Scheme;

use crate::Digest;

mod components;
mod layers;
mod life;
mod lists;

/// "GPKG": a GeoPackage of version 1.2 or later (OGC 12-128r18, requirement 2).
pub(crate) const APPLICATION_ID: i64 = 0x4750_4B47;

/// GeoPackage 1.3.0.
pub(crate) const USER_VERSION: i64 = 10_300;

/// The form of the tables below. A change that older versions cannot read counts it up.
pub(crate) const FORM: i64 = 5;

/// The system of every geometry: CGCS2000, EPSG:4490.
pub(crate) const SRS_ID: i32 = 4490;

/// A view with a geometry, as QGIS lists it.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    description: &'static str,
    geometry: &'static str,
    /// The form of stores since which it is there.
    pub(crate) since: i64,
}

const fn layer(
    name: &'static str,
    geometry: &'static str,
    since: i64,
    description: &'static str,
) -> Layer {
    Layer {
        name,
        description,
        geometry,
        since,
    }
}

/// The views with a geometry.
pub(crate) const LAYERS: [Layer; 9] = [
    layer("current_grids", "MULTIPOLYGON", 1, "The grids in force now"),
    layer("grids", "MULTIPOLYGON", 1, "The grids of every plan"),
    layer(
        "boundaries",
        "MULTIPOLYGON",
        1,
        "Boundaries that files gave for upper levels, as evidence",
    ),
    layer(
        "current_components",
        "GEOMETRY",
        3,
        "The city components as they are now",
    ),
    layer(
        "current_overlays",
        "MULTIPOLYGON",
        3,
        "The specialised grids as they are now",
    ),
    layer(
        "current_streets",
        "MULTILINESTRING",
        3,
        "The streets as they are now",
    ),
    layer(
        "current_households",
        "POINT",
        3,
        "The households as they are now",
    ),
    layer(
        "current_buildings",
        "GEOMETRY",
        3,
        "The buildings as they are now",
    ),
    layer(
        "current_base",
        "GEOMETRY",
        5,
        "Water, green and the like as they are now",
    ),
];

/// The tables without a geometry that QGIS lists, and the form of stores since which they are there.
const ATTRIBUTES: [(&str, i64, &str); 16] = [
    (
        "plans",
        1,
        "Plans: whole sets of boundaries, and their states",
    ),
    ("units", 1, "Units of every level and plan"),
    (
        "imports",
        1,
        "What was imported, when, and what the report said",
    ),
    (
        "lists",
        2,
        "Lists of classes, departments, rules, posts and borders, as they were imported",
    ),
    (
        "classes",
        2,
        "Classes of components and events, of every list",
    ),
    ("departments", 2, "Departments, of every list"),
    ("rules", 2, "Rules of responsibility, of every list"),
    ("posts", 2, "Posts, of every list"),
    ("borders", 2, "Borders that are not sure, of every list"),
    (
        "layers",
        3,
        "Lists of what lies on the map, of devices and of parents, as they were imported",
    ),
    ("parents", 3, "Parents of units, of every list"),
    ("devices", 3, "Devices, of every list"),
    (
        "component_imports",
        3,
        "What was imported of components, when, and what the report said",
    ),
    ("origins", 4, "Which plan a plan was begun from"),
    (
        "accepted",
        4,
        "Defects that a person accepted when a plan was published, with the reason",
    ),
    ("audit", 4, "Who changed what, and when"),
];

/// The GeoPackage's own tables, as the standard's appendix C has them.
const GEOPACKAGE: &[(&str, &str)] = &[
    (
        "gpkg_spatial_ref_sys",
        "CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
)",
    ),
    (
        "gpkg_contents",
        "CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
)",
    ),
    (
        "gpkg_geometry_columns",
        "CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
)",
    ),
];

/// Our tables, views and guards, by name, in the order in which they are made, with the form of
/// stores since which they are there. `store check` compares these texts with the file's.
pub(crate) fn ours() -> impl Iterator<Item = (i64, &'static str, &'static str)> {
    let groups: [(i64, &[(&str, &str)]); 18] = [
        (1, OF_PLANS),
        (2, lists::LISTS),
        (3, &layers::LAYERS),
        (3, &layers::PARENTS),
        (3, &layers::OVERLAYS),
        (3, &layers::STREETS),
        (3, &layers::HOUSEHOLDS),
        (3, &layers::BUILDINGS),
        (3, &layers::DEVICES),
        (3, &layers::CURRENT),
        (3, &components::IMPORTS),
        (3, &components::COMPONENTS),
        (4, &life::OF_PLANS),
        (4, &life::ORIGINS),
        (4, &life::ACCEPTED),
        (4, &life::AUDIT),
        (5, &layers::BASE),
        (5, &layers::CURRENT_BASE),
    ];
    groups
        .into_iter()
        .flat_map(|(form, group)| group.iter().map(move |(name, made)| (form, *name, *made)))
}

/// The form in which a table of an earlier one got its present columns.
pub(crate) fn changed_in(name: &str) -> i64 {
    if name == "posts" { 3 } else { 1 }
}

/// What is there of plans, units, shapes and imports.
const OF_PLANS: &[(&str, &str)] = &[
    (
        "wangge_store",
        "CREATE TABLE wangge_store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  form INTEGER NOT NULL,
  created TEXT NOT NULL,
  scheme TEXT NOT NULL,
  scheme_sha256 BLOB NOT NULL,
  lowest TEXT NOT NULL,
  commits INTEGER NOT NULL DEFAULT 0
)",
    ),
    (
        "plans",
        "CREATE TABLE plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'draft'
    CHECK (state IN ('draft', 'checked', 'published', 'superseded')),
  revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
  created DATETIME NOT NULL,
  checked DATETIME,
  published DATETIME,
  effective DATETIME,
  ended DATETIME,
  content_sha256 BLOB,
  note TEXT,
  CHECK (state IN ('draft', 'checked')
    OR (published IS NOT NULL AND effective IS NOT NULL AND content_sha256 IS NOT NULL))
)",
    ),
    (
        "codes",
        "CREATE TABLE codes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL UNIQUE
)",
    ),
    (
        "shapes",
        "CREATE TABLE shapes (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  geom MULTIPOLYGON NOT NULL
)",
    ),
    (
        "units",
        "CREATE TABLE units (
  fid INTEGER PRIMARY KEY,
  plan INTEGER NOT NULL REFERENCES plans (id),
  level TEXT NOT NULL,
  code_id INTEGER NOT NULL REFERENCES codes (id),
  code TEXT NOT NULL,
  name TEXT,
  name_en TEXT,
  parent TEXT,
  kind TEXT,
  households INTEGER,
  population INTEGER,
  area_m2 REAL,
  note TEXT,
  shape INTEGER REFERENCES shapes (id),
  UNIQUE (plan, code)
)",
    ),
    (
        "units_by_shape",
        "CREATE INDEX units_by_shape ON units (shape)",
    ),
    (
        "imports",
        "CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  plan INTEGER NOT NULL REFERENCES plans (id),
  revision INTEGER NOT NULL,
  level TEXT NOT NULL,
  at DATETIME NOT NULL,
  units INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  report TEXT NOT NULL
)",
    ),
    (
        "import_files",
        "CREATE TABLE import_files (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES imports (id),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL
)",
    ),
    (
        "grids",
        "CREATE VIEW grids AS
SELECT u.fid AS OGC_FID, u.plan, p.name AS plan_name, p.state, u.code, u.name, u.name_en,
  u.parent, u.kind, u.households, u.population, u.area_m2, u.note, s.geom
FROM units u JOIN plans p ON p.id = u.plan JOIN shapes s ON s.id = u.shape
WHERE u.level = (SELECT lowest FROM wangge_store)",
    ),
    (
        "current_grids",
        "CREATE VIEW current_grids AS
SELECT u.fid AS OGC_FID, u.code, u.name, u.name_en, u.parent, u.kind, u.households,
  u.population, u.area_m2, u.note, s.geom
FROM units u JOIN shapes s ON s.id = u.shape
WHERE u.level = (SELECT lowest FROM wangge_store) AND u.plan = (
  SELECT id FROM plans
  WHERE effective <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
  ORDER BY effective DESC LIMIT 1)",
    ),
    (
        "boundaries",
        "CREATE VIEW boundaries AS
SELECT u.fid AS OGC_FID, u.plan, p.name AS plan_name, p.state, u.level, u.code, u.name,
  u.name_en, u.parent, u.area_m2, u.note, s.geom
FROM units u JOIN plans p ON p.id = u.plan JOIN shapes s ON s.id = u.shape
WHERE u.level <> (SELECT lowest FROM wangge_store)",
    ),
    (
        "store_is_one",
        "CREATE TRIGGER store_is_one BEFORE DELETE ON wangge_store
BEGIN SELECT RAISE(ABORT, 'the description of the store cannot be deleted'); END",
    ),
    (
        "scheme_stays",
        "CREATE TRIGGER scheme_stays BEFORE UPDATE OF id, form, created, scheme, scheme_sha256,
  lowest ON wangge_store
BEGIN SELECT RAISE(ABORT, 'the scheme of a store cannot be changed'); END",
    ),
    (
        "shapes_stay",
        "CREATE TRIGGER shapes_stay BEFORE UPDATE ON shapes
BEGIN SELECT RAISE(ABORT, 'a shape is known by its digest and cannot be changed'); END",
    ),
    (
        "shapes_are_new",
        "CREATE TRIGGER shapes_are_new BEFORE INSERT ON shapes
WHEN EXISTS (SELECT 1 FROM shapes WHERE id = NEW.id OR sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'the shape is there already'); END",
    ),
    (
        "shapes_in_use",
        "CREATE TRIGGER shapes_in_use BEFORE DELETE ON shapes
WHEN EXISTS (SELECT 1 FROM units WHERE shape = OLD.id)
BEGIN SELECT RAISE(ABORT, 'the shape is in use'); END",
    ),
    (
        "published_units_insert",
        "CREATE TRIGGER published_units_insert BEFORE INSERT ON units
WHEN (SELECT state FROM plans WHERE id = NEW.plan) IN ('published', 'superseded')
BEGIN SELECT RAISE(ABORT, 'the plan is published: make a new plan from it and change that'); END",
    ),
    (
        "published_units_update",
        "CREATE TRIGGER published_units_update BEFORE UPDATE ON units
WHEN EXISTS (SELECT 1 FROM plans
  WHERE id IN (OLD.plan, NEW.plan) AND state IN ('published', 'superseded'))
BEGIN SELECT RAISE(ABORT, 'the plan is published: make a new plan from it and change that'); END",
    ),
    (
        "published_units_delete",
        "CREATE TRIGGER published_units_delete BEFORE DELETE ON units
WHEN (SELECT state FROM plans WHERE id = OLD.plan) IN ('published', 'superseded')
BEGIN SELECT RAISE(ABORT, 'the plan is published: make a new plan from it and change that'); END",
    ),
    (
        "units_replace",
        "CREATE TRIGGER units_replace BEFORE INSERT ON units
WHEN EXISTS (SELECT 1 FROM units u JOIN plans p ON p.id = u.plan
  WHERE u.fid = NEW.fid AND p.state IN ('published', 'superseded'))
BEGIN SELECT RAISE(ABORT, 'the unit belongs to a published plan'); END",
    ),
    (
        "plans_begin_as_drafts",
        "CREATE TRIGGER plans_begin_as_drafts BEFORE INSERT ON plans
WHEN NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM plans WHERE id = NEW.id OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a plan begins as a draft, under a new name'); END",
    ),
    (
        "published_plans_update",
        "CREATE TRIGGER published_plans_update BEFORE UPDATE ON plans
WHEN OLD.state IN ('published', 'superseded') AND (
  NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.revision < OLD.revision
  OR NEW.created IS NOT OLD.created OR NEW.checked IS NOT OLD.checked
  OR NEW.published IS NOT OLD.published OR NEW.effective IS NOT OLD.effective
  OR NEW.content_sha256 IS NOT OLD.content_sha256
  OR (OLD.ended IS NOT NULL AND NEW.ended IS NOT OLD.ended)
  OR NOT (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'superseded')))
BEGIN SELECT RAISE(ABORT, 'the plan is published and stays as it is'); END",
    ),
    (
        "published_plans_delete",
        "CREATE TRIGGER published_plans_delete BEFORE DELETE ON plans
WHEN OLD.state IN ('published', 'superseded')
BEGIN SELECT RAISE(ABORT, 'the plan is published and stays'); END",
    ),
    (
        "codes_stay",
        "CREATE TRIGGER codes_stay BEFORE UPDATE ON codes
BEGIN SELECT RAISE(ABORT, 'a code keeps its number'); END",
    ),
    (
        "imports_stay_update",
        "CREATE TRIGGER imports_stay_update BEFORE UPDATE ON imports
BEGIN SELECT RAISE(ABORT, 'the journal of imports is not changed'); END",
    ),
];

const WGS_84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,\
298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,\
AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],\
AUTHORITY[\"EPSG\",\"4326\"]]";

const CGCS2000: &str = "GEOGCS[\"China Geodetic Coordinate System 2000\",DATUM[\"China_2000\",\
SPHEROID[\"CGCS2000\",6378137,298.257222101,AUTHORITY[\"EPSG\",\"1024\"]],\
AUTHORITY[\"EPSG\",\"1043\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4490\"]]";

/// Fills an empty database, inside a transaction of the caller's.
pub(crate) fn create(
    connection: &Connection,
    scheme: &Scheme,
    created: &str,
) -> rusqlite::Result<()> {
    for (_, statement) in GEOPACKAGE {
        connection.execute_batch(statement)?;
    }
    for (_, _, statement) in ours() {
        connection.execute_batch(statement)?;
    }
    let systems: [(&str, i32, &str, i32, &str, &str); 4] = [
        (
            "Undefined cartesian SRS",
            -1,
            "NONE",
            -1,
            "undefined",
            "undefined cartesian coordinate reference system",
        ),
        (
            "Undefined geographic SRS",
            0,
            "NONE",
            0,
            "undefined",
            "undefined geographic coordinate reference system",
        ),
        (
            "WGS 84 geodetic",
            4326,
            "EPSG",
            4326,
            WGS_84,
            "longitude/latitude in degrees on the WGS 84 spheroid",
        ),
        (
            "China Geodetic Coordinate System 2000",
            SRS_ID,
            "EPSG",
            SRS_ID,
            CGCS2000,
            "longitude/latitude in degrees on the CGCS2000 spheroid",
        ),
    ];
    for system in systems {
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization,
               organization_coordsys_id, definition, description)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            system,
        )?;
    }
    register(connection, 0, created)?;
    connection.execute(
        "INSERT INTO wangge_store (id, form, created, scheme, scheme_sha256, lowest)
         VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![
            FORM,
            created,
            scheme.source(),
            Digest::of(scheme.source().as_bytes()).as_bytes(),
            scheme.levels()[scheme.lowest().0].id(),
        ],
    )?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", USER_VERSION)
}

/// Brings a store of an earlier form to this one, inside a transaction of the caller's.
pub(crate) fn upgrade(connection: &Connection, from: i64, now: &str) -> rusqlite::Result<()> {
    if from == 2 {
        // what stores of form 1 get has the column already
        connection.execute_batch("ALTER TABLE posts ADD COLUMN department TEXT")?;
    }
    // of drafts, which may be removed since form 4, the journal goes with them
    connection.execute_batch("DROP TRIGGER IF EXISTS imports_stay_delete")?;
    for (_, _, statement) in ours().filter(|(since, ..)| *since > from) {
        connection.execute_batch(statement)?;
    }
    register(connection, from, now)?;
    // the guard lets the description change for this once
    connection.execute_batch("DROP TRIGGER scheme_stays")?;
    connection.execute("UPDATE wangge_store SET form = ?1", [FORM])?;
    if let Some((_, _, statement)) = ours().find(|(_, name, _)| *name == "scheme_stays") {
        connection.execute_batch(statement)?;
    }
    Ok(())
}

/// Lists what a store has since later forms than this one where QGIS looks for it.
fn register(connection: &Connection, from: i64, now: &str) -> rusqlite::Result<()> {
    for layer in LAYERS.iter().filter(|layer| layer.since > from) {
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description,
               last_change, srs_id)
             VALUES (?1, 'features', ?1, ?2, ?3, ?4)",
            params![layer.name, layer.description, now, SRS_ID],
        )?;
        connection.execute(
            "INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name,
               srs_id, z, m)
             VALUES (?1, 'geom', ?2, ?3, 0, 0)",
            params![layer.name, layer.geometry, SRS_ID],
        )?;
    }
    for (table, _, description) in ATTRIBUTES.iter().filter(|(_, since, _)| *since > from) {
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description,
               last_change)
             VALUES (?1, 'attributes', ?1, ?2, ?3)",
            params![table, description, now],
        )?;
    }
    Ok(())
}
