#include "data/yaml_events.h"

#include <libfyaml.h>

#include <algorithm>

#include "data/utf8.h"
#include "data/yaml_mistake.h"
#include "data/yaml_repair.h"

namespace jibe::data {

namespace {

using Type = YamlEvent::Type;

void discard(fy_diag*, void*, const char*, size_t) {}

std::string_view text_of(fy_token* token) {
  if (!token) return {};
  size_t length = 0;
  const char* text = fy_token_get_text(token, &length);
  return text ? std::string_view(text, length) : std::string_view();
}

std::string tag_of(fy_token* token) {
  if (!token) return {};
  static constexpr std::string_view kOfYaml = "tag:yaml.org,2002:";
  std::string_view tag = text_of(token);
  if (tag.starts_with(kOfYaml)) return "!!" + std::string(tag.substr(kOfYaml.size()));
  return std::string(tag);
}

// What stands between single quotes: '' is a quote, a line break with the blanks around it is one
// blank, and each further break stays.
std::string unquoted(std::string_view raw) {
  std::string out;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\'') ++i;
    size_t end = raw.find_first_not_of(" \t\r\n", i);
    std::string_view gap = raw.substr(i, end == raw.npos ? end : end - i);
    auto breaks = static_cast<size_t>(std::count(gap.begin(), gap.end(), '\n'));
    if (breaks == 0) {
      out += raw[i];
      continue;
    }
    out += breaks == 1 ? std::string(" ") : std::string(breaks - 1, '\n');
    i += gap.size() - 1;
  }
  return out;
}

int line_of(fy_event* event) {
  const fy_mark* mark = fy_event_start_mark(event);
  return mark ? mark->line + 1 : 0;
}

}  // namespace

struct YamlEvents::Parser {
  explicit Parser(std::string_view all) : text(all) { start(); }

  ~Parser() { stop(); }

  // Gives empty block scalars another form, as long as libfyaml reads any as if it were not empty.
  void repair_empty_blocks() {
    while (true) {
      std::vector<EmptyBlock> suspects = find_empty_blocks(text);
      if (suspects.empty()) return;
      std::vector<size_t> starts = block_scalars();
      std::string next;
      size_t copied = 0;
      for (const EmptyBlock& suspect : suspects) {
        auto start = std::lower_bound(starts.begin(), starts.end(), suspect.next_line);
        if (start == starts.end() || *start > suspect.next_end) continue;
        next += text.substr(copied, suspect.indicator - copied);
        next += suspect.instead;
        copied = suspect.indicator + suspect.size;
      }
      stop();
      if (copied != 0) {
        next += text.substr(copied);
        rewritten = std::move(next);
        text = rewritten;
      }
      this->start();
      if (copied == 0) return;
    }
  }

  // Where the content of each starts. Uses the parser up.
  std::vector<size_t> block_scalars() {
    std::vector<size_t> out;
    while ((event = fy_parser_parse(parser)) != nullptr) {
      if (event->type == FYET_SCALAR) {
        fy_token* token = event->scalar.value;
        fy_scalar_style style = fy_token_scalar_style(token);
        const fy_mark* mark = fy_token_start_mark(token);
        if (mark && (style == FYSS_LITERAL || style == FYSS_FOLDED)) out.push_back(mark->input_pos);
      }
      release();
    }
    return out;
  }

  void start() {
    fy_diag_cfg diag_config{};
    diag_config.output_fn = discard;
    diag_config.level = FYET_ERROR;
    diag_config.module_mask = ~0u;
    diag = fy_diag_create(&diag_config);
    fy_diag_set_collect_errors(diag, true);
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_SLOPPY_FLOW_INDENTATION | FYPCF_JSON_NONE |
                                                   FYPCF_DEFAULT_VERSION_1_1);
    config.diag = diag;
    parser = fy_parser_create(&config);
    if (!parser || fy_parser_set_string(parser, text.data(), text.size()) != 0)
      throw base::Error("cannot create a YAML parser: out of memory?");
  }

  void stop() {
    release();
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
  }

  void release() {
    fy_parser_event_free(parser, event);
    event = nullptr;
  }

  [[noreturn]] void fail(int lines_before) {
    void* previous = nullptr;
    fy_diag_error* error = fy_diag_errors_iterate(diag, &previous);
    if (!error) throw YamlMistake(0, "unknown problem parsing YAML content");
    YamlMistake mistake = explain_yaml_mistake(text, error->msg, error->line, error->column);
    throw YamlMistake(mistake.line() > 0 ? mistake.line() + lines_before : 0, mistake.what());
  }

  std::string_view text;
  std::string rewritten;  // what `text` is, where that is not the caller's
  std::string repaired;
  fy_diag* diag = nullptr;
  fy_parser* parser = nullptr;
  fy_event* event = nullptr;
};

