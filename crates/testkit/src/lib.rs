//! Realistic records and objects for tests, the demo and the benchmark.
//!
//! [`story`] is one day of a small organization, some hundred events that hang
//! together; [`load`] is as many records as one likes, with the statistics of
//! real trails. Both are data, in `data/`: records with slots, which this crate
//! fills in. Nothing of it is random: equal arguments give equal bytes. [`digests`]
//! is what proves them, signed with keys made on the spot.

mod clock;
pub mod digests;
mod embedded;
mod gzip;
mod key;
pub mod load;
mod record;
mod rng;
pub mod story;
mod template;

pub use clock::{Day, InvalidDay};
pub use gzip::{gzip, gzip_members};
