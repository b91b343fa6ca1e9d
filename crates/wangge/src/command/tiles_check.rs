//! `wangge tiles check`: do the tiles hold.

use std::convert::Infallible;
use std::path::Path;

use wangge_report::Language;
use wangge_tiles::TileAddress;
use wangge_tiles::archive::{Archive, ArchiveError};
use wangge_tiles::check::{
    Expected, FaultKind, LayerReport, Pyramid, RingFault, TileFault, TilesReport, WorldBox,
    ZoomReport, check_tiles,
};

use super::tiles::{Bar, big, drawn_city, tiles_of, zooms_in_order};
use crate::args::{Shown, TilesCheck};
use crate::failure::{Failure, Outcome};
use crate::output;

/// Faults that the text lists before it counts the rest.
const LISTED: usize = 50;

/// Codes that are named of a fault.
const NAMED: usize = 5;

pub(crate) fn check(args: &TilesCheck, language: Language) -> Result<Outcome, Failure> {
    zooms_in_order(&args.shown)?;
    let progress = Bar::new(language, "检查瓦片", "looking at tiles");
    let looked_at = |done| progress.reached(done, 0);
    let report = match (&args.file, &args.store) {
        (Some(file), _) => check_archive(file, &args.shown, &looked_at)?,
        (None, Some(store)) => {
            let city = drawn_city(store, args.plan.as_deref(), language)?;
            let tiles = tiles_of(&city, &args.shown);
            let report: Result<_, Infallible> = check_tiles(&tiles, tiles.expected(), &looked_at);
            let Ok(report) = report;
            report
        }
        // clap asks for one of the two
        (None, None) => return Ok(Outcome::Sound),
    };
    progress.finish();
    let text = if args.json {
        serde_json::to_string(&report)? + "\n"
    } else {
        as_text(&report, language)
    };
    output::print(&text)?;
    Ok(if report.sound {
        Outcome::Sound
    } else {
        Outcome::NotSound
    })
}

fn check_archive(
    file: &Path,
    shown: &Shown,
    looked_at: &dyn Fn(u64),
) -> Result<TilesReport, ArchiveError> {
    let archive = Archive::open(file)?;
    let holes = archive.holes()?;
    let boxes = |holes: Vec<[f64; 4]>| holes.into_iter().map(WorldBox::of_degrees).collect();
    let expected = Expected {
        holes: holes.map(boxes),
        ..Expected::default()
    };
    let asked = Between {
        archive: &archive,
        shown,
    };
    check_tiles(&asked, expected, looked_at)
}

/// The zooms of an archive that are asked for.
struct Between<'a> {
    archive: &'a Archive,
    shown: &'a Shown,
}

impl Pyramid for Between<'_> {
    type Error = ArchiveError;

    fn zooms(&self) -> Result<Vec<u8>, ArchiveError> {
        let asked = self.shown.minzoom..=self.shown.maxzoom;
        let mut zooms = self.archive.zooms()?;
        zooms.retain(|zoom| asked.contains(zoom));
        Ok(zooms)
    }

    fn addresses(&self, zoom: u8) -> Result<Vec<TileAddress>, ArchiveError> {
        self.archive.addresses(zoom)
    }

    fn tile(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.archive.tile(tile)
    }
}

fn as_text(report: &TilesReport, language: Language) -> String {
    let zh = language == Language::Zh;
    let mut lines: Vec<String> = Vec::new();
    for zoom in &report.zooms {
        lines.push(zoom_line(zoom, zh));
        lines.extend(zoom.layers.iter().map(|layer| layer_line(layer, zh)));
    }
    let count = big(report.fault_count);
    lines.push(match (report.zooms.is_empty(), report.sound, zh) {
        (true, _, true) => "没有瓦片。".to_owned(),
        (true, _, false) => "There are no tiles.".to_owned(),
        (_, true, true) => "没有问题。".to_owned(),
        (_, true, false) => "Nothing is wrong.".to_owned(),
        (_, false, true) => format!("{count} 处问题："),
        (_, false, false) if report.fault_count == 1 => "1 fault:".to_owned(),
        (_, false, false) => format!("{count} faults:"),
    });
    for fault in report.faults.iter().take(LISTED) {
        lines.push(format!("  {}", output::visible(&fault_line(fault, zh))));
    }
    let listed = report.faults.len().min(LISTED) as u64;
    if report.fault_count > listed {
        let more = big(report.fault_count - listed);
        lines.push(if zh {
            format!("  另有 {more} 处")
        } else {
            format!("  and {more} more")
        });
    }
    lines.join("\n") + "\n"
}

fn zoom_line(zoom: &ZoomReport, zh: bool) -> String {
    let (z, tiles, bytes) = (zoom.zoom, big(zoom.tiles), big(zoom.bytes));
    let (vertices, labels) = (big(zoom.vertices), big(zoom.labels));
    let largest = zoom.largest.map(|tile| (tile.tile, big(tile.bytes)));
    let largest = match (largest, zh) {
        (None, _) => String::new(),
        (Some((tile, bytes)), true) => format!("，最大的 {tile} 有 {bytes} 字节"),
        (Some((tile, bytes)), false) => format!(", the largest {tile} with {bytes} bytes"),
    };
    if zh {
        format!("{z} 级：{tiles} 个瓦片，{bytes} 字节{largest}，{vertices} 个顶点，{labels} 个标注")
    } else {
        format!(
            "zoom {z}: {tiles} tiles, {bytes} bytes{largest}, {vertices} vertices, {labels} labels"
        )
    }
}

