use std::error::Error;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use trailsearch_testkit::{gzip, gzip_members, load};

use super::*;

const TEXT: &str =
    r#"{"Records":[{"eventName":"RunInstances","eventID":"0123456789abcdef"},{"eventName":"RunInstances"}]}"#;

/// What comes of `bytes` when they arrive in pieces of `size` bytes.
fn inflate(bytes: &[u8], encoding: Encoding, limit: u64, size: usize) -> Result<Vec<u8>, InflateError> {
    let (text, end) = inflate_within(bytes, encoding, at_most(limit), size);
    end.map(|()| text)
}

/// The text before the first error, and that error.
fn inflate_within(
    bytes: &[u8],
    encoding: Encoding,
    limits: Limits,
    size: usize,
) -> (Vec<u8>, Result<(), InflateError>) {
    let mut inflater = Inflater::new(encoding, limits);
    let mut text = Vec::new();
    let pushed = bytes.chunks(size).try_for_each(|piece| {
        text.extend_from_slice(inflater.push(piece)?);
        Ok(())
    });
    let end = pushed.and_then(|()| inflater.finish());
    assert_eq!(inflater.bytes_inflated(), text.len() as u64);
    assert!(end.is_err() || inflater.bytes_read() == bytes.len() as u64);
    (text, end)
}

fn at_most(object_bytes: u64) -> Limits {
    Limits { object_bytes, ..Limits::NONE }
}

fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, InflateError> {
    inflate(bytes, Encoding::Gzip, u64::MAX, PIECE_BYTES)
}

#[test]
fn one_or_many_members_are_one_text() {
    let cases = [
        (gzip(TEXT), TEXT.to_owned()),
        (gzip(""), String::new()),
        (gzip_members(&["{\"Records\"", ":[", "]}"]), "{\"Records\":[]}".to_owned()),
        (gzip_members(&["", "[", "", "", "]", ""]), "[]".to_owned()),
        (gzip_members(&["x"; 500]), "x".repeat(500)),
    ];
    for (bytes, expected) in &cases {
        for size in [1, 2, 7, 19, PIECE_BYTES] {
            let text = inflate(bytes, Encoding::Gzip, u64::MAX, size).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), *expected, "in pieces of {size}");
        }
    }
}

#[test]
fn headers_with_names_and_comments_are_read() {
    let builder = flate2::GzBuilder::new().filename("log.json").comment("a comment").extra(vec![1, 2, 3]).mtime(1);
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(TEXT.as_bytes()).unwrap();
    let bytes = encoder.finish().unwrap();
    for size in [1, 5, PIECE_BYTES] {
        assert_eq!(inflate(&bytes, Encoding::Gzip, u64::MAX, size).unwrap(), TEXT.as_bytes());
    }
}

#[test]
fn plain_text_passes_as_it_is() {
    for size in [1, 10, PIECE_BYTES] {
        assert_eq!(inflate(TEXT.as_bytes(), Encoding::Plain, u64::MAX, size).unwrap(), TEXT.as_bytes());
    }
    // A plain name promises plain text, whatever the bytes look like.
    let zipped = gzip(TEXT);
    assert_eq!(inflate(&zipped, Encoding::Plain, u64::MAX, 10).unwrap(), zipped);
}

#[test]
fn an_object_without_bytes_is_empty() {
    for encoding in [Encoding::Gzip, Encoding::Plain] {
        let error = inflate(b"", encoding, u64::MAX, 1).unwrap_err();
        assert_eq!(error.to_string(), "the object is empty (byte 0)");
        let mut inflater = Inflater::new(encoding, at_most(1));
        assert!(inflater.push(b"").unwrap().is_empty());
        assert!(matches!(inflater.finish(), Err(InflateError::Empty)));
    }
}

#[test]
fn what_is_no_gzip_shows_how_it_starts() {
    let cases: [(&[u8], &str); 4] =
        [(b"{\"Records\":[]}", "7b 22"), (b"PK\x03\x04", "50 4b"), (b"\x1f\x9d", "1f 9d"), (b"{", "7b")];
    for (bytes, found) in cases {
        let error = gunzip(bytes).unwrap_err();
        assert_eq!(error.to_string(), format!("not gzip: at byte 0 of the object stands {found} instead of 1f 8b"));
    }
    // Byte by byte the first wrong one tells.
    let error = inflate(b"\x1f\x9d", Encoding::Gzip, 1, 1).unwrap_err();
    assert!(error.to_string().contains("1f 9d"), "{error}");
}

