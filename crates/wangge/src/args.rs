//! The command line, as clap reads it.

mod diff;
mod importing;
mod planning;
mod serving;
mod store;
mod tiles;
mod tracking;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use wangge_report::Language;

pub(crate) use diff::Diff;
pub(crate) use importing::{
    Conversion, Import, ImportComponents, ImportGrids, ImportLayer, ImportList, Reading,
};
pub(crate) use planning::{
    Acceptance, Cutting, PlanBalance, PlanCheck, PlanCommand, PlanList, PlanLog, PlanMerge,
    PlanMoveBorder, PlanNew, PlanRemove, PlanRemoveGrids, PlanShow, PlanSplit, Publish,
};
pub(crate) use serving::{Serve, Service, named_archive};
pub(crate) use store::{StoreBackup, StoreCheck, StoreCommand};
pub(crate) use tiles::{Shown, TilesCheck, TilesCommand, TilesExport};
pub(crate) use tracking::{Patrol, Track, Tracking};

/// The spatial service of grid governance: which grid holds a point, and do the grids cover the
/// city without gap or overlap. 网格治理的空间服务。
#[derive(Debug, Parser)]
#[command(
    name = "wangge",
    version,
    after_help = "Example: wangge demo\n  builds a synthetic city, publishes it and serves it on http://127.0.0.1:8080"
)]
pub(crate) struct Cli {
    /// Language of messages and reports, zh or en (default: by the locale) 语言
    #[arg(long, global = true, value_name = "zh|en")]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a demonstration city, publish it and serve it 生成示范城市并启动服务
    #[command(after_help = "Example: wangge demo --city longgang --listen 127.0.0.1:8080")]
    Demo(Demo),
    /// Make a store for a city's scheme 新建空库
    #[command(after_help = "Example: wangge init city.gpkg --scheme longgang.toml")]
    Init(Init),
    /// Load files into a store, whole or not at all 导入
    #[command(subcommand)]
    Import(Import),
    /// Prove a coverage seamless, or say where it is not 检查是否无缝无叠
    #[command(
        after_help = "Examples:\n  wangge validate grids.geojson --code code\n  wangge validate grids.shp --within district.shp --format html -o report.html\n  wangge validate --store city.gpkg --plan 2026\nExit code 0: sound; 1: not sound; 2: could not be looked at.",
        allow_negative_numbers = true
    )]
    Validate(Validate),
    /// Propose how to mend a coverage 提出修复方案
    #[command(
        after_help = "Example: wangge repair grids.geojson --max-gap-width 2 --lock 211403001002001 -o mended.geojson --report changes.json\nExit code 0: the proposal is seamless; 1: something is left to a person; 2: could not be done.",
        allow_negative_numbers = true
    )]
    Repair(Repair),
    /// Say what a redesign changes, between files or plans 对比两个方案
    #[command(
        after_help = "Examples:\n  wangge diff 2025.geojson 2026.geojson --code code\n  wangge diff city.gpkg draft.shp --format html -o report.html\n  wangge diff city.gpkg#2025 city.gpkg#2026 --cases cases.csv --work-lists lists\nExit code 0: done; 1: something changes, with --fail-on-change; 2: could not be done.",
        allow_negative_numbers = true
    )]
    Diff(Box<Diff>),
    /// Make a coverage with fewer vertices and the same topology 简化边界
    #[command(
        after_help = "Example: wangge simplify grids.geojson --tolerance 5 -o light.geojson",
        allow_negative_numbers = true
    )]
    Simplify(Simplify),
    /// Make upper levels from lower ones 合并为上级单元
    #[command(
        after_help = "Example: wangge dissolve grids.geojson --by parent -o communities.geojson"
    )]
    Dissolve(Dissolve),
    /// Begin, check and edit redesigns of the boundaries 网格调整方案
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Make a plan the current one, now or at a time 发布方案
    #[command(
        after_help = "Examples:\n  wangge publish --store city.gpkg --plan 2026\n  wangge publish --store city.gpkg --plan 2027 --effective 2027-01-01T00:00:00+08:00\n  wangge publish --store city.gpkg --plan 2027 --accept g-5f3a0c1d2e3f=水库\nAn earlier plan is published again: wangge publish --store city.gpkg --plan 2025"
    )]
    Publish(Publish),
    /// Look into the rules of responsibility 责任规则
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Look after a store: is it whole, and a copy of it 数据库
    #[command(subcommand)]
    Store(StoreCommand),
    /// Show a grid or an upper unit: its four sides, posts, households, components 查看网格
    #[command(after_help = "Example: wangge grid 211403001002014 --store city.gpkg --lang zh")]
    Grid(ShowGrid),
    /// List city components: around a place, in a unit, of a class or a department 部件列表
    #[command(
        after_help = "Examples:\n  wangge components --store city.gpkg --near 120.8371 40.7112 --radius 200 --class 0305\n  wangge components --store city.gpkg --grid 211403001002014\n  wangge components --store city.gpkg --department 211403-HW --limit 20",
        allow_negative_numbers = true
    )]
    Components(ListComponents),
    /// Show one city component with its history 查看部件
    #[command(after_help = "Example: wangge component 2114030101000001 --store city.gpkg")]
    Component(ShowComponent),
    /// Say which grid holds a point, or each point of a file 查询点位所属网格
    #[command(
        after_help = "Examples:\n  wangge locate --store city.gpkg 120.8371 40.7112\n  wangge locate --store city.gpkg 120.8371 40.7112 --event 0402\n  wangge locate --store city.gpkg --points points.csv -o answers.csv",
        allow_negative_numbers = true
    )]
    Locate(Locate),
    /// Count points, and add up their numbers, by the grids that hold them 按网格统计
    #[command(
        after_help = "Examples:\n  wangge aggregate cases.csv --store city.gpkg --level street\n  wangge aggregate readings.csv --store city.gpkg --sum value,alarms -o by-grid.csv"
    )]
    Aggregate(Aggregate),
    /// Say which grids devices were in, from when to when 轨迹落格
    #[command(
        after_help = "Examples:\n  wangge track tracks.csv --store city.gpkg --zone Asia/Shanghai -o visits.csv\n  wangge track trucks.csv --store city.gpkg --device truck --time time_local --zone +08:00 --level street\nEvery visit is a row, and every row of the file that is in none: rejected or invalid, and why.",
        allow_negative_numbers = true
    )]
    Track(Box<Track>),
    /// Say which units were patrolled on a day, how long, by whom, and how much of their streets 巡查覆盖
    #[command(
        after_help = "Example: wangge patrol tracks.csv --store city.gpkg --date 2026-05-01 --level community -o patrol.csv\nEvery unit of the level is a row, also where nobody was. Streets come from `wangge import streets`.",
        allow_negative_numbers = true
    )]
    Patrol(Box<Patrol>),
    /// Serve lookups and tiles over HTTP 启动 HTTP 服务
    #[command(
        after_help = "Examples:\n  wangge serve --store city.gpkg --listen 127.0.0.1:8080\n  wangge serve --archive longgang.pmtiles --archive old=longgang-2025.mbtiles"
    )]
    Serve(Serve),
    /// Write what a store holds to a file 导出
    #[command(subcommand)]
    Export(Export),
    /// Write vector tiles to a file, and say whether tiles hold 矢量瓦片
    #[command(subcommand)]
    Tiles(TilesCommand),
    /// Convert a position, or a stream of them, between coordinate systems 坐标转换
    #[command(
        after_help = "Examples:\n  wangge crs 120.8371 40.7112 --from wgs84 --to EPSG:4549\n  wangge crs --from gcj02 --to wgs84 < positions.txt",
        allow_negative_numbers = true
    )]
    Crs(Crs),
    /// Make synthetic data 生成合成数据
    #[command(subcommand)]
    Generate(Generate),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Which city; all of them are synthetic
    #[arg(long, value_enum, default_value_t = DemoCity::Longgang)]
    pub(crate) city: DemoCity,
    /// Address and port to listen on; with all cities the first one's, the others' follow
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Folder for the city's files
    #[arg(long, default_value = "demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// The demonstration cities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DemoCity {
    /// 龙港区 (211403): 448 grids
    Longgang,
    /// 松滋市 (421087): 360 grids
    Songzi,
    /// 莱阳市 (370682): 996 grids
    Laiyang,
    /// 二道区 (220105): 445 grids
    Erdao,
    /// 章贡区 (360702): 727 grids
    Zhanggong,
    /// All five, each on a port of its own
    All,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The store to make (a GeoPackage file)
    pub(crate) store: PathBuf,
    /// The city's levels (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) scheme: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Say which classes nobody handles somewhere 检查责任空缺
    #[command(
        after_help = "Example: wangge rules check --store city.gpkg\nExit code 0: every class has a handler at every tier in every grid; 1: some have not."
    )]
    Check(RulesCheck),
}

