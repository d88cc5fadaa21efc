# Where events come from: the bucket, the trail, and how the function hears of new objects.

variable "log_bucket" {
  description = <<-EOT
    The bucket that CloudTrail writes to: made here, or with `create = false` one of this region that exists and has `name`. `prefix` is what stands before
    `AWSLogs/` in its keys. Of a bucket that exists, `kms_key_arn` is the key its objects are encrypted with; nothing of it is changed but its notifications, and
    those only while `manage_notifications` is true. S3 has one notification configuration for a bucket, so that writing it replaces any other.
  EOT
  type = object({
    create               = optional(bool, true)
    name                 = optional(string)
    prefix               = optional(string, "")
    kms_key_arn          = optional(string)
    manage_notifications = optional(bool, true)
    expiration_days      = optional(number)
    force_destroy        = optional(bool, false)
    access_log_bucket    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.log_bucket.create || var.log_bucket.name != null
    error_message = "log_bucket.name is needed with create = false."
  }
  validation {
    condition     = var.log_bucket.manage_notifications || !var.log_bucket.create
    error_message = "log_bucket.manage_notifications is for buckets that exist: nobody else would notify of a new one's objects."
  }
  validation {
    condition     = var.log_bucket.prefix == "" || can(regex("^[^/].*[^/]$", var.log_bucket.prefix))
    error_message = "log_bucket.prefix has no slash at either end."
  }
  validation {
    condition     = var.log_bucket.create || var.log_bucket.expiration_days == null
    error_message = "log_bucket.expiration_days is for a new bucket."
  }
  validation {
    condition     = var.log_bucket.kms_key_arn == null || !var.log_bucket.create
    error_message = "log_bucket.kms_key_arn is for a bucket that exists; a new one is encrypted as `encryption` says."
  }
}

variable "trail" {
  description = <<-EOT
    The trail: made here, or with `create = false` one that exists. `arn` is then needed for a new bucket, whose policy lets that trail write. `organization_id` (o-…) makes it
    the organization's; this is applied in the management account or a delegated administrator's then. `data_events` adds data events of the resources
    whose ARNs begin so: those of other log buckets show denied deliveries, which are alarmed on. They are charged by the event.
  EOT
  type = object({
    create              = optional(bool, true)
    arn                 = optional(string)
    name                = optional(string)
    organization_id     = optional(string)
    multi_region        = optional(bool, true)
    log_file_validation = optional(bool, true)
    insights            = optional(set(string), [])
    data_events = optional(list(object({
      name          = string
      resource_type = optional(string, "AWS::S3::Object")
      arns          = list(string)
      read_only     = optional(bool)
    })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.trail.create || !var.log_bucket.create || var.trail.arn != null
    error_message = "trail.arn is needed with create = false and a new bucket: its policy lets only that trail write."
  }
  validation {
    condition     = var.trail.organization_id == null ? true : can(regex("^o-[a-z0-9]{10,32}$", var.trail.organization_id))
    error_message = "trail.organization_id is of the form o-a1b2c3d4e5."
  }
  validation {
    condition     = length(setsubtract(var.trail.insights, ["ApiCallRateInsight", "ApiErrorRateInsight"])) == 0
    error_message = "trail.insights takes ApiCallRateInsight and ApiErrorRateInsight."
  }
}

variable "delivery" {
  description = <<-EOT
    How the function hears of new objects. `from` says who tells: the `bucket` itself, an SNS `topic` (`topic_arn` for one that the bucket tells already, else one is made) or
    `eventbridge` (which a bucket that exists has to have turned on). `to` says whom: a `queue` that the function takes batches from, of which only failed messages
    come back; or the `function` at once, whose failed invocations end in the dead-letter queue.
  EOT
  type = object({
    from                  = optional(string, "bucket")
    to                    = optional(string, "queue")
    topic_arn             = optional(string)
    topic_kms_key_arn     = optional(string)
    batch_size            = optional(number, 10)
    batch_window_seconds  = optional(number, 0)
    maximum_concurrency   = optional(number, 10)
    maximum_receives      = optional(number, 5)
    maximum_event_seconds = optional(number, 21600)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["bucket", "topic", "eventbridge"], var.delivery.from)
    error_message = "delivery.from is bucket, topic or eventbridge."
  }
  validation {
    condition     = contains(["queue", "function"], var.delivery.to)
    error_message = "delivery.to is queue or function."
  }
  validation {
    condition     = var.delivery.topic_arn == null || var.delivery.from == "topic"
    error_message = "delivery.topic_arn goes with from = \"topic\"."
  }
  validation {
    condition     = var.delivery.from != "bucket" || var.log_bucket.manage_notifications
    error_message = "delivery.from is topic (with topic_arn) or eventbridge where log_bucket.manage_notifications is false."
  }
  validation {
    condition     = var.delivery.from != "topic" || var.delivery.topic_arn != null || var.log_bucket.manage_notifications
    error_message = "delivery.topic_arn is needed where log_bucket.manage_notifications is false: the bucket would not know a new topic."
  }
  validation {
    condition     = var.delivery.maximum_concurrency >= 2 && var.delivery.maximum_concurrency <= 1000
    error_message = "delivery.maximum_concurrency is between 2 and 1000."
  }
  validation {
    condition     = var.delivery.batch_size >= 1 && (var.delivery.batch_size <= 10 || var.delivery.batch_window_seconds >= 1)
    error_message = "delivery.batch_size is at least 1; beyond 10 it needs a batch_window_seconds of at least 1."
  }
}

variable "access_logs" {
  description = <<-EOT
    S3 server access logs, which show denied deliveries to buckets without data events. `create` makes a bucket for them, to which the buckets made here log, and others may (target prefix `access/…`);
    unless said otherwise it is made where its notifications can be written, so not with `delivery.topic_arn`. `sources` are buckets that exist and take access logs below `prefix`;
    notifications are written for those whose `manage_notifications` is true. `index_prefix` is what the names of their indices start with.
  EOT
  type = object({
    create          = optional(bool)
    expiration_days = optional(number, 90)
    force_destroy   = optional(bool, false)
    index_prefix    = optional(string, "s3-access")
    sources = optional(list(object({
      bucket               = string
      prefix               = string
      manage_notifications = optional(bool, true)
    })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = !coalesce(var.access_logs.create, false) || var.delivery.topic_arn == null
    error_message = "access_logs.create goes without delivery.topic_arn: nobody would tell that topic of a new bucket's objects."
  }
  validation {
    condition     = alltrue([for each in var.access_logs.sources : can(regex("^[^/,][^,]*/$", each.prefix))])
    error_message = "access_logs' prefixes end with a slash, do not begin with one and hold no comma."
  }
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]*$", var.access_logs.index_prefix)) && var.access_logs.index_prefix != var.function.index_prefix
    error_message = "access_logs.index_prefix is of the form of function.index_prefix, and another one."
  }
}
