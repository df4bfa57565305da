// Charts made in a test, and .tgz archives made byte by byte.
#pragma once
#include <string>
#include <vector>

#include "helm/chart.h"

namespace jibe::helm {

// Chart.yaml of API version 2 with the name and version 1.0.0, followed by `more`.
File chart_yaml(const std::string& name, const std::string& more = "");

// One entry of a tar archive. `type` is '0' for files, '5' directories, '2' and '1' links.
struct TarEntry {
  std::string name;
  std::string data;
  char type = '0';
};
std::string make_tgz(const std::vector<TarEntry>& entries);

}  // namespace jibe::helm
