//! Bearer secrets: replaced before they leave the process.
//!
//! AWS hides most of them itself; what follows are those that a record can
//! still bring. Access key ids are not secret and stay: they link a session to its origin.

use std::borrow::Cow;

use super::copier::Copier;
use crate::tape::{Kind, Value};

/// What stands in a secret's place.
const REDACTED: &[u8] = b"\"REDACTED\"";

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

/// Query parameters of presigned URLs that let their bearer in.
const QUERY: [&str; 2] = ["X-Amz-Security-Token=", "X-Amz-Signature="];

/// What AWS writes where it hid a value itself.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The text of a value of any depth, with the secrets in it replaced where `redact` says so.
pub(super) fn copied(value: &Value<'_>, redact: bool) -> String {
    let mut out = Vec::with_capacity(value.raw().len());
    let mut copier = Copier::new(value.source(), value.token().start, &mut out);
    let mut name = Cow::Borrowed("");
    for inner in value.tokens().filter(|_| redact) {
        match inner.kind() {
            Kind::Key => name = inner.name(),
            Kind::String | Kind::Number => replace(&name, &inner, &mut copier),
            _ => {}
        }
    }
    copier.copy(value.token().end);
    String::from_utf8(out).unwrap_or_default()
}

fn replace(name: &str, value: &Value<'_>, copier: &mut Copier<'_, '_>) {
    if let Some(with) = replacement(name, value.raw()) {
        copier.replace(value.token().start, value.token().end, &with);
    }
}

/// What stands in the place of a scalar that holds a secret.
pub(super) fn replacement(name: &str, raw: &str) -> Option<Cow<'static, [u8]>> {
    if is_secret(name, raw) {
        return Some(Cow::Borrowed(REDACTED));
    }
    presigned(raw).map(|text| Cow::Owned(text.into_bytes()))
}

/// Whether a member with this name and scalar text holds a secret.
fn is_secret(name: &str, raw: &str) -> bool {
    let text = raw.trim_matches('"');
    is_secret_name(name) && !text.is_empty() && text != HIDDEN && !matches!(text, "null" | "true" | "false")
}

fn is_secret_name(name: &str) -> bool {
    NAMES.iter().any(|secret| secret.len() == name.len() && secret.eq_ignore_ascii_case(name))
}

/// The text of a JSON string with the secrets of presigned URLs replaced; `None` where there are none.
fn presigned(raw: &str) -> Option<String> {
    if !raw.contains("X-Amz-") {
        return None;
    }
    let mut text = raw.to_owned();
    for parameter in QUERY {
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find(parameter)) {
            let start = from + found + parameter.len();
            let end = text[start..].find(['&', '"', '\\', ' ']).map_or(text.len(), |length| start + length);
            text.replace_range(start..end, "REDACTED");
            from = start + "REDACTED".len();
        }
    }
    (text != raw).then_some(text)
}
