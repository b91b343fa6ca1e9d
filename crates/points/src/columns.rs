//! Points in columns: Parquet and Arrow.

mod arrow;
mod framed;
mod groups;
mod parquet;
mod position;
mod told;
mod units;
mod views;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
    new_null_array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use wangge_report::{Language, Told as _};

pub(crate) use self::arrow::{answer_arrow_file, answer_arrow_stream, answer_batches};
pub(crate) use self::parquet::{answer_parquet, answer_stream_as_parquet, rows_of_parquet};
use self::position::{GEO_METADATA, Place, Positions, number, numbers};
use self::told::Told;
pub use self::units::UnitColumn;
use crate::PointsError;
use crate::answer::{Answer, Asked, Resolver, resolved};
use crate::place::Placer;
use crate::problem::{RowProblem, What};
use crate::run::{Batch, Done};
use crate::text::{Part, answer_columns, component_at, free_name, nearest, some_names};

/// Rows that are answered in one go.
const ROWS_AT_ONCE: usize = 1 << 16;

/// The same where each row is told components, which take more memory than the rest of it.
fn rows_with(resolver: &impl Resolver) -> usize {
    ROWS_AT_ONCE / (1 + resolver.most_components())
}

/// How a table is answered: where its positions are, and what is written.
pub(crate) struct Plan {
    position: Place,
    accuracy: Option<usize>,
    crs: Option<usize>,
    written: Vec<Written>,
    /// Of what is written.
    schema: SchemaRef,
    units: Vec<UnitColumn>,
    statuses: ArrayRef,
    language: Language,
}

/// A column that is written.
enum Written {
    OfTable(usize),
    OfAnswer(Part),
}

/// What is wrong with rows that are no positions, by their places.
type Problems = Vec<(usize, RowProblem)>;

/// The columns of a position where nobody names them; without these a column of geometry is looked for.
const USUAL_NAMES: [&str; 2] = ["lon", "lat"];

/// The words of a status, in the order of their numbers.
const STATUSES: [&str; 4] = ["inside", "near", "outside", "invalid"];

