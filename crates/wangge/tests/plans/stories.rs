//! Redesigns that happened, on small boards: 龙港 2020, 章贡 2020, 松滋 2019, 二道 2023, and a manager
//! that changed while no border moved. Codes and names of the streets and towns are those of the
//! national lists before and after; grids, villages and their ground are invented.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{grid_at, import_into, json, middle, plan, text};

/// A city of three levels: codes of 6, 9 and 12 digits.
fn scheme(code: &str, name: &str) -> String {
    format!(
        "city = \"story\"\nname = \"{name}\"\ncode = \"{code}\"\n\
         [[level]]\nid = \"district\"\nname = \"区\"\ncode = '^\\d{{6}}$'\n\
         [[level]]\nid = \"street\"\nname = \"街道\"\ncode = '^\\d{{9}}$'\nparent = {{ prefix = 6 }}\n\
         [[level]]\nid = \"grid\"\nname = \"网格\"\ncode = '^\\d{{12}}$'\nparent = {{ prefix = 9 }}\n"
    )
}

/// A grid on a cell, or on so many in a row.
fn on(code: &str, column: i64, row: i64) -> Grid {
    Grid::new(code, rectangle(column * CELL, row * CELL, CELL, CELL))
}

/// A store with the plan of the year before, in force.
fn before(
    desk: &Desk,
    scheme: &str,
    year: &str,
    grids: &[Grid],
    streets: &[(&str, &str)],
) -> PathBuf {
    let store = desk.store("city.gpkg", scheme);
    let file = desk.write("before.geojson", &geojson(grids));
    import_into(&store, year, &file, &[]).expect_code(0);
    take_names(desk, &store, year, streets);
    run(&["publish", "--store", text(&store), "--plan", year]).expect_code(0);
    store
}

/// Streets are drawn by their grids; a file gives their names.
fn take_names(desk: &Desk, store: &Path, plan: &str, streets: &[(&str, &str)]) {
    let drawn: Vec<Grid> = streets
        .iter()
        .map(|(code, name)| street_of(store, plan, code).with("name", *name))
        .collect();
    let file = desk.write("streets.geojson", &geojson(&drawn));
    import_into(store, plan, &file, &["--level", "street", "--replace"]).expect_code(0);
}

/// The ground of a street as its grids have it, cell by cell, from the plan's export.
fn street_of(store: &Path, plan: &str, code: &str) -> Grid {
    let out = store.with_extension("export.geojson");
    let _ = std::fs::remove_file(&out);
    run(&[
        "export",
        "grids",
        "--store",
        text(store),
        "--plan",
        plan,
        "-o",
        text(&out),
    ])
    .expect_code(0);
    let exported = json(&std::fs::read_to_string(&out).unwrap());
    let mut parts = Vec::new();
    for feature in exported["features"].as_array().unwrap() {
        let of = feature["properties"]["code"].as_str().unwrap();
        if !of.starts_with(code) {
            continue;
        }
        let polygons = match feature["geometry"]["type"].as_str().unwrap() {
            "Polygon" => vec![feature["geometry"]["coordinates"].clone()],
            _ => feature["geometry"]["coordinates"]
                .as_array()
                .unwrap()
                .clone(),
        };
        parts.extend(polygons.iter().map(rings));
    }
    // parts side by side are one street all the same: its boundary is only looked at
    Grid::of_parts(code, parts)
}

fn rings(polygon: &Value) -> Vec<Vec<(i64, i64)>> {
    let unit = |value: &Value, origin: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "lattice units of a small board"
        )]
        let units = ((value.as_f64().unwrap() - origin) * 1e7).round() as i64;
        units
    };
    let rings = polygon.as_array().unwrap().iter();
    rings
        .map(|ring| {
            let points = ring.as_array().unwrap().iter();
            points
                .map(|point| (unit(&point[0], 120.8), unit(&point[1], 40.7)))
                .collect()
        })
        .collect()
}

fn diff(store: &Path, old: &str, new: &str, options: &[&str]) -> Value {
    let side = |plan: &str| format!("{}#{plan}", text(store));
    let (old, new) = (side(old), side(new));
    let all = [&["diff", &old, &new, "--format", "json"][..], options].concat();
    json(&run(&all).expect_code(0).out)
}

/// The kinds of changes with their codes, without what the city's code says.
fn told(diff: &Value, city: &str) -> Vec<String> {
    let codes = |list: &Value| -> String {
        let codes = list.as_array().unwrap().iter();
        let codes: Vec<&str> = codes
            .map(|code| code.as_str().unwrap().strip_prefix(city).unwrap())
            .collect();
        codes.join(" ")
    };
    let changes = diff["changes"].as_array().unwrap().iter();
    changes
        .map(|change| {
            let kind = change["kind"].as_str().unwrap();
            format!(
                "{kind}: {} > {}",
                codes(&change["old"]),
                codes(&change["new"])
            )
        })
        .collect()
}

