#include "core/settings.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "core/toml_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include <arpa/inet.h>

namespace cvdesk {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t file_limit = 1u << 20;

// "60s", "5m", "1h".
std::optional<std::chrono::seconds> parse_interval(std::string_view text) {
  long count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || count <= 0 || count > 86400) return {};
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "m" && count <= 24 * 60) return std::chrono::minutes(count);
  if (unit == "h" && count <= 24) return std::chrono::hours(count);
  return {};
}

// "64 MiB", "512 KiB".
std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  if (error != std::errc{} || count == 0 || count > (1u << 30)) return {};
  if (unit == "KiB") return count << 10;
  if (unit == "MiB" && count <= 1024) return count << 20;
  return {};
}

bool looks_like_address(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) > ' ' && c != '<' && c != '>' && c != ',' && c != '"' && c != 0x7F;
         });
}

// The host of a URL without user, query and fragment; empty where it is not of that form.
std::string_view host_of(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos || url.find_first_of("@?#\\ ") != std::string_view::npos) return {};
  const std::string_view rest = url.substr(start + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    const bool whole = end != std::string_view::npos && (end + 1 == authority.size() || authority[end + 1] == ':');
    return whole ? authority.substr(0, end + 1) : std::string_view();
  }
  return authority.substr(0, authority.find(':'));
}

bool is_loopback_url(std::string_view url) {
  const std::string host(host_of(url));
  in_addr address{};
  if (host == "localhost" || host == "[::1]") return true;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

// "gateway.example.net:8443", "[::1]:8443".
bool is_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view digits = text.substr(colon + 1);
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc{} && end == digits.data() + digits.size() && port > 0 && port < 65536 &&
         host_of(fmt::format("https://{}/", text)) == text.substr(0, colon);
}

// Reads the tables of a configuration into Settings; paths are seen from `folder`.
class SettingsReader {
public:
  SettingsReader(TomlReader& root, const fs::path& folder) : root_(root), folder_(folder) {}

  Settings read() {
    Settings settings;
    required("organisation", [&](TomlReader& t) { read_organisation(t, settings.organisation); });
    required("store", [&](TomlReader& t) {
      settings.store = {required_path(t, "path"), required_path(t, "key_file")};
    });
    required("openpgp", [&](TomlReader& t) { read_openpgp(t, settings.openpgp); });
    read_mailboxes(settings.mailboxes);
    required("submission", [&](TomlReader& t) { read_submission(t, settings.submission); });
    optional("acknowledge", [&](TomlReader& t) { read_acknowledge(t, settings.acknowledge); });
    optional("promise", [&](TomlReader& t) {
      read_promise(t, "acknowledge", settings.promise.acknowledge);
      read_promise(t, "assess", settings.promise.assess);
      read_promise(t, "resolve", settings.promise.resolve);
    });
    optional("notify", [&](TomlReader& t) {
      settings.notify.mail = addresses(t, "mail");
      settings.notify.webhook_url_file = path(t, "webhook_url_file");
      for (const auto& address : settings.notify.mail) {
        // It would come back as a mail to the desk, and be told of again.
        if (settings.is_own_address(address)) t.reject("mail", "must not hold an address of the desk itself");
      }
      if (const auto text = t.text("at_most_every")) {
        const auto interval = parse_interval(*text);
        if (!interval) t.reject("at_most_every", "must be a time such as \"5m\", a day at most");
        settings.notify.at_most_every = interval.value_or(settings.notify.at_most_every);
      }
    });
    optional("limits", [&](TomlReader& t) {
      if (const auto size = t.text("message")) {
        const auto bytes = parse_size(*size);
        if (!bytes || *bytes > (256u << 20)) t.reject("message", "must be a size up to 256 MiB, such as \"64 MiB\"");
        settings.limits.message = bytes.value_or(settings.limits.message);
      }
    });
    root_.finish();
    return settings;
  }

private:
  template <class Read>
  void required(std::string_view key, Read read) {
    if (!optional(key, read)) root_.reject(key, "this table is required");
  }

  template <class Read>
  bool optional(std::string_view key, Read read) {
    auto inner = root_.table(key);
    if (!inner) return false;
    read(*inner);
    inner->finish();
    root_.adopt(*inner);
    return true;
  }

