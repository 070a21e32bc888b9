// A CA and certificates for tests, made on the spot; included by tests only.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <string>

#include "rpc/tls.h"

namespace tbl::rpc {

/// Writes "<name>.pem" and "<name>.key" into a directory of its own, removed at the end.
class TestCertificates {
 public:
  TestCertificates() {
    std::string pattern = testing::TempDir() + "rpc_tls_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    ca_key_ = make_key();
    ca_ = make_certificate("test CA", ca_key_.get(), nullptr);
    write_certificate(path("ca.pem"), ca_.get());
  }
  ~TestCertificates() { std::filesystem::remove_all(dir_); }

  std::string path(const std::string& name) const { return dir_ + "/" + name; }

  /// A certificate of the CA for 127.0.0.1 and localhost; replaces one of the same name.
  void issue(const std::string& name, const std::string& common_name) {
    Key key = make_key();
    Certificate certificate = make_certificate(common_name, key.get(), ca_.get());
    write_certificate(path(name + ".pem"), certificate.get());
    FILE* file = fopen(path(name + ".key").c_str(), "w");
    ASSERT_NE(file, nullptr);
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    fclose(file);
  }

  TlsOptions options(const std::string& name) const {
    TlsOptions options;
    options.ca_path = path("ca.pem");
    options.cert_path = path(name + ".pem");
    options.key_path = path(name + ".key");
    return options;
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  static Key make_key() { return Key(EVP_EC_gen("P-256")); }

  static void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    ASSERT_NE(extension, nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  /// `issuer` null: self-signed CA.
  Certificate make_certificate(const std::string& common_name, EVP_PKEY* key, X509* issuer) {
    Certificate certificate(X509_new());
    X509* x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer : x));
    if (issuer == nullptr) {
      add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE");
    } else {
      add_extension(x, issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    }
    X509_sign(x, issuer != nullptr ? ca_key_.get() : key, EVP_sha256());
    return certificate;
  }

  static void write_certificate(const std::string& path, X509* certificate) {
    FILE* file = fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    PEM_write_X509(file, certificate);
    fclose(file);
  }

  std::string dir_;
  int serial_ = 0;
  Key ca_key_;
  Certificate ca_;
};

}  // namespace tbl::rpc
