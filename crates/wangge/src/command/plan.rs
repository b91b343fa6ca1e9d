//! `wangge plan`: drafts, their life, and the log.

use serde_json::json;
use wangge_city::work::{self, Objection, Readiness, draft_to_change};
use wangge_city::{PlanView, state_words};
use wangge_report::{Language, counted, grouped};
use wangge_store::{AuditEntry, PlanRecord, Store};

use crate::account::opened;
use crate::args::{
    PlanCheck, PlanCommand, PlanList, PlanLog, PlanNew, PlanRemove, PlanRemoveGrids, PlanShow,
};
use crate::command::publish::{acceptance, objection_json, objection_line};
use crate::command::{plan_balance, plan_edit};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn run(command: &PlanCommand, language: Language) -> Result<Outcome, Failure> {
    match command {
        PlanCommand::New(args) => new(args, language),
        PlanCommand::List(args) => list(args, language),
        PlanCommand::Show(args) => show(args, language),
        PlanCommand::Check(args) => check(args, language),
        PlanCommand::Split(args) => plan_edit::split(args, language),
        PlanCommand::Merge(args) => plan_edit::merge(args, language),
        PlanCommand::MoveBorder(args) => plan_edit::move_border(args, language),
        PlanCommand::Balance(args) => plan_balance::balance(args, language),
        PlanCommand::RemoveGrids(args) => remove_grids(args, language),
        PlanCommand::Remove(args) => remove(args, language),
        PlanCommand::Log(args) => log(args, language),
    }
}

fn new(args: &PlanNew, language: Language) -> Result<Outcome, Failure> {
    let mut store = opened(&args.store)?;
    let from = match (&args.from, args.empty) {
        (Some(from), _) => Some(from.clone()),
        (None, true) => None,
        (None, false) => Some(work::plan_to_export(&store, None)?),
    };
    let plan = store.create_plan(&args.name, from.as_deref(), args.note.as_deref())?;
    let grids = grids_in(&store, &plan)?;
    let name = &plan.name;
    let told = match (language, &from) {
        (Language::Zh, Some(from)) => {
            format!("已新建草案 {name}，取自方案 {from}，{grids} 个网格")
        }
        (Language::Zh, None) => format!("已新建空草案 {name}"),
        (Language::En, Some(from)) => {
            format!("began the draft {name} from the plan {from}: {grids} grids")
        }
        (Language::En, None) => format!("began the empty draft {name}"),
    };
    said(args.json, &store, &plan, &told)
}

