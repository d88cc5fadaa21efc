//! The requests that install the index template.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::names::{NameError, check_prefix};
use crate::promoted::Extra;
use crate::rendered::{ACCESS_LOG_VERSION, SCHEMA_VERSION};

/// Which server the template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// OpenSearch 2.11 or newer, self-managed or Amazon OpenSearch Service.
    OpenSearch,
    /// Amazon OpenSearch Serverless.
    Serverless,
}

/// What the documents of an index were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Content {
    Events,
    AccessLog,
}

/// A rendered body: the file's name without its ending, and its JSON text. The
/// last one of a flavor is the index template, the others its components.
type Rendered = (&'static str, &'static str);

macro_rules! rendered {
    ($flavor:literal: $($file:literal),*) => {
        &[$(($file, include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/../../mappings/rendered/", $flavor, "/", $file, ".json"
        )))),*]
    };
}

const OPENSEARCH: &[Rendered] = rendered!("opensearch": "settings", "fields", "promoted", "index-template");
const SERVERLESS: &[Rendered] = rendered!("serverless": "fields", "promoted", "index-template");

const OPENSEARCH_ACCESS_LOG: &[Rendered] = rendered!("opensearch/access-log": "settings", "fields", "index-template");
const SERVERLESS_ACCESS_LOG: &[Rendered] = rendered!("serverless/access-log": "fields", "index-template");

/// What stands for the index prefix in the rendered bodies.
const PLACEHOLDER: &str = "{prefix}";

/// The priority of the index template, plus the length of its prefix: where two
/// patterns match an index (`cloudtrail-*` and `cloudtrail-eu-*`), the longer
/// prefix wins, and the server does not refuse the second for an equal priority.
const PRIORITY: usize = 200;

/// One `PUT` request.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    /// The path, with a leading slash: `/_index_template/cloudtrail`.
    pub path: String,
    /// The body, a JSON object.
    pub body: Value,
}

/// A template that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The index prefix.
    #[error("the index template needs a usable prefix")]
    Prefix(#[from] NameError),
    /// A rendered file is no JSON: the build is broken.
    #[error("the rendered template {file} is no JSON: run the render binary and build again")]
    Rendered {
        /// The file's name, without its ending.
        file: &'static str,
        /// What the parser says.
        source: serde_json::Error,
    },
}

/// The index template of one index prefix, and the component templates that it
/// is made of.
///
/// ```
/// use trailsearch_schema::{Flavor, Template};
///
/// let template = Template::new(Flavor::OpenSearch, "cloudtrail")?;
/// let puts = template.puts()?;
/// assert_eq!(puts[0].path, "/_component_template/cloudtrail-settings");
/// assert_eq!(puts[3].path, "/_index_template/cloudtrail");
/// # Ok::<(), trailsearch_schema::TemplateError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Template {
    content: Content,
    flavor: Flavor,
    prefix: String,
    extra: Extra,
    shards: Option<u32>,
    replicas: Option<u32>,
}

impl Template {
    /// The template of CloudTrail's events, for indices named `<prefix>-YYYY.MM`.
    ///
    /// # Errors
    /// [`TemplateError::Prefix`] where the prefix cannot begin an index's name.
    pub fn new(flavor: Flavor, prefix: &str) -> Result<Self, TemplateError> {
        Self::of(Content::Events, flavor, prefix)
    }

