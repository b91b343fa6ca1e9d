//! TopoJSON by a reader of our own: GDAL leaves out rows without geometry and says nothing.
//!
//! The whole document is in memory, because arcs may stand after the objects that use them.

use std::fs;
use std::path::Path;

use geo_types::Coord;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::feature::{named_crs, plain};
use super::sink::Sink;
use crate::wire::{Opened, Request};
use crate::wkb::{Raw, row_geometry};
use crate::{DeclaredCrs, Format, Note, Refusal, RowGeometry, Value};

#[derive(Deserialize)]
struct Topology {
    #[serde(rename = "type")]
    kind: String,
    transform: Option<Quantization>,
    arcs: Vec<Vec<Vec<f64>>>,
    objects: Map<String, Json>,
    crs: Option<Json>,
}

#[derive(Deserialize, Clone, Copy)]
struct Quantization {
    scale: [f64; 2],
    translate: [f64; 2],
}

/// The arcs in coordinates, and how single points become coordinates.
struct Arcs {
    lines: Vec<Vec<Coord<f64>>>,
    quantization: Option<Quantization>,
    /// Vertices that one geometry may be made of: it can use one arc any number of times.
    limit: u64,
}

/// Collections in collections deeper than this are nobody's data.
const DEPTH_LIMIT: usize = 8;

pub(super) fn read(path: &Path, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let bytes = fs::read(path).map_err(|error| Refusal::system("opening the input", error))?;
    let topology: Topology =
        serde_json::from_slice(&bytes).map_err(|error| malformed(&error.to_string()))?;
    drop(bytes);
    if topology.kind != "Topology" {
        return Err(malformed("its \"type\" is not Topology"));
    }
    let arcs = Arcs::new(topology.arcs, topology.transform, request.limits.vertices)?;
    let (name, object) = choose_object(topology.objects, request, sink)?;
    sink.opened(&Opened {
        format: Format::TopoJson,
        layer: Some(name),
        declared_crs: declared_crs(topology.crs.as_ref()),
    })?;
    let mut members = Vec::new();
    flatten(object, 0, &mut members)?;
    if members.is_empty() {
        return Err(Refusal::Empty {
            why: "its object has no geometries".to_owned(),
        });
    }
    let total = members.len() as u64;
    for member in &members {
        row(member, &arcs, sink)?;
        sink.progress(None, Some(total))?;
    }
    Ok(())
}

/// TopoJSON follows GeoJSON: without a `crs` it means WGS 84 longitude and latitude.
fn declared_crs(member: Option<&Json>) -> DeclaredCrs {
    member
        .and_then(|crs| crs.get("properties"))
        .and_then(|properties| properties.get("name"))
        .and_then(Json::as_str)
        .map_or(DeclaredCrs::GeoJsonDefault, named_crs)
}

fn choose_object(
    mut objects: Map<String, Json>,
    request: &Request,
    sink: &mut Sink,
) -> Result<(String, Json), Refusal> {
    let names: Vec<String> = objects.keys().cloned().collect();
    let wanted = match (&request.layer, names.as_slice()) {
        (_, []) => {
            return Err(Refusal::Empty {
                why: "it has no object".to_owned(),
            });
        }
        (Some(wanted), _) if !request.zipped => wanted.clone(),
        (_, [only]) => only.clone(),
        _ => return Err(Refusal::SeveralLayers { layers: names }),
    };
    let object = objects
        .remove(&wanted)
        .ok_or_else(|| Refusal::NoSuchLayer {
            layer: wanted.clone(),
            layers: names.clone(),
        })?;
    if names.len() > 1 {
        sink.note(&Note::OtherLayers {
            layers: names.into_iter().filter(|name| *name != wanted).collect(),
        })?;
    }
    Ok((wanted, object))
}

/// A collection at the top is the layer, each of its members a row.
fn flatten(
    object: Json,
    depth: usize,
    members: &mut Vec<Map<String, Json>>,
) -> Result<(), Refusal> {
    let Json::Object(mut object) = object else {
        return Err(malformed("an object of it is no JSON object"));
    };
    let is_collection = object.get("type").and_then(Json::as_str) == Some("GeometryCollection");
    match object.remove("geometries") {
        Some(Json::Array(geometries)) if is_collection && depth == 0 => {
            for geometry in geometries {
                flatten(geometry, depth + 1, members)?;
            }
        }
        Some(geometries) => {
            object.insert("geometries".to_owned(), geometries);
            members.push(object);
        }
        None => members.push(object),
    }
    Ok(())
}

fn row(member: &Map<String, Json>, arcs: &Arcs, sink: &mut Sink) -> Result<(), Refusal> {
    let number = sink.rows() + 1;
    let geometry = match arcs.geometry(member, 0) {
        Ok(raw) => row_geometry(raw),
        Err(why) => RowGeometry::Refused(why),
    };
    let mut values = vec![Value::Null; sink.columns().len()];
    let properties = member.get("properties").and_then(Json::as_object);
    let own_id = properties.is_some_and(|properties| properties.contains_key("id"));
    let id = member.get_key_value("id").filter(|_| !own_id);
    for (name, value) in properties.into_iter().flatten().chain(id) {
        let place = match sink.columns().iter().position(|column| column == name) {
            Some(place) => place,
            None => sink.column(name)?,
        };
        if values.len() <= place {
            values.resize(place + 1, Value::Null);
        }
        values[place] = plain(value.clone());
    }
    sink.row(number, geometry, values)
}

