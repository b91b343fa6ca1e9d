//! A validation report as programs read it: the verdict, and every defect by name.

use serde::Serialize;
use serde_json::{Value, json};
use wangge_coverage::{Against, Certificate, Defect as Found, DefectKind, Place, Survey, Weight};
use wangge_model::{Severity, UnitDefect};
use wangge_plane::{LATTICE_UNIT_DEG, Point, Polygon, Ring, Segment};

use crate::Told;

/// What coming onto the lattice did to the vertices.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LatticeMoves {
    /// Vertices that were not on the lattice before.
    pub moved: usize,
    /// The largest move in metres.
    pub max_move_m: f64,
}

/// A defect of a boundary that was given for a unit of an upper level.
#[derive(Debug, Clone)]
pub struct UpperDefect {
    /// The unit's level.
    pub level: String,
    /// The unit's code.
    pub code: String,
    /// The codes of the units below it that are concerned.
    pub below: Vec<String>,
    /// What is wrong.
    pub defect: Found,
}

/// A row of a file that could not become a grid and was left out.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The file.
    pub file: String,
    /// The row, counted from 1.
    pub row: u64,
    /// `not-polygon`, `not-finite` or `out-of-range`.
    pub kind: &'static str,
    /// Why, in English.
    pub why: String,
}

