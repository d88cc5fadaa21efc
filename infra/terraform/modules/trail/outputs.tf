output "arn" {
  description = "The trail's ARN."
  value       = aws_cloudtrail.this.arn
}
