//! Components, specialised grids, the base map and labels in tiles.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use fast_mvt::{MvtGeometry, MvtTile, MvtValue};
use support::{covered, decoded, plain};
use wangge_plane::{Figure, Line, Point, Polygon, Ring, Shape};
use wangge_tiles::{
    BaseContent, ComponentContent, Content, Format, MAX_ZOOM, OverlayContent, Shift, Source,
    TileAddress, TileSet,
};

/// Two squares of 0.02 degrees, side by side.
fn squares() -> Vec<(String, Shape)> {
    [(0, "a"), (200_000, "b")]
        .map(|(east, code)| (code.to_owned(), square(east, 0, 200_000)))
        .to_vec()
}

fn at(x: i32, y: i32) -> Point {
    Point::new(1_208_300_000 + x, 407_000_000 + y).unwrap()
}

fn square(x: i32, y: i32, side: i32) -> Shape {
    let corners = [(0, 0), (side, 0), (side, side), (0, side)];
    let ring = Ring::new(corners.map(|(dx, dy)| at(x + dx, y + dy)).to_vec()).unwrap();
    Shape::new(vec![Polygon::new(ring, vec![])]).unwrap()
}

fn component(code: &str, id: u64, figure: Figure) -> ComponentContent {
    ComponentContent {
        id,
        code: code.into(),
        class: "0101".into(),
        name: None,
        state: Some("intact"),
        figure,
    }
}

fn street(name: &str, points: &[(i32, i32)]) -> BaseContent {
    let line = points.iter().map(|&(x, y)| at(x, y)).collect();
    BaseContent {
        kind: "street".into(),
        class: Some("main".into()),
        name: Some(name.into()),
        name_en: None,
        figure: Figure::Line(Line::new([line]).unwrap()),
    }
}

fn every_tile(set: &TileSet, source: Source, zoom: u8) -> Vec<(TileAddress, MvtTile)> {
    let decoded = covered(set, source, zoom)
        .into_iter()
        .filter_map(|tile| Some((tile, decoded(set, source, tile)?)));
    decoded.collect()
}

fn codes(tiles: &[(TileAddress, MvtTile)]) -> BTreeSet<String> {
    let features = tiles.iter().flat_map(|(_, tile)| &tile.layers[0].features);
    features
        .map(|feature| format!("{:?}", value(&feature.properties, "code")))
        .collect()
}

fn value(properties: &[(String, MvtValue)], key: &str) -> Option<MvtValue> {
    let found = properties.iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value.clone())
}

/// 5,000 components on a spot, and a few far away.
fn crowded() -> Content {
    let mut content = plain(&squares());
    for place in 0..5000 {
        let figure = Figure::Point(at(1000 + (place % 70) * 30, 1000 + (place / 70) * 30));
        content.components.push(component(
            &format!("{place:05}"),
            77 + place as u64 * 7919 % 5000,
            figure,
        ));
    }
    content
        .components
        .push(component("far", 1, Figure::Point(at(390_000, 190_000))));
    content
}

#[test]
fn all_components_are_shown_where_they_fit_and_none_goes_when_the_map_is_enlarged() {
    let set = TileSet::of(crowded(), Shift::None);
    let mut before = BTreeSet::new();
    for zoom in *set.zooms(Source::Components).start()..=MAX_ZOOM {
        let tiles = every_tile(&set, Source::Components, zoom);
        let shown = codes(&tiles);
        assert!(before.is_subset(&shown), "zoom {zoom}");
        let most = tiles
            .iter()
            .map(|(_, tile)| tile.layers[0].features.len())
            .max()
            .unwrap();
        assert!(zoom == MAX_ZOOM || most <= 4096, "zoom {zoom}: {most}");
        before = shown;
    }
    assert_eq!(before.len(), 5001);
}

/// Of the components in each square of 16 pixels, the one with the least id is shown.
#[test]
fn thinning_keeps_the_least_of_each_square() {
    let content = crowded();
    let set = TileSet::of(content.clone(), Shift::None);
    let zoom = 12;
    let world = f64::from(1u32 << zoom) * 4096.0;
    let mut least: BTreeMap<(i64, i64), (u64, String)> = BTreeMap::new();
    for component in &content.components {
        let Figure::Point(p) = component.figure else {
            unreachable!()
        };
        let x = ((p.lon() / 360.0) * world).round() as i64;
        let y = (p.lat().to_radians().tan().asinh() / (2.0 * std::f64::consts::PI) * world).round()
            as i64;
        let this = (
            component.id,
            format!("{:?}", Some(MvtValue::String(component.code.to_string()))),
        );
        let held = least
            .entry((x.div_euclid(128), y.div_euclid(128)))
            .or_insert(this.clone());
        if this.0 < held.0 {
            *held = this;
        }
    }
    let wanted: BTreeSet<String> = least.into_values().map(|(_, code)| code).collect();
    assert!(wanted.len() < 100);
    assert_eq!(codes(&every_tile(&set, Source::Components, zoom)), wanted);
}

