module "access_bucket" {
  source = "./modules/access-bucket"
  count  = local.makes_access_bucket ? 1 : 0

  name            = local.access_bucket
  prefix          = local.access_prefix
  expiration_days = var.access_logs.expiration_days
  force_destroy   = var.access_logs.force_destroy
  tags            = var.tags
}

locals {
  # Where the buckets made here log their requests, unless the caller says otherwise.
  own_access_bucket = one(module.access_bucket[*].name)
}

module "log_bucket" {
  source = "./modules/log-bucket"
  count  = var.log_bucket.create ? 1 : 0

  name              = local.log_bucket
  prefix            = local.log_prefix
  trail_arn         = local.trail_arn
  organization_id   = var.trail.organization_id
  key_arn           = local.key_arn
  expiration_days   = var.log_bucket.expiration_days
  force_destroy     = var.log_bucket.force_destroy
  access_log_bucket = var.log_bucket.access_log_bucket != null ? var.log_bucket.access_log_bucket : local.own_access_bucket
  access_log_prefix = local.access_prefix
  tags              = var.tags
}

module "trail" {
  source = "./modules/trail"
  count  = var.trail.create ? 1 : 0

  name                = coalesce(var.trail.name, var.name)
  bucket              = var.log_bucket.create ? module.log_bucket[0].name : local.log_bucket
  prefix              = var.log_bucket.prefix
  key_arn             = var.log_bucket.create ? local.key_arn : var.log_bucket.kms_key_arn
  is_organization     = var.trail.organization_id != null
  multi_region        = var.trail.multi_region
  log_file_validation = var.trail.log_file_validation
  insights            = var.trail.insights
  data_events         = var.trail.data_events
  tags                = var.tags
}

locals {
  # Which objects are told of, by bucket. S3 refuses prefixes that overlap, so access logs below the trail's own prefix are told of with it.
  log_objects = { prefix = local.log_prefix, suffix = ".json.gz" }
  own_access_logs = [
    for each in local.access_logs : { prefix = each.prefix, suffix = null } if each.bucket == local.log_bucket
  ]
  other_buckets = toset([for each in local.access_logs : each.bucket if each.bucket != local.log_bucket])
  sources = merge(
    {
      logs = {
        bucket = var.log_bucket.create ? module.log_bucket[0].name : local.log_bucket
        manage = var.log_bucket.manage_notifications
        # An empty prefix without a suffix covers everything; what is no log object is passed over.
        objects = local.log_prefix == "" && length(local.own_access_logs) > 0 ? [{ prefix = "", suffix = null }] : concat([local.log_objects], local.own_access_logs)
      }
    },
    {
      for bucket in local.other_buckets : bucket => {
        bucket  = local.makes_access_bucket && bucket == local.access_bucket ? local.own_access_bucket : bucket
        manage  = alltrue([for each in local.access_logs : each.manage_notifications if each.bucket == bucket])
        objects = [for each in local.access_logs : { prefix = each.prefix, suffix = null } if each.bucket == bucket]
      }
    },
  )
}

module "delivery" {
  source = "./modules/delivery"

  name              = var.name
  from              = var.delivery.from
  to                = var.delivery.to
  sources           = local.sources
  topic_arn         = var.delivery.topic_arn
  key_arn           = local.key_arn
  function_arn      = aws_lambda_function.this.arn
  function_timeout  = var.function.timeout_seconds
  maximum_receives  = var.delivery.maximum_receives
  maximum_event_age = var.delivery.maximum_event_seconds
  tags              = var.tags
}

# The queue's messages to the function. Of a batch, only what failed comes back.
resource "aws_lambda_event_source_mapping" "queue" {
  count = var.delivery.to == "queue" ? 1 : 0

  event_source_arn                   = module.delivery.queue_arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = var.delivery.batch_size
  maximum_batching_window_in_seconds = var.delivery.batch_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  scaling_config {
    maximum_concurrency = var.delivery.maximum_concurrency
  }

  depends_on = [aws_lambda_invocation.setup] # messages wait until the index template is there
}
