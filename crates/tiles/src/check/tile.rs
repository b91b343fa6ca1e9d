//! A tile as the check reads it: raw rings, before anybody decides which of them are holes.

use fast_mvt::proto::GeomType;
use fast_mvt::{MvtFeatureRef, MvtLayerRef, MvtReaderRef, MvtValueRef};
use wangge_plane::{Point, Ring};

/// The units along a tile's side that the check knows.
pub(super) const EXTENT: i32 = 4096;

/// Coordinates beyond this are not drawn by any client; they are a fault.
const REACH: i32 = 8 * EXTENT;

/// The layers of a tile that the check looks at.
#[derive(Debug, Default)]
pub(super) struct Tile {
    pub(super) grids: Vec<GridLayer>,
    pub(super) borders: Vec<Vec<Point>>,
    pub(super) labels: Vec<Label>,
    /// Vertices of all layers.
    pub(super) vertices: u64,
    /// What could not be read, layer by layer.
    pub(super) unreadable: Vec<(String, String)>,
}

/// One layer `grid_…`.
#[derive(Debug)]
pub(super) struct GridLayer {
    pub(super) name: String,
    pub(super) units: Vec<DrawnUnit>,
}

/// What a tile draws of one unit: all features with its code.
#[derive(Debug)]
pub(super) struct DrawnUnit {
    pub(super) code: String,
    pub(super) id: Option<u64>,
    pub(super) features: Vec<Vec<Path>>,
}

/// A closed path as it was written.
#[derive(Debug)]
pub(super) enum Path {
    /// It has at least three different vertices in a row.
    Ring(Ring),
    /// It has not.
    Short,
}

/// A point of the layer `label`.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) level: String,
    pub(super) code: String,
    pub(super) id: Option<u64>,
    pub(super) at: Point,
}

impl Tile {
    /// Reads a tile. What cannot be read is said and left out.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut tile = Self::default();
        let reader = match MvtReaderRef::new(bytes) {
            Ok(reader) => reader,
            Err(error) => {
                tile.unreadable.push((String::new(), error.to_string()));
                return tile;
            }
        };
        let mut seen: Vec<&str> = Vec::new();
        for layer in reader.layers() {
            if seen.contains(&layer.name()) {
                tile.note(layer.name(), "the layer stands twice in the tile");
                continue;
            }
            seen.push(layer.name());
            tile.read_layer(layer);
        }
        tile
    }

    fn note(&mut self, layer: &str, what: impl Into<String>) {
        self.unreadable.push((layer.to_owned(), what.into()));
    }

    fn read_layer(&mut self, layer: MvtLayerRef<'_>) {
        let name = layer.name();
        let is_grid = name.starts_with("grid_");
        if (is_grid || name == "border" || name == "label")
            && layer.extent() != EXTENT.unsigned_abs()
        {
            let extent = layer.extent();
            self.note(name, format!("the extent is {extent}, not {EXTENT}"));
            return;
        }
        let mut grid = GridLayer {
            name: name.to_owned(),
            units: Vec::new(),
        };
        for feature in layer.features() {
            let paths = match paths_of(feature) {
                Ok(paths) => paths,
                Err(what) => {
                    self.note(name, what);
                    continue;
                }
            };
            self.vertices += paths.iter().map(|path| path.len() as u64).sum::<u64>();
            let read = match name {
                "border" => on_plane(&paths).map(|lines| self.borders.extend(lines)),
                "label" => self.read_label(feature, &paths),
                _ if is_grid => grid.read(feature, &paths),
                _ => Ok(()),
            };
            if let Err(what) = read {
                self.note(name, what);
            }
        }
        if is_grid {
            self.grids.push(grid);
        }
    }

    fn read_label(
        &mut self,
        feature: MvtFeatureRef<'_>,
        paths: &[Vec<[i32; 2]>],
    ) -> Result<(), String> {
        let code = text(feature, "code").ok_or("a label has no code")?;
        let level =
            text(feature, "level").ok_or_else(|| format!("the label of {code} has no level"))?;
        if feature.geom_type() != Some(GeomType::Point) {
            return Err(format!("the label of {code} is no point"));
        }
        for at in on_plane(paths)?.into_iter().flatten() {
            self.labels.push(Label {
                level: level.clone(),
                code: code.clone(),
                id: feature.id(),
                at,
            });
        }
        Ok(())
    }
}

