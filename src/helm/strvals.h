// The language of --set, --set-string, --set-json, --set-file and --set-literal
// (pkg/strvals 4.2.3).
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::helm {

// Each merges one argument (`a.b[0]=c,d=e`) into `values`, a map. All throw ChartError with Helm's
// sentence; what stood before the mistake has then been merged.
//
// true, false and null in any case, and integers without a leading zero, are typed.
void set_values(std::string_view text, data::Value& values);
void set_string_values(std::string_view text, data::Value& values);
// `key=JSON,key=JSON`.
void set_json_values(std::string_view text, data::Value& values);
// The value is a path that `read` turns into the string to set.
using ReadFile = std::function<std::string(const std::string& path)>;
void set_file_values(std::string_view text, data::Value& values, const ReadFile& read);
// Everything behind the first '=' as it stands; no escapes, no lists, no further keys.
void set_literal_values(std::string_view text, data::Value& values);

}  // namespace jibe::helm