    /// The template of S3 server access logs, likewise. It has no promoted names.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn access_log(flavor: Flavor, prefix: &str) -> Result<Self, TemplateError> {
        Self::of(Content::AccessLog, flavor, prefix)
    }

    fn of(content: Content, flavor: Flavor, prefix: &str) -> Result<Self, TemplateError> {
        check_prefix(prefix)?;
        let prefix = prefix.to_owned();
        Ok(Self { content, flavor, prefix, extra: Extra::default(), shards: None, replicas: None })
    }

    /// The index template's name, which is the prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.prefix
    }

    /// The same template with fields for the names that a user promotes.
    #[must_use]
    pub fn with_promoted(mut self, extra: Extra) -> Self {
        self.extra = extra;
        self
    }

    /// The same template with another number of primary shards for each index.
    /// Serverless has no such setting and ignores it.
    #[must_use]
    pub fn with_shards(mut self, shards: u32) -> Self {
        self.shards = Some(shards);
        self
    }

    /// The same template with a number of replicas, instead of the server's
    /// default. Serverless has no such setting and ignores it.
    #[must_use]
    pub fn with_replicas(mut self, replicas: u32) -> Self {
        self.replicas = Some(replicas);
        self
    }

    /// The version of its schema, which stands in `_meta.schema`.
    #[must_use]
    pub fn version(&self) -> u32 {
        match self.content {
            Content::Events => SCHEMA_VERSION,
            Content::AccessLog => ACCESS_LOG_VERSION,
        }
    }

    /// What identifies this template's content: SHA-256 in hex over the rendered
    /// bodies and the user's choices. It stands in `_meta.digest` of the index
    /// template and of each index's mapping, so that drift shows.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (_, text) in self.rendered() {
            hash.update(text);
        }
        hash.update(format!("{:?} {:?} {:?}", self.extra, self.shards, self.replicas));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The requests to send, in this order; sending them again is harmless.
    /// They concern indices made afterwards.
    ///
    /// # Errors
    /// [`TemplateError::Rendered`] where the build embeds a broken file.
    pub fn puts(&self) -> Result<Vec<Put>, TemplateError> {
        self.rendered().iter().map(|(file, text)| Ok(self.put(file, self.parse(file, text)?))).collect()
    }

    fn put(&self, file: &str, body: Value) -> Put {
        match file {
            "index-template" => self.index_template(body),
            "settings" => self.component(file, self.settings(body)),
            "promoted" => self.component(file, self.promote(body)),
            _ => self.component(file, body),
        }
    }

    fn rendered(&self) -> &'static [Rendered] {
        match (self.content, self.flavor) {
            (Content::Events, Flavor::OpenSearch) => OPENSEARCH,
            (Content::Events, Flavor::Serverless) => SERVERLESS,
            (Content::AccessLog, Flavor::OpenSearch) => OPENSEARCH_ACCESS_LOG,
            (Content::AccessLog, Flavor::Serverless) => SERVERLESS_ACCESS_LOG,
        }
    }

    fn parse(&self, file: &'static str, text: &str) -> Result<Value, TemplateError> {
        let text = text.replace(PLACEHOLDER, &self.prefix);
        serde_json::from_str(&text).map_err(|source| TemplateError::Rendered { file, source })
    }

    fn settings(&self, mut body: Value) -> Value {
        let index = &mut body["template"]["settings"]["index"];
        for (name, number) in [("number_of_shards", self.shards), ("number_of_replicas", self.replicas)] {
            if let Some(number) = number {
                index[name] = json!(number);
            }
        }
        body
    }

    fn promote(&self, mut body: Value) -> Value {
        let properties = &mut body["template"]["mappings"]["properties"];
        for (part, leaves) in [("request", self.extra.request()), ("response", self.extra.response())] {
            for leaf in leaves {
                properties[part]["properties"][leaf] = json!({"type": "keyword", "ignore_above": crate::KEYWORD_MAX});
            }
        }
        body
    }

    fn component(&self, name: &str, body: Value) -> Put {
        Put { path: format!("/_component_template/{}-{name}", self.prefix), body }
    }

    fn index_template(&self, mut body: Value) -> Put {
        let meta = json!({"product": "trailsearch", "schema": self.version(), "digest": self.digest()});
        body["priority"] = json!(PRIORITY + self.prefix.len());
        body["template"]["mappings"]["_meta"] = meta.clone();
        body["_meta"] = meta;
        Put { path: format!("/_index_template/{}", self.prefix), body }
    }
}

#[cfg(test)]
mod tests;
