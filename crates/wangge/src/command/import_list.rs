//! `wangge import classes|departments|rules|posts|…`: a list in, in the place of the one before.

use std::path::Path;

use serde_json::json;
use wangge_city::work::{self, ListFiles, Stage};
use wangge_exchange::ListColumns;
use wangge_model::ListKind;
use wangge_report::{Language, counted, grouped, list_name};

use crate::account::opened;
use crate::args::{ImportLayer, ImportList};
use crate::command::import::{reader, rows};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::Progress;
use crate::systems::{policy, system};

pub(crate) fn run(
    kind: ListKind,
    args: ImportList,
    language: Language,
) -> Result<Outcome, Failure> {
    let files = ListFiles {
        encoding: args.encoding,
        layer: args.layer,
        columns: columns(args.map.as_deref())?,
        ..ListFiles::of(kind, args.files)
    };
    take_in(&files, &args.store, args.json, language)
}

/// `wangge import overlays|streets|households|buildings|base`: what lies on the map.
pub(crate) fn layer(
    kind: ListKind,
    args: ImportLayer,
    language: Language,
) -> Result<Outcome, Failure> {
    let files = ListFiles {
        encoding: args.placing.encoding,
        layer: args.placing.layer,
        columns: columns(args.placing.map.as_deref())?,
        crs: args.placing.crs.as_deref().map(system).transpose()?,
        policy: policy(args.placing.conversion),
        ..ListFiles::of(kind, args.files)
    };
    take_in(&files, &args.store, args.json, language)
}

/// What `--map` says.
pub(crate) fn columns(map: Option<&str>) -> Result<ListColumns, Failure> {
    Ok(match map {
        Some(text) => text.parse::<ListColumns>()?,
        None => ListColumns::default(),
    })
}

fn take_in(
    files: &ListFiles,
    store: &Path,
    json: bool,
    language: Language,
) -> Result<Outcome, Failure> {
    let kind = files.kind;
    let mut store = opened(store)?;
    let bar = Progress::new(rows(language), None);
    let imported = work::import_list(&mut store, &reader()?, files, &mut |stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    });
    bar.finish();
    let imported = imported?;
    let version = store.current()?.map(|plan| plan.version().to_string());
    let text = if json {
        let report = json!({
            "list": kind.as_str(),
            "rows": imported.rows,
            "before": imported.before,
            "version": version,
        });
        report.to_string() + "\n"
    } else {
        told(
            kind,
            imported.rows,
            imported.before,
            version.as_deref(),
            language,
        )
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

fn told(
    kind: ListKind,
    rows: usize,
    before: Option<usize>,
    version: Option<&str>,
    language: Language,
) -> String {
    let name = list_name(kind, language);
    let before = before.map(grouped);
    match language {
        Language::Zh => {
            let rows = grouped(rows);
            let before = before.map_or(String::new(), |rows| format!("，取代原来的 {rows} 行"));
            let version = version.map_or_else(
                || "；尚无生效的方案".to_owned(),
                |version| format!("；现行版本 {version}"),
            );
            format!("{name}：{rows} 行{before}{version}\n")
        }
        Language::En => {
            let rows = counted(rows, "row", "rows");
            let before = before.map_or(String::new(), |rows| format!(", in the place of {rows}"));
            let version = version.map_or_else(
                || "; no plan is in force yet".to_owned(),
                |version| format!("; the version in force is {version}"),
            );
            format!("{name}: {rows}{before}{version}\n")
        }
    }
}
