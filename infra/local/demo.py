"""The demo: sample objects into the bucket, their events out of the search.

Run by `make demo`, in the environment that `stack.py` made.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request

import boto3

from layout import ROOT

RELEASE = ROOT / "target" / "release"
STORY = ROOT / "target" / "local" / "story"
PATIENCE_SECONDS = 120
INSTANCE = "i-0abc1234def567890"


def environment():
    """The addresses of the stack, as `target/local/env` exports them."""
    lines = (ROOT / "target" / "local" / "env").read_text().splitlines()
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    return {name: value.strip("'\"") for name, value in pairs}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def put_objects(bucket):
    """Puts every object of the story; answers their keys."""
    s3 = boto3.client("s3")
    keys = sorted(path.relative_to(STORY).as_posix() for path in STORY.rglob("*.json.gz"))
    for key in keys:
        s3.upload_file(str(STORY / key), bucket, key)
    return keys


def searchable(endpoint, bucket, keys):
    """How many events of these objects a search finds."""
    query = {"bool": {"filter": [{"term": {"ingest.bucket": bucket}}, {"terms": {"ingest.object": keys}}]}}
    request = urllib.request.Request(
        f"{endpoint}/cloudtrail-*/_count",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as reply:
        return json.load(reply)["count"]


def wait_until_searchable(endpoint, bucket, keys, events):
    """Waits for the notifications, the queue and the function to have done their work."""
    started = time.monotonic()
    while (found := searchable(endpoint, bucket, keys)) < events:
        if time.monotonic() - started > PATIENCE_SECONDS:
            sys.exit(f"demo failed: {found} of {events} events are searchable; see {ROOT}/target/local/log/lambda.log")
        if sys.stdout.isatty():
            print(f"{found} of {events} events are searchable", end="\r", flush=True)
        time.sleep(0.3)
    print(f"{found} of {events} events are searchable, {time.monotonic() - started:.1f} s after the last put")
    return found


def say(text):
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def main():
    os.environ.update(environment())
    endpoint, bucket = os.environ["OPENSEARCH_ENDPOINT"], os.environ["LOCAL_BUCKET"]
    say("1. A day in three accounts, as CloudTrail objects in the bucket; each put notifies the function")
    story = run(RELEASE / "testkit", "story", STORY, capture_output=True, text=True)
    keys = put_objects(bucket)
    print(f"{len(keys)} objects in s3://{bucket}")
    events = json.loads(story.stdout)["events"]
    found = wait_until_searchable(endpoint, bucket, keys, events)
    say(f"2. Who launched {INSTANCE}?  (trailsearch who {INSTANCE})")
    run(RELEASE / "trailsearch", "who", INSTANCE)
    say("Go on:")
    print("  . target/local/env")
    print("  target/release/trailsearch who rtb-0d15ea5e123456789      any id, name or ARN")
    print("  aws s3 cp FILE.json.gz s3://$LOCAL_BUCKET/                your own CloudTrail files")
    print("  curl \"$OPENSEARCH_ENDPOINT/cloudtrail-*/_search?pretty&q=eventName:DisassociateRouteTable\"")
    print("  make down                                                stop the stack\n")
    print(f"demo ok: {found} events")


if __name__ == "__main__":
    main()
