//! A small city drawn by hand: two streets, three communities, eight square grids, its lists.
//!
//! ```text
//!            西街道 211403001                     东街道 211403002
//!   甲社区 …001001   乙社区 …001002              丙社区 …002001
//!  +----------------+----------------+----------------+----------------+
//!  | …001001002 urb | …001002002 rur | …002001003 rur | …002001004 no  |
//!  +----------------+----------------+----------------+ kind  ---------+
//!  | …001001001 urb | …001002001 urb | …002001001 urb | …002001002 rur |
//!  +----------------+----------------+----------------+----------------+
//! ```

use std::path::{Path, PathBuf};

use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::support::{Desk, Ran, publish, run, run_in};
use crate::text;

pub(crate) const SCHEME: &str = r#"
city = "small"
name = "小城"
code = "211403"

[[level]]
id = "district"
name = "区"
code = '^\d{6}$'

[[level]]
id = "street"
name = "街道"
code = '^\d{9}$'
parent = { prefix = 6 }

[[level]]
id = "community"
name = "社区"
code = '^\d{12}$'
parent = { prefix = 9 }

[[level]]
id = "grid"
name = "网格"
code = '^\d{15}$'
parent = { prefix = 12 }
posts = ["head", "police"]

[tiers]
1 = "community"
2 = "street"
3 = "district"
"#;

/// Column and row of each grid, its code and kind.
pub(crate) const GRIDS: [(i64, i64, &str, Option<&str>); 8] = [
    (0, 0, "211403001001001", Some("urban")),
    (0, 1, "211403001001002", Some("urban")),
    (1, 0, "211403001002001", Some("urban")),
    (1, 1, "211403001002002", Some("rural")),
    (2, 0, "211403002001001", Some("urban")),
    (3, 0, "211403002001002", Some("rural")),
    (2, 1, "211403002001003", Some("rural")),
    (3, 1, "211403002001004", None),
];

/// Codes of classes of both objects overlap, as they do in the standards.
pub(crate) const CLASSES: &str = "\
object,code,name,name_en,geometry,accuracy
component,01,公用设施,utilities,,
component,0101,上水井盖,water manhole,point,A
component,0102,污水井盖,sewage manhole,point,A
component,02,道路交通,roads,,
component,0201,停车设施,parking,area,B
event,01,市容环境,appearance,,
event,0101,私搭乱建,illegal building,,
event,0102,暴露垃圾,exposed rubbish,,
event,02,宣传广告,advertising,,
event,0201,违章张贴,bill posting,,
";

pub(crate) const DEPARTMENTS: &str = "\
code,name,parent,kind,phone
CC,区指挥中心,,district,0429-3000001
SAN,区环卫处,CC,district,0429-3000002
WATER,区水务局,CC,district,0429-3000003
DRAIN,区排水所,WATER,district,0429-3000004
PARK,区停车办,CC,district,
ROAD,区市政处,CC,district,0429-3000005
S1,西街道办,CC,street,0429-3000011
S1CLEAN,西街道环卫所,S1,street,0429-3000012
S1UTIL,西街道公用科,S1,street,0429-3000013
S2,东街道办,CC,street,0429-3000014
C1,甲社区居委会,S1,community,0429-3000021
C2,乙社区居委会,S1,community,0429-3000022
C3,丙社区居委会,S2,community,0429-3000023
C3AD,丙社区广告队,C3,community,0429-3000024
C3FARM,丙社区农村组,C3,community,0429-3000025
";

/// Row 17 names a grid; row 16 is the rule for an object that beats row 15, which leaves it open.
pub(crate) const RULES: &str = "\
tier,object,class,area,grid_kind,department,note
1,,,211403001001,,C1,兜底
1,,,211403001002,,C2,兜底
1,,,211403002001,,C3,兜底
2,,,211403001,,S1,兜底
2,,,211403002,,S2,兜底
3,,,,,CC,兜底
3,component,01,,,WATER,
3,component,0101,,,DRAIN,
2,component,01,211403001001001,,S1UTIL,
2,component,0101,211403001,,DRAIN,
2,event,0102,,urban,SAN,
1,,02,211403002001,,C3AD,
3,event,0102,,,SAN,
2,event,0102,211403001002,,S1CLEAN,
2,,0201,,,ROAD,
2,component,0201,,,PARK,
1,,,211403002001002,,C3FARM,
";

