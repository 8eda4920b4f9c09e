// Owners for GPGME's objects, and a bounded sink. Included only by the sources that talk to GPGME.
#pragma once

#include <gpgme.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

namespace cvdesk::openpgp {

struct ContextDeleter {
  void operator()(gpgme_ctx_t context) const { gpgme_release(context); }
};
struct DataDeleter {
  void operator()(gpgme_data_t data) const { gpgme_data_release(data); }
};
struct KeyDeleter {
  void operator()(gpgme_key_t key) const { gpgme_key_unref(key); }
};
using ContextPtr = std::unique_ptr<gpgme_context, ContextDeleter>;
using DataPtr = std::unique_ptr<gpgme_data, DataDeleter>;
using KeyPtr = std::unique_ptr<_gpgme_key, KeyDeleter>;

// Reads from `bytes`, which must outlive it. Null only when memory is short.
inline DataPtr source_of(std::string_view bytes) {
  gpgme_data_t data = nullptr;
  static const char nothing = '\0';
  gpgme_data_new_from_mem(&data, bytes.empty() ? &nothing : bytes.data(), bytes.size(), 0);
  return DataPtr(data);
}

// Takes at most `limit` bytes; the write beyond that fails, and overflowed() tells why. max-output would
// cut silently.
class Sink {
public:
  explicit Sink(std::size_t limit) : limit_(limit) {
    callbacks_.write = &Sink::write;
    gpgme_data_t data = nullptr;
    gpgme_data_new_from_cbs(&data, &callbacks_, this);
    data_.reset(data);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  gpgme_data_t data() const { return data_.get(); }
  bool overflowed() const { return overflowed_; }
  std::string take() { return std::move(bytes_); }

private:
  static ssize_t write(void* self, const void* buffer, std::size_t size) {
    auto& sink = *static_cast<Sink*>(self);
    if (size > sink.limit_ - sink.bytes_.size()) {
      sink.overflowed_ = true;
      errno = EFBIG;
      return -1;
    }
    sink.bytes_.append(static_cast<const char*>(buffer), size);
    return static_cast<ssize_t>(size);
  }

  std::size_t limit_;
  bool overflowed_ = false;
  std::string bytes_;
  gpgme_data_cbs callbacks_{};
  DataPtr data_;
};

} // namespace cvdesk::openpgp
