//! How the bytes of a tile travel: as they are, or in one of three codings.

use std::cell::RefCell;
use std::io;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use http::{HeaderMap, HeaderValue, header};

/// Entries of `Accept-Encoding` that are looked at.
const MOST_ENTRIES: usize = 32;

/// What brotli calls its quality: from 6 on each step takes twice the time for a hundredth less.
const BROTLI_QUALITY: i32 = 5;

/// As brotli's: 16 MiB, larger than any tile.
const BROTLI_WINDOW: i32 = 22;

/// From 4 to 6 a tile takes nearly twice the time for a hundredth less.
const GZIP_LEVEL: Compression = Compression::new(4);

const ZSTD_LEVEL: i32 = 9;

/// A content coding (RFC 9110, section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

impl Coding {
    /// The smallest first: what is sent to who does not mind.
    pub(crate) const BY_SIZE: [Self; 4] = [Self::Brotli, Self::Zstd, Self::Gzip, Self::Identity];

    /// What archives hold, and what anybody can read.
    pub(crate) const OF_ARCHIVES: [Self; 2] = [Self::Gzip, Self::Identity];

    /// The coding among those `offered`, the smallest first, that a client wants most. Who accepts
    /// none of them gets the bytes as they are, which every client can read.
    pub(crate) fn accepted(headers: &HeaderMap, offered: &[Self]) -> Self {
        let mut weights = [None; Self::BY_SIZE.len()];
        let mut of_others = None;
        let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter();
        let entries = lines.filter_map(|line| line.to_str().ok());
        for entry in entries.flat_map(|line| line.split(',')).take(MOST_ENTRIES) {
            let (name, weight) = weighed(entry);
            let known = Self::BY_SIZE.iter().position(|coding| coding.is(name));
            match known {
                Some(place) => weights[place] = Some(weight),
                None if name == "*" => of_others = Some(weight),
                None => {}
            }
        }
        let mut best = (0.0, Self::Identity);
        for (coding, weight) in Self::BY_SIZE.into_iter().zip(weights) {
            let weight = weight.or(of_others).unwrap_or(0.0);
            if weight > best.0 && offered.contains(&coding) {
                best = (weight, coding);
            }
        }
        best.1
    }

    fn is(self, name: &str) -> bool {
        let own = match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        };
        // the old name of gzip (RFC 9110, section 8.4.1.3)
        name.eq_ignore_ascii_case(own)
            || (self == Self::Gzip && name.eq_ignore_ascii_case("x-gzip"))
    }

    /// For `Content-Encoding`.
    pub(crate) const fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Zstd => Some(HeaderValue::from_static("zstd")),
        }
    }

    /// What stands behind the hash in an entity tag: other bytes, another tag.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gzip",
            Self::Brotli => "-br",
            Self::Zstd => "-zstd",
        }
    }

    /// The bytes in this coding: the same for the same.
    pub(crate) fn encode(self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip => gzip(&bytes),
            Self::Brotli => {
                let params = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW,
                    size_hint: bytes.len(),
                    ..Default::default()
                };
                let mut out = Vec::with_capacity(bytes.len() / 2);
                brotli::BrotliCompress(&mut bytes.as_slice(), &mut out, &params)?;
                Ok(out)
            }
            Self::Zstd => zstd::bulk::compress(&bytes, ZSTD_LEVEL),
        }
    }
}

thread_local! {
    /// Kept: making its tables anew takes longer than packing a small tile.
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(GZIP_LEVEL, false));
}

/// One member of RFC 1952, without a name or a time: the same bytes for the same.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
    out.extend(HEADER);
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        loop {
            let taken = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
            let left = bytes.get(taken..).unwrap_or_default();
            match deflate.compress_vec(left, &mut out, FlushCompress::Finish)? {
                Status::StreamEnd => return Ok::<(), io::Error>(()),
                Status::Ok | Status::BufError => out.reserve(left.len() / 2 + 64),
            }
        }
    })?;
    let mut sum = Crc::new();
    sum.update(bytes);
    out.extend(sum.sum().to_le_bytes());
    // the length modulo 2^32
    out.extend(sum.amount().to_le_bytes());
    Ok(out)
}

