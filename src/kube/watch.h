// The watch protocol: bytes in, events out, without I/O.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::kube {

struct WatchEvent {
  enum class Type { kAdded, kModified, kDeleted, kBookmark, kError };
  Type type;
  data::Value object;  // a Status for kError
};

// One JSON document {type, object} after the other, separated by white space or nothing at all.
class WatchDecoder {
 public:
  // Throws base::Error where a document is not JSON or has no known type.
  void feed(std::string_view bytes);
  std::optional<WatchEvent> next();
  // True where the stream ended in the middle of a document.
  bool in_document() const { return depth_ > 0 || in_string_; }

 private:
  void finish_document();

  std::string pending_;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  std::deque<WatchEvent> events_;
};

}  // namespace jibe::kube
