//! Dividing the land: neighbouring lots gathered into parts that are connected, of a given share
//! each, and that prefer to end at rivers, railways and main roads.

use crate::GenerateError;
use crate::board::{Spot, real};

/// The lots, who lies beside whom, and what a border between them costs.
pub(crate) struct Neighbourhood {
    /// By lot: where its neighbours start; one more at the end.
    pub(crate) first: Vec<u32>,
    /// The neighbour and the cost of a border against it.
    pub(crate) beside: Vec<(u32, f64)>,
    pub(crate) spots: Vec<Spot>,
    /// What a part is measured by: a lot of usual size has about 1.
    pub(crate) loads: Vec<f64>,
    /// Land per load: large in the country.
    pub(crate) widths: Vec<f64>,
}

impl Neighbourhood {
    fn beside(&self, lot: u32) -> &[(u32, f64)] {
        let range = self.first[lot as usize] as usize..self.first[lot as usize + 1] as usize;
        &self.beside[range]
    }
}

/// One part that is wanted.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// What its lots are marked with.
    pub(crate) mark: u32,
    /// Its share, in any unit.
    pub(crate) share: f64,
    /// How many lots it needs at least, for the parts that it is divided into later.
    pub(crate) least: usize,
    /// Whether it should lie in the country.
    pub(crate) country: bool,
    /// Where it should lie.
    pub(crate) at: Option<Spot>,
}

/// Divides sets of lots. Holds what it needs for one set after the other.
pub(crate) struct Divider<'a> {
    around: &'a Neighbourhood,
    loads: &'a [f64],
    side: Vec<Side>,
    seen: Vec<u32>,
    round: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Elsewhere,
    One,
    Other,
}

impl Side {
    const fn opposite(self) -> Self {
        match self {
            Self::One => Self::Other,
            Self::Other => Self::One,
            Self::Elsewhere => Self::Elsewhere,
        }
    }
}

/// The lots of the one half, and of the other.
type Halves = (Vec<u32>, Vec<u32>);

/// How the two halves of a set stand.
struct Balance {
    lots: [usize; 2],
    load: [f64; 2],
    least: [usize; 2],
    target: f64,
    slack: f64,
}

impl Balance {
    const fn place(side: Side) -> usize {
        match side {
            Side::One => 0,
            _ => 1,
        }
    }

    fn moved(&mut self, from: Side, load: f64) {
        let (from, to) = (Self::place(from), Self::place(from.opposite()));
        self.lots[from] -= 1;
        self.lots[to] += 1;
        self.load[from] -= load;
        self.load[to] += load;
    }

    /// Whether the load of a lot on a side may cross over.
    fn allows(&self, from: Side, load: f64, gain: f64) -> bool {
        if self.lots[Self::place(from)] <= self.least[Self::place(from)] {
            return false;
        }
        let off = self.load[0] - self.target;
        let after = match from {
            Side::One => off - load,
            _ => off + load,
        };
        (gain > 0.0 && after.abs() <= self.slack)
            || (off.abs() > self.slack && after.abs() < off.abs())
    }

    fn sound(&self) -> bool {
        self.lots[0] >= self.least[0] && self.lots[1] >= self.least[1]
    }
}

impl<'a> Divider<'a> {
    pub(crate) fn new(around: &'a Neighbourhood, loads: &'a [f64]) -> Self {
        Self {
            around,
            loads,
            side: vec![Side::Elsewhere; loads.len()],
            seen: vec![0; loads.len()],
            round: 0,
        }
    }

    /// Marks the lots of a connected set with the parts that are wanted, each connected.
    pub(crate) fn divide(
        &mut self,
        lots: Vec<u32>,
        wanted: Vec<Wanted>,
        marks: &mut [u32],
    ) -> Result<(), GenerateError> {
        let mut open = vec![(lots, wanted)];
        while let Some((lots, mut wanted)) = open.pop() {
            if let [only] = wanted.as_slice() {
                for &lot in &lots {
                    marks[lot as usize] = only.mark;
                }
                continue;
            }
            let mut best: Option<(f64, Halves, Vec<Wanted>)> = None;
            for (turn, axis) in self.axes(&lots).into_iter().enumerate() {
                let mut order = lots.clone();
                let place = |lot: u32| self.around.spots[lot as usize].dot(axis);
                order.sort_by(|&a, &b| place(a).total_cmp(&place(b)).then(a.cmp(&b)));
                self.arrange(&mut wanted, axis, &order);
                // across the long axis the halves come out most compact
                let worth = if turn == 0 { 1.0 } else { 1.3 };
                if let Some((cost, halves)) = self.halve(&order, &wanted)
                    && best
                        .as_ref()
                        .is_none_or(|(least, ..)| cost * worth < *least)
                {
                    best = Some((cost * worth, halves, wanted.clone()));
                }
            }
            let Some((_, (one, other), mut wanted)) = best else {
                return Err(GenerateError::TooFewBlocks {
                    blocks: lots.len(),
                    units: wanted.iter().map(|part| part.least).sum(),
                });
            };
            let rest = wanted.split_off(wanted.len() / 2);
            open.push((other, rest));
            open.push((one, wanted));
        }
        Ok(())
    }

