//! Units as GeoJSON (RFC 7946), in the system asked for.

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use wangge_crs::Crs;
use wangge_plane::{Figure, Point, Polygon, Ring, Shape};

use crate::convert::to_degrees_of;
use crate::units::Place;
use crate::{City, CityError};

/// One unit as a GeoJSON feature.
#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub struct Feature<'a> {
    /// See [`feature_id`](crate::feature_id).
    pub id: u64,
    /// The ground; `null` for an upper unit without grids.
    pub geometry: Option<Geometry>,
    /// What is known of the unit.
    pub properties: Properties<'a>,
}

/// The properties of a unit's feature.
#[derive(Debug, Serialize)]
pub struct Properties<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Its name in Latin letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<&'a str>,
    /// The id of its level.
    pub level: &'a str,
    /// The code of the unit above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<&'a str>,
    /// `urban`, `rural`, `special` or the city's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    /// As the file declared it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub households: Option<u32>,
    /// As the file declared it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<u32>,
    /// Area on the ellipsoid, square metres, to the square decimetre.
    pub area_m2: f64,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
}

/// A unit's ground as a GeoJSON `Polygon` or `MultiPolygon`.
#[derive(Debug)]
pub enum Geometry {
    /// In the lattice's own degrees.
    Own(Shape),
    /// Converted: parts, rings, closed, east and north.
    Converted(Vec<Vec<Vec<[f64; 2]>>>),
}

impl City {
    pub(crate) fn feature(&self, place: Place, crs: &Crs) -> Result<Feature<'_>, CityError> {
        let entry = self.ground.units.entry(place);
        let unit = &entry.unit;
        Ok(Feature {
            id: entry.id,
            geometry: match self.ground.units.shape(place) {
                Some(shape) => Some(Geometry::of(shape, crs)?),
                None => None,
            },
            properties: Properties {
                code: unit.code.as_str(),
                name: unit.name.as_deref(),
                name_en: unit.name_en.as_deref(),
                level: self.level_id(unit.level),
                parent: entry
                    .parent
                    .map(|place| self.ground.units.entry(place).unit.code.as_str()),
                kind: unit.kind.as_ref().map(wangge_model::GridKind::as_str),
                households: unit.households,
                population: unit.population,
                area_m2: (entry.area_m2 * 100.0).round() / 100.0,
                note: unit.note.as_deref(),
            },
        })
    }
}

impl Geometry {
    fn of(shape: Shape, crs: &Crs) -> Result<Self, CityError> {
        if *crs == Crs::Lattice {
            return Ok(Self::Own(shape));
        }
        let ring = |ring: &Ring| -> Result<Vec<[f64; 2]>, CityError> {
            let mut line = Vec::with_capacity(ring.points().len() + 1);
            for &p in ring.points() {
                let (east, north) = to_degrees_of(crs, p)?;
                line.push([east, north]);
            }
            line.extend(line.first().copied());
            Ok(line)
        };
        let parts = shape.parts().iter();
        Ok(Self::Converted(
            parts
                .map(|part| part.rings().map(ring).collect())
                .collect::<Result<_, _>>()?,
        ))
    }
}

impl Serialize for Geometry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Own(shape) => written(serializer, shape.parts(), Rings),
            Self::Converted(parts) => written(serializer, parts, |part| part),
        }
    }
}

fn written<'p, S: Serializer, P, W: Serialize + 'p>(
    serializer: S,
    parts: &'p [P],
    wrap: impl Fn(&'p P) -> W,
) -> Result<S::Ok, S::Error> {
    let mut geometry = serializer.serialize_struct("Geometry", 2)?;
    if let [part] = parts {
        geometry.serialize_field("type", "Polygon")?;
        geometry.serialize_field("coordinates", &wrap(part))?;
    } else {
        let parts: Vec<W> = parts.iter().map(wrap).collect();
        geometry.serialize_field("type", "MultiPolygon")?;
        geometry.serialize_field("coordinates", &parts)?;
    }
    geometry.end()
}

/// A point, a line or an area as a GeoJSON geometry, in the system asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum FigureGeometry {
    /// East and north.
    Point([f64; 2]),
    /// The only part of a line.
    LineString(Vec<[f64; 2]>),
    /// The parts of a line.
    MultiLineString(Vec<Vec<[f64; 2]>>),
    /// The rings of an area's only part, closed.
    Polygon(Vec<Vec<[f64; 2]>>),
    /// The parts of an area.
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

impl FigureGeometry {
    pub(crate) fn of(figure: &Figure, crs: &Crs) -> Result<Self, CityError> {
        let at = |p: Point| -> Result<[f64; 2], CityError> {
            if *crs == Crs::Lattice {
                return Ok([p.lon(), p.lat()]);
            }
            let (east, north) = to_degrees_of(crs, p)?;
            Ok([east, north])
        };
        let path = |points: &[Point]| points.iter().map(|&p| at(p)).collect::<Result<Vec<_>, _>>();
        match figure {
            Figure::Point(point) => at(*point).map(Self::Point),
            Figure::Line(line) => {
                let mut parts: Vec<_> = line.parts().map(path).collect::<Result<_, _>>()?;
                Ok(match parts.len() {
                    1 => Self::LineString(parts.remove(0)),
                    _ => Self::MultiLineString(parts),
                })
            }
            Figure::Area(shape) => {
                let ring = |ring: &Ring| -> Result<Vec<[f64; 2]>, CityError> {
                    let mut points = path(ring.points())?;
                    points.extend(points.first().copied());
                    Ok(points)
                };
                let parts = shape.parts().iter();
                let mut parts: Vec<Vec<_>> = parts
                    .map(|part| part.rings().map(ring).collect())
                    .collect::<Result<_, _>>()?;
                Ok(match parts.len() {
                    1 => Self::Polygon(parts.remove(0)),
                    _ => Self::MultiPolygon(parts),
                })
            }
        }
    }
}

/// The rings of a polygon as GeoJSON coordinates.
struct Rings<'a>(&'a Polygon);

/// A ring, closed.
struct Line<'a>(&'a Ring);

impl Serialize for Rings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rings().map(Line))
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let points = self.0.points();
        let mut line = serializer.serialize_seq(Some(points.len() + 1))?;
        for p in points.iter().chain(points.first()) {
            line.serialize_element(&[p.lon(), p.lat()])?;
        }
        line.end()
    }
}
