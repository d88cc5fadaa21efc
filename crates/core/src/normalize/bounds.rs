//! Every bound on a document, in one place.
//!
//! What lies beyond a bound is listed in `ingest.truncated` and kept whole in
//! `ingest.full`, which is stored and not indexed.

/// The longest scalar of a variable part that is indexed, in bytes as written.
///
/// `flat_object` rejects the whole document when `value` or `path=value` exceeds
/// Lucene's 32,766 bytes of one term. Nobody types a term of more than a few
/// hundred characters, and each indexed byte is stored twice, so the bound is lower.
pub const MAX_LEAF_BYTES: usize = 2 * 1024;

/// The longest name of a member, in bytes; names become parts of terms.
pub const MAX_KEY_BYTES: usize = 512;

/// The longest dotted path, in bytes: short enough to be listed as a term, and together with a leaf far below 32,766.
pub const MAX_PATH_BYTES: usize = MAX_TERM_BYTES;

/// The deepest container of a variable part, counted from the part itself.
///
/// The deepest record of 30,418 public ones has 11 levels.
pub const MAX_DEPTH: usize = 48;

/// The most lists inside one another around a typed field; OpenSearch refuses documents with more than 20
/// (`index.mapping.depth.limit`).
pub const MAX_LISTS: usize = 16;

/// The longest number that stays one, in bytes; a longer one becomes text.
///
/// OpenSearch refuses documents with numbers of more than 1,000 digits, and doubles have at most 309 before the point.
pub const MAX_NUMBER_BYTES: usize = 300;

/// The most scalars that are indexed of one record.
///
/// A part is at most 100 KB, so that real records stay below.
pub const MAX_LEAVES: usize = 20_000;

/// The most values of one record that are cut and kept one by one; what is left of an object or a list is
/// then kept as one, so that the document of a hostile record does not become many times as large.
pub const MAX_CUT: usize = 1_000;

/// The most terms of one gathered field (`resource.id`, a promoted name, …).
pub const MAX_TERMS: usize = 256;

/// The longest gathered term, in bytes. ARNs are at most 2,048 characters
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResourceSpecificResult.html>).
pub const MAX_TERM_BYTES: usize = 2 * 1024;

/// The longest JSON or URL-encoded string that is opened to index what is in it, in bytes.
pub const MAX_EMBEDDED_BYTES: usize = 128 * 1024;

/// The most such strings of one record.
pub const MAX_EMBEDDED: usize = 256;
