//! The arguments of `wangge plan` and `wangge publish`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wangge_model::Code;

use super::Reading;

/// What is done to plans.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Begin a draft from the plan in force, or from another 新建草案
    #[command(
        after_help = "Examples:\n  wangge plan new 2027 --store city.gpkg\n  wangge plan new 2027 --from 2026 --note \"合并两个社区\" --store city.gpkg"
    )]
    New(PlanNew),
    /// List the plans with their states and times 方案列表
    #[command(after_help = "Example: wangge plan list --store city.gpkg")]
    List(PlanList),
    /// Show one plan: state, times, what was accepted, what speaks against it 查看方案
    #[command(after_help = "Example: wangge plan show 2027 --store city.gpkg")]
    Show(PlanShow),
    /// Say what speaks against publishing a draft, and mark it as checked where nothing does 检查草案
    #[command(
        after_help = "Example: wangge plan check 2027 --store city.gpkg\nExit code 0: it can be published; 1: it cannot, and why."
    )]
    Check(PlanCheck),
    /// Take grids out of a draft 从草案中删去网格
    #[command(
        after_help = "Example: wangge plan remove-grids 211403001002014 211403001002015 --plan 2027 --store city.gpkg"
    )]
    RemoveGrids(PlanRemoveGrids),
    /// Cut a grid along a line, in a draft 拆分网格
    #[command(
        after_help = "Example: wangge plan split 211403001002014 --by road.geojson --plan 2027 --store city.gpkg"
    )]
    Split(PlanSplit),
    /// Make one grid of several, in a draft 合并网格
    #[command(
        after_help = "Example: wangge plan merge 211403001002014 211403001002015 --into 211403001002014 --store city.gpkg"
    )]
    Merge(PlanMerge),
    /// Let the border between two grids run along a line, in a draft 调整界线
    #[command(
        after_help = "Example: wangge plan move-border 211403001002014 211403001002015 --by road.geojson --store city.gpkg"
    )]
    MoveBorder(PlanMoveBorder),
    /// Propose grids of so many households, in a draft 按户数均衡网格
    #[command(
        after_help = "Example: wangge plan balance --target households=300..500 --plan 2027 --store city.gpkg\nBlocks between streets go to other grids of the same community, or to new ones, as a whole."
    )]
    Balance(PlanBalance),
    /// Drop a draft 删除草案
    #[command(after_help = "Example: wangge plan remove 2027 --store city.gpkg")]
    Remove(PlanRemove),
    /// Show who changed what, and when 操作日志
    #[command(after_help = "Example: wangge plan log --store city.gpkg --last 20")]
    Log(PlanLog),
}

#[derive(Debug, Args)]
pub(crate) struct PlanNew {
    /// The draft's name
    pub(crate) name: String,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan to begin from (default: the one in force)
    #[arg(long, value_name = "NAME", conflicts_with = "empty")]
    pub(crate) from: Option<String>,
    /// Begin with nothing
    #[arg(long)]
    pub(crate) empty: bool,
    /// Remarks
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanList {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Print the list as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanShow {
    /// The plan
    pub(crate) name: String,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanCheck {
    /// The draft (default: the one there is)
    pub(crate) name: Option<String>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    #[command(flatten)]
    pub(crate) acceptance: Acceptance,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanRemoveGrids {
    /// The codes
    #[arg(required = true, value_name = "CODE")]
    pub(crate) codes: Vec<Code>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The draft (default: the one there is)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanSplit {
    /// The grid; its largest part goes on under its code
    pub(crate) code: Code,
    #[command(flatten)]
    pub(crate) cutting: Cutting,
    /// Codes for the other parts, the largest first (default: issued by the scheme's rule)
    #[arg(long, value_name = "CODE,…", value_delimiter = ',')]
    pub(crate) codes: Vec<Code>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanMerge {
    /// The grids
    #[arg(required = true, num_args = 2.., value_name = "CODE")]
    pub(crate) codes: Vec<Code>,
    /// The code that they have together: that of one of them, or a new one (default: issued by the
    /// scheme's rule)
    #[arg(long, value_name = "CODE")]
    pub(crate) into: Option<Code>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The draft (default: the one there is, else a new one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanMoveBorder {
    /// A grid
    pub(crate) one: Code,
    /// Its neighbour
    pub(crate) other: Code,
    #[command(flatten)]
    pub(crate) cutting: Cutting,
}

#[derive(Debug, Args)]
pub(crate) struct PlanBalance {
    /// What grids should have, such as households=300..500 (default: the limits of the scheme)
    #[arg(long, value_name = "households=LOW..HIGH", value_parser = range)]
    pub(crate) target: Option<(u32, u32)>,
    /// The level whose units are balanced: the lowest
    #[arg(long, value_name = "ID")]
    pub(crate) level: Option<String>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The draft (default: the one there is, else a new one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn range(text: &str) -> Result<(u32, u32), String> {
    let refused = || "write it as households=300..500".to_owned();
    let range = text.strip_prefix("households=").ok_or_else(refused)?;
    let (low, high) = range.split_once("..").ok_or_else(refused)?;
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| refused());
    Ok((number(low)?, number(high)?))
}

/// A line that cuts grids of a draft.
#[derive(Debug, Args)]
pub(crate) struct Cutting {
    /// A file with the line, from border to border or beyond
    #[arg(long, value_name = "FILE")]
    pub(crate) by: PathBuf,
    /// Prolong an end that stops short by at most so many metres
    #[arg(long, value_name = "M", default_value_t = 0.0, value_parser = super::not_negative)]
    pub(crate) reach: f64,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The draft; begun from the plan in force where there is none of this name (default: the one
    /// there is, else a new one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanRemove {
    /// The draft
    pub(crate) name: String,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlanLog {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Only what concerns this plan
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// Only the last so many lines
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
    /// Print the log as JSON, one line for each change
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan (default: the one draft); an earlier plan is published again
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// When it takes effect, such as 2026-12-01T00:00:00+08:00 (default: now)
    #[arg(long, value_name = "TIME")]
    pub(crate) effective: Option<String>,
    #[command(flatten)]
    pub(crate) acceptance: Acceptance,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a plan is measured by before it is published, and what is accepted.
#[derive(Debug, Args)]
pub(crate) struct Acceptance {
    /// The boundary that the grids must cover exactly (default: that of the top level, else the
    /// rim of the plan published last)
    #[arg(long, value_name = "FILE")]
    pub(crate) within: Option<PathBuf>,
    /// Accept what speaks against the plan, by its id or kind, and say why; may be given again
    #[arg(long, value_name = "DEFECT-ID=REASON", value_parser = reason)]
    pub(crate) accept: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

fn reason(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((id, reason)) if !id.trim().is_empty() && !reason.trim().is_empty() => {
            Ok((id.trim().to_owned(), reason.trim().to_owned()))
        }
        _ => Err("write it as DEFECT-ID=REASON".to_owned()),
    }
}