impl Plan {
    pub(crate) fn new(
        table: &Schema,
        batch: &Batch,
        resolver: &impl Resolver,
    ) -> Result<Self, PointsError> {
        let names: Vec<String> = table
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let of_table = |name: &str| names.iter().position(|column| column.trim() == name.trim());
        let answers: Vec<(String, Part)> = answer_columns(resolver)
            .into_iter()
            .map(|(name, told)| (free_name(name, |name| of_table(name).is_some()), told))
            .collect();
        let need = |name: &str, option: &'static str| {
            of_table(name).ok_or_else(|| PointsError::NoColumn {
                wanted: name.to_owned(),
                option: batch.options.named(option),
                known: some_names(&names),
            })
        };
        let optional = |name: &Option<String>, option| match name {
            Some(name) => need(name, option).map(Some),
            None => Ok(None),
        };
        let of_numbers = |place: usize| checked_numbers(table, place);
        let has_usual_names = [&batch.lon, &batch.lat] == USUAL_NAMES;
        let has_numbers = of_table(&batch.lon).is_some() || of_table(&batch.lat).is_some();
        let geometry = match &batch.geometry {
            Some(name) => {
                let column = need(name, "geometry")?;
                Place::of_geometry(table, Some(column), &batch.systems)?
            }
            None if has_usual_names && !has_numbers => {
                Place::of_geometry(table, None, &batch.systems)?
            }
            None => None,
        };
        let position = match geometry {
            Some(geometry) => geometry,
            None => Place::Numbers {
                lon: of_numbers(need(&batch.lon, "lon")?)?,
                lat: of_numbers(need(&batch.lat, "lat")?)?,
            },
        };
        let catalogue = resolver.catalogue();
        let mut written = Vec::new();
        let mut fields = Vec::new();
        let mut of_answer = |(name, told): &(String, Part)| {
            fields.push(Field::new(name, data_type(*told), true));
            written.push(Written::OfAnswer(*told));
        };
        if batch.columns.is_empty() {
            let mut whole: Vec<Field> = table.fields().iter().map(|f| f.as_ref().clone()).collect();
            answers.iter().for_each(&mut of_answer);
            whole.append(&mut fields);
            fields = whole;
            let of_table = (0..names.len()).map(Written::OfTable);
            written = of_table.chain(written).collect();
        } else {
            for name in &batch.columns {
                if let Some(place) = of_table(name) {
                    fields.push(table.field(place).clone());
                    written.push(Written::OfTable(place));
                    continue;
                }
                let answer = answers.iter().find(|(column, _)| column == name.trim());
                let Some((name, told)) = answer else {
                    let of_answers = answers.iter().map(|(column, _)| column.clone());
                    return Err(PointsError::NoColumn {
                        wanted: name.clone(),
                        option: batch.options.named("columns"),
                        known: some_names(&names).into_iter().chain(of_answers).collect(),
                    });
                };
                fields.push(Field::new(name, data_type(*told), true));
                written.push(Written::OfAnswer(*told));
            }
        }
        Ok(Self {
            position,
            accuracy: optional(&batch.accuracy, "accuracy_column")?
                .map(of_numbers)
                .transpose()?,
            crs: optional(&batch.crs_column, "crs_column")?
                .map(|place| checked_names(table, place))
                .transpose()?,
            written,
            schema: Arc::new(described(fields, table.metadata().clone())),
            units: (0..catalogue.columns().len())
                .map(|column| UnitColumn::new(catalogue, column))
                .collect(),
            statuses: Arc::new(StringArray::from(STATUSES.to_vec())),
            language: batch.language,
        })
    }

    pub(crate) const fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// What describes the columns of geometry that are written.
    fn geometry_metadata(&self) -> Option<&str> {
        self.schema.metadata().get(GEO_METADATA).map(String::as_str)
    }

    /// The columns that are written, and whether they are of the answer.
    fn columns(&self) -> impl Iterator<Item = (&Field, bool)> {
        let fields = self.schema.fields().iter().map(AsRef::as_ref);
        let of_answer = |written: &Written| matches!(written, Written::OfAnswer(_));
        fields.zip(self.written.iter().map(of_answer))
    }

    /// The columns of the table that are read at all.
    fn read(&self) -> Vec<usize> {
        let of_table = self.written.iter().filter_map(|column| match column {
            Written::OfTable(place) => Some(*place),
            Written::OfAnswer(_) => None,
        });
        let mut read: Vec<usize> = self
            .position
            .columns()
            .into_iter()
            .chain(self.accuracy)
            .chain(self.crs)
            .chain(of_table)
            .collect();
        read.sort_unstable();
        read.dedup();
        read
    }

    /// Answers rows, whose columns are those of [`Plan::read`].
    fn answer(
        &self,
        rows: &RecordBatch,
        read: &[usize],
        placer: &mut Placer<'_>,
        resolver: &impl Resolver,
    ) -> Result<(RecordBatch, Done), PointsError> {
        let column = |place: usize| {
            let at = read.binary_search(&place).unwrap_or(0);
            rows.column(at)
        };
        let (asked, problems) = self.asked(&column, rows.num_rows(), placer)?;
        let answers = resolved(resolver, &asked)?;
        let mut done = Done::default();
        let told = Told::of(rows.num_rows(), &answers, &problems, &mut done);
        let columns = self.written.iter().map(|written| match written {
            Written::OfTable(place) => Ok(Arc::clone(column(*place))),
            Written::OfAnswer(part) => self.told(*part, &told, resolver),
        });
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let answered =
            RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(malformed)?;
        done.sample(&asked, &answers);
        done.sample_refused(placer.refused());
        Ok((answered, done))
    }

    /// What is asked of rows, and what is wrong with the others, by their places.
    fn asked<'r>(
        &self,
        column: &impl Fn(usize) -> &'r ArrayRef,
        count: usize,
        placer: &mut Placer<'_>,
    ) -> Result<(Vec<Asked>, Problems), PointsError> {
        let positions = Positions::of(self.position, column)?;
        let accuracy = match self.accuracy {
            Some(place) => Some((numbers(column(place))?, column(place))),
            None => None,
        };
        let crs = self.crs.map(|place| systems(column(place))).transpose()?;
        let mut asked = Vec::with_capacity(count);
        let mut problems = Vec::new();
        for row in 0..count {
            let accuracy_m = || match &accuracy {
                Some((numbers, of)) => number(numbers, of, row, What::Accuracy),
                None => Ok(None),
            };
            let crs = crs.as_ref().and_then(|crs| text_at(crs, row));
            let of_row = positions
                .at(row)
                .and_then(|position| Ok((position, accuracy_m()?)));
            let placed =
                of_row.and_then(|(position, accuracy_m)| placer.place(position, accuracy_m, crs));
            match placed {
                Ok(of_row) => asked.push(of_row),
                Err(problem) => problems.push((row, problem)),
            }
        }
        Ok((asked, problems))
    }

    /// A column of answers.
    fn told(
        &self,
        part: Part,
        told: &Told<'_>,
        resolver: &dyn Resolver,
    ) -> Result<ArrayRef, ArrowError> {
        let Told {
            answers, problems, ..
        } = told;
        let count = told.grids.len();
        let circles = answers.iter().map(|answer| answer.and_then(Answer::circle));
        Ok(match part {
            Part::Status => {
                let keys = Int32Array::from(told.statuses.clone());
                Arc::new(DictionaryArray::try_new(keys, Arc::clone(&self.statuses))?)
            }
            Part::Unit(column) => {
                let column = &self.units[column];
                let there = column.is_full.then_some(&told.in_grids);
                Arc::new(column.texts_of(&told.grids, there)?)
            }
            _ if answers.is_empty() && part != Part::Problem => {
                new_null_array(&data_type(part), count)
            }
            Part::Distance => {
                let metres = |answer: Option<&Answer>| answer.and_then(Answer::distance_m);
                Arc::new(
                    answers
                        .iter()
                        .copied()
                        .map(metres)
                        .collect::<Float64Array>(),
                )
            }
            Part::Certain => {
                let mut certain = BooleanBuilder::with_capacity(answers.len());
                circles
                    .for_each(|circle| certain.append_option(circle.map(|circle| circle.certain)));
                Arc::new(certain.finish())
            }
            Part::Candidates => {
                let mut texts = StringBuilder::new();
                circles.for_each(|circle| {
                    texts.append_option(circle.map(|circle| circle.candidates.as_str()));
                });
                Arc::new(texts.finish())
            }
            Part::Component(place) | Part::ComponentClass(place) | Part::ComponentState(place) => {
                let mut texts = StringBuilder::new();
                for answer in answers {
                    let of_component = component_at(*answer, place, resolver);
                    texts.append_option(of_component.and_then(|of| match part {
                        Part::Component(_) => Some(of.code),
                        Part::ComponentClass(_) => Some(of.class),
                        _ => of.state,
                    }));
                }
                Arc::new(texts.finish())
            }
            Part::ComponentDistance(place) => {
                let metres = |answer| Some(nearest(answer, place)?.distance_m);
                let all = answers.iter().copied().map(metres);
                Arc::new(all.collect::<Float64Array>())
            }
            Part::Problem if problems.is_empty() => new_null_array(&DataType::Utf8, count),
            Part::Problem => {
                let mut texts = StringBuilder::new();
                let mut refused = problems.iter().peekable();
                for row in 0..count {
                    let problem = refused.next_if(|(at, _)| *at == row);
                    texts.append_option(problem.map(|(_, problem)| problem.told(self.language)));
                }
                Arc::new(texts.finish())
            }
        })
    }
}

