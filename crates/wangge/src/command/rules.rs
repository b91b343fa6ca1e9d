//! `wangge rules check`: does duty have a hole.

use serde_json::json;
use wangge_city::work::{city_of, plan_to_validate};
use wangge_city::{City, class_name};
use wangge_model::ObjectKind;
use wangge_report::{Language, grouped};
use wangge_store::Store;

use crate::args::RulesCheck;
use crate::failure::{Failure, Outcome};
use crate::output;

/// Holes that the text lists before it counts the rest.
const LISTED: usize = 50;

/// A class that nobody handles somewhere.
struct Hole<'a> {
    tier: u32,
    object: ObjectKind,
    class: &'a str,
    name: &'a str,
    grids: usize,
    first: Vec<&'a str>,
}

pub(crate) fn check(args: &RulesCheck, language: Language) -> Result<Outcome, Failure> {
    let store = Store::open_read_only(&args.store)?;
    let plan = plan_to_validate(&store, args.plan.as_deref())?;
    let city = city_of(&store, &plan)?;
    let classes = &city.responsibility().classes;
    let found = city.holes_of_duty();
    let holes: Vec<Hole<'_>> = found
        .iter()
        .map(|hole| Hole {
            tier: hole.tier,
            object: hole.object,
            class: hole.class.as_str(),
            name: classes
                .get(hole.object, hole.class.as_str())
                .map_or("", |class| class.name.as_str()),
            grids: hole.grids,
            first: hole
                .first
                .iter()
                .map(|&place| city.code_at(place))
                .collect(),
        })
        .collect();
    let text = if args.json {
        as_json(&city, &holes) + "\n"
    } else {
        as_text(&city, &holes, language)
    };
    output::print(&text)?;
    Ok(if holes.is_empty() {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

fn as_json(city: &City, holes: &[Hole<'_>]) -> String {
    let holes: Vec<serde_json::Value> = holes
        .iter()
        .map(|hole| {
            json!({
                "tier": hole.tier,
                "object": hole.object.as_str(),
                "class": hole.class,
                "name": hole.name,
                "grids": hole.grids,
                "first": hole.first,
            })
        })
        .collect();
    let report = json!({
        "version": city.version_text(),
        "covered": holes.is_empty(),
        "rules": city.responsibility().rules.all().len(),
        "classes": city.responsibility().classes.minors().count(),
        "grids": city.grid_count(),
        "holes": holes,
    });
    report.to_string()
}

fn as_text(city: &City, holes: &[Hole<'_>], language: Language) -> String {
    let zh = language == Language::Zh;
    let responsibility = city.responsibility();
    let (rules, classes, grids, tiers) = (
        grouped(responsibility.rules.all().len()),
        grouped(responsibility.classes.minors().count()),
        grouped(city.grid_count()),
        city.scheme().tiers().len(),
    );
    let mut lines = vec![if zh {
        format!("{rules} 条规则，{classes} 个类别，{grids} 个网格，{tiers} 个处置层次")
    } else {
        format!("{rules} rules, {classes} classes, {grids} grids, {tiers} tiers")
    }];
    lines.push(match (holes.is_empty(), zh) {
        (true, true) => "每个类别在每个网格的每个层次都有部门负责。".to_owned(),
        (true, false) => "Every class has a department in every grid at every tier.".to_owned(),
        (false, true) => format!("{} 处没有部门负责：", grouped(holes.len())),
        (false, false) => format!("{} holes:", grouped(holes.len())),
    });
    for hole in holes.iter().take(LISTED) {
        let first = hole.first.first().copied().unwrap_or_default();
        let where_ = match (hole.grids == city.grid_count(), zh) {
            (true, true) => "所有网格".to_owned(),
            (true, false) => "in every grid".to_owned(),
            (false, true) => format!("{} 个网格，如 {first}", grouped(hole.grids)),
            (false, false) => format!("in {} grids, such as {first}", grouped(hole.grids)),
        };
        let class = responsibility.classes.get(hole.object, hole.class);
        let name = class.map_or("", |class| class_name(class, language));
        let name = output::visible(name);
        lines.push(if zh {
            let object = match hole.object {
                ObjectKind::Component => "部件",
                ObjectKind::Event => "事件",
            };
            format!(
                "  第 {} 层 {object} {} {name}：{where_}",
                hole.tier, hole.class
            )
        } else {
            format!(
                "  tier {}, {} {} {name}: {where_}",
                hole.tier, hole.object, hole.class
            )
        });
    }
    if holes.len() > LISTED {
        let more = grouped(holes.len() - LISTED);
        lines.push(if zh {
            format!("  另有 {more} 处")
        } else {
            format!("  and {more} more")
        });
    }
    lines.join("\n") + "\n"
}
