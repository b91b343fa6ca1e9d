//! Moments of tracks as texts, with or without a zone.

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};

/// The zone that times without one are in, and that times are told in.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: Option<TimeZone>,
}

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAMoment {
    /// It cannot be read.
    Malformed,
    /// It has no zone, and none is stated for all.
    WithoutZone,
}

impl Clock {
    /// No zone is stated: times must say theirs, and are told in UTC.
    pub const UTC: Self = Self { zone: None };

    /// In a zone by its name (`Asia/Shanghai`) or its offset (`+08:00`); `None` where there is none such.
    pub fn in_zone(name: &str) -> Option<Self> {
        let zone = DateTimeParser::new().parse_time_zone(name).ok()?;
        Some(Self { zone: Some(zone) })
    }

    /// Microseconds since 1970 in UTC, from RFC 3339 with an offset, or the same without one in the zone that is
    /// stated. A local time that comes twice, when clocks are put back, is taken as the earlier.
    ///
    /// # Errors
    /// What it lacks.
    pub fn moment_us(&self, text: &str) -> Result<i64, NotAMoment> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment.as_microsecond());
        }
        let local: DateTime = as_people_write(text)
            .parse()
            .map_err(|_| NotAMoment::Malformed)?;
        let zone = self.zone.as_ref().ok_or(NotAMoment::WithoutZone)?;
        let moment = zone.to_ambiguous_timestamp(local).compatible();
        moment
            .map(Timestamp::as_microsecond)
            .map_err(|_| NotAMoment::Malformed)
    }

    /// A moment as RFC 3339 to the millisecond, in the zone that is stated, or in UTC.
    pub fn told(&self, time_us: i64) -> String {
        let moment =
            Timestamp::from_microsecond(time_us).and_then(|moment| moment.round(Unit::Millisecond));
        let Ok(moment) = moment else {
            return time_us.to_string();
        };
        match &self.zone {
            None => moment.to_string(),
            Some(zone) => {
                let offset = zone.to_offset(moment);
                moment.display_with_offset(offset).to_string()
            }
        }
    }

    /// From when to when a day lasts here, microseconds since 1970 in UTC; the end is the start of the next. `None` without
    /// a zone, and at the ends of the calendar.
    pub fn day_us(&self, date: Date) -> Option<(i64, i64)> {
        let zone = self.zone.as_ref()?;
        let start_of = |date: Date| {
            let start = date.to_zoned(zone.clone()).ok()?;
            Some(start.timestamp().as_microsecond())
        };
        let next = date.checked_add(1.day()).ok()?;
        Some((start_of(date)?, start_of(next)?))
    }
}

/// Microseconds as seconds to the millisecond.
pub fn seconds(micros: i64) -> String {
    let millis = (micros + 500).div_euclid(1000);
    format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000))
}

/// Seconds as microseconds, up to the most that there are.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no number of seconds is more than the cast clamps to"
)]
pub fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

/// A local time as tables of people have it, `2025/6/5 4:30`, with dashes and two digits each.
fn as_people_write(text: &str) -> String {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let two = |part: &str| format!("{part:0>2}");
    let date: Vec<String> = date.split(['-', '/']).map(two).collect();
    let (hour, rest) = time.split_once(':').unwrap_or((time, ""));
    let time = if rest.is_empty() {
        time.to_owned()
    } else {
        format!("{}:{rest}", two(hour))
    };
    format!("{} {time}", date.join("-"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2015-12-10T15:59:08Z", Ok(1_449_763_148_000_000))]
    #[case("2015-12-10T23:59:08+08:00", Ok(1_449_763_148_000_000))]
    #[case("2015-12-10T23:59:08.25+08:00", Ok(1_449_763_148_250_000))]
    #[case("2015-12-10 23:59:08", Ok(1_449_763_148_000_000))]
    #[case("2015/12/10 23:59:08", Ok(1_449_763_148_000_000))]
    #[case("2015-12-10T23:59", Ok(1_449_763_140_000_000))]
    #[case("2015/12/9 4:05", Ok(1_449_605_100_000_000))]
    #[case("2015/1/9 4:05:07", Ok(1_420_747_507_000_000))]
    #[case("yesterday", Err(NotAMoment::Malformed))]
    #[case("", Err(NotAMoment::Malformed))]
    #[case("2015-02-30 10:00:00", Err(NotAMoment::Malformed))]
    fn texts_are_read_in_the_zone(#[case] text: &str, #[case] expected: Result<i64, NotAMoment>) {
        for zone in ["Asia/Shanghai", "+08:00"] {
            let clock = Clock::in_zone(zone).unwrap();
            assert_eq!(clock.moment_us(text), expected, "{zone}");
        }
    }

    #[test]
    fn a_local_time_without_a_zone_is_refused() {
        let refused = Clock::UTC.moment_us("2015-12-10 23:59:08");
        assert_eq!(refused, Err(NotAMoment::WithoutZone));
        assert!(Clock::in_zone("Asia/Nowhere").is_none());
        assert!(Clock::in_zone("").is_none());
    }

    #[test]
    fn moments_are_told_in_the_zone() {
        let us = 1_449_763_148_250_000;
        let shanghai = Clock::in_zone("Asia/Shanghai").unwrap();
        assert_eq!(shanghai.told(us), "2015-12-10T23:59:08.25+08:00");
        assert_eq!(Clock::UTC.told(us), "2015-12-10T15:59:08.25Z");
    }

    /// In New York a day in November has 25 hours, and one hour comes twice.
    #[test]
    fn clocks_that_are_put_back() {
        let clock = Clock::in_zone("America/New_York").unwrap();
        let (start, end) = clock.day_us(jiff::civil::date(2015, 11, 1)).unwrap();
        assert_eq!(end - start, 25 * 3_600_000_000);
        let twice = clock.moment_us("2015-11-01 01:30:00").unwrap();
        assert_eq!(clock.told(twice), "2015-11-01T01:30:00-04:00");
    }
}
