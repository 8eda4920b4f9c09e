#include "core/result.hpp"

#include <fmt/core.h>

namespace cvdesk {

Error within(std::string_view context, Error error) {
  error.what = fmt::format("{}: {}", context, error.what);
  return error;
}

int exit_status(const Error& error) {
  switch (error.kind) {
  case ErrorKind::usage:
    return 2;
  case ErrorKind::not_found:
    return 3;
  case ErrorKind::configuration:
    return 4;
  case ErrorKind::refused:
    return 5;
  default:
    return error.temporary ? 75 : 1;
  }
}

} // namespace cvdesk
