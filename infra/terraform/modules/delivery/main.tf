# How the function hears of new objects: from the bucket, a topic or EventBridge, to a queue or to the function itself.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  to_queue    = var.to == "queue"
  makes_topic = var.from == "topic" && var.topic_arn == null
  bucket_arns = [for source in var.sources : "arn:${local.partition}:s3:::${source.bucket}"]
  topic_arn   = local.makes_topic ? aws_sns_topic.this[0].arn : var.topic_arn
  rule_arn    = "arn:${local.partition}:events:${local.region}:${local.account}:rule/${var.name}"
  target_arn  = local.to_queue ? aws_sqs_queue.this[0].arn : var.function_arn
}

# What failed too often, until `trailsearch replay --queue` brings it home: messages, or records of failed invocations.
resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue" "this" {
  count = local.to_queue ? 1 : 0

  name = var.name
  # AWS asks for six times the function's own time, so that no message comes back while it is worked on.
  visibility_timeout_seconds = 6 * var.function_timeout
  message_retention_seconds  = 1209600
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = var.maximum_receives
  })
  tags = var.tags
}

# Only that queue may pass its messages on to this one.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  redrive_allow_policy = jsonencode(local.to_queue ? {
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[0].arn]
    } : {
    redrivePermission = "denyAll"
    sourceQueueArns   = null
  })
}

# The notifications of each bucket, whole: S3 keeps one configuration for a bucket.
resource "aws_s3_bucket_notification" "this" {
  for_each = { for name, source in var.sources : name => source if source.manage && (var.from != "topic" || local.makes_topic) }

  bucket      = each.value.bucket
  eventbridge = var.from == "eventbridge"

  dynamic "queue" {
    for_each = var.from == "bucket" && local.to_queue ? each.value.objects : []
    content {
      queue_arn     = aws_sqs_queue.this[0].arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = queue.value.prefix
      filter_suffix = queue.value.suffix
    }
  }

  dynamic "lambda_function" {
    for_each = var.from == "bucket" && !local.to_queue ? each.value.objects : []
    content {
      lambda_function_arn = var.function_arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
    }
  }

  dynamic "topic" {
    for_each = local.makes_topic ? each.value.objects : []
    content {
      topic_arn     = aws_sns_topic.this[0].arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = topic.value.prefix
      filter_suffix = topic.value.suffix
    }
  }

  # S3 tries each destination before it takes the configuration.
  depends_on = [aws_sqs_queue_policy.this, aws_sns_topic_policy.this, aws_lambda_permission.this]
}

resource "aws_sns_topic" "this" {
  count = local.makes_topic ? 1 : 0

  #checkov:skip=CKV_AWS_26: encrypted with the key that the caller gives
  name              = "${var.name}-objects"
  kms_master_key_id = var.key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "this" {
  count = var.from == "topic" ? 1 : 0

  topic_arn      = local.topic_arn
  protocol       = local.to_queue ? "sqs" : "lambda"
  endpoint       = local.target_arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters.arn })

  depends_on = [aws_sqs_queue_policy.this, aws_lambda_permission.this]
}

resource "aws_cloudwatch_event_rule" "this" {
  count = var.from == "eventbridge" ? 1 : 0

  name        = var.name
  description = "New objects of the buckets that ${var.name} reads."
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [for source in var.sources : source.bucket] }
      object = { key = flatten([for source in var.sources : [for each in source.objects : { prefix = each.prefix }]]) }
    }
  })
  tags = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  count = var.from == "eventbridge" ? 1 : 0

  rule = aws_cloudwatch_event_rule.this[0].name
  arn  = local.target_arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  depends_on = [aws_sqs_queue_policy.this, aws_lambda_permission.this]
}

# Failed invocations of a function that nobody waits for.
resource "aws_lambda_function_event_invoke_config" "this" {
  count = local.to_queue ? 0 : 1

  function_name                = var.function_arn
  maximum_event_age_in_seconds = var.maximum_event_age
  maximum_retry_attempts       = 2

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}
