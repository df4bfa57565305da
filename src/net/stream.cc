#include "net/stream.h"

#include "base/coroutine.h"

namespace jibe::net {

Task<void> ByteStream::ready() {
  co_return;
}

}  // namespace jibe::net
