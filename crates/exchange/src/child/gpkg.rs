//! GeoPackage through SQLite, read-only and on its guard: only real tables that the file lists as
//! feature layers are read, by column name and without indexes, so that no view, virtual table,
//! trigger, index or function of the file takes part.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::sink::Sink;
use crate::wire::{Opened, Request};
use crate::{DeclaredCrs, Format, Note, Quantity, Refusal, RowGeometry, Value, wkb};

/// A feature layer as `gpkg_geometry_columns` lists it.
struct Layer {
    table: String,
    geometry: String,
    srs_id: i64,
}

/// Steps of SQLite's machine between two looks at how long it has been busy with one row.
const STEPS_PER_LOOK: i32 = 1_000_000;

/// Looks without a row in between, after which the file is given up: 2e9 steps.
const LOOKS_LIMIT: u32 = 2_000;

pub(super) fn read(path: &Path, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let file = Guarded::open(path, request)?;
    let layer = file.choose_layer(request, sink)?;
    let declared_crs = file.declared_crs(layer.srs_id)?;
    sink.opened(&Opened {
        format: Format::GeoPackage,
        layer: Some(layer.table.clone()),
        declared_crs: declared_crs.clone(),
    })?;
    if declared_crs == DeclaredCrs::None {
        sink.note(&Note::NoDeclaredCrs)?;
    }
    file.rows(&layer, sink)
}

struct Guarded {
    connection: Connection,
}