/// A column whose values are numbers, or texts that may be some.
fn checked_numbers(table: &Schema, place: usize) -> Result<usize, PointsError> {
    let field = table.field(place);
    let of_values = match field.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    // a column without any value has no type
    if of_values.is_numeric() || is_text(of_values) || *of_values == DataType::Null {
        return Ok(place);
    }
    Err(PointsError::ColumnType {
        column: field.name().clone(),
        found: field.data_type().to_string(),
    })
}

/// A column of texts, or of numbers that are their codes.
fn checked_names(table: &Schema, place: usize) -> Result<usize, PointsError> {
    let field = table.field(place);
    let of_values = match field.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    if is_text(of_values) || of_values.is_numeric() || *of_values == DataType::Null {
        return Ok(place);
    }
    Err(PointsError::NoTexts {
        column: field.name().clone(),
        found: field.data_type().to_string(),
    })
}

/// Names of systems as texts, where they lie: a long one that stands for many rows is not written out for each.
fn systems(column: &ArrayRef) -> Result<ArrayRef, PointsError> {
    if holds_texts(column.data_type()) {
        return Ok(Arc::clone(column));
    }
    // numbers, and no values at all
    arrow_cast::cast(column, &DataType::Utf8).map_err(malformed)
}

fn holds_texts(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_text(values),
        kind => is_text(kind),
    }
}

