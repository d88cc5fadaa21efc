module "alarms" {
  source = "./modules/alarms"

  name                   = var.name
  function_name          = var.name
  function_timeout       = var.function.timeout_seconds
  namespace              = var.function.metrics_namespace
  queue_name             = var.delivery.to == "queue" ? var.name : null
  dead_letter_queue_name = "${var.name}-dead-letters"
  domain_name            = var.target.new_domain == null ? null : var.name
  topic_arn              = var.alarms.topic_arn
  emails                 = var.alarms.emails
  silent_hours           = var.alarms.silent_hours
  oldest_message_secs    = var.alarms.oldest_message_secs
  watched                = var.alarms.watched
  key_arn                = local.key_arn
  tags                   = var.tags
}
