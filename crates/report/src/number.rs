//! Numbers as people read them.

/// A whole number with its thousands apart.
///
/// ```
/// assert_eq!(wangge_report::grouped(1_234_567), "1,234,567");
/// ```
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with the word that goes with it.
///
/// ```
/// use wangge_report::counted;
/// assert_eq!(counted(1, "row was skipped", "rows were skipped"), "1 row was skipped");
/// assert_eq!(counted(1_200, "row", "rows"), "1,200 rows");
/// ```
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// An area in the unit that keeps it readable: m2 below a hectare's hundredfold, else km2.
///
/// ```
/// assert_eq!(wangge_report::area(2.126), "2.13 m2");
/// assert_eq!(wangge_report::area(181_234_567.8), "181.235 km2");
/// ```
pub fn area(area_m2: f64) -> String {
    if area_m2.abs() < 1e6 {
        format!("{area_m2:.2} m2")
    } else {
        format!("{:.3} km2", area_m2 / 1e6)
    }
}

/// A length in metres, finer where it is short. What is there never reads as nothing.
///
/// ```
/// assert_eq!(wangge_report::length_m(0.0), "0.000 m");
/// assert_eq!(wangge_report::length_m(0.0002), "<0.001 m");
/// assert_eq!(wangge_report::length_m(0.0123), "0.012 m");
/// assert_eq!(wangge_report::length_m(61.04), "61.0 m");
/// ```
pub fn length_m(length_m: f64) -> String {
    if length_m > 0.0 && length_m < 0.001 {
        "<0.001 m".to_owned()
    } else if length_m < 1.0 {
        format!("{length_m:.3} m")
    } else {
        format!("{length_m:.1} m")
    }
}
