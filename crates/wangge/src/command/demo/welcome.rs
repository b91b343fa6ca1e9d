//! What a demonstration says when it begins: addresses to open, and a question that fits the city.

use std::net::SocketAddr;
use std::path::Path;

use wangge_generate::DescribedCity;
use wangge_model::Scheme;
use wangge_report::Language;

/// What is asked in a city: what happened, as the query of a lookup, and the question.
struct Question {
    subject: &'static str,
    zh: &'static str,
    en: &'static str,
}

/// The words with which a demonstration city begins.
pub(super) struct Welcome {
    scheme: Scheme,
    question: Question,
    /// A position in the city, degrees.
    point: (String, String),
    store: String,
}

impl Welcome {
    /// Of a city by its files, and the store that was made of them.
    pub(super) fn new(city: DescribedCity, scheme: Scheme, files: &Path, store: &Path) -> Self {
        Self {
            scheme,
            question: question(city),
            point: inside(files).unwrap_or_else(|| ("120.85".to_owned(), "40.72".to_owned())),
            store: store.display().to_string(),
        }
    }

    /// The text, without an end of line at its end.
    pub(super) fn text(&self, address: SocketAddr, language: Language) -> String {
        let Self {
            scheme,
            question,
            point: (lon, lat),
            store,
        } = self;
        let Question { subject, zh, en } = question;
        let name = scheme.name();
        let second = &scheme.levels()[1];
        let (level, level_zh) = (second.id(), second.name());
        let option = subject.replacen('=', " ", 1);
        let locate = format!("http://{address}/v1/locate?lon={lon}&lat={lat}");
        let told = match language {
            Language::Zh => format!("{name}（合成示范城市）已在 http://{address} 提供服务"),
            Language::En => format!(
                "{}, a synthetic city, is served on http://{address}",
                scheme.name_en().unwrap_or(name)
            ),
        };
        let lines = match language {
            Language::Zh => [
                ("层级定义".to_owned(), format!("http://{address}/v1/scheme")),
                (
                    level_zh.to_owned(),
                    format!("http://{address}/v1/grids?level={level}"),
                ),
                ("查询一个点".to_owned(), format!("curl '{locate}'")),
                ((*zh).to_owned(), format!("curl '{locate}&{subject}'")),
                (
                    "命令行查询".to_owned(),
                    format!("wangge locate --store {store} {lon} {lat} --{option}"),
                ),
                ("在 QGIS 中打开".to_owned(), store.clone()),
            ],
            Language::En => [
                (
                    "its levels".to_owned(),
                    format!("http://{address}/v1/scheme"),
                ),
                (
                    format!("its {level}s"),
                    format!("http://{address}/v1/grids?level={level}"),
                ),
                ("look a point up".to_owned(), format!("curl '{locate}'")),
                ((*en).to_owned(), format!("curl '{locate}&{subject}'")),
                (
                    "the same here".to_owned(),
                    format!("wangge locate --store {store} {lon} {lat} --{option}"),
                ),
                ("open in QGIS".to_owned(), store.clone()),
            ],
        };
        let widest = lines.iter().map(|(what, _)| columns(what)).max();
        let lines = lines.map(|(what, how)| {
            let space = widest.unwrap_or_default() + 2 - columns(&what);
            format!("\n  {what}{:space$}{how}", "")
        });
        format!("{told}\n{}", lines.concat())
    }
}

/// A question that the particular of a city answers.
fn question(city: DescribedCity) -> Question {
    let (subject, zh, en) = match city.name() {
        // by the field of duty of a village or of the town
        "songzi" => (
            "event=0115",
            "焚烧秸秆谁来管",
            "who stops straw being burnt",
        ),
        // by one of the nine networks
        "laiyang" => ("event=2106", "矛盾纠纷谁来调解", "who settles a dispute"),
        // by the sanitation crew of the street
        "erdao" => (
            "component=0305",
            "垃圾箱满了谁来清",
            "who empties a litter bin",
        ),
        // three whistles
        "zhanggong" => (
            "event=0401",
            "路面塌陷吹哨谁来应",
            "who answers the whistles",
        ),
        _ => ("event=0402", "水管破裂归谁", "who mends a pipe"),
    };
    Question { subject, zh, en }
}

/// A position inside a city: the first of its points.
fn inside(files: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(files.join("points.csv")).ok()?;
    let mut fields = text.lines().nth(1)?.split(',').skip(1);
    Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
}

/// How many columns of a terminal a text takes: two for a Chinese character.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|character| if character.is_ascii() { 1 } else { 2 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_city_asks_of_a_class_that_its_table_has() {
        for city in DescribedCity::ALL {
            let folder = tempfile::tempdir().unwrap();
            let made = wangge_generate::city(&city.spec().unwrap(), 1).unwrap();
            made.write(folder.path()).unwrap();
            let question = question(city);
            let (object, code) = question.subject.split_once('=').unwrap();
            let classes = std::fs::read_to_string(folder.path().join("classes.csv")).unwrap();
            let row = format!("\n{object},{code},");
            assert!(classes.contains(&row), "{}: {row}", city.name());
        }
    }

    #[test]
    fn columns_are_even_in_both_languages() {
        let city = DescribedCity::ERDAO;
        let welcome = Welcome::new(
            city,
            city.scheme().unwrap(),
            Path::new("nowhere"),
            Path::new("demo/erdao.gpkg"),
        );
        for language in [Language::Zh, Language::En] {
            let text = welcome.text("127.0.0.1:8080".parse().unwrap(), language);
            let commands: Vec<usize> = text
                .lines()
                .skip(2)
                .filter_map(|line| {
                    let at = line
                        .find("curl")
                        .or(line.find("http"))
                        .or(line.find("wangge"))?;
                    Some(columns(&line[..at]))
                })
                .collect();
            assert_eq!(commands.len(), 5, "{text}");
            assert!(commands.iter().all(|&at| at == commands[0]), "{text}");
        }
    }
}
