//! A validation report as a person reads it: worst first, counts, where to look.

use std::fmt::Write as _;

use wangge_plane::Point;

use crate::{Language, Told, Validation, area, counted, grouped, length_m};

/// How many entries of one list a person is shown before the rest is counted.
const SHOWN: usize = 10;

impl Validation {
    /// The report as text, lines ended.
    pub fn text(&self, language: Language) -> String {
        let mut out = String::new();
        self.headline(&mut out, language);
        self.proof_lines(&mut out, language);
        self.attribute_lines(&mut out, language);
        if !self.seamless {
            self.gap_lines(&mut out, language);
            self.crossing_lines(&mut out, language);
            self.unmatched_lines(&mut out, language);
            say(
                &mut out,
                language,
                "以上编号对应的边界请在原始图层中核对；--format geojson 可在地图上查看位置。",
                "Check these borders in the source layer; --format geojson puts them on a map.",
            );
        }
        out
    }

    fn headline(&self, out: &mut String, language: Language) {
        let grids = grouped(self.grids);
        let ground = area(self.area_m2);
        match (language, self.seamless) {
            (Language::Zh, true) => {
                let within = match self.against {
                    "own-rim" => "（以自身外缘为界）",
                    "parent" => "（以上级边界为界）",
                    _ => "（以给定外廓为界）",
                };
                let _ = writeln!(out, "无缝无叠{within}：{grids} 个网格，{ground}。");
            }
            (Language::Zh, false) => {
                let _ = writeln!(out, "不是无缝覆盖：{grids} 个网格，{ground}。");
            }
            (Language::En, true) => {
                let within = match self.against {
                    "own-rim" => "within its own rim",
                    "parent" => "within the level above",
                    _ => "within the outline",
                };
                let _ = writeln!(
                    out,
                    "Seamless {within}: {}, {ground}.",
                    counted(self.grids, "grid", "grids")
                );
            }
            (Language::En, false) => {
                let _ = writeln!(
                    out,
                    "NOT seamless: {}, {ground}.",
                    counted(self.grids, "grid", "grids")
                );
            }
        }
    }

    fn proof_lines(&self, out: &mut String, language: Language) {
        let moves = self.lattice_moves();
        let (simple, cancelled, residual) = (
            grouped(self.simple()),
            grouped(self.cancelled_edges()),
            grouped(self.residual_edges()),
        );
        let vertices = grouped(self.vertices);
        let (moved, furthest) = (grouped(moves.moved), length_m(moves.max_move_m));
        let (zh_moved, en_moved) = if moves.moved == 0 {
            ("均已在格点上".to_owned(), "all on it already".to_owned())
        } else {
            let were = counted(moves.moved, "coordinate was", "coordinates were");
            (
                format!("{moved} 处坐标取整到 1e-7 度，最大移动 {furthest}"),
                format!("{were} rounded to 1e-7 degree, by {furthest} at most"),
            )
        };
        let _ = match language {
            Language::Zh => writeln!(
                out,
                "  证明：{simple} 个网格自身边界合格；{cancelled} 条边两侧相抵，{residual} 条边为外缘或未配对。\n  格点：{vertices} 个顶点，{zh_moved}。"
            ),
            Language::En => writeln!(
                out,
                "  proof: {}; {cancelled} edges cancel, {residual} remain.\n  lattice: {vertices} vertices, {en_moved}.",
                counted(
                    self.simple(),
                    "grid has a sound boundary of its own",
                    "grids have a sound boundary of their own"
                ),
            ),
        };
        let unmatched = self
            .defects
            .iter()
            .filter(|d| d.kind == "unmatched-vertex")
            .count();
        if unmatched > 0 {
            let count = grouped(unmatched);
            say(
                out,
                language,
                &format!("  {count} 个顶点只在边界一侧出现（位置准确，不影响覆盖）。"),
                &format!(
                    "  {} on one side of {} border only (exactly on it: no harm).",
                    counted(unmatched, "vertex stands", "vertices stand"),
                    if unmatched == 1 { "its" } else { "their" }
                ),
            );
        }
    }

    fn attribute_lines(&self, out: &mut String, language: Language) {
        if self.unit_defects.is_empty() {
            return;
        }
        let count = grouped(self.unit_defects.len());
        say(
            out,
            language,
            &format!("编码与规模：{count} 处"),
            &format!("Codes and sizes: {count}"),
        );
        for defect in self.unit_defects.iter().take(SHOWN) {
            let kind = defect.kind();
            say(
                out,
                language,
                &format!("  {kind}：{}", defect.in_chinese()),
                &format!("  {kind}: {defect}"),
            );
        }
        rest(out, language, self.unit_defects.len());
    }

