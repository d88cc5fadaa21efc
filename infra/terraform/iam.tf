# What the function may do, by the letter: each statement says why it is there. docs/permissions.md has the calls.

resource "aws_iam_role" "function" {
  name               = local.role_name
  description        = "What ${var.name} in ${local.region} may do."
  assume_role_policy = data.aws_iam_policy_document.lambda.json
  tags               = var.tags
}

data "aws_iam_policy_document" "lambda" {
  # Lambda runs the function in this role's name.
  statement {
    sid     = "LambdaRuns"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "function"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

locals {
  # What the KMS keys named are used for. Buckets whose keys nobody names need none.
  log_keys    = compact([var.log_bucket.create ? local.key_arn : var.log_bucket.kms_key_arn])
  state_keys  = compact([local.makes_state_bucket ? local.key_arn : var.state.kms_key_arn])
  secret_keys = compact([try(var.target.endpoint.secret_kms_key_arn, null)])

  # Log objects stand below AWSLogs/, and where the prefix is empty nothing else can be told of but access logs.
  read_arns = distinct(concat(
    ["${local.log_bucket_arn}/${local.log_prefix}*"],
    [for each in local.access_logs : "arn:${local.partition}:s3:::${each.bucket}/${each.prefix}*"],
  ))
  queue_arn       = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
  dead_letter_arn = "${local.queue_arn}-dead-letters"

  domain_arn = var.target.new_domain != null ? "arn:${local.partition}:es:${local.region}:${local.account}:domain/${var.name}" : try(var.target.domain.arn, null)
  # Set-up's requests to a domain, below its ARN.
  sets_up_domain = local.domain_arn != null && var.setup.enabled
  retention_paths = flatten([for prefix in local.prefixes : [
    "_plugins/_ism/policies/${prefix}-retention",
    "_plugins/_ism/explain/${prefix}-20*",
    "_plugins/_ism/add/${prefix}-20*",
    "_plugins/_ism/change_policy/${prefix}-*",
  ]])
}

data "aws_iam_policy_document" "function" {
  # The log objects that notifications name, and of a bucket with versions the very one.
  statement {
    sid       = "ReadLogObjects"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = local.read_arns
  }

  # S3 asks KMS in the name of who reads.
  dynamic "statement" {
    for_each = length(local.log_keys) == 0 ? [] : [local.log_keys]
    content {
      sid       = "DecryptLogObjects"
      actions   = ["kms:Decrypt"]
      resources = statement.value
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${local.region}.amazonaws.com"]
      }
    }
  }

  # Records for which the index takes no document are kept. Nobody reads them here: that is for `trailsearch replay`, in another's name.
  statement {
    sid       = "KeepDeadLetters"
    actions   = ["s3:PutObject"]
    resources = ["${local.state_arn}/dead-letters/*"]
  }

  # An object that one invocation cannot finish goes on from its checkpoint.
  statement {
    sid       = "KeepCheckpoints"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${local.state_arn}/checkpoints/*"]
  }

  # Without it S3 answers 403 for a checkpoint that is not there, which cannot be told from one that is forbidden.
  statement {
    sid       = "SeeThatThereIsNoCheckpoint"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${local.state_bucket}"]
  }

  # S3 encrypts what is kept, and decrypts checkpoints.
  dynamic "statement" {
    for_each = length(local.state_keys) == 0 ? [] : [local.state_keys]
    content {
      sid       = "EncryptState"
      actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
      resources = statement.value
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${local.region}.amazonaws.com"]
      }
    }
  }

  # Lambda takes messages from the queue in the function's name.
  dynamic "statement" {
    for_each = var.delivery.to == "queue" ? [local.queue_arn] : []
    content {
      sid       = "TakeMessages"
      actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      resources = [statement.value]
    }
  }

  # Lambda keeps the record of an invocation that failed and that nobody waits for, in the function's name.
  dynamic "statement" {
    for_each = var.delivery.to == "function" ? [local.dead_letter_arn] : []
    content {
      sid       = "KeepFailedInvocations"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value]
    }
  }

  # Lambda writes the function's log in its name; metrics are lines of it and need no more. The group exists.
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.log_group}:*"]
  }

  # Lambda sends traces in the function's name. X-Ray knows no resources for these two.
  dynamic "statement" {
    for_each = var.function.tracing == "Active" ? [true] : []
    content {
      sid       = "WriteTraces"
      actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      resources = ["*"]
    }
  }

  # Documents go to the domain in bulk requests, which name their indices within.
  dynamic "statement" {
    for_each = local.domain_arn == null ? [] : [local.domain_arn]
    content {
      sid       = "PostDocuments"
      actions   = ["es:ESHttpPost"]
      resources = ["${statement.value}/_bulk"]
    }
  }

  # The function does not start where the index template is missing: the domain would map every field by itself.
  dynamic "statement" {
    for_each = local.domain_arn == null ? [] : [local.domain_arn]
    content {
      sid       = "SeeTemplates"
      actions   = ["es:ESHttpGet"]
      resources = [for prefix in local.prefixes : "${statement.value}/_index_template/${prefix}"]
    }
  }

  # Set-up installs the templates.
  dynamic "statement" {
    for_each = local.sets_up_domain ? [local.domain_arn] : []
    content {
      sid       = "SetUpTemplates"
      actions   = ["es:ESHttpPut"]
      resources = flatten([for prefix in local.prefixes : ["${statement.value}/_component_template/${prefix}-*", "${statement.value}/_index_template/${prefix}"]])
    }
  }

  # Set-up looks for the retention policy, installs it, and has the indices follow it.
  dynamic "statement" {
    for_each = local.sets_up_domain && local.retention_days != null ? [local.domain_arn] : []
    content {
      sid       = "SetUpRetention"
      actions   = ["es:ESHttpGet", "es:ESHttpPut", "es:ESHttpPost"]
      resources = [for path in local.retention_paths : "${statement.value}/${path}"]
    }
  }

  # Set-up looks which monitors are there, and installs the others.
  dynamic "statement" {
    for_each = local.sets_up_domain && var.setup.monitors ? [local.domain_arn] : []
    content {
      sid       = "SetUpMonitors"
      actions   = ["es:ESHttpPost"]
      resources = ["${statement.value}/_plugins/_alerting/monitors", "${statement.value}/_plugins/_alerting/monitors/_search"]
    }
  }

  # Set-up imports searches and dashboards, of which a domain's own Dashboards are a part.
  dynamic "statement" {
    for_each = local.sets_up_domain ? [local.domain_arn] : []
    content {
      sid       = "SetUpDashboards"
      actions   = ["es:ESHttpPost"]
      resources = ["${statement.value}/_dashboards/api/saved_objects/_import"]
    }
  }

  # Serverless knows one action for all requests; the collection's access policy tells them apart.
  dynamic "statement" {
    for_each = local.collection == null ? [] : [local.collection.arn]
    content {
      sid       = "UseCollection"
      actions   = ["aoss:APIAccessAll"]
      resources = [statement.value]
    }
  }

  # The user name and the password of the cluster.
  dynamic "statement" {
    for_each = local.secret_arn == null ? [] : [local.secret_arn]
    content {
      sid       = "ReadSecret"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [statement.value]
    }
  }

  # Secrets Manager asks KMS in the name of who reads.
  dynamic "statement" {
    for_each = length(local.secret_keys) == 0 ? [] : [local.secret_keys]
    content {
      sid       = "DecryptSecret"
      actions   = ["kms:Decrypt"]
      resources = statement.value
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.amazonaws.com"]
      }
    }
  }

  # Lambda makes the function's network interfaces in its name, in these subnets and security groups only.
  dynamic "statement" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      sid     = "MakeNetworkInterfaces"
      actions = ["ec2:CreateNetworkInterface"]
      resources = concat(
        ["arn:${local.partition}:ec2:${local.region}:${local.account}:network-interface/*"],
        [for id in statement.value.subnet_ids : "arn:${local.partition}:ec2:${local.region}:${local.account}:subnet/${id}"],
        [for id in statement.value.security_group_ids : "arn:${local.partition}:ec2:${local.region}:${local.account}:security-group/${id}"],
      )
    }
  }

  # It removes them again; their names are not known before.
  dynamic "statement" {
    for_each = var.vpc == null ? [] : [true]
    content {
      sid       = "RemoveNetworkInterfaces"
      actions   = ["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
      resources = ["arn:${local.partition}:ec2:${local.region}:${local.account}:*/*"]
    }
  }

  # It looks for them. EC2 knows no resources for what describes.
  dynamic "statement" {
    for_each = var.vpc == null ? [] : [true]
    content {
      sid       = "SeeNetworkInterfaces"
      actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      resources = ["*"]
    }
  }
}
