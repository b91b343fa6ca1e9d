//! Rows of CSV.

use std::io::{Read, Write};

use wangge_report::{Language, Told};

use super::cut::{Cutter, Piece};
use super::split::{Fields, records};
use super::{
    Part, Row, TextRows, answer_columns, component_at, free_name, nearest, some_names, status_word,
};
use crate::PointsError;
use crate::answer::{Answer, Asked, Resolver, Status, push_csv};
use crate::place::Placer;
use crate::problem::{RowProblem, What, shown};
use crate::run::Batch;

/// Columns of a file, at most.
const MOST_COLUMNS: usize = 4096;

/// A header row, and where what is asked for stands.
pub(crate) struct Header {
    names: Vec<String>,
    lon: usize,
    lat: usize,
    accuracy: Option<usize>,
    crs: Option<usize>,
    /// What is written of each row; `None` for the whole row and the whole answer.
    written: Option<Vec<Written>>,
    answers: Vec<(String, Part)>,
}

/// A column that is written.
#[derive(Clone)]
enum Written {
    OfRow(usize, String),
    OfAnswer(Part, String),
}

/// Reads the header row.
pub(crate) fn header(
    cutter: &mut Cutter<impl Read>,
    batch: &Batch,
    resolver: &impl Resolver,
) -> Result<Header, PointsError> {
    let record = cutter.first_record()?.ok_or(PointsError::Empty)?;
    let mut fields = Fields::new();
    fields.split(&record);
    let names: Vec<String> = (0..fields.len())
        .map(|place| String::from_utf8_lossy(fields.get(&record, place)).into_owned())
        .collect();
    let malformed = |why: String| PointsError::Malformed { format: "CSV", why };
    if memchr::memchr(b'\r', &record).is_some() {
        let why = "its lines end with CR alone, or a name in the header holds one";
        return Err(malformed(why.to_owned()));
    }
    if names.len() > MOST_COLUMNS {
        let why = format!("it has more than {MOST_COLUMNS} columns");
        return Err(malformed(why));
    }
    let answers: Vec<(String, Part)> = answer_columns(resolver)
        .into_iter()
        .map(|(name, part)| {
            (
                free_name(name, |name| names.iter().any(|n| n.trim() == name)),
                part,
            )
        })
        .collect();
    let of_row = |name: &str| names.iter().position(|column| column.trim() == name);
    let need = |name: &str, option: &'static str| {
        of_row(name).ok_or_else(|| PointsError::NoColumn {
            wanted: name.to_owned(),
            option: batch.options.named(option),
            known: some_names(&names),
        })
    };
    let written = batch.columns.iter().map(|name| {
        let name = name.trim();
        if let Some(place) = of_row(name) {
            return Ok(Written::OfRow(place, name.to_owned()));
        }
        let of_answer = answers.iter().find(|(column, _)| column == name);
        match of_answer {
            Some((_, told)) => Ok(Written::OfAnswer(*told, name.to_owned())),
            None => Err(PointsError::NoColumn {
                wanted: name.to_owned(),
                option: batch.options.named("columns"),
                known: some_names(&names)
                    .into_iter()
                    .chain(answers.iter().map(|(column, _)| column.clone()))
                    .collect(),
            }),
        }
    });
    let written = written.collect::<Result<Vec<Written>, PointsError>>()?;
    let optional = |name: &Option<String>, option| match name {
        Some(name) => need(name, option).map(Some),
        None => Ok(None),
    };
    Ok(Header {
        lon: need(&batch.lon, "lon")?,
        lat: need(&batch.lat, "lat")?,
        accuracy: optional(&batch.accuracy, "accuracy_column")?,
        crs: optional(&batch.crs_column, "crs_column")?,
        written: (!written.is_empty()).then_some(written),
        answers,
        names,
    })
}

impl Header {
    /// Appends the header of the answers.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let names: Vec<&str> = match &self.written {
            None => {
                let of_row = self.names.iter().map(String::as_str);
                let of_answer = self.answers.iter().map(|(name, _)| name.as_str());
                of_row.chain(of_answer).collect()
            }
            Some(written) => written
                .iter()
                .map(|column| match column {
                    Written::OfRow(_, name) | Written::OfAnswer(_, name) => name.as_str(),
                })
                .collect(),
        };
        for (place, name) in names.into_iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            push_csv(out, name);
        }
        out.push(b'\n');
    }
}

/// Reads and writes rows of CSV.
pub(crate) struct Delimited<'a> {
    header: &'a Header,
    fields: Fields,
    language: Language,
}

impl<'a> Delimited<'a> {
    pub(crate) fn new(header: &'a Header, language: Language) -> Self {
        Self {
            header,
            fields: Fields::new(),
            language,
        }
    }

    fn asked(&mut self, record: &[u8], placer: &mut Placer<'_>) -> Result<Asked, RowProblem> {
        self.fields.split(record);
        let (has, wants) = (self.fields.len(), self.header.names.len());
        if has != wants {
            return Err(RowProblem::Fields { has, wants });
        }
        let text = |place: usize| {
            std::str::from_utf8(self.fields.get(record, place)).map_err(|_| RowProblem::NotUtf8)
        };
        let number = |place: usize, what: What| {
            let text = text(place)?.trim();
            text.parse::<f64>().map_err(|_| RowProblem::NotANumber {
                what,
                text: shown(text),
            })
        };
        let position = (
            number(self.header.lon, What::Longitude)?,
            number(self.header.lat, What::Latitude)?,
        );
        let accuracy_m = match self.header.accuracy {
            Some(place) if !text(place)?.trim().is_empty() => Some(number(place, What::Accuracy)?),
            _ => None,
        };
        let crs = self.header.crs.map(text).transpose()?;
        placer.place(position, accuracy_m, crs)
    }