#[derive(Debug, Args)]
pub(crate) struct RulesCheck {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan (default: the one in force, or the one draft)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Files of one coverage
    #[arg(value_name = "FILE", conflicts_with = "store")]
    pub(crate) files: Vec<PathBuf>,
    /// A store instead of files
    #[arg(long)]
    pub(crate) store: Option<PathBuf>,
    /// The plan in the store (default: the one draft, else the current plan)
    #[arg(
        long,
        value_name = "NAME",
        requires = "store",
        conflicts_with = "files"
    )]
    pub(crate) plan: Option<String>,
    /// The column with the codes
    #[arg(long, value_name = "COLUMN", conflicts_with = "store")]
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) against: HeldAgainst,
    /// Lines or polygons (buildings, components) that boundaries should not cut
    #[arg(long, value_name = "FILE")]
    pub(crate) objects: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
}

/// What a coverage is held against.
#[derive(Debug, Args)]
pub(crate) struct HeldAgainst {
    /// An outline that the grids must cover exactly
    #[arg(long, value_name = "FILE")]
    pub(crate) within: Option<PathBuf>,
    /// Polygons of ground that may be uncovered: lakes, enclaves of other units
    #[arg(long, value_name = "FILE")]
    pub(crate) allowed: Option<PathBuf>,
    /// Defects that may be, by their ids
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Gaps and overlaps narrower than this many metres are marked as slivers
    #[arg(long, value_name = "M", default_value_t = 1.0, value_parser = not_negative)]
    pub(crate) sliver_width: f64,
    /// Without an outline, name openings of the rim narrower than this many metres
    #[arg(long, value_name = "M", default_value_t = 1.0, value_parser = not_negative)]
    pub(crate) inlet_width: f64,
    /// Name grids of less ground than this many square metres
    #[arg(long, value_name = "M2", default_value_t = 100.0, value_parser = not_negative)]
    pub(crate) tiny_area: f64,
    /// Name grids that are nowhere this many metres wide
    #[arg(long, value_name = "M", default_value_t = 2.0, value_parser = not_negative)]
    pub(crate) thin_width: f64,
}

