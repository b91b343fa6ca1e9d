//! Parquet, told as an Arrow stream.

use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, FieldRef, Fields, Schema};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::RowGroupMetaData;

use super::sink::Sink;
use crate::wire::Request;
use crate::{Quantity, Refusal};

/// Bytes of the rows that are told together, about.
const BYTES_AT_ONCE: usize = 16 << 20;

/// Rows that are read together, at most: what a file says of its size is not believed, and a text that it holds once is
/// written out for each of them.
const MOST_ROWS: usize = 1 << 10;

/// Bytes that an item of a list counts for beside its own, in each column of it: writers of Parquet keep its levels and its
/// place.
const ROOM_OF_ITEM: usize = 16;

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
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let limits = &request.limits;
    let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(malformed)?;
    // a column of structures is as many as it has fields
    let columns = found.parquet_schema().num_columns() as u64;
    Refusal::above(Quantity::Columns, columns, limits.columns as u64)?;
    let options = ArrowReaderOptions::new().with_schema(Arc::new(plain(found.schema())));
    let metadata =
        ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options).map_err(malformed)?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let at_once = rows_at_once(builder.metadata().row_groups());
    let schema = Arc::clone(builder.schema());
    let rows = builder
        .with_batch_size(at_once)
        .build()
        .map_err(malformed)?;
    let mut telling = Telling {
        writer: StreamWriter::try_new(Pieces { sink }, &schema).map_err(told)?,
        bytes: 0,
        // values that repeat make a table far smaller than an archive's ratio alone would allow
        most: limits
            .unpacked_bytes
            .max(length.saturating_mul(limits.unpacked_ratio)),
    };
    for batch in rows {
        telling.rows(&batch.map_err(malformed)?)?;
    }
    telling.writer.finish().map_err(told)
}

/// Rows on their way out.
struct Telling<W> {
    writer: StreamWriter<W>,
    /// Bytes of what was told.
    bytes: u64,
    /// And at most.
    most: u64,
}

impl<W: Write> Telling<W> {
    /// Tells rows in as few parts as stay small.
    fn rows(&mut self, rows: &RecordBatch) -> Result<(), Refusal> {
        let bytes = told_bytes(rows)?.saturating_add(room_of_items(rows));
        let count = rows.num_rows();
        if bytes <= BYTES_AT_ONCE || count <= 1 {
            let bytes = bytes as u64;
            Refusal::above(Quantity::RowBytes, bytes, MOST_ROW_BYTES)?;
            self.bytes = self.bytes.saturating_add(bytes);
            Refusal::above(Quantity::UnpackedBytes, self.bytes, self.most)?;
            return self.writer.write(rows).map_err(told);
        }
        let half = count / 2;
        self.rows(&rows.slice(0, half))?;
        self.rows(&rows.slice(half, count - half))
    }
}

/// The same columns with every value in its own place: what stands once for many rows here (dictionaries, views) may take
/// any memory where somebody writes it out, so it is written out in this process.
fn plain(schema: &Schema) -> Schema {
    let fields: Fields = schema.fields().iter().map(plain_field).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

fn plain_field(field: &FieldRef) -> FieldRef {
    let kind = plain_type(field.data_type());
    Arc::new(field.as_ref().clone().with_data_type(kind))
}

fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(field) | DataType::ListView(field) => DataType::List(plain_field(field)),
        DataType::LargeList(field) | DataType::LargeListView(field) => {
            DataType::LargeList(plain_field(field))
        }
        DataType::FixedSizeList(field, size) => DataType::FixedSizeList(plain_field(field), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        DataType::Map(field, sorted) => DataType::Map(plain_field(field), *sorted),
        other => other.clone(),
    }
}

/// Bytes that whoever writes the items of lists takes for keeping their places, however small they are.
fn room_of_items(rows: &RecordBatch) -> usize {
    let columns = rows.columns().iter();
    let items = columns.map(|column| items(column.as_ref()));
    items
        .fold(0, usize::saturating_add)
        .saturating_mul(ROOM_OF_ITEM)
}

/// How many items the lists of a column have, those within lists included.
fn items(column: &dyn Array) -> usize {
    let of_list = |values: &ArrayRef, from: usize, to: usize| {
        let count = to.saturating_sub(from);
        let own = count.saturating_mul(leaves(values.data_type()));
        own.saturating_add(items(values.slice(from, count).as_ref()))
    };
    match column.data_type() {
        DataType::List(_) => {
            let list = column.as_list::<i32>();
            let [from, to] = ends(list.offsets()).map(|end| usize::try_from(end).unwrap_or(0));
            of_list(list.values(), from, to)
        }
        DataType::LargeList(_) => {
            let list = column.as_list::<i64>();
            let [from, to] = ends(list.offsets()).map(|end| usize::try_from(end).unwrap_or(0));
            of_list(list.values(), from, to)
        }
        DataType::Map(..) => {
            let map = column.as_map();
            let [from, to] = ends(map.offsets()).map(|end| usize::try_from(end).unwrap_or(0));
            let entries: ArrayRef = Arc::new(map.entries().clone());
            of_list(&entries, from, to)
        }
        DataType::FixedSizeList(..) => {
            let list = column.as_fixed_size_list();
            of_list(list.values(), 0, list.values().len())
        }
        DataType::Struct(_) => {
            let fields = column.as_struct().columns().iter();
            fields
                .map(|field| items(field.as_ref()))
                .fold(0, usize::saturating_add)
        }
        _ => 0,
    }
}

/// How many columns of a file a type comes to.
fn leaves(kind: &DataType) -> usize {
    match kind {
        DataType::Struct(fields) => fields.iter().map(|field| leaves(field.data_type())).sum(),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => leaves(field.data_type()),
        _ => 1,
    }
}

/// Where the first list begins and the last one ends.
fn ends<T: Copy + Default>(offsets: &[T]) -> [T; 2] {
    [offsets.first(), offsets.last()].map(|end| end.copied().unwrap_or_default())
}

/// Bytes that rows are told in, or less than few.
fn told_bytes(rows: &RecordBatch) -> Result<usize, Refusal> {
    // of a part of other rows these are the bytes of all of them
    let bytes = rows.get_array_memory_size();
    if bytes <= BYTES_AT_ONCE {
        return Ok(bytes);
    }
    let mut writer = StreamWriter::try_new(Counted(0), &rows.schema()).map_err(told)?;
    writer.write(rows).map_err(told)?;
    Ok(writer.get_ref().0)
}

/// Counts what is written.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fewer rows of a file that says its rows are large.
fn rows_at_once(groups: &[RowGroupMetaData]) -> usize {
    let of_row = |group: &RowGroupMetaData| group.total_byte_size() / group.num_rows().max(1);
    let largest = groups.iter().map(of_row).max().unwrap_or(0);
    let largest = usize::try_from(largest).unwrap_or(0);
    (BYTES_AT_ONCE / largest.max(1)).clamp(1, MOST_ROWS)
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
