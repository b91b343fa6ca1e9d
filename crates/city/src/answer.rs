//! One lookup: whose point is this.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use wangge_coverage::Owner;
use wangge_crs::Crs;
use wangge_locate::Accuracy;
use wangge_plane::Point;

use crate::candidates::Candidate;
use crate::components::{NearbyComponent, NearestComponents};
use crate::convert::to_lattice;
use crate::handling::{HandlerRef, PostRef, Shown, Subject};
use crate::management::ManagedBy;
use crate::overlays::OverlayRef;
use crate::units::{Entry, Place};
use crate::unsettled::UnsettledBorder;
use crate::{City, CityError};

/// A point that somebody asks about.
#[derive(Debug, Clone, Copy)]
pub struct LocateRequest<'a> {
    /// Longitude in degrees, or easting in the system's units.
    pub lon: f64,
    /// Latitude in degrees, or northing.
    pub lat: f64,
    /// The system that these are in.
    pub crs: &'a Crs,
    /// How far outside the coverage the nearest grid still answers, metres.
    pub near_m: Option<f64>,
    /// What is reported there, where it is asked who handles it.
    pub subject: Option<Subject<'a>>,
    /// How well the position is known, where candidates are asked for.
    pub accuracy: Option<Accuracy>,
    /// The components that are named; none are where this is not given, or in a city without
    /// components. Where they may be of any class they are of the subject's.
    pub components: Option<NearestComponents<'a>>,
    /// What may be shown of people and departments.
    pub shown: Shown,
}

/// The answer to one lookup, as the interface writes it: what there is not is absent.
#[derive(Debug, Serialize)]
pub struct LocateAnswer<'a> {
    /// The version of the city that answered.
    pub version: &'a str,
    /// Where the point lies.
    pub status: Status,
    /// The point as it was asked.
    pub point: AskedPoint<'a>,
    /// The grid, unless the status is [`Status::Outside`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridRef<'a>>,
    /// The codes of other grids that cover the point too, where a person accepted that they do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<&'a str>,
    /// From the top level to the grid itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain<'a>>,
    /// The specialised grids that hold the point, the smallest first, in a city that has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlays: Option<Vec<OverlayRef<'a>>>,
    /// Who runs units of the chain that belong to others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managed_by: Vec<ManagedBy<'a>>,
    /// With [`Status::Inside`]: metres to the nearest border, to the centimetre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border_distance_m: Option<f64>,
    /// With [`Status::Inside`]: a border of the grid near the point that is disputed or to be
    /// surveyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsettled_border: Option<UnsettledBorder<'a>>,
    /// With [`Status::Near`]: metres to the grid, to the centimetre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// With an accuracy: whether one grid holds more than 99 of 100 such positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certain: Option<bool>,
    /// With an accuracy: the grids that the position may be in, the most probable first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<Candidate<'a>>>,
    /// With a subject: who handles it, in order of tiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handlers: Option<Vec<HandlerRef<'a>>>,
    /// With a subject: the posts in the grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posts: Option<Vec<PostRef<'a>>>,
    /// Where components were asked for: those of the subject's class, else of any, nearest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<NearbyComponent<'a>>>,
}

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In a grid.
    Inside,
    /// Outside all, but within the tolerance of one.
    Near,
    /// Outside.
    Outside,
}

/// The point as it was asked, in the system it was asked in.
#[derive(Debug, Clone, Copy)]
pub struct AskedPoint<'a> {
    /// Longitude or easting.
    pub lon: f64,
    /// Latitude or northing.
    pub lat: f64,
    /// The system.
    pub crs: &'a Crs,
}

/// The grid of an answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GridRef<'a> {
    /// See [`feature_id`](crate::feature_id).
    pub id: u64,
    /// Its code.
    pub code: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The id of its level.
    pub level: &'a str,
    /// `urban`, `rural`, `special` or the city's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
}

/// One unit of a chain.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct UnitRef<'a> {
    /// See [`feature_id`](crate::feature_id).
    pub id: u64,
    /// The id of its level.
    pub level: &'a str,
    /// Its code.
    pub code: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// The units from the top level to a grid.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a> {
    city: &'a City,
    above: &'a [Place],
    above_json: Option<&'a [u8]>,
    grid: Place,
}

