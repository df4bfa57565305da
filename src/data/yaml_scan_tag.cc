// Anchors, tags and directives.
#include "data/yaml_events.h"
#include "data/yaml_scanner.h"

namespace jibe::data {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

void YamlScanner::scan_anchor(Type type) {
  static constexpr std::string_view kMayFollow = "?:,]}%@`";
  YamlMark start = reader_.mark();
  reader_.skip();
  std::string name;
  while (reader_.at_letter()) reader_.take(name);
  bool ended = reader_.at_blank_or_end() || kMayFollow.find(reader_.at()) != kMayFollow.npos;
  if (name.empty() || !ended) fail("did not find expected alphabetic or numeric character");
  tokens_.push_back({.type = type, .start = start, .text = std::move(name)});
}

// !<uri>, !suffix or !handle!suffix.
void YamlScanner::scan_tag() {
  YamlMark start = reader_.mark();
  reader_.look_ahead(2);
  std::string handle;
  std::string suffix;
  if (reader_.at(1) == '<') {
    reader_.skip();
    reader_.skip();
    suffix = scan_tag_uri("");
    if (reader_.at() != '>') fail("did not find the expected '>'");
    reader_.skip();
  } else {
    handle = scan_tag_handle(false);
    if (handle.size() > 1 && handle.ends_with('!')) {
      suffix = scan_tag_uri("");
    } else {
      suffix = scan_tag_uri(handle);
      handle = "!";
      if (suffix.empty()) handle.swap(suffix);
    }
  }
  if (!reader_.at_blank_or_end()) fail("did not find expected whitespace or line break");
  tokens_.push_back(
      {.type = Type::kTag, .start = start, .text = std::move(handle), .suffix = std::move(suffix)});
}

std::string YamlScanner::scan_tag_handle(bool directive) {
  std::string handle;
  if (reader_.at() != '!') fail("did not find expected '!'");
  reader_.take(handle);
  while (reader_.at_letter()) reader_.take(handle);
  if (reader_.at() == '!') {
    reader_.take(handle);
  } else if (directive && handle != "!") {
    fail("did not find expected '!'");
  }
  return handle;
}

// `head` is what was taken for a handle; its ! is not part of the URI.
std::string YamlScanner::scan_tag_uri(std::string_view head) {
  static constexpr std::string_view kInUri = ";/?:@&=+$,.!~*'()[]%";
  std::string uri(head.empty() ? head : head.substr(1));
  bool any = !head.empty();
  while (reader_.at_letter() || (!reader_.at_end() && kInUri.find(reader_.at()) != kInUri.npos)) {
    if (reader_.at() == '%') {
      scan_uri_escape(uri);
    } else {
      reader_.take(uri);
    }
    any = true;
  }
  if (!any) fail("did not find expected tag URI");
  return uri;
}

// One character in as many %XX as it has bytes.
void YamlScanner::scan_uri_escape(std::string& into) {
  size_t left = 0;
  do {
    reader_.look_ahead(3);
    int high = hex_digit(reader_.at(1));
    int low = hex_digit(reader_.at(2));
    if (reader_.at() != '%' || high < 0 || low < 0) fail("did not find URI escaped octet");
    auto octet = static_cast<unsigned char>(high << 4 | low);
    if (left == 0) {
      left = octet < 0x80             ? 1
             : (octet & 0xE0) == 0xC0 ? 2
             : (octet & 0xF0) == 0xE0 ? 3
             : (octet & 0xF8) == 0xF0 ? 4
                                      : 0;
      if (left == 0) fail("found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xC0) != 0x80) {
      fail("found an incorrect trailing UTF-8 octet");
    }
    into += static_cast<char>(octet);
    for (int i = 0; i < 3; ++i) reader_.skip();
  } while (--left > 0);
}

void YamlScanner::scan_directive() {
  YamlMark start = reader_.mark();
  reader_.skip();
  std::string name;
  while (reader_.at_letter()) reader_.take(name);
  if (name.empty()) fail("could not find expected directive name");
  if (!reader_.at_blank_or_end()) fail("found unexpected non-alphabetical character");
  if (name == "YAML") {
    scan_version();
    tokens_.back().start = start;
  } else if (name == "TAG") {
    scan_tag_directive(start);
  } else {
    fail("found unknown directive name");
  }
  end_line("did not find expected comment or line break");
}

void YamlScanner::scan_version() {
  skip_blanks();
  YamlToken token{.type = Type::kVersionDirective, .start = reader_.mark()};
  scan_version_number(token.text);
  if (reader_.at() != '.') fail("did not find expected digit or '.' character");
  reader_.skip();
  scan_version_number(token.suffix);
  tokens_.push_back(std::move(token));
}

void YamlScanner::scan_version_number(std::string& into) {
  while (reader_.at() >= '0' && reader_.at() <= '9') {
    if (into.size() == 2) fail("found extremely long version number");
    reader_.take(into);
  }
  if (into.empty()) fail("did not find expected version number");
  if (into.size() == 2 && into[0] == '0') into.erase(0, 1);
}

void YamlScanner::scan_tag_directive(const YamlMark& start) {
  skip_blanks();
  std::string handle = scan_tag_handle(true);
  if (!reader_.at_blank()) fail("did not find expected whitespace");
  skip_blanks();
  std::string prefix = scan_tag_uri("");
  if (!reader_.at_blank_or_end()) fail("did not find expected whitespace or line break");
  tokens_.push_back({.type = Type::kTagDirective,
                     .start = start,
                     .text = std::move(handle),
                     .suffix = std::move(prefix)});
}

}  // namespace jibe::data
