#include "rpc/h2_session.h"

#include <algorithm>

#include "rpc/h2_callbacks.h"

namespace tbl::rpc {
namespace {

constexpr int32_t kStreamWindow = 4 << 20;
constexpr int32_t kConnectionWindow = 8 << 20;

std::string nghttp2_text(int code) { return std::string("http2: ") + nghttp2_strerror(code); }

}  // namespace

H2Session::H2Session(Side side, H2Owner* owner) : owner_(owner), side_(side) {
  if (side == Side::kServer) {
    nghttp2_session_server_new3(&session_, Callbacks::shared(), this, h2_options(), memory_.mem());
  } else {
    nghttp2_session_client_new3(&session_, Callbacks::shared(), this, h2_options(), memory_.mem());
  }
  set_up_windows();
}

H2Session::~H2Session() { nghttp2_session_del(session_); }

void H2Session::set_up_windows() {
  nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(kStreamWindow)},
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
  };
  size_t count = side_ == Side::kClient ? 2 : 1;
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, count);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

Status H2Session::on_input(Bytes data) {
  ssize_t n = nghttp2_session_mem_recv(session_, reinterpret_cast<const uint8_t*>(data.data()),
                                       data.size());
  if (n < 0) return unavailable(nghttp2_text(static_cast<int>(n)));
  return ok_status();
}

void H2Session::produce(std::string* out, size_t target) {
  sink_ = out;
  sink_target_ = target;
  while (out->size() < target) {
    const uint8_t* data = nullptr;
    paused_ = false;
    ssize_t n = nghttp2_session_mem_send(session_, &data);
    if (n < 0) {
      nghttp2_session_terminate_session(session_, NGHTTP2_INTERNAL_ERROR);
      break;
    }
    if (n == 0 && !paused_) break;
    out->append(reinterpret_cast<const char*>(data), static_cast<size_t>(n));
  }
  sink_ = nullptr;
}

bool H2Session::finished() const {
  if (going_away_ && streams_.empty()) return true;
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

void H2Session::on_closed(const Status& why) {
  closed_ = true;
  close_reason_ = why;
  auto streams = std::move(streams_);
  streams_.clear();
  for (auto& [id, stream] : streams) stream->on_close(NGHTTP2_CANCEL);
}

Status H2Session::submit_request(const HeaderList& headers, std::shared_ptr<H2Stream> stream) {
  nghttp2_data_provider provider = Callbacks::provider(stream.get());
  int32_t id =
      nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(), &provider, nullptr);
  if (id < 0) return unavailable(nghttp2_text(id));
  stream->id_ = id;
  streams_.emplace(id, std::move(stream));
  owner_->wants_flush();
  return ok_status();
}

void H2Session::submit_response(H2Stream* stream, const HeaderList& headers, bool end) {
  if (closed_) return;
  nghttp2_data_provider provider = Callbacks::provider(stream);
  nghttp2_submit_response(session_, stream->id_, headers.data(), headers.size(),
                          end ? nullptr : &provider);
  owner_->wants_flush();
}

void H2Session::submit_trailers(H2Stream* stream, const HeaderList& headers) {
  nghttp2_submit_trailer(session_, stream->id_, headers.data(), headers.size());
}

void H2Session::reset(H2Stream* stream, uint32_t h2_error) {
  if (closed_) return;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream->id_, h2_error);
  owner_->wants_flush();
}

void H2Session::resume(H2Stream* stream) {
  if (closed_) return;
  // Fails when the data is not deferred, that is when the session will ask for it anyway.
  nghttp2_session_resume_data(session_, stream->id_);
  owner_->wants_flush();
}

void H2Session::consume(H2Stream* stream, size_t n) {
  if (closed_) return;
  nghttp2_session_consume_stream(session_, stream->id_, n);
  owner_->wants_flush();
}

void H2Session::ping() {
  if (closed_) return;
  nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
  owner_->wants_flush();
}

void H2Session::go_away() {
  if (closed_ || going_away_) return;
  going_away_ = true;
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  owner_->wants_flush();
}

H2Stream* H2Session::find(int32_t id) {
  auto it = streams_.find(id);
  return it == streams_.end() ? nullptr : it->second.get();
}

}  // namespace tbl::rpc
