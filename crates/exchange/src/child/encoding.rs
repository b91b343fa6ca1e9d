//! Which encoding text has: what is said, else what the bytes can be.
//!
//! When nothing says it, UTF-8 is tried first and strictly. Otherwise GB18030 (which holds GBK
//! and GB 2312), Big5 and `Shift_JIS` are tried, strictly, over every value; of those in which all
//! are valid, the one whose characters are the most common ones of its language wins, the earlier
//! in this order when they tie. Each of these encodings puts its common characters into a region
//! of their own, and text of one falls into the rare regions of the others.

use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, SHIFT_JIS, UTF_8};

use crate::Refusal;

/// An encoding by its name or a code page number: `GBK`, `CP936`, `ANSI 936`, `LDID/77`, `UTF-8`.
pub(super) fn of_label(label: &str) -> Result<&'static Encoding, Refusal> {
    let unknown = || Refusal::UnknownEncoding {
        label: label.trim().chars().take(60).collect(),
    };
    let plain = label.trim().trim_start_matches('\u{feff}');
    if let Some(found) = Encoding::for_label(plain.as_bytes()) {
        return Ok(found);
    }
    let upper = plain.to_ascii_uppercase();
    if let Some(byte) = upper.strip_prefix("LDID/") {
        let byte: u8 = byte.trim().parse().map_err(|_| unknown())?;
        return of_language_byte(byte).ok_or_else(unknown);
    }
    let number = upper
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .trim();
    let name = match (upper.as_str(), number) {
        ("SJIS" | "SHIFT-JIS", _) | (_, "932") => "Shift_JIS",
        (_, "936" | "54936") => "GBK",
        (_, "949") => "EUC-KR",
        (_, "950") => "Big5",
        (_, "65001") => "UTF-8",
        (_, "1252" | "88591") => "windows-1252",
        (_, "1251") => "windows-1251",
        _ => return Err(unknown()),
    };
    Encoding::for_label(name.as_bytes()).ok_or_else(unknown)
}

/// The encoding of a `.dbf` language byte; `None` for one that names none.
pub(super) fn of_language_byte(byte: u8) -> Option<&'static Encoding> {
    let label = match byte {
        0x4D | 0x7A => "GBK",
        0x4F | 0x78 => "Big5",
        0x13 | 0x7B => "Shift_JIS",
        0x4E | 0x79 => "EUC-KR",
        0x50 | 0x7C => "windows-874",
        0x57 | 0x03 | 0x58 | 0x59 => "windows-1252",
        0xC8 => "windows-1250",
        0xC9 => "windows-1251",
        0xCA => "windows-1254",
        0xCB => "windows-1253",
        _ => return None,
    };
    // 0x57 is what ArcGIS writes for "the code page of this computer", which says nothing
    (byte != 0x57)
        .then(|| Encoding::for_label(label.as_bytes()))
        .flatten()
}

/// The encoding that all values can have; `None` when they fit none of those tried.
pub(super) fn detect<'a>(
    values: &(impl Iterator<Item = &'a [u8]> + Clone),
) -> Option<&'static Encoding> {
    if all_valid(values, UTF_8) {
        return Some(UTF_8);
    }
    let mut best: Option<(&'static Encoding, f64)> = None;
    for (encoding, weight) in [
        (GB18030, gb_weight as fn(u8, u8) -> f64),
        (BIG5, big5_weight),
        (SHIFT_JIS, jis_weight),
    ] {
        if !all_valid(values, encoding) {
            continue;
        }
        let commonness = commonness(values.clone(), encoding, weight);
        if best.is_none_or(|(_, most)| commonness > most) {
            best = Some((encoding, commonness));
        }
    }
    best.map(|(encoding, _)| encoding)
}

/// Text that is valid throughout, or cut inside its last character; `true` when it was cut.
///
/// Columns have a fixed width in bytes, and programs cut long values there.
pub(super) fn strict(bytes: &[u8], encoding: &'static Encoding) -> Option<(String, bool)> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len())?;
    let mut text = String::with_capacity(room + 8);
    let (outcome, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, false);
    if outcome != DecoderResult::InputEmpty {
        return None;
    }
    let (outcome, _) = decoder.decode_to_string_without_replacement(&[], &mut text, true);
    Some((text, outcome != DecoderResult::InputEmpty))
}

fn all_valid<'a>(
    values: &(impl Iterator<Item = &'a [u8]> + Clone),
    encoding: &'static Encoding,
) -> bool {
    values
        .clone()
        .all(|bytes| strict(bytes, encoding).is_some())
}

