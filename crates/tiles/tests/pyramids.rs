//! The check over whole pyramids of cities, synthetic and real, all zooms: nothing is wrong.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use rstest::rstest;
use support::{mended, plain, read, real_data, synthetic};
use wangge_generate::{CitySpec, city};
use wangge_tiles::check::{Expected, TilesReport, check_tiles};
use wangge_tiles::{Content, MAX_ZOOM, Shift, Source, SourceTiles, TileSet};

fn check(content: Content, shift: Shift) {
    let set = TileSet::of(content, shift);
    let tiles = SourceTiles::new(&set, Source::City, 0..=MAX_ZOOM);
    for expected in [tiles.expected(), Expected::default()] {
        let report = check_tiles(&tiles, expected, &|_| {}).unwrap();
        tell(&report);
        assert!(
            report.sound,
            "{} faults: {:#?}",
            report.fault_count, report.faults
        );
        assert_eq!(report.zooms.last().unwrap().zoom, MAX_ZOOM);
    }
}

fn tell(report: &TilesReport) {
    for zoom in &report.zooms {
        let holes: u64 = zoom.layers.iter().map(|layer| layer.holes).sum();
        let (z, tiles) = (zoom.zoom, zoom.tiles);
        println!(
            "zoom {z}: {tiles} tiles, {holes} holes, largest {:?}",
            zoom.largest
        );
    }
}

#[rstest]
#[case::as_things_are(Shift::None)]
#[case::shifted(Shift::Gcj02)]
fn a_synthetic_city_holds(#[case] shift: Shift) {
    let spec = CitySpec::sized(200).unwrap();
    check(synthetic(&city(&spec, 11).unwrap()), shift);
}

#[rstest]
#[case("dc-grids/census-tracts-2000.geojson", "FEDTRACTNO")]
#[case("calgary-wards/wards-2017.geojson", "ward_num")]
#[case("cn-counties/360700_counties.geojson", "adcode")]
fn real_boundaries_hold(#[case] file: &str, #[case] code: &str) {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join(file), code);
    check(plain(&mended(&grids)), Shift::None);
}
