//! What covers the four sides of a tile: stretches with exact ends, so that neighbours can be held
//! against each other.

use std::cmp::Ordering;

use wangge_plane::Segment;

use super::tile::EXTENT;

/// The sides of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    West,
    North,
    East,
    South,
}

impl Side {
    pub(super) const ALL: [Self; 4] = [Self::West, Self::North, Self::East, Self::South];

    /// Where its line is.
    const fn at(self) -> i32 {
        match self {
            Self::West | Self::North => 0,
            Self::East | Self::South => EXTENT,
        }
    }

    pub(super) const fn is_upright(self) -> bool {
        matches!(self, Self::West | Self::East)
    }
}

/// A position along a side, tile units, as a fraction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    numerator: i64,
    /// Positive.
    denominator: i64,
}

impl Position {
    pub(super) const fn whole(at: i32) -> Self {
        Self {
            numerator: at as i64,
            denominator: 1,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a length to be told, not to be computed with"
    )]
    pub(super) fn told(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Position {}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
        product(self.numerator, other.denominator).cmp(&product(other.numerator, self.denominator))
    }
}

/// Who covers a side, from one position to the next, from 0 to the tile's extent.
///
/// `units[i]` holds from `ends[i - 1]` (0 for the first) to `ends[i]` (the extent for the last);
/// each list is in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Covering {
    pub(super) ends: Vec<Position>,
    pub(super) units: Vec<Vec<u32>>,
}

/// A side, looked at from just within the tile and from just beyond it.
#[derive(Debug, Clone, Default)]
pub(super) struct SideCover {
    pub(super) within: Covering,
    pub(super) beyond: Covering,
}

impl SideCover {
    /// Who covers a side. `covers` says whether a unit that winds so often covers.
    pub(super) fn of(
        edges: &[(Segment, u32)],
        side: Side,
        covers: impl Fn(u32, i32) -> bool + Copy,
    ) -> Self {
        let low = Covering::of(edges, side, false, covers);
        let high = Covering::of(edges, side, true, covers);
        match side {
            Side::West | Side::North => Self {
                within: high,
                beyond: low,
            },
            Side::East | Side::South => Self {
                within: low,
                beyond: high,
            },
        }
    }
}

impl Covering {
    /// Nobody.
    pub(super) fn none() -> Self {
        Self {
            ends: Vec::new(),
            units: vec![Vec::new()],
        }
    }

    /// Who covers the line, moved by less than anything to its greater or its lesser side.
    fn of(
        edges: &[(Segment, u32)],
        side: Side,
        greater: bool,
        covers: impl Fn(u32, i32) -> bool,
    ) -> Self {
        let line = side.at();
        // across the line, along the line
        let turned = |p: wangge_plane::Point| {
            if side.is_upright() {
                (p.x(), p.y())
            } else {
                (p.y(), p.x())
            }
        };
        let before = |across: i32| {
            if greater {
                across <= line
            } else {
                across < line
            }
        };
        let mut crossings: Vec<(Position, u32, i32)> = edges
            .iter()
            .filter_map(|&(edge, unit)| {
                let (a, b) = (turned(edge.start()), turned(edge.end()));
                if before(a.0) == before(b.0) {
                    return None;
                }
                let (from, to) = if a.0 < b.0 { (a, b) } else { (b, a) };
                let run = i64::from(to.0) - i64::from(from.0);
                let rise = i64::from(to.1) - i64::from(from.1);
                let way = i64::from(line) - i64::from(from.0);
                let position = Position {
                    numerator: i64::from(from.1) * run + way * rise,
                    denominator: run,
                };
                // an edge to the east has its ground to the south; turned, the other way round
                let sign = if (a.0 < b.0) == side.is_upright() {
                    1
                } else {
                    -1
                };
                Some((position, unit, sign))
            })
            .collect();
        crossings.sort_unstable_by_key(|&(position, unit, _)| (position, unit));
        let (start, end) = (Position::whole(0), Position::whole(EXTENT));
        let mut covering = Self::default();
        let mut windings: Vec<(u32, i32)> = Vec::new();
        let mut last = start;
        for (position, unit, sign) in crossings {
            if position > last {
                covering.push(&windings, last.max(start), position.min(end), &covers);
                last = position.max(start);
            }
            match windings.iter_mut().find(|(owner, _)| *owner == unit) {
                Some((_, winding)) => *winding += sign,
                None => windings.push((unit, sign)),
            }
        }
        covering.push(&windings, last.max(start), end, &covers);
        covering.ends.pop();
        covering
    }

    /// Adds a stretch that begins where the last one ended.
    fn push(
        &mut self,
        windings: &[(u32, i32)],
        from: Position,
        to: Position,
        covers: &impl Fn(u32, i32) -> bool,
    ) {
        if from >= to {
            return;
        }
        let mut units: Vec<u32> = windings
            .iter()
            .filter(|&&(unit, winding)| covers(unit, winding))
            .map(|&(unit, _)| unit)
            .collect();
        units.sort_unstable();
        if self.units.last() == Some(&units) {
            if let Some(end) = self.ends.last_mut() {
                *end = to;
            }
        } else {
            self.units.push(units);
            self.ends.push(to);
        }
    }

    /// Who covers the line just after a position.
    fn after(&self, position: Position) -> &[u32] {
        let place = self.ends.partition_point(|&end| end <= position);
        self.units.get(place).map_or(&[], Vec::as_slice)
    }
}

/// How long two neighbours disagree about the side between them, tile units: the lesser one (to
/// the west or north) and the greater. `same` says whether two lists name the same units.
///
/// Where a border runs along the side itself, each tile has its own unit to show; what a tile draws
/// beyond the side must then be the other's, if it draws anything there.
pub(super) fn disagreement(
    lesser: &SideCover,
    greater: &SideCover,
    same: impl Fn(&[u32], &[u32]) -> bool,
) -> f64 {
    let all = [
        &lesser.within,
        &lesser.beyond,
        &greater.within,
        &greater.beyond,
    ];
    let mut cuts: Vec<Position> = all
        .iter()
        .flat_map(|covering| &covering.ends)
        .copied()
        .collect();
    cuts.push(Position::whole(0));
    cuts.push(Position::whole(EXTENT));
    cuts.sort_unstable();
    cuts.dedup();
    let disagree = |from: Position| {
        let shown = (lesser.within.after(from), greater.within.after(from));
        if same(shown.0, shown.1) {
            return false;
        }
        let (beyond_lesser, beyond_greater) =
            (lesser.beyond.after(from), greater.beyond.after(from));
        let is_border = beyond_lesser != shown.0 || beyond_greater != shown.1;
        let fits = (beyond_lesser.is_empty() || same(beyond_lesser, shown.1))
            && (beyond_greater.is_empty() || same(shown.0, beyond_greater));
        !(is_border && fits)
    };
    cuts.windows(2)
        .filter(|stretch| disagree(stretch[0]))
        .map(|stretch| stretch[1].told() - stretch[0].told())
        .sum()
}
