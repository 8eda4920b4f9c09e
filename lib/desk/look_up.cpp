#include "desk/look_up.hpp"

#include "core/log.hpp"
#include "core/text.hpp"
#include "desk/answer_task.hpp"
#include "net/public_get.hpp"
#include "net/public_host.hpp"
#include "openpgp/wkd.hpp"
#include "store/audit.hpp"
#include "store/breaker.hpp"
#include "store/cases.hpp"
#include "store/look_ups.hpp"
#include "store/outbox.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <typeinfo>
#include <vector>

namespace cvdesk::desk {

namespace {

using namespace std::chrono;
using store::Id;

constexpr std::string_view actor = "cvdeskd";
constexpr milliseconds look_up_time{5000}; // both places together

std::optional<FoundCertificate> certificate_of(const store::LookUp& look_up) {
  if (look_up.blob.empty()) return {};
  return FoundCertificate{ascii_lower(look_up.address), look_up.fingerprint, look_up.blob};
}

// Mail in a stranger's name costs that stranger's domain, or whoever it names, a connection.
Result<bool> may_ask(const Settings& settings, store::View& view, const std::string& address, Instant at) {
  if (!net::is_public_name(std::string_view(address).substr(address.rfind('@') + 1))) return false;
  TRY_ASSIGN(const auto breaker, store::open_breaker(view));
  if (breaker) return false;
  TRY_ASSIGN(const auto count, store::count_look_ups(view, at - hours(1)));
  return count < settings.acknowledge.total_per_hour;
}

// An empty answer where there is none, or it is no good.
std::string ask(const OpenpgpSettings& settings, const std::string& url, milliseconds time, const StopToken& stop, bool& no_server) {
  net::PublicAnswer answer = net::get_public(url, {settings.wkd_ca_file, settings.wkd_gateway}, time, stop);
  no_server = answer.end == net::PublicAnswer::End::no_server;
  return answer.end == net::PublicAnswer::End::answered && answer.status == 200 ? std::move(answer.body) : std::string();
}

// The direct place counts only for a domain without a host for the advanced one (3.1 of the draft). Many have a
// wildcard in their DNS that makes the name resolve: there no server shows a certificate for it.
std::optional<openpgp::Certificate> ask_directory(const Settings& settings, const std::string& address, const StopToken& stop) {
  const auto urls = openpgp::wkd_urls(address);
  const auto end = steady_clock::now() + look_up_time;
  bool no_server = false;
  std::string answer = ask(settings.openpgp, urls.advanced, look_up_time, stop, no_server);
  const auto left = duration_cast<milliseconds>(end - steady_clock::now());
  if (no_server && left > milliseconds(0)) answer = ask(settings.openpgp, urls.direct, left, stop, no_server);
  auto found = openpgp::certificate_in_directory(answer, address);
  if (found && found->fingerprint == settings.openpgp.key) found.reset();
  return found;
}

// The answers that were owed to this address since the look-up was.
Result<void> hand_on(store::Change& change, const store::LookUp& look_up, Instant at) {
  const auto found = certificate_of(look_up);
  TRY_ASSIGN(const auto owed, store::outgoing_to(change, "acknowledgement", ascii_lower(look_up.address), look_up.owed));
  for (const Id id : owed) {
    TRY_ASSIGN(const auto entry, store::find_outgoing(change, id));
    if (!entry || entry->task.empty()) continue;
    if (found && entry->case_id) TRY(keep_found(change, *entry->case_id, *found, at));
    TRY_ASSIGN(AnswerTask task, unpack_answer_task(entry->task));
    if (!task.awaits_certificate) continue;
    task.awaits_certificate = false;
    if (found) task.certificate = found->blob;
    TRY(store::revise(change, *entry, pack(task), at));
  }
  return {};
}

Result<void> make(Desk& desk, store::LookUp look_up, const StopToken& stop) {
  const auto found = ask_directory(desk.settings(), look_up.address, stop);
  if (found) {
    look_up.fingerprint = found->fingerprint;
    look_up.blob = found->blob;
  }
  log_info("certificate look-up {}: {}", look_up.id, found ? "found" : "none found");
  return desk.store().write([&](store::Change& change) -> Result<void> {
    const Instant at = now();
    TRY(store::answer_look_up(change, look_up));
    return hand_on(change, look_up, at);
  });
}

} // namespace

Result<InDirectory> in_directory(const Settings& settings, store::Change& change, const std::string& address, Instant at) {
  InDirectory out;
  if (!settings.openpgp.wkd) return out;
  TRY_ASSIGN(const auto known, store::look_up_of(change, address, at));
  if (known) {
    out.certificate = certificate_of(*known);
    out.awaited = known->state == "waiting" || (known->state == "asked" && at - known->owed < look_up_patience);
    return out;
  }
  TRY_ASSIGN(const bool may, may_ask(settings, change, address, at));
  if (!may) return out;
  TRY(store::owe_look_up(change, address, at));
  out.awaited = true;
  return out;
}

const store::CertificateEntry* found_for(const std::vector<store::CertificateEntry>& known, Id case_id) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const store::CertificateEntry& certificate) {
    return certificate.source == "wkd" && certificate.state == "offered" && certificate.case_id == case_id;
  });
  return found == known.end() ? nullptr : &*found;
}

