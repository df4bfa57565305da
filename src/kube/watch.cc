#include "kube/watch.h"

#include <fmt/core.h>

#include "base/error.h"
#include "data/json.h"

namespace jibe::kube {
namespace {

WatchEvent::Type event_type(const std::string& text) {
  if (text == "ADDED") return WatchEvent::Type::kAdded;
  if (text == "MODIFIED") return WatchEvent::Type::kModified;
  if (text == "DELETED") return WatchEvent::Type::kDeleted;
  if (text == "BOOKMARK") return WatchEvent::Type::kBookmark;
  if (text == "ERROR") return WatchEvent::Type::kError;
  throw base::Error(fmt::format("a watch sent an event of the unknown type \"{}\"", text));
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

void WatchDecoder::feed(std::string_view bytes) {
  for (char c : bytes) {
    if (depth_ == 0 && is_space(c)) continue;
    pending_ += c;
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      continue;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
    if (depth_ <= 0) finish_document();
  }
}

void WatchDecoder::finish_document() {
  std::string text = std::move(pending_);
  pending_.clear();
  depth_ = 0;
  data::Value document;
  try {
    document = data::parse_json(text);
  } catch (const base::InvalidInput& error) {
    throw base::Error(fmt::format("a watch sent something that is not JSON: {}", error.what()));
  }
  events_.push_back({event_type(document["type"].text()), document["object"]});
}

std::optional<WatchEvent> WatchDecoder::next() {
  if (events_.empty()) return std::nullopt;
  WatchEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace jibe::kube
