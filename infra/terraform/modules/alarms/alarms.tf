# The alarms as data: on which metric, beyond which threshold, and what to do. Those `below` a threshold are about silence, for
# which missing data is the very thing; for all others it is no fault.

locals {
  # A function, a queue and a domain, as CloudWatch names them.
  own    = { namespace = var.namespace, dimensions = { FunctionName = var.function_name } }
  lambda = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.function_name } }
  domain = { namespace = "AWS/ES", dimensions = { DomainName = coalesce(var.domain_name, "none"), ClientId = local.account } }

  usual = { statistic = "Sum", threshold = 0, period = 300, periods = 1, below = false }

  own_alarms = {
    delivery-denied = merge(local.own, local.usual, {
      metric = "DeliveryDenied"
      do     = "A service was refused when it delivered logs to a bucket: logs are being lost. Find it with `errorCode:AccessDenied AND sourceIPAddress:delivery.logs.amazonaws.com`, or the metric's lines in the function's log, which name bucket and source. Mend the bucket's policy or its key's."
    })
    degraded = merge(local.own, local.usual, {
      metric = "RecordsDegraded"
      do     = "The index took records as minimal documents only, with their raw text. `ingest.error:*` finds them and says why: an index made without the template, or one that is full. Mend that; new records are whole again."
    })
    dead-letters = merge(local.own, local.usual, {
      metric = "RecordsDeadLettered"
      do     = "The index took no document at all for some records; they are kept below dead-letters/ in the state bucket. The function's log says why, at level ERROR. Mend the cause, then run `trailsearch replay` on that prefix."
    })
    failed-records = merge(local.own, local.usual, {
      metric  = "RecordsFailed"
      periods = 6
      do      = "For half an hour records have found no place; their objects are delivered again. The cluster is down, full or refuses the function's role: look at its health and at the function's log."
    })
    unreadable = merge(local.own, local.usual, {
      metric = "MessagesUnreadable"
      do     = "Something else than notifications is sent to the function. The log says what, at level ERROR. Find who sends it; messages of the queue end in the dead-letter queue."
    })
    silent = merge(local.own, local.usual, {
      metric     = "Objects"
      dimensions = merge(local.own.dimensions, { Kind = "Log" })
      threshold  = 1
      period     = 3600
      periods    = var.silent_hours
      below      = true
      do         = "For ${var.silent_hours} hours no log object has come. Look whether the trail is logging and can write to the bucket (`aws cloudtrail get-trail-status`), whether the bucket notifies, and whether the function is invoked."
    })
  }

  watched_alarms = {
    for each in var.watched : "silent-${each.account}-${each.region}" => merge(local.own, local.usual, {
      metric     = "EventToS3Time"
      dimensions = merge(local.own.dimensions, { Account = each.account, Region = each.region })
      statistic  = "SampleCount"
      threshold  = 1
      period     = 3600
      periods    = var.silent_hours
      below      = true
      do         = "For ${var.silent_hours} hours no log object has come from account ${each.account}, region ${each.region}. Look there whether its trail is logging (`aws cloudtrail get-trail-status`), and whether the bucket's policy and key still let it write."
    })
  }

  function_alarms = {
    errors = merge(local.lambda, local.usual, {
      metric  = "Errors"
      periods = 3
      do      = "Invocations have failed for a quarter of an hour. The function's log says why: settings, the cluster's answer, or a crash. What was not ingested is delivered again."
    })
    throttles = merge(local.lambda, local.usual, {
      metric  = "Throttles"
      periods = 3
      do      = "Lambda has refused invocations for a quarter of an hour. Raise the account's concurrency or the function's reserved one, or lower delivery.maximum_concurrency. Nothing is lost meanwhile."
    })
    slow = merge(local.lambda, local.usual, {
      metric    = "Duration"
      statistic = "Maximum"
      threshold = var.function_timeout * 1000 * 0.8
      periods   = 3
      do        = "Invocations take four fifths of the time-out or more. BulkTime in the metrics tells whether the cluster is slow: enlarge it then, else raise function.memory_mb or function.timeout_seconds."
    })
    dead-letter-queue = merge(local.usual, {
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = var.dead_letter_queue_name }
      statistic  = "Maximum"
      do         = "Notifications failed too often and wait in the dead-letter queue, for 14 days at most. The function's log says why they failed. Mend that, then run `trailsearch replay --queue` with the queue's address."
    })
  }

  queue_alarms = var.queue_name == null ? {} : {
    waiting = merge(local.usual, {
      namespace  = "AWS/SQS"
      metric     = "ApproximateAgeOfOldestMessage"
      dimensions = { QueueName = var.queue_name }
      statistic  = "Maximum"
      threshold  = var.oldest_message_secs
      periods    = 3
      do         = "Notifications wait longer than ${var.oldest_message_secs} s: events are found late. The function is throttled, fails, or the cluster is too small for the rate. After a backfill it passes by itself."
    })
  }

  domain_alarms = var.domain_name == null ? {} : {
    cluster-red = merge(local.domain, local.usual, {
      metric    = "ClusterStatus.red"
      statistic = "Maximum"
      do        = "A shard of the domain is on no node: some events can be neither found nor indexed. Look at the domain's health, then at its free storage and memory; restore the index from the last snapshot if its shard is lost."
    })
    cluster-full = merge(local.domain, local.usual, {
      metric    = "ClusterIndexWritesBlocked"
      statistic = "Maximum"
      do        = "The domain refuses writes: its disk or memory is full. Enlarge target.new_domain.volume_gb or lower setup.retention_days. What is not indexed meanwhile is delivered again."
    })
  }

  alarms = merge(local.own_alarms, local.watched_alarms, local.function_alarms, local.queue_alarms, local.domain_alarms)
}
