//! The units of all levels of one snapshot: who is above whom, and on what ground.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use wangge_coverage::{Coverage, Owner};
use wangge_model::{Code, Grid, GridKind, LevelIndex, Scheme, Unit};
use wangge_plane::{Extent, Shape};

use crate::answer::UnitRef;
use crate::ground::Shapes;
use crate::responsibility::distinct;
use crate::{CityError, feature_id};

/// A unit's place in [`Units`].
pub(crate) type Place = u32;

/// A unit with what the snapshot works out about it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) unit: Unit,
    pub(crate) id: u64,
    pub(crate) parent: Option<Place>,
    /// Units of the level below, by code.
    pub(crate) children: Vec<Place>,
    /// The box around its ground; `None` for an upper unit without a grid.
    pub(crate) extent: Option<Extent>,
    pub(crate) area_m2: f64,
}

impl Entry {
    /// What stands for one that could not be read.
    pub(crate) fn unknown(level: LevelIndex) -> Self {
        let code = Code::new("?").unwrap_or_else(|_| unreachable!("a letter is a code"));
        Self {
            unit: Unit::new(code, level),
            id: 0,
            parent: None,
            children: Vec::new(),
            extent: None,
            area_m2: 0.0,
        }
    }

    /// The unit as chains and lists name it.
    pub(crate) fn unit_ref<'a>(&'a self, level: &'a str) -> UnitRef<'a> {
        UnitRef {
            id: self.id,
            level,
            code: self.unit.code.as_str(),
            name: self.unit.name.as_deref(),
        }
    }
}

/// The places of units by their codes, which stand in the entries alone.
#[derive(Default)]
struct ByCode(HashTable<Place>);

impl fmt::Debug for ByCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the order of a table says nothing
        write!(f, "ByCode({})", self.0.len())
    }
}

impl ByCode {
    fn hash(code: &str) -> u64 {
        FxBuildHasher.hash_one(code)
    }

    /// Notes a place, unless one of its code is there already.
    fn insert(&mut self, entries: &[Entry], place: Place) -> bool {
        let code = |place: Place| entries[place as usize].unit.code.as_str();
        let hash = Self::hash(code(place));
        let is_new = self
            .0
            .find(hash, |&other| code(other) == code(place))
            .is_none();
        if is_new {
            self.0
                .insert_unique(hash, place, |&other| Self::hash(code(other)));
        }
        is_new
    }

    fn get(&self, entries: &[Entry], code: &str) -> Option<Place> {
        let is_it = |place: &Place| entries[*place as usize].unit.code.as_str() == code;
        self.0.find(Self::hash(code), is_it).copied()
    }
}

/// The units of all levels, top to bottom, by code within each level.
///
/// Invariant: units of the lowest level stand in the order of the coverage's owners.
#[derive(Debug)]
pub(crate) struct Units {
    entries: Vec<Entry>,
    levels: Vec<Range<usize>>,
    by_code: ByCode,
    /// By place.
    shapes: Shapes,
    /// For each unit of the level above the grids, the JSON of its chain with the commas and
    /// without the brackets: most of an answer's bytes are the same for all grids of one parent.
    chain_json: Vec<Box<[u8]>>,
    /// For each grid, the places of the units above it, top to bottom: `levels - 1` of them.
    above: Vec<Place>,
}