/// A schema of these columns; of what the table says of its geometry is kept what holds of them.
fn described(fields: Vec<Field>, mut metadata: HashMap<String, String>) -> Schema {
    let is_written = |name: &str| fields.iter().any(|field| field.name() == name);
    let kept = metadata
        .remove(GEO_METADATA)
        .and_then(|text| position::kept(&text, is_written));
    metadata.extend(kept.map(|kept| (GEO_METADATA.to_owned(), kept)));
    Schema::new_with_metadata(fields, metadata)
}

fn data_type(told: Part) -> DataType {
    match told {
        Part::Status | Part::Unit(_) => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        Part::Distance | Part::ComponentDistance(_) => DataType::Float64,
        Part::Certain => DataType::Boolean,
        Part::Candidates
        | Part::Component(_)
        | Part::ComponentClass(_)
        | Part::ComponentState(_)
        | Part::Problem => DataType::Utf8,
    }
}

/// The text in a row of a column of texts; `None` in other columns, and where there is none.
fn text_at(column: &dyn Array, row: usize) -> Option<&str> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(column.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let column = column.as_any_dictionary();
            text_at(column.values().as_ref(), key_at(column.keys(), row)?)
        }
        _ => None,
    }
}

/// A key of a dictionary.
fn key_at(keys: &dyn Array, row: usize) -> Option<usize> {
    macro_rules! key {
        ($($kind:ident: $of:ty),*) => {
            match keys.data_type() {
                $(DataType::$kind => usize::try_from(keys.as_primitive::<$of>().value(row)).ok(),)*
                _ => None,
            }
        };
    }
    key!(Int8: Int8Type, Int16: Int16Type, Int32: Int32Type, Int64: Int64Type,
        UInt8: UInt8Type, UInt16: UInt16Type, UInt32: UInt32Type, UInt64: UInt64Type)
}

const fn is_text(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn malformed(error: ArrowError) -> PointsError {
    PointsError::Malformed {
        format: "Arrow",
        why: error.to_string(),
    }
}

/// Fewer rows at once of wide tables, so that what is under way stays bounded.
fn rows_at_once(bytes_per_row: u64, most: usize) -> usize {
    const BYTES_AT_ONCE: u64 = 16 << 20;
    let rows = BYTES_AT_ONCE / bytes_per_row.max(1);
    usize::try_from(rows)
        .unwrap_or(most)
        .clamp(1024, most.max(1024))
}
