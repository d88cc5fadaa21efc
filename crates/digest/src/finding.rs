//! What was found, with a sentence that says what it means and what to do.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

/// Something that is not as it should be, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The object it is about, `s3://bucket/key` or a path.
    pub object: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub problem: Problem,
}

impl Finding {
    /// A finding about `object`.
    pub fn new(object: impl ToString, problem: Problem) -> Self {
        Self { object: object.to_string(), problem }
    }

    /// Whether it breaks the proof; all others only inform.
    pub fn is_failure(&self) -> bool {
        !matches!(self.problem, Problem::NotCovered)
    }
}

/// What is wrong with a digest or log file. Objects in it are spelled as in [`Finding::object`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Problem {
    /// The object is not there.
    #[error(
        "the digest is missing, though {named_by} follows it, so nothing proves the log files of its hour: restore it from a version or replica of the bucket; where a lifecycle rule removed it, verify from a later day on"
    )]
    DigestMissing {
        /// The digest that names it.
        named_by: String,
    },
    /// The storage does not give it out.
    #[error(
        "the digest could not be read ({reason}), so nothing is known of its hour: remove the cause and verify again"
    )]
    DigestUnreadable {
        /// Why.
        reason: String,
    },
    /// Its content is no digest.
    #[error(
        "the digest is damaged ({reason}), so nothing proves the log files of its hour: restore it from a version or replica of the bucket"
    )]
    DigestDamaged {
        /// What it is instead.
        reason: String,
    },
    /// Something was added to the object.
    #[error(
        "bytes were added behind the digest's own, whose signature is right: find out who wrote the object again, and restore it"
    )]
    DigestTrailingBytes,
    /// The next digest knows another content.
    #[error(
        "the digest is not the one that CloudTrail wrote: {named_by}, which follows it, has another hash; find out who wrote it, and restore it from a version or replica of the bucket"
    )]
    DigestChanged {
        /// The digest that names it.
        named_by: String,
    },
    /// It lies where CloudTrail did not write it.
    #[error(
        "the digest does not lie where CloudTrail wrote it, which is {original}: find out who moved it, and move it back"
    )]
    DigestMoved {
        /// Where CloudTrail wrote it.
        original: String,
    },
    /// Each of two digests lies where the other should.
    #[error("the digest and {with} lie in each other's place: find out who moved them, and move them back")]
    DigestsSwapped {
        /// The other one.
        with: String,
    },
    /// The digests around it know nothing of it.
    #[error(
        "the digest is rightly signed, but no later one follows it, as if the chain had been led around it: ask AWS Support whether CloudTrail wrote it twice"
    )]
    DigestUnlinked,
    /// The chain runs forward in time.
    #[error(
        "the digest names {previous} as the one before it, which is not older, so the order of the chain proves nothing here: ask AWS Support"
    )]
    PreviousNotOlder {
        /// The digest that it names.
        previous: String,
    },
    /// The next digest knows another signature, and that one is right.
    #[error(
        "the signature in the digest's metadata is not CloudTrail's, though its content is, as the next digest proves: find out who wrote the metadata, and restore the object"
    )]
    SignatureChanged,
    /// Neither is proven.
    #[error(
        "the signature does not fit the digest, so its content or its signature was changed, and nothing proves the log files of its hour: restore the object from a version or replica of the bucket"
    )]
    SignatureInvalid,
    /// There is none to check.
    #[error(
        "no signature of the digest is known, so nothing proves the log files of its hour: it stands in the object's metadata (signature, SHA256withRSA) and in the next digest; for a copy, keep the answer of `aws s3api head-object` beside it"
    )]
    SignatureMissing,
    /// Its key is not at hand.
    #[error(
        "the public key {fingerprint} of the digest is not among those of its region and time, so its signature cannot be checked: see that the keys are those of its region and time; if they are, CloudTrail did not sign it"
    )]
    KeyUnknown {
        /// The key's name.
        fingerprint: String,
    },
    /// A chain begins although there are older digests.
    #[error(
        "the chain begins anew here: between {from} and {to} no digest was written, as when validation or logging is switched off; look for StopLogging, UpdateTrail and DeleteTrail in that time, and verify both sides of it alone"
    )]
    Gap {
        /// The end of the last digest before it.
        from: String,
        /// The beginning of this digest's hour.
        to: String,
    },
    /// The object is not there.
    #[error("the log file is missing, though {named_by} names it: restore it from a version or replica of the bucket")]
    LogMissing {
        /// The digest that names it.
        named_by: String,
    },
    /// The storage does not give it out.
    #[error("the log file could not be read ({reason}): remove the cause and verify again")]
    LogUnreadable {
        /// Why.
        reason: String,
    },
    /// It cannot be inflated.
    #[error("the log file is damaged ({reason}): restore it from a version or replica of the bucket")]
    LogDamaged {
        /// What is wrong.
        reason: String,
    },
    /// Its hash is another.
    #[error(
        "the log file is not the one that CloudTrail wrote: its hash is another than in {named_by}; find out who wrote it, and restore it from a version or replica of the bucket"
    )]
    LogChanged {
        /// The digest that names it.
        named_by: String,
    },
    /// Something was added to the object.
    #[error(
        "bytes were added behind the log file's own, whose hash is right: find out who wrote the object again, and restore it"
    )]
    LogTrailingBytes,
    /// No digest names it.
    #[error(
        "no digest names this log file though its hour is covered, so nothing proves it: it may belong to a trail without validation, or was put here by somebody else"
    )]
    NotCovered,
}

