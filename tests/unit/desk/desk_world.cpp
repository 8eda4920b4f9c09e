#include "desk_world.hpp"

#include "core/random.hpp"
#include "store/audit.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <atomic>

namespace cvdesk::testing {

namespace {

constexpr std::string_view configuration = R"([organisation]
name = "Gemeente Zonnedam"
languages = ["en", "nl"]
timezone = "Europe/Amsterdam"
scope = ["zonnedam.example"]
[store]
path = "cvdesk.db"
key_file = "store.key"
[[mailbox]]
name = "cvd"
address = "cvd@zonnedam.example"
aliases = ["security@zonnedam.example"]
url = "imaps://imap.zonnedam.example/INBOX"
user = "cvd"
password_file = "imap.pass"
[submission]
url = "smtp://smtp.zonnedam.example:587"
from = "CVD-team Zonnedam <cvd@zonnedam.example>"
[openpgp]
home = "gnupg"
key = "0123456789ABCDEF0123456789ABCDEF01234567"
)";

} // namespace

DeskWorld::DeskWorld(std::string_view more) {
  scratch_.write("store.key", random_bytes(32));
  auto settings = must(load_settings(scratch_.write("cvdesk.toml", fmt::format("{}{}", configuration, more))));
  must(store::Store::create(settings.store)).reset();
  desk_ = must(desk::Desk::open(std::move(settings)));
}

void DeskWorld::run_sql(const std::string& sql) {
  sqlite3* handle = nullptr;
  sqlite3_open_v2((scratch_ / "cvdesk.db").c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  sqlite3_busy_timeout(handle, 5000);
  const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  if (code != SQLITE_OK) throw std::runtime_error(sql);
}

std::string DeskWorld::raw_of(const reader::Inspection& inspection) {
  return fmt::format("Message-ID: <{}>\r\nSubject: {}\r\n\r\n{}\r\n", inspection.message_id, inspection.subject, inspection.text);
}

Result<desk::Recorded> DeskWorld::try_record(const reader::Inspection& inspection, const std::string& raw) {
  store::NewMail fresh;
  fresh.mailbox = "cvd";
  fresh.received = now();
  fresh.raw = raw;
  fresh.size = static_cast<std::int64_t>(raw.size());
  const auto taken = write([&](store::Change& change) { return store::take_in(change, fresh); });
  return desk::record(*desk_, taken.id, {inspection, {}}, raw);
}

desk::Recorded DeskWorld::retry(store::Id message, const reader::Inspection& inspection) {
  write([&](store::Change& change) { return store::reopen_mail(change, message); });
  return must(desk::record(*desk_, message, {inspection, {}}, raw_of(inspection)));
}

store::CaseEntry DeskWorld::case_of(std::string_view reference) {
  return read([&](store::View& view) { return store::find_case_by_reference(view, reference); }).value();
}

std::vector<store::OutboxEntry> DeskWorld::outbox() {
  return read([](store::View& view) { return store::outbox(view); });
}

std::vector<std::string> DeskWorld::actions(std::string_view reference) {
  const auto id = case_of(reference).id;
  std::vector<std::string> actions;
  for (const auto& event : read([&](store::View& view) { return store::events(view, id); })) actions.push_back(event.action);
  return actions;
}

reader::Inspection report_from(std::string_view address, std::string_view subject) {
  static std::atomic<int> number = 0;
  reader::Inspection inspection;
  inspection.from = {{"", std::string(address)}};
  inspection.outer.from = inspection.from;
  inspection.to = {{"", "cvd@zonnedam.example"}};
  inspection.subject = subject;
  inspection.message_id = fmt::format("{}@mail.example", ++number);
  inspection.outer.message_id = inspection.message_id;
  inspection.text = fmt::format("Report {}: the wiki shows everything.", number.load());
  inspection.facts.kind = report::Kind::report;
  inspection.facts.language = "nl";
  return inspection;
}

} // namespace cvdesk::testing
