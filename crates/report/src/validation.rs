//! A validation report as programs read it: the verdict, and every defect by name.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wangge_coverage::{Against, Reason, UnmatchedEdge, Verdict};
use wangge_model::{Severity, UnitDefect};
use wangge_plane::{LATTICE_UNIT_DEG, Point, Polygon, Ring, Segment, ellipsoid};

/// What coming onto the lattice did to the vertices.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LatticeMoves {
    /// Vertices that were not on the lattice before.
    pub moved: usize,
    /// The largest move in metres.
    pub max_move_m: f64,
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
    /// What is wrong, worst first.
    pub defects: Vec<Defect>,
    /// Edges that keep the coverage from being seamless, by the grids concerned.
    pub unmatched: Vec<UnmatchedGroup>,
    /// Pairs of edges that cross.
    pub crossings: Vec<PairOfEdges>,
    #[serde(skip)]
    pub(crate) unit_defects: Vec<UnitDefect>,
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
    /// What is wrong, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where, in GeoJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Value>,
}

/// The unmatched edges between the same grids for the same reason.
#[derive(Debug, Clone, Serialize)]
pub struct UnmatchedGroup {
    /// `covered-twice`, `uncovered`, `unpaired`, `outline-uncovered` or `beyond-outline`.
    pub reason: &'static str,
    /// Codes of the grids concerned, in order; none for an outline's edges alone.
    pub grids: Vec<String>,
    /// How many edges.
    pub count: usize,
    /// Their length together, metres.
    pub length_m: f64,
    /// The edges, in GeoJSON.
    pub geometry: Value,
    #[serde(skip)]
    pub(crate) first: Point,
}

/// Two edges that cross.
#[derive(Debug, Clone, Serialize)]
pub struct PairOfEdges {
    /// Codes of the grids that own either edge.
    pub grids: Vec<String>,
    /// Both edges, in GeoJSON.
    pub geometry: Value,
    #[serde(skip)]
    pub(crate) first: Point,
}

