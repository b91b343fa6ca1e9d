//! Who handles what where, worked out by hand from the lists of the small city.

use serde_json::{Value, json as value};

use crate::city::whole;
use crate::support::service::Service;
use crate::support::{Desk, run_in};
use crate::{json, middle, text};

/// A rule by its row, and the department and the key that answers name.
const BY_ROW: [(&str, &str, &str); 17] = [
    ("C1", "甲社区居委会", "1:*:*:211403001001:*"),
    ("C2", "乙社区居委会", "1:*:*:211403001002:*"),
    ("C3", "丙社区居委会", "1:*:*:211403002001:*"),
    ("S1", "西街道办", "2:*:*:211403001:*"),
    ("S2", "东街道办", "2:*:*:211403002:*"),
    ("CC", "区指挥中心", "3:*:*:*:*"),
    ("WATER", "区水务局", "3:component:01:*:*"),
    ("DRAIN", "区排水所", "3:component:0101:*:*"),
    ("S1UTIL", "西街道公用科", "2:component:01:211403001001001:*"),
    ("DRAIN", "区排水所", "2:component:0101:211403001:*"),
    ("SAN", "区环卫处", "2:event:0102:*:urban"),
    ("C3AD", "丙社区广告队", "1:*:02:211403002001:*"),
    ("SAN", "区环卫处", "3:event:0102:*:*"),
    ("S1CLEAN", "西街道环卫所", "2:event:0102:211403001002:*"),
    ("ROAD", "区市政处", "2:*:0201:*:*"),
    ("PARK", "区停车办", "2:component:0201:*:*"),
    ("C3FARM", "丙社区农村组", "1:*:*:211403002001002:*"),
];

/// Why, in English and in Chinese. A rule for both objects calls its class by the one asked for.
const REASONS: [(usize, Option<&str>, &str, &str); 18] = [
    (
        1,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403001001 甲社区",
        "未另作规定的事项（属地兜底），区域 211403001001 甲社区",
    ),
    (
        2,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403001002 乙社区",
        "未另作规定的事项（属地兜底），区域 211403001002 乙社区",
    ),
    (
        3,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403002001 丙社区",
        "未另作规定的事项（属地兜底），区域 211403002001 丙社区",
    ),
    (
        4,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403001 西街道",
        "未另作规定的事项（属地兜底），区域 211403001 西街道",
    ),
    (
        5,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403002 东街道",
        "未另作规定的事项（属地兜底），区域 211403002 东街道",
    ),
    (
        6,
        None,
        "whatever is not ruled otherwise (fallback of the territory)",
        "未另作规定的事项（属地兜底）",
    ),
    (
        7,
        None,
        "component class 01 utilities",
        "部件类别 01 公用设施",
    ),
    (
        8,
        None,
        "component class 0101 water manhole",
        "部件类别 0101 上水井盖",
    ),
    (
        9,
        None,
        "component class 01 utilities, in 211403001001001",
        "部件类别 01 公用设施，区域 211403001001001",
    ),
    (
        10,
        None,
        "component class 0101 water manhole, in 211403001 西街道",
        "部件类别 0101 上水井盖，区域 211403001 西街道",
    ),
    (
        11,
        None,
        "event class 0102 exposed rubbish, in grids of kind urban",
        "事件类别 0102 暴露垃圾，网格类型 城市",
    ),
    (
        12,
        Some("component"),
        "class 02 roads, in 211403002001 丙社区",
        "类别 02 道路交通，区域 211403002001 丙社区",
    ),
    (
        12,
        Some("event"),
        "class 02 advertising, in 211403002001 丙社区",
        "类别 02 宣传广告，区域 211403002001 丙社区",
    ),
    (
        13,
        None,
        "event class 0102 exposed rubbish",
        "事件类别 0102 暴露垃圾",
    ),
    (
        14,
        None,
        "event class 0102 exposed rubbish, in 211403001002 乙社区",
        "事件类别 0102 暴露垃圾，区域 211403001002 乙社区",
    ),
    (15, None, "class 0201 bill posting", "类别 0201 违章张贴"),
    (
        16,
        None,
        "component class 0201 parking",
        "部件类别 0201 停车设施",
    ),
    (
        17,
        None,
        "whatever is not ruled otherwise (fallback of the territory), in 211403002001002",
        "未另作规定的事项（属地兜底），区域 211403002001002",
    ),
];

