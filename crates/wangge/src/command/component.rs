//! `wangge component`: one component, who is responsible for it, and what it was before.

use serde_json::json;
use wangge_city::{City, ComponentDetail, Shown};
use wangge_crs::Crs;
use wangge_model::{Component, ComponentState};
use wangge_report::Language;
use wangge_store::{ComponentVersion, Store};

use crate::args::ShowComponent;
use crate::command::locate::{handler_lines, post_line, published};
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) fn run(args: &ShowComponent, language: Language) -> Result<Outcome, Failure> {
    let store = Store::open_read_only(&args.store)?;
    let history = store.component_history(&args.code)?;
    let city = published(&store, args.at.as_deref())?;
    let shown = Shown {
        contacts: args.show_contacts,
        language,
    };
    let found = city.component(&args.code, &Crs::Lattice, shown);
    // one that has ended is still known by its history
    let detail = match found {
        Err(_) if !history.is_empty() => None,
        found => Some(found?),
    };
    let text = if args.json {
        let history: Vec<_> = history.iter().map(version_json).collect();
        json!({ "component": detail, "history": history }).to_string() + "\n"
    } else {
        text(city, detail.as_ref(), &history, language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

fn version_json(version: &ComponentVersion) -> serde_json::Value {
    let cells = Component::COLUMNS.iter().filter_map(|column| {
        let cell = version.component.cell(column)?;
        Some(((*column).to_owned(), serde_json::Value::String(cell)))
    });
    let middle = version.component.figure.middle();
    json!({
        "since": version.since.to_string(),
        "until": version.until.map(|until| until.to_string()),
        "lon": middle.lon(),
        "lat": middle.lat(),
        "values": cells.collect::<serde_json::Map<_, _>>(),
    })
}

fn text(
    city: &City,
    detail: Option<&ComponentDetail<'_>>,
    history: &[ComponentVersion],
    language: Language,
) -> String {
    let zh = language == Language::Zh;
    let mut lines = Vec::new();
    let mut line = |zh_title: &str, en_title: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("{}\t{value}", if zh { zh_title } else { en_title }));
        }
    };
    if let Some(detail) = detail {
        let of = &detail.properties.component;
        let name = output::visible(of.name.or(of.class_name).unwrap_or_default());
        line("部件", "component", format!("{}\t{name}", of.code));
        let class = output::visible(of.class_name.unwrap_or_default());
        line("类别", "class", format!("{}\t{class}", of.class));
        line("状态", "state", state_name(of.state, zh));
        for (zh_title, en_title, department) in [
            ("主管部门", "in charge", of.departments.in_charge),
            ("权属单位", "owner", of.departments.owner),
            ("养护单位", "maintainer", of.departments.maintainer),
        ] {
            let told = department.map(|it| format!("{}\t{}", it.code, output::visible(it.name)));
            line(zh_title, en_title, told.unwrap_or_default());
        }
        for share in &detail.properties.grids {
            let grid = share
                .code
                .unwrap_or(if zh { "网格之外" } else { "outside" });
            let told = if detail.properties.grids.len() > 1 {
                format!("{grid}\t{:.1} %", share.share * 100.0)
            } else {
                grid.to_owned()
            };
            line("网格", "grid", told);
        }
        line(
            "文件所写网格",
            "grid in the file",
            of.claimed_grid.map(output::visible).unwrap_or_default(),
        );
        for device in &detail.properties.devices {
            let kind = output::visible(device.kind.unwrap_or_default());
            line("设备", "device", format!("{}\t{kind}", device.id));
        }
        lines.extend(handler_lines(&detail.properties.handlers, zh));
        lines.extend(
            detail
                .properties
                .posts
                .iter()
                .map(|post| post_line(post, zh)),
        );
    }
    for version in history {
        let state = state_name(version.component.state.map(ComponentState::as_str), zh);
        let middle = version.component.figure.middle();
        let (since, place) = (
            version.since,
            format!("{:.7} {:.7}", middle.lon(), middle.lat()),
        );
        let told = match (version.until, zh) {
            (None, true) => format!("{since} 起"),
            (None, false) => format!("since {since}"),
            (Some(until), true) => format!("{since} 至 {until}"),
            (Some(until), false) => format!("{since} to {until}"),
        };
        let title = if zh { "历史" } else { "history" };
        lines.push(
            format!("{title}\t{told}\t{place}\t{state}")
                .trim_end()
                .to_owned(),
        );
    }
    let version = city.version_text();
    lines.push(if zh {
        format!("版本 {version}")
    } else {
        format!("version {version}")
    });
    lines.join("\n") + "\n"
}

fn state_name(state: Option<&str>, zh: bool) -> String {
    let state = state.and_then(|state| state.parse::<ComponentState>().ok());
    state.map_or_else(String::new, |state| {
        if zh {
            state.in_chinese()
        } else {
            state.as_str()
        }
        .to_owned()
    })
}