impl Validation {
    /// The report of a verdict over grids with these codes (in the order of its members), and of
    /// what is wrong with their attributes.
    pub fn new(
        verdict: &Verdict,
        codes: &[&str],
        unit_defects: Vec<UnitDefect>,
        lattice: LatticeMoves,
    ) -> Self {
        let mut defects = geometry_defects(verdict, codes);
        defects.extend(unit_defects.iter().map(unit_defect));
        defects.sort_by_key(|defect| severity_rank(defect.severity));
        let sound = verdict.seamless && !defects.iter().any(|d| d.severity == "error");
        Self {
            sound,
            seamless: verdict.seamless,
            noded: verdict.noded(),
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
            defects,
            unmatched: unmatched_groups(&verdict.unmatched, codes),
            crossings: verdict
                .crossings
                .iter()
                .map(|crossing| PairOfEdges {
                    grids: names(codes, crossing.members.iter().flatten().copied()),
                    geometry: lines(&crossing.edges),
                    first: crossing.edges[0].start(),
                })
                .collect(),
            unit_defects,
        }
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

    /// The defects, unmatched edges and crossings that have a place, as a GeoJSON collection.
    pub fn geojson(&self) -> Value {
        let defects = self.defects.iter().filter_map(|defect| {
            let geometry = defect.geometry.clone()?;
            let mut properties = json!(defect);
            if let Some(object) = properties.as_object_mut() {
                object.remove("geometry");
            }
            Some(feature(&geometry, &properties))
        });
        let unmatched = self.unmatched.iter().map(|group| {
            feature(
                &group.geometry,
                &json!({
                    "kind": "unmatched-edges", "reason": group.reason, "grids": group.grids,
                    "count": group.count, "length_m": group.length_m,
                }),
            )
        });
        let crossings = self.crossings.iter().map(|pair| {
            feature(
                &pair.geometry,
                &json!({"kind": "crossing", "grids": pair.grids}),
            )
        });
        let features: Vec<Value> = defects.chain(unmatched).chain(crossings).collect();
        json!({"type": "FeatureCollection", "features": features})
    }
}

fn geometry_defects(verdict: &Verdict, codes: &[&str]) -> Vec<Defect> {
    let mut defects = Vec::new();
    for gap in &verdict.gaps {
        let grids = names(codes, gap.members.iter().copied());
        let geometry = polygon(&gap.polygon);
        defects.push(Defect {
            id: defect_id("gap", &grids, &geometry),
            kind: "gap",
            severity: "error",
            grids,
            area_m2: Some(gap.area_m2),
            detail: None,
            geometry: Some(geometry),
        });
    }
    for &member in &verdict.empty {
        defects.push(attribute_defect(
            "empty",
            "error",
            names(codes, [member]),
            "the boundary encloses no ground",
        ));
    }
    for (segment, member) in &verdict.spikes {
        let grids = names(codes, [*member]);
        let geometry = lines(&[*segment]);
        defects.push(Defect {
            id: defect_id("spike", &grids, &geometry),
            kind: "spike",
            severity: "warning",
            grids,
            area_m2: None,
            detail: None,
            geometry: Some(geometry),
        });
    }
    for unmatched in &verdict.unmatched_vertices {
        let geometry = json!({"type": "Point", "coordinates": position(unmatched.vertex)});
        defects.push(Defect {
            id: defect_id("unmatched-vertex", &[], &geometry),
            kind: "unmatched-vertex",
            severity: "info",
            grids: Vec::new(),
            area_m2: None,
            detail: None,
            geometry: Some(geometry),
        });
    }
    defects
}

fn unit_defect(defect: &UnitDefect) -> Defect {
    let severity = match defect.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let grids = defect.codes().iter().map(ToString::to_string).collect();
    attribute_defect(defect.kind(), severity, grids, &defect.to_string())
}

fn attribute_defect(
    kind: &'static str,
    severity: &'static str,
    grids: Vec<String>,
    detail: &str,
) -> Defect {
    Defect {
        id: defect_id(kind, &grids, &Value::Null),
        kind,
        severity,
        grids,
        area_m2: None,
        detail: Some(detail.to_owned()),
        geometry: None,
    }
}

/// The first letter of the kind and 48 bits of a hash over kind, grids and place.
fn defect_id(kind: &str, grids: &[String], geometry: &Value) -> String {
    let mut hash = Sha256::new();
    hash.update(kind);
    for code in grids {
        hash.update([0]);
        hash.update(code);
    }
    hash.update([0]);
    hash.update(geometry.to_string());
    let digest = hash.finalize();
    let bits = digest[..6]
        .iter()
        .fold(0u64, |bits, &byte| bits << 8 | u64::from(byte));
    format!("{}-{bits:012x}", &kind[..1])
}

fn unmatched_groups(edges: &[UnmatchedEdge], codes: &[&str]) -> Vec<UnmatchedGroup> {
    let mut groups: BTreeMap<(Reason, &[usize]), Vec<Segment>> = BTreeMap::new();
    for edge in edges {
        groups
            .entry((edge.reason, &edge.members))
            .or_default()
            .push(edge.segment);
    }
    let mut groups: Vec<UnmatchedGroup> = groups
        .into_iter()
        .map(|((reason, members), segments)| UnmatchedGroup {
            reason: reason_name(reason),
            grids: names(codes, members.iter().copied()),
            count: segments.len(),
            length_m: segments
                .iter()
                .map(|s| ellipsoid::distance_m(s.start(), s.end()))
                .sum(),
            first: segments[0].start(),
            geometry: lines(&segments),
        })
        .collect();
    groups.sort_by(|a, b| b.length_m.total_cmp(&a.length_m));
    groups
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::CoveredTwice => "covered-twice",
        Reason::Uncovered => "uncovered",
        Reason::OutlineUncovered => "outline-uncovered",
        Reason::BeyondOutline => "beyond-outline",
        _ => "unpaired",
    }
}

fn severity_rank(severity: &str) -> u8 {
    match severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    }
}

fn names(codes: &[&str], members: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut names: Vec<String> = members
        .into_iter()
        .filter_map(|member| codes.get(member).map(ToString::to_string))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn feature(geometry: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
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

fn polygon(polygon: &Polygon) -> Value {
    let rings: Vec<Vec<[f64; 2]>> = polygon.rings().map(closed).collect();
    json!({"type": "Polygon", "coordinates": rings})
}

fn closed(ring: &Ring) -> Vec<[f64; 2]> {
    let points = ring.points();
    points
        .iter()
        .chain(points.first())
        .map(|&p| position(p))
        .collect()
}
