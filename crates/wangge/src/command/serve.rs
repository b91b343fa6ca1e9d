//! `wangge serve`: the service over a store, over archives of tiles, or both.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;
use wangge_city::{Planning, Published};
use wangge_exchange::{Limits, Policy, Reader};
use wangge_report::{Language, Told};
use wangge_server::{
    AddressError, Archives, ConfigError, Network, Origins, ServerConfig, ServerError, TrustedPeers,
    serve, stop_signal,
};

use crate::args::{Serve, Service, named_archive};
use crate::command::import::reader_within;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

/// How often the store is asked whether anybody committed something.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

pub(crate) fn run(args: &Serve, language: Language) -> Result<Outcome, Failure> {
    start(
        args.store.as_deref(),
        args.listen,
        &args.service,
        language,
        |address| {
            output::tell(&match language {
                Language::Zh => format!("正在 http://{address} 提供服务（Ctrl-C 结束）"),
                Language::En => format!("serving on http://{address} (Ctrl-C ends it)"),
            });
        },
    )
}

/// Serves a store, or archives alone, until the process is told to stop. `ready` is told the address that is
/// listened on, before the first request is answered.
pub(crate) fn start(
    store: Option<&Path>,
    listen: SocketAddr,
    service: &Service,
    language: Language,
    ready: impl FnOnce(SocketAddr),
) -> Result<Outcome, Failure> {
    start_each(&[(store, listen)], service, language, |addresses| {
        if let [address] = addresses {
            ready(*address);
        }
    })
}

/// Serves some stores, each on its own address, until the process is told to stop. `ready` is
/// told the addresses, in order, before the first request is answered.
pub(crate) fn start_each(
    stores: &[(Option<&Path>, SocketAddr)],
    service: &Service,
    language: Language,
    ready: impl FnOnce(&[SocketAddr]),
) -> Result<Outcome, Failure> {
    let mut config = config(service, language)?;
    config.reader = Some(reader_of_points(service, &config)?);
    start_log();
    let mut cities = Vec::with_capacity(stores.len());
    let mut watches = Vec::with_capacity(stores.len());
    for &(store, listen) in stores {
        let published = Arc::new(Published::empty());
        let Some(store) = store else {
            cities.push((published, None, listen));
            continue;
        };
        let watch = waiting(
            match language {
                Language::Zh => "正在载入城市",
                Language::En => "loading the city",
            },
            || published.follow(store, FOLLOW_EVERY),
        )?;
        watches.push(watch);
        cities.push((published, Some(planning(store, service)?), listen));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                format!("无法启动服务：{}", error.in_chinese()),
                format!("cannot start the service: {error}"),
            )
        })?;
    runtime.block_on(async {
        let mut addresses = Vec::with_capacity(cities.len());
        let mut services = JoinSet::new();
        for (published, planning, listen) in cities {
            let listener =
                wangge_server::listen(listen).map_err(|error| cannot_listen(listen, &error))?;
            let address = listener
                .local_addr()
                .map_err(|error| cannot_listen(listen, &error))?;
            addresses.push(address);
            services.spawn(serve(
                listener,
                published,
                planning,
                config.clone(),
                stop_signal()?,
            ));
        }
        ready(&addresses);
        while let Some(ended) = services.join_next().await {
            // a service that panicked takes the process with it, as it does alone
            ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
        }
        Ok::<(), Failure>(())
    })?;
    drop(watches);
    Ok(Outcome::Sound)
}

/// The plans of a store. Files that are sent are read in locked processes only.
fn planning(store: &Path, service: &Service) -> Result<Planning, Failure> {
    let reader = reader_within(limits_for_uploads(service))?;
    Ok(Planning::new(store.to_owned(), reader))
}

fn limits_for_uploads(service: &Service) -> Limits {
    Limits {
        policy: if service.unsafe_no_sandbox {
            Policy::GoOnWithNote
        } else {
            Policy::Require
        },
        ..Limits::for_uploads()
    }
}