/// Column and row of the grid, what is reported, and the row of the rule at tiers 1, 2 and 3.
type Case = ((i64, i64), &'static str, &'static str, [usize; 3]);

const CASES: [Case; 24] = [
    // at tier 2 the longer class of the street beats the shorter one of the grid itself
    ((0, 0), "component", "0101", [1, 10, 8]),
    ((0, 0), "component", "0102", [1, 9, 7]),
    ((0, 1), "component", "0101", [1, 10, 8]),
    ((0, 1), "component", "0102", [1, 4, 7]),
    // a major class may be reported too
    ((0, 1), "component", "01", [1, 4, 7]),
    // at tier 2 the rule for components beats the one for both
    ((0, 0), "component", "0201", [1, 16, 6]),
    ((0, 0), "event", "0201", [1, 15, 6]),
    // the same code, and no rule for events
    ((0, 0), "event", "0101", [1, 4, 6]),
    // an urban grid
    ((0, 0), "event", "0102", [1, 11, 13]),
    // an urban grid again, and at tier 2 the area beats the kind
    ((1, 0), "event", "0102", [2, 14, 13]),
    ((1, 1), "event", "0102", [2, 14, 13]),
    ((1, 1), "component", "0101", [2, 10, 8]),
    ((1, 0), "component", "0102", [2, 4, 7]),
    // outside the street of row 10
    ((2, 0), "component", "0101", [3, 5, 8]),
    ((2, 0), "event", "0102", [3, 11, 13]),
    // a rural grid, and one of which no kind is known
    ((2, 1), "event", "0102", [3, 5, 13]),
    ((3, 1), "event", "0102", [3, 5, 13]),
    // row 12 leaves the object open
    ((2, 0), "component", "0201", [12, 16, 6]),
    ((2, 0), "event", "0201", [12, 15, 6]),
    ((2, 1), "event", "02", [12, 5, 6]),
    // the fallback of the grid itself beats that of its community, a class beats both
    ((3, 0), "event", "0101", [17, 5, 6]),
    ((3, 0), "component", "0102", [17, 5, 7]),
    ((3, 0), "event", "0201", [12, 15, 6]),
    ((3, 1), "component", "0102", [3, 5, 7]),
];

/// The handlers of a case as answers have them, without contacts.
fn expected(object: &str, rows: [usize; 3], chinese: bool) -> Value {
    let handlers = (1..).zip(rows).map(|(tier, row)| {
        let (code, name, rule) = BY_ROW[row - 1];
        let (_, _, en, zh) = REASONS
            .iter()
            .find(|(of, only, ..)| *of == row && only.is_none_or(|only| only == object))
            .unwrap();
        value!({
            "tier": tier,
            "department": {"code": code, "name": name},
            "rule": rule,
            "reason": if chinese { zh } else { en },
        })
    });
    handlers.collect()
}

#[test]
fn every_tier_has_the_handler_of_the_table() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    for ((column, row), object, class, rows) in CASES {
        let (lon, lat) = middle(column, row);
        for (locale, chinese) in [("C.UTF-8", false), ("zh_CN.UTF-8", true)] {
            let about = format!("{column},{row} {object} {class} {locale}");
            let option = format!("--{object}");
            let arguments = ["locate", "--store", text(&store), &lon, &lat];
            let asked = [&arguments[..], &[&option, class, "--json"]].concat();
            let on_line = json(&run_in(locale, &asked).expect_code(0).out);
            assert_eq!(
                on_line["handlers"],
                expected(object, rows, chinese),
                "{about}"
            );
            let spoken = if chinese { "zh-CN" } else { "en" };
            let target = format!("/v1/locate?lon={lon}&lat={lat}&{object}={class}");
            let header = format!("Accept-Language: {spoken}\r\n");
            let over_http = json(&service.get_with(&target, &header).body);
            assert_eq!(over_http, on_line, "{about}");
        }
    }
    service.stop();
}

