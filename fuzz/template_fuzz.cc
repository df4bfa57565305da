// Any text as a template: parsed, and run where it cannot run for long.
#include "base/error.h"
#include "tmpl/sprig.h"
#include "tmpl/template.h"

using namespace jibe;

namespace {

class StoppedClock : public base::Clock {
 public:
  base::Time now() const override { return base::Time(std::chrono::seconds(1)); }
};

// Loops and functions that make as much text as they are told to.
bool may_run_long(std::string_view text) {
  for (std::string_view word : {"range", "until", "repeat", "seq", "indent", "printf", "wrap"})
    if (text.find(word) != text.npos) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto functions = [] {
    auto table = std::make_shared<tmpl::FunctionTable>();
    tmpl::add_sprig(*table);
    for (const char* slow : {"genPrivateKey", "genCA", "genSelfSignedCert", "genSignedCert",
                             "derivePassword", "bcrypt", "htpasswd"})
      table->erase(slow);
    return table;
  }();
  std::string text(reinterpret_cast<const char*>(data), size);
  auto set = std::make_shared<tmpl::TemplateSet>(functions);
  try {
    set->parse("input", text);
    if (may_run_long(text)) return 0;
    StoppedClock clock;
    tmpl::ExecOptions options;
    options.clock = &clock;
    tmpl::execute(set, "input", tmpl::Any::from(data::Value::map({{"a", 1}, {"b", "text"}})),
                  options);
  } catch (const base::Error&) {
    // A sentence is a good answer.
  }
  return 0;
}
