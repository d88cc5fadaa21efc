variable "name" {
  description = "The domain's name."
  type        = string
}

variable "engine_version" {
  description = "OpenSearch's version, such as OpenSearch_2.19."
  type        = string
}

variable "instance_type" {
  description = "The data nodes' instance type."
  type        = string
}

variable "instance_count" {
  description = "How many data nodes: one, or an even number in two zones."
  type        = number
}

variable "volume_gb" {
  description = "The disk of each data node, in GiB."
  type        = number
}

variable "dedicated_masters" {
  description = "Whether three dedicated masters are added."
  type        = bool
}

variable "master_type" {
  description = "The dedicated masters' instance type."
  type        = string
}

variable "master_role_arn" {
  description = "The role that may do everything in the domain."
  type        = string
}

variable "client_arns" {
  description = "Roles and users whose signed requests reach the domain."
  type        = list(string)
}

variable "subnet_ids" {
  description = "The subnets of a domain in a VPC; empty for one that is not."
  type        = list(string)
}

variable "security_group_ids" {
  description = "The security groups of a domain in a VPC."
  type        = list(string)
}

variable "cognito" {
  description = "How people sign in to Dashboards; null for signed requests only."
  type        = object({ user_pool_id = string, identity_pool_id = string, role_arn = string })
}

variable "log_retention_days" {
  description = "For how many days the domain's own logs are kept."
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