/// The name of the street at a cell.
fn street_at(store: &Path, column: i64, row: i64, options: &[&str]) -> String {
    let (lon, lat) = middle(column, row);
    let all = [
        &["locate", "--store", text(store), &lon, &lat, "--json"][..],
        options,
    ]
    .concat();
    let answer = json(&run(&all).expect_code(0).out);
    let name = answer["chain"][1]["name"].as_str();
    name.unwrap_or("nameless").to_owned()
}

/// Two streets become one under the code of one of them, with a new name.
#[test]
fn longgang_2020_two_streets_merge_under_the_code_of_one() {
    let desk = Desk::new();
    let grids = [
        on("211403002001", 0, 0),
        on("211403002002", 0, 1),
        on("211403003001", 1, 0),
        on("211403003002", 1, 1),
        on("211403005001", 2, 0),
        on("211403005002", 2, 1),
    ];
    let streets = [
        ("211403002", "东街道"),
        ("211403003", "西街道"),
        ("211403005", "龙湾街道"),
    ];
    let store = before(&desk, &scheme("211403", "龙港区"), "2019", &grids, &streets);
    let then = Timestamp::now().to_string();

    plan(&store, &["new", "2020"]).expect_code(0);
    plan(&store, &["remove-grids", "211403002001", "211403002002"]).expect_code(0);
    let moved = [on("211403003003", 0, 0), on("211403003004", 0, 1)];
    let file = desk.write("moved.geojson", &geojson(&moved));
    import_into(&store, "2020", &file, &[]).expect_code(0);
    let streets = [("211403003", "马仗房街道"), ("211403005", "龙湾街道")];
    take_names(&desk, &store, "2020", &streets);
    plan(&store, &["check"]).expect_code(0);

    let of_streets = diff(&store, "2019", "2020", &["--level", "street"]);
    assert_eq!(told(&of_streets, "211403"), ["merge: 002 003 > 003"]);
    let of_grids = diff(&store, "2019", "2020", &[]);
    assert_eq!(
        told(&of_grids, "211403"),
        ["renamed: 002001 > 003003", "renamed: 002002 > 003004"]
    );
    assert_eq!(of_grids["summary"]["unchanged"], 4);
    assert_eq!(of_grids["summary"]["changed_area_m2"], 0.0);

    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(street_at(&store, 0, 0, &[]), "马仗房街道");
    assert_eq!(street_at(&store, 1, 0, &[]), "马仗房街道");
    assert_eq!(street_at(&store, 0, 0, &["--at", &then]), "东街道");
    assert_eq!(street_at(&store, 1, 0, &["--at", &then]), "西街道");
    assert_eq!(grid_at(&store, 0, 1, &["--at", &then]), "211403002002");
    assert_eq!(grid_at(&store, 0, 1, &[]), "211403003004");
}

