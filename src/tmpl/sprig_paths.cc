// base, dir, clean, ext, isAbs and their os… twins (Linux).
#include "base/strings.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

std::string clean(std::string_view path) {
  if (path.empty()) return ".";
  bool rooted = path[0] == '/';
  std::vector<std::string> parts;
  for (std::string_view part : base::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.emplace_back(part);
    else if (!parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (!rooted)
      parts.emplace_back("..");
  }
  std::string out = (rooted ? "/" : "") + base::join(parts, "/");
  return out.empty() ? "." : out;
}

std::string base_name(std::string_view path) {
  if (path.empty()) return ".";
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return "/";
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string directory(std::string_view path) {
  return clean(path.substr(0, path.rfind('/') + 1));
}

std::string extension(std::string_view path) {
  size_t dot = path.rfind('.');
  size_t slash = path.rfind('/');
  if (dot == std::string_view::npos) return "";
  if (slash != std::string_view::npos && slash > dot) return "";
  return std::string(path.substr(dot));
}

void add_both(FunctionTable& table, const char* name, const char* os_name,
              std::string (*function)(std::string_view)) {
  for (const char* each : {name, os_name})
    table.add(each, "string",
              [function](CallContext&, Args a) { return Any(function(a[0].as_string())); });
}

}  // namespace

void add_paths(FunctionTable& table) {
  add_both(table, "base", "osBase", base_name);
  add_both(table, "dir", "osDir", directory);
  add_both(table, "clean", "osClean", clean);
  add_both(table, "ext", "osExt", extension);
  for (const char* name : {"isAbs", "osIsAbs"})
    table.add(name, "string",
              [](CallContext&, Args a) { return Any(a[0].as_string().starts_with('/')); });
}

}  // namespace jibe::tmpl
