//! The pure stages between a notification and a verdict.
//!
//! ```text
//! notification -> object refs -> (fetch) -> inflate -> split -> normalize -> batch -> (bulk) -> verdict -> books -> ack
//! ```
//!
//! Everything here is synchronous and free of AWS, HTTP and async crates, so
//! that the Lambda function, the command line and the tests run the very same
//! code. The two stages in brackets are ports of `trailsearch-ingest`.

pub mod ack;
pub mod batch;
pub mod books;
pub mod denial;
pub mod inflate;
pub mod limits;
pub mod normalize;
pub mod notification;
pub mod object;
pub mod split;
pub mod tape;
pub mod timing;
pub mod verdict;

#[cfg(test)]
mod testing;