impl Arcs {
    fn new(
        arcs: Vec<Vec<Vec<f64>>>,
        quantization: Option<Quantization>,
        limit: u64,
    ) -> Result<Self, Refusal> {
        let mut lines = Vec::with_capacity(arcs.len());
        for (index, arc) in arcs.into_iter().enumerate() {
            let mut line = Vec::with_capacity(arc.len());
            // quantized positions are steps from the one before
            let mut at = [0.0; 2];
            for position in arc {
                let [x, y, ..] = position.as_slice() else {
                    return Err(malformed(&format!(
                        "arc {index} has a position of {} numbers",
                        position.len()
                    )));
                };
                match quantization {
                    Some(by) => {
                        at = [at[0] + x, at[1] + y];
                        line.push(by.coord(at));
                    }
                    None => line.push(Coord { x: *x, y: *y }),
                }
            }
            lines.push(line);
        }
        Ok(Self {
            lines,
            quantization,
            limit,
        })
    }

    fn geometry(&self, member: &Map<String, Json>, depth: usize) -> Result<Raw, String> {
        if depth > DEPTH_LIMIT {
            return Err("it is nested too deeply".to_owned());
        }
        let of = |name: &str| member.get(name).cloned().unwrap_or(Json::Null);
        let kind = match member.get("type") {
            None | Some(Json::Null) => return Ok(Raw::Many(Vec::new())),
            Some(kind) => kind.as_str().unwrap_or_default(),
        };
        Ok(match kind {
            "Point" => Raw::Point(Some(self.point(&typed::<Vec<f64>>(of("coordinates"))?)?)),
            "MultiPoint" => Raw::Many(
                typed::<Vec<Vec<f64>>>(of("coordinates"))?
                    .iter()
                    .map(|position| Ok(Raw::Point(Some(self.point(position)?))))
                    .collect::<Result<_, String>>()?,
            ),
            "LineString" => Raw::Line(self.line(&typed::<Vec<i64>>(of("arcs"))?)?),
            "MultiLineString" => Raw::Many(
                typed::<Vec<Vec<i64>>>(of("arcs"))?
                    .iter()
                    .map(|indices| Ok(Raw::Line(self.line(indices)?)))
                    .collect::<Result<_, String>>()?,
            ),
            "Polygon" => self.polygon(&typed::<Vec<Vec<i64>>>(of("arcs"))?)?,
            "MultiPolygon" => Raw::Many(
                typed::<Vec<Vec<Vec<i64>>>>(of("arcs"))?
                    .iter()
                    .map(|rings| self.polygon(rings))
                    .collect::<Result<_, String>>()?,
            ),
            "GeometryCollection" => Raw::Many(
                typed::<Vec<Map<String, Json>>>(of("geometries"))?
                    .iter()
                    .map(|inner| self.geometry(inner, depth + 1))
                    .collect::<Result<_, String>>()?,
            ),
            other => return Err(format!("its type \"{other:.40}\" is unknown")),
        })
    }

    fn polygon(&self, rings: &[Vec<i64>]) -> Result<Raw, String> {
        rings
            .iter()
            .map(|indices| self.line(indices))
            .collect::<Result<_, String>>()
            .map(Raw::Polygon)
    }

    /// Arcs one after the other; `~i` is arc `i` backwards, and joints stand once.
    fn line(&self, indices: &[i64]) -> Result<Vec<Coord<f64>>, String> {
        let mut line: Vec<Coord<f64>> = Vec::new();
        for &index in indices {
            let (place, backwards) = if index < 0 {
                (!index, true)
            } else {
                (index, false)
            };
            let arc = usize::try_from(place)
                .ok()
                .and_then(|place| self.lines.get(place))
                .ok_or_else(|| {
                    format!("it uses arc {index}, and there are {}", self.lines.len())
                })?;
            if (line.len() + arc.len()) as u64 > self.limit {
                return Err(format!("it has more than {} vertices", self.limit));
            }
            let mut forwards;
            let mut reversed;
            let coords: &mut dyn Iterator<Item = &Coord<f64>> = if backwards {
                reversed = arc.iter().rev();
                &mut reversed
            } else {
                forwards = arc.iter();
                &mut forwards
            };
            line.extend(coords.skip(usize::from(!line.is_empty())));
        }
        Ok(line)
    }

    fn point(&self, position: &[f64]) -> Result<Coord<f64>, String> {
        match (position, self.quantization) {
            ([x, y, ..], Some(by)) => Ok(by.coord([*x, *y])),
            ([x, y, ..], None) => Ok(Coord { x: *x, y: *y }),
            _ => Err(format!("it has a position of {} numbers", position.len())),
        }
    }
}

impl Quantization {
    fn coord(self, [x, y]: [f64; 2]) -> Coord<f64> {
        Coord {
            x: x * self.scale[0] + self.translate[0],
            y: y * self.scale[1] + self.translate[1],
        }
    }
}

fn typed<T: serde::de::DeserializeOwned>(json: Json) -> Result<T, String> {
    serde_json::from_value(json).map_err(|error| format!("its geometry is unsound: {error}"))
}

fn malformed(why: &str) -> Refusal {
    Refusal::Malformed {
        format: Format::TopoJson.name().to_owned(),
        why: why.chars().take(400).collect(),
    }
}
