//! Apache Parquet: read by one thread, encoded by all.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowWriter, compute_leaves,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, KeyValue, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::arrow::{stream_error, stream_reader};
use super::groups::{Groups, bytes_of};
use super::position::GEO_METADATA;
use super::{Plan, ROWS_AT_ONCE, rows_at_once, rows_with};
use crate::answer::Resolver;
use crate::place::{NamedSystems, Placer};
use crate::run::{Batch, Done, Progress};
use crate::{PointsError, pipeline};

/// Bytes of rows that come together in a stream of others.
const MOST_FOREIGN_BYTES: usize = 64 << 20;

/// Columns of all groups of rows, of answers for others: what the file says of each at its end takes near a kilobyte of memory.
const MOST_FOREIGN_CHUNKS: usize = 250_000;

/// A group of rows, answered and encoded.
struct Encoded {
    chunks: Vec<ArrowColumnChunk>,
    rows: u64,
    done: Done,
}

/// How many rows a file has.
pub(crate) fn rows_of_parquet(input: &File) -> Option<u64> {
    let metadata = pipeline::unpanicked(|| {
        ParquetMetaDataReader::new()
            .parse_and_finish(input)
            .map_err(read)
    });
    u64::try_from(metadata.ok()?.file_metadata().num_rows()).ok()
}

/// Answers a file; progress is counted in rows.
pub(crate) fn answer_parquet(
    input: File,
    output: impl Write + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let builder =
        pipeline::unpanicked(|| ParquetRecordBatchReaderBuilder::try_new(input).map_err(read))?;
    let plan = Plan::new(builder.schema(), batch, resolver)?;
    let places = plan.read();
    let metadata = Arc::clone(builder.metadata());
    let total = metadata
        .row_groups()
        .iter()
        .map(RowGroupMetaData::total_byte_size);
    let bytes = u64::try_from(total.sum::<i64>()).unwrap_or(0);
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
    let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
    let mut reader = builder
        .with_projection(mask)
        .with_batch_size(rows_at_once(bytes / rows.max(1), ROWS_AT_ONCE))
        .build()
        .map_err(read)?;

    // as the first column of the file is compressed
    let groups = metadata.row_groups();
    let compression = groups
        .first()
        .and_then(|group| group.columns().first())
        .map_or(Compression::SNAPPY, ColumnChunkMetaData::compression);
    let next = || {
        reader
            .next()
            .transpose()
            .map_err(|error| malformed(&error.to_string()))
    };
    let answering = Answering {
        plan: &plan,
        places: &places,
        compression,
        batch,
        resolver,
        progress,
    };
    answering.write(next, output)
}

/// Answers an Arrow stream with a Parquet file; progress is counted in rows.
pub(crate) fn answer_stream_as_parquet(
    input: impl Read + Send,
    output: impl Write + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let mut reader = stream_reader(input, batch).map_err(of_parquet)?;
    let schema = reader.schema();
    let mut kinds = schema.fields().iter().map(|field| field.data_type());
    if batch.is_foreign && !kinds.all(is_plain) {
        return Err(malformed("its columns stand for more than they hold"));
    }
    let plan = Plan::new(&schema, batch, resolver)?;
    let places: Vec<usize> = (0..schema.fields().len()).collect();
    let next = || {
        let rows = reader.next().transpose();
        let rows = rows.map_err(|error| of_parquet(stream_error(error)))?;
        match &rows {
            Some(rows) if batch.is_foreign && bytes_of(rows) > MOST_FOREIGN_BYTES => {
                Err(malformed("it has too much in one part"))
            }
            _ => Ok(rows),
        }
    };
    let answering = Answering {
        plan: &plan,
        places: &places,
        compression: Compression::SNAPPY,
        batch,
        resolver,
        progress,
    };
    answering.write(next, output)
}

/// Rows on their way into a file.
struct Answering<'a, R> {
    plan: &'a Plan,
    /// The columns that are read.
    places: &'a [usize],
    compression: Compression,
    batch: &'a Batch,
    resolver: &'a R,
    progress: Progress<'a>,
}

