// encryptAES and decryptAES: AES-256-CBC with the password as the key, the vector in front.
#include <fmt/core.h>
#include <openssl/evp.h>

#include <memory>

#include "base/strings.h"
#include "tmpl/encoding.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

constexpr size_t kBlock = 16;

// Whole blocks in, as many out.
std::string aes_cbc(const std::string& password, const std::string& vector,
                    const std::string& input, bool encrypt) {
  std::string key = password;
  key.resize(32, '\0');
  auto bytes = [](const std::string& s) {
    return reinterpret_cast<const unsigned char*>(s.data());
  };
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                          EVP_CIPHER_CTX_free);
  std::string out(input.size() + kBlock, '\0');
  int size = 0;
  bool ok = EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(vector),
                              encrypt ? 1 : 0) == 1 &&
            EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
            EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                             bytes(input), static_cast<int>(input.size())) == 1;
  if (!ok) throw base::Error("OpenSSL cannot run AES-256-CBC");
  out.resize(static_cast<size_t>(size));
  return out;
}

Any encrypt(CallContext& context, Args a) {
  if (a[1].as_string().empty()) return Any("");
  std::string text = a[1].as_string();
  size_t padding = kBlock - text.size() % kBlock;
  text.append(padding, static_cast<char>(padding));
  std::string vector(kBlock, '\0');
  for (char& c : vector) c = static_cast<char>(context.random().next() >> 56);
  return Any(base::base64_encode(vector + aes_cbc(a[0].as_string(), vector, text, true)));
}

Any decrypt(CallContext&, Args a) {
  if (a[1].as_string().empty()) return Any("");
  std::string bytes = go_base64_decode(a[1].as_string());
  if (bytes.size() < kBlock)
    throw InvalidInput(fmt::format(
        "runtime error: slice bounds out of range [:16] with capacity {}", bytes.size()));
  if (bytes.size() % kBlock != 0) throw InvalidInput("crypto/cipher: input not full blocks");
  std::string text =
      aes_cbc(a[0].as_string(), bytes.substr(0, kBlock), bytes.substr(kBlock), false);
  if (text.empty()) throw InvalidInput("runtime error: index out of range [-1]");
  auto padding = static_cast<size_t>(static_cast<unsigned char>(text.back()));
  auto size = static_cast<int64_t>(text.size());
  return Any(go_slice(text, 0, size - static_cast<int64_t>(padding)));
}

}  // namespace

void add_ciphers(FunctionTable& table) {
  table.add("encryptAES", "string, string", encrypt);
  table.add("decryptAES", "string, string", decrypt);
}

}  // namespace jibe::tmpl
