// Where `jibe template` puts what it rendered, and the name that it renders for.
#pragma once
#include <string>

#include "cli/template_flags.h"
#include "helm/render.h"
#include "rt/runtime.h"

namespace jibe::cli {

// Sets the release's name and gives the chart's path, by helm's rules for one or two words,
// --name-template and --generate-name. Throws base::InvalidInput.
std::string name_and_chart(TemplateArguments& arguments, rt::Runtime& runtime);

// One file per template below --output-dir, with a line "wrote PATH" for each document, as helm.
void write_files(const helm::RenderResult& result, const TemplateArguments& arguments);

}  // namespace jibe::cli
