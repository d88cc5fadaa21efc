//! `testkit`: writes sample objects, for the demo and the benchmark.

use clap::{Args, Parser};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use trailsearch_testkit::load::{self, Limit, Records, Written};
use trailsearch_testkit::{Day, gzip, story};

/// Writes realistic CloudTrail objects.
#[derive(Parser)]
#[command(name = "testkit", version)]
enum Command {
    Story(Story),
    Load(Load),
}

/// Writes one day of a small organization: an object for each hour, account and region.
#[derive(Args)]
struct Story {
    /// The folder that stands for the bucket.
    dir: PathBuf,
    /// The day on which it happens.
    #[arg(long, default_value_t = story::DAY)]
    day: Day,
}

/// Writes gzip objects with records that have the statistics of real trails.
#[derive(Args)]
struct Load {
    /// The file to write; with --objects, a folder.
    file: PathBuf,
    /// Write so many objects, of different records, into a folder.
    #[arg(long)]
    objects: Option<u64>,
    /// Most records of each object.
    #[arg(long, default_value_t = 40_000)]
    records: u64,
    /// End an object after so many bytes, counted before compression.
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    bytes: u64,
    /// Another seed gives other records.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[expect(clippy::print_stdout, reason = "its one line of output is for scripts")]
fn main() -> io::Result<()> {
    let line = match Command::parse() {
        Command::Story(arguments) => write_story(&arguments)?,
        Command::Load(arguments) => write_load(&arguments)?,
    };
    println!("{line}");
    Ok(())
}

fn write_story(arguments: &Story) -> io::Result<serde_json::Value> {
    let objects = story::objects(arguments.day);
    for object in &objects {
        let path = arguments.dir.join(&object.key);
        fs::create_dir_all(path.parent().unwrap_or(&arguments.dir))?;
        fs::write(&path, gzip(&object.body))?;
    }
    let events: usize = objects.iter().map(|object| object.records).sum();
    Ok(serde_json::json!({ "objects": objects.len(), "events": events }))
}

fn write_load(arguments: &Load) -> io::Result<serde_json::Value> {
    let limit = Limit { records: arguments.records, bytes: arguments.bytes };
    let mut records = Records::new(arguments.seed);
    let mut total = Written::default();
    for path in paths(arguments)? {
        let written = load::write_object_within(&mut records, limit, File::create(path)?)?;
        total.records += written.records;
        total.bytes += written.bytes;
    }
    Ok(serde_json::json!({ "records": total.records, "bytes": total.bytes }))
}

/// The files to write.
fn paths(arguments: &Load) -> io::Result<Vec<PathBuf>> {
    let Some(objects) = arguments.objects else { return Ok(vec![arguments.file.clone()]) };
    fs::create_dir_all(&arguments.file)?;
    Ok((0..objects).map(|number| arguments.file.join(format!("{number:06}.json.gz"))).collect())
}
