#include "desk/doctor.hpp"

#include "core/text.hpp"
#include "desk/desk.hpp"
#include "desk/fetch.hpp"
#include "desk/troubles.hpp"
#include "net/access.hpp"
#include "smtp/submit.hpp"
#include "store/integrity.hpp"
#include "store/outbox.hpp"
#include "store/troubles.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include <sys/stat.h>
#include <unistd.h>

namespace cvdesk::desk {

namespace {

using Grade = Finding::Grade;
using std::chrono::days;

constexpr days key_warning{30};
constexpr std::uintmax_t free_space_warning = std::uintmax_t{500} << 20;
constexpr std::chrono::hours outbox_warning{4};

class Doctor {
public:
  Doctor(const Settings& settings, const std::function<void(const Finding&)>& tell, StopToken& stop)
      : settings_(settings), tell_(tell), stop_(stop) {}

  bool run() {
    auto engine = make_engine(settings_); // before the store starts its writer
    configuration();
    permissions();
    openpgp(engine);
    if (open_store()) {
      outbox();
      troubles();
      for (const auto& mailbox : settings_.mailboxes) {
        mailbox_reachable(mailbox);
      }
    }
    submission();
    return good_;
  }

private:
  void say(Grade grade, std::string subject, std::string text, std::string remedy = {}) {
    if (grade == Grade::failure) good_ = false;
    tell_({grade, std::move(subject), std::move(text), std::move(remedy)});
  }
  void fail_with(std::string subject, const Error& error) { say(Grade::failure, std::move(subject), error.what, error.hint); }

  void configuration() {
    if (const auto checked = check_configuration(settings_); !checked) return fail_with("configuration", checked.error());
    say(Grade::ok, "configuration", settings_.file.string());
    if (settings_.organisation.scope.empty()) {
      say(Grade::warning, "configuration", "organisation.scope is empty: no report can be told to be about your systems",
          "list your domains there");
    }
  }

  void permissions() {
    const auto folder = settings_.store.path.parent_path();
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) {
      return say(Grade::failure, "permissions", fmt::format("cannot look at {}", folder.string()));
    }
    if ((status.st_mode & 022) != 0) {
      say(Grade::failure, "permissions", fmt::format("others may write to {}", folder.string()),
          fmt::format("chmod go-w {}", folder.string()));
    }
    if (::stat(settings_.store.path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
      say(Grade::warning, "permissions", fmt::format("others may read {}", settings_.store.path.string()),
          fmt::format("chmod 600 {}", settings_.store.path.string()));
    }
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < free_space_warning) {
      say(Grade::warning, "disk", fmt::format("only {} MiB are free for the store", space.available >> 20),
          "make room: when the disk is full, no mail is taken in (none is lost: it stays on the server)");
    }
  }

  bool open_store() {
    auto desk = Desk::open(settings_);
    if (!desk) {
      fail_with("store", desk.error());
      return false;
    }
    desk_ = std::move(*desk);
    const auto report = store::check_integrity(desk_->store());
    if (!report) {
      fail_with("store", report.error());
      return true;
    }
    if (!report->problems.empty()) {
      say(Grade::failure, "store", fmt::format("{} problems: {}", report->problems.size(), report->problems.front()),
          "cvdesk verify lists them; restore a backup");
      return true;
    }
    say(Grade::ok, "store", fmt::format("{} messages, {} cases, {} seals and {} audit entries intact", report->mails,
                                        report->cases, report->seals, report->events));
    return true;
  }

  void outbox() {
    const auto entries = desk_->store().read([](store::View& view) { return store::outbox(view); });
    if (!entries) return fail_with("outbox", entries.error());
    const auto count = [&](auto wanted) { return std::count_if(entries->begin(), entries->end(), wanted); };
    const auto failed = count([](const auto& e) { return e.state == "failed"; });
    const auto late = count([](const auto& e) { return e.state == "waiting" && now() - e.created > outbox_warning; });
    if (failed + late == 0) return say(Grade::ok, "outbox", fmt::format("{} mails, none stuck", entries->size()));
    say(Grade::warning, "outbox", fmt::format("{} could not be sent, {} wait for more than four hours", failed, late),
        "cvdesk outbox");
  }

