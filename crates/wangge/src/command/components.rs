//! `wangge components`: the components around a place, in a unit, of a class or a department.

use std::fmt::Write as _;

use wangge_city::{Around, City, ComponentCursor, ComponentQuery, ComponentRef, Shown, to_lattice};
use wangge_crs::Crs;
use wangge_model::ComponentState;
use wangge_report::Language;
use wangge_store::Store;

use crate::args::ListComponents;
use crate::command::locate::published;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::systems::system;

pub(crate) fn run(args: &ListComponents, language: Language) -> Result<Outcome, Failure> {
    let crs = match &args.crs {
        Some(text) => system(text)?,
        None => Crs::Lattice,
    };
    let city = published(&Store::open_read_only(&args.store)?, args.at.as_deref())?;
    let around = match args.near.as_deref() {
        Some(&[lon, lat]) => Some(Around {
            point: to_lattice(&crs, lon, lat)?,
            radius_m: args.radius,
        }),
        _ => None,
    };
    let cursor = args.cursor.as_deref().map(str::parse::<ComponentCursor>);
    let query = ComponentQuery {
        around,
        bbox: None,
        unit: args.grid.clone(),
        class: args.class.clone(),
        department: args.department.clone(),
        limit: args.limit,
        cursor: cursor.transpose()?,
    };
    let text = listed(city, &query, args.json, &crs, language)?;
    output::print(&text)?;
    Ok(Outcome::Sound)
}

fn listed(
    city: &City,
    query: &ComponentQuery,
    json: bool,
    crs: &Crs,
    language: Language,
) -> Result<String, Failure> {
    let shown = Shown {
        contacts: false,
        language,
    };
    let page = city.components(query)?;
    let mut lines = Vec::with_capacity(page.len() + 1);
    for at in 0..page.len() {
        let feature = city.component_feature(&page, at, crs, shown)?;
        lines.push(if json {
            serde_json::to_string(&feature)?
        } else {
            line(&feature.properties, language)
        });
    }
    if let (Some(next), false) = (&page.next, json) {
        lines.push(match language {
            Language::Zh => format!("还有更多：加 --cursor {next}"),
            Language::En => format!("there are more: add --cursor {next}"),
        });
    }
    if lines.is_empty() && !json {
        lines.push(match language {
            Language::Zh => "没有这样的部件".to_owned(),
            Language::En => "there are no such components".to_owned(),
        });
    }
    let end = if lines.is_empty() { "" } else { "\n" };
    Ok(lines.join("\n") + end)
}

/// Code, class, name, grid, state where it is not in order, and metres.
fn line(component: &ComponentRef<'_>, language: Language) -> String {
    let zh = language == Language::Zh;
    let name = component.name.or(component.class_name).unwrap_or_default();
    let mut line = format!(
        "{}\t{}\t{}\t{}",
        component.code,
        component.class,
        output::visible(name),
        component.grid.unwrap_or_default()
    );
    let state = component.state;
    let state = state.and_then(|state| state.parse::<ComponentState>().ok());
    if let Some(state) = state.filter(|state| *state != ComponentState::Intact) {
        line.push('\t');
        line.push_str(if zh {
            state.in_chinese()
        } else {
            state.as_str()
        });
    }
    if let Some(metres) = component.distance_m {
        let unit = if zh { "米" } else { "m" };
        // writing to a text does not fail
        let _ = write!(line, "\t{metres:.2} {unit}");
    }
    line
}
