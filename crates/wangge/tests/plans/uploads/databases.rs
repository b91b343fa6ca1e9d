//! Files of `GeoPackage`, which are databases with a will of their own.

use rstest::rstest;
use rusqlite::Connection;

use super::{Door, GEOPACKAGE, bytes_of, exported, refused};

/// the six grids as a GeoPackage, changed by these statements.
fn changed_by(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("six.gpkg");
    let (_, sound) = exported("gpkg").pop().unwrap();
    std::fs::write(&path, sound).unwrap();
    let file = Connection::open(&path).unwrap();
    // SQLite checks foreign keys and references of views while it renames
    let free = "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;";
    file.execute_batch(&format!("{free} {sql}")).unwrap();
    drop(file);
    bytes_of(&path)
}

#[rstest]
#[case::table_that_reads_files(
    "ALTER TABLE grid RENAME TO old; PRAGMA writable_schema = ON;
     INSERT INTO sqlite_master VALUES ('table', 'grid', 'grid', 0,
     'CREATE VIRTUAL TABLE grid USING VirtualText(''/etc/passwd'', ''UTF-8'', 0, POINT, NONE, '':'')');",
    "only plain tables are read"
)]
#[case::table_that_reads_files_behind_a_comment(
    "ALTER TABLE grid RENAME TO old; PRAGMA writable_schema = ON;
     INSERT INTO sqlite_master VALUES ('table', 'grid', 'grid', 0,
     'CREATE/**/VIRTUAL TABLE grid USING VirtualText(''/etc/passwd'', ''UTF-8'', 0, POINT, NONE, '':'')');",
    "only plain tables are read"
)]
#[case::endless_view(
    "ALTER TABLE grid RENAME TO old; CREATE VIEW grid AS
     WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
     SELECT x AS fid, NULL AS geom, x AS code FROM n;",
    "only plain tables are read"
)]
#[case::view_of_itself(
    "ALTER TABLE grid RENAME TO old; CREATE VIEW one AS SELECT * FROM old;
     CREATE VIEW grid AS SELECT * FROM one; PRAGMA writable_schema = ON;
     UPDATE sqlite_master SET sql = 'CREATE VIEW one AS SELECT * FROM grid' WHERE name = 'one';",
    "only plain tables are read"
)]
#[case::endless_contents(
    "ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS
     WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
     SELECT 'grid' AS table_name, 'features' AS data_type FROM n;",
    "only plain tables are read"
)]
#[case::the_schema_as_a_layer(
    "DELETE FROM gpkg_contents; INSERT INTO gpkg_contents (table_name, data_type)
     VALUES ('sqlite_master', 'features');
     UPDATE gpkg_geometry_columns SET table_name = 'sqlite_master';",
    "it has no table"
)]
#[case::geometries_that_are_none(
    "UPDATE grid SET geom = zeroblob(100) WHERE code = '001001';",
    "does not begin with GP"
)]
fn a_hostile_database_is_one_clear_problem_and_changes_nothing(
    #[case] sql: &str,
    #[case] words: &str,
) {
    let wanted = (422, "unreadable-file", words);
    refused(GEOPACKAGE, &changed_by(sql), wanted);
}

#[test]
fn a_database_cut_short_is_one_clear_problem() {
    let (_, sound) = exported("gpkg").pop().unwrap();
    let wanted = (422, "unreadable-file", "it is truncated");
    refused(GEOPACKAGE, &sound[..sound.len() / 2], wanted);
}

#[test]
fn geojson_that_says_it_is_a_geopackage_is_none() {
    let bytes = b"{\"type\":\"FeatureCollection\",\"features\":[]}";
    refused(GEOPACKAGE, bytes, (422, "unreadable-file", "truncated"));
}

#[rstest]
#[case::index_of_other_rows(
    "DROP TABLE IF EXISTS rtree_grid_geom;
     CREATE VIRTUAL TABLE rtree_grid_geom USING rtree(id, minx, maxx, miny, maxy);
     INSERT INTO rtree_grid_geom VALUES (999, 0, 1, 0, 1);"
)]
#[case::index_that_stands_where_another_table_is(
    "CREATE INDEX lying ON grid (code, geom); PRAGMA writable_schema = ON;
     UPDATE sqlite_master SET rootpage =
       (SELECT rootpage FROM sqlite_master WHERE name = 'gpkg_contents') WHERE name = 'lying';"
)]
#[case::computed_column_without_end(
    "ALTER TABLE grid ADD COLUMN bomb AS (hex(zeroblob(900000000)));"
)]
#[case::trigger("CREATE TRIGGER t AFTER INSERT ON grid BEGIN DELETE FROM grid; END;")]
fn what_a_database_would_do_by_itself_is_not_done(#[case] sql: &str) {
    let door = Door::open();
    let told = door.takes("", GEOPACKAGE, &changed_by(sql));
    assert!(!told.to_string().contains("bomb"), "{told}");
    door.close();
}
