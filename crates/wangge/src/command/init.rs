//! `wangge init`: a new, empty store.

use std::path::Path;

use wangge_model::Scheme;
use wangge_report::Language;
use wangge_store::Store;

use crate::args::Init;
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) fn run(args: &Init, language: Language) -> Result<Outcome, Failure> {
    let scheme = read_scheme(&args.scheme)?;
    Store::create(&args.store, &scheme)?;
    let levels: Vec<&str> = scheme
        .levels()
        .iter()
        .map(wangge_model::Level::id)
        .collect();
    let (store, levels) = (args.store.display(), levels.join(" > "));
    output::tell(&match language {
        Language::Zh => format!("已新建 {store}：{}（{levels}）", scheme.name()),
        Language::En => format!("made {store} for {} ({levels})", scheme.name()),
    });
    Ok(Outcome::Sound)
}

/// The scheme in a TOML file.
pub(crate) fn read_scheme(path: &Path) -> Result<Scheme, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::io("读取层级定义", "read the scheme", path, &error))?;
    let file = path.display().to_string();
    Scheme::from_toml(&text).map_err(|error| Failure::of(&error).at(&file, &file))
}
