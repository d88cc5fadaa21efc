# Where events go: exactly one of five.

variable "target" {
  description = <<-EOT
    Where events go, exactly one of:
    - `new_domain`: an Amazon OpenSearch Service domain made here. `master_role_arn` is the role that may do everything in it, the function's own by default, which set-up needs.
      `client_arns` are roles and users that may send it signed requests beside the function; what they see is decided in the domain. `cognito` is how people sign in to Dashboards.
    - `domain`: one that exists; `endpoint` is its address. Map the function's role there, where fine-grained access control is on.
    - `new_collection`: an OpenSearch Serverless collection made here. TIMESERIES knows retention and takes no ids, so that a repeated delivery makes duplicates; SEARCH is the other way round.
    - `collection`: one that exists, with an access policy that its owner gives the function.
    - `endpoint`: any https address, with a secret {"username": …, "password": …} of Secrets Manager.
  EOT
  type = object({
    new_domain = optional(object({
      engine_version     = optional(string, "OpenSearch_2.19")
      instance_type      = optional(string, "t3.medium.search")
      instance_count     = optional(number, 1)
      volume_gb          = optional(number, 50)
      dedicated_masters  = optional(bool, false)
      master_type        = optional(string, "m7g.medium.search")
      master_role_arn    = optional(string)
      client_arns        = optional(list(string), [])
      subnet_ids         = optional(list(string), [])
      security_group_ids = optional(list(string), [])
      log_retention_days = optional(number, 365)
      cognito            = optional(object({ user_pool_id = string, identity_pool_id = string, role_arn = string }))
    }))
    domain = optional(object({ arn = string, endpoint = string }))
    new_collection = optional(object({
      type             = optional(string, "TIMESERIES")
      standby_replicas = optional(bool, true)
      vpc_endpoint_ids = optional(list(string), [])
      reader_arns      = optional(list(string), [])
    }))
    collection = optional(object({ arn = string, endpoint = string, type = optional(string, "TIMESERIES") }))
    endpoint = optional(object({
      url                = string
      secret_arn         = optional(string)
      secret_kms_key_arn = optional(string)
    }))
  })
  default  = { new_domain = {} }
  nullable = false

  validation {
    condition     = length([for kind, value in var.target : kind if value != null]) == 1
    error_message = "target has exactly one of new_domain, domain, new_collection, collection and endpoint."
  }
  validation {
    condition     = alltrue([for place in [var.target.domain, var.target.collection] : place == null ? true : startswith(place.endpoint, "https://")])
    error_message = "target's endpoint begins with https://."
  }
  validation {
    condition     = var.target.endpoint == null ? true : startswith(var.target.endpoint.url, "https://") && !strcontains(var.target.endpoint.url, "@")
    error_message = "target.endpoint.url begins with https:// and holds no login: keep that in a secret and give secret_arn."
  }
  validation {
    condition     = alltrue([for place in [var.target.new_collection, var.target.collection] : place == null ? true : contains(["SEARCH", "TIMESERIES"], place.type)])
    error_message = "a collection's type is SEARCH or TIMESERIES."
  }
  validation {
    condition     = var.target.new_domain == null ? true : can(regex("^OpenSearch_[23]\\.[0-9]+$", var.target.new_domain.engine_version))
    error_message = "target.new_domain.engine_version is of the form OpenSearch_2.19."
  }
  validation {
    condition     = var.target.new_domain == null ? true : var.target.new_domain.instance_count == 1 || var.target.new_domain.instance_count % 2 == 0
    error_message = "target.new_domain.instance_count is 1 or even: the nodes stand in two zones."
  }
  validation {
    condition     = var.target.new_domain == null ? true : length(var.target.new_domain.subnet_ids) == 0 || var.vpc != null
    error_message = "target.new_domain.subnet_ids put the domain into a VPC: the function has to be there too, give vpc."
  }
}
