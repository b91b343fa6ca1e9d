//! `wangge generate city`: a synthetic city.

use wangge_report::Language;

use crate::args::GenerateCity;
use crate::command::init::read_scheme;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

pub(crate) fn run(args: &GenerateCity, language: Language) -> Result<Outcome, Failure> {
    let scheme = read_scheme(&args.scheme)?;
    let spec = wangge_generate::CitySpec::for_scheme(scheme)?;
    let city = waiting(
        match language {
            Language::Zh => "正在生成城市",
            Language::En => "making the city",
        },
        || {
            let city = wangge_generate::city(&spec, args.seed)?;
            city.write(&args.output)?;
            Ok::<_, wangge_generate::GenerateError>(city)
        },
    )?;
    let (folder, grids) = (args.output.display(), city.grids.len());
    output::tell(&match language {
        Language::Zh => format!(
            "已在 {folder} 生成合成城市：{grids} 个网格（种子 {}）",
            args.seed
        ),
        Language::En => format!(
            "made a synthetic city of {grids} grids in {folder} (seed {})",
            args.seed
        ),
    });
    Ok(Outcome::Sound)
}