fn list(args: &PlanList, language: Language) -> Result<Outcome, Failure> {
    let store = Store::open_read_only(&args.store)?;
    let plans = store.plans()?;
    let current = store.current()?.map(|plan| plan.id);
    let text = if args.json {
        let plans: Result<Vec<_>, Failure> =
            plans.iter().map(|plan| plan_json(&store, plan)).collect();
        json!({ "plans": plans?, "current": current }).to_string()
    } else if plans.is_empty() {
        match language {
            Language::Zh => "还没有方案：请用 `wangge import grids` 导入网格".to_owned(),
            Language::En => "no plans yet: import grids with `wangge import grids`".to_owned(),
        }
    } else {
        let lines = plans.iter().map(|plan| {
            let mark = if current == Some(plan.id) { "*" } else { " " };
            Ok(format!("{mark} {}", plan_line(&store, plan, language)?))
        });
        lines.collect::<Result<Vec<_>, Failure>>()?.join("\n")
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}

fn show(args: &PlanShow, language: Language) -> Result<Outcome, Failure> {
    let store = Store::open_read_only(&args.store)?;
    let plan = store.plan(&args.name)?;
    if args.json {
        output::print(&(plan_json(&store, &plan)?.to_string() + "\n"))?;
        return Ok(Outcome::Sound);
    }
    let zh = language == Language::Zh;
    let mut lines = vec![plan_line(&store, &plan, language)?];
    let mut field = |zh_name: &str, en_name: &str, value: Option<String>| {
        let name = if zh { zh_name } else { en_name };
        lines.extend(value.map(|value| format!("  {name}  {}", output::visible(&value))));
    };
    let origin = store.origin(&plan.name)?.map(|plan| plan.name);
    field("取自", "begun from", origin);
    field("新建", "begun", Some(plan.created.to_string()));
    field("检查", "checked", plan.checked.map(|at| at.to_string()));
    field("发布", "published", plan.published.map(|at| at.to_string()));
    field(
        "生效",
        "in force from",
        plan.effective.map(|at| at.to_string()),
    );
    field(
        "终止",
        "in force until",
        plan.ended.map(|at| at.to_string()),
    );
    field("备注", "note", plan.note.clone());
    field(
        "摘要",
        "digest",
        plan.content_hash.map(|hash| hash.to_string()),
    );
    for record in store.accepted(&plan.name)? {
        let one = &record.accepted;
        let told = format!(
            "{} {} {} ({})",
            one.defect, one.kind, one.reason, record.who
        );
        field("已接受", "accepted", Some(told));
    }
    output::print(&(lines.join("\n") + "\n"))?;
    Ok(Outcome::Sound)
}

fn check(args: &PlanCheck, language: Language) -> Result<Outcome, Failure> {
    let acceptance = acceptance(&args.acceptance)?;
    let mut store = opened(&args.store)?;
    let found = waiting(
        match language {
            Language::Zh => "正在检查",
            Language::En => "looking it through",
        },
        || work::check_plan(&mut store, args.name.as_deref(), &acceptance),
    )?;
    let text = if args.json {
        let accepted = found.accepted.iter().map(|(one, _)| objection_json(one));
        json!({
            "plan": found.plan.name,
            "version": found.plan.version().to_string(),
            "state": found.plan.state.as_str(),
            "grids": found.grids,
            "ready": found.is_ready(),
            "objections": found.objections.iter().map(objection_json).collect::<Vec<_>>(),
            "accepted": accepted.collect::<Vec<_>>(),
        })
        .to_string()
    } else {
        readiness_text(&found, language)
    };
    output::print(&(text + "\n"))?;
    Ok(if found.is_ready() {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

fn readiness_text(found: &Readiness, language: Language) -> String {
    let (name, grids) = (&found.plan.name, grouped(found.grids));
    let against = found.objections.len();
    let mut lines = vec![match (found.is_ready(), language) {
        (true, Language::Zh) => format!("方案 {name} 可以发布：{grids} 个网格"),
        (true, Language::En) => format!("the plan {name} can be published: {grids} grids"),
        (false, Language::Zh) => format!("方案 {name} 不能发布，有 {} 处问题：", grouped(against)),
        (false, Language::En) => format!(
            "the plan {name} cannot be published, {} against it:",
            counted(against, "thing speaks", "things speak")
        ),
    }];
    let objections = found.objections.iter();
    lines.extend(objections.map(|one| format!("  {}", objection_line(one, language))));
    lines.extend(found.accepted.iter().map(|(one, _)| match language {
        Language::Zh => format!("  已接受 {}", objection_line(one, language)),
        Language::En => format!("  accepted {}", objection_line(one, language)),
    }));
    if found.objections.iter().any(Objection::may_be_accepted) {
        lines.push(
            match language {
                Language::Zh => "有编号的问题，如确属无误，可在发布时用 --accept 编号=理由 接受",
                Language::En => {
                    "what has an id can be accepted where it is meant: --accept ID=REASON"
                }
            }
            .to_owned(),
        );
    }
    lines.join("\n")
}

fn remove_grids(args: &PlanRemoveGrids, language: Language) -> Result<Outcome, Failure> {
    let mut store = opened(&args.store)?;
    let draft = draft_to_change(&store, args.plan.as_deref())?;
    let plan = store.remove_units(&draft, &args.codes)?;
    let (name, count) = (&plan.name, args.codes.len());
    let told = match language {
        Language::Zh => format!("已从草案 {name} 删去 {} 个网格", grouped(count)),
        Language::En => format!(
            "took {} out of the draft {name}",
            counted(count, "grid", "grids")
        ),
    };
    said(args.json, &store, &plan, &told)
}

fn remove(args: &PlanRemove, language: Language) -> Result<Outcome, Failure> {
    let mut store = opened(&args.store)?;
    let plan = store.remove_plan(&args.name)?;
    let text = if args.json {
        json!({ "removed": plan.name }).to_string()
    } else {
        match language {
            Language::Zh => format!("已删除草案 {}", plan.name),
            Language::En => format!("dropped the draft {}", plan.name),
        }
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}

fn log(args: &PlanLog, language: Language) -> Result<Outcome, Failure> {
    let store = Store::open_read_only(&args.store)?;
    let mut entries = store.audit()?;
    if let Some(plan) = &args.plan {
        entries.retain(|entry| entry.plan.as_ref() == Some(plan));
    }
    let from = args
        .last
        .map_or(0, |last| entries.len().saturating_sub(last));
    let mut text = String::new();
    for entry in &entries[from..] {
        text += &if args.json {
            entry_json(entry).to_string()
        } else {
            entry_line(entry, language)
        };
        text.push('\n');
    }
    output::print(&text)?;
    Ok(Outcome::Sound)
}

fn entry_json(entry: &AuditEntry) -> serde_json::Value {
    let detail = entry.detail.as_deref();
    json!({
        "id": entry.id,
        "at": entry.at.to_string(),
        "who": entry.who,
        "action": entry.action,
        "plan": entry.plan,
        "before": entry.before,
        "after": entry.after,
        "detail": detail.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok()),
    })
}

fn entry_line(entry: &AuditEntry, language: Language) -> String {
    let action = match (language, entry.action.as_str()) {
        (Language::Zh, "plan-begun") => "新建草案",
        (Language::Zh, "plan-checked") => "检查通过",
        (Language::Zh, "plan-published") => "发布方案",
        (Language::Zh, "plan-superseded") => "方案被取代",
        (Language::Zh, "plan-removed") => "删除草案",
        (Language::Zh, "units-imported") => "导入单元",
        (Language::Zh, "units-removed") => "删去单元",
        (Language::Zh, "grid-split") => "拆分网格",
        (Language::Zh, "grids-merged") => "合并网格",
        (Language::Zh, "border-moved") => "调整界线",
        (Language::Zh, "grids-balanced") => "均衡网格",
        (Language::Zh, "list-imported") => "导入名单",
        (Language::Zh, "components-imported") => "导入部件",
        (_, action) => action,
    };
    let text = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
    let line = format!(
        "{}  {}  {action}  {}  {} -> {}  {}",
        entry.at,
        entry.who,
        text(&entry.plan),
        text(&entry.before),
        text(&entry.after),
        entry.detail.as_deref().unwrap_or_default()
    );
    output::visible(line.trim_end())
}

fn grids_in(store: &Store, plan: &PlanRecord) -> Result<String, Failure> {
    let grids = store.grids_in(plan)?;
    Ok(grouped(usize::try_from(grids).unwrap_or(usize::MAX)))
}

fn plan_line(store: &Store, plan: &PlanRecord, language: Language) -> Result<String, Failure> {
    let state = state_words(plan.state, language);
    let grids = grids_in(store, plan)?;
    let times = match (plan.effective, plan.ended) {
        (Some(from), Some(until)) => format!("  {from} - {until}"),
        (Some(from), None) => format!("  {from} -"),
        _ => String::new(),
    };
    let (name, version) = (output::visible(&plan.name), plan.version());
    Ok(match language {
        Language::Zh => format!("{name}  {state}  版本 {version}  {grids} 个网格{times}"),
        Language::En => format!("{name}  {state}  version {version}  {grids} grids{times}"),
    })
}

fn plan_json(store: &Store, plan: &PlanRecord) -> Result<serde_json::Value, Failure> {
    Ok(serde_json::to_value(PlanView::of(store, plan)?)?)
}

/// Says what was done to a plan.
fn said(as_json: bool, store: &Store, plan: &PlanRecord, told: &str) -> Result<Outcome, Failure> {
    let text = if as_json {
        plan_json(store, plan)?.to_string()
    } else {
        output::visible(told)
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}
