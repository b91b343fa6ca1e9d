//! The changed grids of a cluster laid over each other: the pieces that the two plans cut.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Arrangement, Use};
use wangge_coverage::is_narrower_than;

use super::Plans;
use super::cluster::Cluster;
use super::piece::{Bond, Laid, Part, Side, area_m2, doubled_area, parts};
use super::shift::shift_m;
use crate::Piece;

/// A grid of the old plan and one of the new, or ground outside all of one plan.
type Pair = (Option<u32>, Option<u32>);

/// Lays the grids of a cluster over each other.
pub(super) fn lay(plans: Plans<'_>, cluster: &Cluster, tolerance_m: f64) -> Vec<Laid> {
    let sheet = Sheet::of(plans, cluster);
    let contested = contests(plans, &sheet.stacks);
    let mut names: FxHashMap<(Pair, bool), usize> = FxHashMap::default();
    let mut pairs: Vec<(Pair, bool)> = Vec::new();
    // what each stack is part of: pairs, and the uncontested ground of pairs
    let of_stack: Vec<Vec<usize>> = sheet
        .stacks
        .iter()
        .map(|stack| {
            let mut of: Vec<usize> = parts_of(plans, stack, &contested)
                .map(|name| {
                    *names.entry(name).or_insert_with(|| {
                        pairs.push(name);
                        pairs.len() - 1
                    })
                })
                .collect();
            of.sort_unstable();
            of
        })
        .collect();
    let mut around: Vec<Vec<Side>> = vec![Vec::new(); pairs.len()];
    let mut borders: Vec<Side> = Vec::new();
    for (edge, &segment) in sheet.laid.chains().segments().iter().enumerate() {
        let (left, right) = (
            sheet.of_face[sheet.laid.left(edge).0 as usize],
            sheet.of_face[sheet.laid.right(edge).0 as usize],
        );
        if left == right {
            continue;
        }
        let (l, r) = (&sheet.stacks[left], &sheet.stacks[right]);
        let border = Side {
            directed: segment,
            of_old: l.old != r.old,
            of_new: l.new != r.new,
        };
        borders.push(border);
        for (here, there, directed) in [(left, right, segment), (right, left, segment.reversed())] {
            let side = Side { directed, ..border };
            for &pair in &of_stack[here] {
                if of_stack[there].binary_search(&pair).is_err() {
                    around[pair].push(side);
                }
            }
        }
    }
    let drawn: Vec<Vec<Part>> = around.into_par_iter().map(parts).collect();
    let is_wide = |parts: &[Part]| {
        parts
            .iter()
            .any(|part| !is_narrower_than(&part.polygon, tolerance_m))
    };
    let free: FxHashSet<Pair> = pairs
        .par_iter()
        .zip(&drawn)
        .filter(|&(&(_, is_free), parts)| is_free && is_wide(parts))
        .map(|(&(pair, _), _)| pair)
        .collect();
    pairs
        .into_par_iter()
        .zip(drawn)
        .filter(|((_, is_free), parts)| !is_free && !parts.is_empty())
        .map(|((pair, _), parts)| {
            let wide = is_wide(&parts);
            let shift_m = if wide {
                0.0
            } else {
                let shifts = parts
                    .iter()
                    .map(|part| shift_m(&part.sides, &borders, tolerance_m));
                shifts.fold(0.0, f64::max)
            };
            let contest = contested.get(&pair);
            let all_contested = contest.filter(|_| !names.contains_key(&(pair, true)));
            Laid {
                bond: match contest {
                    _ if !wide => Bond::Narrow,
                    Some(_) if free.contains(&pair) => Bond::Link,
                    Some(contest) => contest.bond(),
                    None => match pair {
                        (None, _) => Bond::Gained,
                        (_, None) => Bond::GivenUp,
                        _ => Bond::Link,
                    },
                },
                shift_m,
                leaves_old: !all_contested.is_some_and(|contest| contest.kept),
                comes_to_new: !all_contested.is_some_and(|contest| contest.had),
                piece: Piece {
                    old: pair.0,
                    new: pair.1,
                    doubled_area: doubled_area(&parts),
                    area_m2: area_m2(&parts),
                    wider_than_tolerance: wide,
                    ground: parts.into_iter().map(|part| part.polygon).collect(),
                },
            }
        })
        .collect()
}