Result<void> keep_found(store::Change& change, Id case_id, const FoundCertificate& certificate, Instant at) {
  TRY_ASSIGN(const auto found, store::find_case(change, case_id));
  if (!found || found->sheet.empty()) return {}; // erased meanwhile
  TRY_ASSIGN(const auto known, store::certificates_for(change, certificate.address));
  const auto same = [&](const store::CertificateEntry& other) { return other.fingerprint == certificate.fingerprint; };
  const bool kept = std::any_of(known.begin(), known.end(), [&](const auto& other) {
    return same(other) && other.case_id == case_id && other.source == "wkd" && other.blob == certificate.blob;
  });
  if (kept) return {};
  // Another case, or the team, may know better.
  const bool conflict = std::any_of(known.begin(), known.end(), [&](const auto& other) { return other.state == "pinned" && !same(other); });
  TRY(store::keep_certificate(change, {case_id, certificate.address, certificate.fingerprint, certificate.blob,
                                       conflict ? "conflict" : "offered", "wkd"}, at));
  if (conflict) return store::append_event(change, {case_id, actor, "certificate-conflict", certificate.fingerprint}, at);
  return store::append_event(change, {case_id, actor, "certificate-found", certificate.fingerprint}, at);
}

Result<void> end_look_ups(Desk& desk) {
  TRY_ASSIGN(const bool any, desk.store().read([](store::View& view) { return store::any_look_up_ended(view, now()); }));
  if (!any) return {};
  return desk.store().write([](store::Change& change) { return store::end_look_ups(change, now()); });
}

Result<bool> make_look_up(Desk& desk, StopToken& stop, const std::function<void()>& begun) {
  // Most times there is none: no reason to write.
  TRY_ASSIGN(const bool any, desk.store().read([](store::View& view) { return store::any_look_up_waits(view); }));
  if (!any) return false;
  TRY_ASSIGN(auto next, desk.store().write([](store::Change& change) { return store::begin_look_up(change); }));
  if (!next) return false;
  begun();
  TRY(make(desk, std::move(*next), stop));
  return true;
}

Result<void> make_look_ups(Desk& desk, StopToken& stop, seconds time) {
  const auto end = steady_clock::now() + time;
  std::mutex mutex;
  Result<void> trouble;
  const auto work = [&] {
    Result<bool> made = true;
    try {
      while (made && *made && !stop.requested() && steady_clock::now() < end) {
        made = make_look_up(desk, stop, [] {});
      }
    } catch (const std::exception& error) {
      made = fail_temporarily(ErrorKind::failed, fmt::format("unexpected: {}", typeid(error).name()));
    }
    const std::lock_guard lock(mutex);
    if (!made && trouble) trouble = tl::unexpected(made.error());
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < look_ups_at_once; ++i) {
    workers.emplace_back(work);
  }
  for (auto& worker : workers) {
    worker.join();
  }
  return trouble;
}

} // namespace cvdesk::desk
