// nghttp2's callbacks for H2Session; included by h2_session.cc and h2_callbacks.cc only.
#pragma once

#include "rpc/h2_session.h"

namespace tbl::rpc {

/// Options of all sessions: windows are opened by hand, limits against floods are above what real
/// clients do (gRPC clients cancel calls in bursts and ping as they like).
const nghttp2_option* h2_options();

struct H2Session::Callbacks {
  static const nghttp2_session_callbacks* shared();
  static nghttp2_data_provider provider(H2Stream* stream);

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                       void* user);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_data(nghttp2_session*, uint8_t flags, int32_t id, const uint8_t* data, size_t size,
                     void* user);
  static int on_stream_close(nghttp2_session*, int32_t id, uint32_t error, void* user);
  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_frame_not_sent(nghttp2_session*, const nghttp2_frame* frame, int error, void* user);
  static ssize_t read_data(nghttp2_session*, int32_t id, uint8_t* buffer, size_t size,
                           uint32_t* flags, nghttp2_data_source* source, void* user);
  static int send_data(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head, size_t size,
                       nghttp2_data_source* source, void* user);

  static int on_headers(H2Session* self, const nghttp2_frame* frame);
};

}  // namespace tbl::rpc
