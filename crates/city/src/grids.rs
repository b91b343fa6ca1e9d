//! Lists of units, page by page, and one unit with all that is around it.

use std::collections::BTreeMap;

use serde::Serialize;
use wangge_coverage::Owner;
use wangge_crs::Crs;
use wangge_model::{LevelIndex, ObjectKind};
use wangge_plane::{Extent, Meeting, Segment, Shape, Side};

use crate::adjacency::Sides;
use crate::answer::UnitRef;
use crate::dwellings::Counted;
use crate::geojson::{Feature, Geometry, Properties};
use crate::handling::{PostRef, Shown, class_name};
use crate::management::ParentRef;
use crate::units::Place;
use crate::{City, CityError};

/// Which units are wanted.
#[derive(Debug, Clone, Default)]
pub struct GridQuery {
    /// The id of their level; the lowest unless given.
    pub level: Option<String>,
    /// The code of a unit that they lie in.
    pub parent: Option<String>,
    /// What their code, or a name, has in it, whatever its case. Without a level, units of every
    /// level are looked through.
    pub text: Option<String>,
    /// A box that their ground shares a point with.
    pub bbox: Option<Extent>,
    /// How many at most, at least 1.
    pub limit: usize,
    /// Where an earlier page ended.
    pub cursor: Option<Cursor>,
}

/// Where a page ended: the version, and the last code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    version: String,
    last: String,
}

/// A page of units of one [`City`], by code.
#[derive(Debug)]
pub struct GridPage {
    places: Vec<Place>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

/// One unit with the units above it, below it and around it.
#[derive(Debug, Serialize)]
pub struct GridDetail<'a> {
    /// `Feature`
    pub r#type: &'static str,
    /// The version of the city that answered.
    pub version: &'a str,
    /// See [`feature_id`](crate::feature_id).
    pub id: u64,
    /// The ground; `null` for an upper unit without grids.
    pub geometry: Option<Geometry>,
    /// What is known of the unit.
    pub properties: DetailProperties<'a>,
}

/// The properties of one unit, and its surroundings.
#[derive(Debug, Serialize)]
pub struct DetailProperties<'a> {
    /// What a list says of it too.
    #[serde(flatten)]
    pub unit: Properties<'a>,
    /// The units above it, from the top level.
    pub parents: Vec<UnitRef<'a>>,
    /// The units of the level below, by code.
    pub children: Vec<UnitRef<'a>>,
    /// The units of its level around it.
    pub neighbours: Sides<'a>,
    /// The parents that it has and had by administration and by management, with their days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parent_links: Vec<ParentRef<'a>>,
    /// The posts in it, in the order of their list.
    pub posts: Vec<PostRef<'a>>,
    /// What the list of households has in it; absent where none was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub households_counted: Option<Counted>,
    /// What the list of buildings has in it; absent where none was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buildings_counted: Option<Counted>,
    /// The components that its grids are responsible for, by class; absent where none were
    /// imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ClassCount<'a>>>,
}

/// How many components of a class a unit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClassCount<'a> {
    /// The code of the class.
    pub class: &'a str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// How many; those of which only a part lies in the unit count where their middle is.
    pub count: u64,
}

