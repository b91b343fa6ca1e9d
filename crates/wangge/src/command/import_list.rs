//! `wangge import classes|departments|rules|posts`: a list in, in the place of the one before.

use serde_json::json;
use wangge_city::work::{self, ListFiles, Stage};
use wangge_exchange::ListColumns;
use wangge_model::ListKind;
use wangge_report::{Language, counted, grouped, list_name};
use wangge_store::Store;

use crate::args::ImportList;
use crate::command::import::{reader, rows};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::Progress;

pub(crate) fn run(
    kind: ListKind,
    args: ImportList,
    language: Language,
) -> Result<Outcome, Failure> {
    let columns = match &args.map {
        Some(text) => text.parse::<ListColumns>()?,
        None => ListColumns::default(),
    };
    let files = ListFiles {
        kind,
        paths: args.files,
        encoding: args.encoding,
        layer: args.layer,
        columns,
    };
    let mut store = Store::open(&args.store)?;
    let bar = Progress::new(rows(language), None);
    let imported = work::import_list(&mut store, &reader()?, &files, &mut |stage| {
        if let Stage::Reading(rows) = stage {
            bar.reached(rows);
        }
    });
    bar.finish();
    let imported = imported?;
    let version = store.current()?.map(|plan| plan.version().to_string());
    let text = if args.json {
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
