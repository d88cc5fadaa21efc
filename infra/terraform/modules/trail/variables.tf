variable "name" {
  description = "The trail's name."
  type        = string
}

variable "bucket" {
  description = "The bucket that it writes to."
  type        = string
}

variable "prefix" {
  description = "What stands before /AWSLogs/ in the keys; empty for nothing."
  type        = string
}

variable "key_arn" {
  description = "The KMS key that it encrypts with; null for S3's own encryption."
  type        = string
}

variable "is_organization" {
  description = "Whether it is of the whole organization."
  type        = bool
}

variable "multi_region" {
  description = "Whether it is of every region."
  type        = bool
}

variable "log_file_validation" {
  description = "Whether CloudTrail signs what it delivered, which `trailsearch verify` reads."
  type        = bool
}

variable "insights" {
  description = "Which Insights are looked for."
  type        = set(string)
}

variable "data_events" {
  description = "Data events: of which type, of resources whose ARNs begin how, and whether reads or writes only."
  type        = list(object({ name = string, resource_type = string, arns = list(string), read_only = bool }))
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
