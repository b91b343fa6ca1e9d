//! The page of a validation: whole, safe, small, and with every defect on it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod markup;
mod town;

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use wangge_report::{Language, LeftOut, MapSource};

use markup::Markup;
use town::Town;

/// A town with one vertex moved by about 30 cm and one grid left out.
fn broken_town() -> Town {
    Town::new(8, 6, 5).with_moved(20, 7, (20, 25)).without(30)
}

/// Everything that tries to leave the place where it stands.
const HOSTILE: &str = "</script></title></svg>\"'><img src=x onerror=alert(1)>&lt;\u{202e}\u{0}]]>";

#[rstest]
fn every_page_is_well_formed_and_its_links_lead_somewhere(
    #[values(Language::Zh, Language::En)] language: Language,
    #[values(Town::new(8, 6, 5), broken_town(), Town::new(3, 3, 2).with_code(4, HOSTILE).with_moved(4, 3, (700, 100)))]
    town: Town,
) {
    let markup = Markup::of(&town.page(language));
    let ids: BTreeSet<&str> = markup.ids.iter().map(String::as_str).collect();
    assert_eq!(ids.len(), markup.ids.len(), "an id is used twice");
    for link in &markup.links {
        assert!(
            ids.contains(link.strip_prefix('#').unwrap()),
            "{link} leads nowhere"
        );
    }
}

#[test]
fn a_page_of_nothing_at_all_is_well_formed() {
    let town = Town { grids: Vec::new() };
    let page = town.validation().html(Language::Zh, &MapSource::default());
    let markup = Markup::of(&page);
    assert!(!markup.ids.iter().any(|id| id == "map"));
}

#[test]
fn a_code_of_markup_adds_no_element_and_no_attribute() {
    let plain = Town::new(3, 3, 2).with_moved(4, 3, (700, 100));
    let hostile = Town::new(3, 3, 2)
        .with_moved(4, 3, (700, 100))
        .with_code(4, HOSTILE);
    for language in [Language::Zh, Language::En] {
        let row = |why: &str| LeftOut {
            file: why.to_owned(),
            row: 3,
            kind: "not-polygon",
            why: why.to_owned(),
        };
        let page = |town: &Town, text: &str| {
            let validation = town.validation().with_left_out(&[row(text)]);
            Markup::of(&town.page_of(&validation, language, text))
        };
        let (plain, hostile) = (page(&plain, "a file"), page(&hostile, HOSTILE));
        assert_eq!(hostile.elements, plain.elements);
        assert_eq!(hostile.attributes, plain.attributes);
        // it is there to be read all the same
        let spelt = "&lt;/script&gt;&lt;/title&gt;&lt;/svg&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;lt;\\u{202e}\\u{0}]]&gt;";
        assert!(hostile.text.contains(spelt));
        assert!(!hostile.text.contains('\u{202e}'));
    }
}

#[test]
fn nothing_is_loaded_and_the_policy_forbids_it() {
    let page = broken_town().page(Language::Zh);
    let policy = "default-src 'none'; style-src 'sha256-";
    assert!(page.contains(policy));
    let markup = Markup::of(&page);
    for loading in ["src", "srcset", "style", "action", "data", "poster"] {
        assert!(!markup.attributes.contains(loading), "{loading}");
    }
    assert!(!markup.attributes.iter().any(|name| name.starts_with("on")));
    for loading in [
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
        "foreignObject",
    ] {
        assert!(!markup.elements.contains(loading), "{loading}");
    }
    let names = [
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1999/xlink",
        "http://www.w3.org/2000/svg",
    ];
    let without_names = names.iter().fold(page, |page, name| page.replace(name, ""));
    for address in [
        "http:",
        "https:",
        "url(",
        "@import",
        "//cdn",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(!without_names.contains(address), "{address}");
    }
}