impl<R: Resolver> Answering<'_, R> {
    fn write(
        &self,
        next: impl FnMut() -> Result<Option<RecordBatch>, PointsError> + Send,
        output: impl Write + Send,
    ) -> Result<Done, PointsError> {
        let writer = ArrowWriter::try_new(
            output,
            Arc::clone(self.plan.schema()),
            Some(self.properties()),
        )
        .map_err(write)?;
        let (mut file, factory) = writer.into_serialized_writer().map_err(write)?;
        if let Some(described) = self.plan.geometry_metadata() {
            let described = KeyValue::new(GEO_METADATA.to_owned(), described.to_owned());
            file.append_key_value_metadata(described);
        }

        let (plan, places, factory) = (self.plan, self.places, &factory);
        let (batch, resolver) = (self.batch, self.resolver);
        let named = NamedSystems::default();
        // answers may take far more memory than their rows until they are encoded
        let at_once = rows_with(resolver);
        let worker = || {
            let mut placer = Placer::new(&batch.systems, &named)?;
            Ok(move |group: RecordBatch| {
                let mut writers = factory.create_column_writers(0).map_err(write)?;
                let mut done = Done::default();
                for from in (0..group.num_rows()).step_by(at_once) {
                    let rows = group.slice(from, at_once.min(group.num_rows() - from));
                    let (answered, of_rows) = plan.answer(&rows, places, &mut placer, resolver)?;
                    done.add(of_rows, batch.strict)?;
                    encode(&answered, &mut writers)?;
                }
                let chunks = writers.into_iter().map(ArrowColumnWriter::close);
                Ok(Encoded {
                    chunks: chunks.collect::<Result<_, _>>().map_err(write)?,
                    rows: group.num_rows() as u64,
                    done,
                })
            })
        };
        let mut done = Done::default();
        let (mut answered, mut chunks) = (0, 0);
        let mut groups = if batch.is_foreign {
            Groups::joined(next)
        } else {
            Groups::cut(next)
        };
        let next = || groups.next();
        pipeline::in_order(batch.threads, next, worker, |encoded: Encoded| {
            answered += encoded.rows;
            chunks += encoded.chunks.len();
            if batch.is_foreign && chunks > MOST_FOREIGN_CHUNKS {
                return Err(malformed("it has too many columns for so many rows"));
            }
            done.add(encoded.done, batch.strict)?;
            let mut group = file.next_row_group().map_err(write)?;
            for chunk in encoded.chunks {
                chunk.append_to_row_group(&mut group).map_err(write)?;
            }
            group.close().map_err(write)?;
            (self.progress)(answered);
            Ok(())
        })?;
        file.close().map_err(write)?;
        Ok(done)
    }

    fn properties(&self) -> WriterProperties {
        let mut properties = WriterProperties::builder()
            .set_compression(self.compression)
            .set_write_batch_size(8192)
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for (field, is_of_answer) in self.plan.columns() {
            let path = ColumnPath::from(field.name().as_str());
            // positions hardly repeat: looking for a dictionary of them would take most of the time
            if field.data_type().is_numeric() {
                properties = properties.set_column_dictionary_enabled(path, false);
            } else if is_of_answer {
                // rows are in no order of the grids: the least and the greatest code of a group say nothing
                properties =
                    properties.set_column_statistics_enabled(path, EnabledStatistics::None);
            }
        }
        properties.build()
    }
}

/// Encodes rows behind those before them.
fn encode(rows: &RecordBatch, writers: &mut [ArrowColumnWriter]) -> Result<(), PointsError> {
    let mut writers = writers.iter_mut();
    let schema = rows.schema_ref();
    for (field, column) in schema.fields().iter().zip(rows.columns()) {
        for leaf in compute_leaves(field, column).map_err(write)? {
            if let Some(writer) = writers.next() {
                writer.write(&leaf).map_err(write)?;
            }
        }
    }
    Ok(())
}

/// Whether each value takes its own memory. A value that stands for many rows (a dictionary's, a view's) may become any amount
/// of memory where it is written out.
fn is_plain(kind: &DataType) -> bool {
    match kind {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => is_plain(field.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_plain(field.data_type())),
        DataType::Dictionary(..)
        | DataType::RunEndEncoded(..)
        | DataType::Union(..)
        | DataType::Utf8View
        | DataType::BinaryView
        | DataType::ListView(_)
        | DataType::LargeListView(_) => false,
        _ => true,
    }
}

/// Whoever sent a Parquet file knows of no stream.
fn of_parquet(error: PointsError) -> PointsError {
    match error {
        PointsError::Malformed { why, .. } => malformed(&why),
        other => other,
    }
}

fn malformed(why: &str) -> PointsError {
    PointsError::Malformed {
        format: "Parquet",
        why: why.to_owned(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn read(error: ParquetError) -> PointsError {
    malformed(&error.to_string())
}

fn write(error: ParquetError) -> PointsError {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(io) => PointsError::Write(*io),
            Err(other) => PointsError::Write(std::io::Error::other(other)),
        },
        other => PointsError::Write(std::io::Error::other(other)),
    }
}
