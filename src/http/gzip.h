// gzip as a content coding.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace jibe::http {

// At the fastest level, as kube-apiserver packs.
std::string gzip(std::string_view text);

// Unpacks pieces as they come. Throws base::Error where the data is not gzip or is incomplete.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  std::string feed(std::string_view packed);
  // After the last piece.
  void finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::unique_ptr<Body> gunzip_body(std::unique_ptr<Body> packed);

}  // namespace jibe::http
