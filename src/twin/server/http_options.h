// Query parameters and bodies that say how a request is meant (metav1.ListOptions, DeleteOptions
// …).
#pragma once
#include <string>

#include "twin/server/api.h"
#include "twin/server/request_path.h"

namespace jibe::twin {

// All throw kube::StatusError 400 or 422 for what cannot be meant.
ListOptions parse_list_options(const http::Query& query);
// dryRun, fieldManager, fieldValidation, force.
// `method` of the request: it decides which options are named in errors.
void parse_write_options(const http::Query& query, const std::string& method,
                         WriteOptions& options);
// `body` is null where there is none; then the query counts.
DeleteOptions parse_delete_options(const http::Query& query, const data::Value& body);
// 0 where the query has none.
int64_t parse_integer(const http::Query& query, std::string_view name);
bool parse_boolean(const http::Query& query, std::string_view name, bool fallback);

}  // namespace jibe::twin
