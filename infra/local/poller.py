"""Stands for the Lambda's SQS event source mapping: takes messages from the queue, invokes the function with them, and
deletes those that succeeded. The others become visible again by themselves, until the queue gives them up.

Runs in the virtual environment: python poller.py QUEUE_NAME INVOCATION_URL
"""

import http.client
import json
import signal
import socket
import sys
import time
from urllib.parse import urlsplit

import boto3
import botocore.exceptions

BATCH_SIZE = 10
WAIT_S = 2
"""How long the queue holds an empty receive; a message that comes meanwhile ends it at once."""
MIN_PERIOD_S = 0.05
"""Bounds the rate of requests should the queue answer empty receives without waiting."""
PAUSE_S = 1
"""After a failure, before the next try."""
INVOKE_TIMEOUT_S = 120
"""Longer than the function's own limit, whose end the emulator reports."""


class InvokeError(Exception):
    """The function was not reached, or it failed as a whole."""


def lambda_event(messages, queue_arn, region):
    """The event of the real service: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {"Records": [record(message, queue_arn, region) for message in messages]}


def record(message, queue_arn, region):
    """One message as the function sees it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def message_attribute(value):
    """A message attribute, whose names begin in lower case within an event."""
    names = {"StringValue": "stringValue", "DataType": "dataType"}
    return {
        "stringListValues": [],
        "binaryListValues": [],
        **{new: value[old] for old, new in names.items() if old in value},
    }


def invoke(url, event):
    """Posts an event and gives the function's answer. A failed function answers 200 too, with an errorType."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=INVOKE_TIMEOUT_S)
    try:
        connection.request("POST", target.path, json.dumps(event), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        body = reply.read()
    except (OSError, http.client.HTTPException) as error:
        raise InvokeError(f"the function is not reachable: {error!r}") from error
    finally:
        connection.close()
    return answer(reply.status, body)


def is_reachable(url):
    """Whether the emulator listens."""
    target = urlsplit(url)
    try:
        socket.create_connection((target.hostname, target.port), timeout=PAUSE_S).close()
    except OSError:
        return False
    return True


def answer(status, body):
    """The function's answer as an object; anything else but an empty answer is a failure of the whole batch."""
    text = body.decode("utf-8", "replace")
    if status != 200:
        raise InvokeError(f"HTTP {status}: {text[:500]}")
    try:
        value = json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        raise InvokeError(f"the answer is not JSON: {text[:500]}") from error
    if isinstance(value, dict) and "errorType" in value:
        raise InvokeError(f"{value['errorType']}: {value.get('errorMessage', '')}"[:500])
    return value if isinstance(value, dict) else {}


def succeeded(messages, reply):
    """The messages that the function did not report as failed. As in the real service, a report that names an unknown
    message fails the whole batch."""
    items = reply.get("batchItemFailures") or []
    failed = {item.get("itemIdentifier") if isinstance(item, dict) else None for item in items}
    if not failed <= {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]


def delete(sqs, queue_url, messages):
    """Takes messages out of the queue."""
    entries = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)
    ]
    if entries:
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)


class Poller:
    """Polls one queue for one function. It looks the queue up again after a failure: a restarted moto has lost it."""

    def __init__(self, queue, url):
        self.queue = queue
        self.url = url
        self.sqs = boto3.client("sqs")
        self.queue_url = None
        self.queue_arn = None
        self.stopping = False

    def run(self):
        """Polls until SIGTERM; a batch that has begun is finished."""
        signal.signal(signal.SIGTERM, self.stop)
        while not self.stopping:
            began = time.monotonic()
            try:
                self.poll()
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
                log(f"queue: {error}")
                self.queue_url = None
                time.sleep(PAUSE_S)
            time.sleep(max(0.0, MIN_PERIOD_S - (time.monotonic() - began)))

    def stop(self, *_):
        """Ends the loop before the next receive."""
        self.stopping = True

    def look_up(self):
        """Finds the queue's address and ARN by its name."""
        self.queue_url = self.sqs.get_queue_url(QueueName=self.queue)["QueueUrl"]
        reply = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])
        self.queue_arn = reply["Attributes"]["QueueArn"]

    def poll(self):
        """One receive and, when it brought messages, one invocation. Nothing while the function is away, since each
        receive counts against a message."""
        if self.queue_url is None:
            self.look_up()
            log(f"polling {self.queue_url}")
        if not is_reachable(self.url):
            time.sleep(PAUSE_S)
            return
        reply = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=BATCH_SIZE,
            WaitTimeSeconds=WAIT_S,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        if reply.get("Messages"):
            self.handle(reply["Messages"])

    def handle(self, messages):
        """Invokes the function with a batch and deletes what succeeded."""
        began = time.monotonic()
        try:
            reply = invoke(self.url, lambda_event(messages, self.queue_arn, self.sqs.meta.region_name))
        except InvokeError as error:
            log(f"invoked messages={len(messages)} failed={len(messages)} ms={elapsed_ms(began)} error={error}")
            time.sleep(PAUSE_S)
            return
        done = succeeded(messages, reply)
        delete(self.sqs, self.queue_url, done)
        log(f"invoked messages={len(messages)} failed={len(messages) - len(done)} ms={elapsed_ms(began)}")


def elapsed_ms(began):
    """Milliseconds since then."""
    return round((time.monotonic() - began) * 1000)


def log(line):
    """One line with its time."""
    print(time.strftime("%Y-%m-%dT%H:%M:%S"), line, flush=True)


if __name__ == "__main__":
    Poller(*sys.argv[1:]).run()
