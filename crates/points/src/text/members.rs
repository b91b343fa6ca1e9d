//! Rows that are JSON objects: on lines, or features of a collection.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use wangge_report::{Language, Told};

use super::cut::Piece;
use super::feature::{self, Feature};
use super::{
    Part, Row, TextRows, answer_columns, component_at, free_name, nearest, push_members,
    status_word,
};
use crate::answer::{Answer, Asked, Resolver, push_json};
use crate::place::Placer;
use crate::problem::{RowProblem, What, shown};
use crate::run::Batch;

/// Reads and writes rows that are JSON objects.
pub(crate) struct Objects<'a> {
    batch: &'a Batch,
    /// Columns of answers that are chosen; empty for all.
    answers: Vec<(String, Part)>,
    /// All columns of answers.
    all: Vec<(String, Part)>,
}

/// The members of an object, in order.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().rev().find(|(member, _)| member == name);
        found.map(|&(_, value)| value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(OfObject).map(Self)
    }
}

/// A name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText;
        impl<'de> Visitor<'de> for OfText {
            type Value = Cow<'de, str>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(OfText).map(Self)
    }
}

/// A number, or a text that is one.
pub(crate) fn number(value: Option<&RawValue>, what: What) -> Result<f64, RowProblem> {
    let raw = value.map_or("null", RawValue::get);
    if raw == "null" {
        return Err(RowProblem::Missing { what });
    }
    let text = match serde_json::from_str::<Cow<'_, str>>(raw) {
        Ok(text) => text,
        Err(_) => Cow::Borrowed(raw),
    };
    let text = text.trim();
    text.parse::<f64>().map_err(|_| RowProblem::NotANumber {
        what,
        text: shown(text),
    })
}

impl<'a> Objects<'a> {
    pub(crate) fn new(batch: &'a Batch, resolver: &impl Resolver) -> Self {
        let chosen = |name: &str| batch.columns.iter().any(|column| column.trim() == name);
        let all = answer_columns(resolver);
        let answers = all.iter().filter(|(name, _)| chosen(name));
        Self {
            batch,
            answers: answers.cloned().collect(),
            all,
        }
    }

    /// Whether a row has a member of a name that an answer's may have.
    fn has_names_of_answers(&self, members: &Members<'_>) -> bool {
        let is_taken = |name: &str| self.all.iter().any(|(answer, _)| answer == name);
        members.0.iter().any(|(name, _)| is_taken(name))
    }

    /// Appends the members of an answer, each with a comma before it, under names that the row does not have.
    fn push_beside(
        &self,
        members: &Members<'_>,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    ) {
        for (name, part) in &self.all {
            // as in answers whose names are free, what there is not is absent
            let value = self.told(*part, row, answer, resolver);
            let Some(value) = value.filter(|value| value.as_str() != Some("")) else {
                continue;
            };
            out.push(b',');
            push_json(
                out,
                &free_name(name.clone(), |name| members.get(name).is_some()),
            );
            out.push(b':');
            out.extend_from_slice(value.to_string().as_bytes());
        }
    }

    const fn language(&self) -> Language {
        self.batch.language
    }

    fn asked(&self, row: &[u8], placer: &mut Placer<'_>) -> Result<Asked, RowProblem> {
        let members = members(row)?;
        if let Some(feature) = Feature::of(&members) {
            return self.asked_of_feature(&feature, placer);
        }
        let position = (
            number(members.get(&self.batch.lon), What::Longitude)?,
            number(members.get(&self.batch.lat), What::Latitude)?,
        );
        self.placed(position, &members, placer)
    }

    fn asked_of_feature(
        &self,
        feature: &Feature<'_>,
        placer: &mut Placer<'_>,
    ) -> Result<Asked, RowProblem> {
        let position = feature.position()?;
        let properties = feature.properties()?;
        self.placed(position, &properties, placer)
    }

