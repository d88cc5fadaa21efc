//! The way back through one chain, from its newest digest to its first.
//!
//! The walk says which object it wants next and is given it; it holds what digests say of one another and no more than that.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use jiff::Timestamp;
use trailsearch_core::ack::with_causes;
use trailsearch_core::object::ObjectRef;

use crate::content::{ContentError, Inflated};
use crate::document::Digest;
use crate::examine::{Claim, Examination, Subject, examine};
use crate::finding::{Finding, Problem};
use crate::key::DigestKey;
use crate::keys::PublicKey;
use crate::opened::{Metadata, Opened};
use crate::storage::Storage;

/// A digest that a listing of the storage holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it is.
    pub object: ObjectRef,
    /// The end of its hour by its key; `None` where the key is no digest's.
    pub end: Option<Timestamp>,
}

/// What is at an address that the walk asked for.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Missing,
    /// Something that is not given out, and why.
    Unreadable(String),
    /// No digest, and why.
    Damaged(String),
    /// A digest.
    Digest(Box<Opened>),
}

impl Found {
    /// What came of reading an object to its end.
    pub fn read(content: Result<Inflated, ContentError>, metadata: Metadata) -> Self {
        let damaged = |error: &dyn Error| Self::Damaged(with_causes(error));
        match content.map(|content| Opened::new(content, metadata)) {
            Ok(Ok(opened)) => Self::Digest(Box::new(opened)),
            Ok(Err(error)) => damaged(&error),
            Err(error) => damaged(&error),
        }
    }
}

/// What one object brought.
#[derive(Debug, Default)]
pub struct Step {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The digest, where its signature is right; its log files stand where they are found in this storage.
    pub digest: Option<Digest>,
}

/// The way back through one chain.
#[derive(Debug)]
pub struct Walk {
    storage: Storage,
    from: Option<Timestamp>,
    /// Whether hours follow one another. Backfill digests are made when there is something late, in no order.
    ordered: bool,
    /// What is still to be looked at, the newest one last.
    ahead: Vec<Listed>,
    /// The digest that the last good one follows.
    expected: Option<ObjectRef>,
    /// What digests say of those not looked at yet.
    claims: HashMap<ObjectRef, Claim>,
    seen: HashSet<ObjectRef>,
    /// Good digests that no digest had named when they were looked at, though there are later ones.
    unnamed: Vec<ObjectRef>,
}

impl Walk {
    /// A walk over the `listed` digests of one chain and those that they lead to, as far back as `from`.
    pub fn new(storage: Storage, mut listed: Vec<Listed>, from: Option<Timestamp>) -> Self {
        listed.sort_by(|a, b| (a.end, &a.object.key).cmp(&(b.end, &b.object.key)));
        let key = listed.first().and_then(|listed| DigestKey::parse(&listed.object.key));
        Self {
            storage,
            from,
            ordered: !key.is_some_and(|key| key.chain.backfill),
            ahead: listed,
            expected: None,
            claims: HashMap::new(),
            seen: HashSet::new(),
            unnamed: Vec::new(),
        }
    }

    /// The listed digests in the order in which the walk asks for them.
    pub fn listed(&self) -> impl Iterator<Item = &ObjectRef> {
        self.ahead.iter().rev().map(|listed| &listed.object)
    }

    /// The object that the walk wants next; give it to [`Self::take`].
    pub fn ask(&mut self) -> Option<ObjectRef> {
        let wanted = match &self.expected {
            Some(expected) if !self.is_passed_over(expected) => self.expected.take(),
            _ => self.ahead.pop().map(|listed| listed.object),
        }?;
        self.seen.insert(wanted.clone());
        while self.ahead.pop_if(|listed| self.seen.contains(&listed.object)).is_some() {}
        Some(wanted)
    }

    /// Whether the newest listed digest is one that the chain leads around.
    fn is_passed_over(&self, expected: &ObjectRef) -> bool {
        let (Some(newest), Some(key)) = (self.ahead.last(), DigestKey::parse(&expected.key)) else { return false };
        newest.object != *expected && newest.end >= Some(key.end)
    }

