//! A city of a store.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use rayon::ThreadPoolBuilder;
use wangge_city::work::{WorkError, city_in_force, time};
use wangge_city::{Accuracy, BatchQuery, CityError, NearestComponents, Spread};
use wangge_crs::Policy;
use wangge_model::{Code, Level, LevelIndex};
use wangge_points::{
    Batch, Options, PointsFormat, Resolver, Suspicion, Systems, UnitColumn, answer_rows,
};
use wangge_report::Language;
use wangge_store::Store;
use wkb::writer::{WriteOptions, write_multi_polygon};

use crate::batch::{self, Ended, NO_POSITION, Signals};
use crate::coordinates::{Coordinates, system};
use crate::failure::{WanggeError, refused, value};
use crate::located::Located;
use crate::table::Table;

/// What the geometry column of a table says of itself (GeoArrow): the bytes, and the system.
const GEOMETRY: [(&str, &str); 2] = [
    ("ARROW:extension:name", "geoarrow.wkb"),
    (
        "ARROW:extension:metadata",
        r#"{"crs":"EPSG:4490","crs_type":"authority_code"}"#,
    ),
];

/// The city of a store, as it stands in force or stood at a time. It does not change.
#[pyclass(frozen, module = "wangge")]
pub(crate) struct City {
    inner: Arc<Inner>,
}

/// A city with the columns that answers are made of.
pub(crate) struct Inner {
    city: wangge_city::City,
    columns: OnceLock<Vec<UnitColumn>>,
    /// The levels, top to bottom, and `name`.
    names: Vec<String>,
}

impl Inner {
    /// The columns that answers are made of, in the order of [`Inner::column_names`].
    pub(crate) fn columns(&self) -> &[UnitColumn] {
        self.columns.get_or_init(|| {
            // nothing is asked that could be refused
            let Ok(resolver) = self.city.batch(BatchQuery::default()) else {
                return Vec::new();
            };
            let catalogue = resolver.catalogue();
            (0..self.names.len())
                .map(|column| UnitColumn::new(catalogue, column))
                .collect()
        })
    }

    pub(crate) fn column_names(&self) -> &[String] {
        &self.names
    }

    /// The place and the name of a column: that of the lowest level where none is named.
    pub(crate) fn column(&self, level: Option<&str>) -> Result<(usize, &str), CityError> {
        let lowest = self.city.scheme().lowest().0;
        let place = match level {
            None => lowest,
            Some(level) => {
                let mut names = self.names.iter();
                names
                    .position(|name| name == level)
                    .ok_or_else(|| CityError::UnknownLevel {
                        level: level.to_owned(),
                        known: self.names.join(", "),
                    })?
            }
        };
        Ok((place, &self.names[place]))
    }
}

/// Loads on threads of its own, which a fork of the process does not miss.
fn load(store: &Path, at: Option<&str>) -> Result<wangge_city::City, WorkError> {
    let at = at.map(time).transpose()?;
    let compile = || city_in_force(&Store::open_read_only(store)?, at);
    match ThreadPoolBuilder::new().build() {
        Ok(pool) => pool.install(compile),
        Err(_) => compile(),
    }
}

