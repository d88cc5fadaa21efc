variable "name" {
  description = "What everything is named after."
  type        = string
}

variable "function_name" {
  description = "The function."
  type        = string
}

variable "function_timeout" {
  description = "The function's time-out, in seconds."
  type        = number
}

variable "namespace" {
  description = "The namespace of the function's metrics."
  type        = string
}

variable "queue_name" {
  description = "The queue of notifications; null where there is none."
  type        = string
}

variable "dead_letter_queue_name" {
  description = "The queue of what failed too often."
  type        = string
}

variable "domain_name" {
  description = "The domain made here; null where there is none."
  type        = string
}

variable "topic_arn" {
  description = "The topic that alarms go to; null for one to be made."
  type        = string
}

variable "emails" {
  description = "Who gets the alarms of a topic made here."
  type        = set(string)
}

variable "silent_hours" {
  description = "After how many hours without a log object somebody is told."
  type        = number
}

variable "oldest_message_secs" {
  description = "How many seconds a notification may wait."
  type        = number
}

variable "watched" {
  description = "Accounts and regions that never rest."
  type        = list(object({ account = string, region = string }))
}

variable "key_arn" {
  description = "The KMS key that encrypts what is made here; null for AWS's own."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
