//! Rows taken together into the groups that a Parquet file is made of, in whatever parts they come: each group costs memory until
//! the file ends, and each part of a group costs time.

use arrow_array::{Array, RecordBatch};
use arrow_data::ArrayData;
use arrow_schema::DataType;
use arrow_select::concat::concat_batches;

use super::{ROWS_AT_ONCE, malformed};
use crate::PointsError;

/// Bytes of a group.
const BYTES_AT_ONCE: usize = 16 << 20;

/// Bytes that an item of a list counts for beside its own, in each column of it: its levels and its place are kept while it is
/// encoded.
const ROOM_OF_ITEM: usize = 16;

/// Groups of rows, of so many rows or of so many bytes.
pub(super) struct Groups<F> {
    next: F,
    /// Whether parts are joined, and not only cut.
    joins: bool,
    /// What was too much for the last group.
    rest: Option<RecordBatch>,
}

impl<F: FnMut() -> Result<Option<RecordBatch>, PointsError>> Groups<F> {
    /// Groups of what comes in parts of any length.
    pub(super) const fn joined(next: F) -> Self {
        Self {
            next,
            joins: true,
            rest: None,
        }
    }

    /// Groups of what comes in large parts. Categories of several parts may be more together than their numbers can count.
    pub(super) const fn cut(next: F) -> Self {
        Self {
            next,
            joins: false,
            rest: None,
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, PointsError> {
        let mut group = Vec::new();
        let (mut rows, mut bytes) = (0, 0usize);
        while rows < ROWS_AT_ONCE && bytes < BYTES_AT_ONCE {
            let some = match self.rest.take() {
                Some(rest) => rest,
                None => match (self.next)()? {
                    Some(some) => some,
                    None => break,
                },
            };
            if some.num_rows() == 0 {
                continue;
            }
            let of_some = bytes_of(&some);
            if !group.is_empty() && bytes.saturating_add(of_some) > BYTES_AT_ONCE {
                self.rest = Some(some);
                break;
            }
            let room = ROWS_AT_ONCE - rows;
            let some = if some.num_rows() > room {
                self.rest = Some(some.slice(room, some.num_rows() - room));
                some.slice(0, room)
            } else {
                some
            };
            rows += some.num_rows();
            bytes = bytes.saturating_add(of_some);
            group.push(some);
            if !self.joins {
                break;
            }
        }
        match group.as_slice() {
            [] => Ok(None),
            [_] => Ok(group.pop()),
            [first, ..] => concat_batches(&first.schema(), &group)
                .map(Some)
                .map_err(malformed),
        }
    }
}

/// Bytes of rows, and of keeping the places of the items of their lists.
pub(super) fn bytes_of(rows: &RecordBatch) -> usize {
    let columns = rows.columns().iter().map(|column| {
        let data = column.to_data();
        let own = data.get_slice_memory_size().unwrap_or(usize::MAX);
        own.saturating_add(items(&data).saturating_mul(ROOM_OF_ITEM))
    });
    columns.fold(0, usize::saturating_add)
}

/// How many items lists have, in each of their columns.
fn items(data: &ArrayData) -> usize {
    let is_list = matches!(
        data.data_type(),
        DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::Map(..)
    );
    let of_child = |child: &ArrayData| {
        let own = if is_list {
            child.len().saturating_mul(leaves(child.data_type()))
        } else {
            0
        };
        own.saturating_add(items(child))
    };
    let children = data.child_data().iter().map(of_child);
    children.fold(0, usize::saturating_add)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{BooleanBuilder, FixedSizeListBuilder};
    use arrow_array::{ArrayRef, StringArray, UInt64Array};

    use super::*;

    /// Rows of numbers from here on.
    fn numbers(from: usize, count: usize) -> RecordBatch {
        let numbers = (from..from + count).map(|number| number as u64);
        let column: ArrayRef = Arc::new(UInt64Array::from_iter_values(numbers));
        RecordBatch::try_from_iter([("n", column)]).unwrap()
    }

    /// The rows of each group of what comes in parts of these rows; all rows have to be there, in order.
    fn grouped(parts: &[usize]) -> Vec<usize> {
        let mut from = 0;
        let mut parts = parts.iter();
        let mut groups = Groups::joined(|| {
            Ok(parts.next().map(|&count| {
                from += count;
                numbers(from - count, count)
            }))
        });
        let mut found = Vec::new();
        let mut all = 0;
        while let Some(group) = groups.next().unwrap() {
            assert_eq!(group, numbers(all, group.num_rows()));
            all += group.num_rows();
            found.push(group.num_rows());
        }
        assert!(groups.next().unwrap().is_none());
        found
    }

    #[test]
    fn parts_of_any_length_become_groups_of_one_length() {
        assert!(grouped(&[]).is_empty());
        assert!(grouped(&[0, 0]).is_empty());
        assert_eq!(grouped(&[1; 1000]), [1000]);
        assert_eq!(grouped(&[1024; 65]), [ROWS_AT_ONCE, 1024]);
        assert_eq!(
            grouped(&[0, 3 * ROWS_AT_ONCE, 5]),
            [ROWS_AT_ONCE, ROWS_AT_ONCE, ROWS_AT_ONCE, 5]
        );
        let part = ROWS_AT_ONCE - 1;
        assert_eq!(grouped(&[part, part, 2]), [ROWS_AT_ONCE, ROWS_AT_ONCE]);
    }

    #[test]
    fn large_rows_are_in_small_groups() {
        let large = || {
            let text: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(3 << 20)]));
            RecordBatch::try_from_iter([("t", text)]).unwrap()
        };
        let mut left = 10;
        let mut groups = Groups::joined(|| {
            left -= 1;
            Ok((left >= 0).then(large))
        });
        let mut rows = Vec::new();
        while let Some(group) = groups.next().unwrap() {
            rows.push(group.num_rows());
        }
        assert_eq!(rows, [5, 5]);
    }

    #[test]
    fn items_of_lists_count_however_small_they_are() {
        let mut lists = FixedSizeListBuilder::new(BooleanBuilder::new(), 1000);
        for _ in 0..10 {
            lists.values().append_n(1000, true);
            lists.append(true);
        }
        let lists: ArrayRef = Arc::new(lists.finish());
        let rows = RecordBatch::try_from_iter([("l", lists)]).unwrap();
        let bytes = bytes_of(&rows);
        assert!((160_000..165_000).contains(&bytes), "{bytes}");
    }
}
