//! Texts that are looked at where they lie: many rows may share a text, and a part of rows still holds the texts of all.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::ByteViewType;
use arrow_array::{Array, ArrayRef, GenericByteViewArray, RecordBatch};
use arrow_buffer::Buffer;
use arrow_schema::DataType;

use super::malformed;
use crate::PointsError;

/// Bytes of all texts of rows, written out: as many as somebody may ask to have copied by sending them once.
const MOST_BYTES: usize = 1 << 30;

/// Refuses rows whose texts would be too large if each row had its own.
pub(super) fn stands_for_little(rows: &RecordBatch) -> Result<(), PointsError> {
    let columns = rows
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::Utf8View => column.as_string_view().total_buffer_bytes_used(),
            DataType::BinaryView => column.as_binary_view().total_buffer_bytes_used(),
            _ => 0,
        });
    if columns.fold(0, usize::saturating_add) <= MOST_BYTES {
        return Ok(());
    }
    Err(PointsError::Malformed {
        format: "Arrow",
        why: format!(
            "the texts of one batch, which rows share, would be more than {MOST_BYTES} bytes: send fewer rows in a batch"
        ),
    })
}

/// A part of rows, without the texts of the others.
pub(super) fn compacted(rows: RecordBatch) -> Result<RecordBatch, PointsError> {
    let has_views = |column: &ArrayRef| {
        matches!(
            column.data_type(),
            DataType::Utf8View | DataType::BinaryView
        )
    };
    if !rows.columns().iter().any(has_views) {
        return Ok(rows);
    }
    let columns = rows
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::Utf8View => own(column.as_string_view()),
            DataType::BinaryView => own(column.as_binary_view()),
            _ => Arc::clone(column),
        });
    RecordBatch::try_new(rows.schema(), columns.collect()).map_err(malformed)
}

/// The texts alone that its rows have, unless they would take more than what they share.
fn own<T: ByteViewType>(texts: &GenericByteViewArray<T>) -> ArrayRef {
    let held: usize = texts.data_buffers().iter().map(Buffer::len).sum();
    if texts.total_buffer_bytes_used() < held {
        Arc::new(texts.gc())
    } else {
        Arc::new(texts.clone())
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{BinaryViewArray, StringViewArray};
    use arrow_buffer::ScalarBuffer;

    use super::*;

    const TEXT: &str = "longer than twelve bytes, ";

    fn rows(texts: StringViewArray) -> RecordBatch {
        let texts: ArrayRef = Arc::new(texts);
        RecordBatch::try_from_iter([("t", texts)]).unwrap()
    }

    /// Bytes that the texts of the first column are held in.
    fn held(rows: &RecordBatch) -> usize {
        let texts = rows.column(0).as_string_view();
        texts.data_buffers().iter().map(Buffer::len).sum()
    }

    #[test]
    fn a_part_holds_its_own_texts() {
        let texts = (0..1000).map(|row| Some(format!("{TEXT}{row:04}")));
        let all = rows(texts.collect());
        let bytes = TEXT.len() + 4;
        assert_eq!(held(&all), 1000 * bytes);
        let part = all.slice(500, 10);
        assert_eq!(held(&part), 1000 * bytes);
        let own = compacted(part.clone()).unwrap();
        assert_eq!(held(&own), 10 * bytes);
        assert_eq!(own, part);

        let bytes: BinaryViewArray = (0..100).map(|_| Some(TEXT.as_bytes())).collect();
        let bytes: ArrayRef = Arc::new(bytes);
        let part = RecordBatch::try_from_iter([("b", bytes)])
            .unwrap()
            .slice(7, 2);
        let own = compacted(part.clone()).unwrap();
        assert_eq!(own, part);
        let buffers = own.column(0).as_binary_view().data_buffers();
        assert_eq!(buffers[0].len(), 2 * TEXT.len());
    }

    #[test]
    fn a_text_that_many_rows_share_stays_one() {
        let text = TEXT.repeat(50_000);
        let mut length = [0; 16];
        length[..4].copy_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
        length[4..8].copy_from_slice(&text.as_bytes()[..4]);
        let of = |count: usize| {
            let views = ScalarBuffer::from(vec![u128::from_le_bytes(length); count]);
            let buffer = Buffer::from(text.as_bytes());
            rows(StringViewArray::try_new(views, vec![buffer], None).unwrap())
        };
        let few = of(100);
        assert_eq!(held(&compacted(few.clone()).unwrap()), text.len());
        stands_for_little(&few).unwrap();
        let refused = stands_for_little(&of(1000)).unwrap_err().to_string();
        assert!(refused.contains("fewer rows in a batch"), "{refused}");
    }
}
