//! What became searchable since one looked last.
//!
//! `ingest.time` tells the second in which the ingestion of an event's log object began. The event becomes searchable
//! some seconds later, or minutes, where the cluster is slow to take it; events of other objects with later seconds may
//! be there by then. So the last minutes are counted again each time, second by second, and those seconds are read again
//! that have more events than were seen.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::Range;

use serde_json::{Value, json};
use trailsearch_search::{OpenSearchIndex, SearchError};

use crate::question::event::{Event, LISTED};
use crate::question::query::all;
use crate::question::top::buckets;

/// For how long an event may be behind others, in milliseconds: as long as a Lambda function may run
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const BEHIND: i64 = 15 * 60 * 1000;

/// How many events are remembered at most; where more come, they may be behind for less long.
const REMEMBERED: usize = 200_000;

/// How many seconds are counted at once.
const SECONDS: usize = 5_000;

/// How many events a page has.
const PAGE: usize = 2_000;

/// Milliseconds of a second.
const SECOND: i64 = 1000;

/// The events of a query, each given once.
pub(super) struct Arrivals<'a> {
    index: &'a OpenSearchIndex,
    indices: String,
    query: Value,
    /// The ids of what was given, by the second of their ingestion in milliseconds since 1970.
    seen: BTreeMap<i64, HashSet<String>>,
    /// The second from which on is counted.
    from: i64,
    /// Seconds that have more events than were seen, still to be read.
    ahead: VecDeque<i64>,
}

/// A hit, and where it stands in the order.
struct Hit {
    second: i64,
    number: i64,
    id: String,
    source: Value,
}

impl<'a> Arrivals<'a> {
    /// What matches the query in these indices; nothing is asked yet.
    pub(super) fn new(index: &'a OpenSearchIndex, indices: String, query: Value) -> Self {
        Self { index, indices, query, seen: BTreeMap::new(), from: i64::MIN, ahead: VecDeque::new() }
    }

    /// Takes note of what is there already, and gives the last of it.
    ///
    /// # Errors
    /// When the cluster does not answer, or cannot read the query.
    pub(super) async fn start(&mut self, last: u32) -> Result<Vec<Event>, SearchError> {
        let newest = self.ask(json!({"size": 0, "aggs": {"newest": {"max": {"field": "ingest.time"}}}})).await?;
        if let Some(newest) = newest.pointer("/aggregations/newest/value").and_then(Value::as_f64) {
            self.from = newest as i64 - BEHIND;
            let counts = self.counts().await?;
            self.from = memorable(&counts).unwrap_or(self.from);
            let there = self.read(self.from..i64::MAX, &[]).await?;
            self.remember(&there);
        }
        let order = json!([{"ingest.time": "desc"}, number("desc")]);
        let hits = hits(self.ask(json!({"size": last, "_source": LISTED, "sort": order})).await?);
        self.remember(&hits);
        Ok(hits.into_iter().map(|hit| Event::new(hit.source)).collect())
    }

    /// Looks where something is new, unless what was found the last time is still to be read.
    ///
    /// # Errors
    /// As of [`Self::start`].
    pub(super) async fn look(&mut self) -> Result<(), SearchError> {
        if !self.ahead.is_empty() {
            return Ok(());
        }
        let counts = self.counts().await?;
        let seen = |second: &i64| self.seen.get(second).map_or(0, HashSet::len);
        self.ahead =
            counts.iter().filter(|(second, count)| seen(second) < **count).map(|(second, _)| *second).collect();
        if let Some((newest, _)) = counts.last_key_value() {
            self.from = self.from.max(newest - BEHIND).max(memorable(&counts).unwrap_or(i64::MIN));
            self.seen = self.seen.split_off(&self.from);
        }
        Ok(())
    }

