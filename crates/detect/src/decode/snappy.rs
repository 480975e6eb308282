//! Snappy: a length, then pieces of text and references to what came before
//! (google/snappy, `format_description.txt`), or chunks of such with checksums
//! (`framing_format.txt`).

use std::io::Read as _;

use super::compress::Inflated;
use super::wire;

/// The mark of the framed format.
const MARK: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// Shortest text that is worth a try without a mark.
const SHORTEST: usize = 12;

/// Whether the input begins as the framed format does.
pub(super) fn is_framed(input: &[u8]) -> bool {
    input.starts_with(MARK)
}

/// Whether the input may be without frames: its length is sensible, and what comes first is
/// a piece of text that is there.
pub(super) fn may_be(input: &[u8], bound: usize) -> bool {
    let mut at = 0;
    let Some(length) = wire::varint(input, &mut at).and_then(|n| usize::try_from(n).ok()) else {
        return false;
    };
    // A piece is of 1 to 60 bytes, or its length stands in the bytes behind its mark.
    let Some(first) = input.get(at).filter(|mark| **mark & 3 == 0) else {
        return false;
    };
    let piece = match usize::from(first >> 2) {
        60.. => 1,
        length => length + 1,
    };
    (SHORTEST..=bound).contains(&length) && piece <= length && at + 1 + piece <= input.len()
}

/// Decompresses either format; all of the input is the stream.
pub(super) fn decompress(input: &[u8], bound: usize) -> Inflated {
    if is_framed(input) {
        let mut bytes = Vec::new();
        let decoder = snap::read::FrameDecoder::new(input);
        return match decoder.take(bound as u64 + 1).read_to_end(&mut bytes) {
            Err(_) => Inflated::Corrupt,
            Ok(_) if bytes.len() > bound => Inflated::Bound,
            Ok(_) => Inflated::Whole(bytes),
        };
    }
    match snap::raw::decompress_len(input) {
        Ok(length) if length > bound => Inflated::Bound,
        Ok(1..) => snap::raw::Decoder::new()
            .decompress_vec(input)
            .map_or(Inflated::Corrupt, Inflated::Whole),
        _ => Inflated::Corrupt,
    }
}

/// The command of Perl that decompresses either format.
pub(crate) const COMMAND: &str = r#"perl -0777 -ne 'sub d { my ($s, $p, $o) = ($_[0], 0, ""); 1 while ord(substr $s, $p++, 1) & 128; while ($p < length $s) { my $t = ord substr $s, $p++, 1; if (($t & 3) == 0) { my $l = $t >> 2; if ($l > 59) { my $n = $l - 59; $l = unpack "V", substr($s, $p, $n) . "\0" x 4; $p += $n } $o .= substr $s, $p, $l + 1; $p += $l + 1 } else { my ($l, $f) = (($t >> 2) + 1, 0); if (($t & 3) == 1) { $l = ($t >> 2 & 7) + 4; $f = ($t >> 5 << 8) | ord substr $s, $p++, 1 } else { my $n = ($t & 3) == 2 ? 2 : 4; $f = unpack "V", substr($s, $p, $n) . "\0" x 4; $p += $n } $o .= substr $o, -$f, 1 for 1 .. $l } } $o } if (/^\xff\x06\0\0sNaPpY/) { my $p = 0; while ($p < length) { my ($k, $l) = (ord substr($_, $p, 1), unpack "V", substr($_, $p + 1, 3) . "\0"); my $b = substr $_, $p + 4, $l; $p += 4 + $l; print d(substr $b, 4) if $k == 0; print substr $b, 4 if $k == 1 } } else { print d($_) }'"#;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn both_formats_are_whole_bounded_or_corrupt() {
        let text = b"ann@example.com, ann@example.com, ann@example.com".repeat(20);
        let raw = snap::raw::Encoder::new().compress_vec(&text).unwrap();
        let mut encoder = snap::write::FrameEncoder::new(Vec::new());
        encoder.write_all(&text).unwrap();
        let framed = encoder.into_inner().unwrap();
        assert!(may_be(&raw, text.len()) && !is_framed(&raw) && is_framed(&framed));
        assert!(!may_be(&raw, text.len() - 1));
        for stream in [raw, framed] {
            assert_eq!(
                decompress(&stream, text.len()),
                Inflated::Whole(text.clone())
            );
            assert_eq!(decompress(&stream, text.len() - 1), Inflated::Bound);
            let cut = &stream[..stream.len() - 1];
            assert_eq!(decompress(cut, text.len()), Inflated::Corrupt);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_give_more_than_the_bound(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)
        ) {
            for input in [bytes.clone(), [MARK, &bytes].concat()] {
                if let Inflated::Whole(given) = decompress(&input, 1000) {
                    proptest::prop_assert!(given.len() <= 1000);
                }
            }
        }
    }
}
