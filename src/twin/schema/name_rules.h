// What names, ports and keys may be, worded as apimachinery pkg/util/validation words it (1.36).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

using Sentences = std::vector<std::string>;

Sentences dns_label_errors(std::string_view text);
Sentences dns_subdomain_errors(std::string_view text);
Sentences dns_1035_label_errors(std::string_view text);
// RBAC's names: anything that can be an element of a URL path.
Sentences path_segment_errors(std::string_view text);
Sentences port_number_errors(int64_t port);
Sentences port_name_errors(std::string_view text);
// Keys of ConfigMaps and Secrets.
Sentences config_key_errors(std::string_view text);
// A number or a name of a port.
Sentences port_errors(const data::Value& port);

}  // namespace jibe::twin
