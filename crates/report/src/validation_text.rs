//! A validation report as a person reads it: worst first, counts, where to look.

use std::fmt::Write as _;

use crate::{Defect, Language, Validation, area, counted, grouped, length_m};

/// How many entries of one list a person is shown before the rest is counted.
const SHOWN: usize = 10;

/// Kinds in the order in which a person should look at them.
pub(crate) const KINDS: [&str; 25] = [
    "not-polygon",
    "not-finite",
    "out-of-range",
    "attributes",
    "empty",
    "self-intersection",
    "duplicate-grid",
    "overlap",
    "gap",
    "inlet",
    "outside-parent",
    "parent-uncovered",
    "hairline",
    "code-duplicate",
    "code-malformed",
    "code-parent",
    "size",
    "spike",
    "detached",
    "tiny",
    "thin",
    "cut-object",
    "unmatched-vertex",
    "duplicate-vertex",
    "multi-part",
];

impl Validation {
    /// The report as text, lines ended.
    pub fn text(&self, language: Language) -> String {
        let mut out = String::new();
        self.headline(&mut out, language);
        self.proof_lines(&mut out, language);
        for severity in ["error", "warning", "info"] {
            for kind in KINDS {
                let of_kind: Vec<&Defect> = self
                    .defects
                    .iter()
                    .filter(|d| d.kind == kind && d.severity == severity)
                    .collect();
                kind_lines(&mut out, kind, &of_kind, language);
            }
        }
        if self
            .defects
            .iter()
            .any(|d| d.severity == "error" && d.geometry.is_some())
        {
            say(
                &mut out,
                language,
                "位置以经纬度给出；--format html -o 报告.html 画出全图，--format geojson 可在地图上查看，wangge repair 可提出修复方案。",
                "Positions are longitude and latitude; --format html -o report.html draws them all, --format geojson puts them on a map, wangge repair proposes how to mend them.",
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
                format!("{moved} 处坐标取整到 1e-7 度，最大移动 {furthest}；以取整后的坐标判定"),
                format!(
                    "{were} rounded to 1e-7 degree, by {furthest} at most; judged as they are there"
                ),
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
    }
}

/// The defects of one kind and severity: how many, and the first of them.
fn kind_lines(out: &mut String, kind: &str, defects: &[&Defect], language: Language) {
    let Some(first) = defects.first() else {
        return;
    };
    let (zh, en) = kind_words(kind);
    let ground: f64 = defects.iter().filter_map(|d| d.area_m2).sum();
    let (zh_ground, en_ground) = if kind != "tiny" && defects.iter().any(|d| d.area_m2.is_some()) {
        let ground = area(ground);
        (format!("，共 {ground}"), format!(", {ground} together"))
    } else {
        (String::new(), String::new())
    };
    let (zh_weight, en_weight) = match (first.severity, first.allowed) {
        (_, Some(true)) => ("（已允许）", " (allowed)"),
        ("error", _) => ("", ""),
        ("warning", _) => ("（提示）", " (to look at)"),
        _ => ("（无妨）", " (no harm)"),
    };
    let count = grouped(defects.len());
    say(
        out,
        language,
        &format!("{zh} {kind}{zh_weight}：{count} 处{zh_ground}"),
        &format!("{en}, {kind}{en_weight}: {count}{en_ground}"),
    );
    for defect in defects.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}", entry(defect, language));
    }
    if defects.len() > SHOWN {
        let more = grouped(defects.len() - SHOWN);
        say(
            out,
            language,
            &format!("  另有 {more} 处"),
            &format!("  and {more} more"),
        );
    }
}

