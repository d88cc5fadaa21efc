//! Retention: a policy of the cluster's Index State Management that deletes indices when they are old enough. See
//! <https://docs.opensearch.org/latest/im-plugin/ism/api/>.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use trailsearch_core::normalize::IndexBy;
use trailsearch_schema::Flavor;
use trailsearch_search::{OpenSearchIndex, SearchError};

use crate::error::SetupError;
use crate::template::Change;

/// Where the plugin answers.
const PLUGIN: &str = "/_plugins/_ism";

/// An index holds a month and is made with its first event: its last one comes at most so many days later.
const MONTH_DAYS: u32 = 31;

/// What the description of a policy of trailsearch's begins with.
const OWN: &str = "trailsearch: ";

/// Two templates of policies that match one index need different priorities; ours match only what is ours.
const PRIORITY: u32 = 100;

/// How many indices are named in one request: names have at most 255 bytes, and the line of a request 4 KiB.
const PER_REQUEST: usize = 12;

/// What became of retention.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// The policy is there, and followed.
    Installed {
        /// Its name.
        policy: String,
        /// What was done to it.
        change: Change,
        /// How many days after it was made an index is deleted.
        deletes_after_days: u32,
        /// How many indices were there already and follow it since now.
        added: u64,
        /// Indices that do not follow it, and why.
        left: BTreeMap<String, String>,
    },
    /// Nobody chose a number of days, and the policy of an earlier time is still there.
    Kept {
        /// Its name.
        policy: String,
        /// What it does.
        description: String,
    },
    /// There is no policy.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// The policy of an index prefix.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    /// Its name.
    name: String,
    /// The indices of months. What has no time of its own is in another index, to which events come for ever, and stays.
    patterns: Vec<String>,
    /// How many days an event is kept at least; none where nobody chose it.
    days: Option<u32>,
}

/// A policy as the cluster has it.
struct Known {
    description: String,
    seq_no: u64,
    primary_term: u64,
}

impl Policy {
    pub(crate) fn new(prefix: &str, by: IndexBy, days: Option<u32>) -> Self {
        let of_parts = (by != IndexBy::Month).then(|| format!("{prefix}-*-20*"));
        let patterns = std::iter::once(format!("{prefix}-20*")).chain(of_parts).collect();
        Self { name: format!("{prefix}-retention"), patterns, days }
    }

    fn path(&self) -> String {
        format!("{PLUGIN}/policies/{}", self.name)
    }

    /// The requests that install it where there is none: the method, the path and the body of each.
    pub(crate) fn requests(&self) -> Vec<(&'static str, String, Value)> {
        let Some(days) = self.days else { return Vec::new() };
        vec![("PUT", self.path(), self.body(days)), ("POST", self.adding(), self.naming())]
    }

    fn adding(&self) -> String {
        format!("{PLUGIN}/add/{}", self.patterns.join(","))
    }

    fn naming(&self) -> Value {
        json!({"policy_id": self.name})
    }

    /// Says all that the body says: a policy has no other place to tell one from another by.
    fn description(&self, days: u32) -> String {
        let pattern = self.patterns.join(" and ");
        format!(
            "{OWN}keeps events for {days} days: deletes an index of {pattern} {} days after it was made",
            days + MONTH_DAYS
        )
    }

    fn body(&self, days: u32) -> Value {
        let age = format!("{}d", days + MONTH_DAYS);
        json!({"policy": {
            "description": self.description(days),
            "default_state": "kept",
            "states": [
                {"name": "kept", "actions": [],
                 "transitions": [{"state_name": "deleted", "conditions": {"min_index_age": age}}]},
                {"name": "deleted", "actions": [{"delete": {}}], "transitions": []},
            ],
            "ism_template": [{"index_patterns": self.patterns, "priority": PRIORITY}],
        }})
    }

    /// Installs the policy for indices to come and for those that are there, where the cluster has the plugin.
    ///
    /// # Errors
    /// When the cluster does not answer, the plugin does not take the policy, or there is somebody else's of that name.
    pub(crate) async fn install(&self, index: &OpenSearchIndex, flavor: Flavor) -> Result<Outcome, SetupError> {
        if flavor == Flavor::Serverless {
            let reason = "OpenSearch Serverless deletes by a data lifecycle policy, which is made in AWS, beside the collection (aoss:CreateLifecyclePolicy)";
            return Ok(skipped(reason));
        }
        let Some(days) = self.days else { return Ok(self.unchosen(index).await) };
        let known = match self.known(index).await {
            Err(error) if is_no_plugin(&error) => return Ok(no_plugin()),
            known => known?,
        };
        match self.put(index, days, known).await {
            Err(SetupError::Search(SearchError::NotFound { .. })) => Ok(no_plugin()),
            put => {
                let (change, seq_no) = put?;
                let (added, left) = self.attach(index, seq_no).await?;
                let (policy, deletes_after_days) = (self.name.clone(), days + MONTH_DAYS);
                Ok(Outcome::Installed { policy, change, deletes_after_days, added, left })
            }
        }
    }

