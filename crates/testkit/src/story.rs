//! One day of a small organization, as CloudTrail would deliver it.
//!
//! Three accounts share an organization trail. At night services do their
//! rounds; in the morning alice signs in, takes the role `Admin`, builds a
//! network and launches an instance; at ten a release rolls out; around noon
//! somebody uses the key of `deploy-bot` from elsewhere, makes a user, opens a
//! security group, tries to stop the trail and cuts a route table loose; carol,
//! the auditor, follows the traces. Every kind of event, category and identity
//! that CloudTrail has occurs at least once.
//!
//! The events stand in `data/story/`, one file per chapter. An event is the
//! part of a record that is its own, with
//!
//! - `at`: its time of day, and `as`: who acts and what else is shared, names
//!   from `cast.json`, each over the ones before;
//! - `account`: `prod` (the default), `dev` or `logs`, the account that receives it;
//! - `for`: a list; the event happens once for each item, `every` so many
//!   seconds, and `${it}` stands for the item; `times`: the same with a count;
//! - `bare`: true where the record has none of the fields that others share.

use crate::clock::{Day, Moment, time_of_day};
use crate::embedded;
use crate::key::{Place, Trail};
use crate::record::{Fields, minify, string};
use crate::rng::{hash, mix};
use crate::template::{Context, Tables};
use std::collections::BTreeMap;

/// The day of the story, where no other is asked for.
pub const DAY: Day = Day::new(2026, 11, 20);
/// How many events the story has, in all objects.
pub const EVENTS: usize = 458;

/// The organization whose trail this is.
pub const ORGANIZATION: &str = "o-exampleorgid";
/// The production account.
pub const PROD: &str = "111122223333";
/// The development account.
pub const DEV: &str = "444455556666";
/// The log archive, which also owns the trail.
pub const LOG_ARCHIVE: &str = "777788889999";
/// The region in which the organization works.
pub const REGION: &str = "eu-central-1";
/// The region of the global services.
pub const GLOBAL_REGION: &str = "us-east-1";

/// The instance that alice launches at 08:52:40 through the role `Admin`.
pub const INSTANCE_ID: &str = "i-0abc1234def567890";
/// The older instance that alice terminates at 15:10:22.
pub const TERMINATED_INSTANCE_ID: &str = "i-0fedc4321ba098765";
/// The security group that is opened to the world at 12:31:48.
pub const SECURITY_GROUP_ID: &str = "sg-0a1b2c3d4e5f60718";
/// The subnet of the launched instance.
pub const SUBNET_ID: &str = "subnet-0c0ffee1234567890";
/// The route table that alice creates at 08:41:10.
pub const ROUTE_TABLE_ID: &str = "rtb-0d15ea5e123456789";
/// Its association with the subnet: made at 08:43:27, cut at 12:47:33.
pub const ROUTE_TABLE_ASSOCIATION_ID: &str = "rtbassoc-0badcafe987654321";
/// The bucket that alice creates at 09:20:15.
pub const BUCKET: &str = "example-orders-export";
/// The user that the key of `deploy-bot` makes at 12:08:19.
pub const CREATED_USER: &str = "support-tmp";
/// The access key that `deploy-bot` issues to [`CREATED_USER`].
pub const CREATED_ACCESS_KEY_ID: &str = "AKIAEXAMPLESUPPORT22";
/// The access key of alice's session of the role `Admin`, issued at 08:31:04.
pub const ADMIN_ACCESS_KEY_ID: &str = "ASIAEXAMPLEADMINSES2";
/// The access key of the session that she chains to it in [`DEV`], issued at 09:05:40.
pub const CHAINED_ACCESS_KEY_ID: &str = "ASIAEXAMPLECHAINED22";

const CAST: &str = include_str!("../data/story/cast.json");
const CHAPTERS: [(&str, &str); 8] = [
    ("night", include_str!("../data/story/night.json")),
    ("signin", include_str!("../data/story/signin.json")),
    ("launch", include_str!("../data/story/launch.json")),
    ("release", include_str!("../data/story/release.json")),
    ("incident", include_str!("../data/story/incident.json")),
    ("identities", include_str!("../data/story/identities.json")),
    ("traffic", include_str!("../data/story/traffic.json")),
    ("kinds", include_str!("../data/story/kinds.json")),
];
/// A digest of an hour in which no log file was delivered: it lists no hashes that could be wrong.
const DIGEST: &str = include_str!("../data/story/digest.json");
/// An object of AWS Config, whose keys look much like CloudTrail's.
const CONFIG_HISTORY: &str = include_str!("../data/story/config-history.json");

/// One object of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogObject {
    /// The key, `AWSLogs/o-exampleorgid/…`.
    pub key: String,
    /// The JSON text, not compressed. The key's `.gz` is still to be made true.
    pub body: String,
    /// How many CloudTrail records it holds: 0 for what is no log.
    pub records: usize,
}

