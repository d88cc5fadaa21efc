# The trail.

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252: S3 tells of new objects itself, each once; a topic of CloudTrail's would tell a second time
  #checkov:skip=CKV2_AWS_10: the events go to OpenSearch; CloudWatch Logs would hold and charge them a second time
  #checkov:skip=CKV_AWS_35: encrypted with the key that the caller gives; without one, by S3
  #checkov:skip=CKV_AWS_36: validated unless the caller says otherwise
  #checkov:skip=CKV_AWS_67: every region unless the caller says otherwise
  name                          = var.name
  s3_bucket_name                = var.bucket
  s3_key_prefix                 = var.prefix == "" ? null : var.prefix
  kms_key_id                    = var.key_arn
  is_multi_region_trail         = var.multi_region
  is_organization_trail         = var.is_organization
  include_global_service_events = true
  enable_log_file_validation    = var.log_file_validation
  tags                          = var.tags

  # Selectors replace the default as a whole, so management events are selected again beside data events.
  dynamic "advanced_event_selector" {
    for_each = length(var.data_events) == 0 ? [] : [true]
    content {
      name = "Management events"
      field_selector {
        field  = "eventCategory"
        equals = ["Management"]
      }
    }
  }

  dynamic "advanced_event_selector" {
    for_each = var.data_events
    iterator = each
    content {
      name = each.value.name
      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }
      field_selector {
        field  = "resources.type"
        equals = [each.value.resource_type]
      }
      field_selector {
        field       = "resources.ARN"
        starts_with = each.value.arns
      }
      dynamic "field_selector" {
        for_each = each.value.read_only == null ? [] : [each.value.read_only]
        content {
          field  = "readOnly"
          equals = [tostring(field_selector.value)]
        }
      }
    }
  }

  dynamic "insight_selector" {
    for_each = var.insights
    content {
      insight_type = insight_selector.value
    }
  }
}
