# The function, its log and its role. iam.tf says what the role may do.

locals {
  settings = {
    OPENSEARCH_ENDPOINT                 = local.endpoint
    OPENSEARCH_AUTH                     = local.auth
    OPENSEARCH_SECRET_ID                = local.secret_arn
    TRAILSEARCH_INDEX_PREFIX            = var.function.index_prefix
    TRAILSEARCH_DOCUMENT_IDS            = local.document_ids
    TRAILSEARCH_STATE_S3_URI            = "s3://${local.state_bucket}/${var.state.prefix}"
    TRAILSEARCH_METRICS_NAMESPACE       = var.function.metrics_namespace
    TRAILSEARCH_ACCESS_LOGS             = join(",", [for each in local.access_logs : "${each.bucket}/${each.prefix}"])
    TRAILSEARCH_ACCESS_LOG_INDEX_PREFIX = length(local.access_logs) == 0 ? "" : var.access_logs.index_prefix
  }
  # What is not chosen is left out: the function takes an empty setting for a wrong one.
  environment = merge({ for name, value in local.settings : name => value if value != null && value != "" }, var.function.environment)
}

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_158: encrypted with the key of encryption.tf, unless the caller wants none
  #checkov:skip=CKV_AWS_338: a year unless the caller says otherwise
  name              = local.log_group
  retention_in_days = var.function.log_retention_days
  kms_key_id        = local.key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50: active unless the caller says otherwise
  #checkov:skip=CKV_AWS_115: the queue's maximum concurrency bounds it; reserving takes from the account's other functions
  #checkov:skip=CKV_AWS_116: the queue has a dead-letter queue, and invocations that nobody waits for an on-failure destination
  #checkov:skip=CKV_AWS_117: only targets within a VPC need one; vpc puts it there
  #checkov:skip=CKV_AWS_173: the settings hold no secret, and are encrypted with the key of encryption.tf
  #checkov:skip=CKV_AWS_272: releases carry checksums; a signing profile is the account's to make
  function_name                  = var.name
  description                    = "Indexes CloudTrail's log objects into OpenSearch."
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = [var.function.architecture]
  memory_size                    = var.function.memory_mb
  timeout                        = var.function.timeout_seconds
  reserved_concurrent_executions = var.function.reserved_concurrency
  role                           = aws_iam_role.function.arn
  kms_key_arn                    = local.key_arn
  tags                           = var.tags

  environment {
    variables = local.environment
  }

  tracing_config {
    mode = var.function.tracing
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

# What the function installs in the cluster, whenever that or the function itself changes. A failure fails the deployment; destroying it leaves all data.
resource "aws_lambda_invocation" "setup" {
  count = var.setup.enabled ? 1 : 0

  function_name   = aws_lambda_function.this.function_name
  lifecycle_scope = "CRUD"
  input = jsonencode({
    setup = {
      for name, value in {
        shards        = var.setup.shards
        replicas      = local.replicas
        retentionDays = local.retention_days
        dashboards    = var.setup.dashboards
        monitors      = var.setup.monitors
      } : name => value if value != null
    }
  })
  triggers = { package = aws_lambda_function.this.source_code_hash }

  depends_on = [module.domain, module.collection]
}