impl City {
    /// The units that a query asks for, by code.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`], [`CityError::UnknownCode`] and [`CityError::NotAbove`] for
    /// the parent, [`CityError::CursorExpired`].
    pub fn grids(&self, query: &GridQuery) -> Result<GridPage, CityError> {
        let lowest = self.scheme().lowest();
        let (top, level) = match (&query.level, &query.text) {
            (Some(id), _) => {
                let level = self.level_of(id)?;
                (level, level)
            }
            (None, Some(_)) => (LevelIndex(0), lowest),
            (None, None) => (lowest, lowest),
        };
        let parent = match &query.parent {
            None => None,
            Some(code) => {
                let place = self.place_of(code)?;
                let above = self.ground.units.entry(place).unit.level;
                if above >= level {
                    return Err(CityError::NotAbove {
                        code: code.clone(),
                        level: self.level_id(level).to_owned(),
                    });
                }
                Some((above, place))
            }
        };
        // the levels stand one behind the other, from the top
        let range = self.ground.units.level(top).start..self.ground.units.level(level).end;
        let first = match &query.cursor {
            None => range.start,
            Some(cursor) if cursor.version == self.version_text() => {
                match self.ground.units.by_code(&cursor.last) {
                    Some(last) if range.contains(&last) => last + 1,
                    _ => self.place_after(level, &cursor.last),
                }
            }
            Some(cursor) => {
                return Err(CityError::CursorExpired {
                    issued: cursor.version.clone(),
                    current: self.version_text().to_owned(),
                });
            }
        };
        let folded = query.text.as_ref().map(|text| text.to_lowercase());
        let wanted = query.limit.max(1);
        let mut places = Vec::new();
        let mut next = None;
        for place in first..range.end {
            let held = parent.is_none_or(|(above, parent)| {
                self.ground.units.ancestor(place, above) == Some(parent)
            });
            let named = folded
                .as_ref()
                .is_none_or(|text| self.ground.units.entry(place).unit.is_called(text));
            if !held || !named || !query.bbox.is_none_or(|bbox| self.meets(place, bbox)) {
                continue;
            }
            if places.len() == wanted {
                next = places.last().map(|&last: &Place| Cursor {
                    version: self.version_text().to_owned(),
                    last: self.ground.units.entry(last).unit.code.as_str().to_owned(),
                });
                break;
            }
            places.push(place);
        }
        Ok(GridPage { places, next })
    }

