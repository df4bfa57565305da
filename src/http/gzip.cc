#include "http/gzip.h"

#include <zlib.h>

#include <array>

#include "base/coroutine.h"
#include "base/error.h"

namespace jibe::http {

namespace {

// windowBits + 16 chooses the gzip format (zlib.h, deflateInit2 and inflateInit2).
constexpr int kGzipWindow = 15 + 16;

Bytef* input_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw base::Error("cannot pack a response: out of memory");
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = input_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  JIBE_ASSERT(result == Z_STREAM_END);
  return packed;
}

struct Gunzip::State {
  z_stream stream{};
  bool ended = false;
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {
  if (inflateInit2(&state_->stream, kGzipWindow) != Z_OK)
    throw base::Error("cannot unpack a response: out of memory");
}

Gunzip::~Gunzip() {
  inflateEnd(&state_->stream);
}

std::string Gunzip::feed(std::string_view packed) {
  std::string text;
  std::array<char, size_t{32} << 10> buffer;
  z_stream& stream = state_->stream;
  stream.next_in = input_of(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  while (stream.avail_in > 0) {
    // gzip allows several members in a row.
    if (state_->ended) inflateReset(&stream);
    do {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = buffer.size();
      int result = inflate(&stream, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        throw base::Error("the response says it is gzip but does not unpack");
      state_->ended = result == Z_STREAM_END;
      text.append(buffer.data(), buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0 && !state_->ended);
  }
  return text;
}

void Gunzip::finish() const {
  if (!state_->ended) throw base::Error("the packed response ends too early");
}

namespace {

class GunzipBody : public Body {
 public:
  explicit GunzipBody(std::unique_ptr<Body> packed) : packed_(std::move(packed)) {}

  Task<std::string> read() override {
    while (!ended_) {
      std::string piece = co_await packed_->read();
      if (piece.empty()) {
        ended_ = true;
        gunzip_.finish();
        break;
      }
      std::string text = gunzip_.feed(piece);
      if (!text.empty()) co_return text;
    }
    co_return "";
  }

 private:
  std::unique_ptr<Body> packed_;
  Gunzip gunzip_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Body> gunzip_body(std::unique_ptr<Body> packed) {
  return std::make_unique<GunzipBody>(std::move(packed));
}

}  // namespace jibe::http
