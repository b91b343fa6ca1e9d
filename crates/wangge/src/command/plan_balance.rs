//! `wangge plan balance`: grids of so many households, by whole blocks.

use std::fmt::Write as _;

use serde_json::json;
use wangge_city::work::{self, BalancedPlan};
use wangge_model::Scheme;
use wangge_report::{Language, counted, grouped};

use super::plan_edit::{edited_json, edited_text};
use crate::account::opened;
use crate::args::PlanBalance;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn balance(args: &PlanBalance, language: Language) -> Result<Outcome, Failure> {
    let mut store = opened(&args.store)?;
    let scheme = store.scheme();
    let lowest = scheme.level_at(scheme.lowest())?;
    if let Some(level) = args.level.as_deref().filter(|level| *level != lowest.id()) {
        let id = lowest.id();
        return Err(Failure::new(
            format!("只能均衡最低层级“{id}”，不能均衡“{level}”"),
            format!(
                "units of the lowest level, \"{id}\", are balanced, and not those of \"{level}\""
            ),
        ));
    }
    let (low, high) = match args.target {
        Some(range) => range,
        None => limits(scheme).ok_or_else(|| {
            Failure::new(
                "层级定义没有规定户数：请用 --target households=300..500 给出",
                "the scheme has no limits of households: give them with --target households=300..500",
            )
        })?,
    };
    let done = waiting(
        match language {
            Language::Zh => "正在均衡",
            Language::En => "balancing",
        },
        || work::balance_plan(&mut store, args.plan.as_deref(), low, high),
    )?;
    let text = if args.json {
        let edited = done.edited.as_ref().map(|done| edited_json(&store, done));
        let grids = done.grids.iter().map(|grid| {
            json!({ "code": grid.code.as_str(), "before": grid.before, "after": grid.after })
        });
        let unmet = done.unmet.iter().map(|(code, households, reason)| {
            json!({
                "code": code.as_str(), "households": households, "reason": reason.name(),
            })
        });
        json!({
            "low": low, "high": high, "blocks": done.blocks, "moved": done.moved,
            "outside": done.outside,
            "grids": grids.collect::<Vec<_>>(), "unmet": unmet.collect::<Vec<_>>(),
            "edited": edited.transpose()?,
        })
        .to_string()
            + "\n"
    } else {
        told(&done, (low, high), language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

/// The households that the scheme wants grids to have.
fn limits(scheme: &Scheme) -> Option<(u32, u32)> {
    let level = scheme.level_at(scheme.lowest()).ok()?;
    let range = level.limits().households?;
    Some((range.low(), range.high()))
}

fn told(done: &BalancedPlan, (low, high): (u32, u32), language: Language) -> String {
    let zh = language == Language::Zh;
    let moved = grouped(usize::try_from(done.moved).unwrap_or(usize::MAX));
    let mut text = match (done.edited.is_some(), zh) {
        (false, true) => format!("没有可改之处（目标 {low} 到 {high} 户）\n"),
        (false, false) => format!("nothing to change (wanted: {low} to {high} households)\n"),
        (true, true) => format!(
            "目标 {low} 到 {high} 户：{} 个街区，{moved} 户换到别的网格\n",
            grouped(done.blocks)
        ),
        (true, false) => format!(
            "{low} to {high} households wanted: {}, {moved} households change their grid\n",
            counted(done.blocks, "block", "blocks")
        ),
    };
    let number = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
    // writing to a text does not fail
    for grid in &done.grids {
        let _ = writeln!(
            text,
            "  {}  {} -> {}",
            grid.code,
            number(grid.before),
            number(grid.after)
        );
    }
    for (code, households, reason) in &done.unmet {
        let why = match (reason.name(), zh) {
            ("block-too-heavy", true) => "一个街区就超过上限",
            ("block-too-heavy", false) => "one block alone is above the range",
            ("parent-too-light", true) => "上级单元的住户不够一个网格",
            ("parent-too-light", false) => "all blocks under its parent are below the range",
            (_, true) => "没有找到办法",
            (_, false) => "no way was found",
        };
        let _ = if zh {
            writeln!(text, "  {code} 仍不在范围内：{households} 户（{why}）")
        } else {
            writeln!(text, "  {code} stays out of range with {households}: {why}")
        };
    }
    if let Some(edited) = &done.edited {
        text += &edited_text(edited, language);
    }
    text
}
