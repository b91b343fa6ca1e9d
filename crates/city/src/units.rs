//! The units of all levels of one snapshot: who is above whom, and on what ground.

use std::collections::HashMap;
use std::ops::Range;

use rustc_hash::FxHashMap;
use wangge_coverage::{Coverage, Owner};
use wangge_model::{Code, Grid, LevelIndex, Scheme, Unit};
use wangge_plane::{Extent, Shape};

use crate::answer::UnitRef;
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
    /// The ground; `None` for an upper unit without a grid.
    pub(crate) shape: Option<Shape>,
    pub(crate) extent: Option<Extent>,
    pub(crate) area_m2: f64,
}

impl Entry {
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

/// The units of all levels, top to bottom, by code within each level.
///
/// Invariant: units of the lowest level stand in the order of the coverage's owners.
#[derive(Debug)]
pub(crate) struct Units {
    entries: Vec<Entry>,
    levels: Vec<Range<usize>>,
    by_code: FxHashMap<Code, Place>,
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
            shapes.push(Some(grid.shape));
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

        let mut all = Self {
            entries: Vec::new(),
            levels: Vec::new(),
            by_code: FxHashMap::default(),
            chain_json: Vec::new(),
            above: Vec::new(),
        };
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

    fn add_level(
        &mut self,
        row: Vec<(Unit, Option<Code>)>,
        ids: &HashMap<Code, u64>,
    ) -> Result<(), CityError> {
        let start = self.entries.len();
        for (unit, parent) in row {
            let place = place_of(self.entries.len());
            let parent = parent.and_then(|code| self.by_code.get(&code).copied());
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
                shape: None,
                extent: None,
                area_m2: 0.0,
            });
            if self.by_code.insert(code.clone(), place).is_some() {
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
    fn ground(&mut self, shapes: Vec<Option<Shape>>, coverage: &Coverage, lowest: usize) {
        let grids = self.levels[lowest].clone();
        let mut areas: Vec<f64> = vec![0.0; self.entries.len()];
        for (place, shape) in grids.clone().zip(shapes) {
            self.entries[place].shape = shape;
            areas[place] = coverage.area_m2(owner_of(place - grids.start));
        }
        for level in 0..lowest {
            let range = self.levels[level].clone();
            let group_of: Vec<u32> = (0..grids.len())
                .map(|grid| place_of(self.above[grid * lowest + level] as usize - range.start))
                .collect();
            let dissolved = coverage.dissolve(&group_of, range.len());
            for (place, shape) in range.clone().zip(dissolved) {
                areas[place] = shape.as_ref().map_or(0.0, Shape::area_m2);
                self.entries[place].shape = shape;
            }
        }
        for (entry, area_m2) in self.entries.iter_mut().zip(areas) {
            entry.area_m2 = area_m2;
            entry.extent = entry.shape.as_ref().map(Shape::extent);
        }
    }

    /// The box around everything.
    pub(crate) fn extent(&self) -> Option<Extent> {
        let top = self.levels.first()?.clone();
        self.entries[top]
            .iter()
            .filter_map(|entry| entry.extent)
            .reduce(Extent::union)
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

    pub(crate) fn by_code(&self, code: &str) -> Option<Place> {
        self.by_code.get(code).copied()
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

fn owner_of(index: usize) -> Owner {
    Owner(place_of(index))
}
