//! `wangge plan split|merge|move-border`: what-if edits, each in a draft.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use wangge_city::PlanView;
use wangge_city::work::{self, EditedPlan, PlanEdit};
use wangge_plane::Line;
use wangge_report::{Language, Told, area};
use wangge_store::Store;

use crate::account::opened;
use crate::args::{Cutting, PlanMerge, PlanMoveBorder, PlanSplit};
use crate::command::import::{grid_files, reader};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn split(args: &PlanSplit, language: Language) -> Result<Outcome, Failure> {
    let edit = PlanEdit::Split {
        code: args.code.clone(),
        line: line(&args.cutting)?,
        reach_m: args.cutting.reach,
        codes: args.codes.clone(),
    };
    made(
        &args.cutting.store,
        args.cutting.plan.as_deref(),
        &edit,
        args.cutting.json,
        language,
    )
}

pub(crate) fn merge(args: &PlanMerge, language: Language) -> Result<Outcome, Failure> {
    let edit = PlanEdit::Merge {
        codes: args.codes.clone(),
        into: args.into.clone(),
    };
    made(
        &args.store,
        args.plan.as_deref(),
        &edit,
        args.json,
        language,
    )
}

pub(crate) fn move_border(args: &PlanMoveBorder, language: Language) -> Result<Outcome, Failure> {
    let edit = PlanEdit::MoveBorder {
        one: args.one.clone(),
        other: args.other.clone(),
        line: line(&args.cutting)?,
        reach_m: args.cutting.reach,
    };
    made(
        &args.cutting.store,
        args.cutting.plan.as_deref(),
        &edit,
        args.cutting.json,
        language,
    )
}

/// The lines of a file as one.
fn line(args: &Cutting) -> Result<Line, Failure> {
    let files = grid_files(&args.reading, vec![args.by.clone()])?;
    Ok(work::read_line(&reader()?, &files, &args.by, &mut |_| {})?)
}

fn made(
    store: &Path,
    plan: Option<&str>,
    edit: &PlanEdit,
    as_json: bool,
    language: Language,
) -> Result<Outcome, Failure> {
    let mut store = opened(store)?;
    let done = waiting(
        match language {
            Language::Zh => "正在改画",
            Language::En => "redrawing",
        },
        || work::edit_plan(&mut store, plan, edit),
    )?;
    let text = if as_json {
        edited_json(&store, &done)?.to_string() + "\n"
    } else {
        edited_text(&done, language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

pub(super) fn edited_json(store: &Store, done: &EditedPlan) -> Result<serde_json::Value, Failure> {
    Ok(json!({
        "plan": PlanView::of(store, &done.plan)?,
        "begun_from": done.begun_from,
        "changed": done.changed.iter().map(|(code, before, after)| json!({
            "code": code.as_str(), "area_before_m2": before, "area_after_m2": after,
        })).collect::<Vec<_>>(),
        "added": done.added.iter().map(|(code, area)| json!({
            "code": code.as_str(), "area_m2": area,
        })).collect::<Vec<_>>(),
        "removed": done.removed.iter().map(AsRef::<str>::as_ref).collect::<Vec<_>>(),
        "notes": done.notes.iter().map(Told::in_english).collect::<Vec<_>>(),
    }))
}

pub(super) fn edited_text(done: &EditedPlan, language: Language) -> String {
    let zh = language == Language::Zh;
    let name = output::visible(&done.plan.name);
    let mut text = match (&done.begun_from, zh) {
        (Some(from), true) => format!("草案 {name}（取自方案 {from}）：\n"),
        (Some(from), false) => format!("in the draft {name}, begun from {from}:\n"),
        (None, true) => format!("草案 {name}：\n"),
        (None, false) => format!("in the draft {name}:\n"),
    };
    // writing to a text does not fail
    for (code, before, after) in &done.changed {
        let (before, after) = (area(*before), area(*after));
        let _ = if zh {
            writeln!(text, "  {code} 改画：{before} -> {after}")
        } else {
            writeln!(text, "  {code} redrawn: {before} -> {after}")
        };
    }
    for (code, area_m2) in &done.added {
        let ground = area(*area_m2);
        let _ = if zh {
            writeln!(text, "  {code} 新设：{ground}")
        } else {
            writeln!(text, "  {code} new: {ground}")
        };
    }
    for code in &done.removed {
        let _ = if zh {
            writeln!(text, "  {code} 撤销")
        } else {
            writeln!(text, "  {code} gone")
        };
    }
    for note in &done.notes {
        let _ = writeln!(text, "  {}", note.told(language));
    }
    text
}
