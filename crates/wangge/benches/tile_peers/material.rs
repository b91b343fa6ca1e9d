//! What both sides serve: a synthetic city in a store, its tiles as archives, its grids as a file.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use wangge_generate::{CitySpec, city};
use wangge_tiles::TileAddress;
use wangge_tiles::archive::Archive;
use wangge_tiles::check::Pyramid as _;

use crate::Outcome;
use crate::postgis::succeeds;

pub(crate) struct Material {
    folder: TempDir,
    /// Archives of the source `grids`, read by this program.
    pub(crate) archive: Archive,
    /// From which zoom on tiles show grids, and not the level above.
    pub(crate) first_zoom: u8,
}

impl Material {
    pub(crate) fn make(grids: usize) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name).display().to_string();
        let spec = CitySpec::sized(grids)?;
        city(&spec, 1)?.write(&folder.path().join("city"))?;
        let store = at("city.gpkg");
        wangge(&["init", &store, "--scheme", &at("city/scheme.toml")])?;
        wangge(&[
            "import",
            "grids",
            &at("city/grids.geojson"),
            "--store",
            &store,
        ])?;
        wangge(&["publish", "--store", &store])?;
        for archive in ["p.pmtiles", "m.mbtiles"] {
            let to = at(archive);
            wangge(&[
                "tiles", "export", "--store", &store, "--source", "grids", "-o", &to,
            ])?;
        }
        let to = at("grids.ndjson");
        wangge(&[
            "export",
            "grids",
            "--store",
            &store,
            "--crs",
            "EPSG:4326",
            "-o",
            &to,
        ])?;

        let archive = Archive::open(&folder.path().join("p.pmtiles"))?;
        let metadata = archive.metadata()?;
        let scheme = spec.scheme();
        let layer = format!("grid_{}", scheme.level_at(scheme.lowest())?.id());
        let first_zoom = metadata["vector_layers"]
            .as_array()
            .and_then(|layers| layers.iter().find(|known| known["id"] == layer.as_str()))
            .and_then(|layer| u8::try_from(layer["minzoom"].as_u64()?).ok())
            .ok_or("the archive does not say where grids begin")?;
        Ok(Self {
            folder,
            archive,
            first_zoom,
        })
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("city.gpkg")
    }

    pub(crate) fn archives(&self) -> [PathBuf; 2] {
        [self.path("p.pmtiles"), self.path("m.mbtiles")]
    }

    /// The grids in WGS 84, one feature a line.
    pub(crate) fn features(&self) -> PathBuf {
        self.path("grids.ndjson")
    }

    /// At most so many tiles of each zoom, evenly spread, in an order that mixes zooms and places.
    pub(crate) fn tiles(&self, of_each_zoom: usize) -> Outcome<Vec<TileAddress>> {
        let mut tiles: Vec<TileAddress> = Vec::new();
        for zoom in self.archive.zooms()? {
            let all = self.archive.addresses(zoom)?;
            tiles.extend(all.iter().step_by(all.len().div_ceil(of_each_zoom)));
        }
        // a multiplicative hash: the same order everywhere, and none that suits a cache
        tiles.sort_by_key(|tile| {
            let place =
                (u64::from(tile.z()) << 48) | (u64::from(tile.x()) << 24) | u64::from(tile.y());
            place.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        Ok(tiles)
    }

    /// The same, zoom after zoom.
    pub(crate) fn by_zoom(&self, of_each_zoom: usize) -> Outcome<Vec<(u8, Vec<TileAddress>)>> {
        let tiles = self.tiles(of_each_zoom)?;
        let of = |zoom| tiles.iter().copied().filter(move |tile| tile.z() == zoom);
        let zooms = self.archive.zooms()?;
        Ok(zooms.into_iter().map(|z| (z, of(z).collect())).collect())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn wangge(arguments: &[&str]) -> Outcome<()> {
    let program = Path::new(env!("CARGO_BIN_EXE_wangge"));
    succeeds(Command::new(program).args(arguments)).map(|_| ())
}