YamlEvents::YamlEvents(std::string_view text, int lines_before)
    : parser_(std::make_unique<Parser>(text)), lines_before_(lines_before) {
  // libfyaml 0.7.12 does not come back from a directive with such bytes.
  if (text.find('%') != text.npos && !is_valid_utf8(text))
    throw YamlMistake(0, "invalid leading UTF-8 octet");
  for (char c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') || c == '\x7f')
      throw YamlMistake(0, "control characters are not allowed");
  parser_->repair_empty_blocks();
}

YamlEvents::~YamlEvents() = default;

// libfyaml 0.7.12 takes two escaped quotes in a row for three quotes, and loses as much at the end.
void YamlEvents::repair_quotes(fy_token* token) {
  const fy_mark* start = fy_token_start_mark(token);
  const fy_mark* end = fy_token_end_mark(token);
  if (!start || !end || end->input_pos > parser_->text.size()) return;
  std::string_view raw = parser_->text.substr(start->input_pos, end->input_pos - start->input_pos);
  if (raw.find("''''") == raw.npos) return;
  parser_->repaired = unquoted(raw);
  event_.text = parser_->repaired;
}

// go-yaml wants spaces before the first line of a block, unless its header says how many.
void YamlEvents::refuse_tab_as_indent(fy_token* token) const {
  const fy_mark* start = fy_token_start_mark(token);
  std::string_view text = parser_->text;
  if (!start || start->input_pos == 0 || start->input_pos > text.size()) return;
  size_t first = text.find_first_not_of(" \r\n", start->input_pos);
  if (first == text.npos || text[first] != '\t') return;
  size_t header = text.find_last_of("|>", start->input_pos - 1);
  std::string_view marks = text.substr(header, start->input_pos - header);
  if (marks.substr(0, marks.find('#')).find_first_of("123456789") != marks.npos) return;
  auto below = std::count(text.begin() + static_cast<ptrdiff_t>(start->input_pos),
                          text.begin() + static_cast<ptrdiff_t>(first), '\n');
  throw YamlMistake(start->line + 1 + static_cast<int>(below) + lines_before_,
                    "found a tab character where an indentation space is expected");
}

void YamlEvents::read_scalar(fy_token* token) {
  event_.text = text_of(token);
  fy_scalar_style style = fy_token_scalar_style(token);
  event_.plain = style == FYSS_PLAIN;
  if (style == FYSS_LITERAL || style == FYSS_FOLDED) refuse_tab_as_indent(token);
  if (style == FYSS_SINGLE_QUOTED) repair_quotes(token);
  if (style != FYSS_PLAIN && style != FYSS_LITERAL && style != FYSS_FOLDED) return;
  // libfyaml 0.7.12 puts NULs behind an empty block and behind a plain scalar with U+2028.
  while (event_.text.ends_with('\0')) event_.text.remove_suffix(1);
  // For go-yaml a last line that the file does not end is not ended in the value, either.
  const fy_mark* end = fy_token_end_mark(token);
  bool unended = end && end->input_pos >= parser_->text.size() && !parser_->text.ends_with('\n');
  if (style != FYSS_PLAIN && unended && event_.text.ends_with('\n')) event_.text.remove_suffix(1);
}

const YamlEvent& YamlEvents::next() {
  parser_->release();
  event_ = YamlEvent();
  fy_event* event = parser_->event = fy_parser_parse(parser_->parser);
  if (!event) {
    if (fy_parser_get_stream_error(parser_->parser)) parser_->fail(lines_before_);
    return event_;
  }
  event_.line = line_of(event) + lines_before_;
  event_.anchor = text_of(fy_event_get_anchor_token(event));
  event_.tag = tag_of(fy_event_get_tag_token(event));
  switch (event->type) {
    case FYET_DOCUMENT_START:
      event_.type = Type::kDocumentStart;
      break;
    case FYET_DOCUMENT_END:
      event_.type = Type::kDocumentEnd;
      break;
    case FYET_MAPPING_START:
      event_.type = Type::kMapStart;
      break;
    case FYET_MAPPING_END:
      event_.type = Type::kMapEnd;
      break;
    case FYET_SEQUENCE_START:
      event_.type = Type::kListStart;
      break;
    case FYET_SEQUENCE_END:
      event_.type = Type::kListEnd;
      break;
    case FYET_SCALAR:
      event_.type = Type::kScalar;
      read_scalar(event->scalar.value);
      break;
    case FYET_ALIAS:
      event_.type = Type::kAlias;
      event_.text = text_of(event->alias.anchor);
      break;
    case FYET_STREAM_END:
      break;
    default:
      return next();
  }
  return event_;
}

}  // namespace jibe::data
