//! A repair as people and programs read it: what was changed, for whom, and what is left.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};
use wangge_coverage::{Change, ChangeKind, Member, Repaired};
use wangge_plane::{Point, Shape};

use crate::validation::{geometry, rings};
use crate::validation_text::{codes, entry, kind_words};
use crate::{Defect, Language, area, counted, grouped, length_m};

/// How many entries of one list a person is shown before the rest is counted.
const SHOWN: usize = 10;

/// What a repair did.
#[derive(Debug, Clone, Serialize)]
pub struct RepairReport {
    /// How many grids there are.
    pub grids: usize,
    /// What was changed, by kind and largest first.
    pub changes: Vec<RepairChange>,
    /// The grids whose ground changed.
    pub changed_grids: Vec<ChangedGrid>,
    /// What is left to a person: exactly what a validation of the proposal reports.
    pub left: Vec<Defect>,
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct RepairChange {
    /// What was done: `snapped`, `gap-closed`, `overlap-settled`, `cut-to-outline`, `uncrossed`,
    /// `spike-removed` or `vertices-inserted`.
    pub kind: &'static str,
    /// The grid that has the ground now, or whose boundary was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The grids that had it too and lost it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// The ground, ellipsoidal square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Its width, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// How many vertices or edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// Where, in GeoJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Value>,
    #[serde(skip)]
    at: Option<Point>,
}

/// A grid whose ground changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedGrid {
    /// Its code.
    pub code: String,
    /// Its area before, ellipsoidal square metres.
    pub area_before_m2: f64,
    /// Its area after.
    pub area_after_m2: f64,
}

impl RepairReport {
    /// The report of a repair of these members.
    pub fn new(members: &[Member<'_>], repaired: &Repaired) -> Self {
        let code = |at: usize| members[at].code.to_owned();
        let changes = repaired
            .changes
            .iter()
            .map(|change| RepairChange::of(change, code))
            .collect();
        let changed = |old: &Shape, new: &Shape| old != new;
        let changed_grids = members
            .iter()
            .zip(&repaired.shapes)
            .filter(|(member, shape)| changed(member.shape, shape))
            .map(|(member, shape)| ChangedGrid {
                code: member.code.to_owned(),
                area_before_m2: member.shape.area_m2(),
                area_after_m2: shape.area_m2(),
            })
            .collect();
        let left = repaired
            .left
            .iter()
            .map(|defect| Defect::found(defect, defect.members.iter().map(|&m| code(m)).collect()))
            .collect();
        Self {
            grids: members.len(),
            changes,
            changed_grids,
            left,
        }
    }

    /// Whether nothing is left that keeps the proposal from being seamless.
    pub fn is_seamless(&self) -> bool {
        !self.left.iter().any(|defect| defect.severity == "error")
    }

    /// The changes that have a place, as a GeoJSON collection.
    pub fn geojson(&self) -> Value {
        let features: Vec<Value> = self
            .changes
            .iter()
            .filter_map(|change| {
                let geometry = change.geometry.clone()?;
                let mut properties = json!(change);
                if let Some(object) = properties.as_object_mut() {
                    object.remove("geometry");
                }
                Some(json!({"type": "Feature", "geometry": geometry, "properties": properties}))
            })
            .collect();
        json!({"type": "FeatureCollection", "features": features})
    }

    /// The report as text, lines ended.
    pub fn text(&self, language: Language) -> String {
        let mut out = String::new();
        self.headline(&mut out, language);
        for kind in [
            ChangeKind::Snapped,
            ChangeKind::GapClosed,
            ChangeKind::OverlapSettled,
            ChangeKind::CutToOutline,
            ChangeKind::Uncrossed,
            ChangeKind::SpikeRemoved,
            ChangeKind::VerticesInserted,
        ] {
            self.kind_lines(&mut out, kind, language);
        }
        self.grid_lines(&mut out, language);
        self.left_lines(&mut out, language);
        out
    }

    fn headline(&self, out: &mut String, language: Language) {
        let (changed, grids) = (self.changed_grids.len(), grouped(self.grids));
        let left = self.left.iter().filter(|d| d.severity == "error").count();
        let _ = match language {
            Language::Zh if left == 0 => {
                writeln!(
                    out,
                    "修复方案无缝无叠：{grids} 个网格中改动了 {} 个。",
                    grouped(changed)
                )
            }
            Language::Zh => writeln!(
                out,
                "修复方案：{grids} 个网格中改动了 {} 个；还有 {} 处须由人决定。",
                grouped(changed),
                grouped(left)
            ),
            Language::En if left == 0 => writeln!(
                out,
                "The proposal is seamless: {} of {grids} changed.",
                counted(changed, "grid", "grids")
            ),
            Language::En => writeln!(
                out,
                "A proposal: {} of {grids} changed; {} to a person.",
                counted(changed, "grid", "grids"),
                counted(left, "defect is left", "defects are left")
            ),
        };
    }

    fn kind_lines(&self, out: &mut String, kind: ChangeKind, language: Language) {
        let changes: Vec<&RepairChange> = self
            .changes
            .iter()
            .filter(|change| change.kind == kind.name())
            .collect();
        if changes.is_empty() {
            return;
        }
        let (zh, en) = change_words(kind);
        let ground: f64 = changes.iter().filter_map(|change| change.area_m2).sum();
        let count = grouped(changes.len());
        let _ = match (language, ground > 0.0) {
            (Language::Zh, true) => writeln!(out, "{zh}：{count} 处，共 {}", area(ground)),
            (Language::Zh, false) => writeln!(out, "{zh}：{count} 处"),
            (Language::En, true) => writeln!(out, "{en}: {count}, {} together", area(ground)),
            (Language::En, false) => writeln!(out, "{en}: {count}"),
        };
        for change in changes.iter().take(SHOWN) {
            let _ = writeln!(out, "  {}", change.line(language));
        }
        more(out, changes.len(), language);
    }

    /// The grids whose area changed, most first.
    fn grid_lines(&self, out: &mut String, language: Language) {
        let mut grids: Vec<&ChangedGrid> = self.changed_grids.iter().collect();
        if grids.is_empty() {
            return;
        }
        let by = |grid: &ChangedGrid| grid.area_after_m2 - grid.area_before_m2;
        grids.sort_by(|a, b| {
            by(b)
                .abs()
                .total_cmp(&by(a).abs())
                .then(a.code.cmp(&b.code))
        });
        let _ = match language {
            Language::Zh => writeln!(out, "各网格面积变化，由大到小："),
            Language::En => writeln!(out, "What it means for each grid, most first:"),
        };
        for grid in grids.iter().take(SHOWN) {
            // as it is printed: a vertex more changes less than can be seen
            let sign = match (by(grid) * 100.0).round() {
                0.0 => "",
                ..0.0 => "-",
                _ => "+",
            };
            let _ = writeln!(
                out,
                "  {}: {sign}{} ({} -> {})",
                grid.code,
                area(by(grid).abs()),
                area(grid.area_before_m2),
                area(grid.area_after_m2)
            );
        }
        more(out, grids.len(), language);
    }

    fn left_lines(&self, out: &mut String, language: Language) {
        // what keeps the proposal from being seamless comes first
        let mut by_kind: BTreeMap<(bool, &str), Vec<&Defect>> = BTreeMap::new();
        for defect in &self.left {
            let harms = defect.severity == "error";
            by_kind
                .entry((!harms, defect.kind))
                .or_default()
                .push(defect);
        }
        for ((_, kind), defects) in by_kind {
            let (zh, en) = kind_words(kind);
            let count = grouped(defects.len());
            let _ = match language {
                Language::Zh => writeln!(out, "仍存在 {zh}：{count} 处"),
                Language::En => writeln!(out, "Left: {en}: {count}"),
            };
            for defect in defects.iter().take(SHOWN) {
                let _ = writeln!(out, "  {}", entry(defect, language));
            }
            more(out, defects.len(), language);
        }
    }
}

impl RepairChange {
    fn of(change: &Change, code: impl Fn(usize) -> String) -> Self {
        Self {
            kind: change.kind.name(),
            to: change.to.map(&code),
            from: change.from.iter().map(|&m| code(m)).collect(),
            area_m2: change.ground.is_some().then_some(change.area_m2),
            width_m: change.width_m,
            count: change.count,
            geometry: match (&change.ground, change.at) {
                (Some(ground), _) => Some(json!({"type": "Polygon", "coordinates": rings(ground)})),
                (None, Some(at)) => geometry(&wangge_coverage::Place::Points(vec![at])),
                (None, None) => None,
            },
            at: change.at,
        }
    }

