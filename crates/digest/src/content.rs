//! Compressed bytes to the hash of their text, a piece at a time.

use std::io::{self, Write};

use aws_lc_rs::digest::{Context, SHA256};
#[expect(
    clippy::disallowed_types,
    reason = "its sink is capped, and what follows the first member is the question"
)]
use flate2::write::GzDecoder;

/// An object's bytes cannot be turned into text.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// It is not gzip, damaged, or cut off.
    #[error("it is no whole gzip data")]
    Damaged(#[source] io::Error),
    /// It is larger than CloudTrail's files are.
    #[error("it inflates to more than {0} bytes")]
    TooLarge(u64),
}

/// What an object holds.
#[derive(Debug)]
pub struct Inflated {
    /// The SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// The text, where it was to be kept.
    pub text: Vec<u8>,
    /// Whether bytes follow the gzip data. They have no part in hash and text.
    pub trailing: bool,
}

/// Inflates and hashes one object.
///
/// CloudTrail writes one gzip member; whatever follows it was added later, even where it is a member itself.
#[derive(Debug)]
pub struct Content {
    #[expect(clippy::disallowed_types, reason = "see above")]
    decoder: GzDecoder<Sink>,
    trailing: bool,
}

impl Content {
    /// Hashes a text of at most `limit` bytes and keeps none of it.
    pub fn hashed(limit: u64) -> Self {
        Self::into(Sink::new(limit, None))
    }

    /// Hashes and keeps a text of at most `limit` bytes.
    pub fn kept(limit: u64) -> Self {
        Self::into(Sink::new(limit, Some(Vec::new())))
    }

    #[expect(clippy::disallowed_types, reason = "see above")]
    fn into(sink: Sink) -> Self {
        Self { decoder: GzDecoder::new(sink), trailing: false }
    }

    /// Takes the next bytes of the object.
    ///
    /// # Errors
    /// When they are no gzip data, or the text becomes too large.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), ContentError> {
        while !bytes.is_empty() && !self.trailing {
            match self.decoder.write(bytes) {
                // The decoder takes nothing more once it has come to the member's end.
                Ok(0) => self.trailing = true,
                Ok(taken) => bytes = &bytes[taken..],
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(())
    }

    /// Says that the object is complete.
    ///
    /// # Errors
    /// When the gzip data is not, or its checksum does not fit.
    pub fn finish(mut self) -> Result<Inflated, ContentError> {
        if let Err(error) = self.decoder.try_finish() {
            return Err(self.error(error));
        }
        let sink = self.decoder.get_mut();
        let sha256 = hex::encode(sink.hash.clone().finish());
        Ok(Inflated { sha256, text: sink.text.take().unwrap_or_default(), trailing: self.trailing })
    }

    fn error(&self, error: io::Error) -> ContentError {
        match self.decoder.get_ref() {
            sink if sink.exceeded => ContentError::TooLarge(sink.limit),
            _ => ContentError::Damaged(error),
        }
    }
}

/// Where the text goes.
struct Sink {
    hash: Context,
    text: Option<Vec<u8>>,
    limit: u64,
    length: u64,
    exceeded: bool,
}

impl Sink {
    fn new(limit: u64, text: Option<Vec<u8>>) -> Self {
        Self { hash: Context::new(&SHA256), text, limit, length: 0, exceeded: false }
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("length", &self.length).field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len() as u64;
        if self.length > self.limit {
            self.exceeded = true;
            return Err(io::Error::other("larger than allowed"));
        }
        self.hash.update(bytes);
        if let Some(text) = &mut self.text {
            text.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use trailsearch_testkit::{gzip, gzip_members};

    use super::*;

    /// Of `abc`, from FIPS 180-4's examples.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn inflated(bytes: &[u8], piece: usize) -> Result<Inflated, ContentError> {
        let mut content = Content::kept(1_000_000);
        bytes.chunks(piece).try_for_each(|piece| content.push(piece))?;
        content.finish()
    }

    #[test]
    fn the_hash_is_that_of_the_text_however_it_is_cut() {
        for piece in [1, 2, 7, 1_000] {
            let found = inflated(&gzip("abc"), piece).unwrap();
            assert_eq!((found.sha256.as_str(), &found.text[..], found.trailing), (ABC, &b"abc"[..], false));
        }
    }

    #[test]
    fn whatever_follows_the_gzip_data_is_told() {
        for (tail, piece) in [(&b"\0"[..], 1), (b"x", 1_000), (&gzip("more"), 5)] {
            let found = inflated(&[&gzip("abc"), tail].concat(), piece).unwrap();
            assert_eq!((found.sha256.as_str(), found.trailing), (ABC, true));
        }
        assert!(inflated(&gzip_members(&["abc", ""]), 1_000).unwrap().trailing);
    }

    #[test]
    fn what_is_not_whole_is_damaged() {
        let whole = gzip("abc");
        for length in 0..whole.len() {
            assert!(matches!(inflated(&whole[..length], 1_000), Err(ContentError::Damaged(_))), "{length}");
        }
        assert!(matches!(inflated(b"{\"Records\":[]}", 1_000), Err(ContentError::Damaged(_))));
        let checksum = whole.len() - 8;
        let flipped: Vec<u8> = whole.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == checksum)).collect();
        assert!(matches!(inflated(&flipped, 1_000), Err(ContentError::Damaged(_))));
    }

    #[test]
    fn a_bomb_is_not_kept() {
        let mut content = Content::hashed(1_000);
        assert!(matches!(content.push(&gzip("0".repeat(100_000))), Err(ContentError::TooLarge(1_000))));
    }
}