#[test]
fn gzip_cut_at_any_byte_is_truncated() {
    for bytes in [gzip(TEXT), gzip(""), gzip_members(&["[{}", "]"])] {
        let first_member = gzip("[{}").len();
        for length in 1..bytes.len() {
            let whole_member = bytes == gzip_members(&["[{}", "]"]) && length == first_member;
            for size in [1, 3, PIECE_BYTES] {
                let result = inflate(&bytes[..length], Encoding::Gzip, u64::MAX, size);
                if whole_member {
                    // Cut between two members: what is left is whole gzip, and the splitter finds the gap.
                    assert_eq!(result.unwrap(), b"[{}");
                    continue;
                }
                let Err(InflateError::Truncated { offset, .. }) = result else { panic!("cut at {length}: {result:?}") };
                assert_eq!(offset, length as u64);
            }
        }
    }
}

#[test]
fn a_flipped_bit_never_gives_another_text() {
    let bytes = gzip(TEXT);
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        match gunzip(&damaged) {
            // Header bytes that say nothing about the text: flags of its kind, time, system.
            Ok(text) => assert_eq!(text, TEXT.as_bytes(), "bit {bit}"),
            Err(error) => assert!(bit < 16 || !matches!(error, InflateError::NotGzip { .. }), "bit {bit}: {error}"),
        }
    }
}

#[test]
fn a_wrong_checksum_or_length_is_found() {
    let bytes = gzip(TEXT);
    for back in 1..=8 {
        let mut damaged = bytes.clone();
        let at = damaged.len() - back;
        damaged[at] ^= 1;
        let error = gunzip(&damaged).unwrap_err();
        assert!(matches!(error, InflateError::Corrupt { .. }), "{error}");
        let cause = error.source().unwrap().to_string();
        assert!(cause.ends_with(if back > 4 { "incorrect data check" } else { "incorrect length check" }), "{cause}");
    }
}

#[test]
fn trailing_garbage_is_damage() {
    for garbage in [&b"garbage"[..], b"\0\0\0\0\0\0\0\0\0\0", b"}"] {
        for size in [1, PIECE_BYTES] {
            let bytes = [&gzip(TEXT), garbage].concat();
            let error = inflate(&bytes, Encoding::Gzip, u64::MAX, size).unwrap_err();
            assert!(matches!(error, InflateError::Corrupt { .. } | InflateError::Truncated { .. }), "{error}");
        }
    }
    let error = gunzip(&[&gzip(TEXT), &b"a longer tail"[..]].concat()).unwrap_err();
    let offset = gzip(TEXT).len() + 2;
    assert_eq!(error.to_string(), format!("damaged gzip data near byte {offset} of the object"));
}

#[test]
fn the_text_is_at_most_as_long_as_allowed() {
    let length = TEXT.len() as u64;
    for (bytes, encoding) in [(gzip(TEXT), Encoding::Gzip), (TEXT.as_bytes().to_vec(), Encoding::Plain)] {
        for size in [1, PIECE_BYTES] {
            assert!(inflate(&bytes, encoding, length, size).is_ok());
            let error = inflate(&bytes, encoding, length - 1, size).unwrap_err();
            assert!(matches!(error, InflateError::TooLarge { limit, .. } if limit == length - 1), "{error}");
        }
    }
    let members = gzip_members(&["0123456789"; 10]);
    assert!(matches!(inflate(&members, Encoding::Gzip, 99, 10), Err(InflateError::TooLarge { limit: 99, .. })));
}