/// A town becomes two streets along roads, which cut one of its grids.
#[test]
fn zhanggong_2020_a_town_is_parted_along_a_road() {
    let desk = Desk::new();
    let grids = [
        on("360702102001", 0, 0),
        on("360702102002", 1, 0),
        on("360702102003", 2, 0),
        on("360702101001", 0, 1),
        on("360702101002", 1, 1),
        on("360702101003", 2, 1),
    ];
    let streets = [("360702102", "水南镇"), ("360702101", "水东镇")];
    let store = before(&desk, &scheme("360702", "章贡区"), "2019", &grids, &streets);
    let then = Timestamp::now().to_string();

    // the road, from the south rim to the northern neighbour
    let road = r#"{"type":"Feature","properties":{},"geometry":{"type":"LineString",
        "coordinates":[[120.8014,40.6999],[120.8016,40.7005],[120.8014,40.7011]]}}"#;
    let road = desk.write("road.geojson", road);
    let split = [
        "split",
        "360702102002",
        "--by",
        text(&road),
        "--plan",
        "2020",
        "--json",
    ];
    let split = json(&plan(&store, &split).expect_code(0).out);
    let east = split["added"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(east, "360702102004");

    // everything to the west comes under one street, everything to the east under another
    let out = desk.path("cut.geojson");
    let export = [
        "export",
        "grids",
        "--store",
        text(&store),
        "--plan",
        "2020",
        "-o",
        text(&out),
    ];
    run(&export).expect_code(0);
    let mut cut = json(&std::fs::read_to_string(&out).unwrap());
    for feature in cut["features"].as_array_mut().unwrap() {
        let code = feature["properties"]["code"].as_str().unwrap();
        let new = match code {
            "360702102001" => "360702005001",
            "360702102002" => "360702005002",
            "360702102004" => "360702006001",
            "360702102003" => "360702006002",
            other => other,
        };
        feature["properties"]["code"] = new.into();
        // the code says the street
        feature["properties"]["parent"] = Value::Null;
    }
    let recoded = desk.write("recoded.geojson", &cut.to_string());
    import_into(&store, "2020", &recoded, &["--replace"]).expect_code(0);
    let streets = [
        ("360702005", "水南街道"),
        ("360702006", "章江街道"),
        ("360702101", "水东镇"),
    ];
    take_names(&desk, &store, "2020", &streets);
    plan(&store, &["check"]).expect_code(0);

    let of_streets = diff(&store, "2019", "2020", &["--level", "street"]);
    assert_eq!(told(&of_streets, "360702"), ["split: 102 > 005 006"]);
    let of_grids = diff(&store, "2019", "2020", &[]);
    assert_eq!(
        told(&of_grids, "360702"),
        [
            "renamed: 102001 > 005001",
            "renamed: 102003 > 006002",
            "split: 102002 > 005002 006001",
        ]
    );

    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(street_at(&store, 0, 0, &[]), "水南街道");
    assert_eq!(street_at(&store, 2, 0, &[]), "章江街道");
    assert_eq!(street_at(&store, 2, 0, &["--at", &then]), "水南镇");
}

/// A town is abolished: two streets are made from it and from parts of three neighbours; two of its
/// villages go to neighbours instead.
#[test]
fn songzi_2019_two_streets_from_a_town_and_parts_of_three_neighbours() {
    let desk = Desk::new();
    // 新江口镇 in the middle; 八宝镇 in the north, 陈店镇 and 王家桥镇 in the south
    let layout = [
        "105 105 106 106 106",
        "100 100 100 100 100",
        "100 100 100 100 100",
        "102 102 102 102 102",
    ];
    let grids = laid_out("421087", &layout);
    let streets = [
        ("421087100", "新江口镇"),
        ("421087102", "八宝镇"),
        ("421087105", "陈店镇"),
        ("421087106", "王家桥镇"),
    ];
    let store = before(&desk, &scheme("421087", "松滋市"), "2018", &grids, &streets);
    let then = Timestamp::now().to_string();

    // 张家畈 (0, 2) goes to 八宝镇, 尖山 (4, 1) to 王家桥镇
    let layout = [
        "105 001 106 002 106",
        "001 001 001 002 106",
        "102 001 001 002 002",
        "102 001 102 102 102",
    ];
    plan(&store, &["new", "2019"]).expect_code(0);
    let redrawn = desk.write(
        "redrawn.geojson",
        &geojson(&relaid("421087", &grids, &layout)),
    );
    import_into(&store, "2019", &redrawn, &["--replace"]).expect_code(0);
    let streets = [
        ("421087001", "新江口街道"),
        ("421087002", "乐乡街道"),
        ("421087102", "八宝镇"),
        ("421087105", "陈店镇"),
        ("421087106", "王家桥镇"),
    ];
    take_names(&desk, &store, "2019", &streets);
    plan(&store, &["check"]).expect_code(0);

    let of_towns = diff(&store, "2018", "2019", &["--level", "street"]);
    assert_eq!(
        told(&of_towns, "421087"),
        ["recut: 100 102 105 106 > 001 002 102 105 106"]
    );
    let of_villages = diff(&store, "2018", "2019", &[]);
    let summary = &of_villages["summary"];
    // ten of the town, and one of each neighbour, under new codes; the others stay
    assert_eq!(
        (&summary["renamed"], &summary["unchanged"]),
        (&13.into(), &7.into())
    );
    assert_eq!(of_villages["changes"].as_array().unwrap().len(), 13);

    run(&["publish", "--store", text(&store)]).expect_code(0);
    let streets = |options: &[&str]| -> Vec<String> {
        [(1, 0), (2, 1), (3, 2), (0, 2), (4, 1)]
            .iter()
            .map(|&(column, row)| street_at(&store, column, row, options))
            .collect()
    };
    assert_eq!(
        streets(&[]),
        ["新江口街道", "新江口街道", "乐乡街道", "八宝镇", "王家桥镇"]
    );
    assert_eq!(
        streets(&["--at", &then]),
        ["陈店镇", "新江口镇", "新江口镇", "新江口镇", "新江口镇"]
    );
}

