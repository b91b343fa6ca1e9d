//! Four edges near a cell's corner at once: which of them the path of the module `path` crosses.
//!
//! Places are pairs of 16-bit offsets from the reference corner, x in the low half of a word and y in the high one.
//! They lie in one box with the cell that is at most [`REACH`] wide and high. So every difference of two of them
//! fits 16 bits, every product is below 2^30, and so is the sum of two that makes a cross product: it is
//! twice the area of a triangle in that box. Nothing overflows.

use crate::path::{Place, rightward_crossings};

/// The box around a cell and its edges is at most this wide and high, lattice units (about 360 m).
pub(crate) const REACH: i64 = i16::MAX as i64;

/// Edges that are looked at together.
pub(crate) const TOGETHER: usize = 4;

/// Two ends of each of four upward edges.
pub(crate) type Ends = [u32; 2 * TOGETHER];

/// A pair of offsets in one word.
#[inline]
pub(crate) const fn packed(x: i16, y: i16) -> u32 {
    x.cast_unsigned() as u32 | (y.cast_unsigned() as u32) << 16
}

/// The offsets in a word.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves of a word")]
pub(crate) const fn unpacked(word: u32) -> (i16, i16) {
    (
        (word as u16).cast_signed(),
        ((word >> 16) as u16).cast_signed(),
    )
}

/// Which edges the path from the corner to `p` crosses an odd number of times: a bit each.
#[inline]
pub(crate) fn crossed(ends: &Ends, p: u32) -> u32 {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    {
        #[expect(
            unsafe_code,
            reason = "four edges in the time of one: half of what a lookup takes near borders"
        )]
        // SAFETY: the function needs SSE2, without which this is not compiled
        unsafe {
            crossed_together(ends, p)
        }
    }
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    crossed_one_by_one(ends, p)
}

/// By the instructions that every x86-64 processor has.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[target_feature(enable = "sse2")]
#[inline]
#[expect(
    clippy::cast_possible_wrap,
    reason = "words are bits, and of a mask only four"
)]
fn crossed_together(ends: &Ends, p: u32) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_castps_si128, _mm_castsi128_ps, _mm_cmpgt_epi16,
        _mm_cmpgt_epi32, _mm_madd_epi16, _mm_movemask_ps, _mm_or_si128, _mm_set_epi32,
        _mm_set1_epi32, _mm_setzero_si128, _mm_shuffle_ps, _mm_slli_epi32, _mm_srli_epi32,
        _mm_sub_epi16, _mm_xor_si128,
    };
    let [a0, b0, a1, b1, a2, b2, a3, b3] = ends.map(u32::cast_signed);
    let first = _mm_castsi128_ps(_mm_set_epi32(b1, a1, b0, a0));
    let second = _mm_castsi128_ps(_mm_set_epi32(b3, a3, b2, a2));
    let a = _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(first, second));
    let b = _mm_castps_si128(_mm_shuffle_ps::<0b11_01_11_01>(first, second));
    let r = _mm_setzero_si128();
    let p_word = p as i32;
    let q = _mm_set1_epi32(p_word & 0xffff_0000_u32 as i32);
    let p = _mm_set1_epi32(p_word);
    // (-dy, dx), so that the sum of products with (sx, sy) is the cross product
    let across = {
        let (d, back) = (_mm_sub_epi16(b, a), _mm_sub_epi16(a, b));
        _mm_or_si128(_mm_slli_epi32::<16>(d), _mm_srli_epi32::<16>(back))
    };
    let is_left = |s: __m128i| {
        let cross = _mm_madd_epi16(across, _mm_sub_epi16(s, a));
        _mm_cmpgt_epi32(cross, _mm_setzero_si128())
    };
    let (at_p, at_q, at_r) = (is_left(p), is_left(q), is_left(r));
    // in the low half, whether the edge meets the line through r and q, in the high one, that through q and p
    let meets = _mm_xor_si128(_mm_cmpgt_epi16(a, q), _mm_cmpgt_epi16(b, q));
    let east = _mm_and_si128(_mm_xor_si128(at_q, at_p), meets);
    let north = _mm_slli_epi32::<16>(_mm_and_si128(_mm_xor_si128(at_r, at_q), meets));
    let odd = _mm_xor_si128(east, north);
    _mm_movemask_ps(_mm_castsi128_ps(odd)).cast_unsigned()
}

/// The same without instructions of one kind of processor.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
fn crossed_one_by_one(ends: &Ends, p: u32) -> u32 {
    let edges = ends.as_chunks().0.iter().zip(0..);
    edges.fold(0, |mask, (&ends, edge)| {
        mask | u32::from(rightward_crossings_near(ends, p) != 0) << edge
    })
}

/// As [`rightward_crossings`], from the corner that the offsets are from.
#[inline]
pub(crate) fn rightward_crossings_near([a, b]: [u32; 2], p: u32) -> i32 {
    let place = |word: u32| {
        let (x, y) = unpacked(word);
        Place {
            x: x.into(),
            y: y.into(),
        }
    };
    rightward_crossings(place(a), place(b), Place { x: 0, y: 0 }, place(p))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A place in a box that reaches as far as offsets may, or in a small one, where cases of equality abound.
    fn place() -> impl Strategy<Value = (i16, i16)> {
        prop_oneof![
            (-16_384i16..=16_383, -16_384i16..=16_383),
            (-3i16..4, -3i16..4)
        ]
    }

    prop_compose! {
        fn edge()(a in place(), b in place()) -> [u32; 2] {
            // upward, or level to the west
            let upward = a.1 < b.1 || (a.1 == b.1 && a.0 > b.0);
            let (a, b) = if upward { (a, b) } else { (b, a) };
            [packed(a.0, a.1), packed(b.0, b.1)]
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn four_together_are_crossed_as_one_by_one(
            edges in [edge(), edge(), edge(), edge()],
            p in prop_oneof![(0i16..=16_383, 0i16..=16_383), (0i16..4, 0i16..4)],
        ) {
            let ends: Ends = edges.as_flattened().try_into().expect("four edges");
            let p = packed(p.0, p.1);
            prop_assert_eq!(crossed(&ends, p), crossed_one_by_one(&ends, p));
        }
    }

    #[test]
    fn offsets_at_both_ends_do_not_overflow() {
        let top = i16::MAX;
        for (a, b) in [
            ((0, 0), (top, top)),
            ((top, 0), (0, top)),
            ((top, 0), (0, 0)),
            ((0, 0), (0, top)),
        ] {
            for p in [(0, 0), (top, 0), (0, top), (top, top), (1, top - 1)] {
                let edge = [packed(a.0, a.1), packed(b.0, b.1)];
                let ends: Ends = [edge; 4].as_flattened().try_into().expect("four edges");
                let p = packed(p.0, p.1);
                assert_eq!(
                    crossed(&ends, p),
                    crossed_one_by_one(&ends, p),
                    "{a:?} {b:?} {p:x}"
                );
            }
        }
    }
}
