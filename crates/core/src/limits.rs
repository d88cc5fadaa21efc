//! How much one object may ask for: what lies beyond is an error and never a want of memory or time.

/// Compressed bytes at the start of an object whose ratio does not count: small objects may be as dense as they like.
const RATIO_FROM_BYTES: u64 = 64 * 1024;

/// Bounds on one object. They hold for its bytes as they arrive, so that what came before is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most text of one object, in bytes before compression.
    pub object_bytes: u64,
    /// The most text for each compressed byte, counted from the object's start.
    pub object_ratio: u64,
    /// The most records of one object.
    pub object_records: u64,
    /// The largest record, in bytes.
    pub record_bytes: usize,
}

impl Limits {
    /// No bounds, for text that is one's own.
    pub const NONE: Self =
        Self { object_bytes: u64::MAX, object_ratio: u64::MAX, object_records: u64::MAX, record_bytes: usize::MAX };

    /// The most text, in bytes, of an object of which `read` compressed bytes are there.
    pub(crate) fn text_bytes(&self, read: u64) -> u64 {
        self.object_bytes.min(self.object_ratio.saturating_mul(read.max(RATIO_FROM_BYTES)))
    }
}
