output "name" {
  description = "The bucket's name, once its policy stands: S3 looks whether it may deliver before it logs a bucket's requests."
  value       = var.name
  depends_on  = [aws_s3_bucket.this, aws_s3_bucket_policy.this]
}
