// Lists inside a strategic merge patch: matching items, and the order of the result.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"

namespace jibe::data {

using Items = std::vector<Value>;

// Of maps the value under the merge key, of everything else the item itself.
const Value& identity_of(const Value& item, const std::string& merge_key);
// Position of the first item of the same identity, or items.size().
size_t find_item(const Items& items, const Value& wanted, const std::string& merge_key);

// Throws base::InvalidInput where items are lists or of different kinds. `found` gets the kind.
// False where both are empty.
bool item_kind(const Items& a, const Items& b, Kind& found);
// Throws base::InvalidInput where an item is no map or lacks the merge key.
void require_merge_key(const Items& items, const std::string& merge_key);

// The order of a merged list: items of `listed` in its order, the others in the order of `live`;
// both are interleaved as in `live` where that says something.
Items ordered(const Items& merged, const Items& listed, const Items& live,
              const std::string& merge_key);

// fmt's %v of a tree, for sentences.
std::string go_text(const Value& value);

}  // namespace jibe::data