/// The forms of a validation report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a person
    Text,
    /// Everything, for a program
    Json,
    /// What has a place, for a map
    Geojson,
    /// A page with a map, for a browser without a network
    Html,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// Files of one coverage
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The column with the codes
    #[arg(long, value_name = "COLUMN")]
    pub(crate) code: Option<String>,
    /// Vertices of misfitting borders this near to each other, metres, become one
    #[arg(long, value_name = "M", default_value_t = 0.0, value_parser = not_negative)]
    pub(crate) snap: f64,
    /// Give gaps up to this many metres wide to a neighbour
    #[arg(long, value_name = "M", default_value_t = 1.0, value_parser = not_negative)]
    pub(crate) max_gap_width: f64,
    /// A column of numbers: of the grids in question the greatest takes the ground (default: the
    /// one with the longest shared border)
    #[arg(long, value_name = "COLUMN")]
    pub(crate) priority: Option<String>,
    /// Codes of grids that are never changed
    #[arg(long, value_name = "CODE,…", value_delimiter = ',')]
    pub(crate) lock: Vec<String>,
    /// Let the outer rim move: with an outline, fill openings and cut off what lies beyond
    #[arg(long)]
    pub(crate) move_rim: bool,
    #[command(flatten)]
    pub(crate) against: HeldAgainst,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// The file to write; its extension says the format
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Write every change to a file (.json, .geojson, or text)
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Simplify {
    /// Files of one coverage
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The column with the codes
    #[arg(long, value_name = "COLUMN")]
    pub(crate) code: Option<String>,
    /// How coarse, metres: a vertex goes when the triangle with its neighbours is no larger than a
    /// square of this side
    #[arg(long, value_name = "M", value_parser = not_negative)]
    pub(crate) tolerance: f64,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// The file to write; its extension says the format
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Dissolve {
    /// Files of one coverage
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The column with the codes
    #[arg(long, value_name = "COLUMN")]
    pub(crate) code: Option<String>,
    /// The column that names the unit above
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// The file to write; its extension says the format
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A length or an area.
fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("it is not a number of 0 or more".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Aggregate {
    /// A CSV file of points with a header row
    #[arg(value_name = "FILE")]
    pub(crate) points: PathBuf,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// As things stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// By the units of this level (default: the lowest)
    #[arg(long, value_name = "ID")]
    pub(crate) level: Option<String>,
    /// Columns whose numbers are added up, between commas
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub(crate) sum: Vec<String>,
    /// The coordinate system of the positions (default: WGS 84 / CGCS2000)
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    #[command(flatten)]
    pub(crate) conversion: Conversion,
    /// The column of the longitude
    #[arg(long, value_name = "COL", default_value = "lon")]
    pub(crate) lon: String,
    /// The column of the latitude
    #[arg(long, value_name = "COL", default_value = "lat")]
    pub(crate) lat: String,
    /// Where the table goes (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How positions are spread around the one that is told.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AccuracyModel {
    Gaussian,
    Uniform,
}

#[derive(Debug, Args)]
pub(crate) struct Locate {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// As things stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Longitude in degrees, or easting in metres
    #[arg(
        value_name = "LON",
        required_unless_present = "points",
        requires = "latitude"
    )]
    pub(crate) longitude: Option<f64>,
    /// Latitude in degrees, or northing in metres
    #[arg(value_name = "LAT")]
    pub(crate) latitude: Option<f64>,
    /// The coordinate system of the position (default: WGS 84 / CGCS2000)
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    #[command(flatten)]
    pub(crate) conversion: Conversion,
    /// Name the nearest components within this many metres, and outside the grids the nearest grid
    #[arg(long, value_name = "M")]
    pub(crate) near: Option<f64>,
    /// The position is known to so many metres only: name the grids that it may be in 精度
    #[arg(long, value_name = "M")]
    pub(crate) accuracy: Option<f64>,
    /// How positions of that accuracy are spread: normally, 68 of 100 within it, or evenly within it
    #[arg(
        long,
        value_name = "MODEL",
        default_value = "gaussian",
        requires = "accuracy"
    )]
    pub(crate) accuracy_model: AccuracyModel,
    /// Say who handles an event of this class there
    #[arg(long, value_name = "CLASS", conflicts_with_all = ["component", "points"])]
    pub(crate) event: Option<String>,
    /// Say who handles a component of this class there, or the one with this code
    #[arg(long, value_name = "CLASS", conflicts_with = "points")]
    pub(crate) component: Option<String>,
    #[command(flatten)]
    pub(crate) nearest: Nearest,
    /// Show names and phone numbers
    #[arg(long)]
    pub(crate) show_contacts: bool,
    /// A file of points, answered in order in its own format: CSV, NDJSON, GeoJSON, Parquet or Arrow
    #[arg(long, value_name = "FILE", conflicts_with = "longitude")]
    pub(crate) points: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) table: PointsTable,
    /// Where the answers go (default: standard output)
    #[arg(short, long, value_name = "FILE", requires = "points")]
    pub(crate) output: Option<PathBuf>,
    /// The column of the longitude
    #[arg(long, value_name = "COL", default_value = "lon", requires = "points")]
    pub(crate) lon: String,
    /// The column of the latitude
    #[arg(long, value_name = "COL", default_value = "lat", requires = "points")]
    pub(crate) lat: String,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The components that are named around a position.
