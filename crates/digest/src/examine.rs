//! One digest: is it CloudTrail's, and does it lie where it should?

use trailsearch_core::object::ObjectRef;

use crate::finding::Problem;
use crate::keys::PublicKey;
use crate::opened::Opened;

/// What another digest says of one.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The digest that says it.
    pub(crate) by: ObjectRef,
    /// Whether that one's signature is right.
    pub(crate) authentic: bool,
    pub(crate) sha256: Option<String>,
    pub(crate) signature: Option<String>,
}

/// What came of looking at one digest.
#[derive(Debug)]
pub(crate) struct Examination {
    /// Whether its signature is right, so that what it says may be believed.
    pub(crate) authentic: bool,
    pub(crate) problem: Option<Problem>,
}

/// A digest, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) opened: &'a Opened,
    /// Where it belongs in this storage, where that is not where it lies.
    pub(crate) elsewhere: Option<&'a ObjectRef>,
    pub(crate) claim: Option<&'a Claim>,
}

/// Checks signature, place and link of a digest.
///
/// A signature proves itself, so it does not matter whether it comes from the object's metadata or from another digest.
pub(crate) fn examine(subject: Subject<'_>, key: Option<&PublicKey>) -> Examination {
    let Opened { digest, metadata, sha256, .. } = subject.opened;
    let Some(key) = key else {
        let unknown = || Problem::KeyUnknown { fingerprint: digest.fingerprint.clone() };
        return Examination { authentic: false, problem: subject.changed().or_else(|| Some(unknown())) };
    };
    let text = digest.signed_text(sha256);
    let proves = |signature: Option<&str>| signature.is_some_and(|signature| key.verifies(&text, signature));
    let own = proves(metadata.signature.as_deref());
    let authentic = own || proves(subject.claim.and_then(|claim| claim.signature.as_deref()));
    let problem = if authentic { subject.flaw(own) } else { Some(subject.forgery()) };
    Examination { authentic, problem }
}

impl Subject<'_> {
    /// What is wrong with a digest that CloudTrail signed; `own` tells whether the signature in its metadata is right.
    fn flaw(self, own: bool) -> Option<Problem> {
        let signature = (!own && self.has_own()).then_some(Problem::SignatureChanged);
        let trailing = self.opened.trailing.then_some(Problem::DigestTrailingBytes);
        self.moved().or_else(|| self.changed()).or(signature).or(trailing)
    }

    /// What is wrong with a digest that no known signature fits.
    fn forgery(self) -> Problem {
        // A signature in the metadata moves with its digest; without one, the place is all that tells.
        let moved = self.moved().filter(|_| !self.has_own());
        let any = self.has_own() || self.claim.is_some_and(|claim| claim.signature.is_some());
        let unproven = if any { Problem::SignatureInvalid } else { Problem::SignatureMissing };
        moved.or_else(|| self.changed()).unwrap_or(unproven)
    }

    fn has_own(self) -> bool {
        self.opened.metadata.signature.is_some()
    }

    fn moved(self) -> Option<Problem> {
        self.elsewhere.map(|original| Problem::DigestMoved { original: original.to_string() })
    }

    /// Whether a good digest knows this one with another hash.
    fn changed(self) -> Option<Problem> {
        let claim = self.claim.filter(|claim| claim.authentic)?;
        let differs = !claim.sha256.as_ref()?.eq_ignore_ascii_case(&self.opened.sha256);
        differs.then(|| Problem::DigestChanged { named_by: claim.by.to_string() })
    }
}
