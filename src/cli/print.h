// Tables and objects on standard output.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::cli {

// Columns padded to the widest cell and parted by `gap` spaces; the last column is not padded.
// kubectl parts with three spaces, istioctl with five.
std::string table(const std::vector<std::vector<std::string>>& rows, size_t gap = 3);

// -o json or -o yaml. Throws base::InvalidInput for another format, naming these two.
std::string print_object(const data::Value& value, const std::string& format);

}  // namespace jibe::cli