impl City {
    /// Answers whose point this is.
    ///
    /// # Errors
    /// [`CityError::Crs`] and [`CityError::Plane`] for what is no position of its system,
    /// [`CityError::UnknownClass`] for a subject of no class that the city has.
    pub fn locate<'a>(
        &'a self,
        request: &LocateRequest<'a>,
    ) -> Result<LocateAnswer<'a>, CityError> {
        let point = to_lattice(request.crs, request.lon, request.lat)?;
        let mut answer = LocateAnswer {
            version: self.version_text(),
            status: Status::Outside,
            point: AskedPoint {
                lon: request.lon,
                lat: request.lat,
                crs: request.crs,
            },
            grid: None,
            also: Vec::new(),
            chain: None,
            overlays: None,
            managed_by: Vec::new(),
            border_distance_m: None,
            unsettled_border: None,
            distance_m: None,
            certain: None,
            candidates: None,
            handlers: None,
            posts: None,
            components: None,
        };
        let mut found = None;
        if let Some(owner) = self.locate_point(point) {
            self.place(&mut answer, Status::Inside, owner);
            answer.border_distance_m = self.index().border_distance_m(point).map(centimetres);
            answer.unsettled_border = self.unsettled_border(owner, point);
            answer.also = self.also_at(owner, point);
            found = Some(owner);
        } else if let Some(near) = self.near(point, request.near_m) {
            self.place(&mut answer, Status::Near, near.owner);
            answer.distance_m = Some(centimetres(near.distance_m));
            found = Some(near.owner);
        }
        if let Some(accuracy) = request.accuracy {
            let (candidates, certain) = self.candidates(point, accuracy);
            answer.certain = Some(certain);
            answer.candidates = Some(candidates);
        }
        if !self.overlays.is_empty() {
            answer.overlays = Some(self.overlays_at(point));
        }
        if let Some(owner) = found.filter(|_| !self.management.is_empty()) {
            answer.managed_by = self.managed_by(owner, self.day());
        }
        if let Some(subject) = request.subject {
            // a class that there is not is told outside the city too
            self.class_of(subject)?;
            if let Some(owner) = found {
                answer.handlers =
                    Some(self.handlers(owner, Some(point), subject, request.shown)?);
                answer.posts = Some(self.posts(owner, request.shown));
            }
        }
        if let Some(nearest) = &request.components {
            self.has_classes(nearest)?;
        }
        if let Some(nearest) = request.components.filter(|_| self.component_count() > 0) {
            let of_component =
                |subject: &Subject<'_>| subject.object == wangge_model::ObjectKind::Component;
            let class = request.subject.filter(of_component);
            let class = class.map(|subject| self.class_of(subject)).transpose()?;
            let class = class.map(|class| class.code.as_str());
            let nearest = NearestComponents {
                class: nearest.class.or(class),
                ..nearest
            };
            let near = self.components_near(point, &nearest)?.into_iter();
            let refs =
                near.map(|(number, away_m)| self.nearby_component(number, away_m, request.shown));
            answer.components = Some(refs.collect());
        }
        Ok(answer)
    }

    /// The units from the top level to a grid that [`City::locate_point`] answered.
    pub fn chain_of(&self, owner: Owner) -> Chain<'_> {
        Chain {
            city: self,
            above: self.ground.units.above(owner),
            above_json: self.ground.units.chain_json_above(owner),
            grid: self.ground.units.grid(owner),
        }
    }

    /// The grid nearest to a point outside all grids, within a tolerance in metres.
    pub fn nearest(&self, point: Point, tolerance_m: f64) -> Option<wangge_locate::Near> {
        self.index().nearest(point, tolerance_m)
    }

    fn near(&self, point: Point, near_m: Option<f64>) -> Option<wangge_locate::Near> {
        self.index().nearest(point, near_m.filter(|m| *m > 0.0)?)
    }

    fn place<'a>(&'a self, answer: &mut LocateAnswer<'a>, status: Status, owner: Owner) {
        let entry = self.grid_entry(owner);
        answer.status = status;
        answer.grid = Some(GridRef {
            id: entry.id,
            code: entry.unit.code.as_str(),
            name: entry.unit.name.as_deref(),
            level: self.level_id(entry.unit.level),
            kind: entry.unit.kind.as_ref().map(wangge_model::GridKind::as_str),
        });
        answer.chain = Some(self.chain_of(owner));
    }

    pub(crate) fn unit_ref<'a>(&'a self, entry: &'a Entry) -> UnitRef<'a> {
        entry.unit_ref(self.level_id(entry.unit.level))
    }
}

