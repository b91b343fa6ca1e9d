//! The track of one device: from positions to the grids that it was in, from when to when.
//!
//! 1. *Order.* Positions are put in the order of time. One that is told twice counts once.
//! 2. *Rejected.* Positions known worse than [`TrackRules::most_accuracy_m`] are left out. Of the others the most
//!    are kept that nobody had to be faster for than [`TrackRules::most_speed_m_s`] from one to the next; see `track/order.rs`.
//!    What is not kept is listed.
//! 3. *Ways.* From each position to the next the way is straight, at an even pace, and cut exactly where it goes
//!    from one grid into another ([`FaceIndex::walk`]). Across more time than [`TrackRules::most_gap_us`] nothing is said.
//! 4. *Borders.* A device at a border seems to flicker between grids. A stay counts only when it went deeper into its
//!    grid than [`TrackRules::hysteresis_m`] and the accuracy of its positions, or when it is longer than
//!    [`TrackRules::least_stay_us`]. Others are given to the stays around them: to the one before up
//!    to the moment when its grid was last left, then to the one behind.
//!
//! No time and no way is lost or counted twice: between two gaps visits follow one another without a break.

mod order;
mod stays;

use wangge_coverage::Owner;
use wangge_plane::Point;

use crate::FaceIndex;

/// A position of a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// When, microseconds of any clock.
    pub time_us: i64,
    /// Where.
    pub point: Point,
    /// Metres that 68 of 100 such positions are within; `None` where it is not known.
    pub accuracy_m: Option<f32>,
    /// Any number that the caller knows it by.
    pub number: u32,
}

/// What a track is taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackRules {
    /// A stay counts when it went this deep into its grid, metres.
    pub hysteresis_m: f64,
    /// Or when it took at least this long, microseconds.
    pub least_stay_us: i64,
    /// Positions known worse than this are rejected, metres.
    pub most_accuracy_m: f64,
    /// Nobody is faster, metres per second.
    pub most_speed_m_s: f64,
    /// Across more time than this nothing is known, microseconds.
    pub most_gap_us: i64,
}

/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;

impl Default for TrackRules {
    /// 10 m, or 3 minutes; 100 m; 50 m/s (180 km/h); 10 minutes.
    fn default() -> Self {
        Self {
            hysteresis_m: 10.0,
            least_stay_us: 180 * SECOND_US,
            most_accuracy_m: 100.0,
            most_speed_m_s: 50.0,
            most_gap_us: 600 * SECOND_US,
        }
    }
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitEnd {
    /// The device went on into another grid, or out of all.
    Crossed,
    /// Then nothing was heard of it for a while.
    Gap,
    /// The track ends.
    TrackEnd,
}

impl VisitEnd {
    /// Its word in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crossed => "crossed",
            Self::Gap => "gap",
            Self::TrackEnd => "track-end",
        }
    }
}

/// A stay in one grid, or outside of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// The grid; `None` outside.
    pub owner: Option<Owner>,
    /// When it begins, to the nearest microsecond.
    pub entered_us: i64,
    /// When it ends; with [`VisitEnd::Crossed`] the next begins then.
    pub left_us: i64,
    /// Metres that were gone.
    pub distance_m: f64,
    /// Positions; 0 where the device went through between two.
    pub fixes: u32,
    /// How it ended.
    pub end: VisitEnd,
}

/// Why a position was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// It is known worse than allowed.
    Inaccurate,
    /// Nobody gets there and on so fast.
    ImpossibleSpeed,
    /// The device is said to be elsewhere at the same moment.
    SameTime,
}

impl Rejection {
    /// Its word in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inaccurate => "inaccurate",
            Self::ImpossibleSpeed => "impossible-speed",
            Self::SameTime => "same-time",
        }
    }
}

/// A position that was not used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RejectedFix {
    /// The position.
    pub fix: Fix,
    /// Why.
    pub why: Rejection,
}

/// A straight way between two positions that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// From where.
    pub from: Point,
    /// To where; the same place if the device stood.
    pub to: Point,
}

/// What the positions of one device come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// In the order of time.
    pub visits: Vec<Visit>,
    /// Positions that were not used, in the order of time.
    pub rejected: Vec<RejectedFix>,
    /// Positions that were told more than once.
    pub repeated: u32,
    /// The ways, in the order of time; none across a gap.
    pub legs: Vec<Leg>,
}

impl FaceIndex {
    /// Follows one device. The positions may be in any order; they are left in the order of time.
    ///
    /// ```
    /// # use wangge_coverage::{BorderEdge, Coverage, Member};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
    /// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
    /// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
    /// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    /// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// # }
    /// # let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
    /// # let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// # let coverage = Coverage::build(&members).expect("seamless");
    /// # let edges: Vec<BorderEdge> = coverage.edges().collect();
    /// use wangge_locate::{Fix, TrackRules};
    /// // blocks of a tenth of a degree, whose border is at 0.1 degrees
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// let fix = |second: i64, x: i32| -> Result<Fix, PlaneError> {
    ///     let (point, time_us) = (Point::new(x, 500_000)?, second * 1_000_000);
    ///     Ok(Fix { time_us, point, accuracy_m: None, number: 0 })
    /// };
    /// // eastward over 1,000 units, 11 m, each second; the second position comes last
    /// let mut fixes = [fix(0, 998_000)?, fix(4, 1_002_000)?, fix(1, 999_000)?];
    /// let track = index.follow(&mut fixes, &TrackRules::default());
    /// assert_eq!(track.visits.len(), 2);
    /// assert_eq!(track.visits[0].left_us, 2_000_000, "the border is crossed half way");
    /// assert_eq!(track.visits[1].owner.map(|owner| owner.0), Some(1));
    /// # Ok::<(), PlaneError>(())
    /// ```
    pub fn follow(&self, fixes: &mut [Fix], rules: &TrackRules) -> Track {
        self.follow_within(fixes, rules, usize::MAX)
            .unwrap_or_else(|| unreachable!("no track goes into so many grids"))
    }

    /// The same in bounded memory: `None` for a track that goes more often than this from one grid into
    /// another. Long ways over many grids come to far more than their positions.
    pub fn follow_within(
        &self,
        fixes: &mut [Fix],
        rules: &TrackRules,
        most_stays: usize,
    ) -> Option<Track> {
        let mut room = most_stays;
        let ordered = order::ordered(fixes, rules);
        let mut track = Track {
            rejected: ordered.rejected,
            repeated: ordered.repeated,
            ..Track::default()
        };
        let is_near =
            |pair: &[Fix]| pair[1].time_us.saturating_sub(pair[0].time_us) <= rules.most_gap_us;
        let mut rest = ordered.kept.as_slice();
        while !rest.is_empty() {
            let length = 1 + rest.windows(2).take_while(|pair| is_near(pair)).count();
            let (heard, later) = rest.split_at(length);
            let end = if later.is_empty() {
                VisitEnd::TrackEnd
            } else {
                VisitEnd::Gap
            };
            let visits = stays::visits(self, heard, rules, end, &mut room)?;
            track.visits.extend(visits);
            track.legs.extend(heard.windows(2).map(|pair| Leg {
                from: pair[0].point,
                to: pair[1].point,
            }));
            // one position alone is a way too
            if heard.len() == 1 {
                track.legs.push(Leg {
                    from: heard[0].point,
                    to: heard[0].point,
                });
            }
            rest = later;
        }
        Some(track)
    }
}
