//! Arrow: streams, and files (Feather).

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{ArrowError, Schema};

use super::framed::{Bounds, Framed};
use super::views::{compacted, stands_for_little};
use super::{Plan, malformed, rows_with};
use crate::answer::Resolver;
use crate::place::{NamedSystems, Placer};
use crate::run::{Batch, Done, Progress};
use crate::{PointsError, pipeline};

/// An input whose bytes are counted as they are read.
struct Counted<'a, R> {
    input: R,
    read: &'a AtomicU64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(to)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: Seek> Seek for Counted<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

/// The rows of a stream, which stays within its bounds.
pub(super) fn stream_reader<R: Read>(
    input: R,
    batch: &Batch,
) -> Result<StreamReader<Framed<BufReader<R>>>, PointsError> {
    let bounds = if batch.is_foreign {
        Bounds::FOREIGN
    } else {
        Bounds::OWN
    };
    let framed = Framed::new(BufReader::new(input), bounds);
    pipeline::unpanicked(|| StreamReader::try_new(framed, None).map_err(stream_error))
}

/// Answers a stream with a stream; progress is counted in bytes that are read.
pub(crate) fn answer_arrow_stream(
    input: impl Read + Send,
    output: impl Write,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let read = AtomicU64::new(0);
    let mut reader = stream_reader(Counted { input, read: &read }, batch)?;
    let schema = reader.schema();
    let next = || reader.next().transpose().map_err(stream_error);
    let told = |_| progress(read.load(Ordering::Relaxed));
    answer(&schema, next, batch, resolver, &told, |plan| {
        let mut writer = StreamWriter::try_new(output, plan).map_err(written)?;
        Ok(move |rows: Option<&RecordBatch>| match rows {
            Some(rows) => writer.write(rows).map_err(written),
            None => writer
                .finish()
                .and_then(|()| writer.flush())
                .map_err(written),
        })
    })
}

/// Answers a file with a file; progress is counted in bytes that are read.
pub(crate) fn answer_arrow_file(
    input: File,
    output: impl Write,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let read = AtomicU64::new(0);
    let counted = Counted { input, read: &read };
    let mut reader = pipeline::unpanicked(|| {
        FileReader::try_new(BufReader::new(counted), None).map_err(malformed)
    })?;
    let schema = reader.schema();
    let next = || reader.next().transpose().map_err(malformed);
    let told = |_| progress(read.load(Ordering::Relaxed));
    answer(&schema, next, batch, resolver, &told, |plan| {
        let mut writer = FileWriter::try_new(output, plan).map_err(written)?;
        Ok(move |rows: Option<&RecordBatch>| match rows {
            Some(rows) => writer.write(rows).map_err(written),
            None => writer
                .finish()
                .and_then(|()| writer.flush())
                .map_err(written),
        })
    })
}

/// Answers batches of rows with batches, which `sink` is given in order, and first the schema of them.
pub(crate) fn answer_batches<S>(
    mut rows: impl RecordBatchReader + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    sink: impl FnOnce(&Schema) -> S,
) -> Result<Done, PointsError>
where
    S: FnMut(RecordBatch) -> Result<(), PointsError>,
{
    let schema = rows.schema();
    let next = || rows.next().transpose().map_err(malformed);
    answer(&schema, next, batch, resolver, &|_| {}, |plan| {
        let mut sink = sink(plan);
        Ok(move |rows: Option<&RecordBatch>| rows.cloned().map_or(Ok(()), &mut sink))
    })
}

fn answer<W>(
    schema: &Schema,
    mut next: impl FnMut() -> Result<Option<RecordBatch>, PointsError> + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
    writer: impl FnOnce(&Schema) -> Result<W, PointsError>,
) -> Result<Done, PointsError>
where
    W: FnMut(Option<&RecordBatch>) -> Result<(), PointsError>,
{
    let plan = Plan::new(schema, batch, resolver)?;
    // every column of the table comes along
    let places: Vec<usize> = (0..schema.fields().len()).collect();
    let mut write = writer(plan.schema())?;
    let (plan, places) = (&plan, &places);
    let named = NamedSystems::default();
    let worker = || {
        let mut placer = Placer::new(&batch.systems, &named)?;
        Ok(move |(rows, is_part): (RecordBatch, bool)| {
            let rows = if is_part { compacted(rows)? } else { rows };
            plan.answer(&rows, places, &mut placer, resolver)
        })
    };
    let at_once = rows_with(resolver);
    // a batch of millions of rows is answered in parts
    let mut rest: Option<RecordBatch> = None;
    let next = || {
        let (rows, is_part) = match rest.take() {
            Some(rows) => (rows, true),
            None => match next()? {
                Some(rows) => (rows, false),
                None => return Ok(None),
            },
        };
        if rows.num_rows() <= at_once {
            return Ok(Some((rows, is_part)));
        }
        if batch.is_foreign && !is_part {
            stands_for_little(&rows)?;
        }
        rest = Some(rows.slice(at_once, rows.num_rows() - at_once));
        Ok(Some((rows.slice(0, at_once), true)))
    };
    let mut done = Done::default();
    let mut answered = 0;
    pipeline::in_order(batch.threads, next, worker, |(rows, of_rows)| {
        answered += rows.num_rows() as u64;
        done.add(of_rows, batch.strict)?;
        write(Some(&rows))?;
        progress(answered);
        Ok(())
    })?;
    write(None)?;
    Ok(done)
}

/// What a stream could not be read for: its source failed, or it is none.
pub(super) fn stream_error(error: ArrowError) -> PointsError {
    match error {
        ArrowError::IoError(_, io)
            if !matches!(
                io.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) =>
        {
            PointsError::Read(io)
        }
        other => malformed(other),
    }
}

fn written(error: ArrowError) -> PointsError {
    match error {
        ArrowError::IoError(_, io) => PointsError::Write(io),
        other => PointsError::Write(std::io::Error::other(other)),
    }
}
