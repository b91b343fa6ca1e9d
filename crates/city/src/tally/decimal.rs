//! Decimal numbers that are added without rounding.

use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;

/// Places behind the point.
const PLACES: u8 = 12;

/// Digits before it.
const DIGITS: u8 = 15;

/// The largest exponent that is read, up or down: a shift by more leaves nothing or too much.
const MOST_SHIFT: i32 = 30;

/// A decimal number, in units of 10^-12. Numbers that are read stay below 10^15, so that 10^11 of them can be added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i128);

/// What is no decimal number of at most 15 digits before the point and 12 behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number of at most 15 digits before the point and 12 behind it")]
pub struct NotDecimal;

impl AddAssign for Decimal {
    fn add_assign(&mut self, other: Self) {
        // 10^11 numbers of 10^27 units fit; nothing counts more
        self.0 = self.0.saturating_add(other.0);
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Digits with a sign, a point and an exponent, as far as there are: `-12.5`, `.5`, `3e2`. Nothing is rounded.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (negative, text) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (number, shift) = match text.split_once(['e', 'E']) {
            None => (text, 0),
            Some((number, exponent)) => {
                let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(NotDecimal);
                }
                let shift: i32 = exponent.parse().map_err(|_| NotDecimal)?;
                (number, shift)
            }
        };
        let (whole, behind) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && behind.is_empty() {
            return Err(NotDecimal);
        }
        if !whole
            .bytes()
            .chain(behind.bytes())
            .all(|byte| byte.is_ascii_digit())
        {
            return Err(NotDecimal);
        }
        let digits = whole.bytes().chain(behind.bytes());
        let digits: Vec<u8> = digits.map(|byte| byte - b'0').collect();
        let Some(first) = digits.iter().position(|&digit| digit != 0) else {
            return Ok(Self(0));
        };
        if !(-MOST_SHIFT..=MOST_SHIFT).contains(&shift) {
            return Err(NotDecimal);
        }
        let last = digits
            .iter()
            .rposition(|&digit| digit != 0)
            .unwrap_or(first);
        // the power of ten of a digit is that of its place before the point
        let power = |at: usize| {
            let before = i64::try_from(whole.len()).ok()? - 1 - i64::try_from(at).ok()?;
            Some(before + i64::from(shift))
        };
        let (highest, lowest) = (
            power(first).ok_or(NotDecimal)?,
            power(last).ok_or(NotDecimal)?,
        );
        let (most, places) = (i64::from(DIGITS), i64::from(PLACES));
        if highest >= most || lowest < -places {
            return Err(NotDecimal);
        }
        let mut units = digits[first..=last]
            .iter()
            .fold(0i128, |sum, &digit| sum * 10 + i128::from(digit));
        for _ in 0..lowest + places {
            units *= 10;
        }
        Ok(Self(if negative { -units } else { units }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10u128.pow(u32::from(PLACES));
        let (whole, behind) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let sign = if self.0 < 0 { "-" } else { "" };
        if behind == 0 {
            return write!(f, "{sign}{whole}");
        }
        let behind = format!("{behind:0places$}", places = usize::from(PLACES));
        write!(f, "{sign}{whole}.{}", behind.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0", "0")]
    #[case("-0.000", "0")]
    #[case("+12.50", "12.5")]
    #[case(".5", "0.5")]
    #[case("5.", "5")]
    #[case("-0.000000000001", "-0.000000000001")]
    #[case("999999999999999.999999999999", "999999999999999.999999999999")]
    #[case("3e2", "300")]
    #[case("1.25E-3", "0.00125")]
    #[case("0e999", "0")]
    #[case("000000000000000000000000000007", "7")]
    #[case("0.5000000000000000000000000", "0.5")]
    fn numbers_are_read_whole(#[case] text: &str, #[case] written: &str) {
        assert_eq!(text.parse::<Decimal>().unwrap().to_string(), written);
    }

    #[rstest]
    #[case("")]
    #[case("-")]
    #[case(".")]
    #[case("1,5")]
    #[case("1 000")]
    #[case("--1")]
    #[case("NaN")]
    #[case("inf")]
    #[case("1e")]
    #[case("1e+-2")]
    #[case("1e99999999999")]
    #[case("1000000000000000")]
    #[case("0.0000000000001")]
    #[case("0x10")]
    #[case("１２")]
    fn what_would_be_rounded_is_no_number(#[case] text: &str) {
        assert_eq!(text.parse::<Decimal>(), Err(NotDecimal));
    }

    proptest! {
        #[test]
        fn sums_are_those_of_whole_numbers(numbers in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 0..50)) {
            let mut sum = Decimal::default();
            for number in &numbers {
                let (whole, behind) = (number / 1000, (number % 1000).abs());
                let sign = if *number < 0 && whole == 0 { "-" } else { "" };
                sum += format!("{sign}{whole}.{behind:03}").parse().unwrap();
            }
            let expected: i64 = numbers.iter().sum();
            prop_assert_eq!(sum, Decimal(i128::from(expected) * 1_000_000_000));
        }

        #[test]
        fn what_is_written_is_read_again(units in -(10i128.pow(27) - 1)..10i128.pow(27)) {
            let number = Decimal(units);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
}
