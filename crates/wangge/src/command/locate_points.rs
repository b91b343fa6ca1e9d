//! `wangge locate --points`: a file of points, answered in order.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::thread::available_parallelism;

use wangge_city::{BatchQuery, City, Spread};
use wangge_crs::Crs;
use wangge_points::{
    Batch, Done, Options, PointsError, PointsFormat, Size, Suspicion, Systems, answer_file,
};
use wangge_report::{Language, Told};

use crate::args::{AccuracyModel, Locate};
use crate::command::locate::Asked;
use crate::command::points::read_as;
use crate::destination;
use crate::failure::{Failure, Outcome, Words};
use crate::output;
use crate::progress::Progress;
use crate::systems::policy;

pub(crate) fn run(
    args: &Locate,
    city: &City,
    asked: Asked<'_>,
    path: &Path,
    language: Language,
) -> Result<Outcome, Failure> {
    let batch = batch(args, asked.crs, path, language)?;
    let spread = match args.accuracy_model {
        AccuracyModel::Gaussian => Spread::Gaussian,
        AccuracyModel::Uniform => Spread::Uniform,
    };
    let query = BatchQuery {
        near_m: args.near,
        accuracy: asked.accuracy,
        components: asked.nearest,
        spread: batch.accuracy.is_some().then_some(spread),
    };
    let input = File::open(path).map_err(|error| Failure::io("打开", "open", path, &error))?;
    let answering = Answering {
        city,
        query,
        batch,
        path,
        language,
    };
    let done = match &args.output {
        None => answering.answer(input, std::io::stdout())?,
        Some(output) => {
            same_format(output, answering.batch.format)?;
            let mut done = Done::default();
            destination::write(output, &[path, &args.store], |made| {
                done = answering.answer(input, made)?;
                Ok(())
            })?;
            done
        }
    };
    output::tell(&told(&done, language));
    Ok(Outcome::Sound)
}

fn batch(args: &Locate, crs: Crs, path: &Path, language: Language) -> Result<Batch, Failure> {
    let table = &args.table;
    let format = match &table.format {
        Some(name) => name.parse().map_err(|()| {
            Failure::new(
                format!("--format 的值“{name}”不是格式"),
                format!("--format \"{name}\" is no format"),
            )
            .with_help(
                format!("可用：{}", PointsFormat::NAMES),
                format!("say one of {}", PointsFormat::NAMES),
            )
        })?,
        None => PointsFormat::of_path(path).ok_or_else(|| {
            let name = path.display();
            Failure::new(
                format!("从文件名看不出 {name} 的格式"),
                format!("the name {name} does not say which format it is"),
            )
            .with_help(
                format!("请用 --format 说明：{}", PointsFormat::NAMES),
                format!("say it with --format: {}", PointsFormat::NAMES),
            )
        })?,
    };
    Ok(Batch {
        format,
        lon: args.lon.clone(),
        lat: args.lat.clone(),
        accuracy: table.accuracy_column.clone(),
        geometry: table.geometry.clone(),
        crs_column: table.crs_column.clone(),
        columns: table.columns.clone(),
        encoding: table.encoding.clone(),
        strict: table.strict,
        is_foreign: false,
        options: Options::Command,
        systems: Systems {
            crs,
            is_said: args.crs.is_some(),
            policy: policy(args.conversion),
        },
        language,
        threads: available_parallelism().map_or(1, usize::from),
    })
}

/// Answers are written in the format of the points.
fn same_format(output: &Path, format: PointsFormat) -> Result<(), Failure> {
    match PointsFormat::of_path(output) {
        Some(other) if other != format => {
            let (name, format) = (output.display(), format.as_str());
            Err(Failure::new(
                format!("结果以点位的格式 {format} 写出，而 {name} 的名称是另一种格式"),
                format!(
                    "answers are written in the format of the points, {format}; the name {name} says another"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// A file that is to be answered.
struct Answering<'a> {
    city: &'a City,
    query: BatchQuery<'a>,
    batch: Batch,
    path: &'a Path,
    language: Language,
}

impl Answering<'_> {
    fn answer(&self, input: File, output: impl Write + Send) -> Result<Done, Failure> {
        let what = Words::new("点", "points");
        let what = what.told(self.language);
        let progress = match Size::of(&input, self.batch.format) {
            Some(Size::Rows(total)) => Progress::new(what, Some(total)),
            Some(Size::Bytes(total)) => Progress::of_bytes(what, Some(total)),
            None => Progress::of_bytes(what, None),
        };
        let resolver = self.city.batch(self.query)?;
        let output = BufWriter::with_capacity(1 << 18, output);
        let done = answer_file(input, output, &self.batch, &resolver, &|done| {
            progress.reached(done);
        });
        progress.finish();
        done.map_err(|error| self.failure(error))
    }

    fn failure(&self, error: PointsError) -> Failure {
        match error {
            PointsError::Write(error) => Failure::output(&error),
            error => {
                let name = self.path.display().to_string();
                Failure::of(&error).at(&name, &name)
            }
        }
    }
}

fn told(done: &Done, language: Language) -> String {
    let zh = language == Language::Zh;
    let Done {
        rows,
        inside,
        near,
        outside,
        invalid,
        ..
    } = done;
    let mut lines = vec![if zh {
        format!(
            "{rows} 行：{inside} 行在网格内，{near} 行在网格附近，{outside} 行在网格之外，{invalid} 行没有有效位置"
        )
    } else {
        format!(
            "{rows} rows: {inside} inside, {near} near, {outside} outside, {invalid} without a position"
        )
    }];
    if let Some((row, problem)) = &done.first_invalid {
        let problem = output::visible(&problem.told(language));
        lines.push(if zh {
            format!("最先是第 {row} 行：{problem}")
        } else {
            format!("the first of them is row {row}: {problem}")
        });
    }
    if let Some(encoding) = done.encoding {
        lines.push(read_as(encoding, language));
    }
    match done.suspicion {
        None => {}
        Some(Suspicion::Exchanged) => lines.push(if zh {
            "注意：对调经度和纬度后，网格之外的点大多在网格内：请核对 --lon 和 --lat".to_owned()
        } else {
            "note: with longitude and latitude exchanged most of the others would be inside: check --lon and --lat".to_owned()
        }),
        Some(Suspicion::Gcj02) => lines.push(if zh {
            "注意：按 GCJ-02（火星坐标）换算后，网格之外的点大多在网格内：若是如此，请用 --crs gcj02".to_owned()
        } else {
            "note: taken as GCJ-02 most of the others would be inside: if they are that, say --crs gcj02".to_owned()
        }),
    }
    lines.join("\n")
}