    /// The new events of one second; none where all are read that [`Self::look`] found.
    ///
    /// # Errors
    /// As of [`Self::start`]. The next call reads the same second again.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Event>>, SearchError> {
        let Some(&second) = self.ahead.front() else { return Ok(None) };
        let mut hits = self.read(second..second + SECOND, &LISTED).await?;
        self.ahead.pop_front();
        let seen = self.seen.get(&second);
        hits.retain(|hit| seen.is_none_or(|seen| !seen.contains(&hit.id)));
        self.remember(&hits);
        Ok(Some(hits.into_iter().map(|hit| Event::new(hit.source)).collect()))
    }

    fn remember(&mut self, hits: &[Hit]) {
        for hit in hits {
            self.seen.entry(hit.second).or_default().insert(hit.id.clone());
        }
    }

    /// How many events the seconds have that have any, from the first one on that counts.
    async fn counts(&self) -> Result<BTreeMap<i64, usize>, SearchError> {
        let seconds = json!({"terms": {"field": "ingest.time", "size": SECONDS, "order": {"_key": "asc"}}});
        let query = self.between(self.from..i64::MAX);
        let found = self.ask(json!({"size": 0, "query": query, "aggs": {"seconds": seconds}})).await?;
        let count =
            |bucket: &Value| Some((bucket["key"].as_i64()?, usize::try_from(bucket["doc_count"].as_u64()?).ok()?));
        Ok(buckets(&found["aggregations"]["seconds"]).iter().filter_map(count).collect())
    }

    /// All hits of a time, page by page.
    async fn read(&self, time: Range<i64>, fields: &[&str]) -> Result<Vec<Hit>, SearchError> {
        let mut body = json!({"size": PAGE, "_source": fields, "query": self.between(time)});
        body["sort"] = json!([{"ingest.time": "asc"}, number("asc")]);
        let mut all: Vec<Hit> = Vec::new();
        loop {
            let page = hits(self.ask(body.clone()).await?);
            let is_last = page.len() < PAGE;
            // Shards number each for themselves: those with the same number come again, and are told apart by their ids.
            let known: HashSet<String> = all.iter().rev().take(PAGE).map(|hit| hit.id.clone()).collect();
            all.extend(page.into_iter().filter(|hit| !known.contains(&hit.id)));
            match all.last() {
                Some(last) if !is_last => body["search_after"] = json!([last.second, last.number - 1]),
                _ => return Ok(all),
            }
        }
    }

    fn between(&self, time: Range<i64>) -> Value {
        let mut range = json!({"format": "epoch_millis"});
        if time.start > i64::MIN {
            range["gte"] = time.start.into();
        }
        if time.end < i64::MAX {
            range["lt"] = time.end.into();
        }
        all([self.query.clone(), json!({"range": {"ingest.time": range}})])
    }

    async fn ask(&self, mut body: Value) -> Result<Value, SearchError> {
        if body["query"].is_null() {
            body["query"] = self.query.clone();
        }
        body["track_total_hits"] = false.into();
        self.index.search(&self.indices, &body).await
    }
}

/// The order of operations on a shard, which parts the events of a second. It is in every index, and its type is said for
/// patterns that match none.
fn number(order: &str) -> Value {
    json!({"_seq_no": {"order": order, "unmapped_type": "long"}})
}

/// The first second from which on not too many events are to be remembered, where that is not the first of all.
fn memorable(counts: &BTreeMap<i64, usize>) -> Option<i64> {
    let mut events = 0;
    let mut seconds = counts.iter().rev().skip_while(|(_, count)| {
        events += **count;
        events <= REMEMBERED
    });
    seconds.next().map(|(second, _)| second + SECOND)
}

fn hits(mut reply: Value) -> Vec<Hit> {
    let hits = reply.pointer_mut("/hits/hits").and_then(Value::as_array_mut).map(std::mem::take);
    let hit = |mut hit: Value| {
        Some(Hit {
            second: hit["sort"][0].as_i64()?,
            number: hit["sort"][1].as_i64()?,
            id: hit["_id"].as_str()?.to_owned(),
            source: hit["_source"].take(),
        })
    };
    hits.unwrap_or_default().into_iter().filter_map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let counts = |counts: &[(i64, usize)]| counts.iter().copied().collect::<BTreeMap<_, _>>();
        assert_eq!(memorable(&counts(&[(1000, 5), (2000, 7)])), None);
        assert_eq!(memorable(&counts(&[(1000, 5), (2000, 1), (3000, REMEMBERED)])), Some(3000));
        assert_eq!(memorable(&counts(&[(3000, REMEMBERED + 1)])), Some(4000));
        assert_eq!(memorable(&BTreeMap::new()), None);
    }
}
