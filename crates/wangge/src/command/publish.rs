//! `wangge publish`: a plan becomes the city's.

use serde_json::json;
use wangge_city::work::{self, Objection, PublishOrder, time};
use wangge_exchange::Reader;
use wangge_report::{Language, Told};

use crate::account::opened;
use crate::args::{Acceptance, Publish};
use crate::command::import::{grid_files, reader};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn run(args: &Publish, language: Language) -> Result<Outcome, Failure> {
    let order = PublishOrder {
        plan: args.plan.clone(),
        effective: args.effective.as_deref().map(time).transpose()?,
        acceptance: acceptance(&args.acceptance)?,
    };
    let mut store = opened(&args.store)?;
    let done = waiting(
        match language {
            Language::Zh => "正在证明并发布",
            Language::En => "proving and publishing",
        },
        || work::publish(&mut store, &order),
    )?;
    let effective = done.effective.map(|time| time.to_string());
    let (plan, version, grids) = (&done.plan, done.version, done.grids);
    let text = if args.json {
        let accepted: Vec<_> = done.accepted.iter().map(objection_json).collect();
        json!({
            "plan": plan, "version": version.to_string(), "grids": grids, "effective": effective,
            "again": done.again, "accepted": accepted,
        })
        .to_string()
    } else {
        let effective = effective.unwrap_or_default();
        let mut lines = vec![match language {
            Language::Zh => {
                format!("已发布方案 {plan}：版本 {version}，{grids} 个网格，自 {effective} 起生效")
            }
            Language::En => format!(
                "published {plan} as version {version}: {grids} grids, in force from {effective}"
            ),
        }];
        lines.extend(done.again.as_ref().map(|earlier| match language {
            Language::Zh => format!("  重新采用方案 {earlier} 的边界"),
            Language::En => format!("  the boundaries of {earlier} again"),
        }));
        lines.extend(done.accepted.iter().map(|one| match language {
            Language::Zh => format!("  已接受 {}", objection_line(one, language)),
            Language::En => format!("  accepted {}", objection_line(one, language)),
        }));
        lines.join("\n")
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}

/// What a plan is measured by, the outline read from its file.
pub(crate) fn acceptance(args: &Acceptance) -> Result<work::Acceptance, Failure> {
    let outline = |path: &std::path::Path| -> Result<_, Failure> {
        let reader: Reader = reader()?;
        let files = grid_files(&args.reading, vec![path.to_owned()])?;
        Ok(work::read_outline(&reader, &files, path, &mut |_| {})?)
    };
    Ok(work::Acceptance {
        outline: args.within.as_deref().map(outline).transpose()?,
        reasons: args.accept.clone(),
    })
}

/// An objection with the id by which it is accepted.
pub(crate) fn objection_line(objection: &Objection, language: Language) -> String {
    let told = output::visible(&objection.told(language));
    match objection.id() {
        Some(id) => format!("{id}  {told}"),
        None => told,
    }
}

pub(crate) fn objection_json(objection: &Objection) -> serde_json::Value {
    json!({
        "id": objection.id(),
        "kind": objection.kind(),
        "may_be_accepted": objection.may_be_accepted(),
        "detail": objection.in_english(),
    })
}