  fs::path resolve(TomlReader& t, std::string_view key, const std::string& text) {
    constexpr std::string_view credentials = "$CREDENTIALS_DIRECTORY";
    if (text.starts_with(credentials)) {
      const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
      // Left as it is where systemd did not set it: only the daemon needs these files.
      return directory != nullptr ? fs::path(directory + text.substr(credentials.size())) : fs::path(text);
    }
    if (text.find('\0') != std::string::npos) t.reject(key, "is no path");
    const fs::path given(text);
    return (given.is_absolute() ? given : folder_ / given).lexically_normal();
  }

  std::optional<fs::path> path(TomlReader& t, std::string_view key) {
    const auto text = t.text(key);
    if (!text) return {};
    return resolve(t, key, *text);
  }

  fs::path required_path(TomlReader& t, std::string_view key) {
    const std::string text = t.required_text(key);
    return text.empty() ? fs::path() : resolve(t, key, text);
  }

  std::string required_address(TomlReader& t, std::string_view key) {
    const std::string text = t.required_text(key);
    if (!looks_like_address(text)) t.reject(key, "must be an e-mail address");
    return ascii_lower(text);
  }

  std::vector<std::string> addresses(TomlReader& t, std::string_view key) {
    auto list = t.texts(key).value_or(std::vector<std::string>());
    for (auto& address : list) {
      if (!looks_like_address(address)) t.reject(key, "must be a list of e-mail addresses");
      address = ascii_lower(address);
    }
    return list;
  }

  std::vector<std::string> scope(TomlReader& t, std::string_view key) {
    auto list = t.texts(key).value_or(std::vector<std::string>());
    for (const auto& entry : list) {
      const bool url = starts_with_ignoring_case(entry, "https://") || starts_with_ignoring_case(entry, "http://");
      const bool domain = !url && entry.find_first_of("/:@ ") == std::string::npos && entry.find('.') != std::string::npos;
      if (!url && !domain) t.reject(key, "must list domains (\"a.example\") and URLs (\"https://a.example/b/\")");
    }
    return list;
  }

  void read_organisation(TomlReader& t, Organisation& out) {
    out.name = t.required_text("name");
    if (auto languages = t.texts("languages")) {
      static const std::set<std::string, std::less<>> known = {"nl", "en", "de", "fr"};
      const bool good = !languages->empty() && std::all_of(languages->begin(), languages->end(),
                                                           [](const auto& l) { return known.contains(l); });
      if (!good) t.reject("languages", "must list some of nl, en, de, fr");
      if (good) out.languages = *languages;
    }
    if (auto region = t.text("region")) {
      if (region->size() != 2 || ascii_upper(*region) != *region) t.reject("region", "must be a country code such as NL");
      out.region = *region;
    }
    out.timezone = t.text("timezone").value_or(out.timezone);
    for (const auto& day : t.texts("holidays").value_or(std::vector<std::string>())) {
      const auto date = from_iso_date(day);
      if (!date) t.reject("holidays", "must list dates such as \"2026-12-25\"");
      if (date) out.holidays.push_back(*date);
    }
    if (const auto calendar = Calendar::create(out.timezone, out.holidays); !calendar) {
      t.reject("timezone", calendar.error().what, calendar.error().hint);
    }
    if (!t.texts("scope")) t.reject("scope", "is missing: say which systems are yours");
    out.scope = scope(t, "scope");
    for (auto& inner : t.tables("partner")) {
      Partner partner;
      partner.name = inner.required_text("name");
      partner.scope = scope(inner, "scope");
      partner.contact = required_address(inner, "contact");
      partner.key_file = path(inner, "key_file");
      inner.finish();
      t.adopt(inner);
      out.partners.push_back(std::move(partner));
    }
  }

