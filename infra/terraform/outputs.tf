output "function_name" {
  description = "The function."
  value       = aws_lambda_function.this.function_name
}

output "function_role_arn" {
  description = "The function's role: to be mapped to a role of a domain that exists."
  value       = aws_iam_role.function.arn
}

output "log_bucket" {
  description = "The bucket that CloudTrail writes to."
  value       = local.log_bucket
}

output "access_bucket" {
  description = "The bucket for S3 server access logs: have other buckets of this account and region log to it below access/. Null where none is made."
  value       = local.own_access_bucket
}

output "state_uri" {
  description = "Where dead letters and checkpoints are kept; `trailsearch replay` takes what stands below dead-letters/."
  value       = local.settings.TRAILSEARCH_STATE_S3_URI
}

output "queue_url" {
  description = "The queue of notifications; null where the function is told at once."
  value       = module.delivery.queue_url
}

output "dead_letter_queue_url" {
  description = "The dead-letter queue, for `trailsearch replay --queue`."
  value       = module.delivery.dead_letter_queue_url
}

output "endpoint" {
  description = "Where events go: OPENSEARCH_ENDPOINT of the command line."
  value       = local.endpoint
}

output "dashboards" {
  description = "The address of OpenSearch Dashboards, where it is known."
  value       = try(coalesce(var.setup.dashboards, try(module.domain[0].dashboards, null), try(module.collection[0].dashboards, null)), null)
}

output "alarm_topic_arn" {
  description = "The topic that alarms go to."
  value       = module.alarms.topic_arn
}

output "setup_result" {
  description = "What set-up answered."
  value       = one(aws_lambda_invocation.setup[*].result)
}