#[derive(Debug, Args)]
pub(crate) struct Nearest {
    /// Name the so many components that are nearest, with their classes and how far they are 最近部件
    #[arg(long = "nearest", id = "nearest", value_name = "N")]
    pub(crate) count: Option<usize>,
    /// Of this class only, or of those that begin so
    #[arg(long = "nearest-class", value_name = "CLASS", requires = "nearest")]
    pub(crate) of_class: Option<String>,
    /// Within so many metres
    #[arg(
        long = "nearest-within",
        value_name = "M",
        default_value_t = 10_000.0,
        requires = "nearest"
    )]
    pub(crate) within_m: f64,
}

/// How a file of points is read, and what is written.
#[derive(Debug, Args)]
pub(crate) struct PointsTable {
    /// The format, where the file's name does not say it: csv, ndjson, geojson, parquet, arrow
    #[arg(long, value_name = "FORMAT", requires = "points")]
    pub(crate) format: Option<String>,
    /// The column of points of a Parquet or Arrow table, where it has several, or also numbers
    #[arg(long, value_name = "COL", requires = "points")]
    pub(crate) geometry: Option<String>,
    /// The column of the accuracy in metres, where rows say theirs
    #[arg(long, value_name = "COL", requires = "points")]
    pub(crate) accuracy_column: Option<String>,
    /// The column of the coordinate system, where rows say theirs
    #[arg(long, value_name = "COL", requires = "points")]
    pub(crate) crs_column: Option<String>,
    /// Write these columns, of the file and of the answers, between commas (default: all)
    #[arg(long, value_name = "COL,…", value_delimiter = ',', requires = "points")]
    pub(crate) columns: Vec<String>,
    /// The encoding of the text, such as gbk (default: recognised)
    #[arg(long, value_name = "ENC", requires = "points")]
    pub(crate) encoding: Option<String>,
    /// End at the first row that is no position, instead of answering it as such
    #[arg(long, requires = "points")]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowGrid {
    /// Its code
    pub(crate) code: String,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// As things stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Show names and phone numbers
    #[arg(long)]
    pub(crate) show_contacts: bool,
    /// Print the answer as JSON (GeoJSON, as the service gives it)
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListComponents {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// As things stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Nearest first around this position
    #[arg(long, num_args = 2, value_names = ["LON", "LAT"])]
    pub(crate) near: Option<Vec<f64>>,
    /// How far around it, metres
    #[arg(long, value_name = "M", default_value_t = 100.0, requires = "near", value_parser = not_negative)]
    pub(crate) radius: f64,
    /// The coordinate system of the position (default: WGS 84 / CGCS2000)
    #[arg(long, value_name = "CRS", requires = "near")]
    pub(crate) crs: Option<String>,
    /// In this grid or upper unit
    #[arg(long, value_name = "CODE")]
    pub(crate) grid: Option<String>,
    /// Of this class, or of those that begin so
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<String>,
    /// With this department in charge, as owner or maintainer
    #[arg(long, value_name = "CODE")]
    pub(crate) department: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
    /// Where an earlier list ended
    #[arg(long)]
    pub(crate) cursor: Option<String>,
    /// Print GeoJSON features, one a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowComponent {
    /// Its code
    pub(crate) code: String,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// As things stood, or will stand, at this time, such as 2026-12-01T00:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Show names and phone numbers
    #[arg(long)]
    pub(crate) show_contacts: bool,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// The grids of a plan 网格
    #[command(
        after_help = "Example: wangge export grids --store city.gpkg -o grids.shp --crs EPSG:4549"
    )]
    Grids(ExportGrids),
    /// The city components 部件
    #[command(
        after_help = "Example: wangge export components --store city.gpkg -o components.gpkg --crs EPSG:4549"
    )]
    Components(ExportComponents),
}

