//! `wangge track`: positions of devices to visits; `wangge patrol`: a day of them by unit.

use std::io::{BufWriter, Write};

use csv::ByteRecord;
use jiff::civil::Date;
use wangge_city::{
    City, Clock, DeviceTrack, MOST_DEVICE_BYTES, NotAMoment, Patrol, PatrolledUnit, Rejection,
    Tracks, VisitTable, seconds,
};
use wangge_crs::Crs;
use wangge_plane::Point;
use wangge_report::Language;
use wangge_store::Store;

use crate::args;
use crate::args::Tracking;
use crate::command::locate::published;
use crate::command::points::Points;
use crate::destination;
use crate::failure::{Failure, Outcome, Words};
use crate::output;
use crate::progress::{Progress, waiting};
use crate::systems::{policy, system};

/// Rows between two looks at the progress bar.
const STRIDE: u64 = 10_000;

/// The column of the accuracy where none is named.
const ACCURACY: &str = "accuracy";

pub(crate) fn run(args: &args::Track, language: Language) -> Result<Outcome, Failure> {
    let clock = match &args.zone {
        Some(zone) => in_zone(zone)?,
        None => Clock::UTC,
    };
    let asked = Asked {
        args: &args.tracking,
        clock,
        day_us: None,
        language,
    };
    let city = asked.city()?;
    let mut positions = asked.open()?;
    write(&args.tracking, |out| {
        asked.write_visits(city, &mut positions, out)
    })?;
    Ok(Outcome::Sound)
}

pub(crate) fn patrol(args: &args::Patrol, language: Language) -> Result<Outcome, Failure> {
    let clock = in_zone(&args.zone)?;
    let date: Option<Date> = args.date.parse().ok();
    let day_us = date.and_then(|date| clock.day_us(date)).ok_or_else(|| {
        Failure::new(
            format!("--date 的值“{}”不是日期：应如 2026-05-01", args.date),
            format!(
                "--date \"{}\" is no day: say one such as 2026-05-01",
                args.date
            ),
        )
    })?;
    let asked = Asked {
        args: &args.tracking,
        clock,
        day_us: Some(day_us),
        language,
    };
    let city = asked.city()?;
    let mut positions = asked.open()?;
    let reach_m = city.has_streets().then_some(args.reach);
    write(&args.tracking, |out| {
        asked.write_patrol(city, &mut positions, reach_m, out)
    })?;
    Ok(Outcome::Sound)
}

fn in_zone(zone: &str) -> Result<Clock, Failure> {
    Clock::in_zone(zone).ok_or_else(|| {
        Failure::new(
            format!("--zone 的值“{zone}”不是时区"),
            format!("--zone \"{zone}\" is no time zone"),
        )
        .with_help(
            "请用时区名，如 Asia/Shanghai，或时差，如 +08:00",
            "say a zone by its name, such as Asia/Shanghai, or its offset, such as +08:00",
        )
    })
}

/// Writes a table to where the arguments say.
fn write(
    args: &Tracking,
    table: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match &args.output {
        None => table(&mut std::io::stdout().lock()),
        Some(output) => destination::write(output, &[&args.positions, &args.store], |mut made| {
            table(&mut made)
        }),
    }
}

/// What was asked for.
struct Asked<'a> {
    args: &'a Tracking,
    clock: Clock,
    /// From when to when, the end not included; positions of other days are left out.
    day_us: Option<(i64, i64)>,
    language: Language,
}

/// Rows of a file that came to nothing.
#[derive(Default)]
struct Left {
    rows: u64,
    invalid: u64,
    of_other_days: u64,
}

/// A file of positions that is open.
struct Positions {
    points: Points,
    columns: Columns,
}

/// Where the columns of a track stand in a row.
struct Columns {
    device: usize,
    time: usize,
    accuracy: Option<usize>,
}

/// A row that is understood.
struct Position {
    device: String,
    time_us: i64,
    point: Point,
    accuracy_m: Option<f32>,
}

