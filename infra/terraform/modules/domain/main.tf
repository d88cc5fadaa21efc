# An OpenSearch Service domain: encrypted at rest, between nodes and on the way, with fine-grained access control.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  arn       = "arn:${local.partition}:es:${local.region}:${local.account}:domain/${var.name}"
  in_vpc    = length(var.subnet_ids) > 0
}

resource "aws_opensearch_domain" "this" {
  #checkov:skip=CKV_AWS_137: only those who give subnets want it in a VPC; elsewhere its policy and fine-grained access control bar the way
  #checkov:skip=CKV_AWS_247: encrypted with the key that the caller gives
  #checkov:skip=CKV_AWS_318: three dedicated masters cost more than a small domain; dedicated_masters adds them
  #checkov:skip=CKV2_AWS_59: the same
  domain_name    = var.name
  engine_version = var.engine_version
  tags           = var.tags

  cluster_config {
    instance_type            = var.instance_type
    instance_count           = var.instance_count
    dedicated_master_enabled = var.dedicated_masters
    dedicated_master_type    = var.dedicated_masters ? var.master_type : null
    dedicated_master_count   = var.dedicated_masters ? 3 : null
    zone_awareness_enabled   = var.instance_count > 1

    dynamic "zone_awareness_config" {
      for_each = var.instance_count > 1 ? [2] : []
      content {
        availability_zone_count = zone_awareness_config.value
      }
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = var.volume_gb
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = var.key_arn
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }

  advanced_security_options {
    enabled                        = true
    internal_user_database_enabled = false
    master_user_options {
      master_user_arn = var.master_role_arn
    }
  }

  dynamic "vpc_options" {
    for_each = local.in_vpc ? [true] : []
    content {
      subnet_ids         = var.subnet_ids
      security_group_ids = var.security_group_ids
    }
  }

  dynamic "cognito_options" {
    for_each = var.cognito == null ? [] : [var.cognito]
    content {
      enabled          = true
      user_pool_id     = cognito_options.value.user_pool_id
      identity_pool_id = cognito_options.value.identity_pool_id
      role_arn         = cognito_options.value.role_arn
    }
  }

  log_publishing_options {
    enabled                  = true
    log_type                 = "AUDIT_LOGS"
    cloudwatch_log_group_arn = aws_cloudwatch_log_group.this["audit"].arn
  }

  log_publishing_options {
    enabled                  = true
    log_type                 = "ES_APPLICATION_LOGS"
    cloudwatch_log_group_arn = aws_cloudwatch_log_group.this["application"].arn
  }

  software_update_options {
    auto_software_update_enabled = true
  }

  access_policies = data.aws_iam_policy_document.access.json

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}

data "aws_iam_policy_document" "access" {
  # Signed requests of these reach the domain, in which fine-grained access control decides what they may do.
  statement {
    sid       = "ClientsReach"
    actions   = ["es:ESHttp*"]
    resources = ["${local.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = var.client_arns
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158: encrypted with the key that the caller gives
  #checkov:skip=CKV_AWS_338: a year unless the caller says otherwise
  for_each = toset(["application", "audit"])

  name              = "/aws/opensearch/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "logs" {
  # The domain writes its application and audit logs.
  statement {
    sid       = "DomainLogs"
    actions   = ["logs:PutLogEvents", "logs:CreateLogStream"]
    resources = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
    principals {
      type        = "Service"
      identifiers = ["es.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.arn]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "${var.name}-domain"
  policy_document = data.aws_iam_policy_document.logs.json
}