/// What reads files of points that are sent: they are as long in reading as they are in being answered.
fn reader_of_points(service: &Service, config: &ServerConfig) -> Result<Reader, Failure> {
    const MEMORY_BYTES: u64 = 2 << 30;
    reader_within(Limits {
        input_bytes: config.limits.upload_bytes,
        memory_bytes: MEMORY_BYTES,
        wall_s: config.limits.stream_timeout.as_secs(),
        ..limits_for_uploads(service)
    })
}

fn cannot_listen(listen: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("无法在 {listen} 上监听：{}", error.in_chinese()),
        format!("cannot listen on {listen}: {error}"),
    )
    .with_help(
        "是否已有其他程序占用？可用 --listen 127.0.0.1:端口 换一个端口",
        "is another program there? Choose another port with --listen 127.0.0.1:PORT",
    )
}

fn config(service: &Service, language: Language) -> Result<ServerConfig, Failure> {
    let mut config = ServerConfig {
        language: match language {
            Language::Zh => wangge_server::Language::Zh,
            Language::En => wangge_server::Language::En,
        },
        ..ServerConfig::default()
    };
    if let Some(path) = &service.config {
        config = from_file(path, config)?;
    }
    config.allow_writes |= service.allow_writes;
    config.show_contacts |= service.show_contacts;
    if !service.cors.is_empty() {
        let given = service.cors.join(",");
        config.cors = given.parse::<Origins>().map_err(|error| {
            Failure::new(
                format!(
                    "--cors 的值“{given}”不是网页来源：应写成 协议://主机[:端口]，不带路径；* 表示任何来源"
                ),
                format!("--cors: {error}"),
            )
        })?;
    }
    if let Some(url) = &service.public_url {
        config.public_url = Some(url.parse()?);
    }
    if !service.trusted_proxy.is_empty() {
        let networks: Result<Vec<Network>, AddressError> = service
            .trusted_proxy
            .iter()
            .map(|network| network.parse())
            .collect();
        config.trusted_peers = TrustedPeers::new(networks?);
    }
    if let Some(near_m) = service.near {
        if !(0.0..=100_000.0).contains(&near_m) {
            return Err(Failure::new(
                format!("--near 的值 {near_m} 不对：应为 0 到 100000 米"),
                format!("--near is {near_m}: say a distance of 0 to 100000 metres"),
            ));
        }
        config.near_m = near_m;
    }
    config.archives = archives(service, language)?;
    Ok(config)
}

fn archives(service: &Service, language: Language) -> Result<Archives, Failure> {
    let asked: Vec<_> = service
        .archive
        .iter()
        .map(|file| named_archive(file))
        .collect();
    let opening = || Archives::open(asked.iter().map(|(name, file)| (name.as_deref(), *file)));
    if asked.is_empty() {
        return Ok(Archives::default());
    }
    let opened = waiting(
        match language {
            Language::Zh => "正在读取瓦片归档",
            Language::En => "reading the archives of tiles",
        },
        opening,
    );
    opened.map_err(|error| match error {
        error @ (ServerError::ArchiveName { .. }
        | ServerError::ArchiveNameOfOurs { .. }
        | ServerError::ArchiveNameTwice { .. }) => Failure::from(error).with_help(
            "可用 --archive 名称=文件 另取一个名称，例如 --archive old=city.pmtiles",
            "give it another name with --archive NAME=FILE, as in --archive old=city.pmtiles",
        ),
        error => error.into(),
    })
}

/// A configuration with what a file says.
fn from_file(path: &Path, config: ServerConfig) -> Result<ServerConfig, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::io("读取配置文件", "read the configuration", path, &error))?;
    config.with_toml(&text).map_err(|error| {
        let zh = match &error {
            ConfigError::Value { key, value, .. } => format!("{key} 的值 {value} 不对"),
            // the place and the text of the line stand in the message
            other => other.to_string(),
        };
        let path = path.display();
        Failure::new(
            format!("配置文件 {path} 有误：{zh}"),
            format!("the configuration {path} is wrong: {error}"),
        )
    })
}

/// One line a request on standard error; `RUST_LOG` says how much.
fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // a second start in one process keeps the first log
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
}