impl Guarded {
    fn open(path: &Path, request: &Request) -> Result<Self, Refusal> {
        check_length(path)?;
        // the name is ours: it has no character that a URI would have to escape
        let uri = format!("file:{}?mode=ro&immutable=1", path.display());
        let connection = Connection::open_with_flags(
            uri,
            OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(|error| malformed(&error.to_string()))?;
        Self::guard(&connection, request).map_err(|error| malformed(&error.to_string()))?;
        Ok(Self { connection })
    }

    fn guard(connection: &Connection, request: &Request) -> rusqlite::Result<()> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        let longest = request.limits.frame_bytes().min(1 << 30);
        let longest = i32::try_from(longest).unwrap_or(i32::MAX);
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_LENGTH, longest),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
            (Limit::SQLITE_LIMIT_COLUMN, 2_000),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 3),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            connection.set_limit(limit, value)?;
        }
        connection.execute_batch(
            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;",
        )?;
        Ok(())
    }

    fn choose_layer(&self, request: &Request, sink: &mut Sink) -> Result<Layer, Refusal> {
        self.must_be_table("gpkg_contents")?;
        self.must_be_table("gpkg_geometry_columns")?;
        let mut layers = self
            .query(
                "SELECT c.table_name, g.column_name, g.srs_id
                 FROM gpkg_contents AS c NOT INDEXED
                 JOIN gpkg_geometry_columns AS g NOT INDEXED
                   ON lower(g.table_name) = lower(c.table_name)
                 WHERE c.data_type = 'features'",
                &[],
                |row| {
                    Ok(Layer {
                        table: row.get(0)?,
                        geometry: row.get(1)?,
                        srs_id: row.get(2)?,
                    })
                },
            )?
            .into_iter()
            .collect::<Vec<_>>();
        let names: Vec<String> = layers.iter().map(|layer| layer.table.clone()).collect();
        let chosen = match &request.layer {
            Some(wanted) => names
                .iter()
                .position(|name| name == wanted)
                .ok_or_else(|| Refusal::NoSuchLayer {
                    layer: wanted.clone(),
                    layers: names.clone(),
                })?,
            None if layers.len() == 1 => 0,
            None if layers.is_empty() => {
                return Err(Refusal::Empty {
                    why: "no table of features is listed in it".to_owned(),
                });
            }
            None => return Err(Refusal::SeveralLayers { layers: names }),
        };
        let layer = layers.swap_remove(chosen);
        self.must_be_table(&layer.table)?;
        let others: Vec<String> = names
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index != chosen)
            .map(|(_, name)| name)
            .collect();
        if !others.is_empty() {
            sink.note(&Note::OtherLayers { layers: others })?;
        }
        Ok(layer)
    }

    /// Refuses views and virtual tables, and anything that SQLite does not call a plain table.
    fn must_be_table(&self, name: &str) -> Result<(), Refusal> {
        let found = self.query(
            "SELECT type, coalesce(sql, '') FROM sqlite_master WHERE lower(name) = lower(?1)",
            &[name],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        let sql_says_virtual = |sql: &str| {
            let words: Vec<String> = sql
                .split_whitespace()
                .take(2)
                .map(str::to_ascii_uppercase)
                .collect();
            words != ["CREATE", "TABLE"]
        };
        match found.as_slice() {
            [(kind, sql)] if kind == "table" && !sql_says_virtual(sql) => Ok(()),
            [] => Err(malformed(&format!("it has no table \"{name:.100}\""))),
            [(kind, _), ..] => Err(Refusal::Forbidden {
                what: format!(
                    "its layer \"{name:.100}\" is a view or a virtual table ({kind:.20}), and only plain tables are read: save the layer as a GeoPackage of its own"
                ),
            }),
        }
    }

    fn declared_crs(&self, srs_id: i64) -> Result<DeclaredCrs, Refusal> {
        if srs_id <= 0 {
            return Ok(DeclaredCrs::None);
        }
        self.must_be_table("gpkg_spatial_ref_sys")?;
        let found = self
            .connection
            .query_row(
                "SELECT organization, organization_coordsys_id, definition
                 FROM gpkg_spatial_ref_sys NOT INDEXED WHERE srs_id = ?1",
                [srs_id],
                |row| {
                    Ok((
                        row.get::<_, String>(0)?,
                        row.get::<_, i64>(1)?,
                        row.get::<_, Option<String>>(2)?,
                    ))
                },
            )
            .optional()
            .map_err(|error| malformed(&error.to_string()))?;
        Ok(match found {
            Some((organization, code, _)) if organization.eq_ignore_ascii_case("EPSG") => {
                u32::try_from(code).map_or(DeclaredCrs::None, DeclaredCrs::Epsg)
            }
            Some((_, _, Some(wkt))) if !wkt.is_empty() && wkt != "undefined" => {
                DeclaredCrs::Wkt(wkt)
            }
            _ => DeclaredCrs::None,
        })
    }

    fn rows(&self, layer: &Layer, sink: &mut Sink) -> Result<(), Refusal> {
        let fail = |error: rusqlite::Error| malformed(&error.to_string());
        // lists neither generated nor hidden columns
        let names = self.query(
            "SELECT name FROM pragma_table_info(?1)",
            &[&layer.table],
            |row| row.get::<_, String>(0),
        );
        let names = names?;
        Refusal::above(
            Quantity::Columns,
            names.len() as u64,
            rusqlite_columns_limit(),
        )?;
        if !names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&layer.geometry))
        {
            return Err(malformed(&format!(
                "its layer \"{:.100}\" has no column \"{:.100}\"",
                layer.table, layer.geometry
            )));
        }
        let attributes: Vec<&String> = names
            .iter()
            .filter(|name| !name.eq_ignore_ascii_case(&layer.geometry))
            .collect();
        for name in &attributes {
            sink.column(name)?;
        }
        let selected: Vec<String> = std::iter::once(&layer.geometry)
            .chain(attributes.iter().copied())
            .map(|name| quoted(name))
            .collect();
        let table = quoted(&layer.table);
        let sql = format!("SELECT {} FROM {table} NOT INDEXED", selected.join(", "));
        let total = self
            .connection
            .query_row(
                &format!("SELECT count(*) FROM {table} NOT INDEXED"),
                [],
                |row| row.get::<_, i64>(0),
            )
            .map_err(fail)?;
        let total = u64::try_from(total).ok();
        let mut statement = self.connection.prepare(&sql).map_err(fail)?;
        let mut rows = statement.query([]).map_err(fail)?;
        loop {
            self.watch();
            let Some(row) = rows.next().map_err(fail)? else {
                break;
            };
            let number = sink.rows() + 1;
            let geometry = match row.get_ref(0).map_err(fail)? {
                ValueRef::Null => RowGeometry::Missing,
                ValueRef::Blob(blob) => geometry(blob, sink),
                _ => RowGeometry::Refused("its geometry is not a BLOB".to_owned()),
            };
            let mut values = Vec::with_capacity(attributes.len());
            for index in 1..=attributes.len() {
                let value = value(row.get_ref(index).map_err(fail)?);
                values.push(value.ok_or_else(|| Refusal::Encoding {
                    place: format!("row {number}, column {}", attributes[index - 1]),
                    encoding: "UTF-8, which a GeoPackage must have".to_owned(),
                })?);
            }
            sink.row(number, geometry, values)?;
            sink.progress(None, total)?;
        }
        Ok(())
    }

    /// Ends a statement that works on one row for too long.
    fn watch(&self) {
        let mut looks = 0;
        self.connection.progress_handler(
            STEPS_PER_LOOK,
            Some(move || {
                looks += 1;
                looks > LOOKS_LIMIT
            }),
        );
    }

    fn query<T>(
        &self,
        sql: &str,
        arguments: &[&str],
        each: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Refusal> {
        self.watch();
        let mut statement = self
            .connection
            .prepare(sql)
            .map_err(|error| malformed(&error.to_string()))?;
        let rows = statement
            .query_map(rusqlite::params_from_iter(arguments), each)
            .map_err(|error| malformed(&error.to_string()))?;
        rows.take(10_000)
            .collect::<rusqlite::Result<_>>()
            .map_err(|error| malformed(&error.to_string()))
    }
}

