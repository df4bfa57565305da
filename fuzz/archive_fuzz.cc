// Any bytes as a packaged chart.
#include "base/error.h"
#include "helm/archive.h"
#include "helm/chart.h"

using namespace jibe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    helm::read_archive(bytes, {.whole = 1 << 20, .file = 1 << 18});
    helm::load_chart_archive(bytes);
  } catch (const base::Error&) {
    // A sentence is a good answer.
  }
  return 0;
}