    /// The place of a position, with the accuracy and the system that its members say.
    fn placed(
        &self,
        position: (f64, f64),
        members: &Members<'_>,
        placer: &mut Placer<'_>,
    ) -> Result<Asked, RowProblem> {
        let is_told = |value: &&RawValue| !matches!(value.get(), "null" | "\"\"");
        let accuracy = self.batch.accuracy.as_deref();
        let accuracy = accuracy.and_then(|name| members.get(name)).filter(is_told);
        let accuracy_m = match accuracy {
            Some(value) => Some(number(Some(value), What::Accuracy)?),
            None => None,
        };
        let crs = self.batch.crs_column.as_deref();
        let crs = crs.and_then(|name| members.get(name)).filter(is_told);
        let crs = crs
            .map(|value| {
                serde_json::from_str::<Cow<'_, str>>(value.get()).map_err(|_| RowProblem::System {
                    name: shown(value.get()),
                    why: None,
                })
            })
            .transpose()?;
        placer.place(position, accuracy_m, crs.as_deref())
    }

    /// Appends the members that are chosen, of the row and of the answer, with commas between them.
    fn push_chosen(
        &self,
        members: &Members<'_>,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        let comma = |out: &mut Vec<u8>| {
            if out.len() > start {
                out.push(b',');
            }
        };
        for name in &self.batch.columns {
            let name = name.trim();
            if let Some(value) = members.get(name) {
                comma(out);
                push_json(out, name);
                out.push(b':');
                out.extend_from_slice(value.get().as_bytes());
                continue;
            }
            let told = self.answers.iter().find(|(column, _)| column == name);
            let Some(value) = told.and_then(|(_, told)| self.told(*told, row, answer, resolver))
            else {
                continue;
            };
            comma(out);
            push_json(out, name);
            out.push(b':');
            out.extend_from_slice(value.to_string().as_bytes());
        }
    }

    fn told(
        &self,
        told: Part,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
    ) -> Option<serde_json::Value> {
        let circle = answer.and_then(Answer::circle);
        Some(match told {
            Part::Status => status_word(answer).into(),
            Part::Unit(column) => resolver.catalogue().text(answer?.grid, column)?.into(),
            Part::Distance => centimetres(answer?.distance_m()?).into(),
            Part::Certain => circle?.certain.into(),
            Part::Candidates => circle?.candidates.as_str().into(),
            Part::Component(place) => component_at(answer, place, resolver)?.code.into(),
            Part::ComponentClass(place) => component_at(answer, place, resolver)?.class.into(),
            Part::ComponentState(place) => component_at(answer, place, resolver)?.state?.into(),
            Part::ComponentDistance(place) => {
                centimetres(nearest(answer, place)?.distance_m).into()
            }
            Part::Problem => row.asked.as_ref().err()?.told(self.language()).into(),
        })
    }
}

/// Metres to the centimetre.
fn centimetres(metres: f64) -> f64 {
    (metres * 100.0).round() / 100.0
}

/// The members of a row.
fn members(row: &[u8]) -> Result<Members<'_>, RowProblem> {
    let text = std::str::from_utf8(row).map_err(|_| RowProblem::NotUtf8)?;
    serde_json::from_str(text).map_err(|_| RowProblem::NotJson)
}

impl TextRows for Objects<'_> {
    fn read(
        &mut self,
        piece: &Piece,
        placer: &mut Placer<'_>,
        rows: &mut Vec<Row>,
        asked: &mut Vec<Asked>,
    ) {
        let mut add = |at: std::ops::Range<usize>| {
            let of_row = self.asked(&piece.bytes[at.clone()], placer);
            rows.push(Row {
                at,
                asked: of_row.map(|of_row| asked.push(of_row)),
            });
        };
        if !piece.features.is_empty() {
            piece.features.iter().cloned().for_each(add);
            return;
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &piece.bytes).chain([piece.bytes.len()]) {
            let line = piece.bytes[start..end].trim_ascii();
            if !line.is_empty() {
                let before = piece.bytes[start..end].trim_ascii_start().len();
                let from = end - before;
                add(from..from + line.len());
            }
            start = end + 1;
        }
    }

    fn write(
        &mut self,
        piece: &Piece,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    ) {
        let text = &piece.bytes[row.at.clone()];
        let problem = row.asked.as_ref().err();
        let end: &[u8] = if piece.features.is_empty() {
            b"\n"
        } else {
            b""
        };
        let Ok(members) = members(text) else {
            // so that nothing is lost, the row as a text
            out.push(b'{');
            push_json(out, "text");
            out.push(b':');
            push_json(out, &String::from_utf8_lossy(text));
            push_members(None, problem, resolver, self.language(), out);
            out.push(b'}');
            out.extend_from_slice(end);
            return;
        };
        if let Some(feature) = Feature::of(&members) {
            feature.write(out, |properties, out| {
                if self.batch.columns.is_empty() {
                    let start = out.len();
                    feature::inner(properties, out);
                    let comma = out.len();
                    match feature.properties() {
                        Ok(members) if self.has_names_of_answers(&members) => {
                            self.push_beside(&members, row, answer, resolver, out);
                        }
                        _ => push_members(answer, problem, resolver, self.language(), out),
                    }
                    if comma == start {
                        // there is nothing before the first comma
                        out.remove(comma);
                    }
                } else {
                    let members = feature.properties().unwrap_or(Members(Vec::new()));
                    self.push_chosen(&members, row, answer, resolver, out);
                }
            });
        } else if self.batch.columns.is_empty() {
            let inner = text[..text.len() - 1].trim_ascii_end();
            out.extend_from_slice(inner);
            let comma = out.len();
            if self.has_names_of_answers(&members) {
                self.push_beside(&members, row, answer, resolver, out);
            } else {
                push_members(answer, problem, resolver, self.language(), out);
            }
            if members.0.is_empty() {
                out.remove(comma);
            }
            out.push(b'}');
        } else {
            out.push(b'{');
            self.push_chosen(&members, row, answer, resolver, out);
            out.push(b'}');
        }
        out.extend_from_slice(end);
    }
}
