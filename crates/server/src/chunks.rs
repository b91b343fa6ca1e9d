//! The frame of a chunked body, followed byte by byte so that the end of the request is known.

/// Longest line of a chunk's size with its extensions, bytes.
const SIZE_LINE_BYTES: usize = 256;

/// Most bytes of all trailer lines.
const TRAILER_BYTES: usize = 4 << 10;

/// Where in a chunked body (RFC 9112, section 7.1) the next byte belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In the digits of a size: their value, and how many there were.
    Size { value: u64, digits: u8 },
    /// Behind the digits, in an extension: the size, and the bytes of the line so far.
    Extension { value: u64, seen: usize },
    /// After the CR of a size line.
    SizeFeed { value: u64 },
    /// In the data: bytes left.
    Data { left: u64 },
    /// Before the CR, or the LF, that ends the data.
    DataEnd { carriage_return: bool },
    /// In the trailers: bytes so far, bytes of this line, and whether a CR came.
    Trailer {
        seen: usize,
        line: usize,
        carriage_return: bool,
    },
    /// Behind the empty line that ends the body.
    Done,
}

/// The frame is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrokenFrame;

impl Chunks {
    pub(crate) const START: Self = Self::Size {
        value: 0,
        digits: 0,
    };

    /// Follows the bytes up to the end of the body, and says how many of them belong to it.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Result<usize, BrokenFrame> {
        let mut at = 0;
        while at < bytes.len() {
            if let Self::Data { left } = self {
                let here = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len() - at);
                *left -= here as u64;
                at += here;
                if *left == 0 {
                    *self = Self::DataEnd {
                        carriage_return: false,
                    };
                }
                continue;
            }
            if *self == Self::Done {
                break;
            }
            *self = self.after(bytes[at])?;
            at += 1;
        }
        Ok(at)
    }

    /// The state after one byte outside the data.
    fn after(self, byte: u8) -> Result<Self, BrokenFrame> {
        match (self, byte) {
            (Self::Size { value, digits }, _) if byte.is_ascii_hexdigit() && digits < 16 => {
                let digit = char::from(byte).to_digit(16).ok_or(BrokenFrame)?;
                Ok(Self::Size {
                    value: value << 4 | u64::from(digit),
                    digits: digits + 1,
                })
            }
            (Self::Size { value, digits: 1.. } | Self::Extension { value, .. }, b'\r') => {
                Ok(Self::SizeFeed { value })
            }
            (Self::Size { value, digits: 1.. }, b';' | b' ' | b'\t') => {
                Ok(Self::Extension { value, seen: 1 })
            }
            (Self::Extension { value, seen }, b'\t' | 0x20..=0x7e | 0x80..)
                if seen < SIZE_LINE_BYTES =>
            {
                Ok(Self::Extension {
                    value,
                    seen: seen + 1,
                })
            }
            (Self::SizeFeed { value: 0 }, b'\n') => Ok(Self::Trailer {
                seen: 0,
                line: 0,
                carriage_return: false,
            }),
            (Self::SizeFeed { value }, b'\n') => Ok(Self::Data { left: value }),
            (
                Self::DataEnd {
                    carriage_return: false,
                },
                b'\r',
            ) => Ok(Self::DataEnd {
                carriage_return: true,
            }),
            (
                Self::DataEnd {
                    carriage_return: true,
                },
                b'\n',
            ) => Ok(Self::START),
            (
                Self::Trailer {
                    line: 0,
                    carriage_return: true,
                    ..
                },
                b'\n',
            ) => Ok(Self::Done),
            (
                Self::Trailer {
                    seen,
                    carriage_return: true,
                    ..
                },
                b'\n',
            ) => Ok(Self::Trailer {
                seen,
                line: 0,
                carriage_return: false,
            }),
            (
                Self::Trailer {
                    seen,
                    line,
                    carriage_return: false,
                },
                b'\r',
            ) => Ok(Self::Trailer {
                seen,
                line,
                carriage_return: true,
            }),
            (
                Self::Trailer {
                    seen,
                    line,
                    carriage_return: false,
                },
                b'\t' | 0x20..=0x7e | 0x80..,
            ) if seen < TRAILER_BYTES => Ok(Self::Trailer {
                seen: seen + 1,
                line: line + 1,
                carriage_return: false,
            }),
            _ => Err(BrokenFrame),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty("0\r\n\r\n")]
    #[case::two("5\r\nhello\r\n6;name=\"v\"\r\n world\r\n0\r\n\r\n")]
    #[case::upper_case_hex("A\r\n0123456789\r\n000\r\n\r\n")]
    #[case::trailers("1\r\n\n\r\n0\r\nX: 1\r\nY: 2\r\n\r\n")]
    fn a_body_ends_where_its_frame_says(#[case] body: &str) {
        let followed = format!("{body}GET / HTTP/1.1\r\n");
        let mut whole = Chunks::START;
        assert_eq!(whole.follow(followed.as_bytes()), Ok(body.len()));
        assert_eq!(whole, Chunks::Done);

        let mut bytewise = Chunks::START;
        for byte in body.as_bytes() {
            assert_eq!(bytewise.follow(&[*byte]), Ok(1));
        }
        assert_eq!(bytewise, Chunks::Done);
        assert_eq!(bytewise.follow(b"G"), Ok(0));
    }

    #[rstest]
    #[case::bare_lf_after_size("5\nhello")]
    #[case::no_size("\r\n")]
    #[case::negative("-1\r\n")]
    #[case::prefix("0x5\r\nhello")]
    #[case::seventeen_digits("00000000000000005\r\n")]
    #[case::data_longer_than_said("1\r\nab\r\n")]
    #[case::bare_lf_after_data("1\r\na\n0")]
    #[case::bare_lf_in_trailer("0\r\nX: 1\n\r\n")]
    #[case::nul_in_extension("1;\0\r\n")]
    fn a_broken_frame_is_told(#[case] body: &str) {
        assert_eq!(
            Chunks::START.clone().follow(body.as_bytes()),
            Err(BrokenFrame)
        );
    }

    #[test]
    fn endless_extensions_and_trailers_are_broken_frames() {
        let extension = format!("1;{}", "x".repeat(SIZE_LINE_BYTES + 1));
        assert_eq!(
            Chunks::START.clone().follow(extension.as_bytes()),
            Err(BrokenFrame)
        );
        let trailer = format!("0\r\n{}", "x".repeat(TRAILER_BYTES + 1));
        assert_eq!(
            Chunks::START.clone().follow(trailer.as_bytes()),
            Err(BrokenFrame)
        );
    }
}
