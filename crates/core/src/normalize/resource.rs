//! What it touched: resource ids and ARNs, by their shape and by the names of well-known parameters.

mod shape;

pub(super) use shape::NAMED;

use crate::normalize::json::Object;
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
        let plain = !text.contains([' ', '"', '\\', '{']);
        (partition.starts_with("aws") && !service.is_empty() && !resource.is_empty() && plain).then_some(Self {
            service,
            account,
            resource,
        })
    }

    /// The resource's own name or id: what follows the type.
    fn id(&self) -> &'a str {
        match self.service {
            "s3" => self.resource,
            // A function's version or alias, a log group's stream, follow its name.
            "lambda" | "logs" => self.resource.split(':').nth(1).unwrap_or(self.resource),
            // So do a table's index, stream and backup.
            "dynamodb" => self.resource.split('/').nth(1).unwrap_or(self.resource),
            // Names that may hold slashes.
            "secretsmanager" | "ecr" => self.name(),
            "ssm" if self.kind() == "parameter" && self.name().contains('/') => {
                self.resource.strip_prefix("parameter").unwrap_or(self.resource)
            }
            _ => self.resource.rsplit(['/', ':']).next().unwrap_or(self.resource),
        }
    }

    /// All that follows the type.
    fn name(&self) -> &'a str {
        self.resource.split_once(['/', ':']).map_or(self.resource, |(_, name)| name)
    }

    /// What kind of resource it is: `role`, `instance`, `bucket`.
    fn kind(&self) -> &'a str {
        let first = self.resource.trim_start_matches('/').split(['/', ':']).next().unwrap_or_default();
        match self.service {
            "s3" if self.resource.contains('/') => "object",
            "s3" => "bucket",
            "sns" => "topic",
            "sqs" => "queue",
            _ if first.len() < self.resource.len() => first,
            service => service,
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
        } else if let Some(kind) = named.filter(|_| !text.is_empty()) {
            self.id.insert(text);
            self.kind.insert(kind);
        }
    }

    /// Adds an ARN, the id in it, its kind and its account. Patterns name no resource of their own, yet are kept as ARNs.
    pub(super) fn see_arn(&mut self, text: &str) {
        let Some(arn) = Arn::parse(text) else { return };
        self.arn.insert(text);
        self.kind.insert(arn.kind());
        if !text.contains(['*', '?']) {
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
