//! Groups of components, as a search asks for them: ranges of numbers.

use std::ops::RangeInclusive;

/// Group numbers that a search lets pass: any number of ranges.
///
/// Where groups are numbered in the order of class codes, a class or a prefix of classes is one range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// Ascending, apart from one another.
    ranges: Vec<RangeInclusive<u16>>,
}

impl Groups {
    /// Every group.
    pub fn all() -> Self {
        Self::of([0..=u16::MAX])
    }

    /// The groups in any of these ranges, which may overlap and come in any order; an empty one holds
    /// none.
    pub fn of(ranges: impl IntoIterator<Item = RangeInclusive<u16>>) -> Self {
        let mut given: Vec<_> = ranges
            .into_iter()
            .filter(|range| !range.is_empty())
            .collect();
        given.sort_unstable_by_key(|range| *range.start());
        let mut ranges: Vec<RangeInclusive<u16>> = Vec::with_capacity(given.len());
        for range in given {
            match ranges.last_mut() {
                Some(last) if u32::from(*range.start()) <= u32::from(*last.end()) + 1 => {
                    *last = *last.start()..=*last.end().max(range.end());
                }
                _ => ranges.push(range),
            }
        }
        Self { ranges }
    }

    /// Whether a group passes.
    #[inline]
    pub fn contains(&self, group: u16) -> bool {
        match self.ranges.as_slice() {
            [] => false,
            [one] => one.contains(&group),
            ranges => {
                let later = ranges.partition_point(|range| *range.end() < group);
                ranges
                    .get(later)
                    .is_some_and(|range| range.contains(&group))
            }
        }
    }

    /// Whether every group from 0 to the last passes.
    pub(crate) fn contains_all(&self, last: u16) -> bool {
        matches!(self.ranges.first(), Some(first) if *first.start() == 0 && *first.end() >= last)
    }

    /// The buckets that a group which passes may be in.
    pub(crate) fn buckets(&self, buckets: Buckets) -> u64 {
        let last = buckets.last;
        let within = self.ranges.iter().filter(|range| *range.start() <= last);
        within.fold(0, |set, range| {
            let low = buckets.number(*range.start());
            let high = buckets.number((*range.end()).min(last));
            set | (u64::MAX >> (63 - high) & u64::MAX << low)
        })
    }
}

/// Groups from 0 to a last one shared out among 64 buckets in ascending order, so that a word says which
/// may be present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Buckets {
    last: u16,
}

impl Buckets {
    pub(crate) const fn up_to(last: u16) -> Self {
        Self { last }
    }

    pub(crate) const fn last(self) -> u16 {
        self.last
    }

    /// The set of one: the bucket of a group up to the last.
    pub(crate) fn of(self, group: u16) -> u64 {
        1 << self.number(group)
    }

    fn number(self, group: u16) -> u32 {
        u32::from(group) * 64 / (u32::from(self.last) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_each_of_them_holds() {
        let given = [7..=9, 3..=4, 9..=12, 5..=5, 40..=40, 60_000..=u16::MAX];
        let groups = Groups::of(given.clone());
        assert_eq!(groups.ranges, [3..=5, 7..=12, 40..=40, 60_000..=u16::MAX]);
        for group in 0..=u16::MAX {
            let expected = given.iter().any(|range| range.contains(&group));
            assert_eq!(groups.contains(group), expected, "{group}");
        }
        #[expect(clippy::reversed_empty_ranges, reason = "an empty range is the case")]
        let none = Groups::of([5..=4]);
        assert!(!none.contains(4) && !none.contains(5));
    }

    #[test]
    fn no_group_that_passes_is_in_a_bucket_left_out() {
        for last in [0, 1, 62, 63, 64, 119, 6_999, u16::MAX] {
            let buckets = Buckets::up_to(last);
            for ranges in [
                vec![0..=0],
                vec![1..=1, 100..=130],
                vec![63..=200],
                vec![0..=u16::MAX],
            ] {
                let groups = Groups::of(ranges);
                let set = groups.buckets(buckets);
                for group in 0..=last {
                    let bucket = buckets.of(group);
                    assert!(
                        !groups.contains(group) || set & bucket != 0,
                        "{group} of {last}"
                    );
                }
                assert_eq!(
                    groups.contains_all(last),
                    (0..=last).all(|group| groups.contains(group))
                );
            }
        }
        // a few groups among many leave most buckets out
        let few = Groups::of([100..=101]).buckets(Buckets::up_to(119));
        assert!(few.count_ones() <= 2);
    }
}
