//! What a redesign changes as a person reads it: how much ground, which grids, what to look at.

use std::fmt::Write as _;

use crate::html::markup::told;
use crate::validation_text::codes;
use crate::{ChangeRow, CrosswalkRow, DiffReport, Language, area, counted, grouped, length_m};

/// How many changes of one kind a person is shown before the rest is counted.
const SHOWN: usize = 10;

/// How many movements of ground one change names.
const NAMED_MOVES: usize = 4;

/// Kinds in the order in which a person should look at them.
pub(crate) const KINDS: [&str; 8] = [
    "gone",
    "new",
    "recut",
    "split",
    "merge",
    "transfer",
    "renamed",
    "redigitised",
];

impl DiffReport {
    /// The report as text, lines ended.
    pub fn text(&self, language: Language) -> String {
        let mut out = String::new();
        self.headline(&mut out, language);
        for kind in KINDS {
            let mut of_kind: Vec<&ChangeRow> =
                self.changes.iter().filter(|c| c.kind == kind).collect();
            if kind == "redigitised" {
                of_kind.sort_by(|a, b| b.max_shift_m.total_cmp(&a.max_shift_m));
            }
            self.kind_lines(&mut out, kind, &of_kind, language);
        }
        self.moved_lines(&mut out, language);
        self.limit_lines(&mut out, language);
        if !self.changes.is_empty() {
            out.push_str(told(
                language,
                "--format html -o 报告.html 画出前后对照图，--format geojson 可在地图上查看，--work-lists 目录 写出工作清单。\n",
                "--format html -o report.html draws maps of before and after, --format geojson puts the changes on a map, --work-lists DIR writes what is to be done.\n",
            ));
        }
        out
    }

    fn headline(&self, out: &mut String, language: Language) {
        let (old, new) = (&self.old, &self.new);
        let summary = &self.summary;
        let _ = match language {
            Language::Zh => writeln!(out, "{old} → {new}"),
            Language::En => writeln!(out, "{old} -> {new}"),
        };
        let unchanged = summary.unchanged;
        if self.changes.is_empty() {
            let _ = match language {
                Language::Zh => writeln!(
                    out,
                    "没有变化：{} 个网格的编码和范围都相同。",
                    grouped(unchanged)
                ),
                Language::En => writeln!(
                    out,
                    "Nothing changes: {} the same code and ground.",
                    counted(unchanged, "grid has", "grids have")
                ),
            };
            return;
        }
        let ground = area(summary.changed_area_m2);
        let share = percent(summary.changed_share);
        let redrawn = summary.redigitised;
        let changes = self.changes.len() - redrawn;
        let _ = match language {
            Language::Zh => writeln!(
                out,
                "{} 处变化，{} 个网格不变，{} 个只重新描绘；{ground} 易手，占原面积的 {share}。",
                grouped(changes),
                grouped(unchanged),
                grouped(redrawn)
            ),
            Language::En => writeln!(
                out,
                "{}, {} as they were, {} only drawn anew; {ground} changes hands, {share} of the old plan.",
                counted(changes, "change", "changes"),
                counted(unchanged, "grid stays", "grids stay"),
                grouped(redrawn)
            ),
        };
    }

    fn kind_lines(&self, out: &mut String, kind: &str, changes: &[&ChangeRow], language: Language) {
        if changes.is_empty() {
            return;
        }
        let (zh, en) = kind_words(kind);
        let count = grouped(changes.len());
        let ground: f64 = changes.iter().map(|change| change.area_m2).sum();
        let together = if ground > 0.0 {
            let ground = area(ground);
            match language {
                Language::Zh => format!("，共 {ground}"),
                Language::En => format!(", {ground} together"),
            }
        } else {
            String::new()
        };
        let _ = match language {
            Language::Zh => writeln!(out, "{zh} {kind}：{count} 处{together}"),
            Language::En => writeln!(out, "{en}, {kind}: {count}{together}"),
        };
        for change in changes.iter().take(SHOWN) {
            let _ = writeln!(out, "  {}", self.entry(change, language));
        }
        if changes.len() > SHOWN {
            let more = grouped(changes.len() - SHOWN);
            let _ = match language {
                Language::Zh => writeln!(out, "  另有 {more} 处"),
                Language::En => writeln!(out, "  and {more} more"),
            };
        }
    }

    /// One change in one line: what becomes of which grids, and what goes where.
    pub(crate) fn entry(&self, change: &ChangeRow, language: Language) -> String {
        let moved = self.moved_rows(change);
        let mut line = match (change.kind, moved.as_slice()) {
            ("transfer", [one]) => from_to(one, language),
            _ => becomes(change, language),
        };
        let mut told_of: Vec<String> = Vec::new();
        if change.area_m2 > 0.0 {
            told_of.push(area(change.area_m2));
        }
        if change.max_shift_m > 0.0 {
            let shift = length_m(change.max_shift_m);
            told_of.push(match language {
                Language::Zh => format!("边界最多移动 {shift}"),
                Language::En => format!("borders moved by {shift} at most"),
            });
        }
        if matches!(change.kind, "transfer" | "recut") && moved.len() > 1 {
            told_of.push(moves(&moved, language));
        }
        if !told_of.is_empty() {
            line.push_str(told(language, "：", ": "));
            line.push_str(&told_of.join(told(language, "，", ", ")));
        }
        line
    }

