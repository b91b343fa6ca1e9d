//! `wangge export grids`: a plan's grids as a file.

use wangge_city::work;
use wangge_crs::Crs;
use wangge_report::{Language, counted};
use wangge_store::Store;

use crate::args::ExportGrids;
use crate::destination;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;
use crate::systems::system;

pub(crate) fn run(args: &ExportGrids, language: Language) -> Result<Outcome, Failure> {
    let crs = match &args.crs {
        Some(text) => system(text)?,
        None => Crs::Lattice,
    };
    destination::check(&args.output, &[&args.store])?;
    let store = Store::open_read_only(&args.store)?;
    let count = waiting(
        match language {
            Language::Zh => "正在导出",
            Language::En => "writing",
        },
        || {
            work::export_grids(
                &store,
                args.plan.as_deref(),
                args.level.as_deref(),
                &crs,
                &args.output,
            )
        },
    )?;
    let path = args.output.display();
    output::tell(&match language {
        Language::Zh => format!("已导出 {count} 个单元到 {path}"),
        Language::En => format!("wrote {} to {path}", counted(count, "unit", "units")),
    });
    Ok(Outcome::Sound)
}
