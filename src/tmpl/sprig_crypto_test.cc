// What cannot be compared byte by byte: keys, certificates, random strings, zones, the clock.
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "tmpl/bcrypt.h"
#include "tmpl/private_key.h"
#include "tmpl/test_support.h"
#include "tmpl/zone.h"

namespace jibe::tmpl {
namespace {

TEST(SprigCrypto, bcrypt_agrees_with_a_known_hash) {
  // Made by another implementation (libxcrypt) from the same salt.
  EXPECT_EQ(bcrypt_hash("s3cret",
                        std::string("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
                                    "\x0d\x0e\x0f\x10",
                                    16),
                        4),
            "$2a$04$.OGB/.SE/ueHAeqKBO2NC.qYETuaoeUUdvAl0lWExdoLbWsgcT17y");
}

TEST(SprigCrypto, keys_have_gos_forms) {
  EXPECT_TRUE(render("{{ genPrivateKey \"ecdsa\" }}").starts_with("-----BEGIN EC PRIVATE KEY"));
  EXPECT_TRUE(render("{{ genPrivateKey \"ed25519\" }}").starts_with("-----BEGIN PRIVATE KEY"));
  EXPECT_EQ(render("{{ genPrivateKey \"x\" }}"), "Unknown type x");
}

TEST(SprigCrypto, a_signed_certificate_names_its_signer) {
  std::string pem = render(
      "{{ $key := genPrivateKey \"ecdsa\" }}{{ $ca := genCAWithKey \"root\" 30 $key }}"
      "{{ $c := genSignedCertWithKey \"leaf\" (list \"10.0.0.1\") (list \"a.example\") 10 $ca"
      " (genPrivateKey \"ecdsa\") }}{{ $c.Cert }}{{ $ca.Cert }}");
  CertificatePtr leaf = certificate_from_pem(pem);
  CertificatePtr root = certificate_from_pem(pem.substr(pem.find("-----BEGIN CERTIFICATE", 1)));
  EXPECT_EQ(X509_verify(leaf.get(), X509_get0_pubkey(root.get())), 1);
  EXPECT_EQ(X509_check_host(leaf.get(), "a.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "10.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_EQ(X509_check_ca(root.get()), 1);
}

TEST(SprigCrypto, what_is_encrypted_can_be_decrypted) {
  EXPECT_EQ(render("{{ encryptAES \"key\" \"some text\" | decryptAES \"key\" }}"), "some text");
}

TEST(SprigCrypto, random_strings_have_their_alphabets) {
  EXPECT_EQ(render("{{ regexMatch \"^[0-9A-Za-z]{20}$\" (randAlphaNum 20) }}"), "true");
  EXPECT_EQ(render("{{ regexMatch \"^[0-9]{20}$\" (randNumeric 20) }}"), "true");
  EXPECT_EQ(render("{{ randAlpha 8 }}"), render("{{ randAlpha 8 }}"));
  EXPECT_EQ(render("{{ regexMatch \"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$\" uuidv4 }}"),
            "true");
}

TEST(SprigClock, now_is_the_renderings_clock) {
  EXPECT_EQ(render("{{ now }}|{{ date \"2006-01-02\" now }}|{{ now | htmlDate }}"),
            "2024-05-06 07:08:09 +0000 UTC|2024-05-06|2024-05-06");
  EXPECT_EQ(render("{{ ago (now | dateModify \"-90m\") }}"), "1h30m0s");
}

TEST(Zone, rules_tell_summer_from_winter) {
  const std::string berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
  EXPECT_EQ(apply_zone_rule(berlin, 1711846799)->abbreviation, "CET");
  EXPECT_EQ(apply_zone_rule(berlin, 1711846800)->abbreviation, "CEST");
  EXPECT_EQ(apply_zone_rule(berlin, 1729990799)->offset, 7200);
  EXPECT_EQ(apply_zone_rule(berlin, 1729990800)->offset, 3600);
  // South of the equator summer time spans the new year.
  EXPECT_EQ(apply_zone_rule("AEST-10AEDT,M10.1.0,M4.1.0/3", 1704067200)->offset, 39600);
  EXPECT_EQ(apply_zone_rule("<+0545>-5:45", 0)->abbreviation, "+0545");
  EXPECT_FALSE(apply_zone_rule("nonsense,", 0).has_value());
}

}  // namespace
}  // namespace jibe::tmpl
