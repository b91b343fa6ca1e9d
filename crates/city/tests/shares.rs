//! How lines and areas are divided among grids, held against another engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod drawing;

use drawing::{V1, parts, town_grids};
use geo::{Area, BooleanOps, Euclidean, Length, MultiLineString, MultiPolygon, Scale};
use proptest::prelude::*;
use wangge_city::{City, Responsibility, Shown};
use wangge_crs::Crs;
use wangge_model::{ClassTable, Code, Component, ListRow, OwnDepartments};
use wangge_plane::{Figure, Line, Point, Polygon, Ring, Shape};

/// Metres of a degree of longitude for one of latitude, in the middle of the town.
const SQUEEZED: f64 = 0.7607;

fn city(figure: Figure) -> City {
    let mut parts = parts(V1, town_grids());
    let classes = [
        ListRow::new(
            1,
            [
                ("object", "component"),
                ("code", "01"),
                ("name", "公用设施"),
            ],
        ),
        ListRow::new(
            2,
            [
                ("object", "component"),
                ("code", "0101"),
                ("name", "上水井盖"),
            ],
        ),
    ];
    parts.responsibility = Responsibility {
        classes: ClassTable::read(&classes).unwrap(),
        ..Responsibility::default()
    };
    let code = |text: &str| text.parse::<Code>().unwrap();
    parts.components = vec![Component {
        code: code("A"),
        class: code("0101"),
        name: None,
        state: None,
        departments: OwnDepartments::default(),
        grid: None,
        surveyed: None,
        changed: None,
        accuracy_m: None,
        source: None,
        note: None,
        figure,
    }];
    City::of_parts(parts).unwrap()
}

/// The share of each grid that has one, and of the outside, as the city tells it.
fn told(city: &City) -> Vec<(String, f64)> {
    let detail = city
        .component("A", &Crs::Lattice, Shown::default())
        .unwrap();
    let shares = detail.properties.grids.iter();
    shares
        .map(|share| (share.code.unwrap_or("outside").to_owned(), share.share))
        .collect()
}

/// Holds what is told against the amounts that another engine finds in each grid.
fn agrees(
    told: &[(String, f64)],
    amounts: &[(String, f64)],
    whole: f64,
) -> Result<(), TestCaseError> {
    let sum: f64 = told.iter().map(|(_, share)| share).sum();
    prop_assert!((sum - 1.0).abs() < 1e-5, "{told:?}");
    let inside: f64 = amounts.iter().map(|(_, amount)| amount).sum();
    let outside = ("outside".to_owned(), whole - inside);
    for (code, amount) in amounts.iter().chain([&outside]) {
        let share = told.iter().find(|(known, _)| known == code);
        let share = share.map_or(0.0, |(_, share)| *share);
        // the town is two kilometres high: ground in its north is smaller by 3 in 10,000
        prop_assert!(
            (share - amount / whole).abs() < 1e-3,
            "{code}: {share}, not {}: {told:?}",
            amount / whole
        );
    }
    Ok(())
}

/// Places on and around the town in its own hundredths, many of them on borders.
fn places() -> impl Strategy<Value = (f64, f64)> {
    let coordinate = || {
        prop_oneof![
            3 => -0.3f64..2.3,
            1 => prop_oneof![Just(0.0), Just(1.0), Just(1.4), Just(1.6), Just(2.0)],
        ]
    };
    (coordinate(), coordinate())
}

fn point((x, y): (f64, f64)) -> Point {
    Point::from_degrees(120.8 + x / 100.0, 40.7 + y / 100.0).unwrap()
}

fn grids() -> Vec<(String, MultiPolygon<f64>)> {
    town_grids()
        .into_iter()
        .map(|grid| (grid.unit.code.to_string(), grid.shape.to_degrees()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn areas_are_divided_as_another_engine_divides_them(
        corners in proptest::collection::vec(places(), 3),
    ) {
        let ring = Ring::new(corners.into_iter().map(point).collect());
        prop_assume!(ring.is_ok());
        let shape = Shape::new(vec![Polygon::new(ring.unwrap(), vec![])]).unwrap();
        let drawn = shape.to_degrees();
        // slivers are a matter of rounding
        prop_assume!(drawn.unsigned_area() > 1e-6);
        let amounts: Vec<(String, f64)> = grids()
            .into_iter()
            .map(|(code, grid)| (code, grid.intersection(&drawn).unsigned_area()))
            .collect();
        agrees(&told(&city(Figure::Area(shape))), &amounts, drawn.unsigned_area())?;
    }

    #[test]
    fn lines_are_divided_as_another_engine_divides_them(
        path in proptest::collection::vec(
            (-0.3f64..2.3, -0.3f64..2.3), // lines along borders are either side's
            2..6,
        ),
    ) {
        let points: Vec<Point> = path.into_iter().map(point).collect();
        let line = geo::LineString::from(
            points.iter().map(|p| (p.lon(), p.lat())).collect::<Vec<_>>(),
        );
        let line = MultiLineString(vec![line]);
        let length = |of: &MultiLineString<f64>| {
            Euclidean.length(&of.scale_around_point(SQUEEZED, 1.0, geo::Point::new(0.0, 0.0)))
        };
        let amounts: Vec<(String, f64)> = grids()
            .into_iter()
            .map(|(code, grid)| (code, length(&grid.clip(&line, false))))
            .collect();
        let whole = length(&line);
        prop_assume!(whole > 1e-4);
        agrees(&told(&city(Figure::Line(Line::new([points]).unwrap()))), &amounts, whole)?;
    }
}
