# Where dead letters and checkpoints are kept.

resource "aws_s3_bucket" "state" {
  count = local.makes_state_bucket ? 1 : 0

  #checkov:skip=CKV_AWS_18: into the access bucket, unless the caller wants none
  #checkov:skip=CKV_AWS_19: encrypted below, with the key of encryption.tf; without one, by S3
  #checkov:skip=CKV_AWS_144: dead letters are copies of what the log bucket holds
  #checkov:skip=CKV_AWS_145: encrypted with the key of encryption.tf, unless the caller wants none
  #checkov:skip=CKV2_AWS_62: nobody is to be told of the function's own notes
  bucket        = local.state_bucket
  force_destroy = var.state.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.state[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id
  rule {
    bucket_key_enabled = local.key_arn != null
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id

  # Dead letters are told again from the log bucket when they are gone; until then `trailsearch replay` brings them home.
  rule {
    id     = "dead-letters"
    status = "Enabled"
    filter {
      prefix = "${var.state.prefix}/dead-letters/"
    }
    expiration {
      days = var.state.dead_letter_days
    }
  }

  # A checkpoint counts for a day.
  rule {
    id     = "checkpoints"
    status = "Enabled"
    filter {
      prefix = "${var.state.prefix}/checkpoints/"
    }
    expiration {
      days = var.state.checkpoint_days
    }
  }

  rule {
    id     = "remains"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.state.noncurrent_copy_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_logging" "state" {
  count = local.makes_state_bucket && (var.state.access_log_bucket != null || local.makes_access_bucket) ? 1 : 0

  bucket        = aws_s3_bucket.state[0].id
  target_bucket = var.state.access_log_bucket != null ? var.state.access_log_bucket : local.own_access_bucket
  target_prefix = "${local.access_prefix}${local.state_bucket}/"
}

resource "aws_s3_bucket_policy" "state" {
  count = local.makes_state_bucket ? 1 : 0

  bucket     = aws_s3_bucket.state[0].id
  policy     = data.aws_iam_policy_document.state[0].json
  depends_on = [aws_s3_bucket_public_access_block.state]
}

data "aws_iam_policy_document" "state" {
  count = local.makes_state_bucket ? 1 : 0

  # Nobody reads or writes without TLS.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:${local.partition}:s3:::${local.state_bucket}", "arn:${local.partition}:s3:::${local.state_bucket}/*"]
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
    resources = ["arn:${local.partition}:s3:::${local.state_bucket}", "arn:${local.partition}:s3:::${local.state_bucket}/*"]
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