impl LocateAnswer<'_> {
    /// Appends the answer as JSON: the bytes that serde would write, at a third of the time, as
    /// what all grids of one parent share is copied.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"version\":\"");
        out.extend_from_slice(self.version.as_bytes());
        out.extend_from_slice(match self.status {
            Status::Inside => b"\",\"status\":\"inside\",\"point\":" as &[u8],
            Status::Near => b"\",\"status\":\"near\",\"point\":",
            Status::Outside => b"\",\"status\":\"outside\",\"point\":",
        });
        put(out, &self.point);
        if let Some(grid) = &self.grid {
            out.extend_from_slice(b",\"grid\":");
            put(out, grid);
        }
        if !self.also.is_empty() {
            out.extend_from_slice(b",\"also\":");
            put(out, &self.also);
        }
        if let Some(chain) = &self.chain {
            out.extend_from_slice(b",\"chain\":[");
            if let Some(above) = chain.above_json {
                out.extend_from_slice(above);
                out.push(b',');
            }
            put(
                out,
                &chain
                    .city
                    .unit_ref(chain.city.ground.units.entry(chain.grid)),
            );
            out.push(b']');
        }
        if let Some(overlays) = &self.overlays {
            out.extend_from_slice(b",\"overlays\":");
            put(out, overlays);
        }
        if !self.managed_by.is_empty() {
            out.extend_from_slice(b",\"managed_by\":");
            put(out, &self.managed_by);
        }
        if let Some(metres) = self.border_distance_m {
            out.extend_from_slice(b",\"border_distance_m\":");
            put(out, &metres);
        }
        if let Some(border) = &self.unsettled_border {
            out.extend_from_slice(b",\"unsettled_border\":");
            put(out, border);
        }
        if let Some(metres) = self.distance_m {
            out.extend_from_slice(b",\"distance_m\":");
            put(out, &metres);
        }
        if let Some(certain) = &self.certain {
            out.extend_from_slice(b",\"certain\":");
            put(out, certain);
        }
        if let Some(candidates) = &self.candidates {
            out.extend_from_slice(b",\"candidates\":");
            put(out, candidates);
        }
        if let Some(handlers) = &self.handlers {
            out.extend_from_slice(b",\"handlers\":");
            put(out, handlers);
        }
        if let Some(posts) = &self.posts {
            out.extend_from_slice(b",\"posts\":");
            put(out, posts);
        }
        if let Some(components) = &self.components {
            out.extend_from_slice(b",\"components\":");
            put(out, components);
        }
        out.push(b'}');
    }
}

fn put(out: &mut Vec<u8>, value: &impl Serialize) {
    if serde_json::to_writer(out, value).is_err() {
        unreachable!("texts and numbers are always JSON");
    }
}

impl<'a> Chain<'a> {
    /// The units, top to bottom, the grid last.
    pub fn iter(&self) -> impl Iterator<Item = UnitRef<'a>> + use<'a> {
        let city = self.city;
        self.above
            .iter()
            .copied()
            .chain(std::iter::once(self.grid))
            .map(move |place| city.unit_ref(city.ground.units.entry(place)))
    }
}

impl Serialize for Chain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.above.len() + 1))?;
        for unit in self.iter() {
            seq.serialize_element(&unit)?;
        }
        seq.end()
    }
}

/// `{"lon": 120.8371, "lat": 40.7112, "crs": "EPSG:4490"}`
impl Serialize for AskedPoint<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            lon: f64,
            lat: f64,
            crs: Name<'a>,
        }
        /// The lattice's own name is the common case and needs no formatting.
        struct Name<'a>(&'a Crs);
        impl Serialize for Name<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    Crs::Lattice => serializer.serialize_str("EPSG:4490"),
                    other => serializer.collect_str(other),
                }
            }
        }
        Written {
            lon: self.lon,
            lat: self.lat,
            crs: Name(self.crs),
        }
        .serialize(serializer)
    }
}

/// Metres to the centimetre, which is the lattice's own step.
pub(crate) fn centimetres(metres: f64) -> f64 {
    (metres * 100.0).round() / 100.0
}
