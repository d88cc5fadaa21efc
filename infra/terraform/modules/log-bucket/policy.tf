data "aws_partition" "current" {}

locals {
  arn     = "arn:${data.aws_partition.current.partition}:s3:::${var.name}"
  account = split(":", var.trail_arn)[4]
  writers = compact([local.account, var.organization_id])
}

data "aws_iam_policy_document" "this" {
  # CloudTrail looks whether the bucket takes its objects before it writes any.
  statement {
    sid       = "TrailLooks"
    actions   = ["s3:GetBucketAcl"]
    resources = [local.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.trail_arn]
    }
  }

  # This trail, and no other, writes below its own account's folder, and the organization's where it is one's.
  statement {
    sid       = "TrailWrites"
    actions   = ["s3:PutObject"]
    resources = [for writer in local.writers : "${local.arn}/${var.prefix}AWSLogs/${writer}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.trail_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }

  # Nobody reads or writes without TLS.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]
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

  # Nor with a version of it that is broken.
  statement {
    sid       = "ModernTlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}
