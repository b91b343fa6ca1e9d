//! `wangge simplify`: fewer vertices and the same topology.

use std::path::Path;

use serde_json::json;
use wangge_city::work::{CoverageFile, Stage};
use wangge_coverage::Tolerance;
use wangge_crs::Crs;
use wangge_report::{Language, grouped, length_m};

use crate::args::Simplify;
use crate::command::import::{reader, rows};
use crate::command::repair::{coverage_files, tell_left_out};
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn run(args: &Simplify, language: Language) -> Result<Outcome, Failure> {
    let Some(tolerance) = Tolerance::of_metres(args.tolerance) else {
        return Err(Failure::new(
            format!("容差 {} 不是不小于 0 的数", args.tolerance),
            format!("the tolerance {} is no number of 0 or more", args.tolerance),
        ));
    };
    let inputs: Vec<&Path> = args.files.iter().map(std::path::PathBuf::as_path).collect();
    destination::check(&args.output, &inputs)?;
    let files = coverage_files(&args.reading, &args.files, args.code.as_deref())?;
    let bar = Progress::new(rows(language), None);
    let coverage = CoverageFile::read(&reader()?, &files, &mut |stage: Stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    })?;
    bar.finish();
    tell_left_out(&coverage, language);
    let what = match language {
        Language::Zh => "正在简化",
        Language::En => "simplifying",
    };
    let light = waiting(what, || coverage.simplify(tolerance))?;
    coverage.write(&light.shapes, &Crs::Lattice, &args.output)?;
    let path = args.output.display();
    let (before, after) = (light.vertices_before, light.vertices_after);
    let (held, shift) = (light.held_back, light.largest_shift_m);
    output::print(&if args.json {
        json!({
            "tolerance_m": args.tolerance,
            "vertices_before": before,
            "vertices_after": after,
            "held_back": held,
            "largest_shift_m": shift,
        })
        .to_string()
            + "\n"
    } else {
        let (before, after, held, shift) = (
            grouped(before),
            grouped(after),
            grouped(held),
            length_m(shift),
        );
        match language {
            Language::Zh => format!(
                "顶点由 {before} 减为 {after}，写入 {path}；边界最多移动 {shift}；为保持拓扑保留 {held} 个顶点；结果已证明无缝\n"
            ),
            Language::En => format!(
                "{before} vertices became {after}, in {path}; no border moved by more than {shift}; {held} vertices were kept for the topology's sake; proved seamless\n"
            ),
        }
    })?;
    Ok(Outcome::Sound)
}