  // What the daemon has noted, and goes on.
  void troubles() {
    const auto found = desk_->store().read([](store::View& view) { return store::troubles(view); });
    if (!found) return fail_with("daemon", found.error());
    for (const auto& trouble : *found) {
      say(Grade::warning, trouble.name == breaker_trouble ? "breaker" : "daemon",
          fmt::format("{}, since {}", describe_trouble(trouble.name, "en"), desk_->calendar().local_time(trouble.since)),
          std::string(remedy_for(trouble.name)));
    }
  }

  void openpgp(const Result<std::unique_ptr<openpgp::Engine>>& engine) {
    if (!engine) return fail_with("openpgp", engine.error());
    const auto key = (*engine)->own_key();
    if (!key) return fail_with("openpgp", key.error());
    if (key->revoked) {
      return say(Grade::failure, "openpgp", "the desk's key is revoked", "make a new one, keep the old one for old mail");
    }
    if (key->expires && *key->expires <= now()) {
      return say(Grade::failure, "openpgp", fmt::format("the desk's key expired on {}", day(*key->expires)),
                 fmt::format("gpg --homedir {} --quick-set-expire {} 2y", settings_.openpgp.home.string(), key->fingerprint));
    }
    if (!key->can_sign || !key->can_decrypt) {
      return say(Grade::failure, "openpgp", "the desk's key cannot both sign and decrypt",
                 "it needs its secret part, with a sub-key for encryption");
    }
    if (const auto signature = (*engine)->sign("cvdesk doctor\r\n"); !signature) return fail_with("openpgp", signature.error());
    const std::string until = key->expires ? fmt::format("valid until {}", day(*key->expires)) : std::string("never expires");
    if (key->expires && *key->expires - now() < key_warning) {
      return say(Grade::warning, "openpgp", fmt::format("{} {}, {}", key->algorithm, key->fingerprint, until),
                 fmt::format("gpg --homedir {} --quick-set-expire {} 2y", settings_.openpgp.home.string(), key->fingerprint));
    }
    say(Grade::ok, "openpgp", fmt::format("{} {}, {}; signs", key->algorithm, key->fingerprint, until));
  }

  void mailbox_reachable(const MailboxSettings& mailbox) {
    const std::string subject = fmt::format("mailbox {}", mailbox.name);
    const auto missing = missing_uids(*desk_, mailbox, stop_);
    if (!missing) return fail_with(subject, missing.error());
    if (missing->empty()) return say(Grade::ok, subject, "log-in works; every mail on the server is in the ledger");
    std::vector<std::string> some;
    for (std::size_t i = 0; i < std::min<std::size_t>(missing->size(), 10); ++i) {
      some.push_back(std::to_string((*missing)[i]));
    }
    say(Grade::warning, subject,
        fmt::format("log-in works; {} mails on the server are not taken in yet (UID {}{})", missing->size(), join(some, ", "),
                    missing->size() > some.size() ? ", …" : ""),
        "start cvdeskd, or run: cvdeskd --once");
  }

  void submission() {
    const auto credentials = net::credentials_for(settings_.submission.server);
    if (!credentials) return fail_with("submission", credentials.error());
    if (const auto checked = smtp::check(settings_.submission.server, *credentials, stop_); !checked) {
      return fail_with("submission", checked.error());
    }
    say(Grade::ok, "submission", "log-in works");
  }

  static std::string day(Instant instant) { return to_rfc3339(instant).substr(0, 10); }

  const Settings& settings_;
  const std::function<void(const Finding&)>& tell_;
  StopToken& stop_;
  std::unique_ptr<Desk> desk_;
  bool good_ = true;
};

} // namespace

bool examine(const Settings& settings, const std::function<void(const Finding&)>& tell, StopToken& stop) {
  return Doctor(settings, tell, stop).run();
}

} // namespace cvdesk::desk
