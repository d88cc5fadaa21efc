# Who may send to the queues, publish to the topic and invoke the function: the one source that was chosen, of this account.

locals {
  service    = { bucket = "s3.amazonaws.com", topic = "sns.amazonaws.com", eventbridge = "events.amazonaws.com" }[var.from]
  source_arn = { bucket = local.bucket_arns, topic = [local.topic_arn], eventbridge = [local.rule_arn] }[var.from]
  # A topic may be another account's, whose ARN says so; a bucket's ARN names no account.
  source_account = var.from == "topic" ? split(":", local.topic_arn)[4] : local.account
}

data "aws_iam_policy_document" "queue" {
  count = local.to_queue ? 1 : 0

  # Who tells of new objects.
  statement {
    sid       = "SourceSends"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this[0].arn]
    principals {
      type        = "Service"
      identifiers = [local.service]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = local.source_arn
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.source_account]
    }
  }

  # Nobody speaks to it without TLS.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.this[0].arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  count = local.to_queue ? 1 : 0

  queue_url = aws_sqs_queue.this[0].id
  policy    = data.aws_iam_policy_document.queue[0].json
}

data "aws_iam_policy_document" "dead_letters" {
  # What the topic or the rule could not deliver. The queue's own dead letters and the function's need no permission here.
  dynamic "statement" {
    for_each = var.from == "bucket" ? [] : [true]
    content {
      sid       = "SourceGivesUp"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.dead_letters.arn]
      principals {
        type        = "Service"
        identifiers = [local.service]
      }
      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = local.source_arn
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.source_account]
      }
    }
  }

  # Nobody speaks to it without TLS.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.dead_letters.arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  policy    = data.aws_iam_policy_document.dead_letters.json
}

data "aws_iam_policy_document" "topic" {
  count = local.makes_topic ? 1 : 0

  # The buckets publish.
  statement {
    sid       = "BucketsPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this[0].arn]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = local.bucket_arns
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  # Nobody publishes without TLS.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this[0].arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  count = local.makes_topic ? 1 : 0

  arn    = aws_sns_topic.this[0].arn
  policy = data.aws_iam_policy_document.topic[0].json
}

# Where the function is told at once. One permission for each source: it knows no list.
resource "aws_lambda_permission" "this" {
  for_each = local.to_queue ? {} : (var.from == "bucket" ?
    { for name, source in var.sources : name => "arn:${local.partition}:s3:::${source.bucket}" } :
  { (var.from) = local.source_arn[0] })

  statement_id   = "Source-${replace(each.key, ".", "-")}"
  action         = "lambda:InvokeFunction"
  function_name  = var.function_arn
  principal      = local.service
  source_arn     = each.value
  source_account = local.source_account
}
