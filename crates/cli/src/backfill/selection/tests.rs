use super::*;

const LOGS: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1/";

/// Everything below a prefix of a bucket.
fn args(source: &str) -> SelectionArgs {
    let source = source.parse().unwrap();
    SelectionArgs { source, from: None, to: None, account: vec![], region: vec![], kind: vec![] }
}

fn days(source: &str, from: &str, to: &str) -> Selection {
    Selection::new(
        SelectionArgs { from: from.parse().ok(), to: to.parse().ok(), ..args(source) },
        AccessLogs::default(),
    )
    .unwrap()
}

fn of(change: impl FnOnce(&mut SelectionArgs)) -> Selection {
    let mut args = args("s3://logs");
    change(&mut args);
    Selection::new(args, AccessLogs::default()).unwrap()
}

/// A listing in one word: `+` opens folders, `*` lists all, and a range of keys stands in brackets.
fn shown(listing: Option<Listing>) -> String {
    let Some(Listing { prefix, after, until, folders }) = listing else { return "nothing".to_owned() };
    let range = match (after, until) {
        (None, None) => String::new(),
        (after, until) => format!("[{}..{}]", after.unwrap_or_default(), until.unwrap_or_default()),
    };
    format!("{prefix}{}{range}", if folders { '+' } else { '*' })
}

#[test]
fn only_buckets_are_taken() {
    assert_eq!("s3://logs/a".parse::<BucketPrefix>().unwrap().to_string(), "s3://logs/a");
    assert_eq!("logs/a".parse::<BucketPrefix>(), Err(NotInS3::Path));
    assert_eq!("s3://".parse::<BucketPrefix>(), Err(NotInS3::NoBucket(NoBucket)));
}

#[test]
fn days_do_not_run_backwards() {
    let from = "2026-10-06".parse().ok();
    let backwards = Selection::new(
        SelectionArgs { from, to: "2026-10-05".parse().ok(), ..args("s3://logs") },
        AccessLogs::default(),
    );
    assert!(matches!(backwards, Err(CliError::EmptyRange { .. })));
}

#[test]
fn both_days_are_chosen_and_no_other() {
    let selection = days("s3://logs", "2026-10-05", "2026-10-06");
    let choice = |day: &str| selection.choice(&format!("{LOGS}{day}/x.json.gz"));
    for (day, expected) in [
        ("2026/10/04", Choice::Other),
        ("2026/10/05", Choice::Chosen),
        ("2026/10/06", Choice::Chosen),
        ("2026/10/07", Choice::Other),
        ("2026/02/31", Choice::Other),
    ] {
        assert_eq!(choice(day), expected, "{day}");
    }
    assert_eq!(days("s3://logs", "2026-10-05", "").choice(&format!("{LOGS}2027/01/01/x.json.gz")), Choice::Chosen);
    assert_eq!(days("s3://logs", "", "2026-10-05").choice(&format!("{LOGS}2013/11/13/x.json.gz")), Choice::Chosen);
}

#[test]
fn accounts_regions_and_kinds_are_chosen() {
    let (log, insight) =
        (format!("{LOGS}2026/10/05/x.json.gz"), LOGS.replace("Trail/", "Trail-Insight/") + "2026/10/05/x.json.gz");
    let digest = LOGS.replace("Trail/", "Trail-Digest/") + "2026/10/05/x.json.gz";
    let text = |value: &str| vec![value.to_owned()];
    assert_eq!(of(|_| ()).choice(&log), Choice::Chosen);
    assert_eq!(of(|_| ()).choice(&digest), Choice::Other);
    assert_eq!(of(|args| args.account = text("111122223333")).choice(&log), Choice::Chosen);
    assert_eq!(of(|args| args.account = text("444455556666")).choice(&log), Choice::Other);
    assert_eq!(of(|args| args.region = text("eu-central-1")).choice(&log), Choice::Chosen);
    assert_eq!(of(|args| args.region = text("us-east-1")).choice(&log), Choice::Other);
    let insights = of(|args| args.kind = vec![crate::args::KindChoice::Insight]);
    assert_eq!((insights.choice(&log), insights.choice(&insight)), (Choice::Other, Choice::Chosen));
}

#[test]
fn a_copy_outside_the_layout_is_chosen_where_nothing_is_asked_of_its_key() {
    assert_eq!(of(|_| ()).choice("copies/x.json.gz"), Choice::Chosen);
    assert_eq!(of(|args| args.region = vec!["eu-central-1".to_owned()]).choice("copies/x.json.gz"), Choice::Unplaced);
    assert_eq!(days("s3://logs", "2026-10-05", "").choice("copies/x.json.gz"), Choice::Unplaced);
    assert_eq!(of(|_| ()).choice("copies/README.md"), Choice::Other);
}

#[test]
fn without_filters_folders_are_opened_down_to_their_kind() {
    let all = of(|_| ());
    assert_eq!(shown(all.root()), "+");
    for (folder, expected) in [
        ("AWSLogs/", "AWSLogs/+"),
        ("copies/", "copies/*"),
        ("AWSLogs/other/", "AWSLogs/other/*"),
        ("AWSLogs/o-exampleorg1/", "AWSLogs/o-exampleorg1/+"),
        ("AWSLogs/111122223333/", "AWSLogs/111122223333/+"),
        ("AWSLogs/111122223333/CloudTrail/", "AWSLogs/111122223333/CloudTrail/*"),
        ("AWSLogs/111122223333/CloudTrail-Digest/", "nothing"),
        ("AWSLogs/111122223333/elasticloadbalancing/", "nothing"),
    ] {
        assert_eq!(shown(all.folder(folder)), expected, "{folder}");
    }
}