#[test]
fn an_english_page_is_english_and_a_chinese_one_says_what_it_is() {
    let is_chinese =
        |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c);
    let english = broken_town().page(Language::En);
    assert!(english.contains(r#"<html lang="en""#));
    assert_eq!(english.chars().find(|&c| is_chinese(c)), None);
    let chinese = Markup::of(&broken_town().page(Language::Zh));
    for text in ["不是无缝覆盖", "以自身外缘为界", "空隙", "错误"] {
        assert!(chinese.text.contains(text), "{text}");
    }
    // words that people read; units, option names and kinds' letters are the same everywhere
    for text in ["Not seamless", "Kind", "Grids", "error", "close-up"] {
        assert!(!chinese.text.contains(text), "{text}");
    }
}

#[test]
fn a_sound_town_has_a_map_and_no_table() {
    let page = Town::new(4, 4, 3).page(Language::En);
    let markup = Markup::of(&page);
    assert!(markup.text.contains("Seamless") && markup.text.contains("No defects were found."));
    let has = |id: &str| markup.ids.iter().any(|other| other == id);
    assert!(has("map") && !has("defects") && !has("kinds"));
}

#[test]
fn a_defect_is_on_the_map_in_the_table_and_drawn_closely() {
    let validation = broken_town().validation();
    let placed = validation
        .defects
        .iter()
        .filter(|d| d.geometry.is_some())
        .count();
    assert!(placed >= 2);
    let markup = Markup::of(&broken_town().page(Language::En));
    for number in 1..=placed {
        for id in [
            format!("r{number}"),
            format!("m{number}"),
            format!("f{number}"),
        ] {
            assert!(markup.ids.contains(&id), "{id}");
        }
    }
    for defect in &validation.defects {
        assert!(markup.text.contains(&defect.id));
    }
}

#[test]
fn a_gap_of_centimetres_has_a_close_up_with_a_scale_in_centimetres() {
    // 3 units to the west are 2.5 cm at this latitude
    let page = Town::new(3, 3, 4)
        .with_moved(4, 6, (-3, 0))
        .page(Language::En);
    let (_, close_up) = page.split_once(r#"id="i1b""#).expect("a second drawing");
    let (close_up, _) = close_up.split_once("</figure>").unwrap();
    assert!(close_up.contains(" cm</text>"), "{close_up}");
}

#[test]
fn the_close_up_of_a_hairline_is_where_its_borders_are_apart() {
    // a vertex moved by one unit, 1.1 cm at most; where borders are together they share a step
    let town = Town::new(3, 3, 4).with_moved(4, 6, (-1, 0));
    let validation = town.validation();
    assert_eq!(validation.defects[0].kind, "hairline");
    let page = town.page(Language::En);
    let (_, close_up) = page.split_once(r#"id="i1b""#).expect("a second drawing");
    let (close_up, _) = close_up.split_once("</figure>").unwrap();
    assert!(close_up.contains(">2 cm</text>"), "{close_up}");
    let borders: Vec<BTreeSet<(i64, i64)>> = close_up
        .split(r#"<path class="t"#)
        .skip(1)
        .map(|path| path.split('"').nth(2).unwrap())
        .map(|d| steps(d).into_iter().collect())
        .collect();
    assert_eq!(borders.len(), 2, "{close_up}");
    assert!(borders[0].is_disjoint(&borders[1]), "{close_up}");
}

#[test]
fn what_comes_by_the_hundred_is_listed_up_to_a_limit_and_counted() {
    let town = Town::new(4, 4, 2);
    let rows: Vec<LeftOut> = (1..=1_234)
        .map(|row| LeftOut {
            file: "town.csv".to_owned(),
            row,
            kind: "not-polygon",
            why: "no polygon".to_owned(),
        })
        .collect();
    let validation = town.validation().with_left_out(&rows);
    let page = town.page_of(&validation, Language::En, "");
    let markup = Markup::of(&page);
    let listed = markup.ids.iter().filter(|id| {
        id.strip_prefix('r')
            .is_some_and(|number| number.parse::<u32>().is_ok())
    });
    assert_eq!(listed.count(), 200);
    assert!(markup.text.contains("the other 1,034 are"));
    assert!(markup.text.contains("1,234 errors"));
}

#[rstest]
#[case::a_district(28, 16, 17, 30_000, 1_500_000)]
#[case::a_district_drawn_by_the_metre(20, 20, 150, 240_000, 700_000)]
#[case::a_city(100, 100, 21, 840_000, 6_000_000)]
fn the_page_of(
    #[case] columns: i32,
    #[case] rows: i32,
    #[case] pieces: i32,
    #[case] vertices: usize,
    #[case] most_bytes: usize,
) {
    let town = Town::new(columns, rows, pieces)
        .with_moved(17, 3, (90, 90))
        .without(40);
    assert!(town.vertices() >= vertices - 2_000, "{}", town.vertices());
    let page = town.page(Language::Zh);
    assert!(page.len() < most_bytes, "{} bytes", page.len());
    Markup::of(&page);
}

#[rstest]
#[case::on_a_fine_raster(12, 12, 40, "0.0625")]
#[case::on_a_coarse_raster(20, 20, 150, "0.125")]
fn neighbours_are_drawn_along_the_same_steps(
    #[case] columns: i32,
    #[case] rows: i32,
    #[case] pieces: i32,
    #[case] step: &str,
) {
    let page = Town::new(columns, rows, pieces).page(Language::Zh);
    let (_, grids) = page.split_once(r#"<g id="grids""#).unwrap();
    let (grids, _) = grids.split_once("</g>").unwrap();
    assert!(
        grids.contains(&format!(r#"data-q="{step}""#)),
        "{grids:.60}"
    );
    let rings: Vec<Vec<(i64, i64)>> = grids
        .split("d=\"")
        .skip(1)
        .map(|d| steps(d.split('"').next().unwrap()))
        .collect();
    // edges in their smallest pieces, since one side may leave out what lies on a straight line
    let mut edges = BTreeMap::new();
    for ring in &rings {
        for (i, &(ax, ay)) in ring.iter().enumerate() {
            let (bx, by) = ring[(i + 1) % ring.len()];
            let n = divisor(bx - ax, by - ay);
            let at = |k: i64| (ax + (bx - ax) / n * k, ay + (by - ay) / n * k);
            for k in 0..n {
                let (a, b) = (at(k), at(k + 1));
                *edges.entry((a.min(b), a.max(b))).or_insert(0) += if a < b { 1 } else { -1 };
            }
        }
    }
    let all = || rings.iter().flatten();
    let across = (
        all().map(|p| p.0).min().unwrap(),
        all().map(|p| p.0).max().unwrap(),
    );
    let down = (
        all().map(|p| p.1).min().unwrap(),
        all().map(|p| p.1).max().unwrap(),
    );
    let from_rim = |(x, y): (i64, i64)| {
        let ways = [x - across.0, across.1 - x, y - down.0, down.1 - y];
        ways.into_iter().min().unwrap()
    };
    // a grid is a tenth of the whole, the rim wobbles by much less
    let grid = (across.1 - across.0) / i64::from(columns);
    let left = edges.iter().filter(|&(_, &times)| times != 0);
    let inside: Vec<_> = left
        .filter(|((a, b), _)| from_rim(*a).max(from_rim(*b)) > grid / 10)
        .collect();
    assert!(
        inside.is_empty(),
        "{} of {}: {:?}",
        inside.len(),
        edges.len(),
        inside[0]
    );
}

fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { divisor(b, a % b) }
}

/// The vertices of the only ring of a path.
fn steps(d: &str) -> Vec<(i64, i64)> {
    let spaced = d.trim_matches(['m', 'z']).replace('-', " -");
    let numbers: Vec<i64> = spaced
        .split_whitespace()
        .map(|n| n.parse().unwrap())
        .collect();
    let mut at = (0, 0);
    numbers
        .chunks(2)
        .map(|way| {
            at = (at.0 + way[0], at.1 + way[1]);
            at
        })
        .collect()
}