/// Refuses a file that is shorter than its header says: SQLite would notice only where it reads.
fn check_length(path: &Path) -> Result<(), Refusal> {
    let fail = |error| Refusal::system("opening the input", error);
    let mut file = File::open(path).map_err(fail)?;
    let actual = file.metadata().map_err(fail)?.len();
    let mut head = [0; 100];
    if file.read_exact(&mut head).is_err() {
        return Err(Refusal::Truncated {
            what: format!("the file has {actual} bytes, its header alone takes 100"),
        });
    }
    let number = |at: usize| {
        u64::from(u32::from_be_bytes([
            head[at],
            head[at + 1],
            head[at + 2],
            head[at + 3],
        ]))
    };
    // 1 stands for 65,536, which two bytes cannot hold
    let page_bytes = match u64::from(u16::from_be_bytes([head[16], head[17]])) {
        1 => 65_536,
        bytes => bytes,
    };
    let pages = number(28);
    // programs from before 2010 leave the page count alone, and the two counters differ then
    if number(24) == number(92) && actual < pages * page_bytes {
        return Err(Refusal::Truncated {
            what: format!(
                "the file has {actual} bytes, its header says {pages} pages of {page_bytes}"
            ),
        });
    }
    Ok(())
}

/// The geometry of a GeoPackage BLOB: a header of 8 bytes, an optional envelope, WKB.
fn geometry(blob: &[u8], sink: &mut Sink) -> RowGeometry {
    let Some((head, rest)) = blob.split_first_chunk::<8>() else {
        return RowGeometry::Refused(format!("its geometry has only {} bytes", blob.len()));
    };
    if head[..2] != *b"GP" {
        return RowGeometry::Refused("its geometry does not begin with GP".to_owned());
    }
    let flags = head[3];
    if flags & 0x20 != 0 {
        return RowGeometry::Refused("its geometry is of an extended type".to_owned());
    }
    let envelope = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => {
            return RowGeometry::Refused(format!("its geometry has an envelope of kind {other}"));
        }
    };
    let Some(body) = rest.get(envelope..) else {
        return RowGeometry::Refused("its geometry ends inside its envelope".to_owned());
    };
    match wkb::decode(body) {
        Ok(decoded) => {
            sink.heights(decoded.had_z, decoded.had_m);
            decoded.geometry
        }
        Err(error) => RowGeometry::Refused(error.to_string()),
    }
}

/// `None` for text that is not UTF-8.
fn value(value: ValueRef<'_>) -> Option<Value> {
    Some(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).ok()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Text(format!("{} bytes", bytes.len())),
    })
}

/// SQLite's own bound on columns of a result.
const fn rusqlite_columns_limit() -> u64 {
    1_999
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn malformed(why: &str) -> Refusal {
    Refusal::Malformed {
        format: Format::GeoPackage.name().to_owned(),
        why: why.chars().take(400).collect(),
    }
}
