//! Parquet, told as an Arrow stream.

use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::RowGroupMetaData;

use super::sink::Sink;
use crate::wire::Request;
use crate::{Quantity, Refusal};

/// Bytes of the rows that are told together, about.
const BYTES_AT_ONCE: usize = 16 << 20;

/// Rows that are read together, at most.
const MOST_ROWS: usize = 1 << 16;

/// Rows that are read together where they are large.
const FEW_ROWS: usize = 256;

/// Bytes of one row.
const MOST_ROW_BYTES: u64 = 32 << 20;

/// Tells all columns of a file.
pub(super) fn tell(path: &Path, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let file = File::open(path).map_err(|error| Refusal::system("opening the file", error))?;
    // the library's readers may panic on damaged files
    catch_unwind(AssertUnwindSafe(|| rows(file, request, sink)))
        .unwrap_or_else(|_| Err(malformed("it is damaged")))
}

fn rows(file: File, request: &Request, sink: &mut Sink) -> Result<(), Refusal> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(malformed)?;
    let columns = builder.schema().fields().len() as u64;
    Refusal::above(Quantity::Columns, columns, request.limits.columns as u64)?;
    let at_once = rows_at_once(
        builder.metadata().row_groups(),
        builder.metadata().file_metadata().num_rows(),
    );
    let schema = Arc::clone(builder.schema());
    let rows = builder
        .with_batch_size(at_once)
        .build()
        .map_err(malformed)?;
    let mut writer = StreamWriter::try_new(Pieces { sink }, &schema).map_err(told)?;
    for batch in rows {
        let batch = batch.map_err(malformed)?;
        let many = part_rows(&batch)?;
        for from in (0..batch.num_rows()).step_by(many) {
            let part = batch.slice(from, many.min(batch.num_rows() - from));
            writer.write(&compact(&part)?).map_err(told)?;
        }
    }
    writer.finish().map_err(told)
}

/// Fewer rows of a file that says its rows are large.
fn rows_at_once(groups: &[RowGroupMetaData], rows: i64) -> usize {
    let bytes: i64 = groups
        .iter()
        .map(RowGroupMetaData::total_byte_size)
        .fold(0, i64::saturating_add);
    let of_row = usize::try_from(bytes / rows.max(1)).unwrap_or(BYTES_AT_ONCE);
    (BYTES_AT_ONCE / of_row.max(1)).clamp(FEW_ROWS, MOST_ROWS)
}

/// How many of these rows are told together.
fn part_rows(batch: &RecordBatch) -> Result<usize, Refusal> {
    let of_column = |column: &ArrayRef| match column.data_type() {
        // views of one text count each
        DataType::Utf8View => column.as_string_view().total_buffer_bytes_used(),
        DataType::BinaryView => column.as_binary_view().total_buffer_bytes_used(),
        _ => column.get_array_memory_size(),
    };
    let bytes: usize = batch.columns().iter().map(of_column).sum();
    let of_row = bytes / batch.num_rows().max(1);
    Refusal::above(Quantity::TextBytes, of_row as u64, MOST_ROW_BYTES)?;
    Ok((BYTES_AT_ONCE / of_row.max(1)).clamp(1, MOST_ROWS))
}

/// Without what other parts of the same columns hold: views would be told with all of it.
fn compact(part: &RecordBatch) -> Result<RecordBatch, Refusal> {
    let columns = part.columns().iter().map(|column| -> ArrayRef {
        match column.data_type() {
            DataType::Utf8View => Arc::new(column.as_string_view().gc()),
            DataType::BinaryView => Arc::new(column.as_binary_view().gc()),
            _ => Arc::clone(column),
        }
    });
    RecordBatch::try_new(part.schema(), columns.collect()).map_err(malformed)
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn malformed(why: impl ToString) -> Refusal {
    Refusal::Malformed {
        format: "Parquet".to_owned(),
        why: why.to_string(),
    }
}

fn told(error: ArrowError) -> Refusal {
    match error {
        ArrowError::IoError(_, io) => Refusal::system("answering", io),
        other => malformed(other),
    }
}

/// A stream as frames.
struct Pieces<'a> {
    sink: &'a mut Sink,
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.piece(bytes).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush().map_err(io::Error::other)
    }
}