#[test]
fn a_batch_names_the_handlers_of_each_row() {
    let desk = Desk::new();
    let store = whole(&desk);
    let service = Service::start(&store, &[]);
    let rows: [(i64, i64); 3] = [(0, 0), (2, 1), (9, 9)];
    let lines = rows.map(|(column, row)| {
        let (lon, lat) = middle(column, row);
        format!("{{\"lon\":{lon},\"lat\":{lat}}}\n")
    });
    let target = "/v1/locate?event=0102";
    let answer = service.post(target, "application/x-ndjson", &lines.concat());
    assert_eq!(answer.status, 200, "{}", answer.body);
    let head = answer.head.to_lowercase();
    assert!(head.contains("content-language: en"), "{head}");
    let lines = answer.body.lines().filter(|line| line.starts_with('{'));
    let answers: Vec<Value> = lines.map(json).collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(
        answers[0]["handlers"],
        expected("event", [1, 11, 13], false)
    );
    assert_eq!(answers[1]["handlers"], expected("event", [3, 5, 13], false));
    assert_eq!(answers[2]["status"], "outside");
    assert!(answers[2].get("handlers").is_none() && answers[2].get("posts").is_none());
    service.stop();
}

#[test]
fn a_person_reads_handlers_with_reasons_and_posts() {
    let desk = Desk::new();
    let store = whole(&desk);
    let asked = [
        "locate",
        "--store",
        text(&store),
        "120.8005",
        "40.7005",
        "--component",
        "0101",
    ];
    let told = |locale, options: &[&str]| {
        let told = run_in(locale, &[&asked, options].concat());
        told.expect_code(0).out
    };
    let english = told("C.UTF-8", &[]);
    let expected = "\
tier 1\tC1\t甲社区居委会
\tby the rule for whatever is not ruled otherwise (fallback of the territory), in 211403001001 甲社区
tier 2\tDRAIN\t区排水所
\tby the rule for component class 0101 water manhole, in 211403001 西街道
tier 3\tDRAIN\t区排水所
\tby the rule for component class 0101 water manhole
post\thead
post\tpolice\tvacant
";
    assert!(english.contains(expected), "{english}");
    let chinese = told("zh_CN.UTF-8", &["--show-contacts"]);
    let expected = "\
第 1 层处置\tC1\t甲社区居委会\t0429-3000021
\t依据：未另作规定的事项（属地兜底），区域 211403001001 甲社区
第 2 层处置\tDRAIN\t区排水所\t0429-3000004
\t依据：部件类别 0101 上水井盖，区域 211403001 西街道
第 3 层处置\tDRAIN\t区排水所\t0429-3000004
\t依据：部件类别 0101 上水井盖
岗位\thead\t赵某甲\t13900000001
岗位\tpolice\t空缺
";
    assert!(chinese.contains(expected), "{chinese}");
}

#[test]
fn a_class_that_the_city_does_not_have_is_refused_with_what_to_do() {
    let desk = Desk::new();
    let store = whole(&desk);
    for (locale, said) in [
        ("C.UTF-8", ["component", "0301", "wangge import classes"]),
        ("zh_CN.UTF-8", ["部件", "0301", "wangge import classes"]),
    ] {
        let at = ["locate", "--store", text(&store), "120.8005", "40.7005"];
        let asked = [&at[..], &["--component", "0301"]].concat();
        let message = run_in(locale, &asked).expect_code(2).message();
        for word in said {
            assert!(message.contains(word), "{message}");
        }
    }
}
