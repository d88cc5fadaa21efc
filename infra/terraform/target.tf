# Where events go, and what the function has to know of it.

locals {
  prefix   = var.function.index_prefix
  prefixes = concat([local.prefix], length(local.access_logs) == 0 ? [] : [var.access_logs.index_prefix])

  domain     = var.target.new_domain != null ? one(module.domain[*]) : var.target.domain
  collection = var.target.new_collection != null ? one(module.collection[*]) : var.target.collection

  endpoint = coalesce(
    try(local.domain.endpoint, null),
    try(local.collection.endpoint, null),
    try(var.target.endpoint.url, null),
  )
  auth           = local.domain != null ? "es" : local.collection != null ? "aoss" : local.secret_arn != null ? "basic" : "none"
  is_time_series = contains([try(var.target.new_collection.type, null), try(var.target.collection.type, null)], "TIMESERIES")
  document_ids   = local.is_time_series ? "automatic" : "event"
  secret_arn     = try(var.target.endpoint.secret_arn, null)

  is_single_node = try(var.target.new_domain.instance_count, 2) == 1
  replicas       = local.collection != null ? null : try(coalesce(var.setup.replicas, local.is_single_node ? 0 : null), null)
  # A collection's retention is a policy of its own, which only time series know.
  retention_days = local.collection != null ? null : var.setup.retention_days
}

module "domain" {
  source = "./modules/domain"
  count  = var.target.new_domain == null ? 0 : 1

  name               = var.name
  engine_version     = var.target.new_domain.engine_version
  instance_type      = var.target.new_domain.instance_type
  instance_count     = var.target.new_domain.instance_count
  volume_gb          = var.target.new_domain.volume_gb
  dedicated_masters  = var.target.new_domain.dedicated_masters
  master_type        = var.target.new_domain.master_type
  master_role_arn    = coalesce(var.target.new_domain.master_role_arn, aws_iam_role.function.arn)
  client_arns        = concat([aws_iam_role.function.arn], var.target.new_domain.client_arns)
  subnet_ids         = var.target.new_domain.subnet_ids
  security_group_ids = var.target.new_domain.security_group_ids
  cognito            = var.target.new_domain.cognito
  log_retention_days = var.target.new_domain.log_retention_days
  key_arn            = local.key_arn
  tags               = var.tags
}

module "collection" {
  source = "./modules/collection"
  count  = var.target.new_collection == null ? 0 : 1

  name             = var.name
  type             = var.target.new_collection.type
  standby_replicas = var.target.new_collection.standby_replicas
  vpc_endpoint_ids = var.target.new_collection.vpc_endpoint_ids
  writer_arn       = aws_iam_role.function.arn
  reader_arns      = var.target.new_collection.reader_arns
  index_prefixes   = local.prefixes
  retention_days   = var.setup.retention_days
  key_arn          = local.key_arn
  tags             = var.tags
}
