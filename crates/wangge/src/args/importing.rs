//! The arguments of `wangge import`, and how files are read for every command.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wangge_crs::ChinaBounds;
use wangge_model::Code;

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Boundaries of the grids, or of an upper level 网格边界
    #[command(
        after_help = "Examples:\n  wangge import grids grids.geojson --store city.gpkg --plan 2026\n  wangge import grids 区县界.shp --store city.gpkg --crs EPSG:4490 --map code=PAC,name=NAME\n  wangge import grids streets.gpkg --store city.gpkg --level street"
    )]
    Grids(ImportGrids),
    /// Classes of components and events 部件和事件类别
    #[command(
        after_help = "Columns: object,code,name[,name_en][,geometry][,accuracy]\nExample: wangge import classes data/classes/cjt214-2007.csv --store city.gpkg"
    )]
    Classes(ImportList),
    /// Departments 部门
    #[command(
        after_help = "Columns: code,name[,parent][,kind][,phone]\nExample: wangge import departments departments.csv --store city.gpkg"
    )]
    Departments(ImportList),
    /// Rules of responsibility 责任规则
    #[command(
        after_help = "Columns: tier,department[,object][,class][,area][,grid_kind][,note]; what is empty means any\nExample: wangge import rules rules.csv --store city.gpkg"
    )]
    Rules(ImportList),
    /// Posts in the grids, filled or vacant 岗位
    #[command(
        after_help = "Columns: grid,post[,name][,phone]; a post without a name is vacant\nExample: wangge import posts posts.xlsx --store city.gpkg"
    )]
    Posts(ImportList),
    /// Borders that are disputed or to be surveyed 未确认的界线
    #[command(
        after_help = "Columns: grid,other,status[,note]; status is confirmed, disputed (争议) or unsurveyed (待勘)\nExample: wangge import borders borders.csv --store city.gpkg"
    )]
    Borders(ImportList),
    /// City components: manholes, lamps, railings, lawns 部件
    #[command(
        after_help = "Columns: code[,class][,name][,state][,dept_in_charge][,dept_owner][,dept_maintainer][,grid][,surveyed][,changed][,accuracy_m][,source][,note], or those of GB/T 30428.2 (ObjID, ObjName, DeptCode1…3, BGID, ObjState, ORDate, CHDate, DataSource, Note); positions as lon,lat, WKT or the file's geometry\nExamples:\n  wangge import components 部件.shp --store city.gpkg --crs EPSG:4549 --report findings.csv\n  wangge import components bins.geojson --store city.gpkg --class 0305 --map code=ID --quarantine bad.csv"
    )]
    Components(ImportComponents),
    /// Specialised grids, across the levels 专业网格
    #[command(
        after_help = "Columns: code[,name][,name_en][,kind][,note], and polygons\nExample: wangge import overlays markets.geojson --store city.gpkg"
    )]
    Overlays(ImportLayer),
    /// Streets, by which the four sides of grids are described 街路
    #[command(
        after_help = "Columns: [name][,name_en][,class], and lines\nExample: wangge import streets streets.geojson --store city.gpkg"
    )]
    Streets(ImportLayer),
    /// Households at their addresses 住户
    #[command(
        after_help = "Columns: [code][,households][,population], and points (lon,lat); a row that says nothing is one household\nExample: wangge import households households.csv --store city.gpkg --crs wgs84"
    )]
    Households(ImportLayer),
    /// Buildings, as polygons or points 建筑物
    #[command(
        after_help = "Columns: [code][,name][,households][,population], and polygons or points\nExample: wangge import buildings buildings.gpkg --store city.gpkg"
    )]
    Buildings(ImportLayer),
    /// What a map shows beneath the grids: water, green 底图
    #[command(
        after_help = "Columns: kind[,class][,name][,name_en], and polygons or lines; kind is water (水系), green (绿地) or a word of your own. Streets and buildings have lists of their own\nExample: wangge import base water.geojson green.geojson --store city.gpkg"
    )]
    Base(ImportLayer),
    /// Devices that report: sensors, trackers, terminals 感知设备
    #[command(
        after_help = "Columns: id[,kind][,grid][,component][,department]\nExample: wangge import devices devices.csv --store city.gpkg"
    )]
    Devices(ImportList),
    /// Who units belong to and who runs them, with dates 隶属与代管
    #[command(
        after_help = "Columns: unit,relation,parent[,name][,from][,until][,note]; relation is administrative (隶属) or managing (代管)\nExample: wangge import parents parents.csv --store city.gpkg"
    )]
    Parents(ImportList),
}

