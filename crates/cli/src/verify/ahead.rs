//! Digests read ahead of the walk that asks for them, since it asks for one at a time.

use std::collections::{HashSet, VecDeque};

use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::Found;

use super::vault::Vault;

/// How many digests are read ahead.
const AHEAD: usize = 8;

/// Reads the listed digests in their order, and any other when it is asked for.
pub(super) struct Ahead {
    vault: Vault,
    listed: VecDeque<ObjectRef>,
    reads: BoxStream<'static, Found>,
    /// Listed ones that were asked for before their turn.
    taken: HashSet<ObjectRef>,
}

impl Ahead {
    /// Digests are most likely asked for in the order in which they are `listed`.
    pub(super) fn new(vault: Vault, listed: VecDeque<ObjectRef>) -> Self {
        let (reader, queue) = (vault.clone(), listed.clone());
        let read = move |object| {
            let vault = reader.clone();
            async move { vault.digest(&object).await }
        };
        let reads = stream::iter(queue).map(read).buffered(AHEAD).boxed();
        Self { vault, listed, reads, taken: HashSet::new() }
    }

    /// What is at an address.
    pub(super) async fn digest(&mut self, at: &ObjectRef) -> Found {
        while self.listed.front().is_some_and(|next| self.taken.remove(next)) {
            self.next().await;
        }
        let read = if self.listed.front() == Some(at) { self.next().await } else { None };
        match read {
            Some(found) => found,
            None => {
                self.taken.insert(at.clone());
                self.vault.digest(at).await
            }
        }
    }

    async fn next(&mut self) -> Option<Found> {
        self.listed.pop_front();
        self.reads.next().await
    }
}