#[pymethods]
impl City {
    /// Opens a store and loads the city in force, or that of a time such as "2026-12-01T00:00:00+08:00". The store is
    /// closed again.
    #[staticmethod]
    #[pyo3(signature = (store, *, at=None))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what Python hands over is of the function"
    )]
    fn open(py: Python<'_>, store: PathBuf, at: Option<&str>) -> PyResult<Self> {
        let city = py.detach(|| load(&store, at)).map_err(refused)?;
        let levels = city.scheme().levels().iter();
        let mut names: Vec<String> = levels.map(|level| level.id().to_owned()).collect();
        names.push("name".to_owned());
        Ok(Self {
            inner: Arc::new(Inner {
                city,
                columns: OnceLock::new(),
                names,
            }),
        })
    }

    /// The version that answers, such as "3.17": the plan and its revision.
    #[getter]
    fn version(&self) -> &str {
        self.inner.city.version_text()
    }

    /// The ids of the levels, top to bottom.
    #[getter]
    fn levels(&self) -> Vec<&str> {
        let levels = self.inner.city.scheme().levels().iter();
        levels.map(Level::id).collect()
    }

    /// How many grids there are.
    fn __len__(&self) -> usize {
        self.inner.city.grid_count()
    }

    fn __repr__(&self) -> String {
        let city = &self.inner.city;
        format!(
            "<wangge.City: version {}, {} grids, levels {}>",
            city.version_text(),
            city.grid_count(),
            self.levels().join(" > ")
        )
    }

    /// The code of each grid, in the order of their numbers.
    fn codes(&self) -> Vec<&str> {
        let city = &self.inner.city;
        (0..city.grid_count())
            .map(|place| city.code_at(place))
            .collect()
    }

    /// Which grid holds each position.
    ///
    /// `lon` and `lat` are arrays of numpy, Arrow, pandas or geopandas, or sequences of numbers: degrees, or metres east
    /// and north where `crs` has them. Arrays of doubles are read where they lie and must not be
    /// changed meanwhile. A number that is missing, not finite, or beyond its system is no position.
    #[pyo3(signature = (lon, lat, *, crs=None, threads=None))]
    fn locate(
        &self,
        py: Python<'_>,
        lon: &Bound<'_, PyAny>,
        lat: &Bound<'_, PyAny>,
        crs: Option<&Bound<'_, PyAny>>,
        threads: Option<usize>,
    ) -> PyResult<Located> {
        let crs = system(crs)?;
        let lons = Coordinates::of(lon, "lon")?;
        let lats = Coordinates::of(lat, "lat")?;
        let (count, of_lats) = (lons.len(), lats.len());
        if count != of_lats {
            return Err(value(
                format!("lon 有 {count} 个数，lat 有 {of_lats} 个：应一样多"),
                format!("lon has {count} numbers, lat has {of_lats}: give as many of each"),
            ));
        }
        let (lons, lats) = (lons.runs(), lats.runs());
        let city = &self.inner.city;
        let threads = batch::threads(threads);
        let numbers = py.detach(|| {
            let mut numbers = vec![NO_POSITION; count];
            batch::locate(city, &crs, &lons, &lats, &mut numbers, threads).map(|()| numbers)
        });
        let numbers = numbers.map_err(|ended| match ended {
            Ended::Crs(error) => refused(error),
            Ended::Python(error) => error,
        })?;
        Located::new(py, Arc::clone(&self.inner), numbers)
    }

    /// Answers a table as `wangge locate --points` answers a file: its columns, then those of the answer, row by row.
    ///
    /// `table` is anything that gives Arrow data with columns. `accuracy_column` and `crs_column` name columns in which
    /// rows say their own; `columns` chooses what is answered; `strict` raises at the first row that is no position.
    #[pyo3(signature = (
        table, *, lon="lon", lat="lat", crs=None, crs_column=None, accuracy=None, accuracy_column=None,
        accuracy_model=None, near=None, nearest=None, nearest_class=None, nearest_within=None,
        geometry=None, columns=None, strict=false, threads=None
    ))]
    #[expect(
        clippy::too_many_arguments,
        reason = "names of Python, each with what holds where it is not said"
    )]
    fn locate_table(
        &self,
        py: Python<'_>,
        table: AnyRecordBatch,
        lon: &str,
        lat: &str,
        crs: Option<&Bound<'_, PyAny>>,
        crs_column: Option<String>,
        accuracy: Option<f64>,
        accuracy_column: Option<String>,
        accuracy_model: Option<&str>,
        near: Option<f64>,
        nearest: Option<usize>,
        nearest_class: Option<&str>,
        nearest_within: Option<f64>,
        geometry: Option<String>,
        columns: Option<Vec<String>>,
        strict: bool,
        threads: Option<usize>,
    ) -> PyResult<Table> {
        if accuracy_model.is_some() && accuracy.is_none() && accuracy_column.is_none() {
            return Err(value(
                "accuracy_model 要与 accuracy 或 accuracy_column 一起给出",
                "accuracy_model needs accuracy or accuracy_column",
            ));
        }
        if nearest.is_none() && (nearest_class.is_some() || nearest_within.is_some()) {
            return Err(value(
                "nearest_class 和 nearest_within 要与 nearest 一起给出",
                "nearest_class and nearest_within need nearest",
            ));
        }
        if columns.as_ref().is_some_and(Vec::is_empty) {
            return Err(value(
                "columns 是空的：不给出时为所有列",
                "columns is empty: leave it out for all columns",
            ));
        }
        let spread = spread(accuracy_model.unwrap_or("gaussian"))?;
        let query = BatchQuery {
            near_m: near.map(|near_m| metres("near", near_m)).transpose()?,
            accuracy: accuracy
                .map(|metres| of_accuracy(metres, spread))
                .transpose()?,
            spread: accuracy_column.is_some().then_some(spread),
            components: nearest
                .map(|count| of_nearest(count, nearest_within, nearest_class))
                .transpose()?,
        };
        let as_asked = Batch {
            format: PointsFormat::Arrow,
            lon: lon.to_owned(),
            lat: lat.to_owned(),
            accuracy: accuracy_column,
            geometry,
            crs_column,
            columns: columns.unwrap_or_default(),
            encoding: None,
            strict,
            is_foreign: false,
            options: Options::Parameters,
            systems: Systems {
                crs: system(crs)?,
                is_said: crs.is_some_and(|crs| !crs.is_none()),
                policy: Policy::default(),
            },
            language: Language::of_environment(),
            threads: batch::threads(threads),
        };
        let resolver = self.inner.city.batch(query).map_err(refused)?;
        let rows = table.into_reader()?;
        let mut interrupted = None;
        let mut signals = Signals::new();
        let answered = py.detach(|| {
            answer_rows(rows, &as_asked, &resolver, || {
                interrupted = signals.look().err();
                interrupted.is_none()
            })
        });
        if let Some(error) = interrupted {
            return Err(error);
        }
        let (schema, rows, done) = answered.map_err(refused)?;
        if let Some(suspicion) = done.suspicion {
            warn(py, suspicion)?;
        }
        Ok(Table::new(schema, rows))
    }

    /// The units of a level, the lowest unless it is named, as a table: `code`, `name`, `parent`, and their ground in
    /// `geometry`, which `geopandas.GeoDataFrame.from_arrow` reads.
    #[pyo3(signature = (level=None))]
    fn units(&self, py: Python<'_>, level: Option<&str>) -> PyResult<Table> {
        let city = &self.inner.city;
        let level = city.level_or_lowest(level).map_err(refused)?;
        let rows = py.detach(|| units(city, level));
        let (schema, rows) = rows.map_err(|error| WanggeError::new_err(error.to_string()))?;
        Ok(Table::new(schema, vec![rows]))
    }
}

