#include "base/files.h"

#include <fmt/core.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::base {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    auto why = std::generic_category().message(errno == 0 ? ENOENT : errno);
    throw InvalidInput(fmt::format("open {}: {}", path, lower(why)));
  }
  std::error_code unknown;
  if (fs::is_directory(path, unknown))
    throw InvalidInput(fmt::format("read {}: is a directory", path));
  std::string out;
  if (auto size = fs::file_size(path, unknown); !unknown) out.resize(size);
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<size_t>(in.gcount()));
  // What grew since, and what tells no size.
  if (in) out.append(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) throw InvalidInput(fmt::format("read {}: input/output error", path));
  return out;
}

}  // namespace jibe::base
