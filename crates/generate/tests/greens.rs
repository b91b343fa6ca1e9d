//! Parks and woods of synthetic cities: held against `geo`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use geo::{BoundingRect, Contains, Intersects};
use geo_types::{Coord, LineString, MultiPolygon};
use rstest::rstest;
use wangge_generate::{CitySpec, GreenClass, WaterForm, city};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// A point in lattice units, which `geo`'s predicates are exact on.
fn at(p: Point) -> Coord {
    Coord {
        x: f64::from(p.x()),
        y: f64::from(p.y()),
    }
}

fn path(points: &[Point]) -> LineString {
    points.iter().copied().map(at).collect()
}

fn polygon(part: &Polygon) -> geo_types::Polygon {
    let ring = |ring: &Ring| path(ring.points());
    geo_types::Polygon::new(ring(part.shell()), part.holes().iter().map(ring).collect())
}

fn polygons(shape: &Shape) -> MultiPolygon {
    shape.parts().iter().map(polygon).collect()
}

#[rstest]
#[case::longgang(CitySpec::longgang().unwrap(), 1)]
#[case::another_seed(CitySpec::longgang().unwrap(), 5)]
#[case::sixty_grids(CitySpec::sized(60).unwrap(), 7)]
fn greens_lie_in_one_grid_off_the_water_and_off_each_other(
    #[case] spec: CitySpec,
    #[case] seed: u64,
) {
    let city = city(&spec, seed).unwrap();
    let greens = city.greens().unwrap();
    for class in [GreenClass::Park, GreenClass::Wood] {
        let of_class = greens.iter().filter(|green| green.class == class);
        let named = of_class.clone().filter(|green| green.name.is_some());
        assert!(of_class.clone().count() > 0, "{class:?}");
        let expected = usize::from(class == GreenClass::Park) * of_class.count();
        assert_eq!(named.count(), expected, "{class:?}");
    }
    let grounds: Vec<MultiPolygon> = greens.iter().map(|g| polygons(&g.ground)).collect();
    for (place, ground) in grounds.iter().enumerate() {
        let others = &grounds[place + 1..];
        assert!(
            !others.iter().any(|other| other.intersects(ground)),
            "{place}"
        );
    }
    for water in &city.water {
        let meets = |ground: &MultiPolygon| match &water.form {
            WaterForm::Area(area) => polygon(area).intersects(ground),
            WaterForm::Lines(lines) => lines.iter().any(|line| path(line).intersects(ground)),
        };
        assert!(!grounds.iter().any(meets), "{}", water.name);
    }
    let grids: Vec<MultiPolygon> = city.grids.iter().map(|g| polygons(&g.shape)).collect();
    for ground in &grounds {
        let around = ground.bounding_rect().unwrap();
        let near = |grid: &&MultiPolygon| grid.bounding_rect().unwrap().intersects(&around);
        assert!(grids.iter().filter(near).any(|grid| grid.contains(ground)));
    }
    let homes = city.dwellings().unwrap();
    for home in homes
        .iter()
        .map(|home| geo_types::Point(at(home.figure.middle())))
    {
        assert!(!grounds.iter().any(|ground| ground.intersects(&home)));
    }
}
