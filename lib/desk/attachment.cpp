#include "desk/attachment.hpp"

#include "report/read.hpp"

namespace cvdesk::desk {

Result<std::unique_ptr<reader::Reader>> make_extractor(const Settings& settings) {
  mime::Limits limits;
  limits.message = settings.limits.message;
  return reader::Reader::create(report::vantage_of(settings), limits, reader::Reader::memory_to_extract);
}

Result<std::string> attachment_content(Desk& desk, reader::Reader& extractor, const store::InboxEntry& mail, int id) {
  TRY_ASSIGN(const std::string raw, desk.store().read([&](store::View& view) { return store::raw_bytes(view, mail); }));
  TRY_ASSIGN(const auto reading, desk.store().read([&](store::View& view) { return store::reading(view, mail); }));
  if (!reading) return fail(ErrorKind::failed, "the mail has not been read yet");
  TRY_ASSIGN(const auto openings, reader::openings_from_json(reading->openings));
  return extractor.extract(raw, openings, id);
}

} // namespace cvdesk::desk
