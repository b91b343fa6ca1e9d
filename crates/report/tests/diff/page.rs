//! The page of a redesign: whole, safe, and readable without colours.

use std::collections::BTreeSet;

use rstest::rstest;
use wangge_report::Language;

use crate::markup::Markup;
use crate::redesign::Redesign;

/// A code that would act where text is not kept as text.
const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='y()'>";

fn every_kind() -> Redesign {
    Redesign::of_every_kind(ToString::to_string).with_evidence()
}

#[rstest]
#[case::every_kind(every_kind())]
#[case::nothing(Redesign::of_nothing())]
#[case::hostile_codes(Redesign::of_every_kind(|code| format!("{HOSTILE}{code}")))]
fn every_page_is_well_formed_and_its_links_lead_somewhere(
    #[case] redesign: Redesign,
    #[values(Language::Zh, Language::En)] language: Language,
) {
    let markup = Markup::of(&redesign.page(language));
    let ids: BTreeSet<&String> = markup.ids.iter().collect();
    assert_eq!(ids.len(), markup.ids.len(), "an id twice");
    for link in &markup.links {
        let target = link.strip_prefix('#').expect("links stay in the page");
        assert!(ids.contains(&target.to_owned()), "{link}");
    }
}

#[test]
fn a_code_of_markup_adds_no_element_and_no_attribute() {
    let plain = Markup::of(&every_kind().page(Language::En));
    let hostile = Redesign::of_every_kind(|code| format!("{HOSTILE}{code}")).with_evidence();
    let hostile = Markup::of(&hostile.page(Language::En));
    assert_eq!(plain.elements, hostile.elements);
    assert!(hostile.attributes.is_subset(&plain.attributes));
}

#[test]
fn nothing_runs_and_the_policy_forbids_it() {
    let page = every_kind().page(Language::En);
    let markup = Markup::of(&page);
    assert!(!markup.elements.contains("script"));
    assert!(!markup.attributes.iter().any(|name| name.starts_with("on")));
    assert!(page.contains("default-src 'none'") && page.contains("script-src 'none'"));
    let allowed = [
        "http-equiv",
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1999/xlink",
    ];
    let mut rest = page.clone();
    for namespace in allowed {
        rest = rest.replace(namespace, "");
    }
    assert!(!rest.contains("http"), "an address");
    assert_eq!(
        rest.matches("url(").count(),
        rest.matches("url(#h-").count()
    );
}

#[test]
fn both_maps_show_one_frame_and_the_same_changed_ground() {
    let page = every_kind().page(Language::En);
    let frames: Vec<&str> = page
        .split(r#"<div class="map"><svg viewBox=""#)
        .skip(1)
        .map(|map| map.split('"').next().unwrap())
        .collect();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0], frames[1]);
    assert!(page.contains(r#"<g id="ground">"#));
    assert!(page.contains(r##"<use xlink:href="#ground"/>"##));
}

#[test]
fn every_change_is_numbered_listed_and_drawn_before_and_after() {
    let page = every_kind().page(Language::En);
    let markup = Markup::of(&page);
    for number in 1..=6 {
        for id in [format!("r{number}"), format!("f{number}")] {
            assert!(markup.ids.contains(&id), "{id}");
        }
    }
    let close_ups = page.matches(r#"<svg class="inset""#).count();
    assert_eq!(close_ups, 12);
    for kind in ["gone", "new", "split", "merge", "transfer", "renamed"] {
        let filled = format!(r#"class="changed {kind}" fill="url(#h-{kind}-16)""#);
        assert!(page.contains(&filled), "{kind}");
        assert!(markup.ids.contains(&format!("h-{kind}-16")), "{kind}");
    }
}

#[rstest]
#[case(Language::En, &["old.geojson", "new.geojson", "2026-12-01", "16.25 %", "Before", "Compactness"])]
#[case(Language::Zh, &["old.geojson", "new.geojson", "2026-12-01", "16.25 %", "调整前", "紧凑度"])]
fn the_page_names_both_plans_the_day_and_the_numbers(
    #[case] language: Language,
    #[case] texts: &[&str],
) {
    let markup = Markup::of(&every_kind().page(language));
    for text in texts {
        assert!(markup.text.contains(text), "{text}");
    }
    // households by share of area are told from those that were counted
    assert!(markup.text.contains("≈15") && markup.text.contains(" 312 "));
    assert!(markup.text.contains("712!"), "outside the limits");
}

#[rstest]
#[case::a_district(20, 20, 200_000)]
#[case::a_large_city(300, 300, 4_000_000)]
fn the_page_of(#[case] columns: i32, #[case] rows: i32, #[case] most_bytes: usize) {
    let page = every_kind().in_a_city(columns, rows).page(Language::Zh);
    assert!(page.len() < most_bytes, "{} bytes", page.len());
    let markup = Markup::of(&page);
    // the far corner has a part in it, so that the maps are of the whole city
    assert!(!markup.text.contains("地图只画出发生变化的部分"));
    assert!(page.matches("<path").count() > usize::try_from(columns * rows).unwrap());
}