    /// The rows of a change whose ground comes under another code, the most first.
    fn moved_rows(&self, change: &ChangeRow) -> Vec<&CrosswalkRow> {
        let rows = change.rows.iter().map(|&at| &self.crosswalk[at as usize]);
        let mut moved: Vec<&CrosswalkRow> = rows
            .filter(|row| row.old != row.new && !row.within_tolerance)
            .collect();
        moved.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
        moved
    }

    /// What moves with the ground.
    fn moved_lines(&self, out: &mut String, language: Language) {
        let moved = || self.crosswalk.iter().filter(|row| row.old != row.new);
        let components: Option<usize> = sum(moved().map(|row| row.components));
        if let Some(components) = components {
            let _ = match language {
                Language::Zh => writeln!(out, "{} 个部件换网格。", grouped(components)),
                Language::En => writeln!(
                    out,
                    "{} under another grid.",
                    counted(components, "component comes", "components come")
                ),
            };
        }
        let households: Option<f64> = sum(moved().map(|row| row.households));
        if let Some(households) = households {
            let by_points = moved().all(|row| row.households_by != Some(crate::CountedBy::Area));
            let _ = match (language, by_points) {
                (Language::Zh, true) => writeln!(out, "{households:.0} 户换网格（按户点计）。"),
                (Language::Zh, false) => {
                    writeln!(out, "约 {households:.0} 户换网格（按面积比例估算）。")
                }
                (Language::En, true) => writeln!(
                    out,
                    "{households:.0} households come under another grid (counted by their points)."
                ),
                (Language::En, false) => writeln!(
                    out,
                    "About {households:.0} households come under another grid (by share of area)."
                ),
            };
        }
    }

    /// New grids that do not keep to the scheme's limits.
    fn limit_lines(&self, out: &mut String, language: Language) {
        let outside: Vec<String> = self
            .measures
            .iter()
            .filter(|grid| {
                let new = grid.new.as_ref();
                new.is_some_and(|measure| !measure.outside_limits.is_empty())
            })
            .map(|grid| grid.code.clone())
            .collect();
        if outside.is_empty() {
            return;
        }
        let named = codes(&outside, language);
        let _ = match language {
            Language::Zh => writeln!(out, "改后规模超出限制的网格：{named}"),
            Language::En => writeln!(out, "Outside the limits of size afterwards: {named}"),
        };
    }
}

/// Who gives to whom.
fn from_to(row: &CrosswalkRow, language: Language) -> String {
    let nobody = told(language, "（无）", "(none)");
    let from = row.old.as_deref().unwrap_or(nobody);
    let to = row.new.as_deref().unwrap_or(nobody);
    [from, told(language, " → ", " -> "), to].concat()
}

/// Who gives how much to whom.
fn moves(moved: &[&CrosswalkRow], language: Language) -> String {
    let mut text: Vec<String> = moved
        .iter()
        .take(NAMED_MOVES)
        .map(|row| format!("{} {}", from_to(row, language), area(row.area_m2)))
        .collect();
    if moved.len() > NAMED_MOVES {
        let more = grouped(moved.len() - NAMED_MOVES);
        text.push(match language {
            Language::Zh => format!("另 {more} 笔"),
            Language::En => format!("{more} more"),
        });
    }
    text.join(told(language, "、", "; "))
}

/// The sum of what is known; `None` where nothing is.
fn sum<T: std::ops::Add<Output = T>>(values: impl Iterator<Item = Option<T>>) -> Option<T> {
    values.flatten().reduce(|a, b| a + b)
}

/// What becomes of which grids.
pub(crate) fn becomes(change: &ChangeRow, language: Language) -> String {
    let (old, new) = (&change.old, &change.new);
    let arrow = told(language, " → ", " -> ");
    if old == new || new.is_empty() {
        return codes(old, language);
    }
    if old.is_empty() {
        return codes(new, language);
    }
    [&codes(old, language), arrow, &codes(new, language)].concat()
}

/// A share as people read it.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// What a kind of change is called by people.
pub(crate) fn kind_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "renamed" => ("换码（范围不变）", "New codes for the same ground"),
        "redigitised" => (
            "重新描绘（在测量容差之内）",
            "Drawn anew (within the survey's tolerance)",
        ),
        "transfer" => ("划转", "Ground handed over"),
        "split" => ("拆分", "Grids split"),
        "merge" => ("合并", "Grids merged"),
        "recut" => ("重划（多对多）", "Cut anew (several to several)"),
        "new" => ("新增范围", "Ground that no grid had"),
        "gone" => ("退出范围", "Ground that no grid has any more"),
        _ => ("其他", "Other"),
    }
}
