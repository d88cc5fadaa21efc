variable "name" {
  description = "The bucket's name."
  type        = string
}

variable "prefix" {
  description = "What the keys of access logs start with, ending with a slash."
  type        = string
}

variable "expiration_days" {
  description = "After how many days access logs are deleted."
  type        = number
}

variable "force_destroy" {
  description = "Whether the bucket is deleted with all its objects."
  type        = bool
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
