//! Gzip, as CloudTrail compresses its objects.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// Compresses `text` into one gzip member. Equal texts give equal bytes.
#[must_use]
pub fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    gzip_members(&[text])
}

/// Compresses each part into a gzip member of its own, one after the other:
/// legal gzip, whose content is the parts joined.
#[must_use]
pub fn gzip_members(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        // A write to a vector cannot fail.
        let _ = write_member(part.as_ref(), &mut bytes);
    }
    bytes
}

fn write_member(text: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let mut encoder = GzEncoder::new(out, Compression::default());
    encoder.write_all(text)?;
    encoder.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[expect(clippy::disallowed_types, reason = "the inflated size is known here, and several members are the point")]
    fn gunzip(bytes: &[u8]) -> String {
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn members_join_to_one_text() {
        let bytes = gzip_members(&["{\"Records\":", "[]}"]);
        assert_eq!(gunzip(&bytes), "{\"Records\":[]}");
        assert_eq!(gunzip(&gzip("")), "");
    }

    #[test]
    fn equal_texts_give_equal_bytes() {
        assert_eq!(gzip("a record"), gzip("a record"));
    }
}
