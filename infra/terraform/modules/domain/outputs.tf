output "arn" {
  description = "The domain's ARN."
  value       = aws_opensearch_domain.this.arn
}

output "endpoint" {
  description = "The domain's address."
  value       = "https://${aws_opensearch_domain.this.endpoint}"
}

output "dashboards" {
  description = "The address of OpenSearch Dashboards."
  value       = "https://${aws_opensearch_domain.this.endpoint}/_dashboards"
}
