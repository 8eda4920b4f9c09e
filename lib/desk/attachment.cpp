#include "desk/attachment.hpp"

#include "reader/inspect.hpp"

namespace cvdesk::desk {

Result<std::string> attachment_content(Desk& desk, const store::InboxEntry& mail, int id) {
  TRY_ASSIGN(const std::string raw, desk.store().read([&](store::View& view) { return store::raw_bytes(view, mail); }));
  TRY_ASSIGN(const auto reading, desk.store().read([&](store::View& view) { return store::reading(view, mail); }));
  if (!reading) return fail(ErrorKind::failed, "the mail has not been read yet");
  TRY_ASSIGN(const auto openings, reader::openings_from_json(reading->openings));
  reader::Task task;
  task.raw = raw;
  task.openings = &openings;
  task.vantage = &desk.vantage();
  task.limits.message = desk.settings().limits.message;
  return reader::extract_attachment(task, id);
}

} // namespace cvdesk::desk