/// Brings together what belongs together: a digest that was moved is not missing as well, and two that lie in
/// each other's place are one finding.
pub fn reconcile(findings: Vec<Finding>) -> Vec<Finding> {
    let moved: HashMap<String, String> = findings.iter().filter_map(moved_from).collect();
    let originals: HashSet<&String> = moved.values().collect();
    let is_other_half = |finding: &Finding| {
        let with = moved.get(&finding.object).filter(|with| moved.get(*with) == Some(&finding.object));
        with.is_some_and(|with| *with < finding.object)
    };
    let is_told_already = |finding: &Finding| match &finding.problem {
        Problem::DigestMissing { .. } => originals.contains(&finding.object),
        Problem::DigestMoved { .. } => is_other_half(finding),
        _ => false,
    };
    findings.iter().filter(|finding| !is_told_already(finding)).map(|finding| swapped(finding, &moved)).collect()
}

fn moved_from(finding: &Finding) -> Option<(String, String)> {
    match &finding.problem {
        Problem::DigestMoved { original } => Some((finding.object.clone(), original.clone())),
        _ => None,
    }
}

fn swapped(finding: &Finding, moved: &HashMap<String, String>) -> Finding {
    match &finding.problem {
        Problem::DigestMoved { original } if moved.get(original) == Some(&finding.object) => {
            Finding::new(&finding.object, Problem::DigestsSwapped { with: original.clone() })
        }
        _ => finding.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: &str, to: &str) -> Finding {
        Finding::new(to, Problem::DigestMoved { original: from.to_owned() })
    }

    fn missing(object: &str) -> Finding {
        Finding::new(object, Problem::DigestMissing { named_by: "z".to_owned() })
    }

    #[test]
    fn a_moved_digest_is_not_missing_as_well() {
        let findings = vec![missing("a"), missing("b"), moved("a", "elsewhere")];
        assert_eq!(reconcile(findings), [missing("b"), moved("a", "elsewhere")]);
    }

    #[test]
    fn two_in_each_others_place_are_one_finding() {
        let swapped = Finding::new("a", Problem::DigestsSwapped { with: "b".to_owned() });
        assert_eq!(reconcile(vec![moved("a", "b"), moved("b", "a")]), [swapped]);
        let circle = vec![moved("a", "b"), moved("b", "c"), moved("c", "a")];
        assert_eq!(reconcile(circle.clone()), circle);
    }

    #[test]
    fn programs_read_a_name_and_its_details() {
        let finding = serde_json::to_value(missing("a")).unwrap();
        assert_eq!(finding, serde_json::json!({"object": "a", "finding": "digest_missing", "named_by": "z"}));
    }

    #[test]
    fn only_what_no_digest_names_is_no_failure() {
        assert!(missing("a").is_failure());
        assert!(!Finding::new("a", Problem::NotCovered).is_failure());
    }
}
