// What a label's key and value may be (apimachinery api/validate/content, 1.36).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::kube {

// Sentences as kube-apiserver words them; empty where the key (the value) is allowed. Annotation
// keys and finalizers follow the rule for label keys.
std::vector<std::string> label_key_errors(std::string_view key);
std::vector<std::string> label_value_errors(std::string_view value);

}  // namespace jibe::kube
