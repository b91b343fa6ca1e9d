//! `wangge store`: is a store whole, and a copy of it.

use std::path::Path;

use serde_json::json;
use wangge_report::{Language, Told, counted, fault_advice, fault_kind, fault_place, grouped};
use wangge_store::{Fault, Store, StoreError};

use crate::args::{StoreBackup, StoreCheck};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

/// Faults that the text lists before it counts the rest.
const LISTED: usize = 50;

/// What a check came to.
struct Found {
    faults: Vec<Fault>,
    plans: usize,
}

pub(crate) fn check(args: &StoreCheck, language: Language) -> Result<Outcome, Failure> {
    let (found, undone) = match open(&args.store, language) {
        Ok((store, undone)) => (look(&store, language)?, undone),
        Err(StoreError::Damaged { detail, .. }) => {
            let faults = vec![Fault::File { message: detail }];
            (Found { faults, plans: 0 }, false)
        }
        Err(error) => return Err(error.into()),
    };
    let text = if args.json {
        let listed: Vec<_> = found.faults.iter().map(as_json).collect();
        json!({
            "store": args.store.display().to_string(),
            "whole": found.faults.is_empty(),
            "undone": undone,
            "faults": listed,
        })
        .to_string()
            + "\n"
    } else {
        as_text(&args.store, &found, language)
    };
    output::print(&text)?;
    Ok(if found.faults.is_empty() {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

pub(crate) fn backup(args: &StoreBackup, language: Language) -> Result<Outcome, Failure> {
    let (store, _) = open(&args.store, language)?;
    let done = waiting(
        match language {
            Language::Zh => "正在备份",
            Language::En => "copying",
        },
        || store.backup(&args.output, args.force),
    )
    .map_err(|error| {
        let there = matches!(error, StoreError::Exists { .. }) && !args.output.is_dir();
        let failure = Failure::from(error);
        if there {
            failure.with_help(
                "如要覆盖该文件，请加 --force",
                "--force replaces the file that is there",
            )
        } else {
            failure
        }
    })?;
    let (from, to) = (args.store.display(), args.output.display());
    let bytes = done.bytes;
    let text = if args.json {
        json!({
            "store": from.to_string(), "copy": to.to_string(), "bytes": bytes,
            "restarts": done.restarts, "whole": true,
        })
        .to_string()
    } else {
        let size = grouped(usize::try_from(bytes).unwrap_or(usize::MAX));
        match language {
            Language::Zh => format!("已将 {from} 备份到 {to}：{size} 字节，检查完好"),
            Language::En => format!("copied {from} to {to}: {size} bytes, checked and whole"),
        }
    };
    output::print(&(text + "\n"))?;
    Ok(Outcome::Sound)
}

/// Opens a store to read it, and tells whether a write that was cut off had to be undone before:
/// any program that opens the store to write does the same.
fn open(path: &Path, language: Language) -> Result<(Store, bool), StoreError> {
    match Store::open_read_only(path) {
        Err(StoreError::Interrupted { .. }) => {
            drop(Store::open(path)?);
            output::tell(match language {
                Language::Zh => "上次写入中断；已撤销，数据库恢复到写入之前",
                Language::En => {
                    "a write had been cut off: it was undone, the store is as before it"
                }
            });
            Ok((Store::open_read_only(path)?, true))
        }
        opened => Ok((opened?, false)),
    }
}

fn look(store: &Store, language: Language) -> Result<Found, StoreError> {
    let faults = waiting(
        match language {
            Language::Zh => "正在检查",
            Language::En => "checking",
        },
        || store.check(),
    )?;
    // of a damaged file the plans may not be readable
    let plans = if faults.is_empty() {
        store.plans()?.len()
    } else {
        0
    };
    Ok(Found { faults, plans })
}

fn as_json(fault: &Fault) -> serde_json::Value {
    json!({
        "kind": fault_kind(fault),
        "where": fault_place(fault),
        "what": fault.to_string(),
        "advice": fault_advice(fault, Language::En),
    })
}

fn as_text(path: &Path, found: &Found, language: Language) -> String {
    let zh = language == Language::Zh;
    let file = path.display();
    let Found { faults, plans } = found;
    if faults.is_empty() {
        return if zh {
            format!("{file} 完好：{plans} 个方案\n")
        } else {
            format!("{file} is whole: {}\n", counted(*plans, "plan", "plans"))
        };
    }
    let mut lines = vec![if zh {
        format!("{file} 有 {} 处问题：", grouped(faults.len()))
    } else {
        format!("{} in {file}:", counted(faults.len(), "fault", "faults"))
    }];
    for fault in faults.iter().take(LISTED) {
        // names of plans and what SQLite quotes come out of the file
        lines.push(format!("  {}", output::visible(&fault.told(language))));
        let advice = fault_advice(fault, language);
        lines.push(if zh {
            format!("    建议：{advice}")
        } else {
            format!("    to do: {advice}")
        });
    }
    if faults.len() > LISTED {
        let more = grouped(faults.len() - LISTED);
        lines.push(if zh {
            format!("  另有 {more} 处")
        } else {
            format!("  and {more} more")
        });
    }
    lines.join("\n") + "\n"
}
