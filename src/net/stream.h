// Byte streams, whatever carries them: TCP, TLS, a pipe in memory.
//
// Errors: net::ConnectError where no connection comes about, base::Error where an established one
// breaks, base::Cancelled where the waiting task is cancelled. Deadlines are the caller's
// (rt::within, rt::Alarm with close()).
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace jibe::net {

// What the transport knows about the other side. All but the address come from a verified
// certificate and are empty without one.
struct PeerInfo {
  std::string address;  // "127.0.0.1:4711", "[::1]:4711", or a pipe's name
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> uris;
  std::string certificate_pem;
};

class ConnectError : public base::Error {
 public:
  enum class Kind { kRefused, kTimeout, kUnreachable, kNameUnknown, kCertificate, kProtocol };
  ConnectError(Kind kind, const std::string& sentence) : Error(sentence), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// One task may read while another writes; two tasks may not read, or write, at the same time.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // What must happen before peer() is complete (a handshake); read and write do it by themselves.
  virtual Task<void> ready();
  // At least one byte and at most `limit`; "" is the end.
  virtual Task<std::string> read(size_t limit = size_t{16} << 10) = 0;
  // What has already arrived, without waiting: nullopt is nothing, "" is the end (or a failure).
  virtual std::optional<std::string> try_read(size_t limit) = 0;
  // Returns when the transport has taken everything.
  virtual Task<void> write(std::string bytes) = 0;
  // No more writes: the peer reads the end; reading goes on.
  virtual Task<void> shutdown() = 0;
  // At once; whoever waits gets an error. Idempotent.
  virtual void close() = 0;
  virtual const PeerInfo& peer() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  // The next connection; its handshake happens in ready(). nullptr after close().
  virtual Task<std::unique_ptr<ByteStream>> accept() = 0;
  // Where it listens: "127.0.0.1:6443".
  virtual std::string address() const = 0;
  // 0 where the transport has no ports.
  virtual int port() const = 0;
  virtual void close() = 0;
};

class Dialer {
 public:
  virtual ~Dialer() = default;
  virtual Task<std::unique_ptr<ByteStream>> dial() = 0;
  // For sentences: "127.0.0.1:6443".
  virtual std::string address() const = 0;
};

}  // namespace jibe::net