impl Units {
    /// Gathers the units of all levels. `grids` must be the coverage's, in its order; `upper` are
    /// the units of the other levels that are known by more than their code.
    pub(crate) fn gather(
        scheme: &Scheme,
        grids: Vec<Grid>,
        upper: Vec<Unit>,
        ids: &HashMap<Code, u64>,
        coverage: &Coverage,
    ) -> Result<Self, CityError> {
        let lowest = scheme.lowest().0;
        let mut known: Vec<FxHashMap<Code, Unit>> = vec![FxHashMap::default(); lowest];
        for unit in upper {
            let level =
                known
                    .get_mut(unit.level.0)
                    .ok_or(wangge_model::ModelError::NoSuchLevel {
                        index: unit.level.0,
                        levels: scheme.levels().len(),
                    })?;
            let code = unit.code.clone();
            if level.insert(code.clone(), unit).is_some() {
                return Err(CityError::CodeTwice { code });
            }
        }

        // bottom up: each level's units name the units above them, known or not
        let mut rows: Vec<Vec<(Unit, Option<Code>)>> = Vec::new();
        let mut shapes = Vec::with_capacity(grids.len());
        let mut units: Vec<Unit> = Vec::with_capacity(grids.len());
        for grid in grids {
            units.push(grid.unit);
            shapes.push(grid.shape);
        }
        for level in (0..=lowest).rev() {
            let mut row = Vec::with_capacity(units.len());
            for unit in units {
                let parent = scheme.parent_of(&unit, unit.parent.as_ref())?;
                if let (Some(code), Some(upper)) = (&parent, level.checked_sub(1))
                    && !known[upper].contains_key(code)
                {
                    let implied = Unit::new(code.clone(), LevelIndex(upper));
                    known[upper].insert(code.clone(), implied);
                }
                row.push((unit, parent));
            }
            rows.push(row);
            units = match level.checked_sub(1) {
                Some(upper) => {
                    let mut units: Vec<Unit> =
                        std::mem::take(&mut known[upper]).into_values().collect();
                    units.sort_unstable_by(|a, b| a.code.cmp(&b.code));
                    units
                }
                None => Vec::new(),
            };
        }
        rows.reverse();

        let mut all = Self::empty();
        let total: usize = rows.iter().map(Vec::len).sum();
        if u32::try_from(total).is_err() {
            return Err(CityError::TooManyGrids { grids: total });
        }
        for row in rows {
            all.add_level(row, ids)?;
        }
        all.check_ids()?;
        all.climb(lowest);
        all.write_chains(scheme, lowest);
        all.ground(shapes, coverage, lowest);
        Ok(all)
    }

    fn empty() -> Self {
        Self {
            entries: Vec::new(),
            levels: Vec::new(),
            by_code: ByCode::default(),
            shapes: Shapes::default(),
            chain_json: Vec::new(),
            above: Vec::new(),
        }
    }

    /// Units that were gathered before, from their entries without the children, how many there are
    /// on each level, and their ground; `None` where they are not the units of the scheme.
    pub(crate) fn restored(
        scheme: &Scheme,
        entries: Vec<Entry>,
        counts: &[usize],
        shapes: Shapes,
    ) -> Option<Self> {
        let lowest = scheme.lowest().0;
        let total: usize = counts
            .iter()
            .try_fold(0, |sum: usize, n| sum.checked_add(*n))?;
        if counts.len() != lowest + 1
            || total != entries.len()
            || shapes.len() != total
            || u32::try_from(total).is_err()
        {
            return None;
        }
        let mut all = Self::empty();
        all.shapes = shapes;
        all.entries = entries;
        all.by_code.0 = HashTable::with_capacity(total);
        let mut start = 0;
        for (level, count) in counts.iter().enumerate() {
            let range = start..start + count;
            let above = all.levels.last().cloned();
            for place in range.clone() {
                let entry = &all.entries[place];
                let parent = entry.parent.map(|parent| parent as usize);
                let is_sound = entry.unit.level.0 == level
                    && match (&above, parent) {
                        (None, None) => true,
                        (Some(above), Some(parent)) => above.contains(&parent),
                        _ => false,
                    };
                if !is_sound || !all.by_code.insert(&all.entries, place_of(place)) {
                    return None;
                }
                if let Some(parent) = parent {
                    all.entries[parent].children.push(place_of(place));
                }
            }
            let codes = all.entries[range.clone()]
                .iter()
                .map(|entry| &entry.unit.code);
            if !codes.is_sorted() {
                return None;
            }
            start = range.end;
            all.levels.push(range);
        }
        all.climb(lowest);
        all.write_chains(scheme, lowest);
        Some(all)
    }