/// A new street is cut out of two.
#[test]
fn erdao_2023_a_new_street_is_cut_out_of_two() {
    let desk = Desk::new();
    let grids = laid_out("220105", &["004 004 005 005", "004 004 005 005"]);
    let streets = [("220105004", "东站街道"), ("220105005", "远达街道")];
    let store = before(&desk, &scheme("220105", "二道区"), "2022", &grids, &streets);
    let then = Timestamp::now().to_string();
    plan(&store, &["new", "2023"]).expect_code(0);
    let layout = ["004 010 010 005", "004 004 005 005"];
    let redrawn = desk.write(
        "redrawn.geojson",
        &geojson(&relaid("220105", &grids, &layout)),
    );
    import_into(&store, "2023", &redrawn, &["--replace"]).expect_code(0);
    let streets = [
        ("220105004", "东站街道"),
        ("220105005", "远达街道"),
        ("220105010", "东惠街道"),
    ];
    take_names(&desk, &store, "2023", &streets);
    plan(&store, &["check"]).expect_code(0);
    let of_streets = diff(&store, "2022", "2023", &["--level", "street"]);
    assert_eq!(
        told(&of_streets, "220105"),
        ["recut: 004 005 > 004 005 010"]
    );
    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(street_at(&store, 1, 0, &[]), "东惠街道");
    assert_eq!(street_at(&store, 1, 0, &["--at", &then]), "东站街道");
    assert_eq!(street_at(&store, 1, 1, &[]), "东站街道");
}

/// A town comes to be run by another zone; no border moves.
#[test]
fn a_manager_changes_and_no_border_moves() {
    let desk = Desk::new();
    let grids = laid_out("360702", &["191 191 101"]);
    let streets = [("360702191", "潭口镇"), ("360702101", "水东镇")];
    let store = before(&desk, &scheme("360702", "章贡区"), "2017", &grids, &streets);
    let parents = |file: &str, rows: &str| {
        let file = desk.write(
            file,
            &format!("unit,relation,parent,name,from,until\n{rows}"),
        );
        run(&["import", "parents", text(&file), "--store", text(&store)]).expect_code(0);
    };
    parents("first.csv", "360702191,managing,ETDZ,经开区,2010-01-01,\n");
    let then = Timestamp::now().to_string();
    parents(
        "second.csv",
        "360702191,managing,ETDZ,经开区,2010-01-01,2017-10-01\n\
         360702191,managing,RJXQ,蓉江新区,2017-10-01,\n",
    );
    let manager = |options: &[&str]| {
        let (lon, lat) = middle(0, 0);
        let all = [
            &["locate", "--store", text(&store), &lon, &lat, "--json"][..],
            options,
        ]
        .concat();
        let answer = json(&run(&all).expect_code(0).out);
        answer["managed_by"][0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(manager(&[]), "蓉江新区");
    assert_eq!(manager(&["--at", &then]), "经开区");
    // a plan that says the same again changes nothing
    plan(&store, &["new", "2018"]).expect_code(0);
    let nothing = diff(&store, "2017", "2018", &[]);
    assert_eq!(nothing["changes"], serde_json::json!([]));
    assert_eq!(nothing["summary"]["unchanged"], 3);
}

/// Grids on a board, the southern row first: each under its street, numbered in order.
fn laid_out(city: &str, rows: &[&str]) -> Vec<Grid> {
    let mut numbers = std::collections::BTreeMap::new();
    let mut grids = Vec::new();
    for (row, streets) in (0..).zip(rows) {
        for (column, street) in (0..).zip(streets.split(' ')) {
            let number = numbers.entry(street).or_insert(0);
            *number += 1;
            grids.push(on(&format!("{city}{street}{number:03}"), column, row));
        }
    }
    grids
}

/// The same grids where the layout has the same street; the others under the next numbers of the
/// streets that they come to.
fn relaid(city: &str, before: &[Grid], rows: &[&str]) -> Vec<Grid> {
    let mut numbers = std::collections::BTreeMap::new();
    for grid in before {
        *numbers.entry(grid.code()[6..9].to_owned()).or_insert(0) += 1;
    }
    let streets = rows.iter().flat_map(|row| row.split(' '));
    before
        .iter()
        .zip(streets)
        .map(|(grid, street)| {
            if grid.code()[6..9] == *street {
                return grid.clone();
            }
            let number = numbers.entry(street.to_owned()).or_insert(0);
            *number += 1;
            let mut moved = grid.clone();
            moved = moved.with("code", format!("{city}{street}{number:03}"));
            moved
        })
        .collect()
}
