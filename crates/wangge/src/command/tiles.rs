//! `wangge tiles export`: a whole pyramid in one file.

use std::cell::RefCell;

use serde_json::json;
use wangge_city::City;
use wangge_city::work::{city_of, plan_to_export};
use wangge_report::{Language, grouped};
use wangge_store::Store;
use wangge_tiles::archive::{ArchiveNote, ExportStep, export as write_archive};
use wangge_tiles::{Shift, Source, SourceTiles};

use crate::args::{Shown, TilesExport};
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, waiting};

pub(crate) fn export(args: &TilesExport, language: Language) -> Result<Outcome, Failure> {
    zooms_in_order(&args.shown)?;
    destination::check(&args.output, &[&args.store])?;
    let city = drawn_city(&args.store, args.plan.as_deref(), language)?;
    let (source, shift) = asked(&args.shown);
    let tiles = tiles_of(&city, &args.shown);
    let (zh, en) = ("绘制瓦片", "drawing tiles");
    let progress = Bar::new(language, zh, en);
    let note = note_of(&city, &tiles, shift).ok_or_else(|| nothing(source))?;
    let store = std::fs::canonicalize(&args.store)
        .map_err(|error| Failure::io("读取", "read", &args.store, &error))?;
    let key = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "store": store.to_string_lossy(),
        "plan": args.plan,
        "version": city.version_text(),
        "source": source.name(),
        "zooms": [note.min_zoom, note.max_zoom],
        "shifted": shift == Shift::Gcj02,
    })
    .to_string();
    let done = write_archive(&tiles, &note, &args.output, &key, &|step| match step {
        ExportStep::Drawn { done, of } => progress.reached(done, of),
        ExportStep::Writing => progress.writing(language),
    });
    progress.finish();
    let done = done?;
    let path = args.output.display();
    let zooms = (note.min_zoom, note.max_zoom);
    let (count, bytes) = (big(done.tiles), big(done.bytes));
    if done.resumed > 0 {
        let before = big(done.resumed);
        output::tell(&match language {
            Language::Zh => format!("接着上次未完成的导出：{before} 个位置已经处理过"),
            Language::En => {
                format!("went on with an export that was ended: {before} places were done")
            }
        });
    }
    output::tell(&match language {
        Language::Zh => format!(
            "已导出 {count} 个瓦片（{} 到 {} 级）到 {path}：{bytes} 字节",
            zooms.0, zooms.1
        ),
        Language::En => format!(
            "wrote {count} tiles of zooms {} to {} to {path}: {bytes} bytes",
            zooms.0, zooms.1
        ),
    });
    Ok(Outcome::Sound)
}

/// The city of a plan.
pub(super) fn drawn_city(
    store: &std::path::Path,
    plan: Option<&str>,
    language: Language,
) -> Result<City, Failure> {
    let store = Store::open_read_only(store)?;
    let plan = plan_to_export(&store, plan)?;
    let loading = match language {
        Language::Zh => "正在载入城市",
        Language::En => "loading the city",
    };
    Ok(waiting(loading, || city_of(&store, &plan))?)
}

pub(super) fn tiles_of<'a>(city: &'a City, shown: &Shown) -> SourceTiles<'a> {
    let (source, shift) = asked(shown);
    SourceTiles::new(city.tiles(shift), source, shown.minzoom..=shown.maxzoom)
}

pub(super) fn zooms_in_order(shown: &Shown) -> Result<(), Failure> {
    if shown.minzoom <= shown.maxzoom {
        return Ok(());
    }
    let (min, max) = (shown.minzoom, shown.maxzoom);
    Err(Failure::new(
        format!("--minzoom 的值 {min} 大于 --maxzoom 的值 {max}"),
        format!("--minzoom is {min}, more than --maxzoom, which is {max}"),
    ))
}

fn asked(shown: &Shown) -> (Source, Shift) {
    (shown.source.into(), shown.crs.into())
}

/// What the archive says of itself; `None` of nothing.
fn note_of(city: &City, tiles: &SourceTiles<'_>, shift: Shift) -> Option<ArchiveNote> {
    let (source, zooms) = (tiles.source(), tiles.zooms());
    let system = match shift {
        Shift::None => "CGCS2000",
        Shift::Gcj02 => "GCJ-02",
    };
    Some(ArchiveNote {
        name: city.scheme().name().to_owned(),
        description: format!("{source} in {system}"),
        version: city.version_text().to_owned(),
        bounds: tiles.tile_set().bounds(source)?,
        min_zoom: *zooms.start(),
        max_zoom: *zooms.end(),
        layers: tiles
            .tile_set()
            .layers(source)
            .into_iter()
            .filter(|layer| layer.min_zoom <= *zooms.end())
            .collect(),
        holes: tiles.holes(),
        shift,
    })
}

fn nothing(source: Source) -> Failure {
    wangge_tiles::archive::ArchiveError::Nothing {
        source_asked: source,
    }
    .into()
}

pub(super) fn big(number: u64) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

/// A bar whose end is known once the work begins.
pub(super) struct Bar {
    what: &'static str,
    bar: RefCell<Option<Progress>>,
}

impl Bar {
    pub(super) const fn new(language: Language, zh: &'static str, en: &'static str) -> Self {
        Self {
            what: match language {
                Language::Zh => zh,
                Language::En => en,
            },
            bar: RefCell::new(None),
        }
    }

    pub(super) fn reached(&self, done: u64, of: u64) {
        let mut bar = self.bar.borrow_mut();
        bar.get_or_insert_with(|| Progress::new(self.what, (of > 0).then_some(of)))
            .reached(done);
    }

    fn writing(&self, language: Language) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.working(match language {
                Language::Zh => "正在写入文件",
                Language::En => "writing the file",
            });
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.finish();
        }
    }
}
