// Numbers of the MySQL client/server protocol.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tbl::tidb::protocol {

enum Capability : uint32_t {
  kLongPassword = 1,
  kFoundRows = 2,
  kLongFlag = 4,
  kConnectWithDb = 8,
  kLocalFiles = 0x80,
  kProtocol41 = 0x200,
  kInteractive = 0x400,
  kSsl = 0x800,
  kTransactions = 0x2000,
  kSecureConnection = 0x8000,
  kMultiStatements = 0x10000,
  kMultiResults = 0x20000,
  kPluginAuth = 0x80000,
  kConnectAttrs = 0x100000,
  kPluginAuthLenenc = 0x200000,
};

/// What TiDB v3.0 offers. Compression and DEPRECATE_EOF are not among it.
constexpr uint32_t kOffered = 0x001ba68f;

enum Command : uint8_t {
  kComSleep = 0x00,
  kComQuit = 0x01,
  kComInitDb = 0x02,
  kComQuery = 0x03,
  kComFieldList = 0x04,
  kComRefresh = 0x07,
  kComShutdown = 0x08,
  kComStatistics = 0x09,
  kComPing = 0x0e,
  kComChangeUser = 0x11,
  kComStmtPrepare = 0x16,
  kComStmtExecute = 0x17,
  kComStmtSendLongData = 0x18,
  kComStmtClose = 0x19,
  kComStmtReset = 0x1a,
  kComSetOption = 0x1b,
  kComStmtFetch = 0x1c,
  kComResetConnection = 0x1f,
};

enum ServerStatus : uint16_t {
  kStatusInTransaction = 0x0001,
  kStatusAutocommit = 0x0002,
  kStatusMoreResults = 0x0008,
  kStatusCursorExists = 0x0040,
  kStatusLastRowSent = 0x0080,
};

constexpr uint8_t kOkHeader = 0x00;
constexpr uint8_t kLocalInfileHeader = 0xfb;
constexpr uint8_t kEofHeader = 0xfe;
constexpr uint8_t kErrHeader = 0xff;
constexpr uint8_t kAuthMoreData = 0x01;

/// A packet's payload is cut into parts of this size; a shorter part ends it.
constexpr size_t kMaxPart = 0xffffff;

constexpr uint8_t kUtf8mb4Bin = 46;
constexpr uint8_t kBinaryCollation = 63;

constexpr char kNativePassword[] = "mysql_native_password";
constexpr char kCachingSha2[] = "caching_sha2_password";

constexpr size_t kSaltSize = 20;

}  // namespace tbl::tidb::protocol
