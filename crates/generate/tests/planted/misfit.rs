//! Ground that is missing or covered twice, and what a report calls it.

use wangge_generate::{PlantedDefect, ReportKind};
use wangge_plane::{Point, Ring, Segment, Shape, Side, ellipsoid, meetings};

use crate::look::{Case, chain, difference, inner_spot, winding};
use crate::truth::other;

/// The grid's border changed by the border of the misfit and by nothing else; the misfit lies in
/// the grid that had it, and borders of neither run through it or along it.
pub(crate) fn assert_misfit(case: &Case, defect: &PlantedDefect) {
    let (grid, neighbour) = (&defect.grid, other(defect));
    let misfit = defect.misfit.as_ref().unwrap();
    let (before, after) = (case.before(grid), case.after(grid));
    assert_eq!(case.before(neighbour), case.after(neighbour));
    let area = misfit.doubled_area();
    assert!(area > 0);
    let missing = defect.doubled_missing > 0;
    assert_eq!(
        (defect.doubled_missing, defect.doubled_twice),
        if missing { (area, 0) } else { (0, area) }
    );
    assert_eq!(
        after.doubled_area() - before.doubled_area(),
        defect.doubled_twice - defect.doubled_missing
    );
    let (more, less) = if missing {
        (before, after)
    } else {
        (after, before)
    };
    assert_eq!(
        difference(&chain(more.segments(), &[]), &chain(less.segments(), &[])),
        chain(misfit.segments(), &[]),
        "{defect:?}"
    );
    let spot = inner_spot(misfit);
    let at_spot = |shape: &Shape| winding(shape.segments(), spot);
    let neighbours = case.before(neighbour);
    assert_eq!(winding(misfit.segments(), spot), 1);
    assert_eq!(at_spot(before) + at_spot(neighbours), 1);
    assert_eq!(
        at_spot(after) + at_spot(neighbours),
        if missing { 0 } else { 2 },
        "{defect:?}"
    );
    let mut edges: Vec<Segment> = before
        .segments()
        .chain(neighbours.segments())
        .chain(misfit.segments())
        .map(|edge| edge.canonical().0)
        .collect();
    edges.sort();
    edges.dedup();
    assert_eq!(meetings(&edges), [], "{defect:?}");
    // nor do they lie in it whole
    for ring in before.rings().chain(neighbours.rings()) {
        let inside = |p: &Point| misfit.side(*p) == Side::Inside;
        assert!(!ring.points().iter().any(inside), "{defect:?}");
    }
    assert!(after.rings().all(|ring| ring.defects().is_empty()));
    assert!(misfit.side(defect.place) == Side::On);
    assert!(defect.unmatched.is_empty() && defect.prepared.is_none());
    assert_named_by_width(defect, misfit);
}

/// The kinds expected of a misfit, by widths of our own: of a triangle exactly, of others between
/// what its area and its length allow.
fn assert_named_by_width(defect: &PlantedDefect, misfit: &Ring) {
    let wide = if defect.doubled_missing > 0 {
        ReportKind::Gap
    } else {
        ReportKind::Overlap
    };
    assert!(
        defect
            .expect
            .iter()
            .all(|kind| [wide, ReportKind::Hairline].contains(kind))
    );
    let scale = ellipsoid::metres_per_degree(defect.place.lat());
    let (east, north) = (scale.east * 1e-7, scale.north * 1e-7);
    let length_m: f64 = misfit
        .segments()
        .map(|edge| ellipsoid::distance_m(edge.start(), edge.end()))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "areas of some square metres")]
    let area_m2 = misfit.doubled_area() as f64 / 2.0 * east * north;
    let width_m = defect.width_m.unwrap();
    if misfit.points().len() == 3 {
        let width = 4.0 * area_m2 / length_m;
        assert!(
            (width - width_m).abs() < 0.02 * width + 1e-3,
            "{width} {defect:?}"
        );
    }
    // a circle is no larger than the ground, and a ring of this length around this ground leaves
    // room for one of half the mean width
    assert!(width_m * width_m * std::f64::consts::FRAC_PI_4 <= area_m2 + 1e-4);
    assert!(
        width_m >= area_m2 / length_m - 1e-3,
        "{area_m2} {length_m} {defect:?}"
    );
    // two units are at least 2 east units and at most 2 north units wide
    if width_m < 2.0 * east * (east / north) - 1e-3 {
        assert_eq!(defect.expect, [ReportKind::Hairline], "{defect:?}");
    }
    if width_m > 2.0 * north * 1.02 + 1e-3 {
        assert_eq!(defect.expect, [wide], "{defect:?}");
    }
}
