//! `[[base_map]]`: raster maps that styles lay below the city.

use serde::Deserialize;
use wangge_tiles::Shift;

use super::ConfigError;
use crate::BaseMap;

/// The zoom that a map ends with which does not say it.
const LAST_ZOOM: u8 = 18;

/// One raster map, key by key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseMapTable {
    tiles: Vec<String>,
    crs: Option<String>,
    tile_size: Option<u16>,
    min_zoom: Option<u8>,
    max_zoom: Option<u8>,
    attribution: Option<String>,
}

pub(super) fn read(tables: Vec<BaseMapTable>) -> Result<Vec<BaseMap>, ConfigError> {
    let mut maps: Vec<BaseMap> = Vec::with_capacity(tables.len());
    for table in tables {
        let map = table.read()?;
        if maps.iter().any(|other| other.shift == map.shift) {
            return Err(ConfigError::Value {
                key: "base_map",
                value: "given twice for one system".to_owned(),
                wanted: "one map for \"wgs84\" and one for \"gcj02\" at most",
            });
        }
        maps.push(map);
    }
    Ok(maps)
}

impl BaseMapTable {
    fn read(self) -> Result<BaseMap, ConfigError> {
        let refused = |key, value: String, wanted| Err(ConfigError::Value { key, value, wanted });
        if self.tiles.is_empty() {
            return refused(
                "base_map.tiles",
                "empty".to_owned(),
                "one address of tiles at least",
            );
        }
        for address in &self.tiles {
            if !is_tile_address(address) {
                return refused(
                    "base_map.tiles",
                    address.clone(),
                    "an http or https address with {z}, {x} and {y} in its path, without spaces or quotes",
                );
            }
        }
        let shift = match self.crs.as_deref() {
            None | Some("wgs84" | "cgcs2000") => Shift::None,
            Some("gcj02") => Shift::Gcj02,
            Some(other) => {
                return refused(
                    "base_map.crs",
                    other.to_owned(),
                    "\"wgs84\" or \"gcj02\": what the map is drawn in",
                );
            }
        };
        let tile_size = self.tile_size.unwrap_or(256);
        if !matches!(tile_size, 256 | 512) {
            return refused(
                "base_map.tile_size",
                tile_size.to_string(),
                "256 or 512 pixels",
            );
        }
        let (min_zoom, max_zoom) = (
            self.min_zoom.unwrap_or(0),
            self.max_zoom.unwrap_or(LAST_ZOOM),
        );
        if min_zoom > max_zoom || max_zoom > 24 {
            return refused(
                "base_map.max_zoom",
                max_zoom.to_string(),
                "a zoom from min_zoom to 24",
            );
        }
        Ok(BaseMap {
            tiles: self.tiles,
            shift,
            tile_size,
            min_zoom,
            max_zoom,
            attribution: self.attribution,
        })
    }
}

/// The host must stand in the address as it is: it goes into the page's content security policy.
fn is_tile_address(address: &str) -> bool {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let Some((host, path)) = rest.and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let good_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    good_host
        && ["{z}", "{x}", "{y}"].iter().all(|part| path.contains(part))
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::ServerConfig;
    use wangge_tiles::Shift;

    #[test]
    fn a_map_of_each_system_is_taken() {
        let config = ServerConfig::default()
            .with_toml(
                r#"
                [[base_map]]
                tiles = ["https://t.example.cn/{z}/{x}/{y}.png?k=1"]
                attribution = "© 某图"
                max_zoom = 17
                [[base_map]]
                tiles = ["http://127.0.0.1:9/g/{z}/{y}/{x}"]
                crs = "gcj02"
                tile_size = 512
                "#,
            )
            .unwrap();
        let maps = &config.base_maps;
        assert_eq!(maps.len(), 2);
        assert_eq!(
            (maps[0].shift, maps[0].tile_size, maps[0].max_zoom),
            (Shift::None, 256, 17)
        );
        assert_eq!(
            (maps[1].shift, maps[1].tile_size, maps[1].max_zoom),
            (Shift::Gcj02, 512, 18)
        );
    }

    #[rstest]
    #[case::no_tiles("tiles = []")]
    #[case::no_row("tiles = [\"https://a/{z}/{x}.png\"]")]
    #[case::file("tiles = [\"file:///{z}/{x}/{y}\"]")]
    #[case::policy("tiles = [\"https://a; script-src */{z}/{x}/{y}\"]")]
    #[case::system("tiles = [\"https://a/{z}/{x}/{y}\"]\ncrs = \"bd09\"")]
    #[case::size("tiles = [\"https://a/{z}/{x}/{y}\"]\ntile_size = 0")]
    #[case::zooms("tiles = [\"https://a/{z}/{x}/{y}\"]\nmin_zoom = 9\nmax_zoom = 8")]
    #[case::twice(
        "tiles = [\"https://a/{z}/{x}/{y}\"]\n[[base_map]]\ntiles = [\"https://a/{z}/{x}/{y}\"]"
    )]
    fn what_would_not_draw_is_refused(#[case] table: &str) {
        let text = format!("[[base_map]]\n{table}");
        assert!(ServerConfig::default().with_toml(&text).is_err());
    }
}
