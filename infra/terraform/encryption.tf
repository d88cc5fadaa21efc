# One key for all that is made here: it costs a dollar a month, and who may read the logs is decided in its policy too.

locals {
  key_arn = var.encryption.create_key ? aws_kms_key.this[0].arn : var.encryption.key_arn
}

resource "aws_kms_key" "this" {
  count = var.encryption.create_key ? 1 : 0

  description             = "${var.name}: CloudTrail's log objects, dead letters, logs and the cluster"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key[0].json
  tags                    = var.tags
}

resource "aws_kms_alias" "this" {
  count = var.encryption.create_key ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: a key's policy speaks of that key alone, whose ARN is "*" within it
  #checkov:skip=CKV_AWS_111: the same
  #checkov:skip=CKV_AWS_356: the same
  count = var.encryption.create_key ? 1 : 0

  # Without it nobody could change the key again; who in the account may use it is then for IAM to say.
  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  # CloudTrail encrypts each log object, for this trail only.
  statement {
    sid       = "TrailEncrypts"
    actions   = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }

  # CloudWatch Logs encrypts the log groups of the function and of the domain.
  statement {
    sid       = "LogsEncrypt"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.log_group}",
        "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/opensearch/${var.name}/*",
      ]
    }
  }

  # Alarms, and S3 where it tells a topic, publish to encrypted topics.
  statement {
    sid       = "TopicsEncrypt"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}
