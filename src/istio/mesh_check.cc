#include "istio/mesh_check.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/proto_check.h"
#include "tmpl/duration.h"

namespace jibe::istio {

namespace {

using Sentences = std::vector<std::string>;

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1000 * kMillisecond;
constexpr int64_t kHour = 3600 * kSecond;
constexpr size_t kLongestName = 255;
constexpr size_t kLongestLabel = 63;

// Protobuf's JSON takes a field's own name and its camel case.
const data::Value& field(const data::Value& message, std::string_view json_name) {
  if (message.has(json_name)) return message[json_name];
  std::string name;
  for (char c : json_name) {
    if (std::isupper(static_cast<unsigned char>(c))) name += '_';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return message[name];
}

std::string in_range(int64_t port) {
  if (port >= 1 && port <= 65535) return "";
  return fmt::format("port number {} must be in the range 1..65535", port);
}

std::string check_domain(std::string_view name, bool wildcard) {
  static const re2::RE2 kWildcard(R"(\*|(?:\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)");
  if (name.size() > kLongestName)
    return fmt::format("domain name \"{}\" too long (max {})", name, kLongestName);
  if (name.empty()) return "empty domain name not allowed";
  auto labels = base::split(name, '.');
  if (!(wildcard && labels.size() == 1) && parse_integer(labels.back()))
    return fmt::format("domain name \"{}\" invalid (top level domain \"{}\" cannot be all-numeric)",
                       name, labels.back());
  for (size_t i = 0; i < labels.size(); ++i) {
    bool last = i + 1 == labels.size();
    if (last && i > 0 && labels[i].empty()) break;
    bool star = wildcard && i == 0;
    bool good = star
                    ? labels[i].size() <= kLongestLabel && re2::RE2::FullMatch(labels[i], kWildcard)
                    : is_istio_label(labels[i]);
    if (!good)
      return fmt::format("domain name \"{}\" invalid (label \"{}\" invalid)", name, labels[i]);
  }
  return "";
}

bool is_ip(std::string_view text) {
  static const re2::RE2 kFour(R"((?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4})");
  static const re2::RE2 kSix(R"([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)");
  return re2::RE2::FullMatch(text, kFour) || re2::RE2::FullMatch(text, kSix);
}

std::string check_address(const std::string& address) {
  auto split_error = [&](std::string_view why) {
    return fmt::format("unable to split \"{}\": address {}: {}", address, address, why);
  };
  auto colon = address.rfind(':');
  if (colon == std::string::npos) return split_error("missing port in address");
  std::string_view host = std::string_view(address).substr(0, colon);
  std::string_view port = std::string_view(address).substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (base::contains(host, ":"))
    return split_error("too many colons in address");
  auto number = parse_integer(port);
  if (!number)
    return fmt::format("port ({0}) is not a number: strconv.Atoi: parsing \"{0}\": invalid syntax",
                       port);
  if (auto why = in_range(*number); !why.empty()) return why;
  if (!check_domain(host, false).empty() && !is_ip(host))
    return fmt::format("\"{}\" is not a valid hostname or an IP address", host);
  return "";
}

class Checker {
 public:
  Checker(std::string path, Sentences& errors) : path_(std::move(path)), errors_(errors) {}

  void check(const data::Value& mesh) {
    port(mesh, "proxyListenPort", "invalid proxy listen port");
    connect_timeout(field(mesh, "connectTimeout"));
    detection_timeout(field(mesh, "protocolDetectionTimeout"));
    proxy_config(field(mesh, "defaultConfig"));
    locality(field(mesh, "localityLbSetting"));
    service_settings(field(mesh, "serviceSettings"));
    trust_domains(mesh);
    if (!field(field(mesh, "meshMTLS"), "ecdhCurves").empty())
      fail("mesh TLS does not support ECDH curves configuration");
  }

 private:
  void fail(const std::string& why) { errors_.push_back(fmt::format("{} (in {})", why, path_)); }
  void fail(std::string_view what, const std::string& why) {
    if (!why.empty()) fail(fmt::format("{}: {}", what, why));
  }

  void port(const data::Value& message, std::string_view name, std::string_view what) {
    const auto& value = field(message, name);
    if (value.is_int()) fail(what, in_range(value.as_int()));
  }

  void address(const data::Value& value, std::string_view what) {
    if (value.is_string() && !value.text().empty()) fail(what, check_address(value.text()));
  }

  void connect_timeout(const data::Value& value) {
    if (!value.is_string()) return;
    int64_t span = tmpl::parse_duration(value.text());
    std::string why;
    if (span < kMillisecond)
      why = "duration must be greater than 1ms";
    else if (span % kMillisecond != 0)
      why = "only durations to ms precision are supported";
    else if (span > kHour)
      why = fmt::format("time {} must be >1ms and <1h0m0s", tmpl::format_duration(span));
    fail("invalid connect timeout", why);
  }

  void detection_timeout(const data::Value& value) {
    if (value.is_string() && tmpl::parse_duration(value.text()) % kMillisecond != 0)
      fail("invalid protocol detection timeout: only durations to ms precision are supported");
  }

  void drain_duration(const data::Value& value) {
    if (!value.is_string()) return;
    int64_t span = tmpl::parse_duration(value.text());
    if (span < kMillisecond)
      fail("invalid drain duration: duration must be greater than 1ms");
    else if (span % kMillisecond != 0)
      fail("invalid drain duration: only durations to ms precision are supported");
    else if (span % kSecond != 0)
      fail("drain time only supports durations to seconds precision");
  }

  void required(const data::Value& message, std::string_view name, std::string_view why) {
    if (field(message, name) == data::Value("")) fail(std::string(why));
  }

  void proxy_config(const data::Value& proxy) {
    required(proxy, "configPath", "config path must be set");
    required(proxy, "binaryPath", "binary path must be set");
    required(proxy, "serviceCluster", "service cluster must be specified");
    drain_duration(field(proxy, "drainDuration"));
    required(proxy, "discoveryAddress",
             "discovery address must be set to the proxy discovery service");
    address(field(proxy, "discoveryAddress"), "invalid discovery address");
    tracing(field(proxy, "tracing"));
    const auto& statsd = field(proxy, "statsdUdpAddress");
    address(statsd, fmt::format("invalid statsd udp address \"{}\"", statsd.text()));
    for (const auto& [name, what] : std::initializer_list<std::pair<const char*, const char*>>{
             {"envoyMetricsService", "metrics"}, {"envoyAccessLogService", "access log"}}) {
      const auto& service = field(field(proxy, name), "address");
      address(service,
              fmt::format("invalid envoy {} service address \"{}\"", what, service.text()));
    }
    port(proxy, "proxyAdminPort", "invalid proxy admin port");
    port(proxy, "statusPort", "invalid status port");
  }

  void tracing(const data::Value& tracing) {
    for (auto collector : {"lightstep", "zipkin", "datadog"}) {
      const auto& given = field(tracing, collector);
      if (!given.is_map()) continue;
      bool own_host = std::string_view(collector) != "lightstep";
      auto address = field(given, "address").text();
      if (own_host) address = base::replace_all(address, "$(HOST_IP)", "127.0.0.1");
      fail(fmt::format("invalid {} config", collector), check_address(address));
    }
  }

  void locality(const data::Value& setting) {
    const auto& distribute = field(setting, "distribute");
    if (!distribute.empty() && !field(setting, "failover").empty())
      return fail("can not simultaneously specify 'distribute' and 'failover'");
    for (const auto& entry : distribute.items()) {
      double total = 0;
      for (const auto& [place, weight] : entry["to"].entries()) {
        double share = weight.is_number() ? weight.as_double() : 0;
        if (share <= 0 || share > 100) return fail("locality weight must be in range [1, 100]");
        total += share;
      }
      if (total != 100)
        return fail(fmt::format("total locality weight {} != 100", display(data::Value(total))));
    }
    for (const auto& failover : field(setting, "failover").items())
      if (failover["from"] == failover["to"])
        fail("locality lb failover settings must specify different regions");
  }

  void service_settings(const data::Value& settings) {
    for (size_t i = 0; i < settings.size(); ++i)
      for (const auto& host : settings[i]["hosts"].items())
        fail(fmt::format("serviceSettings[{}], host `{}`", i, host.text()),
             check_domain(host.text(), true));
  }

  static std::string check_trust_domain(const std::string& domain) {
    if (domain.empty()) return "empty domain name not allowed";
    auto labels = base::split(domain, '.');
    for (size_t i = 0; i < labels.size(); ++i) {
      if (i > 0 && i + 1 == labels.size() && labels[i].empty()) break;
      if (!is_istio_label(labels[i]))
        return fmt::format("trust domain name \"{}\" invalid", domain);
    }
    return "";
  }

  void trust_domains(const data::Value& mesh) {
    const auto& own = field(mesh, "trustDomain");
    if (own.is_string()) fail("trustDomain", check_trust_domain(own.text()));
    const auto& aliases = field(mesh, "trustDomainAliases");
    for (size_t i = 0; i < aliases.size(); ++i)
      fail(fmt::format("trustDomainAliases[{}], domain `{}` ", i, aliases[i].text()),
           check_trust_domain(aliases[i].text()));
  }

  std::string path_;
  Sentences& errors_;
};

}  // namespace

bool is_istio_label(std::string_view text) {
  static const re2::RE2 kLabel("[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?");
  return text.size() <= kLongestLabel && re2::RE2::FullMatch(text, kLabel);
}

void check_mesh_config(const data::Value& mesh, const Version& version, const std::string& path,
                       Sentences& errors) {
  auto read = [&](UnknownFields unknown, std::string_view prefix) {
    try {
      if (!mesh.is_null()) check_proto_message(mesh, kMeshConfigMessage, version, unknown, path);
      return true;
    } catch (const base::InvalidInput& error) {
      errors.push_back(fmt::format("{} {}", prefix, error.what()));
      return false;
    }
  };
  bool strict = !since(version, 24);
  if (strict && !read(UnknownFields::kRefused, "failed to unmarshall mesh config:")) return;
  if (read(UnknownFields::kPassedOver, "failed to convert to proto."))
    Checker(path, errors).check(mesh);
}

}  // namespace jibe::istio