    /// Nobody chose a number of days: what is there stays, and is told.
    async fn unchosen(&self, index: &OpenSearchIndex) -> Outcome {
        match self.known(index).await {
            Ok(Some(Known { description, .. })) => Outcome::Kept { policy: self.name.clone(), description },
            _ => skipped("no number of days is chosen: indices are kept"),
        }
    }

    /// The policy that the cluster has.
    async fn known(&self, index: &OpenSearchIndex) -> Result<Option<Known>, SearchError> {
        let reply = match index.get(&self.path()).await {
            Ok(reply) => reply,
            Err(SearchError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Known {
            description: reply["policy"]["description"].as_str().unwrap_or_default().to_owned(),
            seq_no: reply["_seq_no"].as_u64().unwrap_or_default(),
            primary_term: reply["_primary_term"].as_u64().unwrap_or_default(),
        }))
    }

    /// Writes the policy where it is not there as it should be; its number, which grows with each change, comes back.
    async fn put(&self, index: &OpenSearchIndex, days: u32, known: Option<Known>) -> Result<(Change, u64), SetupError> {
        let (change, path) = match known {
            None => (Change::Created, self.path()),
            Some(known) if known.description == self.description(days) => return Ok((Change::Unchanged, known.seq_no)),
            Some(Known { description, seq_no, primary_term }) if description.starts_with(OWN) => {
                (Change::Updated, format!("{}?if_seq_no={seq_no}&if_primary_term={primary_term}", self.path()))
            }
            Some(_) => return Err(SetupError::ForeignPolicy(self.name.clone())),
        };
        let reply = index.put_json(&path, &self.body(days)).await?;
        Ok((change, reply["_seq_no"].as_u64().unwrap_or_default()))
    }

    /// Has the indices that are there follow the policy as it is now: those without a policy, and those that follow an
    /// earlier form of it. How many had none, and which do not follow it, with the reason.
    async fn attach(
        &self,
        index: &OpenSearchIndex,
        seq_no: u64,
    ) -> Result<(u64, BTreeMap<String, String>), SetupError> {
        let reply = index.post_json(&self.adding(), &self.naming()).await?;
        let (added, mut left) = (reply["updated_indices"].as_u64().unwrap_or_default(), failed(&reply));
        if left.is_empty() {
            return Ok((added, left));
        }
        let told = index.get(&format!("{PLUGIN}/explain/{}", self.patterns.join(","))).await?;
        left.retain(|name, _| told[name]["policy_id"] != self.name);
        for (name, reason) in &mut left {
            if let Some(other) = told[name]["policy_id"].as_str() {
                *reason = format!("it follows the policy {other}");
            }
        }
        for names in self.outdated(&told, seq_no).chunks(PER_REQUEST) {
            let path = format!("{PLUGIN}/change_policy/{}", names.join(","));
            left.extend(failed(&index.post_json(&path, &self.naming()).await?));
        }
        Ok((added, left))
    }

    /// The indices that follow an earlier form of the policy, or do not say which.
    fn outdated<'t>(&self, told: &'t Value, seq_no: u64) -> Vec<&'t str> {
        let is_outdated = |state: &Value| state["policy_id"] == self.name && state["policy_seq_no"] != seq_no;
        let indices = told.as_object().into_iter().flatten();
        indices.filter(|(_, state)| is_outdated(state)).map(|(name, _)| name.as_str()).collect()
    }
}

/// The indices that a reply says nothing was done to, each with the reason.
fn failed(reply: &Value) -> BTreeMap<String, String> {
    let text = |failed: &Value, name: &str| failed[name].as_str().unwrap_or("?").to_owned();
    let failed = reply["failed_indices"].as_array().into_iter().flatten();
    failed.map(|index| (text(index, "index_name"), text(index, "reason"))).collect()
}

fn is_no_plugin(error: &SearchError) -> bool {
    matches!(error, SearchError::BadRequest { reason, .. } if reason.starts_with("no handler found"))
}

fn no_plugin() -> Outcome {
    skipped("the cluster has no Index State Management plugin: indices are kept")
}

fn skipped(reason: &str) -> Outcome {
    Outcome::Skipped { reason: reason.to_owned() }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed { policy, change, deletes_after_days, added, left } => {
                write!(f, "policy {policy} {change}: an index is deleted {deletes_after_days} days after it was made")?;
                write!(f, "; of those that are there, {added} were added and {} left out", left.len())
            }
            Self::Kept { policy, description } => {
                write!(f, "no number of days is chosen, and policy {policy} stays: {description}")
            }
            Self::Skipped { reason } => write!(f, "skipped: {reason}"),
        }
    }
}
