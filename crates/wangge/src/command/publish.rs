//! `wangge publish`: a plan becomes the city's.

use serde_json::json;
use wangge_city::work::{self, WorkError};
use wangge_report::Language;
use wangge_store::Store;

use crate::args::Publish;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn run(args: &Publish, language: Language) -> Result<Outcome, Failure> {
    let effective = args
        .effective
        .as_deref()
        .map(|text| {
            text.parse().map_err(|_| WorkError::Time {
                text: text.chars().take(40).collect(),
            })
        })
        .transpose()?;
    let mut store = Store::open(&args.store)?;
    let done = waiting(
        match language {
            Language::Zh => "正在证明并发布",
            Language::En => "proving and publishing",
        },
        || work::publish(&mut store, args.plan.as_deref(), effective),
    )?;
    let effective = done.effective.map(|time| time.to_string());
    let (plan, version, grids) = (&done.plan, done.version, done.grids);
    let text = if args.json {
        json!({
            "plan": plan, "version": version.to_string(), "grids": grids, "effective": effective,
        })
        .to_string()
    } else {
        let effective = effective.unwrap_or_default();
        match language {
            Language::Zh => {
                format!("已发布方案 {plan}：版本 {version}，{grids} 个网格，自 {effective} 起生效")
            }
            Language::En => format!(
                "published {plan} as version {version}: {grids} grids, in force from {effective}"
            ),
        }
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}