/// The grids of both plans that lie on the same ground, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Stack {
    old: Vec<u32>,
    new: Vec<u32>,
}

/// The arrangement, and the stack on each of its faces.
struct Sheet {
    laid: Arrangement,
    /// Different ones.
    stacks: Vec<Stack>,
    of_face: Vec<usize>,
}

impl Sheet {
    fn of(plans: Plans<'_>, cluster: &Cluster) -> Self {
        let of_old = cluster.old.iter().map(|&at| plans.old[at as usize].shape);
        let of_new = cluster.new.iter().map(|&at| plans.new[at as usize].shape);
        let uses: Vec<Use> = (0u32..)
            .zip(of_old.chain(of_new))
            .flat_map(|(owner, shape)| Use::of_shape(shape, owner))
            .collect();
        let laid = Arrangement::of(uses);
        let mut places: FxHashMap<Stack, usize> = FxHashMap::default();
        let of_face = laid
            .faces()
            .map(|face| {
                let mut stack = Stack::default();
                for share in laid.owners(face).iter().filter(|s| s.multiplicity > 0) {
                    let owner = share.owner as usize;
                    match owner.checked_sub(cluster.old.len()) {
                        None => stack.old.push(cluster.old[owner]),
                        Some(owner) => stack.new.push(cluster.new[owner]),
                    }
                }
                let next = places.len();
                *places.entry(stack).or_insert(next)
            })
            .collect();
        let mut stacks: Vec<(Stack, usize)> = places.into_iter().collect();
        stacks.sort_unstable_by_key(|&(_, at)| at);
        Self {
            laid,
            stacks: stacks.into_iter().map(|(stack, _)| stack).collect(),
            of_face,
        }
    }
}

impl Stack {
    fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        let some = |list: &[u32]| -> Vec<Option<u32>> {
            if list.is_empty() {
                vec![None]
            } else {
                list.iter().copied().map(Some).collect()
            }
        };
        let new = some(&self.new);
        some(&self.old)
            .into_iter()
            .flat_map(move |o| new.clone().into_iter().map(move |n| (o, n)))
            .filter(|pair| *pair != (None, None))
    }

    /// Who has a better claim to this ground than the pair says, where it is several grids'.
    fn contest(&self, plans: Plans<'_>, pair: Pair) -> Option<Contest> {
        let (Some(old), Some(new)) = pair else {
            return None;
        };
        if (self.old.len() == 1 && self.new.len() == 1) || plans.is_one_code(old, new) {
            return None;
        }
        let contest = Contest {
            kept: self.new.iter().any(|&n| plans.is_one_code(old, n)),
            had: self.old.iter().any(|&o| plans.is_one_code(o, new)),
        };
        (contest.kept || contest.had).then_some(contest)
    }
}

/// Why ground of a pair did not go from one to the other, though it lies in both.
#[derive(Debug, Clone, Copy, Default)]
struct Contest {
    /// The old grid has it still.
    kept: bool,
    /// The new grid had it already.
    had: bool,
}

impl Contest {
    const fn bond(self) -> Bond {
        match (self.kept, self.had) {
            (true, false) => Bond::Gained,
            (false, true) => Bond::GivenUp,
            _ => Bond::Overlap,
        }
    }
}

/// The pairs of which some ground is contested.
fn contests(plans: Plans<'_>, stacks: &[Stack]) -> FxHashMap<Pair, Contest> {
    let mut contests: FxHashMap<Pair, Contest> = FxHashMap::default();
    for stack in stacks {
        for pair in stack.pairs() {
            if let Some(here) = stack.contest(plans, pair) {
                let contest = contests.entry(pair).or_default();
                contest.kept |= here.kept;
                contest.had |= here.had;
            }
        }
    }
    contests
}

/// The pairs that a stack is part of, and once more those of which some ground is contested, but not
/// this.
fn parts_of<'a>(
    plans: Plans<'a>,
    stack: &'a Stack,
    contested: &'a FxHashMap<Pair, Contest>,
) -> impl Iterator<Item = (Pair, bool)> + 'a {
    stack.pairs().flat_map(move |pair| {
        let is_free = contested.contains_key(&pair) && stack.contest(plans, pair).is_none();
        [Some((pair, false)), is_free.then_some((pair, true))]
            .into_iter()
            .flatten()
    })
}
