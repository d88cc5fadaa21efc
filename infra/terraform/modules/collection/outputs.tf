output "arn" {
  description = "The collection's ARN."
  value       = aws_opensearchserverless_collection.this.arn
}

output "endpoint" {
  description = "The collection's address."
  value       = aws_opensearchserverless_collection.this.collection_endpoint
}

output "dashboards" {
  description = "The address of its Dashboards."
  value       = aws_opensearchserverless_collection.this.dashboard_endpoint
}
