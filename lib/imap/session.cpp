#include "imap/session.hpp"

#include "core/text.hpp"
#include "imap/fetch.hpp"
#include "imap/folder_name.hpp"
#include "imap/uid_set.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace cvdesk::imap {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes idle_span{9}; // servers may log out an idler after 10 (some) or 30 (RFC 2177)
constexpr std::chrono::seconds done_limit{30};
constexpr std::size_t header_limit = 512u << 10;
constexpr std::size_t literal_margin = 16u << 20; // of the other parts of a response

ParserLimits limits_for(std::size_t literal_limit) {
  ParserLimits limits;
  limits.literal = std::max(literal_limit, header_limit);
  limits.response = limits.literal + literal_margin;
  return limits;
}

// "UIDVALIDITY 42"
std::optional<std::uint32_t> number_after(std::string_view code, std::string_view name) {
  if (!starts_with_ignoring_case(code, name)) return std::nullopt;
  const std::string_view digits = trim(code.substr(name.size()));
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool tells_of_change(const Response& response) {
  return response.name == "EXISTS" || response.name == "RECENT" || response.name == "EXPUNGE" ||
         response.name == "VANISHED";
}

} // namespace

struct Session::Impl {
  Impl(Dialogue with, std::string in, StopToken& stop_token) : dialogue(std::move(with)), folder(std::move(in)), stop(stop_token) {}

  Dialogue dialogue;
  std::string folder; // UTF-8
  StopToken& stop;
  std::uint32_t exists = 0;
  bool idling = false;

  Result<void> for_each_set(const std::vector<std::uint32_t>& uids, std::string_view before, std::string_view after);
  Result<void> mark_deleted_and_expunge(const std::vector<std::uint32_t>& uids);
  Result<bool> idle(steady_clock::time_point deadline);
  Result<bool> watch(steady_clock::time_point deadline);
  Result<void> end_idle(bool& changed);
};

// One command for each set that the UIDs make.
Result<void> Session::Impl::for_each_set(const std::vector<std::uint32_t>& uids, std::string_view before,
                                         std::string_view after) {
  for (const std::string& set : uid_sets(uids)) {
    TRY(dialogue.run(fmt::format("{} {}{}", before, set, after)));
  }
  return {};
}

Result<void> Session::Impl::mark_deleted_and_expunge(const std::vector<std::uint32_t>& uids) {
  TRY(for_each_set(uids, "UID STORE", " +FLAGS.SILENT (\\Deleted)"));
  // A plain EXPUNGE would also remove what others have marked: rather leave ours in place, marked.
  if (!dialogue.has("UIDPLUS")) return {};
  return for_each_set(uids, "UID EXPUNGE", "");
}

// Reads what comes while idling, until a change or the deadline. A stop is no change.
Result<bool> Session::Impl::watch(steady_clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    auto response = dialogue.receive(left);
    if (!response && response.error().kind == ErrorKind::stopped) return false;
    if (!response) return tl::unexpected(std::move(response).error());
    if (*response && tells_of_change(**response)) return true;
  }
}

Result<void> Session::Impl::end_idle(bool& changed) {
  TRY(dialogue.send_line("DONE"));
  idling = false;
  const auto deadline = steady_clock::now() + done_limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    TRY_ASSIGN(const auto response, dialogue.receive(std::max(left, std::chrono::milliseconds(0))));
    if (!response) {
      return fail_temporarily(ErrorKind::network, fmt::format("{}: no answer to the end of IDLE", dialogue.name()));
    }
    changed = changed || tells_of_change(*response);
    if (response->kind != Response::Kind::tagged) continue;
    if (response->status != "OK") return tl::unexpected(dialogue.refusal(*response));
    return {};
  }
}

