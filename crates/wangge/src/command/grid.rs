//! `wangge grid`: one unit of any level, with what is around it and in it, as a person reads it.

use wangge_city::{Bordering, City, GridDetail, Shown, Sides};
use wangge_crs::Crs;
use wangge_report::{Language, area, counted, grouped};
use wangge_store::Store;

use crate::args::ShowGrid;
use crate::command::locate::{post_line, published};
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) fn run(args: &ShowGrid, language: Language) -> Result<Outcome, Failure> {
    let city = published(&Store::open_read_only(&args.store)?, args.at.as_deref())?;
    let shown = Shown {
        contacts: args.show_contacts,
        language,
    };
    let detail = city.grid(&args.code, &Crs::Lattice, shown)?;
    let text = if args.json {
        serde_json::to_string(&detail)? + "\n"
    } else {
        text(city, &detail, language)
    };
    output::print(&text)?;
    Ok(Outcome::Sound)
}

fn text(city: &City, detail: &GridDetail<'_>, language: Language) -> String {
    let zh = language == Language::Zh;
    let of = &detail.properties;
    let mut lines = Vec::new();
    let own = [(of.unit.level, of.unit.code, of.unit.name)];
    let parents = of
        .parents
        .iter()
        .map(|unit| (unit.level, unit.code, unit.name));
    for (level, code, name) in parents.chain(own) {
        let title = level_title(city, level, language);
        let name = output::visible(name.unwrap_or_default());
        lines.push(format!("{title}\t{code}\t{name}").trim_end().to_owned());
    }
    let mut line = |zh_title: &str, en_title: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{}\t{value}", if zh { zh_title } else { en_title }));
        }
    };
    line("面积", "area", Some(area(of.unit.area_m2)));
    line(
        "户数",
        "households",
        of.unit.households.map(|count| grouped(count as usize)),
    );
    line(
        "人口",
        "population",
        of.unit.population.map(|count| grouped(count as usize)),
    );
    let whole = |count: u64| grouped(usize::try_from(count).unwrap_or(usize::MAX));
    let counted_in = of.households_counted.as_ref().map(|counted| {
        let (households, people) = (whole(counted.households), whole(counted.population));
        if zh {
            format!("{households} 户，{people} 人")
        } else {
            format!("{households} households, {people} people")
        }
    });
    line("住户名单中", "in the list of households", counted_in);
    for link in &of.parent_links {
        let name = output::visible(link.name.unwrap_or_default());
        let days = [link.from.as_deref(), link.until.as_deref()].map(|day| day.unwrap_or("…"));
        let told = format!("{}\t{name}\t{} – {}", link.code, days[0], days[1]);
        match link.relation {
            "managing" => line("代管", "run by", Some(told)),
            _ => line("隶属", "belongs to", Some(told)),
        }
    }
    lines.extend(side_lines(&of.neighbours, zh));
    lines.extend(of.posts.iter().map(|post| post_line(post, zh)));
    let title = if zh { "部件" } else { "components" };
    for class in of.components.iter().flatten() {
        let name = output::visible(class.name.unwrap_or_default());
        lines.push(format!(
            "{title}\t{}\t{name}\t{}",
            class.class,
            whole(class.count)
        ));
    }
    let (children, version) = (of.children.len(), detail.version);
    if children > 0 {
        lines.push(if zh {
            format!("下级 {} 个单元", grouped(children))
        } else {
            format!("{} below it", counted(children, "unit", "units"))
        });
    }
    lines.push(if zh {
        format!("版本 {version}")
    } else {
        format!("version {version}")
    });
    lines.join("\n") + "\n"
}

/// The four sides (四至), each with what borders there.
fn side_lines(sides: &Sides<'_>, zh: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (zh_title, en_title, side) in [
        ("东至", "east", &sides.east),
        ("南至", "south", &sides.south),
        ("西至", "west", &sides.west),
        ("北至", "north", &sides.north),
        ("内含", "inside", &sides.inside),
    ] {
        for bordering in side {
            let title = if zh { zh_title } else { en_title };
            lines.push(format!("{title}\t{}", side_text(bordering, zh)));
        }
    }
    lines
}

/// `中山路，211403001001002 …第2网格，120 米（18 %）`
fn side_text(bordering: &Bordering<'_>, zh: bool) -> String {
    let mut parts = Vec::new();
    parts.extend(bordering.street.map(output::visible));
    match bordering.unit {
        Some(unit) => {
            let name = output::visible(unit.name.unwrap_or_default());
            parts.push(format!("{} {name}", unit.code).trim_end().to_owned());
        }
        None => parts.push(
            if zh {
                "城市范围之外"
            } else {
                "outside the city"
            }
            .to_owned(),
        ),
    }
    let (length, share) = (bordering.length_m, bordering.share * 100.0);
    if zh {
        parts.push(format!("{length:.0} 米（{share:.0} %）"));
        parts.join("，")
    } else {
        parts.push(format!("{length:.0} m ({share:.0} %)"));
        parts.join(", ")
    }
}

/// What a level is called.
pub(crate) fn level_title<'a>(city: &'a City, level: &'a str, language: Language) -> &'a str {
    let scheme = city.scheme();
    let of_scheme = scheme
        .level(level)
        .and_then(|index| scheme.levels().get(index.0));
    of_scheme.map_or(level, |level| match level.name_en() {
        Some(name) if language == Language::En => name,
        _ => level.name(),
    })
}
