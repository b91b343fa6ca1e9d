//! Tracks to visits the slow way: with `geo`, by looking at every grid, and in floating-point numbers. It shares
//! nothing with the program but the rules that docs/tracks.md states.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Contains, Coord, Line, LinesIter, MultiPolygon, Point};

/// A position: seconds, degrees, and whether it is used at all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Position {
    pub(crate) second: f64,
    pub(crate) place: Coord,
}

/// (grid, entered, left) in seconds.
pub(crate) type Visit = (Option<String>, f64, f64);

/// What the program does unless it is told otherwise.
const HYSTERESIS_M: f64 = 10.0;
const LEAST_STAY_S: f64 = 180.0;
const MOST_SPEED_M_S: f64 = 50.0;
const MOST_GAP_S: f64 = 600.0;

pub(crate) struct Reference {
    pub(crate) grids: Vec<(String, MultiPolygon)>,
}

struct Run {
    grid: Option<String>,
    from: f64,
    to: f64,
    deep: bool,
}

/// Metres east and north, in the plane at the middle between two places.
fn metres(from: Coord, to: Coord) -> (f64, f64) {
    let (a, e2) = (6_378_137.0_f64, 0.006_694_380_022_9_f64);
    let phi = from.y.midpoint(to.y).to_radians();
    let w2 = 1.0 - e2 * phi.sin().powi(2);
    let meridian = a * (1.0 - e2) / w2.powf(1.5);
    let parallel = a / w2.sqrt() * phi.cos();
    let way = to - from;
    (way.x.to_radians() * parallel, way.y.to_radians() * meridian)
}

fn distance_m(from: Coord, to: Coord) -> f64 {
    let (east, north) = metres(from, to);
    east.hypot(north)
}

impl Reference {
    fn grid_at(&self, place: Coord) -> Option<String> {
        let found = self
            .grids
            .iter()
            .find(|(_, ground)| ground.contains(&Point::from(place)));
        found.map(|(code, _)| code.clone())
    }

    fn border_m(&self, place: Coord) -> f64 {
        let mut nearest = f64::INFINITY;
        for (_, ground) in &self.grids {
            for side in ground.lines_iter() {
                let (a, b) = (metres(place, side.start), metres(place, side.end));
                let way = (b.0 - a.0, b.1 - a.1);
                let along = -(a.0 * way.0 + a.1 * way.1) / (way.0 * way.0 + way.1 * way.1);
                let along = along.clamp(0.0, 1.0);
                nearest = nearest.min((a.0 + along * way.0).hypot(a.1 + along * way.1));
            }
        }
        nearest
    }

    /// The visits of one device, and how many of its positions are not used.
    pub(crate) fn visits(&self, positions: &[Position]) -> (Vec<Visit>, usize) {
        let mut positions = positions.to_vec();
        positions.sort_by(|one, other| {
            let key = |p: &Position| [p.second, p.place.x, p.place.y];
            key(one).partial_cmp(&key(other)).unwrap()
        });
        positions.dedup();
        let kept = longest_chain(&positions);
        let unused = positions.len() - kept.len();
        let mut visits = Vec::new();
        let mut heard: Vec<Position> = Vec::new();
        for position in kept {
            if heard
                .last()
                .is_some_and(|last| position.second - last.second > MOST_GAP_S)
            {
                visits.extend(self.settled(&std::mem::take(&mut heard)));
            }
            heard.push(position);
        }
        visits.extend(self.settled(&heard));
        (visits, unused)
    }

