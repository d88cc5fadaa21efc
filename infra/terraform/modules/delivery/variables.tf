variable "name" {
  description = "What everything is named after."
  type        = string
}

variable "from" {
  description = "Who tells: bucket, topic or eventbridge."
  type        = string
}

variable "to" {
  description = "Who is told: queue or function."
  type        = string
}

variable "sources" {
  description = "The buckets, whether their notifications are written here, and the prefix and suffix of the keys that are told of."
  type = map(object({
    bucket  = string
    manage  = bool
    objects = list(object({ prefix = string, suffix = string }))
  }))
}

variable "topic_arn" {
  description = "A topic that the bucket tells already; null for one to be made."
  type        = string
}

variable "key_arn" {
  description = "The KMS key that encrypts a topic made here; null for none."
  type        = string
}

variable "function_arn" {
  description = "The function."
  type        = string
}

variable "function_timeout" {
  description = "The function's time-out, in seconds."
  type        = number
}

variable "maximum_receives" {
  description = "How often a message is tried before it becomes a dead letter."
  type        = number
}

variable "maximum_event_age" {
  description = "For how many seconds Lambda tries an invocation that nobody waits for."
  type        = number
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