impl Asked<'_> {
    const fn zh(&self) -> bool {
        matches!(self.language, Language::Zh)
    }

    /// The city that is asked; a level that it does not have is told before the file is read.
    fn city(&self) -> Result<&'static City, Failure> {
        let loading = if self.zh() {
            "正在载入城市"
        } else {
            "loading the city"
        };
        let city = waiting(loading, || {
            published(
                &Store::open_read_only(&self.args.store)?,
                self.args.at.as_deref(),
            )
        })?;
        city.level_or_lowest(self.args.level.as_deref())?;
        Ok(city)
    }

    fn open(&self) -> Result<Positions, Failure> {
        let crs = match &self.args.crs {
            Some(text) => system(text)?,
            None => Crs::Lattice,
        };
        let columns = (self.args.lon.as_str(), self.args.lat.as_str());
        let policy = policy(self.args.conversion);
        let points = Points::open(&self.args.positions, columns, &crs, &policy, self.language)?;
        let columns = self.columns(&points)?;
        Ok(Positions { points, columns })
    }

    /// Every visit, and every row that is in none: nothing of the file is lost.
    fn write_visits(
        &self,
        city: &City,
        positions: &mut Positions,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut table = VisitTable::new(out, &self.clock)?;
        let mut tracks = Tracks::default();
        let left = self.read(positions, &mut tracks, |row, device, problem| {
            Ok(table.invalid(row, device, problem)?)
        })?;
        let rules = self.args.rules();
        let level = self.args.level.as_deref();
        let followed = tracks.follow(city, &rules, level)?;
        for track in &followed {
            table.track(track)?;
        }
        table.finish().map_err(|error| Failure::output(&error))?;
        output::tell(&self.told(&left, &followed));
        Ok(())
    }

    /// Every unit of the level, also where nobody was.
    fn write_patrol(
        &self,
        city: &City,
        positions: &mut Positions,
        reach_m: Option<f64>,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut tracks = Tracks::default();
        let left = self.read(positions, &mut tracks, |_, _, _| Ok(()))?;
        let level = self.args.level.as_deref();
        let followed = tracks.follow(city, &self.args.rules(), level)?;
        let patrol = Patrol::of(city, &followed, level, reach_m)?;
        let mut table = csv::Writer::from_writer(BufWriter::new(out));
        let of_streets: &[&str] = match reach_m {
            Some(_) => &["street_m", "walked_m", "street_share"],
            None => &[],
        };
        let columns = [
            "code",
            "name",
            "visited",
            "visits",
            "dwell_s",
            "distance_m",
            "first",
            "last",
            "devices",
        ];
        table.write_record(columns.iter().chain(of_streets))?;
        for unit in patrol.units() {
            self.write_unit(unit, reach_m.is_some(), &mut table)?;
        }
        table.flush().map_err(|error| Failure::output(&error))?;
        output::tell(&self.told(&left, &followed));
        output::tell(&covered(patrol.units(), self.zh()));
        Ok(())
    }

    fn write_unit(
        &self,
        unit: &PatrolledUnit<'_>,
        has_streets: bool,
        table: &mut csv::Writer<impl Write>,
    ) -> Result<(), Failure> {
        let moment = |time_us: Option<i64>| {
            time_us.map_or_else(String::new, |time_us| self.clock.told(time_us))
        };
        let devices: Vec<String> = unit
            .devices
            .iter()
            .map(|(device, dwell_us)| format!("{device}={}", seconds(*dwell_us)))
            .collect();
        for field in [
            unit.unit.code,
            unit.unit.name.unwrap_or_default(),
            if unit.visits > 0 { "true" } else { "false" },
            &unit.visits.to_string(),
            &seconds(unit.dwell_us),
            &format!("{:.1}", unit.distance_m),
            &moment(unit.seen_us.map(|(first, _)| first)),
            &moment(unit.seen_us.map(|(_, last)| last)),
            &devices.join(" "),
        ] {
            table.write_field(field)?;
        }
        if has_streets {
            table.write_field(format!("{:.1}", unit.street_m))?;
            table.write_field(format!("{:.1}", unit.walked_m))?;
            let share = unit.street_share();
            table.write_field(share.map_or_else(String::new, |share| format!("{share:.4}")))?;
        }
        Ok(table.write_record(None::<&[u8]>)?)
    }

    /// Reads all positions; a row that is none is told with its number, its device and why.
    fn read(
        &self,
        positions: &mut Positions,
        tracks: &mut Tracks,
        mut invalid: impl FnMut(u64, &str, &str) -> Result<(), Failure>,
    ) -> Result<Left, Failure> {
        let Positions { points, columns } = positions;
        let what = Words::new("点", "positions");
        let progress = Progress::of_bytes(what.told(self.language), points.size());
        let mut left = Left::default();
        let mut row = ByteRecord::new();
        while points.next(&mut row)? {
            left.rows += 1;
            if left.rows.is_multiple_of(STRIDE) {
                progress.reached(points.read_bytes());
            }
            let number = u32::try_from(left.rows).map_err(|_| {
                Failure::new(
                    "文件超过 4294967295 行：请分开处理",
                    "the file has more than 4,294,967,295 rows: take it apart",
                )
            })?;
            match self.position(points, columns, &row) {
                Ok(position) => {
                    let is_of_day = self
                        .day_us
                        .is_none_or(|(start, end)| (start..end).contains(&position.time_us));
                    if is_of_day {
                        let Position {
                            device,
                            time_us,
                            point,
                            accuracy_m,
                        } = position;
                        tracks.add(&device, time_us, point, accuracy_m, number);
                    } else {
                        left.of_other_days += 1;
                    }
                }
                Err(problem) => {
                    left.invalid += 1;
                    let device =
                        String::from_utf8_lossy(row.get(columns.device).unwrap_or_default());
                    invalid(left.rows, device.trim(), &problem)?;
                }
            }
        }
        progress.finish();
        Ok(left)
    }

    fn columns(&self, points: &Points) -> Result<Columns, Failure> {
        let accuracy = match &self.args.accuracy {
            Some(name) => Some(points.column(name, "--accuracy")?),
            None => points.column(ACCURACY, "--accuracy").ok(),
        };
        Ok(Columns {
            device: points.column(&self.args.device, "--device")?,
            time: points.column(&self.args.time, "--time")?,
            accuracy,
        })
    }

    fn position(
        &self,
        points: &Points,
        columns: &Columns,
        row: &ByteRecord,
    ) -> Result<Position, String> {
        let point = points.position(row)?;
        let field = |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default());
        let told = |zh: String, en: String| if self.zh() { zh } else { en };
        let device = field(columns.device).trim().to_owned();
        if device.is_empty() || device.len() > MOST_DEVICE_BYTES {
            return Err(told(
                format!("没有设备编号，或超过 {MOST_DEVICE_BYTES} 字节"),
                format!("there is no device, or more than {MOST_DEVICE_BYTES} bytes"),
            ));
        }
        let time = field(columns.time);
        let time_us = self.clock.moment_us(time.trim()).map_err(|why| match why {
            NotAMoment::Malformed => told(
                format!("“{}”不是时间", time.trim()),
                format!("\"{}\" is no time", time.trim()),
            ),
            NotAMoment::WithoutZone => told(
                format!("时间“{}”没有时区：请用 --zone 说明", time.trim()),
                format!(
                    "the time \"{}\" has no zone: state one with --zone",
                    time.trim()
                ),
            ),
        })?;
        let accuracy = columns.accuracy.map(field);
        let accuracy_m = match accuracy.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => {
                let metres = text.parse::<f32>().ok();
                let metres = metres.filter(|metres| metres.is_finite() && *metres >= 0.0);
                Some(metres.ok_or_else(|| {
                    told(
                        format!("精度“{text}”不是 0 以上的米数"),
                        format!("the accuracy \"{text}\" is no number of metres of 0 or more"),
                    )
                })?)
            }
        };
        Ok(Position {
            device,
            time_us,
            point,
            accuracy_m,
        })
    }

    /// What became of the rows.
    fn told(&self, left: &Left, tracks: &[DeviceTrack<'_>]) -> String {
        let devices = tracks.len();
        let visits: usize = tracks.iter().map(|track| track.visits.len()).sum();
        let repeated: u64 = tracks.iter().map(|track| u64::from(track.repeated)).sum();
        let of = |why: Rejection| {
            let rejected = tracks.iter().flat_map(|track| &track.rejected);
            rejected.filter(|rejected| rejected.why == why).count()
        };
        let (inaccurate, fast, twice) = (
            of(Rejection::Inaccurate),
            of(Rejection::ImpossibleSpeed),
            of(Rejection::SameTime),
        );
        let Left {
            rows,
            invalid,
            of_other_days,
        } = left;
        let other_days = match (self.day_us.is_some(), self.zh()) {
            (false, _) => String::new(),
            (true, true) => format!("，{of_other_days} 行不在当日"),
            (true, false) => format!(", {of_other_days} of other days"),
        };
        if self.zh() {
            format!(
                "{rows} 行，{devices} 台设备：{visits} 次停留；重复 {repeated} 行，精度不足 {inaccurate} 行，速度不可能 {fast} 行，同一时刻另在他处 {twice} 行，无效 {invalid} 行{other_days}"
            )
        } else {
            format!(
                "{rows} rows, {devices} devices: {visits} visits; {repeated} repeated, {inaccurate} too inaccurate, {fast} at impossible speed, {twice} elsewhere at the same time, {invalid} invalid{other_days}"
            )
        }
    }
}

/// How many units were visited, and how much of their streets.
fn covered(units: &[PatrolledUnit<'_>], zh: bool) -> String {
    let (all, visited) = (
        units.len(),
        units.iter().filter(|unit| unit.visits > 0).count(),
    );
    let street_m: f64 = units.iter().map(|unit| unit.street_m).sum();
    let walked_m: f64 = units.iter().map(|unit| unit.walked_m).sum();
    let mut told = if zh {
        format!("{all} 个单元中 {visited} 个有人巡查")
    } else {
        format!("{visited} of {all} units visited")
    };
    if street_m > 0.0 {
        let percent = walked_m / street_m * 100.0;
        let (street_km, walked_km) = (street_m / 1e3, walked_m / 1e3);
        let streets = if zh {
            format!("；{street_km:.1} 千米街路走到 {walked_km:.1} 千米（{percent:.1} %）")
        } else {
            format!(
                "; {walked_km:.1} of {street_km:.1} km of streets walked along ({percent:.1} %)"
            )
        };
        told.push_str(&streets);
    }
    told
}
