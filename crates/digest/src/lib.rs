//! CloudTrail's digest files, which prove that log files are complete and unchanged.
//!
//! Each hour CloudTrail writes a digest beside the logs of an account and region: the hashes of the log files delivered in that hour, and
//! hash and signature of the digest before it. So the digests of a trail are a chain, and whoever holds the newest signature and the public
//! keys can walk it backwards:
//!
//! ```text
//! key -> (fetch) -> content -> document -> walk: signature, place, link -> log files -> (fetch) -> content -> findings
//! ```
//!
//! Everything here is synchronous and free of AWS, HTTP and async crates; the stages in brackets are the caller's. See
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html>.

mod content;
mod document;
mod examine;
mod finding;
mod key;
mod keys;
mod opened;
mod ports;
mod storage;
mod walk;

pub use content::{Content, ContentError, Inflated};
pub use document::{Digest, DocumentError, LogFile};
pub use finding::{Finding, Problem, reconcile};
pub use key::{ChainId, DigestKey, log_file_time};
pub use keys::{KeyRing, KeysFormatError, PublicKey};
pub use opened::{Metadata, Opened};
pub use ports::{ListKeysError, PublicKeys};
pub use storage::Storage;
pub use walk::{Found, Listed, Step, Walk};
