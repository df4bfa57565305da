#include "twin/mesh/inject_functions.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "tmpl/collections.h"
#include "tmpl/format.h"
#include "tmpl/sprig.h"
#include "twin/mesh/mesh_config.h"
#include "twin/mesh/ordered_json.h"

namespace jibe::twin {

namespace {

using data::Value;
using tmpl::Any;
using tmpl::CallContext;
using Args = std::span<Any>;

InjectionScope& scope_of(CallContext& context) {
  return *static_cast<InjectionScope*>(context.user());
}

const std::string& text_of(const Any& any) {
  return any.as_string();
}

std::string trimmed(std::string_view text) {
  return std::string(base::trim(text));
}

Any is_set(CallContext&, Args args) {
  return Any(args[0].is_map() && args[0].map().find(text_of(args[1])) != nullptr);
}

Any annotation(CallContext&, Args args) {
  const Value meta = tmpl::to_value(args[0]);
  const Value* value = meta["annotations"].find(text_of(args[1]));
  return Any(value != nullptr ? value->text() : tmpl::to_text(args[2]));
}

Any exclude_inbound_port(CallContext&, Args args) {
  const std::string port = trimmed(tmpl::to_text(args[0]));
  const std::string& excluded = text_of(args[1]);
  if (port.empty() || port == "0") return Any(excluded);
  std::vector<std::string> ports;
  for (std::string_view piece : base::split(excluded, ',')) {
    if (piece == port) return Any(excluded);
    if (std::string one = trimmed(piece); !one.empty()) ports.push_back(std::move(one));
  }
  ports.push_back(port);
  return Any(base::join(ports, ","));
}

Any container_ports(const Any& containers, bool with_proxy) {
  std::vector<std::string> ports;
  const Value list = tmpl::to_value(containers);
  for (const Value& container : list.items()) {
    if (!with_proxy && container["name"].text() == "istio-proxy") continue;
    for (const Value& port : container["ports"].items()) {
      const std::string& protocol = port["protocol"].text();
      if (protocol != "UDP" && protocol != "SCTP")
        ports.push_back(std::to_string(port["containerPort"].int_or(0)));
    }
  }
  return Any(base::join(ports, ","));
}

Any include_inbound_ports(CallContext&, Args args) {
  return container_ports(args[0], true);
}
Any application_ports(CallContext&, Args args) {
  return container_ports(args[0], false);
}

Any same(CallContext&, Args args) {
  return args[0];
}

Any value_or_default(CallContext&, Args args) {
  const bool absent = args[0].is_nil() || (args[0].is_string() && text_of(args[0]).empty());
  return absent ? args[1] : args[0];
}

Any to_json(CallContext&, Args args) {
  return Any(args[0].is_nil() ? "{}" : data::to_json(tmpl::to_value(args[0])));
}

Any from_json(CallContext&, Args args) {
  try {
    return Any::from(data::parse_json(text_of(args[0])));
  } catch (const base::InvalidInput&) {
    return Any("{}");
  }
}

// A container's port in the order of Go's struct; everything else by name.
Any struct_to_json(CallContext&, Args args) {
  static const FieldOrder kPort = {"name", "hostPort", "containerPort", "protocol", "hostIP"};
  if (args[0].is_nil()) return Any("{}");
  const Value value = tmpl::to_value(args[0]);
  return Any(value.is_map() ? ordered_json(value, kPort) : data::to_json(value));
}

Any proto_to_json(CallContext& context, Args args) {
  if (args[0].is_nil()) return Any("{}");
  return Any(proxy_config_json(tmpl::to_value(args[0]), scope_of(context).version));
}

Any to_yaml(CallContext&, Args args) {
  return Any(data::to_yaml(tmpl::to_value(args[0])));
}

Any indent(CallContext&, Args args) {
  const std::string blanks(static_cast<size_t>(std::max<int64_t>(0, args[0].as_int())), ' ');
  return Any(base::replace_all(text_of(args[1]), "\n", "\n" + blanks));
}

Any directory(CallContext&, Args args) {
  const std::string& path = text_of(args[0]);
  return Any(path.substr(0, path.rfind('/') + 1));
}

Any to_lower(CallContext&, Args args) {
  return Any(base::lower(text_of(args[0])));
}

Any environment(CallContext& context, Args args) {
  return Any(scope_of(context).environment.get_or(text_of(args[0]), text_of(args[1])));
}

// k8s.v1.cni.cncf.io/networks is a list of names, or JSON.
Any append_multus_network(CallContext&, Args args) {
  const std::string& existing = text_of(args[0]);
  const std::string& network = text_of(args[1]);
  if (existing.empty()) return Any(network);
  const size_t end = existing.rfind(']');
  if (end == std::string::npos) {
    for (std::string_view one : base::split(existing, ','))
      if (base::trim(one) == network) return Any(existing);
    return Any(existing + ", " + network);
  }
  const auto [before, after, qualified] = base::cut(network, "/");
  const std::string ns(qualified ? before : "");
  const std::string name(qualified ? after : before);
  Value networks;
  try {
    networks = data::parse_json(existing);
  } catch (const base::InvalidInput&) {
    return Any(existing);
  }
  for (const Value& one : networks.items())
    if (one["name"].text() == name && one["namespace"].text() == ns) return Any(existing);
  std::string entry = fmt::format(R"(, {{"name": "{}"}})", name);
  if (!ns.empty()) entry = fmt::format(R"(, {{"name": "{}", "namespace": "{}"}})", name, ns);
  return Any(existing.substr(0, end) + entry + existing.substr(end));
}

Any format_duration(CallContext&, Args args) {
  return Any(tmpl::to_text(args[0]));
}

Any merged(Args maps) {
  Value out = Value::map();
  for (const Any& map : maps) {
    const Value value = tmpl::to_value(map);
    for (const data::Entry& entry : value.entries()) out.set(entry.key, entry.value);
  }
  return tmpl::Map::of(out, tmpl::kStringMap);
}

Any merge_maps(CallContext&, Args args) {
  return args.empty() ? tmpl::Map::nil(tmpl::kStringMap) : merged(args);
}
Any to_json_map(CallContext&, Args args) {
  return Any(args.empty() ? "null" : data::to_json(tmpl::to_value(merged(args))));
}

Any omit(CallContext&, Args args) {
  Value out = tmpl::to_value(args[0]);
  if (out.is_null()) out = Value::map();
  for (const Any& key : args.subspan(1)) out.erase(text_of(key));
  return tmpl::Map::of(out, tmpl::kStringMap);
}

Any string_dict(CallContext&, Args args) {
  Value out = Value::map();
  for (size_t i = 0; i < args.size(); i += 2)
    out.set(text_of(args[i]), i + 1 < args.size() ? text_of(args[i + 1]) : "");
  return tmpl::Map::of(out, tmpl::kStringMap);
}

// Null where nothing but nulls was in it.
Value without_nulls(const Value& value) {
  Value out;
  bool dropped = false;
  if (value.is_map()) {
    out = Value::map();
    for (const data::Entry& entry : value.entries()) {
      Value kept = without_nulls(entry.value);
      dropped = dropped || kept.is_null();
      if (!kept.is_null()) out.set(entry.key, std::move(kept));
    }
  } else if (value.is_list()) {
    out = Value::list();
    for (const Value& item : value.items()) {
      Value kept = without_nulls(item);
      dropped = dropped || kept.is_null();
      if (!kept.is_null()) out.push_back(std::move(kept));
    }
  } else {
    return value;
  }
  return dropped && out.empty() ? Value() : out;
}

Any omit_nil(CallContext&, Args args) {
  return Any::from(without_nulls(tmpl::to_value(args[0])));
}

bool wants_otel_attributes(const Value& mesh) {
  for (const Value& provider : mesh["extensionProviders"].items())
    if (provider["opentelemetry"]["serviceAttributeEnrichment"].text() ==
        "OTEL_SEMANTIC_CONVENTIONS")
      return true;
  return false;
}

// "v1@sha256:…", with either part alone where the image has only that.
std::string image_version(const std::string& image) {
  const auto [name, digest, has_digest] = base::cut(image, "@");
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  const bool has_tag =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  std::string out(has_tag ? name.substr(colon + 1) : "");
  if (has_digest) out += (out.empty() ? "" : "@") + std::string(digest);
  return out;
}

// Arguments: mesh, annotations, labels, namespace, containers.
Any otel_resource_attributes(CallContext&, Args args) {
  if (!wants_otel_attributes(tmpl::to_value(args[0]))) return Any("");
  const Value annotations = tmpl::to_value(args[1]);
  const Value labels = tmpl::to_value(args[2]);
  const std::string& ns = text_of(args[3]);
  const Value containers = tmpl::to_value(args[4]);
  std::vector<std::string> out;
  const auto add = [&](const std::string& name, std::string value) {
    const std::string& own = annotations["resource.opentelemetry.io/" + name].text();
    if (!own.empty()) value = own;
    if (!value.empty()) out.push_back(name + "=" + value);
  };
  std::string version = labels["app.kubernetes.io/version"].text();
  if (version.empty() && containers.size() == 1)
    version = image_version(containers[0]["image"].text());
  add("service.namespace", ns);
  add("service.version", version);
  add("service.instance.id",
      containers.empty() ? "" : ns + ".$(POD_NAME)." + containers[0]["name"].text());
  return Any(base::join(out, ","));
}

}  // namespace

std::shared_ptr<const tmpl::FunctionTable> injection_functions() {
  static const auto kTable = [] {
    auto table = std::make_shared<tmpl::FunctionTable>();
    tmpl::add_sprig(*table);
    table->add("formatDuration", "any", format_duration);
    table->add("isset", "any, string", is_set);
    table->add("excludeInboundPort", "any, string", exclude_inbound_port);
    table->add("includeInboundPorts", "any", include_inbound_ports);
    table->add("kubevirtInterfaces", "string", same);
    table->add("excludeInterfaces", "string", same);
    table->add("applicationPorts", "any", application_ports);
    table->add("annotation", "any, string, any", annotation);
    table->add("valueOrDefault", "any, any", value_or_default);
    table->add("toJSON", "any", to_json);
    table->add("toJson", "any", to_json);
    table->add("fromJSON", "string", from_json);
    table->add("structToJSON", "any", struct_to_json);
    table->add("protoToJSON", "any", proto_to_json);
    table->add("toYaml", "any", to_yaml);
    table->add("indent", "int, string", indent);
    table->add("directory", "string", directory);
    table->add("toLower", "string", to_lower);
    table->add("appendMultusNetwork", "string, string", append_multus_network);
    table->add("env", "string, string", environment);
    table->add("omit", "any, string...", omit);
    table->add("strdict", "string...", string_dict);
    table->add("toJsonMap", "any...", to_json_map);
    table->add("mergeMaps", "any...", merge_maps);
    table->add("omitNil", "any", omit_nil);
    table->add("otelResourceAttributes", "any, any, any, string, any", otel_resource_attributes);
    return table;
  }();
  return kTable;
}

}  // namespace jibe::twin
