//! Bearer secrets: replaced before they leave the process.
//!
//! AWS hides most of them itself; what follows are those that a record can
//! still bring. Access key ids are not secret and stay: they link a session to its origin.

use std::borrow::Cow;

use super::copier::Copier;
use super::embedded::Document;
use super::json;
use super::names::is_wrapper;
use crate::tape::{Kind, Value};

/// What stands in a secret's place.
pub(super) const REDACTED: &str = "\"REDACTED\"";

/// Members whose whole value is a secret, in lower case.
const NAMES: [&str; 24] = [
    "sessiontoken",
    "secretaccesskey",
    "samlassertion",
    "samlassertionstring",
    "webidentitytoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "clientassertion",
    "password",
    "masteruserpassword",
    "newpassword",
    "oldpassword",
    "authtoken",
    "authorizationtoken",
    "bearertoken",
    "secretstring",
    "secretbinary",
    "privatekey",
    "keymaterial",
    "x-amz-security-token",
    "x-amz-signature",
    "authorization",
];

/// How those query parameters of presigned URLs begin that let their bearer in, and how they go on.
const QUERY_START: &str = "X-Amz-S";
const QUERY: [&str; 2] = ["ecurity-Token=", "ignature="];

/// What AWS writes where it hid a value itself; some services write asterisks.
const HIDDEN: [&str; 2] = ["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>"];

/// The text of the member `name`, of any depth, with the secrets in it replaced; `None` where there are none.
pub(super) fn value(name: &str, value: &Value<'_>) -> Option<String> {
    let token = value.token();
    span(name, value.tokens(), value.source(), token.start, token.end)
}

/// The text from `start` to `end`, to which the tokens belong, likewise; `name` is the member that they stand in.
pub(super) fn span<'v>(
    name: &'v str,
    tokens: impl Iterator<Item = Value<'v>>,
    source: &str,
    start: u32,
    end: u32,
) -> Option<String> {
    let mut out = Vec::new();
    let mut copier = Copier::new(source, start, &mut out);
    let (mut name, mut around, mut found) = (Cow::Borrowed(name), vec![Cow::Borrowed(name)], false);
    for token in tokens {
        match token.kind() {
            Kind::Key if is_wrapper(&token.name()) => name = around.last().cloned().unwrap_or_default(),
            Kind::Key => name = token.name(),
            Kind::Object | Kind::Array => around.push(name.clone()),
            Kind::End => name = around.pop().unwrap_or_default(),
            _ => {
                let Some(with) = scalar(&name, &token) else { continue };
                copier.replace(token.token().start, token.token().end, with.as_bytes());
                found = true;
            }
        }
    }
    copier.copy(end);
    found.then(|| String::from_utf8(out).unwrap_or_default())
}

/// What stands in the place of a scalar that holds a secret.
fn scalar(name: &str, value: &Value<'_>) -> Option<Cow<'static, str>> {
    if is_secret(name, value.raw()) {
        return Some(Cow::Borrowed(REDACTED));
    }
    inside(value.raw(), Document::of(value).as_ref()).map(Cow::Owned)
}

/// What stands in the place of a string that holds a secret inside: in the JSON document that it is, or in a presigned URL.
pub(super) fn inside(raw: &str, document: Option<&Document>) -> Option<String> {
    let without = document.and_then(|document| self::value("", &document.value()));
    without.map(|text| json::quoted(&text)).or_else(|| presigned(raw))
}

/// Whether a member with this name and scalar text holds a secret.
pub(super) fn is_secret(name: &str, raw: &str) -> bool {
    is_secret_name(name) && {
        let text = raw.trim_matches('"');
        !is_hidden(text) && !matches!(text, "null" | "true" | "false")
    }
}

/// Whether there is nothing to see, or AWS has hidden it.
pub(super) fn is_hidden(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'*') || HIDDEN.contains(&text)
}

/// For each length, the first letters of the secret names of that length: sorts out nearly every name at once.
const FIRST_LETTERS: [u32; 32] = {
    let mut letters = [0; 32];
    let mut at = 0;
    while at < NAMES.len() {
        let name = NAMES[at].as_bytes();
        letters[name.len()] |= 1 << (name[0] - b'a');
        at += 1;
    }
    letters
};

fn is_secret_name(name: &str) -> bool {
    let Some(first) = name.bytes().next().map(|first| first.to_ascii_lowercase()) else { return false };
    let letters = FIRST_LETTERS.get(name.len()).copied().unwrap_or_default();
    first.is_ascii_lowercase() && letters & (1 << (first - b'a')) != 0 && is_listed(name)
}

fn is_listed(name: &str) -> bool {
    NAMES.iter().any(|secret| secret.len() == name.len() && secret.eq_ignore_ascii_case(name))
}

/// The text of a JSON string with the secrets of presigned URLs replaced; `None` where there are none.
pub(super) fn presigned(raw: &str) -> Option<String> {
    // Nearly every string ends here, and a byte is found faster than a word.
    if memchr::memchr(b'=', raw.as_bytes()).is_none() || !raw.contains(QUERY_START) {
        return None;
    }
    let mut parts = raw.split(QUERY_START);
    let mut text = parts.next()?.to_owned();
    for part in parts {
        text.push_str(QUERY_START);
        let secret = QUERY.iter().find_map(|name| Some((name, part.strip_prefix(name)?)));
        let Some((name, value)) = secret else {
            text.push_str(part);
            continue;
        };
        let end = value.find(['&', '"', '\\', ' ']).unwrap_or(value.len());
        text.extend([name, "REDACTED", &value[end..]]);
    }
    (text != raw).then_some(text)
}