impl GridLayer {
    fn read(&mut self, feature: MvtFeatureRef<'_>, paths: &[Vec<[i32; 2]>]) -> Result<(), String> {
        let code = text(feature, "code").ok_or("a feature has no code")?;
        if feature.geom_type() != Some(GeomType::Polygon) {
            return Err(format!("{code} is no polygon"));
        }
        let rings = on_plane(paths)
            .map_err(|what| format!("{code}: {what}"))?
            .into_iter()
            .map(|points| Ring::new(points).map_or(Path::Short, Path::Ring))
            .collect();
        match self.units.iter_mut().find(|unit| unit.code == code) {
            Some(unit) => unit.features.push(rings),
            None => self.units.push(DrawnUnit {
                code,
                id: feature.id(),
                features: vec![rings],
            }),
        }
        Ok(())
    }
}

/// The points on the plane: x to the east, y to the south, so that a shell turns counter-clockwise.
fn on_plane(paths: &[Vec<[i32; 2]>]) -> Result<Vec<Vec<Point>>, String> {
    let point = |&[x, y]: &[i32; 2]| {
        let near = |v: i32| (-REACH..=EXTENT + REACH).contains(&v);
        Some((x, y))
            .filter(|_| near(x) && near(y))
            .and_then(|(x, y)| Point::new(x, y).ok())
            .ok_or_else(|| format!("a vertex lies at {x}, {y}, far from the tile"))
    };
    paths
        .iter()
        .map(|path| path.iter().map(point).collect())
        .collect()
}

fn text(feature: MvtFeatureRef<'_>, key: &str) -> Option<String> {
    feature.properties().find_map(|property| match property {
        Ok((name, MvtValueRef::String(value))) if name == key => Some(value.to_owned()),
        _ => None,
    })
}

/// The paths of a feature, by the commands of Mapbox Vector Tile 2.1, 4.3.
fn paths_of(feature: MvtFeatureRef<'_>) -> Result<Vec<Vec<[i32; 2]>>, String> {
    let (is_point, is_polygon) = match feature.geom_type() {
        Some(GeomType::Point) => (true, false),
        Some(GeomType::Linestring) => (false, false),
        Some(GeomType::Polygon) => (false, true),
        _ => return Err("a feature is neither point, line nor polygon".to_owned()),
    };
    let mut words = feature.geometry_commands().iter().copied();
    let mut paths: Vec<Vec<[i32; 2]>> = Vec::new();
    let mut at = [0i32; 2];
    let mut is_open = false;
    while let Some(word) = words.next() {
        let (command, count) = (word & 7, word >> 3);
        match command {
            1 | 2 => {
                let fits = match command {
                    1 => count > 0 && (is_point || count == 1) && !(is_polygon && is_open),
                    _ => count > 0 && !is_point && is_open,
                };
                if !fits {
                    return Err(format!("the geometry command {word} does not belong there"));
                }
                for _ in 0..count {
                    let (Some(dx), Some(dy)) = (words.next(), words.next()) else {
                        return Err("a geometry ends in the middle of a command".to_owned());
                    };
                    at = [
                        at[0].saturating_add(unzigzagged(dx)),
                        at[1].saturating_add(unzigzagged(dy)),
                    ];
                    match paths.last_mut() {
                        Some(path) if command == 2 => path.push(at),
                        _ => paths.push(vec![at]),
                    }
                }
                is_open = true;
            }
            7 if is_polygon && is_open && count == 1 => is_open = false,
            _ => return Err(format!("the geometry command {word} does not belong there")),
        }
    }
    if paths.is_empty() {
        return Err("a feature has no geometry".to_owned());
    }
    if is_polygon && is_open {
        return Err("a ring is not closed".to_owned());
    }
    Ok(paths)
}

const fn unzigzagged(word: u32) -> i32 {
    (word >> 1).cast_signed() ^ -((word & 1).cast_signed())
}