  void read_openpgp(TomlReader& t, OpenpgpSettings& out) {
    out.home = required_path(t, "home");
    out.key = ascii_upper(t.required_text("key"));
    const bool hex = out.key.find_first_not_of("0123456789ABCDEF") == std::string::npos;
    if (!hex || (out.key.size() != 40 && out.key.size() != 64)) {
      t.reject("key", "must be a fingerprint: 40 or 64 hexadecimal digits, no spaces");
    }
    out.passphrase_file = path(t, "passphrase_file");
    out.wkd = t.boolean("wkd").value_or(false);
    out.wkd_ca_file = path(t, "wkd_ca_file");
    out.wkd_gateway = t.text("wkd_gateway").value_or(std::string());
    if (!out.wkd_gateway.empty() && !is_host_and_port(out.wkd_gateway)) {
      t.reject("wkd_gateway", "must be a host and a port, such as \"gateway.example.net:8443\"");
    }
  }

  void read_oauth2(TomlReader& t, OAuth2Settings& out) {
    out.token_url = t.required_text("token_url");
    if (host_of(out.token_url).empty()) t.reject("token_url", "must be a URL with a host, without user name");
    if (!out.token_url.starts_with("https://") && !(out.token_url.starts_with("http://") && is_loopback_url(out.token_url))) {
      t.reject("token_url", "must begin with https://");
    }
    out.client_id = t.required_text("client_id");
    out.client_secret_file = path(t, "client_secret_file");
    out.refresh_token_file = path(t, "refresh_token_file");
    if (!out.client_secret_file && !out.refresh_token_file) {
      t.reject("client_secret_file", "is missing: OAuth 2 needs it, or a refresh_token_file");
    }
    out.scope = t.text("scope").value_or(std::string());
  }

  // The keys that a mailbox and the submission share.
  void read_server(TomlReader& t, ServerAccess& out, std::string_view plain, std::string_view implicit, bool login) {
    out.url = t.required_text("url");
    if (!out.url.starts_with(plain) && !out.url.starts_with(implicit)) {
      t.reject("url", fmt::format("must begin with {} or {}", implicit, plain));
    }
    if (out.url.find('@') != std::string::npos) t.reject("url", "must not hold a user name: use the key user");
    if (host_of(out.url).empty()) t.reject("url", "must name a host, as in imaps://imap.example.org/INBOX");
    out.user = t.text("user").value_or(std::string());
    out.password_file = path(t, "password_file");
    const std::string auth = t.text("auth").value_or("password");
    if (auth == "oauth2") {
      out.oauth2.emplace();
      read_oauth2(t, *out.oauth2);
    } else if (auth != "password") {
      t.reject("auth", "must be \"password\" or \"oauth2\"");
    }
    if (out.user.empty() && (login || out.password_file || out.oauth2)) t.reject("user", "is missing");
    if (!out.user.empty() && !out.password_file && !out.oauth2) t.reject("password_file", "is missing");
    if (out.password_file && out.oauth2) t.reject("password_file", "has no use with auth = \"oauth2\"");
    out.ca_file = path(t, "ca_file");
    const std::string tls = t.text("tls").value_or("required");
    if (tls != "required" && tls != "none") t.reject("tls", "must be \"required\" or \"none\"");
    if (tls == "none" && (!is_loopback_url(out.url) || out.url.starts_with(implicit))) {
      t.reject("tls", "\"none\" is for loopback addresses only", "leave the key out: the connection is then encrypted");
    }
    out.tls = tls == "none" ? Tls::none : Tls::required;
  }

  void read_after_intake(TomlReader& t, AfterIntake& out) {
    const std::string text = t.text("after_intake").value_or("keep");
    if (text == "keep") return;
    if (text == "seen") {
      out.action = AfterIntake::Action::seen;
    } else if (text == "delete") {
      out.action = AfterIntake::Action::erase;
    } else if (text.starts_with("move:") && text.size() > 5) {
      out = {AfterIntake::Action::move, text.substr(5)};
    } else {
      t.reject("after_intake", "must be keep, seen, delete or move:FOLDER");
    }
  }

