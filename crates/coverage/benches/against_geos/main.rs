//! Validation and simplification against GEOS (through shapely), in the same run on the same
//! boundaries.
//!
//! `WANGGE_PYTHON` names a Python that has shapely; `make bench` installs it into a virtual
//! environment. Every measurement is a process of its own, so that its memory can be told, and
//! both sides have the boundaries in memory before the clock starts. GEOS runs on one core, the
//! proof and the thinning on all there are: wall time is what counts, processor time is given too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and its numbers are small"
)]

mod measure;
mod parcels;
mod wkb;

use std::path::Path;
use std::process::Command;

use measure::{Figures, Ground};

/// The tolerance of GEOS' simplification in degrees, about 10 m.
const TOLERANCE_DEG: f64 = 1e-4;
/// How many more or fewer vertices may be left.
const WITHIN: f64 = 0.05;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "--measure") {
        measure::run(&args[1..]);
        return;
    }
    let Ok(python) = std::env::var("WANGGE_PYTHON") else {
        println!("skipped: WANGGE_PYTHON names no Python with shapely (`make bench` does)");
        return;
    };
    let only = args.iter().find(|arg| !arg.starts_with('-'));
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only.as_str()));
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench {
        python,
        file: folder.path().join("grids.wkb"),
    };
    if wanted("validate") {
        bench.validations();
    }
    if wanted("simplify") {
        bench.simplifications();
    }
}

struct Bench {
    python: String,
    file: std::path::PathBuf,
}

impl Bench {
    fn validations(&self) {
        println!("validation: every figure of a proof, against coverage_is_valid");
        heading("ns/vertex");
        for (ground, times) in [
            (Ground::Mosaic(1_000), 9),
            (Ground::Mosaic(10_000), 3),
            (Ground::Mosaic(100_000), 1),
            (Ground::Donut(1_000), 1),
            (Ground::Donut(10_000), 1),
            (Ground::Comb(1_000), 1),
            (Ground::Comb(10_000), 1),
        ] {
            let vertices = self.write(ground);
            let proof = ours("prove", ground, &["5"]);
            let survey = ours("survey", ground, &["3"]);
            let geos = self.geos("validate", &[&times.to_string()]);
            assert!(geos.valid && proof.valid && survey.valid, "{ground}");
            assert_eq!((geos.vertices, proof.vertices), (vertices, vertices));
            let per_vertex = |f: &Figures| f.wall_s * 1e9 / vertices as f64;
            row(ground, "GEOS", &geos, None, per_vertex(&geos));
            row(ground, "proof", &proof, Some(&geos), per_vertex(&proof));
            row(ground, "survey", &survey, Some(&geos), per_vertex(&survey));
        }
        println!();
    }

    fn simplifications(&self) {
        println!("simplification, at equal numbers of vertices left (within 5 %)");
        heading("left");
        for (ground, times) in [(Ground::Parcels(10_000), 3), (Ground::Parcels(100_000), 1)] {
            let vertices = self.write(ground);
            let tolerance = TOLERANCE_DEG.to_string();
            let geos = self.geos("simplify", &[&tolerance, &times.to_string()]);
            assert_eq!(geos.vertices, vertices);
            let metres = equal_tolerance_m(ground, geos.left);
            let thin = ours("simplify", ground, &[&metres.to_string(), "3"]);
            let built = ours("build-simplify", ground, &[&metres.to_string(), "3"]);
            assert!(geos.valid && thin.valid && built.valid, "{ground}");
            assert!(
                is_near(thin.left, geos.left),
                "{} and {}",
                thin.left,
                geos.left
            );
            row(ground, "GEOS", &geos, None, geos.left as f64);
            row(ground, "arcs", &thin, Some(&geos), thin.left as f64);
            row(ground, "grids", &built, Some(&geos), built.left as f64);
            println!(
                "{:>9} {TOLERANCE_DEG} degrees there, {metres:.2} m here",
                ""
            );
        }
    }

    /// Writes the boundaries for the other side, and says how many vertices their rings have.
    fn write(&self, ground: Ground) -> usize {
        ours("write", ground, &[self.file.to_str().unwrap()]).vertices
    }

    fn geos(&self, what: &str, args: &[&str]) -> Figures {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/against_geos/geos.py");
        let mut command = Command::new(&self.python);
        command.arg(script).arg(what).arg(&self.file).args(args);
        Figures::of(command)
    }
}

/// One measurement of ours, in a process of its own.
fn ours(what: &str, ground: Ground, args: &[&str]) -> Figures {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let ground = ground.to_string();
    command.args(["--measure", what, &ground]).args(args);
    Figures::of(command)
}

/// The tolerance in metres that leaves as many vertices.
fn equal_tolerance_m(ground: Ground, left: usize) -> f64 {
    let (mut low, mut high) = (0.1, 1_000.0);
    for _ in 0..24 {
        let metres = f64::midpoint(low, high);
        let here = ours("simplify", ground, &[&metres.to_string(), "1"]).left;
        // nearer than is asked, so that nobody wins by the rest
        if here.abs_diff(left) * 200 < left {
            return metres;
        }
        if here > left {
            low = metres;
        } else {
            high = metres;
        }
    }
    f64::midpoint(low, high)
}

fn is_near(a: usize, b: usize) -> bool {
    (a as f64 - b as f64).abs() <= WITHIN * b as f64
}

fn heading(last: &str) {
    println!(
        "{:<16} {:<7} {:>9} {:>9} {:>8} {:>9} {:>9} {:>10}",
        "grids", "", "wall s", "cpu s", "peak MB", "x wall", "x cpu", last
    );
}

fn row(ground: Ground, side: &str, figures: &Figures, geos: Option<&Figures>, last: f64) {
    let Figures {
        wall_s,
        cpu_s,
        peak_mb,
        ..
    } = figures;
    let times = |of: fn(&Figures) -> f64| match geos {
        // processor time comes in hundredths
        Some(geos) if of(figures) > 0.0 => format!("{:.1}", of(geos) / of(figures)),
        _ => String::new(),
    };
    let (wall, cpu) = (times(|f| f.wall_s), times(|f| f.cpu_s));
    println!(
        "{:<16} {side:<7} {wall_s:>9.3} {cpu_s:>9.2} {peak_mb:>8.0} {wall:>9} {cpu:>9} {last:>10.0}",
        ground.to_string()
    );
}
