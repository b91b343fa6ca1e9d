//! `wangge aggregate`: points counted, and their numbers added up, by the units that hold them.

use std::io::{BufWriter, Write};

use csv::ByteRecord;
use wangge_city::{City, Count, Decimal, Tally};
use wangge_crs::Crs;
use wangge_report::Language;
use wangge_store::Store;

use crate::args::Aggregate;
use crate::command::locate::published;
use crate::command::points::Points;
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};
use crate::systems::{policy, system};

/// Rows between two looks at the progress bar.
const STRIDE: u64 = 10_000;

/// The longest text that a message repeats.
const MOST_SHOWN_CHARS: usize = 40;

pub(crate) fn run(args: &Aggregate, language: Language) -> Result<Outcome, Failure> {
    let zh = language == Language::Zh;
    let crs = match &args.crs {
        Some(text) => system(text)?,
        None => Crs::Lattice,
    };
    let loading = if zh {
        "正在载入城市"
    } else {
        "loading the city"
    };
    let city = waiting(loading, || {
        published(&Store::open_read_only(&args.store)?, args.at.as_deref())
    })?;
    let columns = (args.lon.as_str(), args.lat.as_str());
    let policy = policy(args.conversion);
    let mut points = Points::open(&args.points, columns, &crs, &policy, language)?;
    let mut counting = Counting::of(city, args, &points)?;
    // a level that there is not is told before the file is read
    counting.tally.of_level(args.level.as_deref())?;
    counting.read(&mut points, zh)?;
    match &args.output {
        None => counting.write(args, std::io::stdout().lock())?,
        Some(output) => destination::write(output, &[&args.points, &args.store], |made| {
            counting.write(args, made)
        })?,
    }
    output::tell(&counting.told(args.level.as_deref(), zh)?);
    Ok(Outcome::Sound)
}

/// What is counted of a file.
struct Counting<'a> {
    tally: Tally<'a>,
    /// Rows without a position.
    invalid: Count,
    columns: Vec<Column<'a>>,
}

/// A column whose numbers are added up.
struct Column<'a> {
    name: &'a str,
    place: usize,
    /// Texts that are no numbers: how many, and the first with its row.
    wrong: u64,
    first_wrong: Option<(u64, String)>,
}

impl<'a> Counting<'a> {
    fn of(city: &'a City, args: &'a Aggregate, points: &Points) -> Result<Self, Failure> {
        let columns = args.sum.iter().map(|name| {
            Ok(Column {
                name,
                place: points.column(name, "--sum")?,
                wrong: 0,
                first_wrong: None,
            })
        });
        Ok(Self {
            tally: Tally::new(city, args.sum.len()),
            invalid: Count::of_columns(args.sum.len()),
            columns: columns.collect::<Result<_, Failure>>()?,
        })
    }

    fn read(&mut self, points: &mut Points, zh: bool) -> Result<(), Failure> {
        let progress = Progress::of_bytes(if zh { "点" } else { "points" }, points.size());
        let mut row = ByteRecord::new();
        let mut numbers = Vec::with_capacity(self.columns.len());
        let mut count = 0u64;
        while points.next(&mut row)? {
            count += 1;
            numbers.clear();
            // in a row of another length fields stand elsewhere
            let is_whole = row.len() == points.header().len();
            for column in &mut self.columns {
                let number = is_whole.then(|| column.number(&row, count));
                numbers.push(number.flatten());
            }
            match points.position(&row) {
                Ok(point) => {
                    self.tally.add(point, &numbers);
                }
                Err(_) => self.invalid.add(&numbers),
            }
            if count.is_multiple_of(STRIDE) {
                progress.reached(points.read_bytes());
            }
        }
        progress.finish();
        Ok(())
    }

    /// One row for each unit of the level, then one for what lies outside, and one for rows without a
    /// position: together they hold every row of the file once.
    fn write(&self, args: &Aggregate, out: impl Write) -> Result<(), Failure> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(out));
        for field in ["status", "code", "name", "points"] {
            writer.write_field(field)?;
        }
        for column in &self.columns {
            writer.write_field(format!("{}_count", column.name))?;
            writer.write_field(format!("{}_sum", column.name))?;
        }
        writer.write_record(None::<&[u8]>)?;
        let mut put = |status: &str, code: &str, name: &str, count: &Count| {
            for field in [status, code, name] {
                writer.write_field(field)?;
            }
            writer.write_field(count.points.to_string())?;
            for sum in &count.sums {
                writer.write_field(sum.values.to_string())?;
                writer.write_field(sum.total.to_string())?;
            }
            writer.write_record(None::<&[u8]>)
        };
        for (unit, count) in self.tally.of_level(args.level.as_deref())? {
            put("inside", unit.code, unit.name.unwrap_or_default(), &count)?;
        }
        put("outside", "", "", self.tally.outside())?;
        put("invalid", "", "", &self.invalid)?;
        writer.flush().map_err(|error| Failure::output(&error))
    }

    fn told(&self, level: Option<&str>, zh: bool) -> Result<String, Failure> {
        let units = self.tally.of_level(level)?;
        let held: u64 = units.iter().map(|(_, count)| count.points).sum();
        let in_units = units.iter().filter(|(_, count)| count.points > 0).count();
        let (outside, invalid) = (self.tally.outside().points, self.invalid.points);
        let all = held + outside + invalid;
        let mut lines = vec![if zh {
            format!(
                "{all} 个点：{held} 个在 {in_units} 个单元内，{outside} 个在网格之外，{invalid} 个没有有效位置"
            )
        } else {
            format!(
                "{all} points: {held} in {in_units} units, {outside} outside, {invalid} without a position"
            )
        }];
        for column in &self.columns {
            let Some((row, text)) = &column.first_wrong else {
                continue;
            };
            let (name, wrong) = (output::visible(column.name), column.wrong);
            let text = output::visible(text);
            lines.push(if zh {
                format!("列“{name}”有 {wrong} 行不是可以相加的数（最先是第 {row} 行的“{text}”）：点已计数，数未相加")
            } else {
                format!("{wrong} rows have no number in \"{name}\" that can be added (first row {row}, \"{text}\"): their points are counted, nothing is added")
            });
        }
        Ok(lines.join("\n"))
    }
}

impl Column<'_> {
    /// The number of a row; an empty field is none, and not wrong.
    fn number(&mut self, row: &ByteRecord, at: u64) -> Option<Decimal> {
        let text = String::from_utf8_lossy(row.get(self.place)?);
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.wrong += 1;
            self.first_wrong
                .get_or_insert_with(|| (at, text.chars().take(MOST_SHOWN_CHARS).collect()));
        }
        number
    }
}
