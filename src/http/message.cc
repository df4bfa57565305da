#include "http/message.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"

namespace jibe::http {

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
  for (auto field = fields_.begin(); field != fields_.end(); ++field) {
    if (!base::equal_ignoring_case(field->first, name)) continue;
    field->second = std::move(value);
    auto rest = field + 1;
    fields_.erase(
        std::remove_if(rest, fields_.end(),
                       [&](const auto& f) { return base::equal_ignoring_case(f.first, name); }),
        fields_.end());
    return;
  }
  add(std::string(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const auto& f) { return base::equal_ignoring_case(f.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& field : fields_)
    if (base::equal_ignoring_case(field.first, name)) return &field.second;
  return nullptr;
}

const std::string& Headers::get(std::string_view name) const {
  static const std::string kNone;
  const std::string* value = find(name);
  return value != nullptr ? *value : kNone;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const auto& field : fields_) {
    if (!base::equal_ignoring_case(field.first, name)) continue;
    for (std::string_view part : base::split(field.second, ','))
      if (base::equal_ignoring_case(base::trim(part), token)) return true;
  }
  return false;
}

namespace {

class TextBody : public Body {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  Task<std::string> read() override { co_return std::exchange(text_, {}); }
  std::optional<size_t> size() const override { return text_.size(); }

 private:
  std::string text_;
};

}  // namespace

std::unique_ptr<Body> text_body(std::string text) {
  return std::make_unique<TextBody>(std::move(text));
}

Task<std::string> read_all(Body& body, size_t limit) {
  std::string all;
  while (true) {
    std::string piece = co_await body.read();
    if (piece.empty()) co_return all;
    if (all.size() + piece.size() > limit)
      throw base::Error(fmt::format("the body is larger than the {} bytes allowed here", limit));
    if (all.empty())
      all = std::move(piece);
    else
      all += piece;
  }
}

Response make_response(int status, std::string content_type, std::string body) {
  Response response;
  response.status = status;
  if (!content_type.empty()) response.headers.add("Content-Type", std::move(content_type));
  response.body = text_body(std::move(body));
  return response;
}

std::string_view reason_phrase(int status) {
  struct Phrase {
    int status;
    std::string_view text;
  };
  static constexpr Phrase kPhrases[] = {{100, "Continue"},
                                        {101, "Switching Protocols"},
                                        {200, "OK"},
                                        {201, "Created"},
                                        {202, "Accepted"},
                                        {203, "Non-Authoritative Information"},
                                        {204, "No Content"},
                                        {205, "Reset Content"},
                                        {206, "Partial Content"},
                                        {300, "Multiple Choices"},
                                        {301, "Moved Permanently"},
                                        {302, "Found"},
                                        {303, "See Other"},
                                        {304, "Not Modified"},
                                        {305, "Use Proxy"},
                                        {307, "Temporary Redirect"},
                                        {308, "Permanent Redirect"},
                                        {400, "Bad Request"},
                                        {401, "Unauthorized"},
                                        {402, "Payment Required"},
                                        {403, "Forbidden"},
                                        {404, "Not Found"},
                                        {405, "Method Not Allowed"},
                                        {406, "Not Acceptable"},
                                        {407, "Proxy Authentication Required"},
                                        {408, "Request Timeout"},
                                        {409, "Conflict"},
                                        {410, "Gone"},
                                        {411, "Length Required"},
                                        {412, "Precondition Failed"},
                                        {413, "Content Too Large"},
                                        {414, "URI Too Long"},
                                        {415, "Unsupported Media Type"},
                                        {416, "Range Not Satisfiable"},
                                        {417, "Expectation Failed"},
                                        {421, "Misdirected Request"},
                                        {422, "Unprocessable Content"},
                                        {426, "Upgrade Required"},
                                        {429, "Too Many Requests"},
                                        {431, "Request Header Fields Too Large"},
                                        {500, "Internal Server Error"},
                                        {501, "Not Implemented"},
                                        {502, "Bad Gateway"},
                                        {503, "Service Unavailable"},
                                        {504, "Gateway Timeout"},
                                        {505, "HTTP Version Not Supported"}};
  for (const Phrase& phrase : kPhrases)
    if (phrase.status == status) return phrase.text;
  return "";
}

}  // namespace jibe::http
