//! Rings cut to a drawing.

use super::frame::Pixel;

/// The part of a ring that lies in a box (Sutherland and Hodgman, 1974). Where the ring leaves
/// the box the result runs along its sides, so the box is taken larger than what is seen.
pub(crate) fn clipped(ring: Vec<Pixel>, low: Pixel, high: Pixel) -> Vec<Pixel> {
    let ring = half(ring, |p| p.0 - low.0);
    let ring = half(ring, |p| high.0 - p.0);
    let ring = half(ring, |p| p.1 - low.1);
    half(ring, |p| high.1 - p.1)
}

/// The part of a ring where `inside` is not negative.
fn half(ring: Vec<Pixel>, inside: impl Fn(Pixel) -> f64) -> Vec<Pixel> {
    if ring.iter().all(|&p| inside(p) >= 0.0) {
        return ring;
    }
    let mut kept = Vec::with_capacity(ring.len());
    for (i, &b) in ring.iter().enumerate() {
        let a = ring[(i + ring.len() - 1) % ring.len()];
        let (from, to) = (inside(a), inside(b));
        if (from < 0.0) != (to < 0.0) {
            let along = from / (from - to);
            kept.push((a.0 + (b.0 - a.0) * along, a.1 + (b.1 - a.1) * along));
        }
        if to >= 0.0 {
            kept.push(b);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_cut_at_the_sides_of_the_box() {
        let triangle = vec![(-10.0, 5.0), (10.0, -15.0), (10.0, 25.0)];
        let mut cut = clipped(triangle, (0.0, 0.0), (8.0, 10.0));
        cut.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        assert_eq!(cut, [(0.0, 0.0), (0.0, 10.0), (8.0, 0.0), (8.0, 10.0)]);
    }

    #[test]
    fn a_ring_elsewhere_leaves_nothing() {
        let triangle = vec![(20.0, 0.0), (30.0, 0.0), (25.0, 9.0)];
        assert!(clipped(triangle, (0.0, 0.0), (8.0, 10.0)).is_empty());
    }

    #[test]
    fn a_ring_inside_stays_as_it_is() {
        let triangle = vec![(1.0, 1.0), (3.0, 1.0), (2.0, 2.0)];
        assert_eq!(clipped(triangle.clone(), (0.0, 0.0), (8.0, 10.0)), triangle);
    }
}
