//! `wangge crs`: one position, or a stream of them.

use std::io::{BufRead, BufWriter, Write};

use serde_json::json;
use wangge_crs::Transform;
use wangge_report::{Language, Told, brief};

use crate::args::Crs;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::systems::{policy, system};

pub(crate) fn run(args: &Crs, language: Language) -> Result<Outcome, Failure> {
    let policy = policy(args.conversion);
    let (from, to) = (system(&args.from)?, system(&args.to)?);
    let transform = Transform::new(&from, &to, &policy)?;
    for note in transform.notes() {
        output::tell(&brief(note, language));
    }
    let answer = |east: f64, north: f64| -> Result<String, Failure> {
        let (x, y) = transform.convert(east, north)?;
        Ok(if args.json {
            json!({"x": x, "y": y, "crs": to.to_string()}).to_string()
        } else {
            format!("{x} {y}")
        })
    };
    if let (Some(east), Some(north)) = (args.longitude, args.latitude) {
        output::print(&(answer(east, north)? + "\n"))?;
        return Ok(Outcome::Sound);
    }
    filter(&answer)
}

/// Converts each line of standard input: two numbers, apart by blanks or a comma.
fn filter(answer: &dyn Fn(f64, f64) -> Result<String, Failure>) -> Result<Outcome, Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = |error: std::io::Error| Failure::output(&error);
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line.map_err(|error| {
            Failure::new(
                format!("无法读取第 {number} 行：{}", error.in_chinese()),
                format!("cannot read line {number}: {error}"),
            )
        })?;
        if line.trim().is_empty() {
            continue;
        }
        let (east, north) = pair(&line).ok_or_else(|| {
            let text = shortened(&line);
            Failure::new(
                format!("第 {number} 行不是两个数：“{text}”"),
                format!("line {number} is not two numbers: \"{text}\""),
            )
            .with_help(
                "每行写成：120.8371 40.7112",
                "write a line as: 120.8371 40.7112",
            )
        })?;
        let text = answer(east, north)
            .map_err(|failure| failure.at(&format!("第 {number} 行"), &format!("line {number}")))?;
        writeln!(out, "{text}").map_err(written)?;
    }
    out.flush().map_err(written)?;
    Ok(Outcome::Sound)
}

fn pair(line: &str) -> Option<(f64, f64)> {
    let mut numbers = line
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty());
    let pair = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    numbers.next().is_none().then_some(pair)
}

fn shortened(line: &str) -> String {
    line.chars().take(80).collect()
}
