// The first line as --set, --set-string, --set-json and --set-literal; the rest as values files.
#include "base/error.h"
#include "base/strings.h"
#include "helm/values.h"

using namespace jibe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  base::Cut cut = base::cut(text, "\n");
  std::string line(cut.before);
  std::string file(cut.after);
  std::vector<std::string> given = {line};
  for (int kind = 0; kind < 4; ++kind) {
    helm::ValueOptions options;
    options.files = {"first", "second"};
    (kind == 0   ? options.set
     : kind == 1 ? options.set_string
     : kind == 2 ? options.json
                 : options.set_literal) = given;
    try {
      helm::merge_user_values(options, [&](const std::string&) { return file; });
    } catch (const base::Error&) {
      // A sentence is a good answer.
    }
  }
  return 0;
}