/// An entry of a list with weights: the value without its parameters, and its weight, 1 unless
/// given.
pub(crate) fn weighed(entry: &str) -> (&str, f32) {
    // most entries are but a name
    if !entry.as_bytes().contains(&b';') {
        return (entry.trim_ascii(), 1.0);
    }
    let mut parts = entry.split(';');
    let value = parts.next().unwrap_or_default().trim();
    let weight = parts
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.trim_end().eq_ignore_ascii_case("q"))
        .map_or(1.0, |(_, weight)| weight.trim().parse().unwrap_or(0.0));
    (value, weight)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use rstest::rstest;

    use super::*;

    fn accepted(lines: &[&'static str]) -> Coding {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        Coding::accepted(&headers, &Coding::BY_SIZE)
    }

    #[rstest]
    #[case::nothing_said(&[], Coding::Identity)]
    #[case::empty(&[""], Coding::Identity)]
    #[case::browser(&["gzip, deflate, br, zstd"], Coding::Brotli)]
    #[case::plain_http_in_a_browser(&["gzip, deflate"], Coding::Gzip)]
    #[case::by_weight(&["br;q=0.2, gzip;q=0.8, zstd; Q=0.5"], Coding::Gzip)]
    #[case::several_lines(&["gzip;q=0.5", "zstd"], Coding::Zstd)]
    #[case::refused(&["br;q=0, zstd;q=0.000, gzip"], Coding::Gzip)]
    #[case::any(&["*"], Coding::Brotli)]
    #[case::any_but(&["*, br;q=0"], Coding::Zstd)]
    #[case::as_it_is(&["identity, gzip;q=0.5"], Coding::Identity)]
    #[case::as_it_is_among_equals(&["identity, gzip"], Coding::Gzip)]
    #[case::as_it_is_not_at_all(&["identity;q=0, *;q=0"], Coding::Identity)]
    #[case::old_name(&["x-gzip"], Coding::Gzip)]
    #[case::upper_case(&["GZIP"], Coding::Gzip)]
    #[case::unknown(&["deflate, compress"], Coding::Identity)]
    #[case::nonsense(&[";;q=,, gzip;q=much"], Coding::Identity)]
    fn the_coding_is_what_the_client_weighs_most(
        #[case] lines: &[&'static str],
        #[case] coding: Coding,
    ) {
        assert_eq!(accepted(lines), coding);
    }

    #[test]
    fn of_an_archive_a_tile_goes_out_packed_as_it_is_or_not_at_all() {
        for (line, coding) in [
            ("gzip, deflate, br, zstd", Coding::Gzip),
            ("br, gzip;q=0.1", Coding::Gzip),
            ("br, zstd", Coding::Identity),
            ("br, *;q=0.5", Coding::Gzip),
            ("gzip;q=0, br", Coding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(
                Coding::accepted(&headers, &Coding::OF_ARCHIVES),
                coding,
                "{line}"
            );
        }
    }

    #[test]
    fn what_does_not_shrink_and_nothing_at_all_are_gzip_too() {
        let mut last = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            last ^= last << 13;
            last ^= last >> 17;
            last ^= last << 5;
            last.to_be_bytes()[0]
        })
        .take(300_000)
        .collect();
        // one after the other with the same tables
        for bytes in [&noise[..], &[], &noise[..1], &noise[..]] {
            let packed = Coding::Gzip.encode(bytes.to_vec()).unwrap();
            let mut read = Vec::new();
            flate2::read::MultiGzDecoder::new(packed.as_slice())
                .read_to_end(&mut read)
                .unwrap();
            assert!(read == bytes, "{} bytes", bytes.len());
        }
    }

    // read by the decoders of the same crates, as a client would
    #[test]
    fn what_is_encoded_is_read_back() {
        let bytes: Vec<u8> = (0..20_000_u32)
            .flat_map(|i| (i / 7 % 251).to_le_bytes())
            .collect();
        for coding in Coding::BY_SIZE {
            let encoded = coding.encode(bytes.clone()).unwrap();
            assert_eq!(
                encoded,
                coding.encode(bytes.clone()).unwrap(),
                "the same each time"
            );
            let mut read = Vec::new();
            match coding {
                Coding::Identity => read.clone_from(&encoded),
                Coding::Gzip => {
                    flate2::read::GzDecoder::new(encoded.as_slice())
                        .read_to_end(&mut read)
                        .unwrap();
                }
                Coding::Brotli => {
                    brotli::BrotliDecompress(&mut encoded.as_slice(), &mut read).unwrap();
                }
                Coding::Zstd => {
                    read = zstd::bulk::decompress(&encoded, bytes.len()).unwrap();
                }
            }
            assert!(read == bytes, "{coding:?}");
            assert!(coding == Coding::Identity || encoded.len() < bytes.len() / 4);
        }
    }
}
