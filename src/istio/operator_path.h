// Paths of IstioOperator overlays and --set: `a.b.[name:x].c`, `a.b[0].c`, `a\.b` for a dot within
// a key, [-1] for "behind the last item" (operator/pkg/tpath and operator/pkg/util/path.go).
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::istio {

// Keys, "[0]" and "[name:x]".
std::vector<std::string> split_operator_path(const std::string& path);

// Writes the value; null deletes what is there. Maps are created on the way; a list item that does
// not exist is an error, except that an index at or behind the end appends. Throws
// base::InvalidInput naming the path.
void write_operator_path(data::Value& root, const std::string& path, data::Value value);

}  // namespace jibe::istio