fn layer_line(layer: &LayerReport, zh: bool) -> String {
    let name = output::visible(&layer.layer);
    let (grids, missing, rings) = (
        big(layer.grids),
        big(layer.missing_grids),
        big(layer.invalid_rings),
    );
    let (gap, overlap, apart) = (
        amount(layer.gap_area),
        amount(layer.overlap_area),
        amount(layer.edge_disagreement),
    );
    if zh {
        format!(
            "  {name}：{grids} 个单元，缺 {missing}；空缺面积 {gap}，重叠面积 {overlap}，无效的环 {rings}，瓦片边上不一致的长度 {apart}"
        )
    } else {
        format!(
            "  {name}: {grids} units, {missing} missing; gap area {gap}, overlap area {overlap}, invalid rings {rings}, sides that disagree {apart}"
        )
    }
}

/// Tile units, or square ones: as many digits as tell it from nothing.
fn amount(number: f64) -> String {
    if number.fract() == 0.0 {
        format!("{number:.0}")
    } else if number < 0.001 {
        format!("{number:.1e}")
    } else {
        format!("{number:.3}")
    }
}

fn fault_line(fault: &TileFault, zh: bool) -> String {
    let size = fault.amount.map(amount).unwrap_or_default();
    let what = match (fault.kind, zh) {
        (FaultKind::Unreadable, true) => "无法读取".to_owned(),
        (FaultKind::Unreadable, false) => "cannot be read".to_owned(),
        (FaultKind::Gap, true) => format!("空缺，面积 {size}"),
        (FaultKind::Gap, false) => format!("a gap of {size} square units"),
        (FaultKind::Overlap, true) => format!("重叠，面积 {size}"),
        (FaultKind::Overlap, false) => format!("an overlap of {size} square units"),
        (FaultKind::MissingGrid, true) => "单元没有面积".to_owned(),
        (FaultKind::MissingGrid, false) => "the unit has no ground".to_owned(),
        (FaultKind::InvalidRing, _) => ring_words(fault.ring, zh).to_owned(),
        (FaultKind::EdgeDisagreement, true) => {
            format!("与西边或北边的瓦片在共用的边上不一致，长度 {size}")
        }
        (FaultKind::EdgeDisagreement, false) => {
            format!("disagrees with the tile to the west or north along {size} units of their side")
        }
        (FaultKind::LabelRepeated, true) => format!("单元有 {size} 个标注"),
        (FaultKind::LabelRepeated, false) => format!("the unit has {size} labels"),
        (FaultKind::LabelMissing, true) => "单元没有标注".to_owned(),
        (FaultKind::LabelMissing, false) => "the unit has no label".to_owned(),
        (FaultKind::LabelAstray, true) => "标注不在单元之内".to_owned(),
        (FaultKind::LabelAstray, false) => "the label lies beside its unit".to_owned(),
        (FaultKind::BorderRepeated, true) => format!("界线画了不止一次，长度 {size}"),
        (FaultKind::BorderRepeated, false) => {
            format!("a border is drawn more than once along {size} units")
        }
        (FaultKind::IdDiffers, true) => "同一单元的要素编号不一致".to_owned(),
        (FaultKind::IdDiffers, false) => "the unit has another feature id elsewhere".to_owned(),
    };
    let place = match fault.tile {
        Some(tile) => tile.to_string(),
        None if zh => format!("{} 级", fault.zoom),
        None => format!("zoom {}", fault.zoom),
    };
    let mut codes: Vec<&str> = fault.codes.iter().take(NAMED).map(String::as_str).collect();
    if fault.codes.len() > NAMED {
        codes.push("…");
    }
    let parts = [
        place,
        fault.layer.clone(),
        codes.join(if zh { "、" } else { ", " }),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let detail = fault.detail.as_deref().map(|detail| {
        if zh {
            format!("（{detail}）")
        } else {
            format!(" ({detail})")
        }
    });
    let colon = if zh { "：" } else { ": " };
    format!(
        "{}{colon}{what}{}",
        parts.join(" "),
        detail.unwrap_or_default()
    )
}

const fn ring_words(fault: Option<RingFault>, zh: bool) -> &'static str {
    match (fault, zh) {
        (Some(RingFault::TooShort), true) => "环不足三个不同的顶点",
        (Some(RingFault::TooShort), false) => "a ring has fewer than three different vertices",
        (Some(RingFault::NoArea), true) => "环没有面积",
        (Some(RingFault::NoArea), false) => "a ring encloses nothing",
        (Some(RingFault::WrongWay), true) => "外环的方向反了",
        (Some(RingFault::WrongWay), false) => "a shell turns the wrong way",
        (Some(RingFault::CrossesItself), true) => "环与自身相交",
        (Some(RingFault::CrossesItself), false) => "a ring crosses itself",
        (Some(RingFault::HoleOutside), true) => "洞不在外环之内",
        (Some(RingFault::HoleOutside), false) => "a hole is not in its shell",
        (Some(RingFault::PartsOverlap), true) => "单元的各部分相互重叠",
        (Some(RingFault::PartsOverlap), false) => "parts of the unit overlap",
        (None, true) => "环无效",
        (None, false) => "a ring is none",
    }
}