  void read_mailboxes(std::vector<MailboxSettings>& out) {
    std::set<std::string> names;
    for (auto& t : root_.tables("mailbox")) {
      MailboxSettings mailbox;
      mailbox.name = t.required_text("name");
      if (!names.insert(mailbox.name).second) t.reject("name", "there are two mailboxes of this name");
      mailbox.address = required_address(t, "address");
      mailbox.aliases = addresses(t, "aliases");
      read_server(t, mailbox.server, "imap://", "imaps://", true);
      mailbox.idle = t.boolean("idle").value_or(true);
      if (const auto text = t.text("poll_interval")) {
        const auto interval = parse_interval(*text);
        if (!interval) t.reject("poll_interval", "must be a time such as \"60s\" or \"5m\", a day at most");
        mailbox.poll_interval = interval.value_or(mailbox.poll_interval);
      }
      read_after_intake(t, mailbox.after_intake);
      mailbox.list_ids = t.texts("list_ids").value_or(std::vector<std::string>());
      t.finish();
      root_.adopt(t);
      out.push_back(std::move(mailbox));
    }
    if (out.empty()) root_.reject("mailbox", "at least one [[mailbox]] is required");
  }

  void read_submission(TomlReader& t, SubmissionSettings& out) {
    read_server(t, out.server, "smtp://", "smtps://", false);
    const std::string from = t.required_text("from");
    const auto open = from.rfind('<');
    if (open != std::string::npos && from.back() == '>') {
      out.from.display_name = std::string(trim(std::string_view(from).substr(0, open)));
      out.from.address = ascii_lower(from.substr(open + 1, from.size() - open - 2));
    } else {
      out.from.address = ascii_lower(from);
    }
    if (!looks_like_address(out.from.address)) t.reject("from", "must be an address, or NAME <address>");
  }

  void read_acknowledge(TomlReader& t, AcknowledgeSettings& out) {
    out.enabled = t.boolean("enabled").value_or(out.enabled);
    out.templates = path(t, "templates");
    out.per_sender_per_day = static_cast<int>(t.integer("per_sender_per_day", 1, 1000).value_or(out.per_sender_per_day));
    out.total_per_hour = static_cast<int>(t.integer("total_per_hour", 1, 100000).value_or(out.total_per_hour));
    if (const auto limit = t.integer("per_domain_per_day", 1, 1000000)) out.per_domain_per_day = static_cast<int>(*limit);
    if (const auto limit = t.integer("breaker_per_10_minutes", 1, 1000000)) out.breaker_per_10_minutes = static_cast<int>(*limit);
    out.dmarc_authserv_id = ascii_lower(t.text("dmarc_authserv_id").value_or(std::string()));
  }

  void read_promise(TomlReader& t, std::string_view key, Promise& out) {
    const auto text = t.text(key);
    if (!text) return;
    const auto promise = parse_promise(*text);
    if (!promise) t.reject(key, "must be a time such as \"3 working days\" or \"60 days\"");
    out = promise.value_or(out);
  }

  TomlReader& root_;
  fs::path folder_;
};

} // namespace

bool Settings::is_own_address(std::string_view addr_spec) const {
  const auto same = [&](const std::string& own) { return equal_ignoring_case(own, addr_spec); };
  return same(submission.from.address) ||
         std::any_of(mailboxes.begin(), mailboxes.end(), [&](const MailboxSettings& mailbox) {
           return same(mailbox.address) || std::any_of(mailbox.aliases.begin(), mailbox.aliases.end(), same);
         });
}

const MailboxSettings* Settings::find_mailbox(std::string_view name) const {
  const auto found = std::find_if(mailboxes.begin(), mailboxes.end(), [&](const auto& m) { return m.name == name; });
  return found == mailboxes.end() ? nullptr : &*found;
}

Result<Settings> load_settings(const fs::path& file) {
  auto content = read_file(file, file_limit);
  if (!content) {
    Error error = std::move(content).error();
    error.kind = ErrorKind::configuration;
    if (error.hint.empty()) error.hint = "name another file by --config, or make a desk with: cvdesk init DIR";
    return tl::unexpected(std::move(error));
  }
  toml::table root;
  try {
    root = toml::parse(*content, file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::configuration,
                fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()),
                "see cvdesk.toml(5)");
  }
  TomlReader reader(root, "", file.string());
  std::error_code ignored;
  Settings settings = SettingsReader(reader, fs::absolute(file, ignored).parent_path()).read();
  if (reader.error()) return tl::unexpected(*reader.error());
  settings.file = fs::absolute(file, ignored);
  return settings;
}

} // namespace cvdesk