// One IDLE, from its beginning to its end.
Result<bool> Session::Impl::idle(steady_clock::time_point deadline) {
  bool changed = false;
  TRY_ASSIGN(const std::string tag, dialogue.send("IDLE"));
  for (;;) {
    TRY_ASSIGN(const Response response, dialogue.receive());
    changed = changed || tells_of_change(response);
    if (response.kind == Response::Kind::continuation) break;
    if (response.kind == Response::Kind::tagged && response.tag == tag) {
      return tl::unexpected(dialogue.refusal(response));
    }
  }
  idling = true;
  if (!changed) {
    TRY_ASSIGN(changed, watch(deadline));
  }
  if (stop.requested()) return changed; // ~Session sends DONE
  TRY(end_idle(changed));
  return changed;
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Session::~Session() {
  if (impl_) impl_->dialogue.farewell(impl_->idling);
}

Result<std::unique_ptr<Session>> Session::open(const ServerAccess& server, const net::Credentials& credentials,
                                               std::size_t literal_limit, StopToken& stop) {
  TRY_ASSIGN(const net::Address address, net::parse_address(server.url));
  TRY_ASSIGN(auto connection, Connection::open(server, address, credentials, stop));
  net::Credentials own{credentials.mechanism, credentials.user, Secret(std::string(credentials.secret.reveal()))};
  auto impl = std::make_unique<Impl>(Dialogue(std::move(connection), std::move(own), limits_for(literal_limit)),
                                     address.path.empty() ? "INBOX" : address.path, stop);
  TRY(impl->dialogue.begin());
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Result<Selected> Session::select() {
  TRY_ASSIGN(const std::string folder, quoted_folder(impl_->folder));
  Selected selected;
  auto done = impl_->dialogue.run("SELECT " + folder, [&](Response& response) {
    if (response.name == "EXISTS") selected.exists = response.number;
    selected.uid_validity = number_after(response.code, "UIDVALIDITY ").value_or(selected.uid_validity);
  });
  if (!done) {
    // Many servers give no code for the commonest reason: there is no such folder.
    if (done.error().kind == ErrorKind::failed) done.error().kind = ErrorKind::not_found;
    return tl::unexpected(within("cannot open the folder", std::move(done).error()));
  }
  if (selected.uid_validity == 0) {
    return tl::unexpected(impl_->dialogue.protocol_error("the folder has no UIDVALIDITY"));
  }
  impl_->exists = selected.exists;
  return selected;
}

Result<std::vector<Listed>> Session::list(std::uint32_t first) {
  first = std::max(first, 1u);
  std::map<std::uint32_t, std::uint64_t> found;
  const auto on_data = [&](Response& response) {
    if (response.name == "EXISTS") impl_->exists = response.number;
    // "n:*" always names the last message, even one below n.
    const FetchItem& item = response.fetch;
    if (!item.uid || *item.uid < first) return;
    auto& size = found[*item.uid];
    size = std::max(size, item.size.value_or(0));
  };
  // A FETCH tells of what is new only after its own data: ask for that first.
  TRY(impl_->dialogue.run("NOOP", on_data));
  auto listed = impl_->dialogue.run(fmt::format("UID FETCH {}:* (UID RFC822.SIZE)", first), on_data);
  // Some servers refuse to fetch from an empty folder.
  if (!listed && (impl_->exists != 0 || listed.error().kind == ErrorKind::network ||
                  listed.error().kind == ErrorKind::stopped)) {
    return tl::unexpected(std::move(listed).error());
  }
  std::vector<Listed> messages;
  for (const auto& [uid, size] : found) {
    messages.push_back({uid, size});
  }
  return messages;
}

Result<void> Session::fetch(const std::vector<Listed>& messages, const std::function<Result<void>(Fetched)>& take) {
  return BatchFetch(impl_->dialogue, messages).run(take);
}

Result<Fetched> Session::fetch_header(std::uint32_t uid) {
  std::optional<Fetched> fetched;
  const std::string command =
      fmt::format("UID FETCH {} (UID INTERNALDATE BODY.PEEK[HEADER]<0.{}>)", uid, header_limit);
  TRY(impl_->dialogue.run(command, [&](Response& response) {
    FetchItem& item = response.fetch;
    if (item.uid != uid || !item.header) return;
    item.header->resize(std::min(item.header->size(), header_limit));
    fetched = Fetched{uid, std::move(item.internal_date), std::move(*item.header)};
  }));
  if (!fetched) {
    return fail(ErrorKind::not_found, fmt::format("{}: there is no message with UID {} any more", impl_->dialogue.name(), uid));
  }
  return std::move(*fetched);
}

Result<void> Session::mark_seen(const std::vector<std::uint32_t>& uids) {
  return impl_->for_each_set(uids, "UID STORE", " +FLAGS.SILENT (\\Seen)");
}

Result<void> Session::move_to(const std::vector<std::uint32_t>& uids, const std::string& folder) {
  TRY_ASSIGN(const std::string target, quoted_folder(folder));
  if (impl_->dialogue.has("MOVE")) return impl_->for_each_set(uids, "UID MOVE", " " + target);
  TRY(impl_->for_each_set(uids, "UID COPY", " " + target));
  return impl_->mark_deleted_and_expunge(uids);
}

Result<void> Session::erase(const std::vector<std::uint32_t>& uids) { return impl_->mark_deleted_and_expunge(uids); }

Result<bool> Session::wait(std::chrono::seconds most, bool use_idle) {
  const auto deadline = steady_clock::now() + most;
  if (!use_idle || !impl_->dialogue.has("IDLE")) {
    TRY_ASSIGN(const bool changed, impl_->watch(deadline));
    // Only a look can tell, unless a stop ended the wait.
    return changed || !impl_->stop.requested();
  }
  while (steady_clock::now() < deadline && !impl_->stop.requested()) {
    TRY_ASSIGN(const bool changed, impl_->idle(std::min(deadline, steady_clock::now() + idle_span)));
    if (changed) return true;
  }
  return false;
}

} // namespace cvdesk::imap
