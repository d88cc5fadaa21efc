//! What it touched: resource ids and ARNs, by their shape and by the names of well-known parameters.

mod shape;

pub(super) use shape::NAMED;

use crate::normalize::json::Object;
use crate::normalize::redact::is_hidden;
use crate::normalize::terms::Terms;

/// The resources of one record.
#[derive(Debug, Default)]
pub(super) struct Resources {
    id: Terms,
    arn: Terms,
    kind: Terms,
    account: Terms,
}

/// An ARN's parts (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) service: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; `None` where the text is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("arn:")?;
        let mut parts = rest.splitn(5, ':');
        let (partition, service, _region) = (parts.next()?, parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        let blanks = service == "s3" || !text.contains(' ');
        let plain = blanks && !text.contains(['"', '\\', '{']);
        (partition.starts_with("aws") && !service.is_empty() && !resource.is_empty() && plain).then_some(Self {
            service,
            account,
            resource,
        })
    }

    /// The resource's own name or id.
    fn id(&self) -> &'a str {
        let id = match self.service {
            "s3" => Some(self.resource),
            "iam" if self.resource == "root" => Some(self.account),
            // A function's version or alias, a log group's stream, follow its name.
            "lambda" | "logs" => self.part(':', 1),
            // So do a table's index, stream and backup, and the unique id of a stack.
            "dynamodb" | "cloudformation" => self.part('/', 1),
            "elasticloadbalancing" if self.first() == "targetgroup" => self.part('/', 1),
            // `app/NAME/ID`, or in the oldest generation the name alone.
            "elasticloadbalancing" if self.first() == "loadbalancer" => self.part('/', 2),
            // Names that may hold slashes.
            "secretsmanager" | "ecr" => self.resource.split_once(['/', ':']).map(|(_, name)| name),
            "ssm" => self.resource.strip_prefix("parameter").filter(|name| name.matches('/').count() > 1),
            _ => None,
        };
        id.unwrap_or_else(|| self.last())
    }

    /// What follows the last separator: a slash where there is one, since what it precedes may hold colons.
    fn last(&self) -> &'a str {
        let separator = if self.resource.contains('/') { '/' } else { ':' };
        self.resource.rsplit(separator).next().unwrap_or(self.resource)
    }

    /// The resource's part with a number, counted from 0.
    fn part(&self, separator: char, number: usize) -> Option<&'a str> {
        self.resource.split(separator).nth(number)
    }

    /// The first part: the type, where there is more than one.
    fn first(&self) -> &'a str {
        self.resource.trim_start_matches('/').split(['/', ':']).next().unwrap_or_default()
    }

    /// What kind of resource it is: `role`, `instance`, `bucket`.
    fn kind(&self) -> &'a str {
        let first = self.first();
        match self.service {
            "s3" if self.resource.contains('/') => "object",
            "s3" => "bucket",
            "sns" if first.len() < self.resource.len() => "subscription",
            "sns" => "topic",
            "sqs" => "queue",
            service => match shape::arn_kind(service, first) {
                Some(kind) => kind,
                None if first.len() < self.resource.len() => first,
                None => service,
            },
        }
    }
}

impl Resources {
    pub(super) fn clear(&mut self) {
        self.id.clear();
        self.arn.clear();
        self.kind.clear();
        self.account.clear();
    }

    /// Looks at one scalar; `named` is the kind of resource that its name promises.
    pub(super) fn see(&mut self, named: Option<&str>, text: &str) {
        if let Some(kind) = shape::kind(text) {
            self.id.insert(text);
            self.kind.insert(kind);
        } else if text.starts_with("arn:") {
            self.see_arn(text);
        } else if let Some(kind) = named.filter(|_| !is_hidden(text)) {
            self.id.insert(text);
            self.kind.insert(kind);
        }
    }

    /// Adds an ARN, the id in it, its kind and its account. Patterns and prefixes name no resource of their own, yet are
    /// kept as ARNs.
    pub(super) fn see_arn(&mut self, text: &str) {
        let Some(arn) = Arn::parse(text) else { return };
        self.arn.insert(text);
        self.kind.insert(arn.kind());
        if !text.contains(['*', '?']) && !text.ends_with('/') {
            self.id.insert(arn.id());
        }
        if arn.account.len() == 12 {
            self.account.insert(arn.account);
        }
    }

    /// Adds the account that owns a resource.
    pub(super) fn see_account(&mut self, account: &str) {
        self.account.insert(account);
    }

    /// An object in a bucket is asked for as `bucket/key`.
    pub(super) fn see_object(&mut self, bucket: &str, key: &str) {
        self.id.insert(&format!("{bucket}/{key}"));
        self.kind.insert("object");
    }

    /// Whether a bound left something out.
    pub(super) fn overflowed(&self) -> bool {
        self.id.overflowed() || self.arn.overflowed()
    }

    /// Writes the members of `resource`; `actor` is the account that the actor belongs to.
    pub(super) fn write(&self, actor: Option<&str>, to: &mut Object<'_>) {
        to.terms("id", &self.id);
        to.terms("arn", &self.arn);
        to.terms("kind", &self.kind);
        to.terms("account", &self.account);
        if let (Some(actor), false) = (actor, self.account.is_empty()) {
            let crosses = self.account.iter().any(|account| account != actor && account != "aws");
            to.raw("crossAccount", if crosses { b"true" } else { b"false" });
        }
    }
}

#[cfg(test)]
mod tests;