#[derive(Debug, Args)]
pub(crate) struct ImportList {
    /// The files, CSV or XLSX: together they are the list, and take the place of the one before
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Encoding of the text, such as GBK (default: found out)
    #[arg(long, value_name = "ENC")]
    pub(crate) encoding: Option<String>,
    /// The sheet, where a workbook has several
    #[arg(long)]
    pub(crate) layer: Option<String>,
    /// Which columns hold what: code=部门代码,name=部门名称
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    pub(crate) map: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How files of what lies on the map are read: boundaries too.
#[derive(Debug, Args)]
pub(crate) struct Placing {
    /// Coordinate system, where the file does not say or is wrong: EPSG:n, wgs84, cgcs2000,
    /// gcj02, bd09, a PROJ string or a WKT file
    #[arg(long, value_name = "CRS")]
    pub(crate) crs: Option<String>,
    #[command(flatten)]
    pub(crate) conversion: Conversion,
    /// Encoding of the attributes, such as GBK (default: found out)
    #[arg(long, value_name = "ENC")]
    pub(crate) encoding: Option<String>,
    /// The layer, where a file has several
    #[arg(long)]
    pub(crate) layer: Option<String>,
    /// Which columns hold what: code=编号,name=名称
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    pub(crate) map: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportLayer {
    /// The files, of any format that can be read: together they take the place of those before
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    #[command(flatten)]
    pub(crate) placing: Placing,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportComponents {
    /// The files, of any format that can be read; a code that is there already gets a new version
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    #[command(flatten)]
    pub(crate) placing: Placing,
    /// The class of all components that do not say theirs
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<Code>,
    /// Take codes that the store has for components of another class as those, now of this class
    #[arg(long)]
    pub(crate) reclassify: bool,
    /// The files are the whole survey: components that are not in them end
    #[arg(long)]
    pub(crate) complete: bool,
    /// Put wrong rows into this CSV file, each with what is wrong, and take in the others
    #[arg(long, value_name = "FILE")]
    pub(crate) quarantine: Option<PathBuf>,
    /// Write everything that disagrees to a file (.csv or .json)
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportGrids {
    /// The files, of any format that can be read
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The plan to load into (default: the one draft, or a new one)
    #[arg(long, value_name = "NAME")]
    pub(crate) plan: Option<String>,
    /// The level that the files hold (default: the lowest)
    #[arg(long, value_name = "ID")]
    pub(crate) level: Option<String>,
    /// Units whose codes the plan has give way to those of the files; the others stay
    #[arg(long)]
    pub(crate) update: bool,
    /// All units of the level give way to those of the files
    #[arg(long, conflicts_with = "update")]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How files of boundaries are to be read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) placing: Placing,
    /// Leave out rows that cannot become grids, and list them
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Rows of one code become parts of one grid
    #[arg(long)]
    pub(crate) merge_parts: bool,
}

/// What conversions between coordinate systems may do.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Conversion {
    /// Use a coordinate system whose datum change is unknown (errors of 100 m and more)
    #[arg(long)]
    pub(crate) allow_ballpark: bool,
    /// Which positions GCJ-02 and BD-09 shift: box (as gcoord has it), narrow-box (as coordtransform
    /// has it) or everywhere
    #[arg(long, value_name = "RULE", default_value = "box")]
    pub(crate) china: ChinaBounds,
    /// How far beyond its system's area of use a position may lie, degrees
    #[arg(long, value_name = "DEG", default_value_t = 0.0)]
    pub(crate) area_margin: f64,
}
