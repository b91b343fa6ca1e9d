//! `wangge demo`: synthetic cities, taken the whole way from files to answers.

mod making;
mod welcome;

use std::net::SocketAddr;
use std::path::PathBuf;

use wangge_generate::DescribedCity;
use wangge_report::Language;

use crate::args::{Demo, DemoCity, Service};
use crate::command::demo::making::make;
use crate::command::demo::welcome::Welcome;
use crate::command::serve;
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) fn run(args: &Demo, language: Language) -> Result<Outcome, Failure> {
    let cities: Vec<(DescribedCity, PathBuf)> = match args.city.described() {
        Some(city) => vec![city],
        None => DescribedCity::ALL.to_vec(),
    }
    .into_iter()
    .map(|city| (city, args.dir.join(format!("{}.gpkg", city.name()))))
    .collect();
    let mut stores = Vec::with_capacity(cities.len());
    let mut welcomes = Vec::with_capacity(cities.len());
    for (number, (city, store)) in (0..).zip(&cities) {
        let scheme = city.scheme()?;
        let files = args.dir.join(city.name());
        if !store.exists() {
            let name = scheme.name();
            output::tell(&match language {
                Language::Zh => {
                    format!("正在生成合成示范城市{name}（边界与名称均为虚构）……")
                }
                Language::En => {
                    let name = scheme.name_en().unwrap_or(name);
                    format!(
                        "making a synthetic city, {name} (its boundaries and names are invented) …"
                    )
                }
            });
            make(*city, &files, store)?;
        }
        welcomes.push(Welcome::new(*city, scheme, &files, store));
        stores.push((Some(store.as_path()), counted_up(args.listen, number)?));
    }
    let service = Service {
        // a map page on any origin may try the demonstration
        cors: vec!["*".to_owned()],
        ..Service::default()
    };
    serve::start_each(&stores, &service, language, |addresses| {
        let mut text = String::new();
        for (welcome, &address) in welcomes.iter().zip(addresses) {
            text += &welcome.text(address, language);
            text += "\n\n";
        }
        text += match language {
            Language::Zh => "Ctrl-C 结束\n",
            Language::En if welcomes.len() == 1 => "Ctrl-C ends it\n",
            Language::En => "Ctrl-C ends them\n",
        };
        // a closed output is no reason not to serve
        let _ = output::print(&text);
    })
}

impl DemoCity {
    /// The city; `None` for all of them.
    const fn described(self) -> Option<DescribedCity> {
        match self {
            Self::Longgang => Some(DescribedCity::LONGGANG),
            Self::Songzi => Some(DescribedCity::SONGZI),
            Self::Laiyang => Some(DescribedCity::LAIYANG),
            Self::Erdao => Some(DescribedCity::ERDAO),
            Self::Zhanggong => Some(DescribedCity::ZHANGGONG),
            Self::All => None,
        }
    }
}

/// The address so many ports further on; any free port stays any.
fn counted_up(listen: SocketAddr, number: u16) -> Result<SocketAddr, Failure> {
    let port = match listen.port() {
        0 => Some(0),
        port => port.checked_add(number),
    };
    let Some(port) = port else {
        return Err(Failure::new(
            format!("--listen 的端口 {} 之后没有足够的端口", listen.port()),
            format!(
                "--listen has port {}, and too few ports follow it",
                listen.port()
            ),
        ));
    };
    Ok(SocketAddr::new(listen.ip(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_counted_up_from_the_first_one() {
        let at = |listen: &str, number| counted_up(listen.parse().unwrap(), number);
        assert_eq!(at("127.0.0.1:8080", 0).unwrap().port(), 8080);
        assert_eq!(at("127.0.0.1:8080", 4).unwrap().port(), 8084);
        assert_eq!(at("[::1]:0", 4).unwrap().port(), 0);
        at("127.0.0.1:65532", 4).unwrap_err();
    }
}
