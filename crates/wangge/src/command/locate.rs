//! `wangge locate`: one point as a person reads it, or a file of points in order.

use std::path::Path;

use wangge_city::work::{city_in_force, time};
use wangge_city::{
    Accuracy, Candidate, City, HandlerRef, LocateAnswer, LocateRequest, ManagedBy, NearbyComponent,
    NearestComponents, PostRef, Shown, Spread, Status, Subject, UnsettledBorder,
};
use wangge_crs::{Crs, Policy, Transform};
use wangge_model::{BorderStatus, ComponentState, ObjectKind};
use wangge_report::Language;
use wangge_store::Store;

use crate::args::{AccuracyModel, Locate, Nearest};
use crate::command::grid::level_title;
use crate::command::locate_points;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;
use crate::systems::{policy, system};

pub(crate) fn run(args: &Locate, language: Language) -> Result<Outcome, Failure> {
    let crs = match &args.crs {
        Some(text) => system(text)?,
        None => Crs::Lattice,
    };
    if let Some(near_m) = args.near
        && !(0.0..=100_000.0).contains(&near_m)
    {
        return Err(Failure::new(
            format!("--near 的值 {near_m} 不对：应为 0 到 100000 米"),
            format!("--near is {near_m}: say a distance of 0 to 100000 metres"),
        ));
    }
    let asked = Asked {
        crs,
        accuracy: accuracy(args)?,
        nearest: nearest(&args.nearest)?,
    };
    let city = waiting(
        match language {
            Language::Zh => "正在载入城市",
            Language::En => "loading the city",
        },
        || current_city(&args.store, args.at.as_deref()),
    )?;
    match (&args.points, args.longitude, args.latitude) {
        (Some(points), _, _) => locate_points::run(args, city, asked, points, language),
        (None, Some(lon), Some(lat)) => one(args, city, &asked, (lon, lat), language),
        _ => Err(Failure::new(
            "请给出一个位置，或用 --points 给出点位文件",
            "give a position, or a file of points with --points",
        )),
    }
}

/// What is asked of positions.
pub(crate) struct Asked<'a> {
    /// The system that they are in.
    pub(crate) crs: Crs,
    /// How well they are known.
    pub(crate) accuracy: Option<Accuracy>,
    /// The components that are named.
    pub(crate) nearest: Option<NearestComponents<'a>>,
}

/// The city that is in force in a store, or was at a time.
fn current_city(path: &Path, at: Option<&str>) -> Result<&'static City, Failure> {
    published(&Store::open_read_only(path)?, at)
}

/// The city that is in force in a store that is open, or was at a time. It stays until the process
/// ends: millions of pieces need not be given back one by one before.
pub(crate) fn published(store: &Store, at: Option<&str>) -> Result<&'static City, Failure> {
    let city = city_in_force(store, at.map(time).transpose()?)?;
    Ok(Box::leak(Box::new(city)))
}

