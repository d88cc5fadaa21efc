variable "name" {
  description = "The collection's name."
  type        = string
}

variable "type" {
  description = "SEARCH or TIMESERIES."
  type        = string
}

variable "standby_replicas" {
  description = "Whether copies stand by in another zone, which doubles the smallest cost."
  type        = bool
}

variable "vpc_endpoint_ids" {
  description = "The VPC endpoints it is reached through; empty for the internet, where requests are signed."
  type        = list(string)
}

variable "writer_arn" {
  description = "The role that installs templates and writes documents."
  type        = string
}

variable "reader_arns" {
  description = "Roles and users that search."
  type        = list(string)
}

variable "index_prefixes" {
  description = "What the names of the indices start with."
  type        = list(string)
}

variable "retention_days" {
  description = "After how many days a time series may forget events; null for never."
  type        = number
}

variable "key_arn" {
  description = "The KMS key that encrypts what is made here; null for AWS's own."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