#[test]
fn accounts_and_regions_bound_what_is_listed() {
    let some = of(|args| {
        args.account = vec!["111122223333".to_owned()];
        args.region = vec!["eu-central-1".to_owned()];
    });
    for (folder, expected) in [
        ("AWSLogs/444455556666/", "nothing"),
        ("AWSLogs/o-exampleorg1/444455556666/", "nothing"),
        ("AWSLogs/111122223333/CloudTrail/", "AWSLogs/111122223333/CloudTrail/+"),
        ("AWSLogs/111122223333/CloudTrail/us-east-1/", "nothing"),
        (LOGS, "AWSLogs/111122223333/CloudTrail/eu-central-1/*"),
    ] {
        assert_eq!(shown(some.folder(folder)), expected, "{folder}");
    }
}

#[test]
fn days_are_a_range_of_keys_in_each_region() {
    let some = days("s3://logs", "2026-09-30", "2026-12-31");
    assert_eq!(shown(some.folder("AWSLogs/111122223333/CloudTrail/")), "AWSLogs/111122223333/CloudTrail/+");
    assert_eq!(shown(some.folder(LOGS)), format!("{LOGS}*[{LOGS}2026/09/30..{LOGS}2027/01/01]"));
    assert_eq!(shown(days("s3://logs", "", "2026-12-31").folder(LOGS)), format!("{LOGS}*[..{LOGS}2027/01/01]"));
}

/// The range is that of the region, whatever the user gave of what is below it.
#[test]
fn a_prefix_may_end_anywhere() {
    let root = |prefix: &str| shown(days(&format!("s3://logs/{prefix}"), "2026-10-05", "").root());
    let range = |region: &str| format!("*[{region}2026/10/05..]");
    let twice = format!("{LOGS}copy/{LOGS}");
    for (prefix, expected) in [
        ("AWSL", "AWSL+".to_owned()),
        ("AWSLogs/1111", "AWSLogs/1111+".to_owned()),
        ("AWSLogs/111122223333/CloudTr", "AWSLogs/111122223333/CloudTr+".to_owned()),
        ("AWSLogs/111122223333/CloudTrail/eu-", "AWSLogs/111122223333/CloudTrail/eu-+".to_owned()),
        (&format!("{LOGS}2026/1"), format!("{LOGS}2026/1{}", range(LOGS))),
        (&format!("{LOGS}2026/10/05/"), format!("{LOGS}2026/10/05/{}", range(LOGS))),
        (&twice, format!("{twice}{}", range(&twice))),
        ("copies/2026/", "copies/2026/+".to_owned()),
    ] {
        assert_eq!(root(prefix), expected, "{prefix}");
    }
}

/// What is not listed holds nothing that is chosen.
#[test]
fn nothing_chosen_is_out_of_reach() {
    let key = "team/AWSLogs/o-exampleorg1/111122223333/CloudTrail/eu-central-1/2026/10/05/x.json.gz";
    for source in
        ["s3://logs", "s3://logs/team/", "s3://logs/team/AWSLogs/o-exampleorg1/1111", &format!("s3://logs/{key}")]
    {
        let selection = days(source, "2026-10-05", "2026-10-05");
        let mut listing = selection.root();
        while let Some(Listing { prefix, folders: true, .. }) = listing {
            let end = key[prefix.len()..].find('/').unwrap() + prefix.len();
            listing = selection.folder(&key[..=end]);
        }
        let Listing { prefix, after, until, .. } = listing.unwrap();
        assert!(key.starts_with(&prefix), "{source}: {prefix}");
        assert!(
            after.is_none_or(|after| key > after.as_str()) && until.is_none_or(|until| key < until.as_str()),
            "{source}"
        );
    }
}

#[test]
fn access_logs_are_chosen_where_they_are_known_to_lie() {
    let below = AccessLogs::Below(vec!["logs/s3/access/".parse().unwrap()]);
    let selection = |access_logs: &AccessLogs, from: &str| {
        Selection::new(SelectionArgs { from: from.parse().ok(), ..args("s3://logs") }, access_logs.clone()).unwrap()
    };
    let name = "2026-11-20-09-14-27-8C2A7F31D09B4E65";
    let (inside, outside) = (format!("s3/access/{name}"), format!("s3/{name}"));
    for (access_logs, key, from, choice) in [
        (&below, inside.as_str(), "", Choice::Chosen),
        (&below, &inside, "2026-11-20", Choice::Chosen),
        (&below, &inside, "2026-11-21", Choice::Other),
        (&below, &outside, "", Choice::Other),
        (&below, "s3/access/notes.txt", "", Choice::Other),
        (&AccessLogs::default(), &inside, "", Choice::Other),
        (&AccessLogs::All, "any/file", "", Choice::Chosen),
    ] {
        assert_eq!(selection(access_logs, from).choice(key), choice, "{key} {from}");
    }
    let days = selection(&below, "2026-11-20");
    assert_eq!(shown(days.root()), "+");
    assert_eq!(shown(days.folder("s3/")), "s3/+");
    assert_eq!(shown(days.folder("s3/access/")), "s3/access/*");
    assert_eq!(shown(days.folder("s3/access/2026/")), "s3/access/2026/*");
    assert_eq!(shown(days.folder(LOGS)), format!("{LOGS}*[{LOGS}2026/11/20..]"));
    assert_eq!(shown(selection(&AccessLogs::All, "").root()), "*");
}
