variable "name" {
  description = "The bucket's name."
  type        = string
}

variable "prefix" {
  description = "What stands before AWSLogs/ in the keys: empty, or ending with a slash."
  type        = string
}

variable "trail_arn" {
  description = "The trail that may write."
  type        = string
}

variable "organization_id" {
  description = "The organization whose trail it is; null for an account's."
  type        = string
}

variable "key_arn" {
  description = "The KMS key that encrypts the objects; null for S3's own encryption."
  type        = string
}

variable "expiration_days" {
  description = "After how many days objects are deleted; null for never."
  type        = number
}

variable "force_destroy" {
  description = "Whether the bucket is deleted with all its objects."
  type        = bool
}

variable "access_log_bucket" {
  description = "The bucket that S3 delivers this one's access logs to; null for none."
  type        = string
}

variable "access_log_prefix" {
  description = "What the keys of access logs start with there, ending with a slash."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
