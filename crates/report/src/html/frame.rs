//! From the lattice to a drawing: true to scale, north up.

use wangge_plane::{Extent, LATTICE_UNIT_DEG, Point, ellipsoid};

/// A place in a drawing: pixels to the right and down.
pub(crate) type Pixel = (f64, f64);

/// A rectangle of the ground and the drawing that shows it. Degrees of longitude are as long as
/// they are at its middle latitude.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Pixels.
    pub(crate) width: f64,
    /// Pixels.
    pub(crate) height: f64,
    /// Pixels per metre.
    pub(crate) scale: f64,
    /// Pixels per lattice unit to the east and to the north.
    pub(crate) per_unit: (f64, f64),
    middle: (f64, f64),
}

impl Frame {
    /// A drawing so many pixels wide and at most as high, of all of the ground with a margin.
    pub(crate) fn holding(ground: Extent, width: f64, heights: [f64; 2], margin: f64) -> Self {
        let middle = middle(ground);
        let metres = metres_per_unit(middle.1);
        let span = |low: i32, high: i32| f64::from(high) - f64::from(low);
        let wide_m = span(ground.min().x(), ground.max().x()) * metres.0;
        let high_m = span(ground.min().y(), ground.max().y()) * metres.1;
        let scale = ((width - 2.0 * margin) / wide_m.max(0.1))
            .min((heights[1] - 2.0 * margin) / high_m.max(0.1));
        let height = (high_m * scale + 2.0 * margin).clamp(heights[0], heights[1]);
        Self::of(middle, scale, width, height.round())
    }

    /// A drawing of `width` by `height` pixels around a middle (lattice units), so many metres
    /// wide.
    pub(crate) fn around(middle: (f64, f64), width_m: f64, width: f64, height: f64) -> Self {
        Self::of(middle, width / width_m, width, height)
    }

    fn of(middle: (f64, f64), scale: f64, width: f64, height: f64) -> Self {
        let metres = metres_per_unit(middle.1);
        Self {
            width,
            height,
            scale,
            per_unit: (metres.0 * scale, metres.1 * scale),
            middle,
        }
    }

    /// Where a point is drawn.
    pub(crate) fn place(&self, p: Point) -> Pixel {
        self.at((f64::from(p.x()), f64::from(p.y())))
    }

    /// Where lattice units are drawn.
    pub(crate) fn at(&self, (x, y): (f64, f64)) -> Pixel {
        (
            self.width / 2.0 + (x - self.middle.0) * self.per_unit.0,
            self.height / 2.0 - (y - self.middle.1) * self.per_unit.1,
        )
    }

    /// What is drawn at a pixel, lattice units.
    pub(crate) fn ground(&self, (x, y): Pixel) -> (f64, f64) {
        (
            self.middle.0 + (x - self.width / 2.0) / self.per_unit.0,
            self.middle.1 + (self.height / 2.0 - y) / self.per_unit.1,
        )
    }

    /// Whether some ground may be seen in the drawing.
    pub(crate) fn shows(&self, ground: Extent) -> bool {
        let (left, bottom) = self.place(ground.min());
        let (right, top) = self.place(ground.max());
        left <= self.width && right >= 0.0 && top <= self.height && bottom >= 0.0
    }
}

/// The longest of 1, 2 and 5 times a power of ten that is not longer than this many metres, and
/// how people write it.
pub(crate) fn round_length(most_m: f64) -> (f64, String) {
    let power = 10f64.powf(most_m.max(0.001).log10().floor());
    let step = [5.0, 2.0, 1.0]
        .into_iter()
        .find(|step| step * power <= most_m)
        .unwrap_or(1.0);
    let length_m = step * power;
    let text = if length_m >= 999.9 {
        format!("{:.0} km", length_m / 1e3)
    } else if length_m >= 0.999 {
        format!("{length_m:.0} m")
    } else if length_m >= 0.009_99 {
        format!("{:.0} cm", length_m * 1e2)
    } else {
        format!("{:.0} mm", length_m * 1e3)
    };
    (length_m, text)
}

/// The middle of a box, lattice units.
pub(crate) fn middle(ground: Extent) -> (f64, f64) {
    (
        f64::from(ground.min().x()).midpoint(f64::from(ground.max().x())),
        f64::from(ground.min().y()).midpoint(f64::from(ground.max().y())),
    )
}

/// How long a lattice unit is at a latitude (lattice units), metres to the east and to the north.
/// At the poles all drawings end.
pub(crate) fn metres_per_unit(y: f64) -> (f64, f64) {
    let lat = (y * LATTICE_UNIT_DEG).clamp(-89.9, 89.9);
    let metres = ellipsoid::metres_per_degree(lat);
    (
        metres.east * LATTICE_UNIT_DEG,
        metres.north * LATTICE_UNIT_DEG,
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn extent(corners: [(i32, i32); 2]) -> Extent {
        Extent::of(corners.map(|(x, y)| Point::new(x, y).unwrap())).unwrap()
    }

    #[test]
    fn a_square_on_the_ground_is_a_square_in_the_drawing() {
        // at 60 degrees a degree of longitude is 55,800 m and one of latitude 111,412 m
        // (tables of the ellipsoid), so twice as many units make the same length
        let frame = Frame::holding(
            extent([(0, 599_900_000), (200_000, 600_100_000)]),
            1000.0,
            [300.0, 1000.0],
            0.0,
        );
        let (left, bottom) = frame.place(Point::new(0, 600_000_000).unwrap());
        let (right, top) = frame.place(Point::new(100_000, 600_050_000).unwrap());
        assert!(((right - left) / (bottom - top) - 1.0).abs() < 0.005);
    }

    #[test]
    fn all_ground_is_in_the_drawing_with_its_margin() {
        for (wide, high) in [(1_000_000, 1_000), (1_000, 1_000_000), (0, 0)] {
            let ground = extent([
                (1_200_000_000, 400_000_000),
                (1_200_000_000 + wide, 400_000_000 + high),
            ]);
            let frame = Frame::holding(ground, 1000.0, [300.0, 900.0], 20.0);
            for p in [ground.min(), ground.max()] {
                let (x, y) = frame.place(p);
                assert!((19.99..980.01).contains(&x) && (19.5..=frame.height - 19.5).contains(&y));
            }
            assert!((300.0..=900.0).contains(&frame.height));
        }
    }

    #[test]
    fn what_is_drawn_at_a_pixel_is_drawn_there() {
        let frame = Frame::around((1_200_000_000.0, 400_000_000.0), 50.0, 200.0, 100.0);
        let p = Point::new(1_200_000_321, 399_999_877).unwrap();
        let (x, y) = frame.ground(frame.place(p));
        assert!((x - 1_200_000_321.0).abs() < 1e-3 && (y - 399_999_877.0).abs() < 1e-3);
    }

    #[rstest]
    #[case(7_400.0, 5_000.0, "5 km")]
    #[case(1_000.0, 1_000.0, "1 km")]
    #[case(999.0, 500.0, "500 m")]
    #[case(2.1, 2.0, "2 m")]
    #[case(0.3, 0.2, "20 cm")]
    #[case(0.03, 0.02, "2 cm")]
    #[case(0.005, 0.005, "5 mm")]
    fn a_scale_bar_has_a_round_length(#[case] most_m: f64, #[case] m: f64, #[case] text: &str) {
        let (length_m, told) = round_length(most_m);
        assert!((length_m / m - 1.0).abs() < 1e-9);
        assert_eq!(told, text);
    }
}