#[test]
fn the_text_before_the_damage_is_given_out() {
    let text = load::object(1, 20);
    let whole = gzip(&text);
    for at in (12..whole.len() - 8).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let expected = inflate_within(&damaged, Encoding::Gzip, Limits::NONE, 1);
        // What damage looks like text of its own lies behind all that is right.
        let right = expected.0.iter().zip(text.as_bytes()).take_while(|(a, b)| a == b).count();
        let before = inflate_within(&whole[..at], Encoding::Gzip, Limits::NONE, PIECE_BYTES).0.len();
        assert!(right >= before, "damage at {at}: {right} of {before} bytes");
        for size in [100, PIECE_BYTES, usize::MAX] {
            let (given, end) = inflate_within(&damaged, Encoding::Gzip, Limits::NONE, size);
            assert_eq!(given, expected.0, "damage at {at}");
            assert_eq!(
                end.map_err(|error| error.to_string()),
                expected.1.as_ref().copied().map_err(ToString::to_string)
            );
        }
    }
}

#[test]
fn an_error_comes_once_its_text_is_given_out() {
    let mut inflater = Inflater::new(Encoding::Gzip, at_most(10));
    assert_eq!(inflater.push(&gzip(TEXT)).unwrap(), &TEXT.as_bytes()[..10]);
    assert!(matches!(inflater.finish(), Err(InflateError::TooLarge { .. })));
    let mut inflater = Inflater::new(Encoding::Plain, at_most(10));
    assert_eq!(inflater.push(&[b'x'; 11]).unwrap(), [b'x'; 10]);
    assert!(matches!(inflater.push(b"x"), Err(InflateError::TooLarge { offset: 11, limit: 10 })));
}

#[test]
fn dense_text_is_bounded_by_what_has_arrived() {
    let ratio = |object_ratio| Limits { object_ratio, ..Limits::NONE };
    let bytes = bomb();
    let (text, end) = inflate_within(&bytes, Encoding::Gzip, ratio(100), PIECE_BYTES);
    let error = end.unwrap_err();
    assert!(matches!(error, InflateError::TooDense { ratio: 100, .. }), "{error}");
    // What comes first is allowed as much as 64 KiB are.
    assert_eq!(text.len(), 64 * 1024 * 100);
    assert!(inflate_within(&bytes, Encoding::Gzip, ratio(1_032), PIECE_BYTES).1.is_ok());

    let ordinary = gzip(load::object(1, 20_000));
    assert!(ordinary.len() > 1 << 20);
    assert!(inflate_within(&ordinary, Encoding::Gzip, ratio(20), PIECE_BYTES).1.is_ok());
    assert!(inflate_within(&ordinary, Encoding::Gzip, ratio(2), PIECE_BYTES).1.is_err());
}

/// 100 MB of zeros in about 100 KB.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b'0'; 1_000_000];
    (0..100).for_each(|_| encoder.write_all(&zeros).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn a_bomb_stays_small_piece_by_piece() {
    let bytes = bomb();
    let mut inflater = Inflater::new(Encoding::Gzip, Limits::NONE);
    let (mut total, mut largest) = (0, 0);
    for piece in Inflater::pieces(&bytes) {
        let text = inflater.push(piece).unwrap();
        total += text.len();
        largest = largest.max(text.len());
    }
    inflater.finish().unwrap();
    assert_eq!(total, 100_000_000);
    assert!(largest < 5 << 20, "{largest} bytes of text from one piece");
    assert!(inflater.text.capacity() < 10 << 20);
    assert!(matches!(inflate(&bytes, Encoding::Gzip, 10_000_000, PIECE_BYTES), Err(InflateError::TooLarge { .. })));
}

#[test]
fn where_it_is_open_the_first_byte_tells_the_encoding() {
    for size in [1, 7, PIECE_BYTES] {
        for bytes in [gzip(TEXT), TEXT.as_bytes().to_vec()] {
            assert_eq!(inflate(&bytes, Encoding::Either, u64::MAX, size).unwrap(), TEXT.as_bytes());
        }
        let half = inflate(&gzip(TEXT)[..20], Encoding::Either, u64::MAX, size);
        assert!(matches!(half, Err(InflateError::Truncated { .. })));
        assert!(matches!(inflate(b"\x1f", Encoding::Either, u64::MAX, size), Err(InflateError::Truncated { .. })));
        assert!(matches!(inflate(b"", Encoding::Either, u64::MAX, size), Err(InflateError::Empty)));
    }
}
