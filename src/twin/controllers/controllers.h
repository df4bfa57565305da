// Every controller of a cluster, one factory each, and the order in which they start.
#pragma once
#include <memory>
#include <vector>

#include "twin/controllers/controller.h"

namespace jibe::twin {

std::unique_ptr<Controller> make_deployment_controller(Context context);
std::unique_ptr<Controller> make_replica_set_controller(Context context);
std::unique_ptr<Controller> make_replication_controller(Context context);
std::unique_ptr<Controller> make_stateful_set_controller(Context context);
std::unique_ptr<Controller> make_daemon_set_controller(Context context);
std::unique_ptr<Controller> make_job_controller(Context context);
std::unique_ptr<Controller> make_cron_job_controller(Context context);
// Gives Services of type LoadBalancer addresses in 127.<second_octet>.0.0/16.
std::unique_ptr<Controller> make_service_controller(Context context, int second_octet);
std::unique_ptr<Controller> make_endpoints_controller(Context context);
std::unique_ptr<Controller> make_endpoint_slice_controller(Context context);
std::unique_ptr<Controller> make_hpa_controller(Context context);
std::unique_ptr<Controller> make_disruption_controller(Context context);
// What namespaces use of their quotas.
std::unique_ptr<Controller> make_quota_controller(Context context);
std::unique_ptr<Controller> make_namespace_controller(Context context);
// The default service account of every namespace.
std::unique_ptr<Controller> make_service_account_controller(Context context);
// ConfigMap kube-root-ca.crt of every namespace.
std::unique_ptr<Controller> make_root_ca_controller(Context context, std::string ca_pem);
std::unique_ptr<Controller> make_garbage_collector(Context context);
// Events go after an hour, as kube-apiserver's --event-ttl has it.
std::unique_ptr<Controller> make_event_ttl_controller(Context context);
// Gives every PersistentVolumeClaim a volume.
std::unique_ptr<Controller> make_volume_controller(Context context);
std::unique_ptr<Controller> make_scheduler(Context context);

}  // namespace jibe::twin
