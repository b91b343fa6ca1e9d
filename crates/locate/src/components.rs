//! City components (部件) by where they are: those near a place, nearest first, and those in a box.

use wangge_plane::{Extent, Figure, Point};

use crate::figures::{FigureRef, Figures};
use crate::groups::{Buckets, Groups};
use crate::packed::{Box4, Entry, Node, Packed, sort};
use crate::shortlist::{Search, Shortlist};

/// A component as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedComponent {
    /// Where it is.
    pub figure: Figure,
    /// The number that a search tells it by, such as that of its class.
    pub group: u16,
}

/// What is asked for around a place.
#[derive(Debug, Clone, Copy)]
pub struct Nearby<'a> {
    /// No further than so many metres, this distance included.
    pub radius_m: f64,
    /// No more than so many.
    pub limit: usize,
    /// Of these groups only.
    pub groups: &'a Groups,
}

/// A component near a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComponentNear {
    /// Number of the component, as it came.
    pub component: u32,
    /// Metres to its nearest place along the geodesic, zero in an area.
    pub distance_m: f64,
}

/// An index over components that are points, lines and areas.
///
/// Points lie in the order of a tree whose nodes are all full, 8 bytes each, with 6 more for number and
/// group and 1.6 for the tree: 16 bytes per component. A line or an area takes 32 bytes, 8 more for each vertex
/// and 24 for each run of sixteen edges.
///
/// ```
/// use wangge_locate::{ComponentIndex, Groups, IndexedComponent, Nearby, Shortlist};
/// use wangge_plane::{Figure, Point};
/// let (lamps, lids) = (0, 1);
/// let spot = |lon: f64, group: u16| -> Result<IndexedComponent, wangge_plane::PlaneError> {
///     let figure = Figure::Point(Point::from_degrees(lon, 40.705)?);
///     Ok(IndexedComponent { figure, group })
/// };
/// let all = [spot(120.8051, lamps)?, spot(120.8052, lids)?, spot(120.8060, lamps)?];
/// let index = ComponentIndex::build(all);
/// let mut shortlist = Shortlist::default();
/// let two_lamps = Nearby { radius_m: 500.0, limit: 2, groups: &Groups::of([lamps..=lamps]) };
/// let found = index.near(Point::from_degrees(120.805, 40.705)?, two_lamps, &mut shortlist);
/// assert_eq!(found.iter().map(|near| near.component).collect::<Vec<_>>(), [0, 2]);
/// assert!((found[0].distance_m - 8.45).abs() < 0.01);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
#[derive(Debug)]
pub struct ComponentIndex {
    pub(crate) spots: Spots,
    pub(crate) figures: FigureTree,
    buckets: Buckets,
}

/// The points, in the order of their tree.
#[derive(Debug, Default)]
pub(crate) struct Spots {
    pub(crate) order: Order,
    pub(crate) places: Vec<Point>,
}

/// The lines and areas, in the order of their tree.
#[derive(Debug, Default)]
pub(crate) struct FigureTree {
    pub(crate) order: Order,
    pub(crate) boxes: Vec<Box4>,
    figures: Figures,
}

/// Entries in the order of a tree: which components they are, and of which group.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) tree: Packed,
    pub(crate) numbers: Vec<u32>,
    pub(crate) groups: Vec<u16>,
}

impl ComponentIndex {
    /// An index over these components, numbered as they come; on all cores.
    ///
    /// Group numbers are best given without holes: a node of the tree knows 64 ranges of them apart.
    pub fn build(components: impl IntoIterator<Item = IndexedComponent>) -> Self {
        let mut points = Vec::new();
        let mut boxes = Vec::new();
        let mut figures = Vec::new();
        for (component, number) in components.into_iter().zip(0..) {
            let entry = Entry {
                around: Box4::of(component.figure.extent()),
                number,
                group: component.group,
            };
            if let Figure::Point(_) = component.figure {
                points.push(entry);
            } else {
                boxes.push(entry);
                figures.push((number, component.figure));
            }
        }
        let last = points.iter().chain(&boxes).map(|entry| entry.group).max();
        let buckets = Buckets::up_to(last.unwrap_or(0));
        Self {
            spots: Spots::of(points, buckets),
            figures: FigureTree::of(boxes, &figures, buckets),
            buckets,
        }
    }