fn one(
    args: &Locate,
    city: &City,
    asked: &Asked<'_>,
    (lon, lat): (f64, f64),
    language: Language,
) -> Result<Outcome, Failure> {
    let request = LocateRequest {
        lon,
        lat,
        crs: &asked.crs,
        near_m: args.near,
        components: asked.nearest.or(args.near.map(NearestComponents::within)),
        accuracy: asked.accuracy,
        subject: subject(args),
        shown: Shown {
            contacts: args.show_contacts,
            language,
        },
    };
    let policy = policy(args.conversion);
    let answer = if policy == Policy::default() {
        city.locate(&request)?
    } else {
        // what only the command line allows is converted here
        let (lon, lat) = Transform::new(&asked.crs, &Crs::Lattice, &policy)?.convert(lon, lat)?;
        city.locate(&LocateRequest {
            lon,
            lat,
            crs: &Crs::Lattice,
            ..request
        })?
    };
    let text = if args.json {
        serde_json::to_string(&answer)? + "\n"
    } else {
        text(city, &answer, language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

/// How well the positions are known, by the options.
fn accuracy(args: &Locate) -> Result<Option<Accuracy>, Failure> {
    let Some(metres) = args.accuracy else {
        return Ok(None);
    };
    let spread = match args.accuracy_model {
        AccuracyModel::Gaussian => Spread::Gaussian,
        AccuracyModel::Uniform => Spread::Uniform,
    };
    let (least, most) = (Accuracy::LEAST_M, Accuracy::MOST_M);
    Accuracy::new(metres, spread).map(Some).ok_or_else(|| {
        Failure::new(
            format!("--accuracy 的值 {metres} 不对：应为 {least} 到 {most} 米"),
            format!("--accuracy is {metres}: say a distance of {least} to {most} metres"),
        )
    })
}

/// The components that are named, by the options.
fn nearest(args: &Nearest) -> Result<Option<NearestComponents<'_>>, Failure> {
    const MOST_M: f64 = 100_000.0;
    let Some(count) = args.count else {
        return Ok(None);
    };
    let most = NearestComponents::MOST;
    if !(1..=most).contains(&count) {
        return Err(Failure::new(
            format!("--nearest 的值 {count} 不对：应为 1 到 {most}"),
            format!("--nearest is {count}: say a number from 1 to {most}"),
        ));
    }
    let within_m = args.within_m;
    if !(0.0..=MOST_M).contains(&within_m) {
        return Err(Failure::new(
            format!("--nearest-within 的值 {within_m} 不对：应为 0 到 {MOST_M} 米"),
            format!("--nearest-within is {within_m}: say a distance of 0 to {MOST_M} metres"),
        ));
    }
    Ok(Some(NearestComponents {
        most: count,
        within_m,
        class: args.of_class.as_deref(),
    }))
}

/// What is reported, by the options.
fn subject(args: &Locate) -> Option<Subject<'_>> {
    let event = args
        .event
        .as_deref()
        .map(|class| (ObjectKind::Event, class));
    let component = args
        .component
        .as_deref()
        .map(|class| (ObjectKind::Component, class));
    let (object, class) = event.or(component)?;
    Some(Subject { object, class })
}

fn text(city: &City, answer: &LocateAnswer<'_>, language: Language) -> String {
    let zh = language == Language::Zh;
    let mut lines: Vec<String> = Vec::new();
    match answer.status {
        Status::Outside => lines.push(if zh {
            "不在任何网格内".to_owned()
        } else {
            "outside all grids".to_owned()
        }),
        Status::Near => {
            let distance = answer.distance_m.unwrap_or_default();
            lines.push(if zh {
                format!("不在任何网格内，最近的网格在 {distance:.2} 米外：")
            } else {
                format!("outside all grids; the nearest is {distance:.2} m away:")
            });
        }
        Status::Inside => {}
    }
    for unit in answer.chain.iter().flat_map(wangge_city::Chain::iter) {
        let title = level_title(city, unit.level, language);
        let name = output::visible(unit.name.unwrap_or_default());
        lines.push(
            format!("{title}\t{}\t{name}", unit.code)
                .trim_end()
                .to_owned(),
        );
    }
    for overlay in answer.overlays.iter().flatten() {
        let title = if zh {
            "专业网格"
        } else {
            "specialised grid"
        };
        let name = output::visible(overlay.name.unwrap_or_default());
        lines.push(
            format!("{title}\t{}\t{name}", overlay.code)
                .trim_end()
                .to_owned(),
        );
    }
    lines.extend(answer.managed_by.iter().map(|by| managed_line(by, zh)));
    if let Some(distance) = answer.border_distance_m {
        lines.push(if zh {
            format!("距最近边界 {distance:.2} 米")
        } else {
            format!("{distance:.2} m from the nearest border")
        });
    }
    lines.extend(candidate_lines(answer, zh));
    let border = answer.unsettled_border.as_ref();
    lines.extend(border.map(|border| border_line(border, zh)));
    if let Some(handlers) = &answer.handlers {
        lines.extend(handler_lines(handlers, zh));
    }
    lines.extend(
        answer
            .posts
            .iter()
            .flatten()
            .map(|post| post_line(post, zh)),
    );
    lines.extend(
        answer
            .components
            .iter()
            .flatten()
            .map(|component| component_line(component, zh)),
    );
    let version = answer.version;
    lines.push(if zh {
        format!("版本 {version}")
    } else {
        format!("version {version}")
    });
    lines.join("\n") + "\n"
}

/// The grids that the position may be in, where its accuracy was told.
fn candidate_lines(answer: &LocateAnswer<'_>, zh: bool) -> Vec<String> {
    let (Some(candidates), Some(certain)) = (&answer.candidates, answer.certain) else {
        return Vec::new();
    };
    let title = match (certain, zh) {
        (true, true) => "位置误差内可以确定是一个网格：",
        (false, true) => "位置误差内可能是：",
        (true, false) => "one grid is certain within the accuracy:",
        (false, false) => "within the accuracy it may be:",
    };
    let line = |candidate: &Candidate<'_>| {
        let outside = if zh { "网格之外" } else { "outside" };
        let code = candidate.code.unwrap_or(outside);
        let name = output::visible(candidate.name.unwrap_or_default());
        let percent = candidate.share * 100.0;
        format!("\t{percent:.2} %\t{code}\t{name}")
            .trim_end()
            .to_owned()
    };
    let lines = candidates.iter().map(line);
    std::iter::once(title.to_owned()).chain(lines).collect()
}

