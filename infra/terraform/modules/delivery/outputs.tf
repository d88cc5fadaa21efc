output "queue_arn" {
  description = "The queue that the function takes notifications from; null where it is told at once."
  value       = one(aws_sqs_queue.this[*].arn)
}

output "queue_url" {
  description = "The same queue's address."
  value       = one(aws_sqs_queue.this[*].id)
}

output "dead_letter_queue_url" {
  description = "The dead-letter queue's address, for `trailsearch replay --queue`."
  value       = aws_sqs_queue.dead_letters.id
}