    /// The components asked for around a place, nearest first and by number where distances are equal. What
    /// is found stays in the shortlist, whose memory serves the next search: nothing else is allocated.
    ///
    /// Distances are geodesics, by the shorter way around the earth. Of points the components and their order are
    /// exactly those that [`wangge_plane::ellipsoid::geodesic_m`] to every component would give, and distances
    /// are within a tenth of a micrometre of it. To a line
    /// or an area the distance is that to the nearest place on its edges, which are straight in longitude and
    /// latitude, to less than a millimetre; in an area and on its border it is exactly zero.
    pub fn near<'s>(
        &self,
        place: Point,
        nearby: Nearby<'_>,
        shortlist: &'s mut Shortlist,
    ) -> &'s [ComponentNear] {
        Search::new(self, place, nearby, shortlist).run();
        shortlist.found()
    }

    /// The numbers of all components of these groups that share a point with the closed box, in ascending
    /// order, in the place of what `found` held. Exact.
    pub fn in_box(&self, extent: Extent, groups: &Groups, found: &mut Vec<u32>) {
        found.clear();
        let within = Box4::of(extent);
        let passes = self.passing(groups);
        self.spots.order.in_box(&within, passes, found, |at| {
            extent.contains(self.spots.places[at])
        });
        self.figures.order.in_box(&within, passes, found, |at| {
            let around = &self.figures.boxes[at];
            within.holds(around) || (within.meets(around) && self.figures.get(at).meets(extent))
        });
        found.sort_unstable();
    }

    /// How many components there are.
    pub fn len(&self) -> usize {
        self.spots.places.len() + self.figures.boxes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the index holds.
    pub fn memory_bytes(&self) -> usize {
        self.spots.order.memory_bytes()
            + self.spots.places.capacity() * size_of::<Point>()
            + self.figures.order.memory_bytes()
            + self.figures.boxes.capacity() * size_of::<Box4>()
            + self.figures.figures.memory_bytes()
    }

    /// The groups that pass, ready for the trees.
    pub(crate) fn passing<'a>(&self, groups: &'a Groups) -> Passing<'a> {
        Passing {
            groups: (!groups.contains_all(self.buckets.last())).then_some(groups),
            buckets: groups.buckets(self.buckets),
        }
    }
}

/// The groups that a search lets pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passing<'a> {
    /// `None` for all.
    groups: Option<&'a Groups>,
    buckets: u64,
}

impl Passing<'_> {
    /// Whether a group passes; it is looked up only where that matters.
    #[inline]
    pub(crate) fn entry(self, order: &Order, at: usize) -> bool {
        self.groups
            .is_none_or(|groups| groups.contains(order.groups[at]))
    }

    /// Whether something below a node may pass.
    #[inline]
    pub(crate) fn node(self, tree: &Packed, node: Node) -> bool {
        self.groups.is_none() || tree.buckets(node) & self.buckets != 0
    }
}

impl Spots {
    fn of(mut entries: Vec<Entry>, buckets: Buckets) -> Self {
        sort(&mut entries);
        let mut places = Vec::with_capacity(entries.len());
        for Entry { around, .. } in &entries {
            places.extend(Point::new(around.west, around.south));
        }
        Self {
            places,
            order: Order::of(&entries, buckets),
        }
    }
}

impl FigureTree {
    /// `given` holds the lines and areas by ascending number.
    fn of(mut entries: Vec<Entry>, given: &[(u32, Figure)], buckets: Buckets) -> Self {
        sort(&mut entries);
        let mut figures = Figures::default();
        for entry in &entries {
            if let Ok(at) = given.binary_search_by_key(&entry.number, |&(number, _)| number) {
                figures.push(&given[at].1);
            }
        }
        figures.shrink();
        Self {
            boxes: entries.iter().map(|entry| entry.around).collect(),
            order: Order::of(&entries, buckets),
            figures,
        }
    }

    pub(crate) fn get(&self, at: usize) -> FigureRef<'_> {
        self.figures.get(at)
    }
}

impl Order {
    fn of(sorted: &[Entry], buckets: Buckets) -> Self {
        Self {
            tree: Packed::over(sorted, |group| buckets.of(group)),
            numbers: sorted.iter().map(|entry| entry.number).collect(),
            groups: sorted.iter().map(|entry| entry.group).collect(),
        }
    }

    /// Adds the numbers of the entries that pass and meet a box: all below a node inside it, those
    /// elsewhere that are looked at one by one.
    fn in_box(
        &self,
        within: &Box4,
        passes: Passing<'_>,
        found: &mut Vec<u32>,
        meets: impl Fn(usize) -> bool,
    ) {
        // a depth of eight holds 2^32 entries
        let mut open = [Node::default(); 8 * crate::packed::FAN];
        let mut count = 0;
        let mut open_next = self.tree.root();
        while let Some(node) = open_next {
            let around = self.tree.around(node);
            if around.meets(within) && passes.node(&self.tree, node) {
                if node.level == 0 || within.holds(around) {
                    let all = within.holds(around);
                    let entries = self.tree.entries(node);
                    let met = entries.filter(|&at| passes.entry(self, at) && (all || meets(at)));
                    found.extend(met.map(|at| self.numbers[at]));
                } else {
                    let (boxes, first) = self.tree.below(node);
                    for at in first..first + boxes.len() {
                        open[count] = Node {
                            level: node.level - 1,
                            at,
                        };
                        count += 1;
                    }
                }
            }
            open_next = count.checked_sub(1).map(|top| {
                count = top;
                open[top]
            });
        }
    }

    fn memory_bytes(&self) -> usize {
        self.tree.memory_bytes()
            + self.numbers.capacity() * size_of::<u32>()
            + self.groups.capacity() * size_of::<u16>()
    }
}