pub(crate) const POSTS: &str = "\
grid,post,name,phone
211403001001001,head,赵某甲,13900000001
211403001001001,police,,
211403001002001,police,钱某乙,13900000002
211403001002001,police,孙某丙,
211403002001002,head,李某丁,13900000003
";

/// What only those who may see contacts are told.
pub(crate) const SECRETS: [&str; 21] = [
    "赵某甲",
    "钱某乙",
    "孙某丙",
    "李某丁",
    "13900000001",
    "13900000002",
    "13900000003",
    "0429-3000001",
    "0429-3000002",
    "0429-3000003",
    "0429-3000004",
    "0429-3000005",
    "0429-3000011",
    "0429-3000012",
    "0429-3000013",
    "0429-3000014",
    "0429-3000021",
    "0429-3000022",
    "0429-3000023",
    "0429-3000024",
    "0429-3000025",
];

/// The lists, each after those that it names things of.
pub(crate) const LISTS: [(&str, &str); 4] = [
    ("classes", CLASSES),
    ("departments", DEPARTMENTS),
    ("rules", RULES),
    ("posts", POSTS),
];

/// The grids as a file has them.
pub(crate) fn grids() -> Vec<Grid> {
    let drawn = GRIDS.iter().map(|&(x, y, code, kind)| {
        let grid = Grid::new(code, rectangle(x * CELL, y * CELL, CELL, CELL));
        match kind {
            Some(kind) => grid.with("kind", kind),
            None => grid,
        }
    });
    drawn.collect()
}

/// A store with the grids published, upper levels named, and no lists.
pub(crate) fn bare(desk: &Desk) -> PathBuf {
    let store = desk.store("city.gpkg", SCHEME);
    let grids = desk.write("grids.geojson", &geojson(&grids()));
    run(&["import", "grids", text(&grids), "--store", text(&store)]).expect_code(0);
    let named = |code, name: &str, x: i64, width: i64| {
        Grid::new(code, rectangle(x * CELL, 0, width * CELL, 2 * CELL)).with("name", name)
    };
    let streets = [
        named("211403001", "西街道", 0, 2),
        named("211403002", "东街道", 2, 2),
    ];
    let communities = [
        named("211403001001", "甲社区", 0, 1),
        named("211403001002", "乙社区", 1, 1),
        named("211403002001", "丙社区", 2, 2),
    ];
    let streets = desk.write("streets.geojson", &geojson(&streets));
    let communities = desk.write("communities.geojson", &geojson(&communities));
    let level = ["import", "grids", text(&streets), "--level", "street"];
    run(&[&level[..], &["--store", text(&store)]].concat()).expect_code(0);
    publish(&store, &communities, &["--level", "community"]);
    store
}

/// The store with everything in it.
pub(crate) fn whole(desk: &Desk) -> PathBuf {
    let store = bare(desk);
    for (list, rows) in LISTS {
        put(desk, &store, list, rows);
    }
    store
}

/// Imports a list that must be taken.
#[track_caller]
pub(crate) fn put(desk: &Desk, store: &Path, list: &str, rows: &str) -> Ran {
    let file = desk.write(&format!("{list}.csv"), rows);
    run(&["import", list, text(&file), "--store", text(store)]).expect_code(0)
}

/// A list that must be refused, in English and in Chinese, with the store left as it was.
#[track_caller]
pub(crate) fn refused(store: &Path, list: &str, files: &[&Path], options: &[&str]) -> [Ran; 2] {
    let before = std::fs::read(store).unwrap();
    let mut arguments = vec!["import", list];
    arguments.extend(files.iter().map(|file| text(file)));
    arguments.extend(["--store", text(store)]);
    arguments.extend(options);
    let ran = ["C.UTF-8", "zh_CN.UTF-8"].map(|locale| run_in(locale, &arguments).expect_code(2));
    assert!(
        std::fs::read(store).unwrap() == before,
        "the store was changed"
    );
    ran
}

/// A list without one of its rows: 1 is the first below the header.
pub(crate) fn without_row(list: &str, row: usize) -> String {
    let lines = list.lines().enumerate().filter(|(at, _)| *at != row);
    let lines: Vec<&str> = lines.map(|(_, line)| line).collect();
    lines.join("\n") + "\n"
}
