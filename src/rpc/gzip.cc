#include "rpc/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/log.h"

namespace tbl::rpc {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr size_t kPiece = 1 << 30;  // avail_in and avail_out are 32 bit

/// One per thread: setting up a deflate state costs more than compressing a small message.
class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&z_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      log_fatal("zlib: out of memory");
    }
  }
  ~Deflater() { deflateEnd(&z_); }
  z_stream* fresh() {
    deflateReset(&z_);
    return &z_;
  }

 private:
  z_stream z_{};
};

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&z_, kGzipWindow) != Z_OK) log_fatal("zlib: out of memory");
  }
  ~Inflater() { inflateEnd(&z_); }
  z_stream* fresh() {
    inflateReset(&z_);
    return &z_;
  }
  z_stream* state() { return &z_; }

 private:
  z_stream z_{};
};

Status cannot_inflate(const char* why) {
  return internal_error(std::string("grpc: failed to decompress the message: ") +
                        (why != nullptr ? why : "unexpected end"));
}

void give_input(z_stream* z, Bytes* data) {
  if (z->avail_in > 0 || data->empty()) return;
  size_t n = std::min(data->size(), kPiece);
  z->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data->data()));
  z->avail_in = static_cast<uInt>(n);
  data->remove_prefix(n);
}

void give_output(z_stream* z, std::string* out, size_t piece) {
  size_t at = out->size();
  out->resize(at + piece);
  z->next_out = reinterpret_cast<Bytef*>(out->data() + at);
  z->avail_out = static_cast<uInt>(piece);
}

}  // namespace

std::string gzip_compress(Bytes data) {
  thread_local Deflater deflater;
  z_stream* z = deflater.fresh();
  z->avail_in = 0;
  std::string out;
  size_t piece = std::min(data.size() / 2 + 64, size_t{1} << 20);
  int rc = Z_OK;
  while (rc != Z_STREAM_END) {
    give_input(z, &data);
    give_output(z, &out, piece);
    rc = deflate(z, data.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - z->avail_out);
  }
  return out;
}

Result<std::string> gzip_decompress(Bytes data, uint64_t max_bytes, bool* fits) {
  thread_local Inflater inflater;
  z_stream* z = inflater.fresh();
  z->avail_in = 0;
  *fits = true;
  std::string out;
  size_t piece = std::clamp(data.size() * 4, size_t{256}, size_t{1} << 20);
  while (true) {
    give_input(z, &data);
    give_output(z, &out, piece);
    int rc = inflate(z, Z_NO_FLUSH);
    out.resize(out.size() - z->avail_out);
    if (out.size() > max_bytes) {
      *fits = false;
      return std::string();
    }
    if (rc == Z_STREAM_END) {
      if (z->avail_in == 0 && data.empty()) return out;
      inflateReset(z);  // gzip members may follow one another
      continue;
    }
    if (rc != Z_OK || (z->avail_in == 0 && data.empty() && z->avail_out > 0)) {
      return cannot_inflate(z->msg);
    }
  }
}

class GzipReader::Inflater : public rpc::Inflater {};

GzipReader::GzipReader() : inflater_(std::make_unique<Inflater>()) {}
GzipReader::~GzipReader() = default;
GzipReader::GzipReader(GzipReader&&) noexcept = default;
GzipReader& GzipReader::operator=(GzipReader&&) noexcept = default;

Status GzipReader::feed(Bytes piece, const Sink& sink) {
  constexpr size_t kOutputBytes = 256 << 10;
  z_stream* z = inflater_->state();
  z->avail_in = 0;
  std::string out;
  do {
    give_input(z, &piece);
    if (at_end_) {
      if (z->avail_in == 0) return ok_status();
      inflateReset(z);  // the first member, or one that follows
    }
    out.clear();
    give_output(z, &out, kOutputBytes);
    const int rc = inflate(z, Z_NO_FLUSH);
    // Z_BUF_ERROR: there was no more to be had.
    if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) return cannot_inflate(z->msg);
    at_end_ = rc == Z_STREAM_END;
    out.resize(out.size() - z->avail_out);
    if (!out.empty()) TBL_TRY(sink(out));
  } while (z->avail_in > 0 || !piece.empty() || z->avail_out == 0);
  return ok_status();
}

Status GzipReader::finish() const { return at_end_ ? ok_status() : cannot_inflate(nullptr); }

}  // namespace tbl::rpc