    /// The unit at a place of one of this city's pages, in a system.
    ///
    /// # Errors
    /// [`CityError::Crs`] where its ground cannot be written in the system.
    ///
    /// # Panics
    /// Beyond the page's [`GridPage::len`].
    pub fn page_feature(
        &self,
        page: &GridPage,
        index: usize,
        crs: &Crs,
    ) -> Result<Feature<'_>, CityError> {
        self.feature(page.places[index], crs)
    }

    /// One unit of any level with what is around it.
    ///
    /// # Errors
    /// [`CityError::UnknownCode`]; [`CityError::Crs`] where its ground cannot be written in the
    /// system.
    pub fn grid(&self, code: &str, crs: &Crs, shown: Shown) -> Result<GridDetail<'_>, CityError> {
        let place = self.place_of(code)?;
        let entry = self.ground.units.entry(place);
        let feature = self.feature(place, crs)?;
        let mut parents = Vec::new();
        let mut at = entry.parent;
        while let Some(parent) = at {
            parents.push(self.unit_ref(self.ground.units.entry(parent)));
            at = self.ground.units.entry(parent).parent;
        }
        parents.reverse();
        Ok(GridDetail {
            r#type: "Feature",
            version: self.version_text(),
            id: feature.id,
            geometry: feature.geometry,
            properties: DetailProperties {
                unit: feature.properties,
                parents,
                children: entry
                    .children
                    .iter()
                    .map(|&child| self.unit_ref(self.ground.units.entry(child)))
                    .collect(),
                neighbours: self.sides(code)?,
                parent_links: self.parents_of(code)?,
                posts: self.posts_in(place, shown),
                households_counted: self.households_in(place),
                buildings_counted: self.buildings_in(place),
                components: self.class_counts(place, shown),
            },
        })
    }

    fn class_counts(&self, place: Place, shown: Shown) -> Option<Vec<ClassCount<'_>>> {
        if self.component_count() == 0 {
            return None;
        }
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for owner in self.owners_in(place) {
            for &number in self.components.of_grid(owner) {
                if self.components.owner(number) == Some(owner) {
                    let class = self.components.get(number).class.as_str();
                    *counts.entry(class).or_default() += 1;
                }
            }
        }
        let classes = &self.responsibility().classes;
        let counts = counts.into_iter().map(|(code, count)| ClassCount {
            class: code,
            name: classes
                .get(ObjectKind::Component, code)
                .map(|class| class_name(class, shown.language)),
            count,
        });
        Some(counts.collect())
    }

    pub(crate) fn place_of(&self, code: &str) -> Result<Place, CityError> {
        self.ground
            .units
            .by_code(code)
            .ok_or_else(|| CityError::UnknownCode {
                code: code.to_owned(),
                version: self.version_text().to_owned(),
            })
    }

    /// The level of this id, the lowest where none is named.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`].
    pub fn level_or_lowest(&self, id: Option<&str>) -> Result<LevelIndex, CityError> {
        match id {
            Some(id) => self.level_of(id),
            None => Ok(self.scheme().lowest()),
        }
    }

    /// The unit of a level that a grid lies in; itself on the lowest.
    pub(crate) fn unit_above(&self, owner: Owner, level: LevelIndex) -> Place {
        let grid = self.ground.units.grid(owner);
        self.ground
            .units
            .ancestor(grid, level)
            .unwrap_or_else(|| unreachable!("every grid lies in a unit of every level"))
    }

    pub(crate) fn level_of(&self, id: &str) -> Result<LevelIndex, CityError> {
        self.scheme()
            .level(id)
            .ok_or_else(|| CityError::UnknownLevel {
                level: id.to_owned(),
                known: self
                    .scheme()
                    .levels()
                    .iter()
                    .map(wangge_model::Level::id)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The first unit of the level whose code is greater.
    fn place_after(&self, level: LevelIndex, code: &str) -> Place {
        let range = self.ground.units.level(level);
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.ground.units.entry(middle).unit.code.as_str() <= code {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn meets(&self, place: Place, bbox: Extent) -> bool {
        let units = &self.ground.units;
        let is_near = units.entry(place).extent.is_some_and(|e| e.meets(bbox));
        let shape = is_near.then(|| units.shape(place)).flatten();
        shape.is_some_and(|shape| shares_a_point(&shape, bbox))
    }
}

/// Whether the shape and the box, both with their rims, share a point. Exact.
fn shares_a_point(shape: &Shape, bbox: Extent) -> bool {
    let (min, max) = (bbox.min(), bbox.max());
    if shape.segments().any(|edge| bbox.contains(edge.start())) {
        return true;
    }
    // no vertex in the box: an edge crosses it, or the box lies wholly inside or outside
    let corner = |x, y| {
        wangge_plane::Point::new(x, y)
            .unwrap_or_else(|_| unreachable!("coordinates of points of the lattice"))
    };
    let corners = [min, corner(max.x(), min.y()), max, corner(min.x(), max.y())];
    let rim: Vec<Segment> = (0..4)
        .filter_map(|i| Segment::new(corners[i], corners[(i + 1) % 4]))
        .collect();
    let crosses = |edge: Segment| {
        edge.extent().meets(bbox) && rim.iter().any(|side| edge.meeting(*side) != Meeting::Apart)
    };
    shape.segments().any(crosses) || shape.side(min) != Side::Outside
}

impl GridPage {
    /// How many units are on the page.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// `3.17~323131…`: the version, and the last code's bytes in hexadecimal digits, so that it needs
/// no escaping in an address.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~", self.version)?;
        for byte in self.last.bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Cursor {
    type Err = CityError;

    fn from_str(text: &str) -> Result<Self, CityError> {
        let (version, last) = text.split_once('~').ok_or(CityError::BadCursor)?;
        version
            .parse::<wangge_model::Version>()
            .map_err(|_| CityError::BadCursor)?;
        if last.is_empty()
            || !last.len().is_multiple_of(2)
            || !last.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return Err(CityError::BadCursor);
        }
        let bytes: Option<Vec<u8>> = (0..last.len() / 2)
            .map(|i| u8::from_str_radix(&last[2 * i..2 * i + 2], 16).ok())
            .collect();
        Ok(Self {
            version: version.to_owned(),
            last: bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or(CityError::BadCursor)?,
        })
    }
}
