//! `wangge serve`.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what is served").args(["store", "archive"]).required(true).multiple(true))]
pub(crate) struct Serve {
    /// The store; archives can be served without one
    #[arg(long)]
    pub(crate) store: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// What a person may set of the service. What stands here outweighs the file.
#[derive(Debug, Default, Args)]
pub(crate) struct Service {
    /// An archive of tiles to serve too (.pmtiles, .mbtiles), as /tiles/NAME; may be given several
    /// times. The name is the file's without its ending, unless said 瓦片归档
    #[arg(long, value_name = "[NAME=]FILE")]
    pub(crate) archive: Vec<PathBuf>,
    /// A file with limits, addresses and the like (TOML; see docs/http.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Networks of proxies whose X-Forwarded-* headers are believed (default: loopback)
    #[arg(long, value_name = "NET,…", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<String>,
    /// Outside the grids, answer with the nearest one within this many metres, unless a request
    /// says otherwise (default: 0)
    #[arg(long, value_name = "M")]
    pub(crate) near: Option<f64>,
    /// The address that clients see, where it is not the one listened on
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Origins of web pages that may ask, or * for any
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',')]
    pub(crate) cors: Vec<String>,
    /// Let requests change data
    #[arg(long)]
    pub(crate) allow_writes: bool,
    /// Answer with names and phone numbers of people and departments
    #[arg(long)]
    pub(crate) show_contacts: bool,
    /// Read files that are sent even where the system cannot lock the process that reads them
    #[arg(long)]
    pub(crate) unsafe_no_sandbox: bool,
}

/// The name and the file of an archive as they are given: `NAME=FILE`, or the file alone. What
/// stands before a `=` is part of the file where it leads through folders.
pub(crate) fn named_archive(given: &Path) -> (Option<String>, &Path) {
    let bytes = given.as_os_str().as_bytes();
    let Some(at) = bytes.iter().position(|&byte| byte == b'=') else {
        return (None, given);
    };
    let (name, file) = (&bytes[..at], &bytes[at + 1..]);
    if name.contains(&b'/') {
        return (None, given);
    }
    (
        Some(String::from_utf8_lossy(name).into_owned()),
        Path::new(OsStr::from_bytes(file)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_may_be_named() {
        let named = |given: &'static str| {
            let (name, file) = named_archive(Path::new(given));
            (name, file.to_str().unwrap())
        };
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(named("grids.pmtiles"), (None, "grids.pmtiles"));
        assert_eq!(named("old=a/b.pmtiles"), (name("old"), "a/b.pmtiles"));
        assert_eq!(named("old=a=b.pmtiles"), (name("old"), "a=b.pmtiles"));
        assert_eq!(named("./a=b.pmtiles"), (None, "./a=b.pmtiles"));
        assert_eq!(named("=b.pmtiles"), (name(""), "b.pmtiles"));
        assert_eq!(named("old="), (name("old"), ""));
    }
}