/// The story of `day`, as objects in the order of their keys.
///
/// Equal days give equal objects; another day has other `eventID`s.
#[must_use]
pub fn objects(day: Day) -> Vec<LogObject> {
    let mut places: BTreeMap<Place, Vec<Event>> = BTreeMap::new();
    for event in events(day) {
        places.entry(event.place.clone()).or_default().push(event);
    }
    let mut objects: Vec<LogObject> = places.iter().map(log_object).collect();
    objects.extend([digest(day), config_history(day)]);
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    objects
}

/// An event in its place.
struct Event {
    time: Moment,
    place: Place,
    text: String,
}

/// All events of the day, by time.
fn events(day: Day) -> Vec<Event> {
    let stage = Stage { day, envelope: embedded::envelope(), cast: embedded::parse("cast", CAST) };
    let mut events = Vec::new();
    for (name, json) in CHAPTERS {
        let steps: Vec<Fields> = embedded::parse(name, json);
        for (number, step) in steps.iter().enumerate() {
            let seed = hash(name) ^ hash(&day.to_string()) ^ mix(number as u64);
            events.extend(stage.play(step, seed));
        }
    }
    events.sort_by_key(|event| event.time);
    events
}

/// What all steps have in common.
struct Stage {
    day: Day,
    envelope: Fields,
    cast: BTreeMap<String, Fields>,
}

impl Stage {
    /// The events of one step.
    fn play(&self, step: &Fields, seed: u64) -> Vec<Event> {
        let times: u64 = embedded::field(step, "times", 1);
        let counts = (1..=times).map(|count| count.to_string()).collect();
        let items: Vec<String> = embedded::field(step, "for", counts);
        let every: u64 = embedded::field(step, "every", 60);
        let start = string(step, "at").and_then(time_of_day).unwrap_or(0);
        let layers = self.layers(step);
        let event = |(count, item): (u64, &String)| {
            let time = self.day.at(start + count * every);
            event(&layers, item, time, mix(seed) ^ count)
        };
        (0..).zip(&items).map(event).collect()
    }

    fn layers<'a>(&'a self, step: &'a Fields) -> Vec<&'a Fields> {
        let shared = string(step, "as").unwrap_or("").split_whitespace();
        let mut layers = Vec::new();
        if !embedded::field(step, "bare", false) {
            layers.push(&self.envelope);
        }
        layers.extend(shared.map(|name| embedded::member(&self.cast, name)));
        layers.push(step);
        layers
    }
}

fn event(layers: &[&Fields], item: &str, time: Moment, seed: u64) -> Event {
    let (account, region) = (account(layers), region(layers));
    let context = Context { seed, time, account, region };
    let mut text = String::new();
    embedded::template(layers, item, &Tables::new()).render(&context, &mut text);
    let category = embedded::last(layers, "eventCategory").unwrap_or("Management");
    let place = Place::new(account, Trail::of(category), region, time);
    Event { time, place, text }
}

fn account(layers: &[&Fields]) -> &'static str {
    match embedded::last(layers, "account") {
        Some("dev") => DEV,
        Some("logs") => LOG_ARCHIVE,
        _ => PROD,
    }
}

fn region(layers: &[&Fields]) -> &'static str {
    match embedded::last(layers, "awsRegion") {
        Some(GLOBAL_REGION) => GLOBAL_REGION,
        _ => REGION,
    }
}

fn log_object((place, events): (&Place, &Vec<Event>)) -> LogObject {
    let texts: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
    let list = format!("[{}]", texts.join(","));
    LogObject {
        key: place.key(ORGANIZATION, hash(&list)),
        // Aggregated events come as a bare list.
        body: match place.trail {
            Trail::Aggregated => list,
            _ => format!("{{\"Records\":{list}}}"),
        },
        records: events.len(),
    }
}

fn digest(day: Day) -> LogObject {
    let end = day.at(4 * 3600 + 754);
    let folder = format!("AWSLogs/{ORGANIZATION}/{LOG_ARCHIVE}/CloudTrail-Digest/{REGION}");
    let name = format!("{LOG_ARCHIVE}_CloudTrail-Digest_{REGION}_org-trail_{REGION}");
    stray(&folder, &name, end, DIGEST)
}

fn config_history(day: Day) -> LogObject {
    let folder = format!("AWSLogs/{ORGANIZATION}/{PROD}/Config/{REGION}");
    let name = format!("{PROD}_Config_{REGION}_ConfigHistory_AWS::EC2::Instance");
    stray(&folder, &name, day.at(15 * 3600 + 1_800), CONFIG_HISTORY)
}

/// An object that is no log: `folder/YYYY/MM/DD/name_TIME.json.gz`; `${it}` is its own key.
fn stray(folder: &str, name: &str, time: Moment, body: &str) -> LogObject {
    let context = Context { seed: hash(name), time, account: LOG_ARCHIVE, region: REGION };
    let render = |text: &str| {
        let mut out = String::new();
        embedded::text_template(name, text, &Tables::new()).render(&context, &mut out);
        out
    };
    let key = render(&format!("{folder}/${{path}}/{name}_${{basic}}.json.gz"));
    let body = render(&minify(body).replace("${it}", &key));
    LogObject { key, body, records: 0 }
}

#[cfg(test)]
mod tests;
