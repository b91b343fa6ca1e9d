//! One measurement, in a process of its own.

use std::fmt;
use std::process::Command;
use std::str::FromStr;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use wangge_coverage::{Coverage, Member, Outline, Terms, Tolerance, prove, survey};
use wangge_generate::mosaic;
use wangge_plane::Shape;

use crate::{parcels, wkb};

/// Vertices of a grid, as many as those of real cities have.
const VERTICES: usize = 85;
/// Vertices of an island or a tooth: with more the other side would take minutes.
const FEW_VERTICES: usize = 20;

/// A coverage to measure on, with its number of grids.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ground {
    /// Blocks in rows, four at each corner.
    Mosaic(usize),
    /// Islands in one remainder.
    Donut(usize),
    /// Teeth on one back.
    Comb(usize),
    /// Blocks with borders as ragged as real ones.
    Parcels(usize),
}

/// What came out; of several times the middle one.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) wall_s: f64,
    pub(crate) cpu_s: f64,
    pub(crate) peak_mb: f64,
    pub(crate) valid: bool,
    /// Vertices of all rings.
    pub(crate) vertices: usize,
    /// Those that are left of them.
    #[serde(default)]
    pub(crate) left: usize,
}

impl Figures {
    /// Runs a program that prints them.
    pub(crate) fn of(mut command: Command) -> Self {
        let done = command.output().unwrap();
        let error = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{command:?}: {error}");
        serde_json::from_slice(&done.stdout).unwrap()
    }
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, count) = match self {
            Self::Mosaic(count) => ("mosaic", count),
            Self::Donut(count) => ("donut", count),
            Self::Comb(count) => ("comb", count),
            Self::Parcels(count) => ("parcels", count),
        };
        write!(f, "{name}-{count}")
    }
}

impl FromStr for Ground {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (name, count) = s.split_once('-').ok_or("a name and a number")?;
        let count = count.parse().map_err(|_| "a number of grids")?;
        match name {
            "mosaic" => Ok(Self::Mosaic(count)),
            "donut" => Ok(Self::Donut(count)),
            "comb" => Ok(Self::Comb(count)),
            "parcels" => Ok(Self::Parcels(count)),
            other => Err(format!("{other} is no ground")),
        }
    }
}

impl Ground {
    fn draw(self) -> Vec<Shape> {
        let drawn = match self {
            // columns and rows of which one is a power of ten's divisor: exactly as many as asked
            Self::Mosaic(count) => {
                let columns = (count.isqrt()..=count).find(|c| count.is_multiple_of(*c));
                let columns = columns.unwrap_or(count);
                mosaic::mosaic(columns, count / columns, VERTICES, 1).unwrap()
            }
            Self::Donut(count) => mosaic::donut(count, FEW_VERTICES, 1).unwrap(),
            Self::Comb(count) => mosaic::comb(count, FEW_VERTICES, 1).unwrap(),
            Self::Parcels(count) => return parcels::draw(count),
        };
        drawn.into_iter().map(|(_, shape)| shape).collect()
    }
}

/// Measures what the arguments ask for, and prints the figures.
pub(crate) fn run(args: &[String]) {
    let [what, ground, rest @ ..] = args else {
        panic!("what to measure, and on what")
    };
    let ground: Ground = ground.parse().unwrap();
    let shapes = ground.draw();
    let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:07}")).collect();
    let members: Vec<Member<'_>> = codes
        .iter()
        .zip(&shapes)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let number = |at: usize| rest.get(at).map(|n| n.parse::<f64>().unwrap());
    let times = |at: usize| number(at).unwrap_or(1.0) as usize;
    let mut figures = match what.as_str() {
        "write" => {
            std::fs::write(&rest[0], wkb::written(&shapes)).unwrap();
            Figures::default()
        }
        "prove" => {
            let (mut figures, verdict) = timed(times(0), || prove(&members, Outline::OwnRim));
            figures.valid = verdict.seamless;
            figures
        }
        "survey" => {
            let (mut figures, found) = timed(times(0), || survey(&members, &Terms::default()));
            figures.valid = found.verdict.seamless && found.defects.is_empty();
            figures
        }
        "simplify" | "build-simplify" => {
            let tolerance = Tolerance::of_metres(number(0).unwrap()).unwrap();
            let with_build = what == "build-simplify";
            let built = || Coverage::build(&members).unwrap();
            let (mut figures, thin) = if with_build {
                timed(times(1), || {
                    let thin = built().simplify(tolerance);
                    let shapes = thin.coverage.shapes();
                    (thin, shapes)
                })
            } else {
                let coverage = built();
                timed(times(1), || (coverage.simplify(tolerance), Vec::new()))
            };
            let (thin, shapes) = thin;
            let shapes = if with_build {
                shapes
            } else {
                thin.coverage.shapes()
            };
            let thinned: Vec<Member<'_>> = codes
                .iter()
                .zip(&shapes)
                .map(|(code, shape)| Member { code, shape })
                .collect();
            figures.valid = prove(&thinned, Outline::OwnRim).seamless;
            figures.left = vertices(&shapes);
            figures
        }
        other => panic!("{other} is nothing to measure"),
    };
    figures.vertices = vertices(&shapes);
    figures.peak_mb = peak_mb();
    println!("{}", serde_json::to_string(&figures).unwrap());
}

fn vertices(shapes: &[Shape]) -> usize {
    let rings = shapes.iter().flat_map(Shape::rings);
    rings.map(|ring| ring.points().len()).sum()
}

/// Does some work so many times, and says how long the middle one took.
fn timed<T>(times: usize, work: impl Fn() -> T) -> (Figures, T) {
    let mut taken = Vec::new();
    let mut done = None;
    for _ in 0..times.max(1) {
        drop(done.take());
        let (cpu, wall) = (cpu_s(), Instant::now());
        done = Some(work());
        taken.push((wall.elapsed().as_secs_f64(), cpu_s() - cpu));
    }
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (wall_s, cpu_s) = taken[taken.len() / 2];
    let figures = Figures {
        wall_s,
        cpu_s,
        ..Figures::default()
    };
    (figures, done.unwrap())
}

/// Seconds of processor time so far, where the system tells (in hundredths).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

/// The most memory that the process has had, where the system tells.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.unwrap_or_default() / 1024.0
}