    fn settled(&self, heard: &[Position]) -> Vec<Visit> {
        let runs = self.runs(heard);
        let counts: Vec<bool> = runs
            .iter()
            .map(|run| {
                let length = run.to - run.from;
                length > 0.0 && (run.deep || length >= LEAST_STAY_S)
            })
            .collect();
        let mut grids: Vec<Option<String>> = Vec::new();
        for at in 0..runs.len() {
            let before = (0..=at).rev().find(|&i| counts[i]);
            let behind = (at..runs.len()).find(|&i| counts[i]);
            grids.push(match (before, behind) {
                (None, None) => longest(&runs),
                (Some(stay), None) | (None, Some(stay)) => runs[stay].grid.clone(),
                (Some(one), Some(other)) => {
                    // is the grid of the one before come back to, before the next stay?
                    let comes_back =
                        (at..other.max(at + 1)).any(|i| runs[i].grid == runs[one].grid);
                    let stay = if comes_back { one } else { other };
                    runs[stay].grid.clone()
                }
            });
        }
        let mut visits: Vec<Visit> = Vec::new();
        for (run, grid) in runs.iter().zip(grids) {
            match visits.last_mut() {
                Some(last) if last.0 == grid => last.2 = run.to,
                _ => visits.push((grid, run.from, run.to)),
            }
        }
        visits
    }

    fn runs(&self, heard: &[Position]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut add = |grid: Option<String>, from: f64, to: f64, deep: bool| match runs.last_mut() {
            Some(last) if last.grid == grid => {
                last.to = to;
                last.deep |= deep;
            }
            _ => runs.push(Run {
                grid,
                from,
                to,
                deep,
            }),
        };
        for (at, position) in heard.iter().enumerate() {
            let deep = self.border_m(position.place) >= HYSTERESIS_M;
            add(
                self.grid_at(position.place),
                position.second,
                position.second,
                deep,
            );
            let Some(next) = heard.get(at + 1) else { break };
            let leg = Line::new(position.place, next.place);
            let length = leg.delta().x.hypot(leg.delta().y);
            if length == 0.0 {
                add(
                    self.grid_at(position.place),
                    position.second,
                    next.second,
                    false,
                );
                continue;
            }
            let mut cuts = vec![0.0, 1.0];
            for (_, ground) in &self.grids {
                for side in ground.lines_iter() {
                    if let Some(LineIntersection::SinglePoint { intersection, .. }) =
                        line_intersection(leg, side)
                    {
                        let gone = intersection - leg.start;
                        cuts.push(gone.x.hypot(gone.y) / length);
                    }
                }
            }
            cuts.sort_by(f64::total_cmp);
            // one crossing is found with each of the two grids beside it
            cuts.dedup_by(|one, other| (*one - *other).abs() < 1e-9);
            let moment = |share: f64| position.second + share * (next.second - position.second);
            for cut in cuts.windows(2) {
                let middle = leg.start + leg.delta() * cut[0].midpoint(cut[1]);
                let deep = self.border_m(middle) >= HYSTERESIS_M;
                add(self.grid_at(middle), moment(cut[0]), moment(cut[1]), deep);
            }
        }
        runs
    }
}

/// The longest chain of positions each of which can be reached from the one before: quadratic.
fn longest_chain(positions: &[Position]) -> Vec<Position> {
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for (at, position) in positions.iter().enumerate() {
        let mut best: Vec<usize> = Vec::new();
        for earlier in (0..at).rev() {
            let before = positions[earlier];
            let seconds = position.second - before.second;
            let reached = seconds > 0.0
                && distance_m(before.place, position.place) <= MOST_SPEED_M_S * seconds;
            if reached && chains[earlier].len() > best.len() {
                best.clone_from(&chains[earlier]);
            }
        }
        best.push(at);
        chains.push(best);
    }
    let most = chains.iter().map(Vec::len).max().unwrap_or(0);
    let chain = chains.into_iter().find(|chain| chain.len() == most);
    chain
        .unwrap_or_default()
        .into_iter()
        .map(|at| positions[at])
        .collect()
}

fn longest(runs: &[Run]) -> Option<String> {
    let time = |grid: &Option<String>| -> f64 {
        let of_grid = runs.iter().filter(|run| run.grid == *grid);
        of_grid.map(|run| run.to - run.from).sum()
    };
    let most = runs.iter().map(|run| time(&run.grid)).fold(0.0, f64::max);
    let longest = runs.iter().find(|run| time(&run.grid) >= most);
    longest.and_then(|run| run.grid.clone())
}
