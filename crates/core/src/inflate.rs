//! Compressed bytes to text, a piece at a time, never more than allowed.
//!
//! Several gzip members in one object are legal gzip (RFC 1952, section 2.2) and are read as one text.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

use crate::object::Encoding;

/// How many compressed bytes are inflated at a time: deflate's ratio is at most
/// 1,032, so one piece is at most 4 MiB of text, whatever the object holds.
const PIECE_BYTES: usize = 4 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The object's bytes cannot be turned into text.
#[derive(Debug, thiserror::Error)]
pub enum InflateError {
    /// The object does not start as gzip does.
    #[error("not gzip: at byte 0 of the object stands {found} instead of 1f 8b")]
    NotGzip {
        /// The first bytes, in hexadecimal.
        found: String,
    },
    /// The object has no bytes.
    #[error("the object is empty (byte 0)")]
    Empty,
    /// The compressed data is damaged, or something else follows it.
    #[error("damaged gzip data near byte {offset} of the object")]
    Corrupt {
        /// Where, in compressed bytes; the damage lies at most one piece before.
        offset: u64,
        /// The decoder's own words.
        #[source]
        source: io::Error,
    },
    /// The compressed data ends too early, or its last checksum is not that of the text.
    #[error("the gzip data ends too early, at byte {offset} of the object, or its checksum does not fit")]
    Truncated {
        /// Where, in compressed bytes.
        offset: u64,
        /// The decoder's own words.
        #[source]
        source: io::Error,
    },
    /// The text is larger than the bound.
    #[error("the uncompressed object is larger than {limit} bytes, reached at byte {offset} of the object")]
    TooLarge {
        /// Where, in compressed bytes.
        offset: u64,
        /// The bound, in uncompressed bytes.
        limit: u64,
    },
}

/// Inflates one object.
#[derive(Debug)]
pub struct Inflater {
    decoder: Option<MultiGzDecoder<Capped>>,
    plain: Capped,
    read: u64,
    head: Vec<u8>,
}

impl Inflater {
    /// An inflater whose text is at most `limit` bytes in all.
    pub fn new(encoding: Encoding, limit: u64) -> Self {
        let capped = || Capped { text: Vec::new(), left: limit, limit, exceeded: false };
        Self {
            decoder: (encoding == Encoding::Gzip).then(|| MultiGzDecoder::new(capped())),
            plain: capped(),
            read: 0,
            head: Vec::new(),
        }
    }

    /// Compressed bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Uncompressed bytes given out so far.
    pub fn bytes_inflated(&self) -> u64 {
        self.sink().limit - self.sink().left
    }

    /// Cuts `bytes` into pieces that [`Self::push`] takes.
    pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        bytes.chunks(PIECE_BYTES)
    }

    /// Inflates one piece and returns its text, which may be empty.
    ///
    /// # Errors
    /// When the piece is no gzip data or the text becomes larger than allowed.
    pub fn push(&mut self, piece: &[u8]) -> Result<&[u8], InflateError> {
        self.check_magic(piece)?;
        self.read += piece.len() as u64;
        self.sink_mut().text.clear();
        let result = match &mut self.decoder {
            Some(decoder) => decoder.write_all(piece).and_then(|()| decoder.flush()),
            None => self.plain.write_all(piece),
        };
        self.checked(result)?;
        Ok(&self.sink().text)
    }

    /// Says that the object is complete.
    ///
    /// # Errors
    /// When the compressed data is not.
    pub fn finish(&mut self) -> Result<(), InflateError> {
        if self.read == 0 {
            return Err(InflateError::Empty);
        }
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        decoder.try_finish().map_err(|source| InflateError::Truncated { offset: self.read, source })
    }

    fn sink(&self) -> &Capped {
        self.decoder.as_ref().map_or(&self.plain, MultiGzDecoder::get_ref)
    }

    fn sink_mut(&mut self) -> &mut Capped {
        match &mut self.decoder {
            Some(decoder) => decoder.get_mut(),
            None => &mut self.plain,
        }
    }

    fn check_magic(&mut self, piece: &[u8]) -> Result<(), InflateError> {
        let missing = GZIP_MAGIC.len().saturating_sub(self.head.len());
        if self.decoder.is_none() || missing == 0 {
            return Ok(());
        }
        self.head.extend(piece.iter().take(missing));
        if GZIP_MAGIC.starts_with(&self.head) {
            return Ok(());
        }
        let found: Vec<String> = self.head.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(InflateError::NotGzip { found: found.join(" ") })
    }

    fn checked(&self, result: io::Result<()>) -> Result<(), InflateError> {
        let sink = self.sink();
        match result {
            Ok(()) => Ok(()),
            Err(_) if sink.exceeded => Err(InflateError::TooLarge { offset: self.read, limit: sink.limit }),
            Err(source) => Err(InflateError::Corrupt { offset: self.read, source }),
        }
    }
}

/// Keeps the text of one piece and refuses what goes beyond the bound.
#[derive(Debug)]
struct Capped {
    text: Vec<u8>,
    left: u64,
    limit: u64,
    exceeded: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len() as u64;
        if length > self.left {
            self.exceeded = true;
            return Err(io::Error::other("larger than allowed"));
        }
        self.left -= length;
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
