//! Parks and woods of synthetic cities: held against `geo`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use geo::{BoundingRect, Contains, Intersects, Validation};
use geo_types::{Coord, LineString, MultiPolygon};
use rstest::rstest;
use wangge_generate::{CitySpec, DescribedCity, GreenClass, WaterForm, city};
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

fn described(name: &str) -> CitySpec {
    let mut all = DescribedCity::ALL.into_iter();
    all.find(|city| city.name() == name)
        .unwrap()
        .spec()
        .unwrap()
}

#[rstest]
#[case::longgang(CitySpec::longgang().unwrap(), 1)]
#[case::another_seed(CitySpec::longgang().unwrap(), 5)]
#[case::songzi(described("songzi"), 1)]
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
        if let WaterForm::Area(area) = &water.form {
            assert!(polygon(area).is_valid(), "{}", water.name);
        }
        let meets = |ground: &MultiPolygon| match &water.form {
            WaterForm::Area(area) => polygon(area).intersects(ground),
            WaterForm::Lines(lines) => lines.iter().any(|line| path(line).intersects(ground)),
        };
        assert!(!grounds.iter().any(meets), "{}", water.name);
    }
    let grids = city.grids.iter().map(|grid| polygons(&grid.shape));
    let grids: Vec<_> = grids
        .map(|grid| (grid.bounding_rect().unwrap(), grid))
        .collect();
    for ground in &grounds {
        let around = ground.bounding_rect().unwrap();
        let mut near = grids.iter().filter(|(rect, _)| rect.intersects(&around));
        assert!(near.any(|(_, grid)| grid.contains(ground)));
    }
    let around: Vec<_> = grounds
        .iter()
        .map(|ground| ground.bounding_rect().unwrap())
        .collect();
    for home in city.dwellings().unwrap() {
        let home = geo_types::Point(at(home.figure.middle()));
        let near = around
            .iter()
            .zip(&grounds)
            .filter(|(rect, _)| rect.intersects(&home));
        assert!(!near.into_iter().any(|(_, ground)| ground.intersects(&home)));
    }
}
