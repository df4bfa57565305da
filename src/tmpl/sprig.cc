#include "tmpl/sprig.h"

#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

void add_sprig(FunctionTable& table) {
  add_strings(table);
  add_words(table);
  add_string_lists(table);
  add_random(table);
  add_numbers(table);
  add_decimals(table);
  add_defaults(table);
  add_json(table);
  add_lists(table);
  add_dicts(table);
  add_merges(table);
  add_reflection(table);
  add_encodings(table);
  add_paths(table);
  add_regular_expressions(table);
  add_versions(table);
  add_urls(table);
  add_dates(table);
  add_hashes(table);
  add_ciphers(table);
  add_certificates(table);
}

}  // namespace jibe::tmpl
