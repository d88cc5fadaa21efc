//! Compressed bytes to text, a piece at a time, never more than allowed.
//!
//! Several gzip members in one object are legal gzip (RFC 1952, section 2.2) and are read as one text.

use flate2::{Decompress, DecompressError, FlushDecompress, Status};

use crate::limits::Limits;
use crate::object::Encoding;

/// How many compressed bytes are inflated at a time: deflate's ratio is at most
/// 1,032, so one piece is at most 4 MiB of text, whatever the object holds.
const PIECE_BYTES: usize = 4 * 1024;

/// How much text is made at a time, in bytes, at least.
const STEP_BYTES: usize = 32 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate's largest window, 2^15 bytes, which every gzip file may use.
const WINDOW_BITS: u8 = 15;

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
        /// Where the damage was noticed, in compressed bytes.
        offset: u64,
        /// The decoder's own words.
        #[source]
        source: DecompressError,
    },
    /// The compressed data ends too early.
    #[error("the gzip data ends too early, at byte {offset} of the object")]
    Truncated {
        /// Where, in compressed bytes.
        offset: u64,
    },
    /// The text is larger than the bound.
    #[error("the uncompressed object is larger than the {limit} bytes allowed, reached at byte {offset} of the object")]
    TooLarge {
        /// Where, in compressed bytes.
        offset: u64,
        /// The bound, in uncompressed bytes.
        limit: u64,
    },
    /// The text is larger than the bound for so few compressed bytes.
    #[error(
        "the object inflates to more than the {ratio} times its size allowed, reached at byte {offset} of the object"
    )]
    TooDense {
        /// Where, in compressed bytes.
        offset: u64,
        /// The bound, in uncompressed bytes for each compressed one.
        ratio: u64,
    },
}

/// Inflates one object.
#[derive(Debug)]
pub struct Inflater {
    encoding: Encoding,
    limits: Limits,
    /// The gzip member at hand; none before the first one and between two.
    member: Option<Decompress>,
    /// The text of the last piece.
    text: Vec<u8>,
    read: u64,
    inflated: u64,
    /// The most text that may come of the bytes that have arrived.
    allowed: u64,
    head: Vec<u8>,
    /// What stands behind the text given out last.
    damage: Option<InflateError>,
}

impl Inflater {
    /// An inflater for one object, whose text stays within the limits.
    pub fn new(encoding: Encoding, limits: Limits) -> Self {
        Self {
            encoding,
            limits,
            member: None,
            text: Vec::new(),
            read: 0,
            inflated: 0,
            allowed: 0,
            head: Vec::new(),
            damage: None,
        }
    }

    /// Compressed bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Uncompressed bytes given out so far.
    pub fn bytes_inflated(&self) -> u64 {
        self.inflated
    }

    /// Cuts `bytes` into pieces that [`Self::push`] takes.
    pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        bytes.chunks(PIECE_BYTES)
    }

    /// Inflates one piece and returns its text, which may be empty.
    ///
    /// # Errors
    /// When the piece is no gzip data or the text becomes larger than allowed. The text before such a place is given
    /// out first, and the error comes with the next call, [`Self::finish`] included.
    pub fn push(&mut self, piece: &[u8]) -> Result<&[u8], InflateError> {
        self.fail()?;
        self.decide(piece);
        self.check_magic(piece)?;
        self.text.clear();
        self.allowed = self.limits.text_bytes(self.read + piece.len() as u64);
        let inflated = match self.encoding {
            Encoding::Gzip => self.inflate(piece),
            Encoding::Plain | Encoding::Either => self.copy(piece),
        };
        self.damage = inflated.err();
        if self.text.is_empty() {
            self.fail()?;
        }
        Ok(&self.text)
    }

    /// Says that the object is complete.
    ///
    /// # Errors
    /// When the compressed data is not.
    pub fn finish(&mut self) -> Result<(), InflateError> {
        self.fail()?;
        match self.member {
            _ if self.read == 0 => Err(InflateError::Empty),
            Some(_) => Err(InflateError::Truncated { offset: self.read }),
            None => Ok(()),
        }
    }

    fn fail(&mut self) -> Result<(), InflateError> {
        self.damage.take().map_or(Ok(()), Err)
    }

    /// Tells by the first byte how the others are to be read, where that is open.
    fn decide(&mut self, piece: &[u8]) {
        if let (Encoding::Either, Some(first)) = (self.encoding, piece.first()) {
            self.encoding = if *first == GZIP_MAGIC[0] { Encoding::Gzip } else { Encoding::Plain };
        }
    }

    fn check_magic(&mut self, piece: &[u8]) -> Result<(), InflateError> {
        let missing = GZIP_MAGIC.len().saturating_sub(self.head.len());
        if self.encoding != Encoding::Gzip || missing == 0 {
            return Ok(());
        }
        self.head.extend(piece.iter().take(missing));
        if GZIP_MAGIC.starts_with(&self.head) {
            return Ok(());
        }
        let found: Vec<String> = self.head.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(InflateError::NotGzip { found: found.join(" ") })
    }

    fn copy(&mut self, piece: &[u8]) -> Result<(), InflateError> {
        self.read += piece.len() as u64;
        self.text.extend_from_slice(piece);
        self.keep(0)
    }

    fn inflate(&mut self, mut piece: &[u8]) -> Result<(), InflateError> {
        loop {
            let (taken, ended) = self.step(piece)?;
            piece = &piece[taken..];
            if ended && piece.is_empty() {
                return Ok(());
            }
        }
    }

    /// Inflates what gives one step of text; tells how many bytes it took, and whether that was all of their text.
    fn step(&mut self, bytes: &[u8]) -> Result<(usize, bool), InflateError> {
        if bytes.is_empty() && self.member.is_none() {
            return Ok((0, true));
        }
        let member = self.member.get_or_insert_with(|| Decompress::new_gzip(WINDOW_BITS));
        let (read, start) = (member.total_in(), self.text.len());
        self.text.reserve(STEP_BYTES);
        let status = member.decompress_vec(bytes, &mut self.text, FlushDecompress::None);
        let (taken, room_left) = (member.total_in() - read, self.text.len() < self.text.capacity());
        self.read += taken;
        self.keep(start)?;
        match status {
            Err(source) => return Err(InflateError::Corrupt { offset: self.read, source }),
            Ok(Status::StreamEnd) => self.member = None,
            Ok(Status::Ok | Status::BufError) => {}
        }
        Ok((taken as usize, room_left))
    }

    /// Counts the text from `start` on, and drops what of it is not allowed.
    fn keep(&mut self, start: usize) -> Result<(), InflateError> {
        self.inflated += (self.text.len() - start) as u64;
        let beyond = self.inflated.saturating_sub(self.allowed);
        if beyond == 0 {
            return Ok(());
        }
        self.inflated = self.allowed;
        self.text.truncate(self.text.len() - beyond as usize);
        let (offset, Limits { object_bytes: limit, object_ratio: ratio, .. }) = (self.read, self.limits);
        Err(if self.allowed == limit {
            InflateError::TooLarge { offset, limit }
        } else {
            InflateError::TooDense { offset, ratio }
        })
    }
}

#[cfg(test)]
mod tests;
