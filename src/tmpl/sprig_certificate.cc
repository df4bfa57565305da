// genPrivateKey, genCA, genSelfSignedCert, genSignedCert, their …WithKey forms, buildCustomCert.
#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "tmpl/encoding.h"
#include "tmpl/format.h"
#include "tmpl/private_key.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

constexpr Type kCertificate{Kind::kStruct, "sprig.certificate", nullptr, true};

class CertificateObject : public Host {
 public:
  CertificateObject(std::string certificate, std::string key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}
  const Type& type() const override { return kCertificate; }
  std::vector<std::pair<std::string, Any>> entries() const override {
    return {{"Cert", Any(certificate_)}, {"Key", Any(key_)}};
  }
  bool equals(const Host& other) const override {
    const auto& o = static_cast<const CertificateObject&>(other);
    return certificate_ == o.certificate_ && key_ == o.key_;
  }
  const std::string& certificate() const { return certificate_; }
  const std::string& key() const { return key_; }

 private:
  std::string certificate_;
  std::string key_;
};

struct Request {
  std::string common_name;
  std::string alternative_names;  // OpenSSL's "DNS:a,IP:b"
  int64_t days = 0;
  bool authority = false;
};

struct Signer {
  X509* certificate;  // nullptr: the new one itself
  EVP_PKEY* key;
};

void must(bool ok) {
  if (!ok) throw InvalidInput("error creating certificate: OpenSSL refused a field");
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  must(extension != nullptr);
  bool ok = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  must(ok);
}

void set_serial(X509* certificate, base::Random& random) {
  unsigned char bytes[16];
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.next() >> 56);
  BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  bool ok = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  must(ok);
}

void set_validity(X509* certificate, CallContext& context, int64_t days) {
  constexpr int64_t kDay = 86400;
  int64_t now = context.clock().now().time_since_epoch().count() / 1000000000;
  must(ASN1_TIME_set(X509_getm_notBefore(certificate), now) != nullptr);
  must(ASN1_TIME_set(X509_getm_notAfter(certificate), now + days * kDay) != nullptr);
}

void set_subject(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  if (common_name.empty()) return;
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(common_name.data()),
                                  static_cast<int>(common_name.size()), -1, 0) == 1);
}

