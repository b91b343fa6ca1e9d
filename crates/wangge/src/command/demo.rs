//! `wangge demo`: a synthetic city, taken the whole way from files to answers.

use std::net::SocketAddr;
use std::path::Path;

use wangge_city::work::{self, GridFiles, ListFiles};
use wangge_generate::CitySpec;
use wangge_model::ListKind;
use wangge_report::Language;
use wangge_store::Store;

use crate::args::{Demo, DemoCity, Service};
use crate::command::import::reader;
use crate::command::serve;
use crate::failure::{Failure, Outcome};
use crate::output;

/// The lists that a synthetic city has files of.
const LISTS: [ListKind; 4] = [
    ListKind::Classes,
    ListKind::Departments,
    ListKind::Rules,
    ListKind::Posts,
];

/// The seed of the demonstration cities.
const SEED: u64 = 1;

pub(crate) fn run(args: &Demo, language: Language) -> Result<Outcome, Failure> {
    let DemoCity::Longgang = args.city;
    let (files, store) = (args.dir.join("longgang"), args.dir.join("longgang.gpkg"));
    if !store.exists() {
        output::tell(match language {
            Language::Zh => "正在生成合成示范城市（边界与名称均为虚构）……",
            Language::En => "making a synthetic city (its boundaries and names are invented) …",
        });
        make(&files, &store)?;
    }
    let service = Service {
        // a map page on any origin may try the demonstration
        cors: vec!["*".to_owned()],
        ..Service::default()
    };
    let point = example_point(&files);
    serve::start(&store, args.listen, &service, language, |address| {
        // a closed output is no reason not to serve
        let _ = output::print(&(welcome(address, point, &store, language) + "\n"));
    })
}

/// Generates the city's files, imports them and publishes the plan: grids, and the lists of who is
/// responsible in them. The store appears when all of
/// that is done.
fn make(files: &Path, store: &Path) -> Result<(), Failure> {
    let city = wangge_generate::city(&CitySpec::longgang()?, SEED)?;
    city.write(files)?;
    let beside = store.with_extension("making.gpkg");
    // what an interrupted run left is nobody's
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::io("删除", "remove", &beside, &error));
        }
        _ => {}
    }
    let mut made = Store::create(&beside, &city.scheme)?;
    let reader = reader()?;
    for (file, level) in [
        ("district.geojson", "district"),
        ("streets.geojson", "street"),
        ("communities.geojson", "community"),
        ("grids.geojson", "grid"),
    ] {
        let grids = GridFiles {
            paths: vec![files.join(file)],
            ..GridFiles::default()
        };
        work::import_grids(
            &mut made,
            &reader,
            &grids,
            Some("demo"),
            Some(level),
            &mut |_| {},
        )?;
    }
    for kind in LISTS {
        let list = ListFiles::of(kind, vec![files.join(format!("{kind}.csv"))]);
        work::import_list(&mut made, &reader, &list, &mut |_| {})?;
    }
    work::publish(&mut made, Some("demo"), None)?;
    drop(made);
    std::fs::rename(&beside, store).map_err(|error| Failure::io("写入", "write", store, &error))
}

/// A position inside the city: the first of its points.
fn example_point(files: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(files.join("points.csv")).ok()?;
    let mut fields = text.lines().nth(1)?.split(',').skip(1);
    Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
}

fn welcome(
    address: SocketAddr,
    point: Option<(String, String)>,
    store: &Path,
    language: Language,
) -> String {
    let (lon, lat) = point.unwrap_or_else(|| ("120.85".to_owned(), "40.72".to_owned()));
    let store = store.display();
    match language {
        Language::Zh => format!(
            "示范城市（合成数据）已在 http://{address} 提供服务\n\n  \
             层级定义     http://{address}/v1/scheme\n  \
             街道         http://{address}/v1/grids?level=street\n  \
             查询一个点   curl 'http://{address}/v1/locate?lon={lon}&lat={lat}'\n  \
             水管破裂归谁 curl 'http://{address}/v1/locate?lon={lon}&lat={lat}&event=0402'\n  \
             命令行查询   wangge locate --store {store} {lon} {lat}\n  \
             在 QGIS 中打开 {store}\n\nCtrl-C 结束"
        ),
        Language::En => format!(
            "the demonstration city (synthetic) is served on http://{address}\n\n  \
             its levels        http://{address}/v1/scheme\n  \
             its streets       http://{address}/v1/grids?level=street\n  \
             look a point up   curl 'http://{address}/v1/locate?lon={lon}&lat={lat}'\n  \
             who mends a pipe  curl 'http://{address}/v1/locate?lon={lon}&lat={lat}&event=0402'\n  \
             the same here     wangge locate --store {store} {lon} {lat}\n  \
             open in QGIS      {store}\n\nCtrl-C ends it"
        ),
    }
}
