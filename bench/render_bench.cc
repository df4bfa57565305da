// Rendering Istio's charts in process:
//
//   jibe_render_bench CHARTS [Google Benchmark's flags]     CHARTS: …/1.31.0/charts
#include <benchmark/benchmark.h>

#include <iostream>

#include "helm/chart.h"
#include "helm/render.h"
#include "helm/values.h"
#include "rt/runtime.h"

namespace {

using namespace jibe;

// One release of each chart, as an installation of a revision needs them.
void render(benchmark::State& state, const std::vector<std::string>& charts) {
  auto runtime = rt::make_real_runtime();
  std::vector<helm::ChartPtr> loaded;
  for (const std::string& chart : charts) loaded.push_back(helm::load_chart(chart));
  data::Value values = helm::read_values("revision: bench\nglobal: {network: n1}\n");
  size_t bytes = 0;
  for (auto _ : state) {
    for (const helm::ChartPtr& chart : loaded) {
      auto result = helm::render(*chart, values, {}, runtime->random(), *runtime);
      bytes += helm::template_text(result).size();
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
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
  for (const auto& [name, list] : std::vector<std::pair<const char*, std::vector<std::string>>>{
           {"render/base", {base}},
           {"render/istiod", {istiod}},
           {"render/gateway", {gateway}},
           {"render/base+istiod+gateway", {base, istiod, gateway}}}) {
    benchmark::RegisterBenchmark(name, render, list)->Unit(benchmark::kMicrosecond);
  }
  argv[1] = argv[0];
  int left = argc - 1;
  benchmark::Initialize(&left, argv + 1);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