/// The mean weight of the two-byte characters, 0 (rare) to 1 (common).
fn commonness<'a>(
    values: impl Iterator<Item = &'a [u8]>,
    encoding: &'static Encoding,
    weight: fn(u8, u8) -> f64,
) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for bytes in values {
        let mut rest = bytes;
        while let [lead, tail @ ..] = rest {
            let single = *lead < 0x80 || (encoding == SHIFT_JIS && (0xA1..=0xDF).contains(lead));
            match tail {
                // half-width katakana: legal, and rare since the nineties
                _ if single => {
                    if *lead >= 0x80 {
                        count += 1.0;
                    }
                    rest = tail;
                }
                [trail, after @ ..] => {
                    sum += weight(*lead, *trail);
                    count += 1.0;
                    rest = after;
                }
                [] => break,
            }
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// GB 2312: level 1 (the 3,755 common characters) in rows B0 to D7, level 2 in D8 to F7.
fn gb_weight(lead: u8, trail: u8) -> f64 {
    match (lead, trail) {
        (0xB0..=0xD7, 0xA1..) => 1.0,
        (0xD8..=0xF7, 0xA1..) => 0.4,
        (0xA1..=0xA3, 0xA1..) => 0.5,
        _ => 0.0,
    }
}

/// Big5: level 1 (the 5,401 common characters) in A4 to C6, level 2 in C9 to F9.
fn big5_weight(lead: u8, _trail: u8) -> f64 {
    match lead {
        0xA4..=0xC6 => 1.0,
        0xC9..=0xF9 => 0.4,
        0xA1..=0xA3 => 0.5,
        _ => 0.0,
    }
}

/// JIS X 0208: kana in 82 and 83, level 1 in 88 to 97, level 2 in 98 to EA.
fn jis_weight(lead: u8, trail: u8) -> f64 {
    match (lead, trail) {
        (0x82, 0x9F..=0xF1) | (0x83, 0x40..=0x96) | (0x88, 0x9F..) | (0x89..=0x97, _) => 1.0,
        (0x82, 0x4F..=0x9A) | (0x81, _) => 0.5,
        (0x98..=0x9F | 0xE0..=0xEA, _) => 0.4,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;
    use rstest::rstest;

    use super::*;

    fn detected(names: &[&str], encoding: &'static Encoding) -> Option<&'static str> {
        let values: Vec<Vec<u8>> = names
            .iter()
            .map(|name| encoding.encode(name).0.into_owned())
            .collect();
        detect(&values.iter().map(Vec::as_slice)).map(Encoding::name)
    }

    const STREETS_OF_LONGGANG: [&str; 6] = [
        "葫芦岛街道",
        "龙湾街道",
        "马仗房街道",
        "双龙街道",
        "玉皇街道",
        "滨海街道",
    ];
    const VILLAGES_OF_TAIWAN: [&str; 6] =
        ["三和村", "大同村", "大庄村", "永定村", "田尾村", "雲林縣"];
    const PLACES_OF_TOTTORI: [&str; 5] = ["鳥取市", "鳥取県", "湖山町北", "あやめ池", "カニ江"];

    #[rstest]
    #[case(&STREETS_OF_LONGGANG, GBK, Some("gb18030"))]
    #[case(&VILLAGES_OF_TAIWAN, BIG5, Some("Big5"))]
    #[case(&PLACES_OF_TOTTORI, SHIFT_JIS, Some("Shift_JIS"))]
    #[case(&STREETS_OF_LONGGANG, UTF_8, Some("UTF-8"))]
    #[case(&["plain", "ASCII"], UTF_8, Some("UTF-8"))]
    fn text_of_each_language_is_recognised(
        #[case] names: &[&str],
        #[case] encoding: &'static Encoding,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(detected(names, encoding), expected);
    }

    #[test]
    fn a_value_cut_inside_a_character_loses_that_character_only() {
        let bytes = GBK.encode("龙港区").0;
        let (text, cut) = strict(&bytes[..5], GBK).unwrap();
        assert_eq!((text.as_str(), cut), ("龙港", true));
        assert_eq!(strict(&[0x41, 0xFF, 0xFF, 0x41], GBK), None);
    }

    #[rstest]
    #[case("GBK", "GBK")]
    #[case("ANSI 936", "GBK")]
    #[case("cp950", "Big5")]
    #[case("932", "Shift_JIS")]
    #[case("LDID/77", "GBK")]
    #[case("utf8", "UTF-8")]
    fn a_label_in_the_wild_names_its_encoding(#[case] label: &str, #[case] name: &str) {
        assert_eq!(of_label(label).unwrap().name(), name);
    }

    #[test]
    fn an_unknown_label_is_an_error() {
        assert!(of_label("klingon").is_err());
    }
}
