// The configuration of a desk, read from TOML and validated once. Keys and defaults: docs/man/cvdesk.toml.5.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cvdesk {

// Whom a report about someone else's system is passed on to.
struct Partner {
  std::string name;
  std::vector<std::string> scope;
  std::string contact; // addr-spec
  std::optional<std::filesystem::path> key_file;
};

struct Organisation {
  std::string name;
  std::vector<std::string> languages = {"en"}; // never empty; the first is the default
  std::string region = "NL";                   // ISO 3166-1 alpha-2
  std::string timezone = "UTC";                // IANA
  std::vector<Date> holidays;
  std::vector<std::string> scope; // a domain with all below it, or a URL with all under it
  std::vector<Partner> partners;
};

struct StoreSettings {
  std::filesystem::path path;
  std::filesystem::path key_file;
};

struct OpenpgpSettings {
  std::filesystem::path home;
  std::string key; // fingerprint: 40 or 64 upper-case hexadecimal digits
  std::optional<std::filesystem::path> passphrase_file;
  bool wkd = false; // reporters' certificates are looked up in their domain's Web Key Directory
  std::optional<std::filesystem::path> wkd_ca_file; // instead of the system's certificates
  std::string wkd_gateway; // "HOST:PORT" that every look-up connects to; empty: each to its own host
};

struct OAuth2Settings {
  std::string token_url;
  std::string client_id;
  std::optional<std::filesystem::path> client_secret_file;
  std::optional<std::filesystem::path> refresh_token_file;
  std::string scope;
};

enum class Tls { required, none };

// How to reach and log in to an IMAP or SMTP server. Exactly one of password_file and oauth2 is set where
// there is a user; an SMTP server may need no log-in (then user is empty).
struct ServerAccess {
  std::string url; // imaps:// imap:// smtps:// smtp://
  std::string user;
  std::optional<std::filesystem::path> password_file;
  std::optional<OAuth2Settings> oauth2;
  std::optional<std::filesystem::path> ca_file;
  Tls tls = Tls::required;
};

struct AfterIntake {
  enum class Action { keep, seen, move, erase };
  Action action = Action::keep;
  std::string folder; // for move
};

struct MailboxSettings {
  std::string name;
  std::string address; // addr-spec
  std::vector<std::string> aliases;
  ServerAccess server;
  bool idle = true;
  std::chrono::seconds poll_interval{60};
  AfterIntake after_intake;
  std::vector<std::string> list_ids;
};

// "Name <addr-spec>" or a bare addr-spec.
struct SenderSettings {
  std::string display_name;
  std::string address;
};

struct SubmissionSettings {
  ServerAccess server;
  SenderSettings from;
};

struct AcknowledgeSettings {
  bool enabled = true;
  std::optional<std::filesystem::path> templates;
  int per_sender_per_day = 3;
  std::optional<int> per_domain_per_day; // unset: as total_per_hour
  int total_per_hour = 120;
  std::optional<int> breaker_per_10_minutes; // unset: twice total_per_hour, at least 60
  std::string dmarc_authserv_id; // lower case; empty: whoever sends is answered, DMARC or not

  int breaker_limit() const { return breaker_per_10_minutes.value_or(std::max(60, 2 * total_per_hour)); }
};

struct PromiseSettings {
  Promise acknowledge{1, true};
  Promise assess{3, true};
  Promise resolve{60, false};
};

struct NotifySettings {
  std::vector<std::string> mail;
  std::optional<std::filesystem::path> webhook_url_file;
  std::chrono::seconds at_most_every{300};
};

struct LimitSettings {
  std::size_t message = 64u << 20; // bytes
};

struct Settings {
  std::filesystem::path file; // where they were read from
  Organisation organisation;
  StoreSettings store;
  OpenpgpSettings openpgp;
  std::vector<MailboxSettings> mailboxes; // at least one, names distinct
  SubmissionSettings submission;
  AcknowledgeSettings acknowledge;
  PromiseSettings promise;
  NotifySettings notify;
  LimitSettings limits;

  // Whether this addr-spec is one of ours: a mailbox, an alias, or the sender of what we send.
  bool is_own_address(std::string_view addr_spec) const;
  const MailboxSettings* find_mailbox(std::string_view name) const;
};

// Reads and validates. Every error is of kind configuration and names file, line and key. Relative paths
// become absolute, seen from the folder of `file`; a leading $CREDENTIALS_DIRECTORY is replaced.
// Checks nothing outside the file itself (no secret is opened).
Result<Settings> load_settings(const std::filesystem::path& file);

} // namespace cvdesk
