// The environment of a container: what a program in it reads with getenv.
#pragma once
#include <map>
#include <string>

#include "data/value.h"
#include "twin/server/api.h"

namespace jibe::twin {

class PodEnvironment {
 public:
  // Resolves fields of the pod, keys of ConfigMaps and Secrets, and $(NAME) of earlier variables,
  // as the kubelet does when it starts the container.
  PodEnvironment(const Api& api, const data::Value& pod, const std::string& container);

  // "" where it is not set.
  const std::string& get(const std::string& name) const;
  // The fallback also where it is set to nothing.
  std::string get_or(const std::string& name, const std::string& fallback) const;

 private:
  std::map<std::string, std::string> variables_;
};

// The container of that name; null where the pod has none.
const data::Value& container_of(const data::Value& pod, const std::string& container);

}  // namespace jibe::twin