/// Everything a validation found.
///
/// Serialises as the validation report of the HTTP interface and of `--format json`.
#[derive(Debug, Clone, Serialize)]
pub struct Validation {
    /// Seamless, and no rule of the scheme broken.
    pub sound: bool,
    /// Every point covered exactly once.
    pub seamless: bool,
    /// Every border has the same vertices on both sides.
    pub noded: bool,
    /// What was the measure: `outline`, `parent` or `own-rim`.
    pub against: &'static str,
    /// How many grids were looked at.
    pub grids: usize,
    /// Directed edges of all grids.
    pub edges: usize,
    /// Different vertices of all grids.
    pub vertices: usize,
    /// Sum of the grids' areas, ellipsoidal square metres.
    pub area_m2: f64,
    /// The outline's area, ellipsoidal square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline_area_m2: Option<f64>,
    lattice: Lattice,
    proof: Proof,
    /// What a third party needs to check a seamless coverage again.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Certificate>,
    /// What is wrong, worst first.
    pub defects: Vec<Defect>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Lattice {
    unit_deg: f64,
    moved: usize,
    max_move_m: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Proof {
    simple: usize,
    cancelled_edges: usize,
    residual_edges: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    outline_matches: Option<bool>,
    doubled_area: String,
}

/// One defect, with the grids concerned and where it is.
#[derive(Debug, Clone, Serialize)]
pub struct Defect {
    /// Stays the same under edits elsewhere: it depends on the kind, the grids and the place.
    pub id: String,
    /// The kind, as the interface lists them.
    pub kind: &'static str,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// Codes of the grids concerned, in order.
    pub grids: Vec<String>,
    /// Area, ellipsoidal square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Diameter of the largest inscribed circle, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// Of all misfits that a hairline gathers, the largest width, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_width_m: Option<f64>,
    /// Length, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// How many misfits, parts or copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// Whether it is a sliver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sliver: Option<bool>,
    /// Whether a person has said that it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<bool>,
    /// What is wrong, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where, in GeoJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Value>,
    #[serde(skip)]
    pub(crate) detail_zh: Option<String>,
    #[serde(skip)]
    pub(crate) at: Option<Point>,
}

impl Validation {
    /// The report of a survey of grids with these codes (in the order of its members).
    pub fn new(survey: &Survey, codes: &[&str], lattice: LatticeMoves) -> Self {
        let verdict = &survey.verdict;
        let as_defect = |found: &Found| {
            let grids = found.members.iter().map(|&m| codes[m].to_owned()).collect();
            Defect::found(found, grids)
        };
        let report = Self {
            sound: true,
            seamless: verdict.seamless,
            noded: verdict.noded,
            against: match verdict.against {
                Against::OwnRim => "own-rim",
                Against::Outline => "outline",
            },
            grids: verdict.grids,
            edges: verdict.edges,
            vertices: verdict.vertices,
            area_m2: verdict.area_m2,
            outline_area_m2: verdict.outline_area_m2,
            lattice: Lattice {
                unit_deg: LATTICE_UNIT_DEG,
                moved: lattice.moved,
                max_move_m: lattice.max_move_m,
            },
            proof: Proof {
                simple: verdict.simple,
                cancelled_edges: verdict.cancelled_edges,
                residual_edges: verdict.residual_edges,
                outline_matches: verdict.outline_matches,
                doubled_area: verdict.doubled_area.to_string(),
            },
            certificate: None,
            defects: Vec::new(),
        };
        report.with(survey.defects.iter().map(as_defect).collect())
    }

    /// The same with what is wrong with the grids' attributes.
    pub fn with_units(self, defects: &[UnitDefect]) -> Self {
        self.with(defects.iter().map(Defect::of_unit).collect())
    }

    /// The same with what is wrong with boundaries given for upper levels. Those are evidence and
    /// no second truth, so that this is a warning.
    pub fn with_upper(self, defects: &[UpperDefect]) -> Self {
        self.with(defects.iter().map(Defect::of_upper).collect())
    }

    /// The same with rows that were left out: nobody knows what ground they would have covered.
    pub fn with_left_out(self, rows: &[LeftOut]) -> Self {
        self.with(rows.iter().map(Defect::of_left_out).collect())
    }

    /// The same with a certificate.
    pub fn with_certificate(self, certificate: Option<Certificate>) -> Self {
        Self {
            certificate,
            ..self
        }
    }

    fn with(mut self, more: Vec<Defect>) -> Self {
        self.defects.extend(more);
        self.defects.sort_by_key(|d| severity_rank(d.severity));
        self.sound = self.seamless && !self.defects.iter().any(|d| d.severity == "error");
        self
    }

    /// How many grids have a sound boundary of their own.
    pub fn simple(&self) -> usize {
        self.proof.simple
    }

    /// Edges that two grids share.
    pub fn cancelled_edges(&self) -> usize {
        self.proof.cancelled_edges
    }

    /// Edges that the sum of all boundaries leaves.
    pub fn residual_edges(&self) -> usize {
        self.proof.residual_edges
    }

    /// Vertices that came onto the lattice by moving, and the largest move in metres.
    pub fn lattice_moves(&self) -> LatticeMoves {
        LatticeMoves {
            moved: self.lattice.moved,
            max_move_m: self.lattice.max_move_m,
        }
    }

    /// The defects that have a place, as a GeoJSON collection.
    pub fn geojson(&self) -> Value {
        let features: Vec<Value> = self
            .defects
            .iter()
            .filter_map(|defect| {
                let geometry = defect.geometry.clone()?;
                let mut properties = json!(defect);
                if let Some(object) = properties.as_object_mut() {
                    object.remove("geometry");
                }
                Some(json!({"type": "Feature", "geometry": geometry, "properties": properties}))
            })
            .collect();
        json!({"type": "FeatureCollection", "features": features})
    }
}

impl Defect {
    pub(crate) fn found(found: &Found, grids: Vec<String>) -> Self {
        let is_hairline = found.kind == DefectKind::Hairline;
        let has_ground = matches!(
            found.kind,
            DefectKind::Gap
                | DefectKind::Overlap
                | DefectKind::Inlet
                | DefectKind::OutsideParent
                | DefectKind::ParentUncovered
        );
        Self {
            id: found.id.clone(),
            kind: found.kind.name(),
            severity: match found.weight {
                Weight::Breaks if found.allowed => "info",
                Weight::Breaks => "error",
                Weight::Suspect => "warning",
                Weight::Information => "info",
            },
            grids,
            area_m2: found.area_m2,
            width_m: found.width_m.filter(|_| !is_hairline),
            max_width_m: found.width_m.filter(|_| is_hairline),
            length_m: found.length_m,
            count: found.count,
            sliver: (has_ground || is_hairline).then_some(found.sliver),
            allowed: (has_ground || is_hairline || found.allowed).then_some(found.allowed),
            detail: found.object.clone(),
            detail_zh: None,
            geometry: geometry(&found.place),
            at: found.point(),
        }
    }

    fn of_unit(defect: &UnitDefect) -> Self {
        let severity = match defect.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let grids: Vec<String> = defect.codes().iter().map(ToString::to_string).collect();
        Self::without_place(
            defect.kind(),
            severity,
            grids,
            defect.to_string(),
            defect.in_chinese(),
        )
    }

    fn of_upper(upper: &UpperDefect) -> Self {
        let (level, code) = (&upper.level, &upper.code);
        Self {
            severity: "warning",
            detail: Some(format!(
                "against the boundary given for {code} of level \"{level}\""
            )),
            detail_zh: Some(format!("对照层级“{level}”单元 {code} 的给定边界")),
            ..Self::found(&upper.defect, upper.below.clone())
        }
    }

    fn of_left_out(row: &LeftOut) -> Self {
        let (file, number, why) = (&row.file, row.row, &row.why);
        Self::without_place(
            row.kind,
            "error",
            Vec::new(),
            format!("{file}, row {number}: {why}"),
            format!("{file} 第 {number} 行：{}", crate::phrase(why)),
        )
    }

    fn without_place(
        kind: &'static str,
        severity: &'static str,
        grids: Vec<String>,
        detail: String,
        detail_zh: String,
    ) -> Self {
        Self {
            id: wangge_coverage::defect_id(kind, &grids, detail.as_bytes()),
            kind,
            severity,
            grids,
            area_m2: None,
            width_m: None,
            max_width_m: None,
            length_m: None,
            count: None,
            sliver: None,
            allowed: None,
            detail: Some(detail),
            detail_zh: Some(detail_zh),
            geometry: None,
            at: None,
        }
    }
}

fn severity_rank(severity: &str) -> u8 {
    match severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    }
}

pub(crate) fn geometry(place: &Place) -> Option<Value> {
    match place {
        Place::Ground(parts) => ground(&parts.iter().collect::<Vec<_>>()),
        Place::Edges(edges) => Some(lines(edges)),
        Place::Points(points) => match points.as_slice() {
            [] => None,
            [one] => Some(json!({"type": "Point", "coordinates": position(*one)})),
            many => {
                let points: Vec<_> = many.iter().map(|&p| position(p)).collect();
                Some(json!({"type": "MultiPoint", "coordinates": points}))
            }
        },
        Place::Nowhere => None,
    }
}

/// Polygons in GeoJSON; `None` without any.
pub(crate) fn ground(parts: &[&Polygon]) -> Option<Value> {
    match parts {
        [] => None,
        [one] => Some(json!({"type": "Polygon", "coordinates": rings(one)})),
        many => {
            let parts: Vec<_> = many.iter().map(|part| rings(part)).collect();
            Some(json!({"type": "MultiPolygon", "coordinates": parts}))
        }
    }
}

fn position(p: Point) -> [f64; 2] {
    [p.lon(), p.lat()]
}

fn lines(segments: &[Segment]) -> Value {
    let lines: Vec<[[f64; 2]; 2]> = segments
        .iter()
        .map(|s| [position(s.start()), position(s.end())])
        .collect();
    json!({"type": "MultiLineString", "coordinates": lines})
}

pub(crate) fn rings(polygon: &Polygon) -> Vec<Vec<[f64; 2]>> {
    polygon.rings().map(closed).collect()
}

fn closed(ring: &Ring) -> Vec<[f64; 2]> {
    let points = ring.points();
    points
        .iter()
        .chain(points.first())
        .map(|&p| position(p))
        .collect()
}
