# What everything is named, what runs, and who is told.

variable "name" {
  description = "What everything is named after. Two deployments in one account and region have different names."
  type        = string
  default     = "trailsearch"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "name has 3 to 21 lower-case letters, digits and hyphens and begins with a letter: domains and collections allow no more."
  }
}

variable "package" {
  description = "The function's zip, as `make package` builds it."
  type        = string

  validation {
    condition     = fileexists(var.package)
    error_message = "package is no file: build it with `make package`, or download it from a release."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "function" {
  description = <<-EOT
    The function. `reserved_concurrency` of -1 reserves none; the queue's `maximum_concurrency` bounds it already. `environment` holds further
    settings of docs/settings.md, which win over those made here.
  EOT
  type = object({
    architecture         = optional(string, "arm64")
    memory_mb            = optional(number, 512)
    timeout_seconds      = optional(number, 120)
    reserved_concurrency = optional(number, -1)
    log_retention_days   = optional(number, 365)
    tracing              = optional(string, "Active")
    index_prefix         = optional(string, "cloudtrail")
    metrics_namespace    = optional(string, "trailsearch")
    environment          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.function.architecture)
    error_message = "function.architecture is arm64 or x86_64, the one that the package was built for."
  }
  validation {
    condition     = var.function.memory_mb >= 128 && var.function.memory_mb <= 10240
    error_message = "function.memory_mb is between 128 and 10240."
  }
  validation {
    condition     = var.function.timeout_seconds >= 30 && var.function.timeout_seconds <= 900
    error_message = "function.timeout_seconds is between 30 and 900."
  }
  validation {
    condition     = var.function.reserved_concurrency >= -1
    error_message = "function.reserved_concurrency is a number of concurrent executions, or -1 for none reserved."
  }
  validation {
    condition     = contains(["Active", "PassThrough"], var.function.tracing)
    error_message = "function.tracing is Active or PassThrough."
  }
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]*$", var.function.index_prefix))
    error_message = "function.index_prefix has lower-case letters, digits, '-', '_' and '.', and begins with a letter or digit."
  }
  validation {
    condition     = can(regex("^[A-Za-z0-9._/#-]+$", var.function.metrics_namespace)) && !startswith(var.function.metrics_namespace, "AWS/")
    error_message = "function.metrics_namespace has letters, digits and .-_/# and does not begin with AWS/. The alarms need one."
  }
}

variable "encryption" {
  description = <<-EOT
    The KMS key that encrypts what is made here. `create_key` makes one; `key_arn` names one, whose policy has to allow what encryption.tf allows the services.
    With neither, AWS's own encryption is used (SSE-S3, and keys that AWS owns).
  EOT
  type = object({
    create_key = optional(bool, true)
    key_arn    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.encryption.key_arn == null || !var.encryption.create_key
    error_message = "encryption.key_arn names a key that exists: set encryption.create_key to false with it."
  }
  validation {
    condition     = var.encryption.key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.encryption.key_arn))
    error_message = "encryption.key_arn is the ARN of a key, not of an alias."
  }
}

variable "vpc" {
  description = "The subnets and security groups that the function runs in: for targets that only a VPC reaches. S3, SQS and Logs then need endpoints or NAT there."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0
    error_message = "vpc needs at least one subnet and one security group."
  }
}

variable "state" {
  description = <<-EOT
    Where dead letters and checkpoints are kept: a bucket made here, or with `bucket` one that exists, whose lifecycle and encryption are its owner's.
    `kms_key_arn` is the key that such a bucket is encrypted with.
  EOT
  type = object({
    bucket               = optional(string)
    prefix               = optional(string, "trailsearch")
    kms_key_arn          = optional(string)
    dead_letter_days     = optional(number, 365)
    force_destroy        = optional(bool, false)
    access_log_bucket    = optional(string)
    checkpoint_days      = optional(number, 7)
    noncurrent_copy_days = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*$", var.state.prefix))
    error_message = "state.prefix is a key's beginning without a slash at either end."
  }
  validation {
    condition     = min(var.state.dead_letter_days, var.state.checkpoint_days, var.state.noncurrent_copy_days) >= 1
    error_message = "state's days are at least 1."
  }
}

variable "setup" {
  description = <<-EOT
    What the function installs in the cluster whenever this is applied: index templates, retention, saved objects, monitors (docs/deploy.md). `replicas` is 0 on a
    new domain of one node, else 1. `dashboards` is the address of OpenSearch Dashboards; without it set-up tries that of a domain or collection, which may fail.
  EOT
  type = object({
    enabled        = optional(bool, true)
    shards         = optional(number)
    replicas       = optional(number)
    retention_days = optional(number, 365)
    dashboards     = optional(string)
    monitors       = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.setup.retention_days == null ? true : var.setup.retention_days >= 1 && var.setup.retention_days <= 3650
    error_message = "setup.retention_days is between 1 and 3650, or null to keep events for ever."
  }
  validation {
    condition     = var.setup.dashboards == null ? true : startswith(var.setup.dashboards, "https://")
    error_message = "setup.dashboards begins with https://."
  }
}

variable "alarms" {
  description = <<-EOT
    Who is told. `topic_arn` names an SNS topic that exists; without it one is made, and each address of `emails` gets a mail to confirm. `watched` lists accounts and
    regions that never rest: each has an alarm for when nothing has come from it for `silent_hours`.
  EOT
  type = object({
    topic_arn           = optional(string)
    emails              = optional(set(string), [])
    silent_hours        = optional(number, 6)
    oldest_message_secs = optional(number, 900)
    watched             = optional(list(object({ account = string, region = string })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alarms.silent_hours >= 1 && var.alarms.silent_hours <= 24
    error_message = "alarms.silent_hours is between 1 and 24: an alarm looks back a day at most."
  }
  validation {
    condition     = alltrue([for each in var.alarms.watched : can(regex("^[0-9]{12}$", each.account))])
    error_message = "alarms.watched names accounts by their 12 digits."
  }
}
