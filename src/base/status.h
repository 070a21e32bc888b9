// Errors are values. Status says how a call ended; Result<T> is a value or such a Status.
//
// Codes are gRPC's (0 to 16), so that one type serves disk, network and RPC replies alike. A
// message names the file, table, ts, address or key it is about. wrap() puts the caller's view in
// front, and the text reads from the outermost to the root cause: "open log: read segment 3:
// checksum mismatch". Exceptions do not cross a function of this project: they are caught where a
// library throws them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tbl {

enum class StatusCode : uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// Name of a code as gRPC's libraries print it, e.g. "Unavailable".
std::string_view status_code_name(StatusCode code);

/// How a call ended. Cheap to move, ok() costs one pointer test. Copyable, not shared.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message);
  Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;

  bool ok() const { return rep_ == nullptr; }
  StatusCode code() const { return rep_ ? rep_->code : StatusCode::kOk; }
  /// The whole chain, outermost first, joined by ": ". Empty when ok.
  const std::string& message() const;
  /// "<code name>: <message>", or "OK".
  std::string to_string() const;
  /// A finer code of the layer that made the error, such as a MySQL error number; 0: none. wrap()
  /// keeps it.
  int detail() const { return rep_ ? rep_->detail : 0; }
  /// The same with this detail. No effect on ok.
  Status with_detail(int detail) &&;
  /// Same code, "<context>: " in front of the message. No effect on ok.
  Status wrap(std::string_view context) &&;
  Status wrap(std::string_view context) const&;

 private:
  struct Rep {
    StatusCode code;
    std::string message;
    int detail = 0;
  };
  std::unique_ptr<Rep> rep_;
};

inline Status ok_status() { return {}; }
Status unknown_error(std::string message);
Status invalid_argument(std::string message);
Status not_found(std::string message);
Status already_exists(std::string message);
Status failed_precondition(std::string message);
Status unavailable(std::string message);
Status deadline_exceeded(std::string message);
Status cancelled(std::string message);
Status resource_exhausted(std::string message);
Status unimplemented(std::string message);
Status internal_error(std::string message);
/// Bytes that are not what their format says: a bad checksum, a truncated record.
Status data_loss(std::string message);
/// "<what>: <strerror(errno_value)>"; ENOENT is kNotFound, ENOSPC kResourceExhausted, else
/// kUnknown.
Status errno_status(int errno_value, std::string_view what);

/// A value or the Status that says why there is none (never an ok one).
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : value_(std::move(value)) {}  // NOLINT: implicit, so that `return value;` reads well
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: the same for `return error;`

  bool ok() const { return value_.has_value(); }
  const Status& status() const& { return status_; }
  Status status() && { return std::move(status_); }

  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

#define TBL_CONCAT_INNER(a, b) a##b
#define TBL_CONCAT(a, b) TBL_CONCAT_INNER(a, b)

/// Leaves the function with the error, if `expr` (a Status) is one.
#define TBL_TRY(expr)                                                              \
  do {                                                                             \
    if (::tbl::Status tbl_status_ = (expr); !tbl_status_.ok()) return tbl_status_; \
  } while (false)

/// `TBL_ASSIGN(auto x, f())`: x from a Result, or leaves the function with its error.
#define TBL_ASSIGN(lhs, expr) TBL_ASSIGN_INNER(TBL_CONCAT(tbl_result_, __LINE__), lhs, expr)
#define TBL_ASSIGN_INNER(tmp, lhs, expr)         \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = std::move(tmp).value()

}  // namespace tbl
