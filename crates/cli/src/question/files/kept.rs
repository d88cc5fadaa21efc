//! Documents that a question's next search may want too.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use trailsearch_query::{Reply, Search, Tally};

use super::scan::Seen;

/// How many bytes of documents are kept at most; beyond, none is, and the next search reads the files again.
const MOST_BYTES: usize = 256 << 20;

/// A document as it would be indexed: its id and its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) id: Box<str>,
    pub(super) body: Box<[u8]>,
}

impl Document {
    fn bytes(&self) -> usize {
        self.id.len() + self.body.len()
    }
}

/// What is left for documents, over all threads, in bytes.
#[derive(Debug)]
pub(super) struct Room(AtomicUsize);

impl Room {
    /// Whether there was room for the document; once there was none, there is none for any other.
    pub(super) fn take(&self, document: &Document) -> bool {
        let less = |left: usize| Some(left.saturating_sub(document.bytes()));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok_and(|left| left > document.bytes())
    }

    fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

/// Documents of all records that hold one of some texts.
#[derive(Debug)]
pub(super) struct Kept {
    /// The texts; `None` where every record's document is kept.
    literals: Option<BTreeSet<String>>,
    documents: Vec<Document>,
}

impl Default for Kept {
    /// No texts, and so no documents.
    fn default() -> Self {
        Self { literals: Some(BTreeSet::new()), documents: Vec::new() }
    }
}

impl Kept {
    /// What has to be scanned for to have every record with one of the literals, or every record at all: nothing where
    /// they are kept, those literals that are missing, or everything.
    pub(super) fn missing(&self, literals: Option<&BTreeSet<String>>) -> Option<Option<BTreeSet<String>>> {
        match (&self.literals, literals) {
            (None, _) => None,
            (Some(_), None) => Some(None),
            (Some(kept), Some(literals)) => {
                let missing: BTreeSet<String> = literals.difference(kept).cloned().collect();
                (!missing.is_empty()).then_some(Some(missing))
            }
        }
    }

    /// Says that documents of records with these texts too are added from now on; or of every record, those that are kept
    /// included.
    pub(super) fn widen(&mut self, literals: Option<BTreeSet<String>>) {
        match (&mut self.literals, literals) {
            (Some(kept), Some(literals)) => kept.extend(literals),
            (_, None) => *self = Self { literals: None, documents: Vec::new() },
            (None, Some(_)) => {}
        }
    }

    /// What is left for more documents.
    pub(super) fn room(&self) -> Room {
        let bytes: usize = self.documents.iter().map(Document::bytes).sum();
        Room(AtomicUsize::new(MOST_BYTES.saturating_sub(bytes)))
    }

    /// Adds documents for which there was room.
    pub(super) fn extend(&mut self, documents: Vec<Document>) {
        self.documents.extend(documents);
    }

    /// Forgets all documents if there was no room for one.
    pub(super) fn close(&mut self, room: &Room) {
        if room.is_full() {
            *self = Self::default();
        }
    }

    /// The answer of a search for which nothing is missing.
    pub(super) fn answer(&self, search: &Search) -> Reply {
        search.reply(self.tally(search, &Seen::default()))
    }

    /// The part of the answer that these documents are.
    pub(super) fn tally(&self, search: &Search, seen: &Seen) -> Tally {
        let mut tally = Tally::default();
        self.documents.iter().for_each(|document| seen.add(search, &mut tally, &document.id, &document.body));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn document(bytes: usize) -> Document {
        Document { id: "a".into(), body: vec![b' '; bytes].into() }
    }

    #[test]
    fn what_was_scanned_for_is_not_missing() {
        let mut kept = Kept::default();
        assert_eq!(kept.missing(Some(&texts(&[]))), None);
        assert_eq!(kept.missing(Some(&texts(&["a"]))), Some(Some(texts(&["a"]))));
        kept.widen(Some(texts(&["a", "b"])));
        assert_eq!(kept.missing(Some(&texts(&["b"]))), None);
        assert_eq!(kept.missing(Some(&texts(&["b", "c"]))), Some(Some(texts(&["c"]))));
        assert_eq!(kept.missing(None), Some(None));
        kept.widen(None);
        assert_eq!((kept.missing(None), kept.missing(Some(&texts(&["c"])))), (None, None));
    }

    #[test]
    fn too_many_are_forgotten() {
        let mut kept = Kept::default();
        kept.widen(Some(texts(&["a"])));
        let room = kept.room();
        assert!(room.take(&document(1)));
        kept.extend(vec![document(1)]);
        kept.close(&room);
        assert_eq!((kept.documents.len(), kept.missing(Some(&texts(&["a"])))), (1, None));
        assert!(!room.take(&document(MOST_BYTES)) && !room.take(&document(1)));
        kept.close(&room);
        assert_eq!((kept.documents.len(), kept.missing(Some(&texts(&["a"])))), (0, Some(Some(texts(&["a"])))));
    }
}