    /// The long axis of a set of lots, then others to try when it does not do.
    fn axes(&self, lots: &[u32]) -> [Spot; 4] {
        let n = real(lots.len().max(1));
        let spots = || lots.iter().map(|&lot| self.around.spots[lot as usize]);
        let mean = spots().fold(Spot::new(0.0, 0.0), |sum, spot| sum + spot) * (1.0 / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for spot in spots() {
            let way = spot - mean;
            xx += way.x * way.x;
            xy += way.x * way.y;
            yy += way.y * way.y;
        }
        // the eigenvector of the larger eigenvalue of the covariance
        let spread = ((xx - yy) * (xx - yy) / 4.0 + xy * xy).sqrt();
        let value = xx.midpoint(yy) + spread;
        let long = if xx >= yy {
            Spot::new(value - yy, xy)
        } else {
            Spot::new(xy, value - xx)
        };
        let long = if long.length() > 0.0 {
            long.direction()
        } else {
            Spot::new(1.0, 0.0)
        };
        [
            long,
            long.left(),
            (long + long.left()).direction(),
            (long - long.left()).direction(),
        ]
    }

    /// Puts the wanted parts into the order of the lots: by their places where they have some,
    /// otherwise so that those of the country come to where the lots are wide.
    fn arrange(&self, wanted: &mut [Wanted], axis: Spot, order: &[u32]) {
        if wanted.iter().all(|part| part.at.is_some()) {
            let place = |part: &Wanted| part.at.map_or(0.0, |at| at.dot(axis));
            wanted.sort_by(|a, b| place(a).total_cmp(&place(b)).then(a.mark.cmp(&b.mark)));
            return;
        }
        let width = |lots: &[u32]| {
            lots.iter()
                .map(|&lot| self.around.widths[lot as usize])
                .sum::<f64>()
                / real(lots.len().max(1))
        };
        let (front, back) = order.split_at(order.len() / 2);
        let country_first = width(front) > width(back);
        wanted.sort_by_key(|part| (part.country != country_first, part.mark));
    }

    /// Two connected halves of the lots for the two halves of the wanted parts, and what the
    /// border between them costs.
    fn halve(&mut self, order: &[u32], wanted: &[Wanted]) -> Option<(f64, Halves)> {
        let (first, rest) = wanted.split_at(wanted.len() / 2);
        let share = |parts: &[Wanted]| parts.iter().map(|part| part.share).sum::<f64>();
        let total: f64 = order.iter().map(|&lot| self.loads[lot as usize]).sum();
        let target = total * share(first) / share(wanted);
        let least = [first, rest].map(|parts| parts.iter().map(|part| part.least).sum::<usize>());
        if order.len() < least[0] + least[1] {
            return None;
        }
        let slack = 0.07 * target.min(total - target) + 0.35;
        let cut = self.cheapest_cut(order, target, slack);
        let cut = cut.clamp(least[0], order.len() - least[1]);
        for (place, &lot) in order.iter().enumerate() {
            self.side[lot as usize] = if place < cut { Side::One } else { Side::Other };
        }
        self.connect(order, Side::One);
        self.connect(order, Side::Other);
        let mut balance = self.balance(order, least, target);
        balance.slack = slack;
        for _ in 0..6 {
            if self.improve(order, &mut balance) == 0 {
                break;
            }
        }
        let cost = order
            .iter()
            .filter(|&&lot| self.side[lot as usize] == Side::One)
            .flat_map(|&lot| self.around.beside(lot))
            .filter(|&&(other, _)| self.side[other as usize] == Side::Other)
            .map(|&(_, cost)| cost)
            .sum();
        let halves = order
            .iter()
            .partition(|&&lot| self.side[lot as usize] == Side::One);
        for &lot in order {
            self.side[lot as usize] = Side::Elsewhere;
        }
        balance.sound().then_some((cost, halves))
    }

    /// How many of the lots in their order make up the target, give or take the slack, with the
    /// cheapest border behind them.
    fn cheapest_cut(&mut self, order: &[u32], target: f64, slack: f64) -> usize {
        for &lot in order {
            self.side[lot as usize] = Side::Other;
        }
        let (mut load, mut cost) = (0.0, 0.0);
        let mut best: Option<(f64, usize)> = None;
        let mut nearest = (f64::MAX, 0);
        for (passed, &lot) in order.iter().enumerate() {
            for &(other, price) in self.around.beside(lot) {
                match self.side[other as usize] {
                    Side::One => cost -= price,
                    Side::Other => cost += price,
                    Side::Elsewhere => {}
                }
            }
            self.side[lot as usize] = Side::One;
            load += self.loads[lot as usize];
            let off = (load - target).abs();
            if off < nearest.0 {
                nearest = (off, passed + 1);
            }
            if off <= slack && best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, passed + 1));
            }
        }
        best.map_or(nearest.1, |(_, cut)| cut)
    }

    fn balance(&self, lots: &[u32], least: [usize; 2], target: f64) -> Balance {
        let mut balance = Balance {
            lots: [0; 2],
            load: [0.0; 2],
            least,
            target,
            slack: 0.0,
        };
        for &lot in lots {
            let place = Balance::place(self.side[lot as usize]);
            balance.lots[place] += 1;
            balance.load[place] += self.loads[lot as usize];
        }
        balance
    }

    /// Leaves one side its largest connected piece; the others go to the opposite side.
    fn connect(&mut self, lots: &[u32], side: Side) {
        self.round += 1;
        let mut pieces: Vec<Vec<u32>> = Vec::new();
        for &start in lots {
            if self.side[start as usize] != side || self.seen[start as usize] == self.round {
                continue;
            }
            self.seen[start as usize] = self.round;
            let mut piece = vec![start];
            let mut next = 0;
            while next < piece.len() {
                for &(lot, _) in self.around.beside(piece[next]) {
                    if self.side[lot as usize] == side && self.seen[lot as usize] != self.round {
                        self.seen[lot as usize] = self.round;
                        piece.push(lot);
                    }
                }
                next += 1;
            }
            pieces.push(piece);
        }
        let load = |piece: &[u32]| piece.iter().map(|&l| self.loads[l as usize]).sum::<f64>();
        pieces.sort_by(|a, b| load(b).total_cmp(&load(a)));
        for &lot in pieces.iter().skip(1).flatten() {
            self.side[lot as usize] = side.opposite();
        }
    }

    /// Moves single lots over the border where that makes it cheaper or the loads fairer.
    fn improve(&mut self, lots: &[u32], balance: &mut Balance) -> usize {
        let mut moves: Vec<(f64, u32)> = lots
            .iter()
            .filter_map(|&lot| Some((self.gain(lot)?, lot)))
            .collect();
        moves.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut done = 0;
        for (_, lot) in moves {
            let side = self.side[lot as usize];
            let load = self.loads[lot as usize];
            let Some(gain) = self.gain(lot) else { continue };
            if balance.allows(side, load, gain) && self.can_leave(lot, side) {
                self.side[lot as usize] = side.opposite();
                balance.moved(side, load);
                done += 1;
            }
        }
        done
    }

    /// How much cheaper the border gets when a lot changes sides; `None` away from the border.
    fn gain(&self, lot: u32) -> Option<f64> {
        let side = self.side[lot as usize];
        let (mut gain, mut at_border) = (0.0, false);
        for &(other, cost) in self.around.beside(lot) {
            let its = self.side[other as usize];
            if its == side {
                gain -= cost;
            } else if its == side.opposite() {
                gain += cost;
                at_border = true;
            }
        }
        at_border.then_some(gain)
    }

    /// Whether the neighbours of a lot on its side stay connected without it, by ways that are
    /// not long.
    fn can_leave(&mut self, lot: u32, side: Side) -> bool {
        const FAR: usize = 60;
        let around = self.around;
        let mates = || {
            around
                .beside(lot)
                .iter()
                .map(|&(other, _)| other)
                .filter(|&other| self.side[other as usize] == side)
        };
        let Some(start) = mates().next() else {
            return false;
        };
        self.round += 1;
        self.seen[lot as usize] = self.round;
        self.seen[start as usize] = self.round;
        let mut reached = vec![start];
        let mut next = 0;
        while next < reached.len() && reached.len() < FAR {
            for &(other, _) in around.beside(reached[next]) {
                if self.side[other as usize] == side && self.seen[other as usize] != self.round {
                    self.seen[other as usize] = self.round;
                    reached.push(other);
                }
            }
            next += 1;
        }
        around
            .beside(lot)
            .iter()
            .filter(|&&(other, _)| self.side[other as usize] == side)
            .all(|&(other, _)| self.seen[other as usize] == self.round)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::board::index;

    /// Lots in rows and columns; the border along one column, a river, is cheap.
    fn field(columns: u32, rows: u32, river: u32) -> Neighbourhood {
        let mut around = Neighbourhood {
            first: vec![0],
            beside: Vec::new(),
            spots: Vec::new(),
            loads: Vec::new(),
            widths: Vec::new(),
        };
        for row in 0..rows {
            for column in 0..columns {
                let lot = row * columns + column;
                let mut beside = |other: u32, cheap: bool| {
                    around.beside.push((other, if cheap { 0.1 } else { 1.0 }));
                };
                if column > 0 {
                    beside(lot - 1, column == river);
                }
                if column + 1 < columns {
                    beside(lot + 1, column + 1 == river);
                }
                if row > 0 {
                    beside(lot - columns, false);
                }
                if row + 1 < rows {
                    beside(lot + columns, false);
                }
                around.first.push(index(around.beside.len()));
                around
                    .spots
                    .push(Spot::new(f64::from(column), f64::from(row)));
                around.loads.push(1.0);
                around.widths.push(f64::from(column));
            }
        }
        around
    }

    fn wanted(parts: u32) -> Vec<Wanted> {
        (0..parts)
            .map(|mark| Wanted {
                mark,
                share: 1.0,
                least: 1,
                country: mark == 0,
                at: None,
            })
            .collect()
    }

    fn divided(around: &Neighbourhood, parts: u32) -> Vec<u32> {
        let mut marks = vec![u32::MAX; around.loads.len()];
        Divider::new(around, &around.loads)
            .divide((0..index(marks.len())).collect(), wanted(parts), &mut marks)
            .unwrap();
        marks
    }

    #[rstest]
    fn parts_are_connected_and_of_about_the_same_size(
        #[values((12, 9), (30, 4), (1, 40))] (columns, rows): (u32, u32),
        #[values(1, 2, 3, 7, 20)] parts: u32,
    ) {
        let around = field(columns, rows, 5);
        let marks = divided(&around, parts);
        for part in 0..parts {
            let lots: Vec<u32> = (0..index(marks.len()))
                .filter(|&lot| marks[lot as usize] == part)
                .collect();
            let fair = f64::from(columns * rows) / f64::from(parts);
            let share = f64::from(index(lots.len())) / fair;
            assert!(
                (0.5..1.6).contains(&share),
                "part {part} has {share} of its share"
            );
            let mut reached = vec![lots[0]];
            let mut next = 0;
            while next < reached.len() {
                for &(other, _) in around.beside(reached[next]) {
                    if marks[other as usize] == part && !reached.contains(&other) {
                        reached.push(other);
                    }
                }
                next += 1;
            }
            assert_eq!(reached.len(), lots.len(), "part {part} is not connected");
        }
    }

    #[test]
    fn halves_meet_at_a_river_that_is_near_the_middle() {
        let around = field(30, 10, 16);
        let marks = divided(&around, 2);
        let west = marks[0];
        for (lot, mark) in (0..).zip(marks) {
            assert_eq!(mark == west, lot % 30 < 16, "lot {lot}");
        }
    }

    #[test]
    fn a_part_of_the_country_lies_where_lots_are_wide() {
        let marks = divided(&field(20, 5, 0), 2);
        assert_eq!((marks[0], marks[19]), (1, 0));
    }

    #[test]
    fn fewer_lots_than_parts_is_an_error_that_counts_them() {
        let around = field(2, 2, 0);
        let error = Divider::new(&around, &around.loads)
            .divide(vec![0, 1, 2, 3], wanted(5), &mut [0; 4])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the land has only 4 blocks where 5 units need one each: try another seed"
        );
    }
}
