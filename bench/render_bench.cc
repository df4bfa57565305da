// Rendering Istio's charts in process:
//
//   jibe_render_bench CHARTS [Google Benchmark's flags]     CHARTS: …/1.31.0/charts
#include <benchmark/benchmark.h>

#include <iostream>

#include "helm/chart.h"
#include "helm/chart_cache.h"
#include "helm/render.h"
#include "helm/render_cache.h"
#include "helm/values.h"
#include "rt/runtime.h"

namespace {

using namespace jibe;

// Whether a chart remembers its templates and documents from one rendering to the next. Helm's
// engine, which parses all of them each time, is to be compared with kForgetting.
enum class Memory { kForgetting, kRemembering };

// One release of each chart, as an installation of a revision needs them.
void render(benchmark::State& state, const std::vector<std::string>& charts, Memory memory) {
  auto runtime = rt::make_real_runtime();
  std::vector<helm::Chart> loaded;
  for (const std::string& chart : charts) loaded.push_back(*helm::load_chart(chart));
  data::Value values = helm::read_values("revision: bench\nglobal: {network: n1}\n");
  size_t bytes = 0;
  for (auto _ : state) {
    for (helm::Chart& chart : loaded) {
      if (memory == Memory::kForgetting) chart.cache = std::make_shared<helm::RenderCache>();
      auto result = helm::render(chart, values, {}, runtime->random(), *runtime);
      bytes += helm::template_text(result).size();
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

// The same chart found again by the digest of its files.
void find(benchmark::State& state, const std::string& chart) {
  helm::ChartCache cache;
  for (auto _ : state) benchmark::DoNotOptimize(cache.load_directory(chart));
}

void load(benchmark::State& state, const std::string& chart) {
  for (auto _ : state) benchmark::DoNotOptimize(helm::load_chart(chart));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: jibe_render_bench CHARTS [flags]\n";
    return 2;
  }
  const std::string charts = argv[1];
  const std::string base = charts + "/base";
  const std::string istiod = charts + "/istio-control/istio-discovery";
  const std::string gateway = charts + "/gateway";
  benchmark::RegisterBenchmark("load/istiod", load, istiod)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("find/istiod", find, istiod)->Unit(benchmark::kMicrosecond);
  for (const auto& [name, list] : std::vector<std::pair<const char*, std::vector<std::string>>>{
           {"base", {base}},
           {"istiod", {istiod}},
           {"gateway", {gateway}},
           {"base+istiod+gateway", {base, istiod, gateway}}}) {
    for (auto [group, memory] :
         {std::pair("render/", Memory::kForgetting), std::pair("again/", Memory::kRemembering)})
      benchmark::RegisterBenchmark((std::string(group) + name).c_str(), render, list, memory)
          ->Unit(benchmark::kMicrosecond);
  }
  argv[1] = argv[0];
  int left = argc - 1;
  benchmark::Initialize(&left, argv + 1);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