    fn add_level(
        &mut self,
        row: Vec<(Unit, Option<Code>)>,
        ids: &HashMap<Code, u64>,
    ) -> Result<(), CityError> {
        let start = self.entries.len();
        for (unit, parent) in row {
            let place = place_of(self.entries.len());
            let parent = parent.and_then(|code| self.by_code.get(&self.entries, code.as_str()));
            if let Some(parent) = parent {
                self.entries[parent as usize].children.push(place);
            }
            let code = unit.code.clone();
            let id = ids
                .get(&code)
                .copied()
                .unwrap_or_else(|| feature_id(code.as_str()));
            self.entries.push(Entry {
                unit,
                id,
                parent,
                children: Vec::new(),
                extent: None,
                area_m2: 0.0,
            });
            if !self.by_code.insert(&self.entries, place) {
                return Err(CityError::CodeTwice { code });
            }
        }
        self.levels.push(start..self.entries.len());
        Ok(())
    }

    fn check_ids(&self) -> Result<(), CityError> {
        let mut ids: Vec<(u64, Place)> = (0..).zip(&self.entries).map(|(p, e)| (e.id, p)).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            None => Ok(()),
            Some(pair) => Err(CityError::FeatureIdTwice {
                first: self.entry(pair[0].1).unit.code.clone(),
                second: self.entry(pair[1].1).unit.code.clone(),
                id: pair[0].0,
            }),
        }
    }

    /// Writes down the units above each grid.
    fn climb(&mut self, lowest: usize) {
        let mut above = Vec::with_capacity(self.levels[lowest].len() * lowest);
        for grid in self.levels[lowest].clone() {
            let start = above.len();
            let mut at = self.entries[grid].parent;
            while let Some(place) = at {
                above.push(place);
                at = self.entries[place as usize].parent;
            }
            above[start..].reverse();
        }
        self.above = above;
    }

    fn write_chains(&mut self, scheme: &Scheme, lowest: usize) {
        let Some(parents) = lowest.checked_sub(1) else {
            return;
        };
        self.chain_json = self.levels[parents]
            .clone()
            .map(|place| {
                let mut chain = Vec::new();
                let mut at = Some(place_of(place));
                while let Some(place) = at {
                    let entry = self.entry(place);
                    chain.push(entry.unit_ref(scheme.levels()[entry.unit.level.0].id()));
                    at = entry.parent;
                }
                chain.reverse();
                let mut json = serde_json::to_vec(&chain)
                    .unwrap_or_else(|_| unreachable!("texts are always JSON"));
                json.pop();
                json.remove(0);
                json.into()
            })
            .collect();
    }

    /// Gives every unit its ground: the grids theirs, the upper ones what their grids add up to.
    fn ground(&mut self, grids: Vec<Shape>, coverage: &Coverage, lowest: usize) {
        let range = self.levels[lowest].clone();
        let mut upper: Vec<Option<Shape>> = Vec::with_capacity(range.start);
        for level in 0..lowest {
            let of_level = self.levels[level].clone();
            let group_of: Vec<u32> = (0..range.len())
                .map(|grid| place_of(self.above[grid * lowest + level] as usize - of_level.start))
                .collect();
            upper.extend(coverage.dissolve(&group_of, of_level.len()));
        }
        let of_shape = |shape: &Shape| shape.rings().map(|ring| ring.points().len()).sum::<usize>();
        let points = grids.iter().chain(upper.iter().flatten());
        let points = points.map(of_shape).sum();
        let mut shapes = Shapes::with_capacity(self.entries.len(), points);
        for (entry, shape) in self.entries.iter_mut().zip(&upper) {
            entry.area_m2 = shape.as_ref().map_or(0.0, Shape::area_m2);
            entry.extent = shape.as_ref().map(Shape::extent);
            shapes.push(shape.as_ref());
        }
        for ((place, entry), shape) in (0..).zip(&mut self.entries[range]).zip(grids) {
            entry.area_m2 = coverage.area_m2(Owner(place));
            entry.extent = Some(shape.extent());
            shapes.push(Some(&shape));
        }
        self.shapes = shapes;
    }

    /// The ground of a unit; `None` for an upper unit without a grid.
    pub(crate) fn shape(&self, place: Place) -> Option<Shape> {
        self.shapes.get(place as usize)
    }

    /// All entries, how many there are on each level, and their ground: what
    /// [`Units::restored`] takes.
    pub(crate) fn parts(&self) -> (&[Entry], Vec<usize>, &Shapes) {
        let counts = self.levels.iter().map(ExactSizeIterator::len).collect();
        (&self.entries, counts, &self.shapes)
    }

    /// The box around everything.
    pub(crate) fn extent(&self) -> Option<Extent> {
        let top = self.levels.first()?.clone();
        self.entries[top]
            .iter()
            .filter_map(|entry| entry.extent)
            .reduce(Extent::union)
    }

    /// How many levels there are.
    pub(crate) const fn levels(&self) -> usize {
        self.levels.len()
    }

    /// How many units there are, of all levels.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entry(&self, place: Place) -> &Entry {
        &self.entries[place as usize]
    }

    /// The units of one level, by code.
    pub(crate) fn level(&self, level: LevelIndex) -> Range<Place> {
        let range = &self.levels[level.0];
        place_of(range.start)..place_of(range.end)
    }

    /// The grids.
    pub(crate) fn lowest(&self) -> Range<Place> {
        let range = self.levels.last().cloned().unwrap_or_default();
        place_of(range.start)..place_of(range.end)
    }

    /// The kinds that grids are of.
    pub(crate) fn kinds(&self) -> Vec<GridKind> {
        let grids = self.entries.iter().skip(self.lowest().start as usize);
        distinct(grids.filter_map(|entry| entry.unit.kind.as_ref()))
    }

    pub(crate) fn by_code(&self, code: &str) -> Option<Place> {
        self.by_code.get(&self.entries, code)
    }

    /// The grid of an owner of the coverage.
    pub(crate) fn grid(&self, owner: Owner) -> Place {
        let start = self.levels.last().map_or(0, |range| range.start);
        place_of(start) + owner.0
    }

    /// The JSON of the units above a grid, see `chain_json`; `None` where no level is above.
    pub(crate) fn chain_json_above(&self, owner: Owner) -> Option<&[u8]> {
        let parent = *self.above(owner).last()? as usize;
        let start = self.levels[self.levels.len() - 2].start;
        Some(&self.chain_json[parent - start])
    }

    /// The units above a grid, top to bottom.
    pub(crate) fn above(&self, owner: Owner) -> &[Place] {
        let stride = self.levels.len() - 1;
        let start = owner.0 as usize * stride;
        &self.above[start..start + stride]
    }

    /// The units that a grid lies in, top to bottom, itself the last.
    pub(crate) fn chain(&self, owner: Owner) -> impl Iterator<Item = Place> + '_ {
        let grid = self.grid(owner);
        self.above(owner).iter().copied().chain([grid])
    }

    /// The unit of this level that a unit lies in, which may be itself; `None` for a unit above
    /// the level.
    pub(crate) fn ancestor(&self, place: Place, level: LevelIndex) -> Option<Place> {
        let mut at = place;
        while self.entry(at).unit.level > level {
            at = self.entry(at).parent?;
        }
        (self.entry(at).unit.level == level).then_some(at)
    }
}

/// A place as it is kept; the number of units is checked before any is placed.
fn place_of(index: usize) -> Place {
    u32::try_from(index).unwrap_or_else(|_| unreachable!("units are counted in 32 bits"))
}