std::string sign(CallContext& context, const Request& request, EVP_PKEY* key, Signer signer) {
  CertificatePtr certificate(X509_new());
  X509* x = certificate.get();
  X509* issuer = signer.certificate ? signer.certificate : x;
  must(X509_set_version(x, X509_VERSION_3) == 1);
  set_serial(x, context.random());
  set_validity(x, context, request.days);
  set_subject(x, request.common_name);
  must(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1);
  must(X509_set_pubkey(x, key) == 1);
  std::string usage = "critical,digitalSignature,keyEncipherment";
  add_extension(x, issuer, NID_key_usage, usage + (request.authority ? ",keyCertSign" : ""));
  add_extension(x, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(x, issuer, NID_basic_constraints,
                request.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (request.authority) add_extension(x, issuer, NID_subject_key_identifier, "hash");
  bool identified = signer.certificate && X509_get0_subject_key_id(signer.certificate);
  if (identified) add_extension(x, issuer, NID_authority_key_identifier, "keyid:always");
  if (!request.alternative_names.empty())
    add_extension(x, issuer, NID_subject_alt_name, request.alternative_names);
  int id = EVP_PKEY_get_base_id(signer.key);
  const EVP_MD* digest = id == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  must(X509_sign(x, signer.key, digest) > 0);
  return certificate_to_pem(x);
}

Any certificate_of(std::string certificate, EVP_PKEY* key) {
  return Any(Ref<Host>(new CertificateObject(std::move(certificate), key_to_pem(key))));
}

// "DNS:a,IP:b" from two lists, with Sprig's complaints.
std::string alternative_names(const Any& ips, const Any& names) {
  std::string out;
  auto append = [&](const char* kind, const std::string& text) {
    // OpenSSL's notation gives commas and colons a meaning that names must not have.
    if (text.find_first_of(",\n") != std::string::npos)
      throw InvalidInput("error creating certificate: invalid name " + quote(text));
    out += (out.empty() ? "" : ",") + std::string(kind) + text;
  };
  for (size_t i = 0; i < names.list().size(); ++i) {
    const Any& name = names.list().at(i);
    if (!name.is_string())
      throw InvalidInput("error processing alternate dns name: " + to_text(name) +
                         " is not a string");
    append("DNS:", name.as_string());
  }
  for (size_t i = 0; i < ips.list().size(); ++i) {
    const Any& ip = ips.list().at(i);
    if (!ip.is_string())
      throw InvalidInput("error parsing ip: " + to_text(ip) + " is not a string");
    unsigned char buffer[sizeof(in6_addr)];
    const char* text = ip.as_string().c_str();
    if (inet_pton(AF_INET, text, buffer) != 1 && inet_pton(AF_INET6, text, buffer) != 1)
      throw InvalidInput("error parsing ip: " + ip.as_string());
    append("IP:", ip.as_string());
  }
  return out;
}

KeyPtr given_or_new(Args a, size_t index) {
  if (index >= a.size()) return generate_rsa(2048);
  try {
    return key_from_pem(a[index].as_string());
  } catch (const InvalidInput& error) {
    throw InvalidInput(std::string("parsing private key: ") + error.what());
  }
}

Any generate_authority(CallContext& context, Args a) {
  KeyPtr key = given_or_new(a, 2);
  Request request{a[0].as_string(), "", a[1].as_int(), true};
  return certificate_of(sign(context, request, key.get(), {nullptr, key.get()}), key.get());
}

Any generate_self_signed(CallContext& context, Args a) {
  KeyPtr key = given_or_new(a, 4);
  Request request{a[0].as_string(), alternative_names(a[1], a[2]), a[3].as_int(), false};
  return certificate_of(sign(context, request, key.get(), {nullptr, key.get()}), key.get());
}

CertificatePtr parsed_certificate(const std::string& pem) {
  CertificatePtr out;
  try {
    out = certificate_from_pem(pem);
  } catch (const InvalidInput& error) {
    throw InvalidInput(std::string("error parsing certificate: decodedSignerCert.Bytes: ") +
                       error.what());
  }
  if (!out) throw InvalidInput("unable to decode certificate");
  return out;
}

KeyPtr parsed_key(const std::string& pem) {
  try {
    return key_from_pem(pem);
  } catch (const InvalidInput& error) {
    throw InvalidInput(std::string("error parsing private key: ") + error.what());
  }
}

Any generate_signed(CallContext& context, Args a) {
  const auto& authority = static_cast<const CertificateObject&>(a[4].host());
  KeyPtr key = given_or_new(a, 5);
  CertificatePtr signer = parsed_certificate(authority.certificate());
  KeyPtr signer_key = parsed_key(authority.key());
  Request request{a[0].as_string(), alternative_names(a[1], a[2]), a[3].as_int(), false};
  return certificate_of(sign(context, request, key.get(), {signer.get(), signer_key.get()}),
                        key.get());
}

std::string decoded(const Any& any, const char* what) {
  try {
    return go_base64_decode(any.as_string());
  } catch (const InvalidInput&) {
    throw InvalidInput(std::string("unable to decode base64 ") + what);
  }
}

Any build_custom(CallContext&, Args a) {
  std::string certificate = decoded(a[0], "certificate");
  std::string key = decoded(a[1], "private key");
  parsed_certificate(certificate);
  parsed_key(key);
  return Any(Ref<Host>(new CertificateObject(std::move(certificate), std::move(key))));
}

}  // namespace

void add_certificates(FunctionTable& table) {
  table.add("genPrivateKey", "string", [](CallContext&, Args a) {
    KeyPtr key = generate_key(a[0].as_string());
    return Any(key ? key_to_pem(key.get()) : "Unknown type " + a[0].as_string());
  });
  table.add("genCA", "string, int", generate_authority);
  table.add("genCAWithKey", "string, int, string", generate_authority);
  table.add("genSelfSignedCert", "string, list, list, int", generate_self_signed);
  table.add("genSelfSignedCertWithKey", "string, list, list, int, string", generate_self_signed);
  table.add("genSignedCert", "string, list, list, int, sprig.certificate", generate_signed);
  table.add("genSignedCertWithKey", "string, list, list, int, sprig.certificate, string",
            generate_signed);
  table.add("buildCustomCert", "string, string", build_custom);
}

}  // namespace jibe::tmpl
