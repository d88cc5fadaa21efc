//! The cluster's login out of AWS Secrets Manager.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use serde::Deserialize;
use trailsearch_ingest::ports::Cause;
use trailsearch_ingest::settings::EndpointSettings;

/// Why there is no login.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager does not give it.
    #[error(
        "the secret {id} cannot be read (check OPENSEARCH_SECRET_ID, that secretsmanager:GetSecretValue is allowed on it, and kms:Decrypt on its key)"
    )]
    Unread {
        /// Its name or ARN.
        id: String,
        /// What went wrong.
        #[source]
        source: Cause,
    },
    /// It holds something else. What it holds is told nowhere.
    #[error(r#"the secret {id} is no JSON of the form {{"username": "…", "password": "…"}}"#)]
    Unusable {
        /// Its name or ARN.
        id: String,
    },
}

/// What the secret holds, in the form that AWS gives secrets of databases; other members are passed over.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html>
#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

/// Puts user name and password into the settings, where they name a secret.
///
/// # Errors
/// When the secret cannot be read, or holds no login.
pub async fn read_login(settings: &mut EndpointSettings, config: &SdkConfig) -> Result<(), SecretError> {
    let Some(id) = settings.secret.clone() else { return Ok(()) };
    let client = Client::new(config);
    let reply = client.get_secret_value().secret_id(&id).send().await;
    let reply = reply.map_err(|error| SecretError::Unread { id: id.clone(), source: error.into() })?;
    let login: Option<Login> = serde_json::from_str(reply.secret_string().unwrap_or_default()).ok();
    let login = login.ok_or(SecretError::Unusable { id })?;
    (settings.username, settings.password) = (Some(login.username), Some(login.password));
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;
    use aws_sdk_secretsmanager::config::{Credentials, Region, SharedCredentialsProvider};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use trailsearch_ingest::settings::Settings;

    use super::*;

    const ID: &str = "cluster/login";

    fn settings(secret: &str) -> EndpointSettings {
        let variables = [("OPENSEARCH_ENDPOINT", "https://search.example.com"), ("OPENSEARCH_SECRET_ID", secret)];
        let lookup =
            |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        Settings::read(lookup, std::iter::empty()).unwrap().endpoint
    }

    /// Reads the login from a server that answers once; gives the request as the server saw it, the result and the settings.
    async fn read(status: &str, body: &str) -> (String, Result<(), SecretError>, EndpointSettings) {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let credentials = Credentials::new("id", "key", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url(format!("http://{}", server.local_addr().unwrap()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let serve = async {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = vec![0; 16 * 1024];
            let length = stream.read(&mut request).await.unwrap();
            let reply = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        };
        let mut settings = settings(ID);
        let (request, result) = tokio::join!(serve, read_login(&mut settings, &config));
        (request, result, settings)
    }

    #[tokio::test]
    async fn a_secret_gives_user_name_and_password() {
        let body = r#"{"SecretString":"{\"username\":\"alice\",\"password\":\"s3cret\",\"engine\":\"opensearch\"}"}"#;
        let (request, result, settings) = read("200 OK", body).await;
        result.unwrap();
        assert!(request.to_lowercase().contains("x-amz-target: secretsmanager.getsecretvalue"), "{request}");
        assert_eq!((settings.username.as_deref(), settings.password.as_deref()), (Some("alice"), Some("s3cret")));
    }

    #[tokio::test]
    async fn without_a_secret_nobody_is_asked() {
        let mut settings = settings("");
        let nowhere = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        read_login(&mut settings, &nowhere).await.unwrap();
        assert_eq!(settings.username, None);
    }

    #[tokio::test]
    async fn another_secret_is_refused_without_telling_it() {
        let (_, result, settings) = read("200 OK", r#"{"SecretString":"s3cret"}"#).await;
        let error = result.unwrap_err();
        let said = format!("{error:?} {error}");
        assert!(said.contains(ID) && !said.contains("s3cret"), "{said}");
        assert_eq!(settings.username, None);
    }

    #[tokio::test]
    async fn who_may_not_read_it_is_told_what_is_needed() {
        let (_, result, _) = read("400 Bad Request", r#"{"__type":"AccessDeniedException"}"#).await;
        let said = result.unwrap_err().to_string();
        assert!(said.contains("secretsmanager:GetSecretValue") && said.contains(ID), "{said}");
    }
}
