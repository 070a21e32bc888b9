#include "rpc/h2_callbacks.h"

namespace tbl::rpc {
namespace {

constexpr size_t kFrameHead = 9;

Bytes to_bytes(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

nghttp2_option* make_options() {
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_outbound_ack(options, 100000);
  nghttp2_option_set_stream_reset_rate_limit(options, 100000, 10000);
  return options;
}

}  // namespace

const nghttp2_option* h2_options() {
  static const nghttp2_option* options = make_options();
  return options;
}

const nghttp2_session_callbacks* H2Session::Callbacks::shared() {
  static const nghttp2_session_callbacks* callbacks = [] {
    nghttp2_session_callbacks* c = nullptr;
    nghttp2_session_callbacks_new(&c);
    nghttp2_session_callbacks_set_on_begin_headers_callback(c, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(c, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(c, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(c, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(c, on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(c, on_frame_not_sent);
    nghttp2_session_callbacks_set_send_data_callback(c, send_data);
    return c;
  }();
  return callbacks;
}

nghttp2_data_provider H2Session::Callbacks::provider(H2Stream* stream) {
  nghttp2_data_provider provider;
  provider.source.ptr = stream;
  provider.read_callback = read_data;
  return provider;
}

int H2Session::Callbacks::on_begin_headers(nghttp2_session*, const nghttp2_frame*, void* user) {
  static_cast<H2Session*>(user)->block_.clear();
  return 0;
}

int H2Session::Callbacks::on_header(nghttp2_session*, const nghttp2_frame*, const uint8_t* name,
                                    size_t name_size, const uint8_t* value, size_t value_size,
                                    uint8_t, void* user) {
  static_cast<H2Session*>(user)->block_.add(to_bytes(name, name_size), to_bytes(value, value_size));
  return 0;
}

int H2Session::Callbacks::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  auto* self = static_cast<H2Session*>(user);
  int rc = 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      rc = on_headers(self, frame);
      break;
    case NGHTTP2_SETTINGS:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) self->peer_ready_ = true;
      return 0;
    case NGHTTP2_PING:
      if (frame->hd.flags & NGHTTP2_FLAG_ACK) self->owner_->on_ping_ack();
      return 0;
    case NGHTTP2_GOAWAY:
      self->peer_went_away_ = true;
      self->owner_->on_streams_changed();
      return 0;
    case NGHTTP2_DATA:
      break;
    default:
      return 0;
  }
  H2Stream* stream = self->find(frame->hd.stream_id);
  if (rc == 0 && stream != nullptr && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
    stream->remote_ended_ = true;
    stream->on_end();
  }
  return rc;
}

int H2Session::Callbacks::on_headers(H2Session* self, const nghttp2_frame* frame) {
  int32_t id = frame->hd.stream_id;
  if (H2Stream* stream = self->find(id)) {
    stream->on_headers(self->block_);
    return 0;
  }
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  auto stream = self->owner_->on_request(id, self->block_);
  if (stream == nullptr) {
    nghttp2_submit_rst_stream(self->session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
    return 0;
  }
  stream->id_ = id;
  self->streams_.emplace(id, std::move(stream));
  self->owner_->on_streams_changed();
  return 0;
}

int H2Session::Callbacks::on_data(nghttp2_session* session, uint8_t, int32_t id,
                                  const uint8_t* data, size_t size, void* user) {
  auto* self = static_cast<H2Session*>(user);
  nghttp2_session_consume_connection(session, size);
  H2Stream* stream = self->find(id);
  if (stream != nullptr) stream->on_data(to_bytes(data, size));
  return 0;
}

int H2Session::Callbacks::on_stream_close(nghttp2_session*, int32_t id, uint32_t error,
                                          void* user) {
  auto* self = static_cast<H2Session*>(user);
  auto it = self->streams_.find(id);
  if (it == self->streams_.end()) return 0;
  auto stream = std::move(it->second);
  self->streams_.erase(it);
  stream->on_close(error);
  self->owner_->on_streams_changed();
  return 0;
}

/// A server that has answered in full does not want the rest of the request.
int H2Session::Callbacks::on_frame_sent(nghttp2_session* session, const nghttp2_frame* frame,
                                        void* user) {
  auto* self = static_cast<H2Session*>(user);
  bool ends = (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
              (frame->hd.flags & NGHTTP2_FLAG_END_STREAM);
  if (!ends || self->side_ != Side::kServer) return 0;
  H2Stream* stream = self->find(frame->hd.stream_id);
  if (stream != nullptr && !stream->remote_ended_) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
  }
  return 0;
}

/// A request that never left (GOAWAY came first, or it was reset while it waited) has no stream in
/// nghttp2, so its close is told here.
int H2Session::Callbacks::on_frame_not_sent(nghttp2_session* session, const nghttp2_frame* frame,
                                            int, void* user) {
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  return on_stream_close(session, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM, user);
}

ssize_t H2Session::Callbacks::read_data(nghttp2_session*, int32_t, uint8_t*, size_t size,
                                        uint32_t* flags, nghttp2_data_source* source, void*) {
  auto* stream = static_cast<H2Stream*>(source->ptr);
  size_t n = stream->out().available(size);
  if (stream->out().ends_after(n)) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->submit_trailers()) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  } else if (n == 0) {
    return NGHTTP2_ERR_DEFERRED;
  }
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return static_cast<ssize_t>(n);
}

int H2Session::Callbacks::send_data(nghttp2_session*, nghttp2_frame*, const uint8_t* head,
                                    size_t size, nghttp2_data_source* source, void* user) {
  auto* self = static_cast<H2Session*>(user);
  auto* stream = static_cast<H2Stream*>(source->ptr);
  size_t start = self->sink_->size();
  self->sink_->append(reinterpret_cast<const char*>(head), kFrameHead);
  if (size > 0 && !stream->out().take(size, self->sink_).ok()) {
    self->sink_->resize(start);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  if (self->sink_->size() < self->sink_target_) return 0;
  self->paused_ = true;
  return NGHTTP2_ERR_PAUSE;
}

}  // namespace tbl::rpc
