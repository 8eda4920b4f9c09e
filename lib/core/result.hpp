// Result and Error: how every function of cvdesk that can fail says so.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace cvdesk {

// What sort of failure it is. `exit_status` is the one table from kind to exit status.
enum class ErrorKind {
  failed,         // anything not named below
  usage,          // the caller asked for something that makes no sense
  not_found,      // no such case, message or file
  configuration,  // a setting is wrong; `what` names file, line and key
  refused,        // refused by policy; `what` says which
  io,             // a file or the store
  network,        // no connection, or it broke
  tls,            // the peer could not be authenticated, or encryption is not offered
  authentication, // the peer did not accept our credentials
  protocol,       // the peer said something that the protocol does not allow
  too_big,        // beyond a limit that the header of the failing function names
  corrupt,        // stored data does not pass its integrity check
  stopped,        // the caller asked to stop
};

// An error that a person reads: `what` says what failed and why, in one line, without secrets and without
// anything that was encrypted; `hint` says what would mend it (empty: no remedy known).
// `temporary`: the same call may succeed later without anybody changing anything.
struct Error {
  ErrorKind kind = ErrorKind::failed;
  bool temporary = false;
  std::string what;
  std::string hint;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{kind, false, std::move(what), std::move(hint)});
}
inline tl::unexpected<Error> fail_temporarily(ErrorKind kind, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{kind, true, std::move(what), std::move(hint)});
}

// `context: what`, the rest unchanged: for a caller that knows better what was being done.
Error within(std::string_view context, Error error);

// Exit status of a program that ends on this error (contract, "Programs").
int exit_status(const Error& error);

} // namespace cvdesk

#define CVDESK_CONCAT_(a, b) a##b
#define CVDESK_CONCAT(a, b) CVDESK_CONCAT_(a, b)

// __COUNTER__, not __LINE__: a TRY may stand in a lambda that is an argument of another TRY.
#define CVDESK_TRY_(name, expression)                                                                        \
  do {                                                                                                       \
    if (auto name = (expression); !name) return tl::unexpected(std::move(name).error());                     \
  } while (false)
#define CVDESK_TRY_ASSIGN_(name, target, expression)                                                         \
  auto name = (expression);                                                                                  \
  if (!name) return tl::unexpected(std::move(name).error());                                                 \
  target = std::move(*name)

// TRY(f()); returns the error of f to our caller, if it failed.
#define TRY(expression) CVDESK_TRY_(CVDESK_CONCAT(try_result_, __COUNTER__), expression)

// TRY_ASSIGN(auto x, f()); the same, and on success x is what f returned.
#define TRY_ASSIGN(target, expression) CVDESK_TRY_ASSIGN_(CVDESK_CONCAT(try_result_, __COUNTER__), target, expression)