fn spread(model: &str) -> PyResult<Spread> {
    match model {
        "gaussian" => Ok(Spread::Gaussian),
        "uniform" => Ok(Spread::Uniform),
        other => Err(value(
            format!("accuracy_model 的值“{other}”不对：应为 gaussian 或 uniform"),
            format!("accuracy_model is \"{other}\": say gaussian or uniform"),
        )),
    }
}

fn of_accuracy(metres: f64, spread: Spread) -> PyResult<Accuracy> {
    let (least, most) = (Accuracy::LEAST_M, Accuracy::MOST_M);
    Accuracy::new(metres, spread).ok_or_else(|| {
        value(
            format!("accuracy 的值 {metres} 不对：应为 {least} 到 {most} 米"),
            format!("accuracy is {metres}: say a distance of {least} to {most} metres"),
        )
    })
}

fn of_nearest(
    count: usize,
    within_m: Option<f64>,
    class: Option<&str>,
) -> PyResult<NearestComponents<'_>> {
    let most = NearestComponents::MOST;
    if !(1..=most).contains(&count) {
        return Err(value(
            format!("nearest 的值 {count} 不对：应为 1 到 {most}"),
            format!("nearest is {count}: say a number from 1 to {most}"),
        ));
    }
    Ok(NearestComponents {
        most: count,
        within_m: metres("nearest_within", within_m.unwrap_or(USUAL_WITHIN_M))?,
        class,
    })
}

/// How far components are looked for where nobody says.
const USUAL_WITHIN_M: f64 = 10_000.0;

fn metres(name: &str, metres: f64) -> PyResult<f64> {
    const MOST_M: f64 = 100_000.0;
    if (0.0..=MOST_M).contains(&metres) {
        return Ok(metres);
    }
    Err(value(
        format!("{name} 的值 {metres} 不对：应为 0 到 {MOST_M} 米"),
        format!("{name} is {metres}: say a distance of 0 to {MOST_M} metres"),
    ))
}

/// What is likely wrong with the whole, as a warning of Python.
fn warn(py: Python<'_>, suspicion: Suspicion) -> PyResult<()> {
    let text = match (suspicion, Language::of_environment()) {
        (Suspicion::Exchanged, Language::Zh) => {
            "对调经度和纬度后，网格之外的点大多在网格内：请核对 lon 和 lat"
        }
        (Suspicion::Exchanged, Language::En) => {
            "with longitude and latitude exchanged most of the others would be inside: check lon and lat"
        }
        (Suspicion::Gcj02, Language::Zh) => {
            "按 GCJ-02（火星坐标）换算后，网格之外的点大多在网格内：若是如此，请用 crs=\"gcj02\""
        }
        (Suspicion::Gcj02, Language::En) => {
            "taken as GCJ-02 most of the others would be inside: if they are that, say crs=\"gcj02\""
        }
    };
    py.import("warnings")?.call_method1("warn", (text,))?;
    Ok(())
}

/// The units of a level with their ground.
fn units(
    city: &wangge_city::City,
    level: LevelIndex,
) -> Result<(SchemaRef, RecordBatch), Box<dyn Error + Send + Sync>> {
    let mut texts: [StringBuilder; 3] = Default::default();
    let mut geometry = BinaryBuilder::new();
    let mut bytes = Vec::new();
    for (unit, ground) in city.units_of(level) {
        let of_unit = [
            Some(unit.code.as_str()),
            unit.name.as_deref(),
            unit.parent.as_ref().map(Code::as_str),
        ];
        for (column, text) in texts.iter_mut().zip(of_unit) {
            column.append_option(text);
        }
        match ground {
            None => geometry.append_null(),
            Some(ground) => {
                bytes.clear();
                write_multi_polygon(&mut bytes, &ground.to_degrees(), &WriteOptions::default())?;
                geometry.append_value(&bytes);
            }
        }
    }
    let metadata = GEOMETRY.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let metadata = HashMap::from(metadata);
    let schema = Arc::new(Schema::new(vec![
        Field::new("code", DataType::Utf8, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("parent", DataType::Utf8, true),
        Field::new("geometry", DataType::Binary, true).with_metadata(metadata),
    ]));
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(4);
    for mut column in texts {
        columns.push(Arc::new(column.finish()));
    }
    columns.push(Arc::new(geometry.finish()));
    let rows = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    Ok((schema, rows))
}
