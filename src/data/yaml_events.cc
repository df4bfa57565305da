#include "data/yaml_events.h"

#include <yaml.h>

#include <algorithm>
#include <new>

namespace jibe::data {

namespace {

using Type = YamlEvent::Type;

const char* chars(const yaml_char_t* text) {
  return reinterpret_cast<const char*>(text);
}

std::string name_of(const yaml_char_t* anchor) {
  return anchor == nullptr ? "" : chars(anchor);
}

std::string short_tag(const yaml_char_t* tag) {
  static constexpr std::string_view kOfYaml = "tag:yaml.org,2002:";
  if (tag == nullptr) return "";
  std::string_view text = chars(tag);
  return text.starts_with(kOfYaml) ? "!!" + std::string(text.substr(kOfYaml.size()))
                                   : std::string(text);
}

void read_scalar(const yaml_event_t& from, YamlEvent& into) {
  const auto& scalar = from.data.scalar;
  into.type = Type::kScalar;
  into.text = {chars(scalar.value), scalar.length};
  into.anchor = name_of(scalar.anchor);
  into.tag = short_tag(scalar.tag);
  into.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

template <class Start>
void read_collection(const Start& start, Type type, YamlEvent& into) {
  into.type = type;
  into.anchor = name_of(start.anchor);
  into.tag = short_tag(start.tag);
}

void read_event(const yaml_event_t& from, YamlEvent& into) {
  switch (from.type) {
    case YAML_DOCUMENT_START_EVENT:
      into.type = Type::kDocumentStart;
      break;
    case YAML_DOCUMENT_END_EVENT:
      into.type = Type::kDocumentEnd;
      break;
    case YAML_MAPPING_START_EVENT:
      read_collection(from.data.mapping_start, Type::kMapStart, into);
      break;
    case YAML_MAPPING_END_EVENT:
      into.type = Type::kMapEnd;
      break;
    case YAML_SEQUENCE_START_EVENT:
      read_collection(from.data.sequence_start, Type::kListStart, into);
      break;
    case YAML_SEQUENCE_END_EVENT:
      into.type = Type::kListEnd;
      break;
    case YAML_SCALAR_EVENT:
      read_scalar(from, into);
      break;
    case YAML_ALIAS_EVENT:
      into.type = Type::kAlias;
      into.text = chars(from.data.alias.anchor);
      break;
    default:
      into.type = Type::kEnd;
  }
}

// libyaml has learned YAML 1.2 since, go-yaml has not.
bool is_known_version(const yaml_event_t& event) {
  if (event.type != YAML_DOCUMENT_START_EVENT) return true;
  const auto* version = event.data.document_start.version_directive;
  return version == nullptr || (version->major == 1 && version->minor == 1);
}

// The line that go-yaml names (decode.go, parser.fail), 0 for none.
int line_of(const yaml_parser_t& parser) {
  if (parser.problem_mark.line != 0)
    return static_cast<int>(parser.problem_mark.line) + (parser.error == YAML_SCANNER_ERROR);
  return static_cast<int>(parser.context_mark.line);
}

}  // namespace

struct YamlEvents::Parser {
  explicit Parser(std::string_view text) : left(text) {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
    yaml_parser_set_input(&parser, read_piece, this);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  }
  ~Parser() {
    yaml_event_delete(&event);
    yaml_parser_delete(&parser);
  }
  // In pieces of go-yaml's size: what is forbidden in one is found before other mistakes in it.
  static int read_piece(void* self, unsigned char* into, size_t room, size_t* size) {
    constexpr size_t kPiece = 512;
    std::string_view& left = static_cast<Parser*>(self)->left;
    *size = std::min({room, kPiece, left.size()});
    std::copy_n(left.begin(), *size, into);
    left.remove_prefix(*size);
    return 1;
  }
  // False at a mistake.
  bool advance() {
    yaml_event_delete(&event);
    return yaml_parser_parse(&parser, &event) != 0;
  }

  std::string_view left;
  yaml_parser_t parser = {};
  yaml_event_t event = {};
  bool ended = false;
};

YamlEvents::YamlEvents(std::string_view text, int lines_before)
    : parser_(std::make_unique<Parser>(text)), lines_before_(lines_before) {}

YamlEvents::~YamlEvents() = default;

void YamlEvents::fail(int line, const char* sentence) {
  parser_->ended = true;
  throw YamlMistake(line == 0 ? 0 : line + lines_before_, sentence);
}

const YamlEvent& YamlEvents::next() {
  event_ = YamlEvent();
  if (parser_->ended) return event_;
  do {
    if (!parser_->advance()) fail(line_of(parser_->parser), parser_->parser.problem);
  } while (parser_->event.type == YAML_STREAM_START_EVENT);
  int line = static_cast<int>(parser_->event.start_mark.line);
  if (!is_known_version(parser_->event)) fail(line, "found incompatible YAML document");
  read_event(parser_->event, event_);
  event_.line = line + 1 + lines_before_;
  parser_->ended = event_.type == Type::kEnd;
  return event_;
}

}  // namespace jibe::data
