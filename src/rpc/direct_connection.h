// One HTTP/2 connection used by one thread at a time, which waits for what it asked.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/stop.h"
#include "rpc/client.h"
#include "rpc/h2_session.h"
#include "rpc/transport.h"

namespace tbl::rpc {

/// How long to wait, and what ends it early.
struct Patience {
  std::chrono::steady_clock::time_point until;
  StopToken stop;
};

class DirectConnection : private H2Owner {
 public:
  /// Connects. Errors: kUnavailable, kDeadlineExceeded, kCancelled.
  static Result<std::unique_ptr<DirectConnection>> open(const std::string& address,
                                                        const ChannelOptions& options,
                                                        const Patience& patience);
  ~DirectConnection() override;

  /// Takes what has come meanwhile. False: the server has ended the connection, or wants to.
  bool still_stands();
  /// One call. After an error of the connection, or a call that was given up, fit_for_more() is
  /// false.
  Result<std::string> call(const std::string& path, std::string request, const Patience& patience);
  bool fit_for_more() const { return fit_ && !session_.peer_went_away(); }

 private:
  class Answer;

  DirectConnection(const std::string& address, const ChannelOptions& options);
  Status connect(const Patience& patience);
  Status handshake(const Patience& patience);
  /// Writes all that the session has to say.
  Status flush(const Patience& patience);
  /// Takes all that is there; `*some`: there was something.
  Status read_available(bool* some);
  /// Until the socket is ready for `events` of poll().
  Status wait_ready(short events, const Patience& patience);
  Status submit(const std::shared_ptr<Answer>& answer, const std::string& path,
                const Patience& patience);

  void wants_flush() override {}
  std::shared_ptr<H2Stream> on_request(int32_t, const HeaderBlock&) override { return nullptr; }

  const std::string address_;
  const std::string authority_;
  const ChannelOptions& options_;
  Socket stop_event_;  ///< an eventfd that a requested stop makes readable
  std::unique_ptr<Transport> transport_;
  H2Session session_;
  std::string out_;
  bool fit_ = true;
};

}  // namespace tbl::rpc
