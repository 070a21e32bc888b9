#include "rpc/grpc_framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "rpc/gzip.h"

namespace tbl::rpc {
namespace {

std::string framed(const std::string& message, bool compressed = false) {
  auto prefix = message_prefix(message.size(), compressed);
  return std::string(prefix.data(), prefix.size()) + message;
}

/// Feeds `bytes` in pieces that end at `cuts`.
std::vector<std::string> read_all(MessageReader* reader, const std::string& bytes,
                                  std::mt19937_64* random) {
  std::vector<std::string> messages;
  size_t at = 0;
  while (at < bytes.size()) {
    size_t n = std::min<size_t>(bytes.size() - at, 1 + (*random)() % 40);
    Bytes piece = Bytes(bytes).substr(at, n);
    at += n;
    while (true) {
      std::string message;
      auto got = reader->next(&piece, &message);
      EXPECT_TRUE(got.ok()) << got.status().to_string();
      if (!got.ok() || !*got) break;
      messages.push_back(std::move(message));
      if (piece.empty()) break;
    }
  }
  return messages;
}

TEST(GrpcFramingTest, PrefixIsFlagAndBigEndianLength) {
  auto prefix = message_prefix(0x01020304, true);
  EXPECT_EQ(std::string(prefix.data(), 5), std::string("\x01\x01\x02\x03\x04", 5));
}

TEST(GrpcFramingTest, LargeMessagesComeInPieces) {
  uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> messages;
    std::string bytes;
    for (int i = 0; i < 10; ++i) {
      messages.emplace_back(random() % 300, static_cast<char>(random()));
      bytes += framed(messages.back());
    }
    MessageReader reader(1000);
    reader.give_pieces_above(100);
    std::vector<std::string> got;
    bool partial = false;
    for (size_t at = 0; at < bytes.size();) {
      Bytes data = Bytes(bytes).substr(at, 1 + random() % 40);
      at += data.size();
      std::string piece;
      while (!data.empty() && *reader.next(&data, &piece)) {
        if (!partial) got.emplace_back();
        got.back() += piece;
        EXPECT_LE(piece.size(), partial || reader.partial() ? 100U : 300U);
        partial = reader.partial();
        piece.clear();
      }
    }
    EXPECT_EQ(got, messages);
    EXPECT_FALSE(reader.partial());
  }
}

TEST(GrpcFramingTest, SmallMessagesShareMemory) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  std::vector<std::string> messages;
  std::string bytes;
  for (int i = 0; i < 3000; ++i) {
    messages.emplace_back(random() % 300, static_cast<char>(random()));
    bytes += framed(messages.back());
  }
  std::vector<SharedBytes> shared;
  std::vector<std::string> own;
  {
    MessageReader reader(1000);
    reader.give_pieces_above(250);
    reader.share_up_to(200);
    bool inside = false;  // of a message in pieces
    for (size_t at = 0; at < bytes.size();) {
      Bytes data = Bytes(bytes).substr(at, 1 + random() % 500);
      at += data.size();
      for (std::string message; !data.empty() && *reader.next(&data, &message); message.clear()) {
        SharedBytes small = reader.take_shared();
        if (!small) {
          if (!inside) own.emplace_back();
          own.back() += message;
          inside = reader.partial();
          continue;
        }
        EXPECT_TRUE(message.empty());
        EXPECT_FALSE(reader.partial());
        shared.push_back(std::move(small));
      }
    }
  }
  size_t next_shared = 0;
  size_t next_own = 0;
  for (const std::string& message : messages) {
    const bool is_shared = !message.empty() && message.size() <= 200;
    ASSERT_LT(is_shared ? next_shared : next_own, is_shared ? shared.size() : own.size());
    ASSERT_EQ(is_shared ? *shared[next_shared++] : Bytes(own[next_own++]), message);
  }
  EXPECT_EQ(next_shared, shared.size());
  EXPECT_EQ(next_own, own.size());
}

