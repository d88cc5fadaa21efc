//! Where the cluster is and as whom to talk to it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

#[cfg(test)]
mod tests;

/// How long a request may take, its reply included, unless set otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the cluster is and as whom to talk to it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The address, without user name and password; a path in it is kept as a prefix.
    pub endpoint: Url,
    /// As whom.
    pub auth: Auth,
    /// A PEM file of certificate authorities to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// How long a request may take, from the connection to the last byte of the reply.
    pub timeout: Duration,
}

impl Connection {
    /// A connection to `endpoint` with what can be inferred from it (see [`Auth::infer`]).
    ///
    /// `login` is a user name and password; without it, those inside the URL count
    /// (`https://user:password@host`). They leave the URL in any case, so that no error or log shows them.
    pub fn new(mut endpoint: Url, login: Option<(String, String)>) -> Self {
        let login = login.or_else(|| login_in(&endpoint));
        // These only fail for URLs without a host, which cannot hold a login.
        let _ = endpoint.set_username("");
        let _ = endpoint.set_password(None);
        Self { auth: Auth::infer(&endpoint, login), endpoint, ca_file: None, timeout: DEFAULT_TIMEOUT }
    }
}

fn login_in(endpoint: &Url) -> Option<(String, String)> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let password = endpoint.password().unwrap_or_default();
    let login = (decoded(endpoint.username()), decoded(password));
    (!login.0.is_empty()).then_some(login)
}

/// As whom to talk to the cluster.
#[derive(Clone, PartialEq, Eq)]
pub enum Auth {
    /// As nobody: a cluster without the security plugin.
    None,
    /// With HTTP basic authentication.
    Basic {
        /// The user's name.
        user: String,
        /// The user's password.
        password: String,
    },
    /// As the AWS role of this process, with requests signed by Signature Version 4.
    SigV4 {
        /// The service that checks the signature.
        service: AwsService,
        /// The region it is in; that of the AWS settings where there is none.
        region: Option<String>,
    },
}

/// The AWS services that offer OpenSearch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsService {
    /// Amazon OpenSearch Service (domains).
    Es,
    /// Amazon OpenSearch Serverless (collections).
    Aoss,
}

impl AwsService {
    /// The name that requests are signed for.
    pub fn signing_name(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Aoss => "aoss",
        }
    }
}

impl Auth {
    /// What an endpoint and a login suggest: a login means basic authentication; without one, an
    /// AWS host (`….REGION.es.amazonaws.com`, `….REGION.aoss.amazonaws.com`, `….aos.REGION.on.aws`)
    /// means Signature Version 4, and any other host means none.
    pub fn infer(endpoint: &Url, login: Option<(String, String)>) -> Self {
        match (login, endpoint.host_str().and_then(aws_service_at)) {
            (Some((user, password)), _) => Self::Basic { user, password },
            (None, Some((service, region))) => Self::SigV4 { service, region: Some(region) },
            (None, None) => Self::None,
        }
    }

    /// Whether [`OpenSearchIndex::connect`](crate::OpenSearchIndex::connect) needs AWS settings; to load
    /// them costs time where there are none.
    pub fn needs_aws(&self) -> bool {
        matches!(self, Self::SigV4 { .. })
    }

    /// Signed for `service`, in the region that the host's name holds, if any (a custom domain holds none).
    pub(crate) fn signed(service: AwsService, endpoint: &Url) -> Self {
        let region = endpoint.host_str().and_then(aws_service_at).map(|(_, region)| region);
        Self::SigV4 { service, region }
    }

    /// What to check when the cluster denies access.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::None => "the cluster wants to know who asks: give a user name and password, or use SigV4",
            Self::Basic { .. } => "check the user name and password, and the user's roles in the cluster",
            Self::SigV4 { service: AwsService::Es, .. } => {
                "check that the role may es:ESHttp*, the domain's access policy, and the role's mapping in the cluster"
            }
            Self::SigV4 { service: AwsService::Aoss, .. } => {
                "check that the role may aoss:APIAccessAll, and the collection's data access policy"
            }
        }
    }
}

/// The service and region in a host name of AWS; see
/// <https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html>.
fn aws_service_at(host: &str) -> Option<(AwsService, String)> {
    let labels: Vec<&str> = host.trim_end_matches(".cn").split('.').collect();
    let (service, region) = match labels[..] {
        [_, .., region, service, "amazonaws", "com"] => (service, region),
        [_, .., service, region, "on", "aws"] => (service, region),
        _ => return None,
    };
    match service {
        "es" | "aos" => Some((AwsService::Es, region.to_owned())),
        "aoss" => Some((AwsService::Aoss, region.to_owned())),
        _ => None,
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic { user, .. } => write!(f, "Basic {{ user: {user:?}, password: *** }}"),
            Self::SigV4 { service, region } => write!(f, "SigV4 {{ service: {service:?}, region: {region:?} }}"),
        }
    }
}
