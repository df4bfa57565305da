// The list of commands.
#include "cli/program.h"

namespace jibe::cli {

void add_all(Program& program) {
  add_demo(program);
  add_twin(program);
  add_server(program);
  add_installer(program);
  add_template(program);
  add_manifest(program);
  add_charts(program);
  add_takeover(program);
  add_proxy_status(program);
  add_version(program);
  add_completion(program);
}

}  // namespace jibe::cli
