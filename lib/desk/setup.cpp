#include "desk/setup.hpp"

#include "core/file.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "openpgp/engine.hpp"
#include "store/store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>

#include <sys/stat.h>

namespace cvdesk::desk {

namespace {

namespace fs = std::filesystem;

// As a basic string of TOML.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string configuration_text(const SetupRequest& request, const std::string& fingerprint) {
  const std::string domain = request.address.substr(request.address.rfind('@') + 1);
  return fmt::format(R"(# The configuration of this desk. Every key is explained in cvdesk.toml(5).
# Paths are relative to this file. Check it with: cvdesk --config FILE doctor

[organisation]
name      = {name}
languages = ["nl", "en"]        # answers are written in these; the first is the default
region    = "NL"                # for telephone numbers without a country code
timezone  = "Europe/Amsterdam"
holidays  = []                  # ["2026-12-25"]
scope     = [{domain}]          # your systems: domains with all below them, URLs with all under them

# Whom a report about someone else's system is passed on to.
# [[organisation.partner]]
# name     = "Waterschap Rietvliet"
# scope    = ["rietvliet.example"]
# contact  = "cvd@rietvliet.example"
# key_file = "partners/rietvliet.asc"

[store]
path     = "cvdesk.db"
key_file = "store.key"          # without it the store cannot be read: keep a copy elsewhere

[openpgp]
home = "gnupg"
key  = "{fingerprint}"

[[mailbox]]
name     = "cvd"
address  = {address}
aliases  = []
url      = {imap}
user     = {user}
password_file = "imap.pass"     # one line, mode 0600

[submission]
url  = {smtp}
user = {user}
password_file = "smtp.pass"     # one line, mode 0600
from = {from}

[promise]                       # what your policy promises
acknowledge = "1 working day"
assess      = "3 working days"
resolve     = "60 days"
)",
                     fmt::arg("name", toml_text(request.organisation)), fmt::arg("domain", toml_text(domain)),
                     fmt::arg("fingerprint", fingerprint), fmt::arg("address", toml_text(request.address)),
                     fmt::arg("imap", toml_text(fmt::format("imaps://imap.{}/INBOX", domain))),
                     fmt::arg("smtp", toml_text(fmt::format("smtp://smtp.{}:587", domain))),
                     fmt::arg("user", toml_text(request.address.substr(0, request.address.rfind('@')))),
                     fmt::arg("from", toml_text(fmt::format("{} <{}>", request.organisation, request.address))));
}

Result<void> check(const SetupRequest& request) {
  const auto at = request.address.rfind('@');
  const bool address_good = at != std::string::npos && at > 0 && at + 1 < request.address.size() &&
                            request.address.size() <= 254 &&
                            request.address.find_first_of(" <>\",\\\n\r\t") == std::string::npos;
  if (!address_good) return fail(ErrorKind::usage, "the address must be an e-mail address, such as cvd@example.org");
  const bool name_good = !trim(request.organisation).empty() && request.organisation.size() <= 200 &&
                         is_valid_utf8(request.organisation) &&
                         std::none_of(request.organisation.begin(), request.organisation.end(), [](char c) {
                           return (c >= 0 && c < ' ') || c == 0x7F || c == '<' || c == '>' || c == '(' || c == ')';
                         });
  if (!name_good) return fail(ErrorKind::usage, "the organisation must be one line of text, without angle brackets");
  for (const auto* name : {"cvdesk.toml", "cvdesk.db", "store.key", "gnupg"}) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(request.folder / name, ignored))) {
      return fail(ErrorKind::refused, fmt::format("{} exists already", (request.folder / name).string()),
                  "init never touches what exists: name another folder");
    }
  }
  return {};
}

} // namespace

Result<SetupResult> set_up(const SetupRequest& request) {
  TRY(check(request));
  std::error_code error;
  const bool fresh = fs::create_directories(request.folder, error);
  if (error) {
    return fail(ErrorKind::io, fmt::format("cannot create {}: {}", request.folder.string(), error.message()));
  }
  if (fresh) ::chmod(request.folder.c_str(), 0700);
  const fs::path folder = fs::absolute(request.folder, error);
  TRY_ASSIGN(const std::string fingerprint,
             openpgp::create_home(folder / "gnupg", fmt::format("{} <{}>", request.organisation, request.address)));
  TRY(create_secret(folder / "store.key", random_bytes(32)));
  TRY_ASSIGN([[maybe_unused]] const auto store, store::Store::create({folder / "cvdesk.db", folder / "store.key"}));
  const SetupResult result{folder / "cvdesk.toml", fingerprint};
  TRY(create_file(result.configuration, configuration_text(request, fingerprint), 0600));
  return result;
}

} // namespace cvdesk::desk
