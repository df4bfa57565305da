// The schemas for schemas of the drafts 4 to 2020-12: which keyword takes what.
#pragma once
#include <string_view>

#include "data/value.h"

namespace jibe::helm {

// The address under which a draft is known, without the final #.
std::string_view metaschema_address(int draft);
// The schema that every schema of the draft must keep to. It describes keywords only, and names of
// its own in references: `#` is the whole. Made anew each time.
data::Value metaschema(int draft);

}  // namespace jibe::helm