TEST(GrpcFramingTest, PiecesOfACompressedMessageAreOneGzipStream) {
  std::string message;
  for (int i = 0; i < 20000; ++i) message += std::to_string(i);
  const std::string bytes = framed(gzip_compress(message), true);
  MessageReader reader(1 << 20);
  reader.allow_gzip();
  reader.give_pieces_above(1000);
  GzipReader gzip;
  std::string got;
  Bytes data = bytes;
  while (!data.empty()) {
    Bytes cut = data.substr(0, 777);
    data.remove_prefix(cut.size());
    std::string piece;
    while (!cut.empty() && *reader.next(&cut, &piece)) {
      EXPECT_TRUE(reader.is_compressed());
      auto append = [&](Bytes plain) {
        got += plain;
        return ok_status();
      };
      ASSERT_TRUE(gzip.feed(piece, append).ok());
    }
  }
  EXPECT_TRUE(gzip.finish().ok());
  EXPECT_TRUE(got == message);
}

TEST(GrpcFramingTest, ADamagedGzipStreamIsAnError) {
  std::string wire = gzip_compress(std::string(100000, 'x') + "end");
  auto ignore = [](Bytes) { return ok_status(); };
  GzipReader cut;
  ASSERT_TRUE(cut.feed(wire.substr(0, wire.size() - 4), ignore).ok());
  EXPECT_FALSE(cut.finish().ok());
  wire[wire.size() - 6] = static_cast<char>(wire[wire.size() - 6] ^ 1);  // the checksum
  GzipReader damaged;
  EXPECT_EQ(damaged.feed(wire, ignore).code(), StatusCode::kInternal);
}

TEST(GrpcFramingTest, AnyCutsGiveTheSameMessages) {
  uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> messages;
    std::string bytes;
    for (int i = 0; i < 10; ++i) {
      messages.emplace_back(random() % 4 == 0 ? 0 : random() % 300, static_cast<char>(random()));
      bool gzip = random() % 2 == 0;
      bytes += gzip ? framed(gzip_compress(messages.back()), true) : framed(messages.back());
    }
    MessageReader reader(1000);
    reader.allow_gzip();
    EXPECT_EQ(read_all(&reader, bytes, &random), messages);
    EXPECT_FALSE(reader.partial());
  }
}

TEST(GrpcFramingTest, Errors) {
  struct Case {
    std::string bytes;
    bool gzip;
    StatusCode code;
    std::string text;
  };
  std::string zipped = gzip_compress(std::string(2000, 'z'));
  std::string damaged = zipped;
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  for (const Case& c : std::vector<Case>{
           {std::string("\x02\0\0\0\0", 5), true, StatusCode::kInternal, "payload format 2"},
           {std::string("\x01\0\0\0\0", 5), false, StatusCode::kInternal, "compressed flag"},
           {std::string("\0\0\0\x03\xe9", 5), false, StatusCode::kResourceExhausted,
            "grpc: received message larger than max (1001 vs. 1000)"},
           {framed(zipped, true), true, StatusCode::kResourceExhausted, "larger than max"},
           {framed("not gzip", true), true, StatusCode::kInternal, "decompress"},
           {framed(gzip_compress("x").substr(0, 15), true), true, StatusCode::kInternal, ""},
       }) {
    MessageReader reader(1000);
    if (c.gzip) reader.allow_gzip();
    Bytes data(c.bytes);
    std::string message;
    auto got = reader.next(&data, &message);
    ASSERT_FALSE(got.ok()) << c.text;
    EXPECT_EQ(got.status().code(), c.code) << got.status().to_string();
    EXPECT_THAT(got.status().message(), testing::HasSubstr(c.text));
  }
  bool fits = true;
  EXPECT_FALSE(gzip_decompress(damaged, 1 << 20, &fits).ok());
}

TEST(GzipTest, RoundTripAndMembers) {
  std::string large(3000000, 'a');
  for (size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i);
  for (const std::string& text : {std::string(), std::string("x"), large}) {
    bool fits = false;
    auto back = gzip_decompress(gzip_compress(text), text.size(), &fits);
    ASSERT_TRUE(back.ok()) << back.status().to_string();
    EXPECT_TRUE(fits);
    EXPECT_TRUE(*back == text);
  }
  bool fits = false;
  EXPECT_EQ(*gzip_decompress(gzip_compress("one") + gzip_compress("two"), 6, &fits), "onetwo");
}

}  // namespace
}  // namespace tbl::rpc
