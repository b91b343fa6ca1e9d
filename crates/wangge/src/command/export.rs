//! `wangge export`: a plan's grids, or the components, as a file.

use wangge_city::work;
use wangge_crs::Crs;
use wangge_report::{Language, counted};
use wangge_store::Store;

use crate::args::{ExportComponents, ExportGrids};
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

/// `wangge export components`: the components as a file.
pub(crate) fn components(args: &ExportComponents, language: Language) -> Result<Outcome, Failure> {
    let crs = match &args.crs {
        Some(text) => system(text)?,
        None => Crs::Lattice,
    };
    destination::check(&args.output, &[&args.store])?;
    let store = Store::open_read_only(&args.store)?;
    let working = match language {
        Language::Zh => "正在导出",
        Language::En => "writing",
    };
    let count = waiting(working, || {
        work::export_components(&store, args.class.as_deref(), &crs, &args.output)
    })?;
    let path = args.output.display();
    output::tell(&match language {
        Language::Zh => format!("已导出 {count} 个部件到 {path}"),
        Language::En => format!(
            "wrote {} to {path}",
            counted(count, "component", "components")
        ),
    });
    Ok(Outcome::Sound)
}
