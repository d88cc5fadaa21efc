"""Makes the bucket, the queues and the bucket's notification; leaves alone what is there. Prints the queues' addresses.

Runs in the virtual environment: python resources.py BUCKET QUEUE DEAD_LETTER_QUEUE
"""

import json
import sys

import boto3

MAX_RECEIVE_COUNT = 3
VISIBILITY_TIMEOUT_S = 30


def make_queues(sqs, name, dead_letter_name):
    """Makes the queue, whose messages move to the other one after too many failures, and gives both addresses."""
    dead_letter_url = sqs.create_queue(QueueName=dead_letter_name)["QueueUrl"]
    redrive = {"deadLetterTargetArn": queue_arn(sqs, dead_letter_url), "maxReceiveCount": MAX_RECEIVE_COUNT}
    attributes = {"VisibilityTimeout": str(VISIBILITY_TIMEOUT_S), "RedrivePolicy": json.dumps(redrive)}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, dead_letter_url


def queue_arn(sqs, url):
    """The queue's ARN."""
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def make_bucket(s3, bucket, queue):
    """Makes the bucket and tells the queue of new objects. Setting a notification sends a test event, so do it once."""
    if bucket not in [found["Name"] for found in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=bucket)
    wanted = [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]
    current = s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
    if [found["QueueArn"] for found in current] != [queue]:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"QueueConfigurations": wanted}
        )


def main():
    """Entry point."""
    bucket, queue, dead_letter_queue = sys.argv[1:]
    sqs = boto3.client("sqs")
    url, dead_letter_url = make_queues(sqs, queue, dead_letter_queue)
    make_bucket(boto3.client("s3"), bucket, queue_arn(sqs, url))
    print(json.dumps({"queue": url, "dead_letter_queue": dead_letter_url}))


if __name__ == "__main__":
    main()