fn managed_line(by: &ManagedBy<'_>, zh: bool) -> String {
    let (unit, code) = (by.unit, by.code);
    let name = output::visible(by.name.unwrap_or_default());
    let since = by.from.as_deref().unwrap_or_default();
    let line = match (zh, since.is_empty()) {
        (true, true) => format!("{unit} 由 {code} {name} 代管"),
        (true, false) => format!("{unit} 自 {since} 起由 {code} {name} 代管"),
        (false, true) => format!("{unit} is run by {code} {name}"),
        (false, false) => format!("{unit} is run by {code} {name} since {since}"),
    };
    line.trim_end().to_owned()
}

fn component_line(component: &NearbyComponent<'_>, zh: bool) -> String {
    let (code, distance) = (component.code, component.distance_m);
    let name = output::visible(component.name.unwrap_or_default());
    let state = component.state.filter(|state| *state != "intact");
    let state = state.and_then(|state| state.parse::<ComponentState>().ok());
    let state = state.map_or_else(String::new, |state| {
        format!(
            "\t{}",
            if zh {
                state.in_chinese()
            } else {
                state.as_str()
            }
        )
    });
    if zh {
        format!("部件\t{code}\t{name}\t{distance:.2} 米{state}")
    } else {
        format!("component\t{code}\t{name}\t{distance:.2} m{state}")
    }
}

fn border_line(border: &UnsettledBorder<'_>, zh: bool) -> String {
    let (distance, other) = (border.distance_m, border.other.code);
    let name = output::visible(border.other.name.unwrap_or_default());
    let disputed = border.status == BorderStatus::Disputed.as_str();
    let line = match (disputed, zh) {
        (true, true) => format!("注意：{distance:.2} 米外是与 {other} {name} 有争议的界线"),
        (false, true) => format!("注意：{distance:.2} 米外是与 {other} {name} 待勘的界线"),
        (true, false) => {
            format!("note: {distance:.2} m from a border in dispute with {other} {name}")
        }
        (false, false) => {
            format!("note: {distance:.2} m from a border to be surveyed, with {other} {name}")
        }
    };
    line.trim_end().to_owned()
}

pub(crate) fn handler_lines(handlers: &[HandlerRef<'_>], zh: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if handlers.is_empty() {
        lines.push(if zh {
            "没有部门负责：`wangge rules check` 会列出所有空缺".to_owned()
        } else {
            "nobody handles it: `wangge rules check` lists what is not covered".to_owned()
        });
    }
    for handler in handlers {
        let department = &handler.department;
        let name = output::visible(department.name);
        let phone = department.phone.map(output::visible).unwrap_or_default();
        let (tier, code) = (handler.tier, department.code);
        let line = if zh {
            format!("第 {tier} 层处置\t{code}\t{name}\t{phone}")
        } else {
            format!("tier {tier}\t{code}\t{name}\t{phone}")
        };
        lines.push(line.trim_end().to_owned());
        let reason = output::visible(handler.reason);
        lines.push(if zh {
            format!("\t依据：{reason}")
        } else {
            format!("\tby the rule for {reason}")
        });
    }
    lines
}

pub(crate) fn post_line(post: &PostRef<'_>, zh: bool) -> String {
    let of_person = [post.name, post.phone].into_iter().flatten();
    let of_person: Vec<_> = of_person.map(output::visible).collect();
    let who = match (post.vacant, zh) {
        (true, true) => "空缺".to_owned(),
        (true, false) => "vacant".to_owned(),
        _ => of_person.join("\t"),
    };
    let department = post
        .department
        .map(|department| output::visible(department.name));
    let who = match (department, who.is_empty()) {
        (Some(department), true) => department,
        (Some(department), false) => format!("{department}\t{who}"),
        (None, _) => who,
    };
    let title = if zh { "岗位" } else { "post" };
    let line = format!("{title}\t{}\t{who}", output::visible(post.post));
    line.trim_end().to_owned()
}
