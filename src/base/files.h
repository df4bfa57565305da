// Files in one piece.
#pragma once
#include <string>

namespace jibe::base {

// The whole file. Throws base::InvalidInput in the words of Go's os package, which helm, istioctl
// and kubectl print: "open a.yaml: no such file or directory", "read charts: is a directory".
std::string read_file(const std::string& path);

}  // namespace jibe::base