    fn line(&self, language: Language) -> String {
        let mut told = Vec::new();
        if let Some(area_m2) = self.area_m2 {
            told.push(area(area_m2));
        }
        if let Some(width) = self.width_m {
            let width = length_m(width);
            told.push(match language {
                Language::Zh => format!("宽 {width}"),
                Language::En => format!("{width} wide"),
            });
        }
        if let Some(count) = self.count {
            told.push(match language {
                Language::Zh => format!("{} 处", grouped(count)),
                Language::En => format!("{} of them", grouped(count)),
            });
        }
        let from = codes(&self.from, language);
        told.push(match (language, &self.to, self.from.is_empty()) {
            (Language::Zh, Some(to), true) => format!("归 {to}"),
            (Language::Zh, Some(to), false) => format!("归 {to}，{from} 退出"),
            (Language::Zh, None, _) => format!("从 {from} 划出"),
            (Language::En, Some(to), true) => format!("to {to}"),
            (Language::En, Some(to), false) => format!("to {to}, from {from}"),
            (Language::En, None, _) => format!("off {from}"),
        });
        if let Some(at) = self.at {
            told.push(match language {
                Language::Zh => format!("位于 {at}"),
                Language::En => format!("at {at}"),
            });
        }
        told.join(match language {
            Language::Zh => "；",
            Language::En => "; ",
        })
    }
}

fn more(out: &mut String, all: usize, language: Language) {
    if all > SHOWN {
        let rest = grouped(all - SHOWN);
        let _ = match language {
            Language::Zh => writeln!(out, "  另有 {rest} 处"),
            Language::En => writeln!(out, "  and {rest} more"),
        };
    }
}

fn change_words(kind: ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Snapped => ("并为一点的顶点", "Vertices joined"),
        ChangeKind::GapClosed => ("划归相邻网格的空隙", "Gaps given to a neighbour"),
        ChangeKind::OverlapSettled => ("划归一方的重叠", "Overlaps left to one grid"),
        ChangeKind::CutToOutline => ("超出外廓而划出的地面", "Ground cut off at the outline"),
        ChangeKind::Uncrossed => (
            "重画的自相交边界",
            "Boundaries that crossed themselves, drawn anew",
        ),
        ChangeKind::SpikeRemoved => ("去除的毛刺", "Spikes taken out"),
        ChangeKind::VerticesInserted => ("补上的顶点", "Vertices put in"),
        _ => ("其他", "Other changes"),
    }
}