    fn gap_lines(&self, out: &mut String, language: Language) {
        let gaps: Vec<_> = self.defects.iter().filter(|d| d.kind == "gap").collect();
        if gaps.is_empty() {
            return;
        }
        let count = grouped(gaps.len());
        say(
            out,
            language,
            &format!("空隙（无人负责的地面）：{count} 处，由大到小"),
            &format!("Gaps (ground that nobody looks after): {count}, largest first"),
        );
        for gap in gaps.iter().take(SHOWN) {
            let at = gap
                .geometry
                .as_ref()
                .and_then(|g| g.pointer("/coordinates/0/0"))
                .map(|p| format!("{:.7} {:.7}", number(p, 0), number(p, 1)))
                .unwrap_or_default();
            let ground = area(gap.area_m2.unwrap_or_default());
            let codes = codes(&gap.grids, language);
            say(
                out,
                language,
                &format!("  {}：{ground}，位于 {codes} 之间，{at}", gap.id),
                &format!("  {}: {ground} between {codes}, at {at}", gap.id),
            );
        }
        rest(out, language, gaps.len());
    }

    fn crossing_lines(&self, out: &mut String, language: Language) {
        if self.crossings.is_empty() {
            return;
        }
        let count = grouped(self.crossings.len());
        say(
            out,
            language,
            &format!("相交的边界：{count} 处（此处地面重叠或缺失）"),
            &format!("Borders that cross: {count} (ground is covered twice or missing there)"),
        );
        for pair in self.crossings.iter().take(SHOWN) {
            let at = pair.first;
            let codes = codes(&pair.grids, language);
            say(
                out,
                language,
                &format!("  {codes}，{at} 附近"),
                &format!("  {codes}, near {at}"),
            );
        }
        rest(out, language, self.crossings.len());
    }

    fn unmatched_lines(&self, out: &mut String, language: Language) {
        let groups: Vec<_> = self
            .unmatched
            .iter()
            .filter(|group| group.reason != "uncovered")
            .collect();
        if groups.is_empty() {
            return;
        }
        let count = grouped(groups.iter().map(|group| group.count).sum());
        say(
            out,
            language,
            &format!("未配对的边：{count} 条，由长到短"),
            &format!("Unmatched edges: {count}, longest first"),
        );
        for group in groups.iter().take(SHOWN) {
            let codes = codes(&group.grids, language);
            let edges = grouped(group.count);
            let length = length_m(group.length_m);
            let at: Point = group.first;
            let (zh, en) = reason_words(group.reason);
            say(
                out,
                language,
                &format!("  {codes}：{zh}，{edges} 条，{length}，{at} 起"),
                &format!(
                    "  {codes}: {en}, {}, {length}, from {at}",
                    counted(group.count, "edge", "edges")
                ),
            );
        }
        rest(out, language, groups.len());
    }
}

fn say(out: &mut String, language: Language, zh: &str, en: &str) {
    out.push_str(match language {
        Language::Zh => zh,
        Language::En => en,
    });
    out.push('\n');
}

fn rest(out: &mut String, language: Language, all: usize) {
    if all > SHOWN {
        let more = grouped(all - SHOWN);
        say(
            out,
            language,
            &format!("  另有 {more} 处"),
            &format!("  and {more} more"),
        );
    }
}

fn reason_words(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "covered-twice" => ("一侧重复覆盖", "covered twice on one side"),
        "uncovered" => ("一侧无人覆盖", "uncovered on one side"),
        "outline-uncovered" => ("外廓内未覆盖", "ground of the outline is not covered"),
        "beyond-outline" => ("超出外廓", "reaches beyond the outline"),
        _ => ("没有相配的邻边", "no matching neighbour"),
    }
}

fn codes(codes: &[String], language: Language) -> String {
    if codes.is_empty() {
        return match language {
            Language::Zh => "外廓".to_owned(),
            Language::En => "the outline".to_owned(),
        };
    }
    codes.join(match language {
        Language::Zh => "、",
        Language::En => ", ",
    })
}

fn number(position: &serde_json::Value, axis: usize) -> f64 {
    position
        .get(axis)
        .and_then(serde_json::Value::as_f64)
        .unwrap_or(f64::NAN)
}
