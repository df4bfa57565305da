// jibe template [NAME] CHART: what `helm template` prints.
#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "cli/chart_source.h"
#include "cli/connect.h"
#include "cli/program.h"
#include "cli/template_cluster.h"
#include "cli/template_flags.h"
#include "cli/template_output.h"
#include "helm/chart.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

// The context's namespace, as helm and kubectl choose it; "default" where there is no kubeconfig.
std::string namespace_of_context(const Environment& environment, const TemplateArguments& a) {
  if (a.kubeconfig.empty() && environment.kubeconfig.empty() && environment.home.empty())
    return "default";
  try {
    auto config = load_kubeconfig(environment, a.kubeconfig);
    if (config.empty()) return "default";
    return config.connection(base::ContextName(a.context)).ns;
  } catch (const base::Error&) {
    // Only rendering: a kubeconfig that is no use is no error, neither is it to helm.
    return "default";
  }
}

helm::RenderResult render(const helm::Chart& chart, const data::Value& values,
                          const TemplateArguments& a, rt::Runtime& runtime) {
  try {
    return helm::render(chart, values, a.render, runtime.random(), runtime);
  } catch (const helm::UnreadableManifest& error) {
    if (a.debug) std::cout << error.rendered();
    std::cout.flush();
    throw base::InvalidInput(std::string(error.what()) +
                             (a.debug ? "" : "\n\nUse --debug flag to render out invalid YAML"));
  }
}

void print_result(const helm::RenderResult& result, const TemplateArguments& a) {
  for (const std::string& warning : result.warnings) std::cerr << warning << "\n";
  if (a.output_dir.empty()) {
    std::cout << helm::template_text(result, a.text);
  } else {
    write_files(result, a);
  }
}

// Memory for one rendering, brought by the kernel at once instead of page by page.
void warm_heap() {
  constexpr size_t kSize = 3 * 1024 * 1024;
  constexpr size_t kPage = 4096;
  mallopt(M_MMAP_THRESHOLD, 16 * kSize);
  mallopt(M_TRIM_THRESHOLD, 16 * kSize);
  void* block = std::malloc(kSize);
  auto start = (reinterpret_cast<uintptr_t>(block) + kPage - 1) / kPage * kPage;
  // No harm where the kernel cannot do that.
  if (block != nullptr) madvise(reinterpret_cast<void*>(start), kSize - kPage, MADV_POPULATE_WRITE);
  std::free(block);
}

// All is printed: what the system frees with the process need not be taken apart first.
[[noreturn]] void end_process() {
  std::cout.flush();
  std::_Exit(0);
}

int print_template(const Environment& environment, TemplateArguments& a) {
  warm_heap();
  bool server = a.asks_cluster();
  rt::RealOptions options;
  options.log_level = base::LogLevel::kError;
  auto runtime = rt::make_real_runtime(options);
  std::string reference = name_and_chart(a, *runtime);
  if (a.render.release.release_namespace.empty())
    a.render.release.release_namespace = namespace_of_context(environment, a);
  if (!a.kube_version.empty())
    a.render.capabilities.kube_version = helm::parse_kube_version(a.kube_version);
  auto& known = a.render.capabilities.api_versions;
  known.insert(known.end(), a.api_versions.begin(), a.api_versions.end());
  auto brought = bring_chart(environment, reference, a.source, *runtime);
  // Helm 4 prints this among the documents, which then cannot be applied.
  if (!brought.manifest_digest.empty())
    std::cerr << "Pulled: " << brought.from << "\nDigest: " << brought.manifest_digest << "\n";
  data::Value values = helm::merge_user_values(a.values, read_file);
  helm::ChartPtr chart = helm::load_chart(brought);
  if (!server) {
    print_result(render(*chart, values, a, *runtime), a);
    end_process();
  }
  auto connected =
      connect(*runtime, load_kubeconfig(environment, a.kubeconfig), base::ContextName(a.context));
  TemplateCluster cluster(*runtime, *connected.client);
  a.render.capabilities = cluster.capabilities();
  a.render.lookup = &cluster;
  auto result = render(*chart, values, a, *runtime);
  cluster.check(result, a.render.release, a.take_ownership);
  print_result(result, a);
  return 0;
}

}  // namespace

void add_template(Program& program) {
  auto* command = program.app.add_subcommand("template", "render a chart as `helm template` does");
  auto arguments = std::make_shared<TemplateArguments>();
  arguments->render.release.release_namespace.clear();
  declare(*command, *arguments);
  command->callback([&program, arguments] {
    program.chosen = [&program, arguments] {
      return print_template(program.environment, *arguments);
    };
  });
}

}  // namespace jibe::cli
