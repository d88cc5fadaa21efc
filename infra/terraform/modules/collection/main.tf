# An OpenSearch Serverless collection, and the four policies that let anybody use it.

locals {
  collection = "collection/${var.name}"
  indices    = [for prefix in var.index_prefixes : "index/${var.name}/${prefix}-*"]
  is_public  = length(var.vpc_endpoint_ids) == 0
  network = merge(
    {
      Description     = "How ${var.name} is reached."
      Rules           = [for type in ["collection", "dashboard"] : { ResourceType = type, Resource = [local.collection] }]
      AllowFromPublic = local.is_public
    },
    local.is_public ? {} : { SourceVPCEs = var.vpc_endpoint_ids },
  )
}

resource "aws_opensearchserverless_security_policy" "encryption" {
  name = var.name
  type = "encryption"
  policy = jsonencode(merge(
    { Rules = [{ ResourceType = "collection", Resource = [local.collection] }] },
    var.key_arn == null ? { AWSOwnedKey = true } : { AWSOwnedKey = false, KmsARN = var.key_arn },
  ))
}

resource "aws_opensearchserverless_security_policy" "network" {
  name   = var.name
  type   = "network"
  policy = jsonencode([local.network])
}

resource "aws_opensearchserverless_collection" "this" {
  name             = var.name
  description      = "CloudTrail's events."
  type             = var.type
  standby_replicas = var.standby_replicas ? "ENABLED" : "DISABLED"
  tags             = var.tags

  # A collection takes the key that a policy names for it when it is made.
  depends_on = [aws_opensearchserverless_security_policy.encryption, aws_opensearchserverless_security_policy.network]
}

resource "aws_opensearchserverless_access_policy" "this" {
  name = var.name
  type = "data"
  policy = jsonencode(concat(
    [{
      Description = "The function installs templates, makes indices and writes documents."
      Principal   = [var.writer_arn]
      Rules = [
        { ResourceType = "collection", Resource = [local.collection], Permission = ["aoss:CreateCollectionItems", "aoss:UpdateCollectionItems", "aoss:DescribeCollectionItems"] },
        { ResourceType = "index", Resource = local.indices, Permission = ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:WriteDocument"] },
      ]
    }],
    length(var.reader_arns) == 0 ? [] : [{
      Description = "People search, in the command line and in Dashboards."
      Principal   = var.reader_arns
      Rules = [
        { ResourceType = "collection", Resource = [local.collection], Permission = ["aoss:DescribeCollectionItems"] },
        { ResourceType = "index", Resource = local.indices, Permission = ["aoss:DescribeIndex", "aoss:ReadDocument"] },
      ]
    }],
  ))
}

# Only time series forget.
resource "aws_opensearchserverless_lifecycle_policy" "this" {
  count = var.type == "TIMESERIES" && var.retention_days != null ? 1 : 0

  name = var.name
  type = "retention"
  policy = jsonencode({
    Rules = [{ ResourceType = "index", Resource = local.indices, MinIndexRetention = "${var.retention_days}d" }]
  })
}