    /// Appends a field of a row; what is not UTF-8 is replaced.
    fn push_field(&self, record: &[u8], place: usize, out: &mut Vec<u8>) {
        push_csv(
            out,
            &String::from_utf8_lossy(self.fields.get(record, place)),
        );
    }

    fn push_told(
        &self,
        told: Part,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    ) {
        match told {
            Part::Status => out.extend_from_slice(status_word(answer).as_bytes()),
            Part::Unit(column) => {
                let text = answer.and_then(|a| resolver.catalogue().text(a.grid, column));
                push_csv(out, text.unwrap_or_default());
            }
            Part::Distance => {
                if let Some(distance_m) = answer.and_then(Answer::distance_m) {
                    // a vector always takes it
                    let _ = write!(out, "{distance_m:.2}");
                }
            }
            Part::Certain => {
                let circle = answer.and_then(Answer::circle);
                let word: &[u8] = match circle.map(|circle| circle.certain) {
                    None => b"",
                    Some(true) => b"true",
                    Some(false) => b"false",
                };
                out.extend_from_slice(word);
            }
            Part::Candidates => {
                if let Some(circle) = answer.and_then(Answer::circle) {
                    push_csv(out, &circle.candidates);
                }
            }
            Part::Component(place) => {
                let texts = component_at(answer, place, resolver);
                push_csv(out, texts.map_or("", |texts| texts.code));
            }
            Part::ComponentClass(place) => {
                let texts = component_at(answer, place, resolver);
                push_csv(out, texts.map_or("", |texts| texts.class));
            }
            Part::ComponentState(place) => {
                let texts = component_at(answer, place, resolver);
                push_csv(out, texts.and_then(|texts| texts.state).unwrap_or_default());
            }
            Part::ComponentDistance(place) => {
                if let Some(near) = nearest(answer, place) {
                    // a vector always takes it
                    let _ = write!(out, "{:.2}", near.distance_m);
                }
            }
            Part::Problem => {
                if let Err(problem) = &row.asked {
                    push_csv(out, &problem.told(self.language));
                }
            }
        }
    }

    /// Appends the row as it came, with as many fields as the header has.
    fn push_row(&mut self, record: &[u8], row: &Row, out: &mut Vec<u8>) {
        if row.asked.is_ok() {
            out.extend_from_slice(record);
            return;
        }
        self.fields.split(record);
        for place in 0..self.header.names.len() {
            if place > 0 {
                out.push(b',');
            }
            let last = self.header.names.len() - 1;
            if place == last && self.fields.len() > last + 1 {
                // what is too much stays in the last field, so that nothing is lost
                let fields = (last..self.fields.len()).map(|place| self.fields.get(record, place));
                let surplus = fields.collect::<Vec<_>>().join(&b',');
                push_csv(out, &String::from_utf8_lossy(&surplus));
            } else {
                self.push_field(record, place, out);
            }
        }
    }
}

impl TextRows for Delimited<'_> {
    fn read(
        &mut self,
        piece: &Piece,
        placer: &mut Placer<'_>,
        rows: &mut Vec<Row>,
        asked: &mut Vec<Asked>,
    ) {
        let is_utf8 = std::str::from_utf8(&piece.bytes).is_ok();
        records(&piece.bytes, |at| {
            let record = &piece.bytes[at.clone()];
            let of_row = if is_utf8 || std::str::from_utf8(record).is_ok() {
                self.asked(record, placer)
            } else {
                Err(RowProblem::NotUtf8)
            };
            rows.push(Row {
                at,
                asked: of_row.map(|of_row| asked.push(of_row)),
            });
        });
    }

    fn write(
        &mut self,
        piece: &Piece,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    ) {
        let record = &piece.bytes[row.at.clone()];
        let header = self.header;
        if let Some(written) = &header.written {
            self.fields.split(record);
            for (place, column) in written.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                match column {
                    Written::OfRow(place, _) => self.push_field(record, *place, out),
                    Written::OfAnswer(told, _) => {
                        self.push_told(*told, row, answer, resolver, out);
                    }
                }
            }
            out.push(b'\n');
            return;
        }
        self.push_row(record, row, out);
        let catalogue = resolver.catalogue();
        let units = catalogue.columns().len();
        out.push(b',');
        self.push_told(Part::Status, row, answer, resolver, out);
        let inside = answer.filter(|answer| answer.status != Status::Outside);
        match inside.and_then(|answer| catalogue.csv(answer.grid)) {
            Some(units) => out.extend_from_slice(units),
            None => out.extend(std::iter::repeat_n(b',', units)),
        }
        for (_, told) in &header.answers[1 + units..] {
            out.push(b',');
            self.push_told(*told, row, answer, resolver, out);
        }
        out.push(b'\n');
    }
}
