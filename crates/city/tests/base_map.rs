//! What tiles draw beneath the grids, and in which order.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod drawing;

use drawing::{V1, parts, shape, square, town_grids};
use fast_mvt::MvtReaderRef;
use wangge_city::{City, Responsibility};
use wangge_model::{BaseFeature, Dwelling, Street};
use wangge_plane::{Figure, Line, Point};
use wangge_tiles::{Format, Shift, Source, TileAddress};

fn area(west: f64, south: f64, east: f64, north: f64) -> Figure {
    Figure::Area(shape(square(west, south, east, north), vec![]))
}

fn line(path: &[(f64, f64)]) -> Line {
    let at = |&(x, y): &(f64, f64)| Point::from_degrees(120.8 + x / 100.0, 40.7 + y / 100.0);
    Line::new([path.iter().map(|p| at(p).unwrap()).collect()]).unwrap()
}

fn feature(kind: &str, class: &str, figure: Figure) -> BaseFeature {
    BaseFeature {
        kind: kind.to_owned(),
        class: Some(class.to_owned()),
        name: Some("名".to_owned()),
        name_en: Some("Name".to_owned()),
        figure,
    }
}

/// Whatever the order of the list, ground lies below buildings, these below other lines, and streets
/// above all: a bridge crosses its river.
#[test]
fn water_and_green_lie_below_buildings_and_streets_above_rivers() {
    let lists = Responsibility {
        base: vec![
            feature(
                "water",
                "river",
                Figure::Line(line(&[(0.0, 0.5), (2.0, 0.5)])),
            ),
            feature("green", "park", area(0.1, 0.1, 0.9, 0.9)),
            feature("water", "pond", area(0.2, 0.2, 0.6, 0.6)),
        ],
        buildings: vec![Dwelling {
            code: None,
            households: None,
            population: None,
            figure: area(0.6, 0.6, 0.9, 0.9),
        }],
        streets: vec![Street {
            name: Some("中山路".to_owned()),
            name_en: None,
            class: None,
            line: line(&[(0.5, 0.0), (0.5, 1.0)]),
        }],
        ..Responsibility::default()
    };
    let mut parts = parts(V1, town_grids());
    parts.responsibility = lists;
    let city = City::of_parts(parts).unwrap();
    // zoom 12: column (120.805 + 180) / 360 * 4096, row by the Mercator formula for 40.705 N
    let tile = TileAddress::new(12, 3422, 1540).unwrap();
    let bytes = city
        .tiles(Shift::None)
        .tile(Source::Base, tile, Format::Mvt);
    let decoded = MvtReaderRef::new(&bytes.unwrap())
        .unwrap()
        .to_tile()
        .unwrap();
    let [layer] = &decoded.layers[..] else {
        panic!("{:?}", decoded.layers.len());
    };
    assert_eq!(layer.name, "base");
    let text = |at: usize, key: &str| {
        let properties = layer.features[at].properties.iter();
        let mut of_key = properties.filter(|(name, _)| name == key);
        of_key.next().map(|(_, value)| match value {
            fast_mvt::MvtValue::String(text) => text.clone(),
            other => panic!("{other:?}"),
        })
    };
    let drawn: Vec<(String, Option<String>)> = (0..layer.features.len())
        .map(|at| (text(at, "kind").unwrap(), text(at, "class")))
        .collect();
    let expected = [
        ("green", Some("park")),
        ("water", Some("pond")),
        ("building", None),
        ("water", Some("river")),
        ("street", None),
    ];
    let expected = expected.map(|(kind, class)| (kind.to_owned(), class.map(str::to_owned)));
    assert_eq!(drawn, expected);
    assert_eq!(text(0, "name").as_deref(), Some("名"));
    assert_eq!(text(0, "name_en").as_deref(), Some("Name"));
}