    /// Takes what is at the address asked for; `key` is that of the digest's fingerprint.
    pub fn take(&mut self, at: &ObjectRef, found: Found, key: Option<&PublicKey>) -> Step {
        let claim = self.claims.remove(at);
        let problem = match found {
            Found::Digest(opened) => return self.digest(at, *opened, claim.as_ref(), key),
            Found::Unreadable(reason) => Problem::DigestUnreadable { reason },
            Found::Damaged(reason) => Problem::DigestDamaged { reason },
            Found::Missing => match claim {
                Some(claim) => Problem::DigestMissing { named_by: claim.by.to_string() },
                None => Problem::DigestUnreadable { reason: "it was listed and is gone".to_owned() },
            },
        };
        Step { findings: vec![Finding::new(at, problem)], digest: None }
    }

    fn digest(&mut self, at: &ObjectRef, opened: Opened, claim: Option<&Claim>, key: Option<&PublicKey>) -> Step {
        let home = self.storage.resolve(&opened.digest.object);
        let elsewhere = (home != *at).then_some(&home);
        let Examination { authentic, problem } = examine(Subject { opened: &opened, elsewhere, claim }, key);
        self.note_claim(at, &opened.digest, authentic);
        let mut problems = Vec::from_iter(problem);
        if authentic && elsewhere.is_none() {
            problems.extend(self.link(at, &opened.digest, claim.is_some_and(|claim| claim.authentic)));
        }
        let findings = problems.into_iter().map(|problem| Finding::new(at, problem)).collect();
        Step { findings, digest: authentic.then(|| self.placed(opened.digest)) }
    }

    /// Remembers what a digest says of the one before it.
    fn note_claim(&mut self, by: &ObjectRef, digest: &Digest, authentic: bool) {
        let Some(previous) = &digest.previous else { return };
        let (sha256, signature) = (previous.sha256.clone(), previous.signature.clone());
        let object = self.storage.resolve(&previous.object);
        // What a forged digest says must not stand in the place of what a good one says.
        if authentic || !self.is_named(&object) {
            self.claims.insert(object, Claim { by: by.clone(), authentic, sha256, signature });
        }
    }

    /// Whether a good digest names the object, which was not looked at since.
    fn is_named(&self, object: &ObjectRef) -> bool {
        self.claims.get(object).is_some_and(|claim| claim.authentic)
    }

    /// Goes on from a good digest, unless the walk is about to go on from a later one.
    fn link(&mut self, at: &ObjectRef, digest: &Digest, named: bool) -> Option<Problem> {
        if self.expected.is_some() {
            if self.ordered && !named {
                self.unnamed.push(at.clone());
            }
            return None;
        }
        let Some(previous) = &digest.previous else { return self.gap(digest) };
        if self.from.is_some_and(|from| digest.start <= from) {
            return None;
        }
        let previous = self.storage.resolve(&previous.object);
        if self.ordered && !is_older(&previous, digest) {
            return Some(Problem::PreviousNotOlder { previous: previous.to_string() });
        }
        self.expected = Some(previous).filter(|previous| !self.seen.contains(previous));
        None
    }

    /// The time without digests before the first one of a chain.
    fn gap(&self, digest: &Digest) -> Option<Problem> {
        let before = self.ahead.last().filter(|_| self.ordered)?.end?;
        Some(Problem::Gap { from: before.to_string(), to: digest.start.to_string() })
    }

    fn placed(&self, mut digest: Digest) -> Digest {
        for file in &mut digest.log_files {
            file.object = self.storage.resolve(&file.object);
        }
        digest
    }

    /// What can only be told once there is nothing more to ask for.
    pub fn finish(self) -> Vec<Finding> {
        let never_named = self.unnamed.iter().filter(|object| !self.is_named(object));
        never_named.map(|object| Finding::new(object, Problem::DigestUnlinked)).collect()
    }
}

fn is_older(previous: &ObjectRef, digest: &Digest) -> bool {
    DigestKey::parse(&previous.key).is_some_and(|key| key.end < digest.end)
}
