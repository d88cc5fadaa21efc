use super::*;

fn connection(endpoint: &str) -> Connection {
    Connection::new(endpoint.parse().unwrap(), None)
}

fn sigv4(service: AwsService, region: &str) -> Auth {
    Auth::SigV4 { service, region: Some(region.to_owned()) }
}

fn basic(user: &str, password: &str) -> Auth {
    Auth::Basic { user: user.to_owned(), password: password.to_owned() }
}

#[test]
fn the_host_tells_how_to_authenticate() {
    let cases = [
        ("https://search-logs-abc123.eu-central-1.es.amazonaws.com", sigv4(AwsService::Es, "eu-central-1")),
        ("https://vpc-logs-abc123.us-gov-west-1.es.amazonaws.com/", sigv4(AwsService::Es, "us-gov-west-1")),
        ("https://search-logs-abc123.cn-north-1.es.amazonaws.com.cn", sigv4(AwsService::Es, "cn-north-1")),
        ("https://search-logs-abc123.aos.us-west-2.on.aws", sigv4(AwsService::Es, "us-west-2")),
        ("https://abc123.us-east-1.aoss.amazonaws.com:443", sigv4(AwsService::Aoss, "us-east-1")),
        ("https://ABC123.us-east-1.AOSS.amazonaws.com", sigv4(AwsService::Aoss, "us-east-1")),
        ("http://127.0.0.1:9200", Auth::None),
        ("https://[::1]:9200", Auth::None),
        ("https://logs.example.com", Auth::None),
        ("https://es.amazonaws.com", Auth::None),
        ("https://eu-central-1.es.amazonaws.com.example.com", Auth::None),
        ("https://bucket.eu-central-1.s3.amazonaws.com", Auth::None),
    ];
    for (endpoint, auth) in cases {
        assert_eq!(connection(endpoint).auth, auth, "{endpoint}");
    }
}

#[test]
fn a_login_means_basic_authentication_on_any_host() {
    for endpoint in ["https://logs.example.com", "https://search-logs-abc123.eu-central-1.es.amazonaws.com"] {
        let login = Some(("alice".to_owned(), "s3cret".to_owned()));
        assert_eq!(Connection::new(endpoint.parse().unwrap(), login).auth, basic("alice", "s3cret"));
    }
}

#[test]
fn a_login_inside_the_url_is_taken_out_of_it() {
    let found = connection("https://alice:p%40ss%3Aw%C3%B6rd@logs.example.com:9200/search");
    assert_eq!(found.auth, basic("alice", "p@ss:wörd"));
    assert_eq!(found.endpoint.as_str(), "https://logs.example.com:9200/search");
    assert_eq!(connection("https://alice@logs.example.com").auth, basic("alice", ""));
}

#[test]
fn a_given_login_outranks_the_one_inside_the_url() {
    let login = Some(("bob".to_owned(), "b".to_owned()));
    let found = Connection::new("https://alice:a@logs.example.com".parse().unwrap(), login);
    assert_eq!(found.auth, basic("bob", "b"));
    assert_eq!(found.endpoint.as_str(), "https://logs.example.com/");
}

#[test]
fn debug_output_hides_the_password() {
    let text = format!("{:?}", connection("https://alice:s3cret@logs.example.com"));
    assert!(text.contains("alice") && !text.contains("s3cret"), "{text}");
}
