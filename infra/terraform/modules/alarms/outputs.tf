output "topic_arn" {
  description = "The topic that alarms go to."
  value       = local.topic_arn
}
