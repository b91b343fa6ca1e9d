//! The city components (部件) of a snapshot: where each is, whose ground that is, and what is near.

mod query;
mod record;
mod shares;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rayon::prelude::*;
use wangge_coverage::{Coverage, Owner};
use wangge_locate::{ComponentIndex, Groups, IndexedComponent};
use wangge_model::{Code, Component, Device};
use wangge_plane::{Figure, Point};

pub use query::{Around, ComponentCursor, ComponentPage, ComponentQuery, NearestComponents};
pub use record::{ComponentDetail, ComponentFeature, ComponentRef, GridShare, NearbyComponent};
pub(crate) use shares::{BorderTree, Share};

/// The grid of a component's middle, and its parts where it is divided.
type Located = (Option<Owner>, Option<Box<[Share]>>);

/// A component's place in [`Components`].
pub(crate) type Number = u32;

/// The components of one snapshot, by code.
#[derive(Debug)]
pub(crate) struct Components {
    all: Vec<Component>,
    /// The grid of each one's middle.
    owners: Vec<Option<Owner>>,
    /// Of those that lie in several grids, or partly outside.
    divided: BTreeMap<Number, Box<[Share]>>,
    /// The classes that there are components of, by code: what groups of the index are.
    classes: Vec<Code>,
    index: ComponentIndex,
    /// The components that lie in each grid, also in part, by number.
    of_grid: Vec<Vec<Number>>,
    /// Places in the list of devices, by the component that they sit in.
    devices: BTreeMap<Number, Vec<usize>>,
}

impl Components {
    /// Finds out where each component lies. `grid_at` says which grid holds a point.
    pub(crate) fn compile(
        mut all: Vec<Component>,
        coverage: &Coverage,
        devices: &[Device],
        grid_at: impl Fn(Point) -> Option<Owner> + Sync,
    ) -> Self {
        all.sort_by(|a, b| a.code.cmp(&b.code));
        let drawn = all
            .iter()
            .any(|component| !matches!(component.figure, Figure::Point(_)));
        let borders = drawn.then(|| BorderTree::of(coverage));
        let located: Vec<Located> = all
            .par_iter()
            .map(|component| {
                let owner = grid_at(component.figure.middle());
                let tree = borders
                    .as_ref()
                    .filter(|_| !matches!(component.figure, Figure::Point(_)));
                let shares = tree.map(|tree| tree.shares(&component.figure, &grid_at));
                // all of it on the ground of its middle is the common case
                let divided = shares.filter(|shares| {
                    shares.len() > 1 || shares.iter().any(|share| share.owner != owner)
                });
                (owner, divided.map(Vec::into_boxed_slice))
            })
            .collect();
        let mut owners = Vec::with_capacity(all.len());
        let mut divided = BTreeMap::new();
        let mut of_grid = vec![Vec::new(); coverage.owners()];
        for (number, (owner, shares)) in (0..).zip(located) {
            // a middle outside all grids has nobody: the largest part in a grid decides then
            let owner = owner.or_else(|| shares.iter().flatten().find_map(|share| share.owner));
            let mut lie_in = |owner: Option<Owner>| {
                if let Some(owner) = owner {
                    of_grid[owner.0 as usize].push(number);
                }
            };
            match shares {
                None => lie_in(owner),
                Some(shares) => {
                    shares.iter().for_each(|share| lie_in(share.owner));
                    divided.insert(number, shares);
                }
            }
            owners.push(owner);
        }
        let mut classes: Vec<Code> = all
            .iter()
            .map(|component| component.class.clone())
            .collect();
        classes.sort_unstable();
        classes.dedup();
        // 65,535 classes are more than codes of four or five digits can number
        let group = |class: &Code| {
            let place = classes.binary_search(class).unwrap_or_default();
            u16::try_from(place).unwrap_or(u16::MAX)
        };
        let index = ComponentIndex::build(all.iter().map(|component| IndexedComponent {
            figure: component.figure.clone(),
            group: group(&component.class),
        }));
        let mut compiled = Self {
            all,
            owners,
            divided,
            classes,
            index,
            of_grid,
            devices: BTreeMap::new(),
        };
        for (place, device) in devices.iter().enumerate() {
            let component = device.component.as_ref();
            if let Some(number) = component.and_then(|code| compiled.by_code(code.as_str())) {
                compiled.devices.entry(number).or_default().push(place);
            }
        }
        compiled
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, number: Number) -> &Component {
        &self.all[number as usize]
    }

    pub(crate) fn all(&self) -> &[Component] {
        &self.all
    }

    pub(crate) fn by_code(&self, code: &str) -> Option<Number> {
        let found = self
            .all
            .binary_search_by(|component| component.code.as_str().cmp(code));
        found.ok().and_then(|place| u32::try_from(place).ok())
    }

    /// The grid of its middle.
    pub(crate) fn owner(&self, number: Number) -> Option<Owner> {
        self.owners[number as usize]
    }

    /// The parts of it in each grid and outside, the largest first.
    pub(crate) fn shares(&self, number: Number) -> Vec<Share> {
        match self.divided.get(&number) {
            Some(shares) => shares.to_vec(),
            None => vec![Share {
                owner: self.owner(number),
                share: 1.0,
            }],
        }
    }

    /// The components that lie in a grid, also in part.
    pub(crate) fn of_grid(&self, owner: Owner) -> &[Number] {
        &self.of_grid[owner.0 as usize]
    }

    pub(crate) fn devices(&self, number: Number) -> &[usize] {
        self.devices.get(&number).map_or(&[], Vec::as_slice)
    }

    pub(crate) const fn index(&self) -> &ComponentIndex {
        &self.index
    }

    /// The groups of the classes that begin so; all without a prefix.
    pub(crate) fn groups(&self, prefix: Option<&str>) -> Groups {
        let Some(prefix) = prefix else {
            return Groups::all();
        };
        let from = self
            .classes
            .partition_point(|class| class.as_str() < prefix);
        let more = self.classes[from..]
            .iter()
            .take_while(|class| class.as_str().starts_with(prefix))
            .count();
        let place = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        // an empty range where no class begins so
        let range = if more == 0 {
            RangeInclusive::new(1, 0)
        } else {
            place(from)..=place(from + more - 1)
        };
        Groups::of([range])
    }
}