/// A street across many tiles: in each the part that is in the window, and all parts are one way.
#[test]
fn a_street_goes_on_from_tile_to_tile() {
    let mut content = plain(&squares());
    content.base.push(street(
        "long",
        &[(0, 1000), (150_001, 90_007), (399_999, 190_000)],
    ));
    let set = TileSet::of(content, Shift::None);
    let mut world_edges = BTreeSet::new();
    for (tile, decoded) in every_tile(&set, Source::Base, 16) {
        let MvtGeometry::LineString(line) = &decoded.layers[0].features[0].geometry else {
            panic!("{tile} has several parts")
        };
        for ends in line.0.windows(2) {
            let to_world = |c: geo_types::Coord<i32>| {
                (
                    i64::from(tile.x()) * 4096 + i64::from(c.x),
                    i64::from(tile.y()) * 4096 + i64::from(c.y),
                )
            };
            world_edges.insert((to_world(ends[0]), to_world(ends[1])));
            assert!(
                [ends[0], ends[1]]
                    .iter()
                    .all(|c| (-64..=4160).contains(&c.x) && (-64..=4160).contains(&c.y))
            );
        }
    }
    // each edge starts where another one ends, but for the first
    let starts: BTreeSet<_> = world_edges.iter().map(|edge| edge.0).collect();
    let ends: BTreeSet<_> = world_edges.iter().map(|edge| edge.1).collect();
    assert_eq!(starts.len(), world_edges.len());
    assert_eq!(starts.difference(&ends).count(), 1);
    assert_eq!(ends.difference(&starts).count(), 1);
}

/// A thing of the base map is shown from the zoom on where it is 16 pixels long.
#[test]
fn short_streets_come_later() {
    let mut content = plain(&squares());
    // 0.04 degrees are 16 pixels, of 360 / 512 / 2^zoom degrees, from zoom 9 on
    content.base.push(street("long", &[(0, 0), (400_000, 0)]));
    // 0.001 degrees, from zoom 14 on
    content
        .base
        .push(street("short", &[(0, 1000), (10_000, 1000)]));
    let set = TileSet::of(content, Shift::None);
    assert_eq!(set.zooms(Source::Base), 9..=MAX_ZOOM);
    for (zoom, count) in [(9, 1), (13, 1), (14, 2), (16, 2)] {
        let names: BTreeSet<String> = every_tile(&set, Source::Base, zoom)
            .iter()
            .flat_map(|(_, tile)| &tile.layers[0].features)
            .map(|feature| format!("{:?}", value(&feature.properties, "name")))
            .collect();
        assert_eq!(names.len(), count, "zoom {zoom}");
    }
}

/// Overlays may overlap each other, and have their ground in every tile that they reach.
#[test]
fn specialised_grids_overlap() {
    let mut content = plain(&squares());
    for (code, x) in [("s1", 10_000), ("s2", 60_000)] {
        content.overlays.push(OverlayContent {
            id: 5,
            code: code.into(),
            name: None,
            name_en: None,
            kind: Some("environment".into()),
            figure: Figure::Area(square(x, 10_000, 100_000)),
        });
    }
    let set = TileSet::of(content, Shift::None);
    let tiles = every_tile(&set, Source::Overlays, 11);
    let mut doubled: BTreeMap<String, i64> = BTreeMap::new();
    for (_, tile) in &tiles {
        for (code, shape) in support::ground(tile, "special") {
            // windows overlap by their buffers: a square that lies in one tile is in few windows
            let area = i64::try_from(shape.doubled_area()).unwrap();
            let largest = doubled.entry(code).or_default();
            *largest = (*largest).max(area);
        }
    }
    assert_eq!(doubled.len(), 2);
    // 0.01 degrees east and as many north at 40.7 degrees: 233 by 307 units
    for area in doubled.values() {
        assert!((2 * 230 * 304..=2 * 236 * 310).contains(area), "{area}");
    }
}

/// The same tile in both formats: the same layers with as many features, ids and attributes.
#[test]
fn both_formats_say_the_same() {
    let mut content = crowded();
    content.base.push(street(
        "long",
        &[(0, 1000), (150_001, 90_007), (399_999, 190_000)],
    ));
    let set = TileSet::of(content, Shift::None);
    for (tile, decoded) in every_tile(&set, Source::City, 13) {
        let mlt = set.tile(Source::City, tile, Format::Mlt).unwrap();
        let layers = mlt_core::Parser::default().parse_layers(&mlt).unwrap();
        assert_eq!(layers.len(), decoded.layers.len());
    }
}

/// Labels stand in the widest part: of an L with a broad arm and a narrow one, in the broad one.
#[test]
fn a_label_stands_in_the_widest_part() {
    let corners = [
        (0, 0),
        (300_000, 0),
        (300_000, 20_000),
        (100_000, 20_000),
        (100_000, 100_000),
        (0, 100_000),
    ];
    let points = corners.map(|(x, y)| at(x, y)).to_vec();
    let shape = Shape::new(vec![Polygon::new(Ring::new(points).unwrap(), vec![])]).unwrap();
    let set = TileSet::of(plain(&[("a".to_owned(), shape.clone())]), Shift::None);
    let mut seen = 0;
    for (tile, decoded) in every_tile(&set, Source::Grids, 14) {
        for layer in decoded.layers.iter().filter(|layer| layer.name == "label") {
            let MvtGeometry::Point(p) = layer.features[0].geometry else {
                panic!()
            };
            assert!(
                (0..4096).contains(&p.x()) && (0..4096).contains(&p.y()),
                "{tile}"
            );
            let lon = (f64::from(tile.x()) + f64::from(p.x()) / 4096.0) / f64::from(1 << 14)
                * 360.0
                - 180.0;
            let east = lon - 120.83;
            assert!((0.004..0.0065).contains(&east), "{east}");
            assert_eq!(
                value(&layer.features[0].properties, "rank"),
                Some(MvtValue::UInt(1))
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 1);
}
