//! Cities to cut into tiles, and what a decoder makes of these.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "each test file uses its own part, and a test that panics has failed"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fast_mvt::{MvtGeometry, MvtPolygon, MvtReaderRef, MvtTile};
use wangge_coverage::{Coverage, Member, RepairTerms, repair};
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_tiles::{Content, Format, LevelContent, Source, TileAddress, TileSet, UnitContent};

/// Content of one level with nothing but these grids.
pub(crate) fn plain(shapes: &[(String, Shape)]) -> Content {
    let members: Vec<Member<'_>> = shapes
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let coverage = Coverage::build(&members).unwrap_or_else(|verdict| panic!("{verdict:?}"));
    let mut units: Vec<UnitContent> = shapes
        .iter()
        .map(|(code, shape)| unit(code, None, shape.area_m2()))
        .collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    let level = LevelContent {
        id: "grid".into(),
        unit_of: (0u32..).take(units.len()).collect(),
        units,
    };
    Content {
        coverage: Arc::new(coverage),
        levels: vec![level],
        overlays: Vec::new(),
        components: Vec::new(),
        base: Vec::new(),
    }
}

pub(crate) fn unit(code: &str, parent: Option<&str>, area_m2: f64) -> UnitContent {
    UnitContent {
        id: code
            .bytes()
            .fold(7, |id, byte| (id * 31 + u64::from(byte)) % (1 << 50)),
        code: code.into(),
        name: Some(format!("name of {code}").into()),
        name_en: None,
        kind: None,
        parent: parent.map(Into::into),
        area_m2,
    }
}

/// Every tile that a source covers at a zoom.
pub(crate) fn covered(set: &TileSet, source: Source, zoom: u8) -> Vec<TileAddress> {
    let mut tiles = vec![TileAddress::new(0, 0, 0).unwrap()];
    for z in 1..=zoom {
        let children = tiles.iter().flat_map(|t| {
            [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| (2 * t.x() + x, 2 * t.y() + y))
        });
        tiles = children
            .filter_map(|(x, y)| TileAddress::new(z, x, y))
            .filter(|&tile| set.covers(source, tile))
            .collect();
    }
    tiles
}

/// All levels of a synthetic city.
pub(crate) fn synthetic(city: &wangge_generate::City) -> Content {
    let shapes: Vec<(String, Shape)> = city
        .grids
        .iter()
        .map(|grid| (grid.unit.code.as_str().to_owned(), grid.shape.clone()))
        .collect();
    let mut content = plain(&shapes);
    let parents: BTreeMap<&str, &str> = city
        .units()
        .filter_map(|unit| Some((unit.code.as_str(), unit.parent.as_ref()?.as_str())))
        .collect();
    let lowest = city.scheme.levels().len() - 1;
    let mut levels = Vec::new();
    for level in 0..lowest {
        let units: Vec<UnitContent> = city
            .upper
            .iter()
            .filter(|(unit, _)| unit.level.0 == level)
            .map(|(of, shape)| {
                let code = of.code.as_str();
                unit(code, parents.get(code).copied(), shape.area_m2())
            })
            .collect();
        let unit_of = content.levels[0]
            .units
            .iter()
            .map(|grid| {
                let mut code = &*grid.code;
                loop {
                    code = parents[code];
                    if let Some(at) = units.iter().position(|unit| &*unit.code == code) {
                        return u32::try_from(at).unwrap();
                    }
                }
            })
            .collect();
        levels.push(LevelContent {
            id: city.scheme.levels()[level].id().into(),
            units,
            unit_of,
        });
    }
    levels.append(&mut content.levels);
    content.levels = levels;
    content
}

/// The folder of real boundaries; without it the test passes and says so.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: no real data");
        None
    }
}

/// Codes and shapes of a file of polygons, features without geometry left out.
pub(crate) fn read(path: &Path, key: &str) -> Vec<(String, Shape)> {
    let text = std::fs::read_to_string(path).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("{} is no feature collection", path.display())
    };
    let features = collection.features.into_iter();
    let shapes = features.filter_map(|feature| {
        let code = feature.property(key).map(ToString::to_string);
        let code = code.unwrap_or_else(|| panic!("{key} of {:?}", feature.properties));
        let polygons: geo_types::MultiPolygon<f64> =
            match geo_types::Geometry::try_from(feature.geometry?).unwrap() {
                geo_types::Geometry::Polygon(polygon) => polygon.into(),
                geo_types::Geometry::MultiPolygon(polygons) => polygons,
                other => panic!("{other:?} is no polygon"),
            };
        let shape = Shape::land(&polygons).unwrap().shape.unwrap();
        Some((code.trim_matches('"').to_owned(), shape))
    });
    shapes.collect()
}

/// The same without gaps and overlaps.
pub(crate) fn mended(shapes: &[(String, Shape)]) -> Vec<(String, Shape)> {
    let members: Vec<Member<'_>> = shapes
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let terms = RepairTerms {
        max_gap_width_m: 1e6,
        ..RepairTerms::default()
    };
    let repaired = repair(&members, &terms);
    let codes = shapes.iter().map(|(code, _)| code.clone());
    codes.zip(repaired.shapes).collect()
}

/// A tile as a decoder has it.
pub(crate) fn decoded(set: &TileSet, source: Source, tile: TileAddress) -> Option<MvtTile> {
    let bytes = set.tile(source, tile, Format::Mvt)?;
    Some(MvtReaderRef::new(&bytes).unwrap().to_tile().unwrap())
}

/// The ground of each feature of a layer, in tile units, y to the north.
pub(crate) fn ground(tile: &MvtTile, layer: &str) -> Vec<(String, Shape)> {
    let Some(layer) = tile.layers.iter().find(|l| l.name == layer) else {
        return Vec::new();
    };
    layer
        .features
        .iter()
        .map(|feature| {
            let code = feature
                .properties
                .iter()
                .find(|(key, _)| key == "code")
                .map(|(_, value)| format!("{value:?}"))
                .unwrap();
            let polygons: Vec<MvtPolygon> = match &feature.geometry {
                MvtGeometry::Polygon(polygon) => vec![polygon.clone()],
                MvtGeometry::MultiPolygon(polygons) => polygons.0.clone(),
                other => panic!("{other:?}"),
            };
            let parts = polygons.iter().map(|polygon| {
                Polygon::new(
                    ring(polygon.exterior()),
                    polygon.interiors().iter().map(ring).collect(),
                )
            });
            (code, Shape::new(parts.collect()).unwrap())
        })
        .collect()
}

fn ring(line: &geo_types::LineString<i32>) -> Ring {
    let points = line.0.iter().map(|c| Point::new(c.x, -c.y).unwrap());
    Ring::new(points.collect()).unwrap()
}
