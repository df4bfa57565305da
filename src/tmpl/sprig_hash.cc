// Check sums and passwords.
#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/strings.h"
#include "tmpl/bcrypt.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

std::string digest(const EVP_MD* algorithm, const std::string& text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), out, &size, algorithm, nullptr) != 1)
    throw base::Error("OpenSSL cannot compute a check sum");
  return {reinterpret_cast<char*>(out), size};
}

uint32_t adler32(std::string_view text) {
  constexpr uint32_t kModulus = 65521;
  uint32_t a = 1;
  uint32_t b = 0;
  for (unsigned char c : text) {
    a = (a + c) % kModulus;
    b = (b + a) % kModulus;
  }
  return (b << 16) | a;
}

std::string bcrypt(CallContext& context, const std::string& password) {
  constexpr int kDefaultCost = 10;
  std::string salt(16, '\0');
  for (char& c : salt) c = static_cast<char>(context.random().next() >> 56);
  try {
    return bcrypt_hash(password, salt, kDefaultCost);
  } catch (const InvalidInput& error) {
    return std::string("failed to encrypt string with bcrypt: ") + error.what();
  }
}

// Master Password's templates (com.lyndir.masterpassword, version 3): what each letter draws from.
std::vector<std::string> password_templates(std::string_view type) {
  if (type == "maximum") return {"anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"};
  if (type == "medium") return {"CvcnoCvc", "CvcCvcno"};
  if (type == "short") return {"Cvcn"};
  if (type == "basic") return {"aaanaaan", "aannaaan", "aaannaaa"};
  if (type == "pin") return {"nnnn"};
  if (type != "long") return {};
  return {"CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv",
          "CvccCvcvCvcvno", "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc",
          "CvcvCvcvnoCvcc", "CvcvCvcvCvccno", "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno",
          "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno", "CvccnoCvcvCvcc", "CvccCvcvnoCvcc",
          "CvccCvcvCvccno"};
}

std::string_view characters_of(char letter) {
  switch (letter) {
    case 'V':
      return "AEIOU";
    case 'C':
      return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v':
      return "aeiou";
    case 'c':
      return "bcdfghjklmnpqrstvwxyz";
    case 'a':
      return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n':
      return "0123456789";
    case 'o':
      return "@&%?,=[]_:-+*$#!'^~;()/.";
    default:
      return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
  }
}

std::string big_endian(uint32_t number) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
  return out;
}

std::string derive_password(uint32_t counter, const std::string& type, const std::string& password,
                            const std::string& user, const std::string& site) {
  const std::string seed_text = "com.lyndir.masterpassword";
  std::vector<std::string> templates = password_templates(type);
  if (templates.empty()) return "cannot find password template " + type;
  std::string salt = seed_text + big_endian(static_cast<uint32_t>(user.size())) + user;
  unsigned char key[64];
  constexpr uint64_t kMaxMemory = 128 * 1024 * 1024;
  if (EVP_PBE_scrypt(password.data(), password.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), 32768, 8, 2,
                     kMaxMemory, key, sizeof key) != 1)
    return "failed to derive password: scrypt";
  std::string message =
      seed_text + big_endian(static_cast<uint32_t>(site.size())) + site + big_endian(counter);
  unsigned char seed[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key, sizeof key, reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), seed, &size);
  const std::string& form = templates[seed[0] % templates.size()];
  std::string out;
  for (size_t i = 0; i < form.size(); ++i) {
    std::string_view characters = characters_of(form[i]);
    out += characters[seed[i + 1] % characters.size()];
  }
  return out;
}

void add_digest(FunctionTable& table, const char* name, const EVP_MD* (*algorithm)()) {
  table.add(name, "string", [algorithm](CallContext&, Args a) {
    return Any(base::hex_encode(digest(algorithm(), a[0].as_string())));
  });
}

}  // namespace

void add_hashes(FunctionTable& table) {
  add_digest(table, "sha1sum", EVP_sha1);
  add_digest(table, "sha256sum", EVP_sha256);
  add_digest(table, "sha512sum", EVP_sha512);
  table.add("adler32sum", "string",
            [](CallContext&, Args a) { return Any(std::to_string(adler32(a[0].as_string()))); });
  table.add("bcrypt", "string",
            [](CallContext& c, Args a) { return Any(bcrypt(c, a[0].as_string())); });
  table.add("htpasswd", "string, string", [](CallContext& c, Args a) {
    const std::string& user = a[0].as_string();
    if (user.find(':') != std::string::npos) return Any("invalid username: " + user);
    return Any(user + ":" + bcrypt(c, a[1].as_string()));
  });
  table.add("derivePassword", "uint32, string, string, string, string", [](CallContext&, Args a) {
    return Any(derive_password(static_cast<uint32_t>(a[0].as_uint()), a[1].as_string(),
                               a[2].as_string(), a[3].as_string(), a[4].as_string()));
  });
}

}  // namespace jibe::tmpl
