// A desk with a real store in a folder of its own, and mails that have been read already.
#pragma once

#include "desk/desk.hpp"

#include "../core/scratch.hpp"
#include "desk/record.hpp"
#include "store/cases.hpp"
#include "store/inbox.hpp"
#include "store/outbox.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::testing {

class DeskWorld {
public:
  // `more`: keys of [openpgp], then tables, for the end of the configuration.
  explicit DeskWorld(std::string_view more = {});

  desk::Desk& operator*() { return *desk_; }
  desk::Desk* operator->() { return desk_.get(); }
  const Settings& settings() const { return desk_->settings(); }
  const Scratch& scratch() const { return scratch_; }
  void run_sql(const std::string& sql); // behind the desk's back

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  template <class Work>
  auto write(Work work) {
    return must(desk_->store().write(std::move(work)));
  }
  template <class Work>
  auto read(Work work) {
    return must(desk_->store().read(std::move(work)));
  }

  // Takes this mail in and records it as read so.
  Result<desk::Recorded> try_record(const reader::Inspection& inspection, const std::string& raw);
  desk::Recorded record(const reader::Inspection& inspection, const std::string& raw) { return must(try_record(inspection, raw)); }
  desk::Recorded record(const reader::Inspection& inspection) { return record(inspection, raw_of(inspection)); }
  static std::string raw_of(const reader::Inspection& inspection);
  desk::Recorded retry(store::Id message, const reader::Inspection& inspection);

  store::CaseEntry case_of(std::string_view reference);
  std::vector<store::OutboxEntry> outbox();
  std::vector<std::string> actions(std::string_view reference); // of the audit trail

private:
  Scratch scratch_;
  std::unique_ptr<desk::Desk> desk_;
};

// A clear report from Rosa; every one has a Message-ID and a text of its own.
reader::Inspection report_from(std::string_view address = "rosa@reporter.example", std::string_view subject = "A hole in your wiki");

} // namespace cvdesk::testing
