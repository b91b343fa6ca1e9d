//! That defects stand alone: none has to do with another, or with a node.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wangge_plane::{Point, Ring};

use crate::look::Case;

/// Grids that the truth does not speak of are what they were, and defects have no neighbours in
/// common.
pub(crate) fn assert_apart(case: &Case) {
    let mut spoken_of: BTreeMap<&str, usize> = BTreeMap::new();
    for defect in &case.truth {
        for code in defect.grids.iter().chain(&defect.beside) {
            let again = spoken_of.insert(code.as_str(), defect.number);
            assert_eq!(again, None, "two defects in {code}");
        }
    }
    for (code, shape) in &case.planted {
        if !spoken_of.contains_key(code.as_str()) {
            assert_eq!(Some(shape), case.clean.get(code));
        }
    }
    assert!(
        case.clean
            .keys()
            .all(|code| case.planted.contains_key(code))
    );
    let mut around: HashMap<Point, BTreeSet<usize>> = HashMap::new();
    for (code, shape) in &case.clean {
        if let Some(&number) = spoken_of.get(code.as_str()) {
            for &p in shape.rings().flat_map(Ring::points) {
                around.entry(p).or_default().insert(number);
            }
        }
    }
    assert!(around.values().all(|defects| defects.len() == 1));
}

/// All vertices of the misfit that the city had, and those beside it, belong to the same two grids.
pub(crate) fn assert_far_from_nodes(case: &Case) {
    let mut owners: HashMap<Point, BTreeSet<&str>> = HashMap::new();
    let mut before_and_after: HashMap<Point, Vec<Point>> = HashMap::new();
    for (code, shape) in &case.clean {
        for edge in shape.segments() {
            owners.entry(edge.start()).or_default().insert(code);
            let ends = [(edge.start(), edge.end()), (edge.end(), edge.start())];
            for (end, other) in ends {
                before_and_after.entry(end).or_default().push(other);
            }
        }
    }
    for defect in case.truth.iter().filter(|defect| defect.misfit.is_some()) {
        let both: BTreeSet<&str> = defect.grids.iter().map(AsRef::as_ref).collect();
        let misfit = defect.misfit.as_ref().unwrap();
        for vertex in misfit.points().iter().filter(|p| owners.contains_key(p)) {
            assert_eq!(owners[vertex], both, "{defect:?}");
            for next in &before_and_after[vertex] {
                assert_eq!(owners[next], both, "{defect:?}");
            }
        }
    }
}
