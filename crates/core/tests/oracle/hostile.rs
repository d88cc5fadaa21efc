//! Records that try to break a document.

use trailsearch_schema::{Field, Type, record_fields};

/// A record with these members beside the ordinary ones.
fn record(members: &str) -> Vec<u8> {
    let head =
        r#""eventVersion":"1.11","eventID":"3f2b8c1e-6a57-4d0f-9b3e-2c1d0e9f8a7b","eventTime":"2026-11-20T09:14:27Z""#;
    format!(r#"{{{head},"eventSource":"ec2.amazonaws.com","eventName":"RunInstances",{members}}}"#).into_bytes()
}

/// A record whose request holds these members.
fn request(members: &str) -> Vec<u8> {
    record(&format!(r#""requestParameters":{{{members}}}"#))
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("{}1{}", open.repeat(depth), close.repeat(depth))
}

fn many(count: usize, member: impl Fn(usize) -> String) -> String {
    (0..count).map(member).collect::<Vec<_>>().join(",")
}

/// Every hostile record with what is wrong with it.
pub(crate) fn records() -> Vec<(String, Vec<u8>)> {
    let groups = [
        large(),
        deep(),
        bloating(),
        names(),
        duplicates(),
        broken_text(),
        numbers(),
        wrong_parts(),
        times(),
        odd_records(),
    ];
    groups.into_iter().flatten().map(|(name, record)| (name.to_owned(), record)).collect()
}

type Named = Vec<(&'static str, Vec<u8>)>;

fn large() -> Named {
    let leaf = |bytes: usize| format!(r#""a":"{}""#, "x".repeat(bytes));
    let parts = |member: &str| {
        let parts =
            ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "unknownPart"];
        record(&parts.map(|part| format!(r#""{part}":{{"deep":[{{{member}}}],{member}}}"#)).join(","))
    };
    vec![
        ("leaves of 33 KB", parts(&leaf(33_000))),
        ("a leaf of 200 KB", request(&leaf(200_000))),
        (
            "typed fields of 200 KB",
            record(&format!(r#""userAgent":"{0}","errorMessage":"{0}","sourceIPAddress":"{0}""#, "y".repeat(200_000))),
        ),
        (
            "a list of large leaves",
            request(&format!(r#""a":[{}]"#, many(20, |_| format!("\"{}\"", "x".repeat(5_000))))),
        ),
        (
            "a part that is a list",
            record(&format!(
                r#""additionalEventData":[{{{}}}],"requestParameters":[[{{{}}}]]"#,
                leaf(33_000),
                leaf(33_000)
            )),
        ),
        ("leaves at the bound", request(&format!("{},\"b\":\"{}\"", leaf(4_094), "x".repeat(4_095)))),
        ("an unknown scalar of 33 KB", record(&format!(r#""unknown":"{}""#, "x".repeat(33_000)))),
        ("60,000 keys", request(&many(60_000, |key| format!(r#""k{key}":{key}"#)))),
        (
            "60,000 nested keys",
            request(&many(6_000, |key| format!(r#""k{key}":{{{}}}"#, many(10, |key| format!(r#""n{key}":"{key}""#))))),
        ),
        ("60,000 unknown members", record(&many(60_000, |key| format!(r#""k{key}":{key}"#)))),
        (
            "60,000 unknown members of userIdentity",
            record(&format!(r#""userIdentity":{{{}}}"#, many(60_000, |key| format!(r#""k{key}":{key}"#)))),
        ),
        ("60,000 items", request(&format!(r#""list":[{}]"#, many(60_000, |item| item.to_string())))),
        (
            "60,000 objects in a list",
            request(&format!(r#""list":[{}],"after":"x""#, many(60_000, |item| format!(r#"{{"n":{item}}}"#)))),
        ),
        (
            "60,000 resources",
            record(&format!(
                r#""resources":[{}]"#,
                many(60_000, |item| format!(r#"{{"ARN":"arn:aws:s3:::b{item}","x":{item}}}"#))
            )),
        ),
        (
            "5,000 items in each of many lists",
            request(&many(10, |list| format!(r#""l{list}":[{}]"#, many(5_000, |item| format!("\"{item}\""))))),
        ),
        (
            "a large JSON document in a string",
            request(&format!(r#""policy":"{{\"Statement\":\"{}\"}}""#, "x".repeat(50_000))),
        ),
        (
            "60,000 JSON documents in strings",
            request(&format!(r#""list":[{}]"#, many(60_000, |item| format!(r#""{{\"n\":{item}}}""#)))),
        ),
    ]
}

fn deep() -> Named {
    let objects = nested("{\"a\":", "}", 5_000);
    let lists = nested("[", "]", 5_000);
    vec![
        ("objects 5,000 deep", request(&format!(r#""d":{objects}"#))),
        ("lists 5,000 deep", request(&format!(r#""d":{lists}"#))),
        ("an unknown member 5,000 deep", record(&format!(r#""d":{objects},"e":{lists}"#))),
        (
            "typed fields 5,000 deep",
            record(&format!(r#""userIdentity":{lists},"eventName2":1,"readOnly":{lists},"resources":{lists}"#)),
        ),
        (
            "a part that is a list 5,000 deep",
            record(&format!(r#""requestParameters":{lists},"additionalEventData":{lists}"#)),
        ),
        (
            "an object where lists are, 60 deep",
            record(&format!(r#""userIdentity":{}{{"type":"Root"}}{}"#, "[".repeat(60), "]".repeat(60))),
        ),
        ("exactly as deep as allowed", request(&format!(r#""d":{}"#, nested("{\"a\":", "}", 47)))),
        ("one deeper than allowed", request(&format!(r#""d":{}"#, nested("{\"a\":", "}", 48)))),
        ("a deep JSON document in a string", request(&format!(r#""d":"{}""#, objects.replace('"', "\\\"")))),
        ("a dropped part 5,000 deep", record(&format!(r#""additionalEventData":{{"x-amz-id-2":{objects}}}"#))),
    ]
}

/// Little text that could make a large document, were every value that is cut kept on its own.
fn bloating() -> Named {
    let path = |inside: &str| format!("{}{inside}{}", format!("{{\"{}\":", "p".repeat(40)).repeat(46), "}".repeat(46));
    let too_deep = path(&format!("[{}]", many(50_000, |_| "[]".to_owned())));
    let duplicates = path(&format!("{{{}}}", many(50_000, |_| "\"a\":1".to_owned())));
    let leaves = path(&format!("[{}]", many(50_000, |_| "1".to_owned())));
    let documents = path(&format!("[{}]", many(20_000, |_| "\"[]\"".to_owned())));
    let promoted =
        many(100, |list| format!(r#""l{list}":{{"instanceId":[{}]}}"#, many(200, |id| format!("\"{list}-{id}\""))));
    vec![
        ("many lists that are too deep", request(&format!(r#""d":{too_deep}"#))),
        ("many duplicate names below a long path", request(&format!(r#""d":{duplicates}"#))),
        ("many scalars below a long path", record(&format!(r#""requestParameters":{leaves},"unknown":{leaves}"#))),
        ("many JSON documents in strings below a long path", request(&format!(r#""d":{documents}"#))),
        ("many secrets below a long path", request(&format!(r#""password":{leaves}"#))),
        ("many promoted values", request(&promoted)),
    ]
}

fn names() -> Named {
    let long = "k".repeat(33_000);
    let odd = r#""":1," ":2,".":3,"..":4,".a":5,"a.":6,"a..b":7,"a.b":8,"\u0000":9,"\n":10,"a=b":11,"*":12,"_id":13,"\ud83d\ude00":14,"\u0061":15"#;
    vec![
        ("odd names", request(odd)),
        ("odd names at the top", record(odd)),
        ("odd names in userIdentity", record(&format!(r#""userIdentity":{{"type":"Root",{odd}}}"#))),
        ("odd names in a list of resources", record(&format!(r#""resources":[{{{odd}}},{{{odd}}}]"#))),
        ("an immense name", request(&format!(r#""{long}":1"#))),
        ("an immense name at the top", record(&format!(r#""{long}":1"#))),
        ("an immense name in userIdentity", record(&format!(r#""userIdentity":{{"{long}":{{"a":1}}}}"#))),
        (
            "a name longer than the parser takes",
            record(&format!(r#""{0}":1,"requestParameters":{{"{0}":{{"{0}":2}}}}"#, "k".repeat(60_000))),
        ),
        (
            "a long path of short names",
            request(&format!(r#""d":{}"#, nested(&format!("{{\"{}\":", "k".repeat(500)), "}", 40))),
        ),
        ("names as long as allowed", request(&format!(r#""{}":1,"{}":2"#, "a".repeat(510), "b".repeat(511)))),
        (
            "names of what is added",
            record(
                r#""@timestamp":"x","actor":{"name":"mallory"},"ingest":{"full":1},"unmapped":{"a":1},"embedded":1,"request":[],"outcome":"success""#,
            ),
        ),
        (
            "a dotted name that is a field's path",
            record(
                r#""userIdentity.type":"x","userIdentity":{"type":"Root","unknown":1,"sessionContext.attributes":{"mfaAuthenticated":[{}]}},"userIdentity.unknown":2"#,
            ),
        ),
    ]
}

fn duplicates() -> Named {
    vec![
        ("duplicate names at the top", record(r#""eventName":"A","eventName":"B","x":1,"x":2,"x":{"a":[]}"#)),
        ("duplicate names in a part", request(r#""a":1,"a":2,"\u0061":3,"b":{"c":1,"c":{"c":1,"c":2}}"#)),
        (
            "duplicate names in typed objects",
            record(r#""userIdentity":{"type":"Root","type":"Role","sessionContext":{"attributes":{},"attributes":1}}"#),
        ),
        (
            "duplicate parts",
            record(r#""requestParameters":{"a":1},"requestParameters":{"a":2},"requestParameters":"x""#),
        ),
        (
            "duplicate names below what is cut",
            record(&format!(
                r#""unknown":{{"a":1,"a":2}},"requestParameters":{{"{}":{{"a":1,"a":2}}}}"#,
                "k".repeat(600)
            )),
        ),
        ("duplicate names among many", request(&format!("{0},{0}", many(40, |key| format!(r#""k{key}":{key}"#))))),
        ("duplicate names in a JSON document in a string", request(r#""p":"{\"a\":1,\"a\":2}""#)),
        ("the same unknown member in every item", record(r#""resources":[{"ARN":"a","x":1},{"x":2},{"x":{"x":3}}]"#)),
        ("JSON documents in strings under one path", request(r#""p":["{\"a\":1}","{\"a\":2}","{no","[3]"]"#)),
        ("only a duplicate is cut", request(r#""a":{"b":1,"b":2},"c":{"b":1 , "b":2 }"#)),
    ]
}

fn broken_text() -> Named {
    let mut not_utf8 = request(r#""a":"~","~":1,"b":{"c":"x~y"}"#);
    not_utf8.iter_mut().filter(|byte| **byte == b'~').for_each(|byte| *byte = 0xff);
    let mut cut_character = record(r#""eventName2":"\\~","userAgent":"~""#);
    cut_character.iter_mut().filter(|byte| **byte == b'~').for_each(|byte| *byte = 0xc3);
    vec![
        ("bytes that are no UTF-8", not_utf8),
        ("half a character", cut_character),
        (
            "lone surrogates",
            request(r#""a":"\ud800","b":"x\udfffy","c":"\ud800\ud800\udc00","\ud800":"d","\udbff":"e""#),
        ),
        ("escapes that do not exist", request(r#""a":"\q\x41\u12\uzzzz\u+123","\z":"b""#)),
        ("control characters", request("\"a\":\"x\u{0}\u{1}\n\r\ty\",\"b\u{2}\":\"\u{7f}\u{2028}\"")),
        ("a control character after a backslash", request("\"a\":\"x\\\ny\\\u{1}\"")),
        (
            "line breaks between tokens",
            b"{\n\t\"eventName\" : \"A\",\r\n \"requestParameters\" : { \"a\" :\n1 } \n}".to_vec(),
        ),
        ("nothing but blanks", b"{ }".to_vec()),
        ("nothing known, with blanks", b"{ \"x\" : 1 , \"y\" : 2 }".to_vec()),
        (
            "blanks everywhere",
            b"{ \"eventName\" : \"A\" , \"x\" : 1 , \"requestParameters\" : { \"a\" : 1 , \"a\" : 2 , \"b\" : [ ] } }"
                .to_vec(),
        ),
        (
            "a broken JSON document in a string",
            request(r#""p":"{\"a\":\"\\ud800\\q\n\"}","q":"{\"a\":1} tail","r":"{\"a\":","s":"[1,2","t":"{}{}""#),
        ),
        (
            "a URL-encoded document that is no UTF-8",
            request(r#""p":"%7B%22a%22%3A%22%FF%22%7D","q":"%7b%22b%22%3a1%7d","r":"%7Bnot json","s":"%5B%5D""#),
        ),
    ]
}

fn numbers() -> Named {
    let wild =
        ["1e400", "-1e400", "1E+9999999999", "12345678901234567890", "-98765432109876543210", "1e-400", "-0", "0.1e1"];
    let digits = "7".repeat(5_000);
    let fraction = format!("0.{}", "3".repeat(2_000));
    let list = format!("[{},{digits},{fraction},{}]", wild.join(","), "9".repeat(400));
    let parts = ["requestParameters", "unknown", "additionalEventData"];
    vec![
        (
            "wild numbers",
            record(&parts.map(|part| format!(r#""{part}":{{"n":{list},"instanceType":1e400}}"#)).join(",")),
        ),
        (
            "wild numbers in typed fields",
            record(&format!(
                r#""eventName2":{list},"apiVersion":{list},"readOnly":{list},"sourceIPAddress":{list},"tlsDetails":{{"tlsVersion":1e999}}"#
            )),
        ),
        ("wild numbers aside", request(&format!(r#""a":1,"a":1e400,"a":{digits},"a":{list}"#))),
        ("wild numbers in a JSON document in a string", request(&format!(r#""p":"{{\"n\":{list}}}""#))),
    ]
}

fn wrong_parts() -> Named {
    let values = [
        r#""""#,
        r#""text""#,
        "7",
        "true",
        "null",
        "[]",
        "[1,\"a\"]",
        "[[{\"a\":1}]]",
        "[{\"a\":1},\"b\"]",
        "{}",
        "[null,{\"a\":1}]",
    ];
    let parts = [
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "serviceEventDetails",
        "userIdentity",
        "resources",
    ];
    let all = |value: &&str| record(&parts.map(|part| format!(r#""{part}":{value}"#)).join(","));
    values.iter().map(|value| ("parts of another type", all(value))).collect()
}

fn times() -> Named {
    let times = [
        "9999-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2012-12-31T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "20261120T091427Z",
        "Fri, 20 Nov 2026 09:14:27 GMT",
        "",
        " ",
        "2026-11-20",
        "2026-11-20T09:14:27+01:00",
        "2026-1é-20T09:14:27Z",
    ];
    let mut records: Named =
        times.iter().map(|time| ("a wild time", format!(r#"{{"eventTime":"{time}"}}"#).into_bytes())).collect();
    for value in ["-1", "1700000000", "9e99", "null", "{}", "[\"2026-11-20T09:14:27Z\"]", "true"] {
        records.push((
            "a time of another type",
            format!(r#"{{"eventTime":{value},"timeWindow":{{"windowEnd":{value}}}}}"#).into_bytes(),
        ));
    }
    records
}

fn odd_records() -> Named {
    vec![
        ("no members", b"{}".to_vec()),
        ("an id that is too long", format!(r#"{{"eventID":"{}"}}"#, "x".repeat(600)).into_bytes()),
        ("an id with odd characters", r#"{"eventID":"a b\n\u0000é"}"#.as_bytes().to_vec()),
        ("an id of another type", br#"{"eventID":7,"eventId":["a"]}"#.to_vec()),
        (
            "an identity of 33 KB",
            record(&format!(
                r#""userIdentity":{{"type":"{0}","userName":"{0}","arn":"arn:aws:iam::111122223333:user/{0}","principalId":"{0}"}}"#,
                "u".repeat(33_000)
            )),
        ),
        (
            "a secret that is immense",
            request(&format!(
                r#""sessionToken":"{0}","url":"https://example.com/?X-Amz-Signature=1&x={0}""#,
                "t".repeat(33_000)
            )),
        ),
        (
            "ARNs of 33 KB",
            record(&format!(
                r#""resources":[{{"ARN":"arn:aws:s3:::{0}"}}],"requestParameters":{{"bucketName":"{0}","key":"{0}"}}"#,
                "b".repeat(33_000)
            )),
        ),
    ]
}

/// For every typed field, a record for each value that it may not expect; with the field's path.
pub(crate) fn misfits() -> Vec<(String, String)> {
    let large = format!("\"{}\"", "x".repeat(33_000));
    let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let values = [
        "null",
        "true",
        "7",
        "-1.5e3",
        "1e400",
        "12345678901234567890",
        "\"text\"",
        "\"\"",
        "\"true\"",
        "\"True\"",
        "\"\\u0074rue\"",
        "\"2026-11-20T09:14:27Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"\\ud800\"",
        "{}",
        "{\"a\":1}",
        "{\"a.b\":{\"\":[1]}}",
        "[]",
        "[null]",
        "[\"a\",[\"b\"]]",
        "[{\"a\":1}]",
        "[\"a\",{\"b\":1}]",
        "[[[{}]]]",
        "[true,\"no\"]",
        &large,
        &deep,
    ];
    let mut paths = Vec::new();
    record_fields().iter().for_each(|field| collect(field, &mut Vec::new(), &mut paths));
    paths.iter().flat_map(|path| values.map(|value| (path.join("."), nest(path, value)))).collect()
}

fn collect<'f>(field: &'f Field, above: &mut Vec<&'f str>, paths: &mut Vec<Vec<&'f str>>) {
    above.push(field.name);
    paths.push(above.clone());
    if field.ty == Type::Object {
        field.children.iter().for_each(|child| collect(child, above, paths));
    }
    above.pop();
}

/// A record with a value at a path.
fn nest(path: &[&str], value: &str) -> String {
    path.iter().rev().fold(value.to_owned(), |value, name| format!(r#"{{"{name}":{value}}}"#))
}
