output "name" {
  description = "The bucket's name, once its policy stands: CloudTrail tries to write before it makes a trail."
  value       = var.name
  depends_on  = [aws_s3_bucket.this, aws_s3_bucket_policy.this]
}
