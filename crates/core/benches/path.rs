//! The pure path, gzip bytes to bulk body, against its limit: inflating the same
//! bytes and one SIMD pass that builds a document model of each object.
//!
//! Both run in turn in one process, and CPU time is compared as a ratio, since
//! machines differ and are noisy. `make bench` writes the figures to `target/bench.json`.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and stops at what is wrong")]

use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;

use cpu_time::ProcessTime;
use serde_json::json;
use trailsearch_core::batch::{Batch, BatchLimits, Ids};
use trailsearch_core::inflate::Inflater;
use trailsearch_core::limits::Limits;
use trailsearch_core::normalize::{Normalization, Normalizer, Origin};
use trailsearch_core::object::Encoding;
use trailsearch_core::split::Splitter;
use trailsearch_testkit::{gzip, load};

/// Pairs of runs; the median ratio is reported.
const ROUNDS: usize = 7;

/// Records of one object, as CloudTrail delivers them in a busy account.
const RECORDS_PER_OBJECT: usize = 2_000;

const OBJECTS: u64 = 20;

const LIMITS: BatchLimits = BatchLimits { bytes: 4 << 20, documents: 5_000 };

fn main() {
    let objects: Vec<Vec<u8>> = (0..OBJECTS).map(|seed| gzip(load::object(seed, RECORDS_PER_OBJECT))).collect();
    let mut rounds: Vec<Round> = (0..ROUNDS).map(|_| round(&objects)).collect();
    rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let median = &rounds[ROUNDS / 2];
    let figures = json!({
        "records": median.path.records,
        "bytes_inflated": median.path.bytes,
        "path_cpu_seconds": median.path.seconds,
        "yardstick_cpu_seconds": median.yardstick,
        "ratio": median.ratio(),
        "ratio_min": rounds[0].ratio(),
        "ratio_max": rounds[ROUNDS - 1].ratio(),
        "events_per_cpu_second": median.path.records as f64 / median.path.seconds,
    });
    println!("{figures:#}");
    let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/bench.json");
    std::fs::write(&target, format!("{figures:#}\n")).expect("target/bench.json can be written");
}

struct Run {
    records: u64,
    bytes: u64,
    seconds: f64,
}

struct Round {
    path: Run,
    yardstick: f64,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.path.seconds / self.yardstick
    }
}

fn round(objects: &[Vec<u8>]) -> Round {
    let start = ProcessTime::now();
    objects.iter().for_each(|object| yardstick(object));
    let yardstick = start.elapsed().as_secs_f64();
    let start = ProcessTime::now();
    let (mut records, mut bytes) = (0, 0);
    let mut normalizer = Normalizer::new(&Normalization::default());
    for object in objects {
        let (more, inflated) = path(&mut normalizer, object);
        records += more;
        bytes += inflated;
    }
    Round { path: Run { records, bytes, seconds: start.elapsed().as_secs_f64() }, yardstick }
}

/// Gzip bytes to bulk bodies, as the pipeline does it.
fn path(normalizer: &mut Normalizer, object: &[u8]) -> (u64, u64) {
    let origin = Origin::new("bucket", "bench.json.gz", None, "2026-11-20T00:00:00Z".to_owned());
    let mut inflater = Inflater::new(Encoding::Gzip, Limits::NONE);
    let mut splitter = Splitter::new(Limits::NONE);
    let mut batch = Batch::default();
    let mut records = 0;
    for piece in Inflater::pieces(object) {
        splitter.feed(inflater.push(piece).expect("gzip"));
        while let Some(record) = splitter.next_record().expect("a log") {
            let document = normalizer.document(&record, &origin, records);
            batch.push("cloudtrail", Ids::Event, &document, record.raw, records);
            records += 1;
            if batch.is_full(LIMITS) {
                black_box(batch.take());
            }
        }
    }
    black_box(batch);
    (records, inflater.bytes_inflated())
}

/// What no program can save: inflating, and looking at each byte once.
#[expect(clippy::disallowed_types, reason = "the bench's own objects are no bombs")]
fn yardstick(object: &[u8]) {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(object).read_to_end(&mut text).expect("gzip");
    black_box(simd_json::to_tape(&mut text).expect("JSON"));
}