/// One defect in one line: its id, its measures, whose it is, and where.
pub(crate) fn entry(defect: &Defect, language: Language) -> String {
    let mut measures = Vec::new();
    if let Some(area_m2) = defect.area_m2 {
        measures.push(area(area_m2));
    }
    if let Some(width) = defect.width_m.or(defect.max_width_m) {
        let width = length_m(width);
        measures.push(match language {
            Language::Zh => format!("宽 {width}"),
            Language::En => format!("{width} wide"),
        });
    }
    if let Some(length) = defect.length_m {
        let length = length_m(length);
        measures.push(match language {
            Language::Zh => format!("长 {length}"),
            Language::En => format!("{length} long"),
        });
    }
    if let Some(count) = defect.count {
        measures.push(match language {
            Language::Zh => format!("{} 处", grouped(count)),
            Language::En => format!("{} of them", grouped(count)),
        });
    }
    if defect.sliver == Some(true) && defect.kind != "hairline" {
        measures.push(
            match language {
                Language::Zh => "狭长",
                Language::En => "a sliver",
            }
            .to_owned(),
        );
    }
    let comma = match language {
        Language::Zh => "，",
        Language::En => ", ",
    };
    let mut line = defect.id.clone();
    let mut told = vec![measures.join(comma)];
    let detail = match language {
        Language::Zh => defect.detail_zh.clone().or_else(|| defect.detail.clone()),
        Language::En => defect.detail.clone(),
    };
    if defect.detail.is_none() || defect.geometry.is_some() {
        told.push(codes(&defect.grids, language));
    }
    told.extend(detail);
    if let Some(at) = defect.at {
        told.push(match language {
            Language::Zh => format!("位于 {at}"),
            Language::En => format!("at {at}"),
        });
    }
    told.retain(|text| !text.is_empty());
    line.push_str(match language {
        Language::Zh => "：",
        Language::En => ": ",
    });
    line.push_str(&told.join(match language {
        Language::Zh => "；",
        Language::En => "; ",
    }));
    line
}

fn say(out: &mut String, language: Language, zh: &str, en: &str) {
    out.push_str(match language {
        Language::Zh => zh,
        Language::En => en,
    });
    out.push('\n');
}

/// What a kind of defect is called by people.
pub fn kind_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "not-polygon" => ("不是面的要素", "Rows that are no polygon"),
        "not-finite" => ("坐标不是有限数", "Coordinates that are no finite numbers"),
        "out-of-range" => ("坐标超出范围", "Coordinates out of range"),
        "attributes" => ("属性值有误的要素", "Rows with values that cannot be read"),
        "empty" => ("没有面积的网格", "Grids without area"),
        "self-intersection" => ("边界自相交", "Boundaries that cross themselves"),
        "duplicate-grid" => ("重复的网格", "The same ground drawn twice"),
        "overlap" => ("重叠", "Ground covered by several grids"),
        "gap" => (
            "空隙（无人负责的地面）",
            "Gaps (ground that nobody looks after)",
        ),
        "inlet" => ("通向外缘的缺口", "Openings to the rim"),
        "outside-parent" => ("超出上级边界", "Ground outside the boundary above"),
        "parent-uncovered" => (
            "上级边界内未覆盖",
            "Ground of the boundary above that is not covered",
        ),
        "hairline" => (
            "发丝缝（两个格点单位以内）",
            "Hairlines (two lattice units or less)",
        ),
        "code-duplicate" => ("重复的编码", "Codes used twice"),
        "code-malformed" => ("不合规则的编码", "Malformed codes"),
        "code-parent" => ("上级编码有误", "Wrong parents"),
        "size" => ("规模超出限制", "Sizes outside the limits"),
        "spike" => ("边界毛刺", "Spikes"),
        "detached" => (
            "与上级其余部分不相连",
            "Cut off from the rest of the unit above",
        ),
        "tiny" => ("面积过小的网格", "Very small grids"),
        "thin" => ("过于狭窄的网格", "Very thin grids"),
        "cut-object" => ("被边界切开的对象", "Objects that a boundary cuts"),
        "unmatched-vertex" => (
            "只在一侧出现的顶点",
            "Vertices on one side of a border only",
        ),
        "duplicate-vertex" => ("重复的顶点", "Repeated vertices"),
        "multi-part" => (
            "由多部分组成的网格（飞地）",
            "Grids of several parts (enclaves)",
        ),
        _ => ("其他", "Other"),
    }
}

pub(crate) fn codes(codes: &[String], language: Language) -> String {
    /// Around a rural remainder there may be thousands.
    const NAMED: usize = 8;
    if codes.is_empty() {
        return match language {
            Language::Zh => "外廓".to_owned(),
            Language::En => "the outline".to_owned(),
        };
    }
    let separator = match language {
        Language::Zh => "、",
        Language::En => ", ",
    };
    let mut text = codes[..codes.len().min(NAMED)].join(separator);
    if codes.len() > NAMED {
        let more = grouped(codes.len() - NAMED);
        let _ = match language {
            Language::Zh => write!(text, " 等 {} 个", grouped(codes.len())),
            Language::En => write!(text, " and {more} more"),
        };
    }
    text
}
