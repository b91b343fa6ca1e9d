//! What an operator writes into a file: the configuration as TOML.

mod base_map;

use std::time::Duration;

use serde::Deserialize;
use wangge_tiles::{MAX_ZOOM, Source};

use crate::{AddressError, BadOrigin, Network, ServerConfig, TrustedPeers, UnknownLanguage};

/// The file, key by key. What is not there keeps its default.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ConfigFile {
    language: Option<String>,
    cors: Option<Vec<String>>,
    public_url: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    allow_writes: Option<bool>,
    show_contacts: Option<bool>,
    near_m: Option<f64>,
    base_map: Vec<base_map::BaseMapTable>,
    limits: LimitsTable,
    tiles: TilesTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TilesTable {
    cache_bytes: Option<u64>,
    attribution: Option<String>,
    ahead: Option<Vec<String>>,
    ahead_zoom: Option<u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LimitsTable {
    connections: Option<usize>,
    requests: Option<usize>,
    streams: Option<usize>,
    head_bytes: Option<usize>,
    target_bytes: Option<usize>,
    body_bytes: Option<usize>,
    stream_bytes: Option<u64>,
    uploads: Option<usize>,
    upload_bytes: Option<u64>,
    line_bytes: Option<usize>,
    page_grids: Option<usize>,
    head_timeout_s: Option<u64>,
    idle_timeout_s: Option<u64>,
    stall_timeout_s: Option<u64>,
    body_timeout_s: Option<u64>,
    stream_timeout_s: Option<u64>,
    answer_timeout_s: Option<u64>,
    work_timeout_s: Option<u64>,
    shutdown_grace_s: Option<u64>,
}

/// Why a configuration file was not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is no TOML, has a key that there is not, or a value of another kind.
    #[error("{message}")]
    Syntax {
        /// What is wrong and where, with the line.
        message: String,
    },
    /// A value that would stop or unbound the service.
    #[error("`{key}` is {value}: {wanted}")]
    Value {
        /// The key.
        key: &'static str,
        /// As given.
        value: String,
        /// What would be right.
        wanted: &'static str,
    },
    /// The language.
    #[error(transparent)]
    Language(#[from] UnknownLanguage),
    /// An origin.
    #[error(transparent)]
    Origin(#[from] BadOrigin),
    /// An address or a network.
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl ServerConfig {
    /// This configuration with what a TOML text says; what it leaves out stays.
    ///
    /// ```
    /// use wangge_server::ServerConfig;
    ///
    /// let config = ServerConfig::default().with_toml(r#"
    ///     language = "zh"
    ///     trusted_proxies = ["10.0.0.0/8"]
    ///     near_m = 20
    ///
    ///     [limits]
    ///     connections = 512
    ///     head_timeout_s = 5
    /// "#)?;
    /// assert_eq!(config.limits.connections, 512);
    /// assert!(ServerConfig::default().with_toml("conections = 512").is_err());
    /// # Ok::<(), wangge_server::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError`]; nothing of a wrong file is taken.
    pub fn with_toml(self, text: &str) -> Result<Self, ConfigError> {
        let file: ConfigFile = toml::from_str(text).map_err(|error| ConfigError::Syntax {
            message: error.to_string().trim_end().to_owned(),
        })?;
        let mut config = self;
        if let Some(language) = file.language {
            config.language = language.parse()?;
        }
        if let Some(origins) = file.cors {
            config.cors = origins.join(",").parse()?;
        }
        if let Some(url) = file.public_url {
            config.public_url = Some(url.parse()?);
        }
        if let Some(networks) = file.trusted_proxies {
            let networks: Result<Vec<Network>, AddressError> =
                networks.iter().map(|network| network.parse()).collect();
            config.trusted_peers = TrustedPeers::new(networks?);
        }
        if let Some(near_m) = file.near_m {
            if !(0.0..=100_000.0).contains(&near_m) {
                return Err(ConfigError::Value {
                    key: "near_m",
                    value: near_m.to_string(),
                    wanted: "a distance of 0 to 100000 metres",
                });
            }
            config.near_m = near_m;
        }
        if let Some(allow_writes) = file.allow_writes {
            config.allow_writes = allow_writes;
        }
        if let Some(show_contacts) = file.show_contacts {
            config.show_contacts = show_contacts;
        }
        if !file.base_map.is_empty() {
            config.base_maps = base_map::read(file.base_map)?;
        }
        if let Some(cache_bytes) = file.tiles.cache_bytes {
            config.tiles.cache_bytes = cache_bytes;
        }
        if let Some(attribution) = file.tiles.attribution {
            config.tiles.attribution = Some(attribution);
        }
        if let Some(ahead) = file.tiles.ahead {
            config.tiles.ahead = ahead
                .iter()
                .map(|name| source(name))
                .collect::<Result<_, _>>()?;
        }
        if let Some(ahead_zoom) = file.tiles.ahead_zoom {
            if ahead_zoom > MAX_ZOOM {
                return Err(ConfigError::Value {
                    key: "tiles.ahead_zoom",
                    value: ahead_zoom.to_string(),
                    wanted: "a zoom of 0 to 16",
                });
            }
            config.tiles.ahead_zoom = ahead_zoom;
        }
        file.limits.put_into(&mut config)?;
        Ok(config)
    }
}

fn source(name: &str) -> Result<Source, ConfigError> {
    name.parse().map_err(|_| ConfigError::Value {
        key: "tiles.ahead",
        value: name.to_owned(),
        wanted: "sources of tiles: city, grids, components, overlays or base",
    })
}

impl LimitsTable {
    fn put_into(self, config: &mut ServerConfig) -> Result<(), ConfigError> {
        let limits = &mut config.limits;
        for (key, given, limit) in [
            ("connections", self.connections, &mut limits.connections),
            ("requests", self.requests, &mut limits.requests),
            ("streams", self.streams, &mut limits.streams),
            ("uploads", self.uploads, &mut limits.uploads),
            ("head_bytes", self.head_bytes, &mut limits.head_bytes),
            ("target_bytes", self.target_bytes, &mut limits.target_bytes),
            ("body_bytes", self.body_bytes, &mut limits.body_bytes),
            ("line_bytes", self.line_bytes, &mut limits.line_bytes),
            ("page_grids", self.page_grids, &mut limits.page_grids),
        ] {
            if let Some(given) = given {
                *limit = above_nothing(key, given)?;
            }
        }
        if let Some(given) = self.stream_bytes {
            limits.stream_bytes = above_nothing("stream_bytes", given)?;
        }
        if let Some(given) = self.upload_bytes {
            limits.upload_bytes = above_nothing("upload_bytes", given)?;
        }
        for (key, given, limit) in [
            (
                "head_timeout_s",
                self.head_timeout_s,
                &mut limits.head_timeout,
            ),
            (
                "idle_timeout_s",
                self.idle_timeout_s,
                &mut limits.idle_timeout,
            ),
            (
                "stall_timeout_s",
                self.stall_timeout_s,
                &mut limits.stall_timeout,
            ),
            (
                "body_timeout_s",
                self.body_timeout_s,
                &mut limits.body_timeout,
            ),
            (
                "stream_timeout_s",
                self.stream_timeout_s,
                &mut limits.stream_timeout,
            ),
            (
                "answer_timeout_s",
                self.answer_timeout_s,
                &mut limits.answer_timeout,
            ),
            (
                "work_timeout_s",
                self.work_timeout_s,
                &mut limits.work_timeout,
            ),
            (
                "shutdown_grace_s",
                self.shutdown_grace_s,
                &mut limits.shutdown_grace,
            ),
        ] {
            if let Some(given) = given {
                *limit = Duration::from_secs(above_nothing(key, given)?);
            }
        }
        Ok(())
    }
}

/// A limit of nothing would refuse every request.
fn above_nothing<T: PartialEq + From<u8> + ToString>(
    key: &'static str,
    value: T,
) -> Result<T, ConfigError> {
    if value == T::from(0) {
        return Err(ConfigError::Value {
            key,
            value: value.to_string(),
            wanted: "a number above 0",
        });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::Language;

    #[test]
    fn an_empty_file_is_the_default() {
        let config = ServerConfig::default().with_toml("").unwrap();
        assert_eq!(
            config.limits.connections,
            ServerConfig::default().limits.connections
        );
        assert!(!config.allow_writes);
    }

    #[test]
    fn every_key_is_taken() {
        let config = ServerConfig::default()
            .with_toml(
                r#"
            language = "zh"
            cors = ["https://map.example.cn"]
            public_url = "https://grid.example.cn/wangge/"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            allow_writes = true
            near_m = 12.5
            [limits]
            connections = 1
            requests = 2
            streams = 3
            head_bytes = 4
            target_bytes = 5
            body_bytes = 6
            stream_bytes = 7
            line_bytes = 8
            page_grids = 9
            head_timeout_s = 10
            idle_timeout_s = 11
            stall_timeout_s = 12
            body_timeout_s = 13
            stream_timeout_s = 14
            answer_timeout_s = 15
            shutdown_grace_s = 16
            uploads = 17
            upload_bytes = 18
            work_timeout_s = 19
            [tiles]
            ahead = ["grids", "base"]
            ahead_zoom = 9
            cache_bytes = 20
            attribution = "© 龙港区"
            "#,
            )
            .unwrap();
        assert_eq!(config.language, Language::Zh);
        assert_eq!(
            config.public_url.unwrap().to_string(),
            "https://grid.example.cn/wangge"
        );
        assert!(config.allow_writes);
        assert_eq!(config.tiles.cache_bytes, 20);
        assert_eq!(config.tiles.attribution.as_deref(), Some("© 龙港区"));
        assert_eq!(config.tiles.ahead, [Source::Grids, Source::Base]);
        assert_eq!(config.tiles.ahead_zoom, 9);
        let limits = config.limits;
        let sizes = [
            limits.connections,
            limits.requests,
            limits.streams,
            limits.head_bytes,
            limits.target_bytes,
            limits.body_bytes,
            usize::try_from(limits.stream_bytes).unwrap(),
            limits.line_bytes,
            limits.page_grids,
            limits.uploads,
            usize::try_from(limits.upload_bytes).unwrap(),
        ];
        assert_eq!(sizes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 18]);
        let times = [
            limits.head_timeout,
            limits.idle_timeout,
            limits.stall_timeout,
            limits.body_timeout,
            limits.stream_timeout,
            limits.answer_timeout,
            limits.shutdown_grace,
            limits.work_timeout,
        ];
        assert_eq!(
            times.map(|time| time.as_secs()),
            [10, 11, 12, 13, 14, 15, 16, 19]
        );
    }

    #[rstest]
    #[case::a_key_that_there_is_not("conections = 1", "conections")]
    #[case::a_limit_of_another_kind("[limits]\nrequests = \"many\"", "requests")]
    #[case::a_limit_of_nothing("[limits]\nconnections = 0", "connections")]
    #[case::a_time_of_nothing("[limits]\nidle_timeout_s = 0", "idle_timeout_s")]
    #[case::a_distance_below_nothing("near_m = -1", "near_m")]
    #[case::no_origin("cors = [\"map.example.cn/\"]", "map.example.cn/")]
    #[case::no_network("trusted_proxies = [\"10.0.0.0/99\"]", "10.0.0.0/99")]
    #[case::no_language("language = \"fr\"", "fr")]
    #[case::no_source("[tiles]\nahead = [\"roads\"]", "roads")]
    #[case::no_zoom("[tiles]\nahead_zoom = 17", "ahead_zoom")]
    #[case::no_toml("limits", "limits")]
    fn a_wrong_file_is_refused_with_the_place(#[case] text: &str, #[case] named: &str) {
        let refused = ServerConfig::default()
            .with_toml(text)
            .unwrap_err()
            .to_string();
        assert!(refused.contains(named), "{refused}");
    }
}
