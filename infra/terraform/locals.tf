data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  # ARNs that policies need before the resources stand.
  function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  log_group    = "/aws/lambda/${var.name}"
  trail_arn    = coalesce(var.trail.arn, "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${coalesce(var.trail.name, var.name)}")
  role_arn     = "arn:${local.partition}:iam::${local.account}:role/${local.role_name}"
  role_name    = "${var.name}-function-${local.region}"

  log_bucket     = coalesce(var.log_bucket.name, "${var.name}-logs-${local.account}-${local.region}")
  log_bucket_arn = "arn:${local.partition}:s3:::${local.log_bucket}"
  log_prefix     = var.log_bucket.prefix == "" ? "" : "${var.log_bucket.prefix}/"

  makes_state_bucket = var.state.bucket == null
  state_bucket       = coalesce(var.state.bucket, "${var.name}-state-${local.account}-${local.region}")
  state_arn          = "arn:${local.partition}:s3:::${local.state_bucket}/${var.state.prefix}"

  makes_access_bucket = coalesce(var.access_logs.create, var.delivery.topic_arn == null)
  access_bucket       = "${var.name}-access-${local.account}-${local.region}"
  access_prefix       = "access/"
  made_access_logs    = local.makes_access_bucket ? [{ bucket = local.access_bucket, prefix = local.access_prefix, manage_notifications = true }] : []
  access_logs         = concat(local.made_access_logs, var.access_logs.sources)
}
