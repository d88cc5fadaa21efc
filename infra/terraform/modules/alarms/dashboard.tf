# One page that tells how it goes.

locals {
  own_metrics = {
    "Records"             = ["Sum", ["RecordsIndexed", "RecordsDuplicate", "RecordsDropped", "RecordsDegraded", "RecordsDeadLettered", "RecordsFailed"]]
    "Until searchable"    = ["p95", ["EventToS3Time", "S3ToSearchableTime"]]
    "Denied deliveries"   = ["Sum", ["DeliveryDenied"]]
    "Where the time goes" = ["Sum", ["FetchTime", "InflateTime", "BulkTime"]]
    "Trouble"             = ["Sum", ["ObjectsFailed", "MessagesUnreadable", "DocumentsRetried"]]
    "Bytes"               = ["Sum", ["BytesRead", "BytesPosted"]]
  }
  lambda_metrics = {
    "Function"        = ["Sum", ["Invocations", "Errors", "Throttles"]]
    "Function's time" = ["Maximum", ["Duration", "ConcurrentExecutions"]]
  }
  queues = compact([var.queue_name, var.dead_letter_queue_name])

  charts = concat(
    [for title in sort(keys(local.own_metrics)) : {
      title   = title
      stat    = local.own_metrics[title][0]
      metrics = [for metric in local.own_metrics[title][1] : [var.namespace, metric, "FunctionName", var.function_name]]
    }],
    [for title in sort(keys(local.lambda_metrics)) : {
      title   = title
      stat    = local.lambda_metrics[title][0]
      metrics = [for metric in local.lambda_metrics[title][1] : ["AWS/Lambda", metric, "FunctionName", var.function_name]]
    }],
    [{
      title   = "Queues"
      stat    = "Maximum"
      metrics = concat([for queue in local.queues : [for metric in ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"] : ["AWS/SQS", metric, "QueueName", queue]]]...)
    }],
  )

  alarm_widget = {
    type       = "alarm"
    x          = 0
    y          = 0
    width      = 24
    height     = 3
    properties = { title = "Alarms", alarms = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn] }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = concat([local.alarm_widget], [for number, chart in local.charts : {
      type       = "metric"
      x          = 8 * (number % 3)
      y          = 3 + 6 * floor(number / 3)
      width      = 8
      height     = 6
      properties = { title = chart.title, stat = chart.stat, metrics = chart.metrics, region = local.region, period = 300, view = "timeSeries" }
    }])
  })
}