#[derive(Debug, Args)]
pub(crate) struct ExportComponents {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Only those whose class begins so
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<String>,
    /// The coordinate system to write (default: EPSG:4490)
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    /// The file; its extension says the format (.geojson, .ndjson, .gpkg, .fgb, .csv)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ExportGrids {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan (default: the current one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// The level (default: the lowest)
    #[arg(long, value_name = "ID")]
    pub(crate) level: Option<String>,
    /// The coordinate system to write (default: EPSG:4490)
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    /// The file; its extension says the format (.geojson, .ndjson, .gpkg, .shp, .fgb, .csv)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Crs {
    /// Longitude in degrees, or easting in metres
    #[arg(value_name = "LON", requires = "latitude")]
    pub(crate) longitude: Option<f64>,
    /// Latitude in degrees, or northing in metres
    #[arg(value_name = "LAT")]
    pub(crate) latitude: Option<f64>,
    /// The system of the position
    #[arg(long, value_name = "CRS")]
    pub(crate) from: String,
    /// The system to convert to
    #[arg(long, value_name = "CRS")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) conversion: Conversion,
    /// Print the answers as JSON, one a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Generate {
    /// A synthetic city: boundaries, streets, points with their true grids 合成城市
    #[command(after_help = "Example: wangge generate city --scheme longgang.toml --seed 1 -o city")]
    City(GenerateCity),
}

#[derive(Debug, Args)]
pub(crate) struct GenerateCity {
    /// The city's levels (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) scheme: PathBuf,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write the grids a second time, to DIR/defective, with so many defects of each of eight
    /// kinds, and what they are to truth.json
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) defects: usize,
    /// The folder to write
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
}
