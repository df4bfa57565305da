#include "pki/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/time_text.h"
#include "pki/digest.h"

namespace jibe::pki {
namespace {

using std::chrono::hours;

base::Time at(const char* text) {
  return base::parse_rfc3339(text);
}

CertificateSpec spec_of(std::string name, Usage usage) {
  CertificateSpec spec;
  spec.common_name = std::move(name);
  spec.usage = usage;
  spec.not_before = at("2026-01-01T00:00:00Z");
  spec.not_after = at("2026-06-01T00:00:00Z");
  return spec;
}

Identity make_root() {
  auto spec = spec_of("root", Usage::kCa);
  spec.not_after = at("2036-01-01T00:00:00Z");
  return make_self_signed(spec);
}

TEST(Certificate, CarriesWhatTheSpecSays) {
  auto root = make_root();
  auto spec = spec_of("admin", Usage::kServerAndClient);
  spec.organizations = {"system:masters", "second, group"};
  spec.dns_names = {"localhost", "*.svc.cluster.local"};
  spec.ips = {"127.0.0.1", "::1"};
  spec.uris = {"spiffe://cluster.local/ns/a,DNS:evil/sa/b"};
  auto leaf = issue(root, spec);
  auto info = inspect(leaf.cert_pem);
  EXPECT_EQ(info.subject, "CN=admin,O=second\\, group,O=system:masters");
  EXPECT_EQ(info.issuer, "CN=root");
  EXPECT_EQ(info.common_name, "admin");
  EXPECT_EQ(info.organizations, spec.organizations);
  EXPECT_EQ(info.dns_names, spec.dns_names);
  EXPECT_EQ(info.ips, spec.ips);
  EXPECT_EQ(info.uris, spec.uris);
  EXPECT_EQ(info.not_before, spec.not_before);
  EXPECT_EQ(info.not_after, spec.not_after);
  EXPECT_FALSE(info.is_ca);
  EXPECT_FALSE(info.self_signed);
  EXPECT_EQ(info.key, "EC P-256");
  EXPECT_EQ(info.fingerprint.size(), 64U);
  EXPECT_NE(info.serial, inspect(root.cert_pem).serial);
  EXPECT_TRUE(inspect(root.cert_pem).is_ca);
  EXPECT_TRUE(inspect(root.cert_pem).self_signed);
  EXPECT_TRUE(key_matches(leaf.cert_pem, leaf.key_pem));
  EXPECT_FALSE(key_matches(leaf.cert_pem, root.key_pem));
  EXPECT_EQ(leaf.key_pem.substr(0, 28), "-----BEGIN PRIVATE KEY-----\n");
}

TEST(Certificate, RsaKeysWork) {
  auto spec = spec_of("rsa", Usage::kCa);
  spec.key_type = KeyType::kRsa2048;
  EXPECT_EQ(inspect(make_self_signed(spec).cert_pem).key, "RSA 2048");
}

TEST(Certificate, VerifiesThroughIntermediates) {
  auto root = make_root();
  auto middle_spec = spec_of("middle", Usage::kCa);
  middle_spec.path_length = 0;
  auto middle = issue(root, middle_spec);
  auto leaf = issue(middle, spec_of("leaf", Usage::kServer));
  EXPECT_EQ(split_bundle(middle.cert_pem).size(), 1U);
  EXPECT_EQ(split_bundle(leaf.cert_pem).size(), 2U);
  auto now = at("2026-02-01T00:00:00Z");
  EXPECT_EQ(verify_chain(leaf.cert_pem, root.cert_pem, now, Usage::kServer), "");
  EXPECT_EQ(verify_chain(leaf.cert_pem, middle.cert_pem, now, Usage::kServer), "");
  EXPECT_NE(verify_chain(leaf.cert_pem, root.cert_pem, now, Usage::kClient), "");
  EXPECT_NE(verify_chain(leaf.cert_pem, root.cert_pem, now, Usage::kCa), "");
  EXPECT_EQ(verify_chain(middle.cert_pem, root.cert_pem, now, Usage::kCa), "");
  EXPECT_EQ(verify_chain(split_bundle(leaf.cert_pem)[0], root.cert_pem, now, Usage::kServer),
            "the certificate of \"CN=leaf\" does not verify: unable to get local issuer "
            "certificate");
  EXPECT_NE(verify_chain(leaf.cert_pem, make_root().cert_pem, now, Usage::kServer), "");
  EXPECT_EQ(verify_chain(leaf.cert_pem, root.cert_pem, at("2026-06-02T00:00:00Z"), Usage::kServer),
            "the certificate of \"CN=middle\" does not verify: certificate has expired");
  auto second = issue(middle, spec_of("too deep", Usage::kCa));
  auto deep = issue(second, spec_of("deep", Usage::kServer));
  EXPECT_NE(verify_chain(deep.cert_pem, root.cert_pem, now, Usage::kServer), "");
}

TEST(Certificate, RefusesToIssueNonsense) {
  auto root = make_root();
  auto leaf = issue(root, spec_of("leaf", Usage::kServer));
  EXPECT_THROW(issue(leaf, spec_of("x", Usage::kServer)), base::InvalidInput);
  auto long_lived = spec_of("x", Usage::kServer);
  long_lived.not_after = at("2036-01-02T00:00:00Z");
  EXPECT_THROW(issue(root, long_lived), base::InvalidInput);
  auto backwards = spec_of("x", Usage::kServer);
  backwards.not_after = backwards.not_before;
  EXPECT_THROW(issue(root, backwards), base::InvalidInput);
  Identity mixed{root.cert_pem, leaf.key_pem};
  EXPECT_THROW(issue(mixed, spec_of("x", Usage::kServer)), base::InvalidInput);
  auto underscore = spec_of("x", Usage::kServer);
  underscore.dns_names = {"gke_project_zone"};
  EXPECT_THROW(issue(root, underscore), base::InvalidInput);
  auto bad_ip = spec_of("x", Usage::kServer);
  bad_ip.ips = {"localhost"};
  EXPECT_THROW(issue(root, bad_ip), base::InvalidInput);
  EXPECT_THROW(inspect("hello"), base::InvalidInput);
  EXPECT_THROW(inspect(root.key_pem), base::InvalidInput);
  EXPECT_THROW(inspect(root.cert_pem.substr(0, 200)), base::InvalidInput);
  EXPECT_THROW(split_bundle(root.cert_pem + root.cert_pem.substr(0, 200)), base::InvalidInput);
}

TEST(Certificate, DnsNamesFollowRfc1123) {
  EXPECT_NO_THROW(check_dns_name("cluster-1"));
  EXPECT_NO_THROW(check_dns_name("*.Example.com"));
  for (const char* name : {"", "*", "a_b", "a..b", "-a", "*.*.b", "a b"})
    EXPECT_THROW(check_dns_name(name), base::InvalidInput) << name;
  try {
    check_dns_name("a_b");
  } catch (const base::InvalidInput& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("which has no '_'"));
  }
}

TEST(Request, IsSignedIntoACertificate) {
  auto root = make_root();
  auto key = generate_key();
  auto wanted = spec_of("agent", Usage::kClient);
  wanted.dns_names = {"cluster-1"};
  wanted.organizations = {"jibe"};
  auto request = make_request(wanted, key);
  auto info = inspect_request(request);
  EXPECT_EQ(info.common_name, "agent");
  EXPECT_EQ(info.dns_names, wanted.dns_names);
  EXPECT_EQ(info.organizations, wanted.organizations);
  auto cert = issue_for_request(root, request, spec_of("granted", Usage::kClient));
  EXPECT_EQ(inspect(cert).common_name, "granted");
  EXPECT_TRUE(key_matches(cert, key));
  std::string broken = request;
  broken[200] = broken[200] == 'A' ? 'B' : 'A';
  EXPECT_THROW(inspect_request(broken), base::InvalidInput);
}

TEST(Digest, KnownAnswers) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.add("a");
  pieces.add("bc");
  EXPECT_EQ(pieces.hex(), sha256_hex("abc"));
}

}  // namespace
}  // namespace jibe::pki
