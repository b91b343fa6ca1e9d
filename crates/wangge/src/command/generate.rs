//! `wangge generate city`: a synthetic city.

use wangge_generate::{CitySpec, GenerateError, PlantSpec, city, plant};
use wangge_report::Language;

use crate::args::GenerateCity;
use crate::command::init::read_scheme;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::progress::waiting;

/// The folder of the grids with planted defects, in that of the city.
const DEFECTIVE: &str = "defective";

pub(crate) fn run(args: &GenerateCity, language: Language) -> Result<Outcome, Failure> {
    let scheme = read_scheme(&args.scheme)?;
    let spec = CitySpec::for_scheme(scheme)?;
    let (city, planted) = waiting(
        match language {
            Language::Zh => "正在生成城市",
            Language::En => "making the city",
        },
        || {
            let city = city(&spec, args.seed)?;
            let planted = match args.defects {
                0 => None,
                each => Some(plant(&city.grids, &PlantSpec::each(each), args.seed)?),
            };
            city.write(&args.output)?;
            if let Some(planted) = &planted {
                planted.write(&args.output.join(DEFECTIVE))?;
            }
            Ok::<_, GenerateError>((city, planted))
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
    if let Some(planted) = planted {
        let folder = args.output.join(DEFECTIVE);
        let (folder, defects) = (folder.display(), planted.truth.len());
        output::tell(&match language {
            Language::Zh => format!("已在 {folder} 另存一份含 {defects} 处已知缺陷的网格"),
            Language::En => format!("planted {defects} defects in a second copy in {folder}"),
        });
    }
    Ok(Outcome::Sound)
}
