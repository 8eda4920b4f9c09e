#include "core/settings.hpp"

#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <cstdlib>

using namespace cvdesk;
using testing::Scratch;

namespace {

constexpr std::string_view desk = R"([organisation]
name = "Gemeente Zonnedam"
scope = ["zonnedam.example"]

[store]
path = "cvdesk.db"
key_file = "store.key"

[openpgp]
home = "gnupg"
key = "0123456789abcdef0123456789abcdef01234567"

[[mailbox]]
name = "cvd"
address = "CVD@zonnedam.example"
url = "imaps://imap.zonnedam.example/INBOX"
user = "cvd"
password_file = "imap.pass"

[submission]
url = "smtp://smtp.zonnedam.example:587"
from = "CVD-team Zonnedam <cvd@zonnedam.example>"
)";

// The desk above with `old` replaced by `fresh`.
std::string with(std::string_view old, std::string_view fresh) {
  std::string text(desk);
  const auto at = text.find(old);
  if (at == std::string::npos) throw std::logic_error("the sample does not hold: " + std::string(old));
  return text.replace(at, old.size(), fresh);
}

std::string with_more(std::string_view more) { return std::string(desk) + std::string(more); }

Settings good(const std::string& text) {
  const Scratch scratch;
  auto settings = load_settings(scratch.write("cvdesk.toml", text));
  if (!settings) FAIL(settings.error().what);
  return *settings;
}

// The error with the file's name taken off: "LINE: KEY: why".
std::string error_of(const std::string& text) {
  const Scratch scratch;
  const auto file = scratch.write("cvdesk.toml", text);
  const auto settings = load_settings(file);
  if (settings) return "accepted";
  CHECK(settings.error().kind == ErrorKind::configuration);
  CHECK_FALSE(settings.error().temporary);
  CHECK(settings.error().what.find('\n') == std::string::npos);
  const std::string prefix = file.string() + ":";
  if (!settings.error().what.starts_with(prefix)) return "without file: " + settings.error().what;
  return settings.error().what.substr(prefix.size());
}

bool names(const std::string& error, int line, std::string_view key) {
  return error.starts_with(fmt::format("{}: {}: ", line, key));
}

} // namespace

TEST_CASE("a short configuration has the defaults of the contract") {
  const Settings settings = good(std::string(desk));
  CHECK(settings.organisation.languages == std::vector<std::string>{"en"});
  CHECK(settings.organisation.timezone == "UTC");
  CHECK(settings.openpgp.key == "0123456789ABCDEF0123456789ABCDEF01234567");
  REQUIRE(settings.mailboxes.size() == 1);
  const auto& mailbox = settings.mailboxes.front();
  CHECK(mailbox.address == "cvd@zonnedam.example");
  CHECK(mailbox.idle);
  CHECK(mailbox.poll_interval == std::chrono::seconds(60));
  CHECK(mailbox.after_intake.action == AfterIntake::Action::keep);
  CHECK(mailbox.server.tls == Tls::required);
  CHECK(settings.submission.from.display_name == "CVD-team Zonnedam");
  CHECK(settings.submission.from.address == "cvd@zonnedam.example");
  CHECK(settings.submission.server.user.empty());
  CHECK(settings.acknowledge.enabled);
  CHECK(settings.acknowledge.per_sender_per_day == 3);
  CHECK(settings.acknowledge.total_per_hour == 120);
  CHECK(settings.promise.acknowledge == Promise{1, true});
  CHECK(settings.promise.assess == Promise{3, true});
  CHECK(settings.promise.resolve == Promise{60, false});
  CHECK(settings.limits.message == 64u << 20);
}

TEST_CASE("every key of the contract is understood") {
  const std::string text = R"([organisation]
name      = "Gemeente Zonnedam"
languages = ["nl", "en"]
region    = "NL"
timezone  = "Europe/Amsterdam"
holidays  = ["2026-12-25"]
scope     = ["zonnedam.example", "https://git.zonnedam.example/apps/"]
[[organisation.partner]]
name    = "Waterschap Rietvliet"
scope   = ["rietvliet.example"]
contact = "CVD@rietvliet.example"
key_file = "partners/rietvliet.asc"
[store]
path     = "cvdesk.db"
key_file = "/etc/cvdesk/store.key"
[openpgp]
home = "gnupg"
key  = "0123456789ABCDEF0123456789ABCDEF01234567"
passphrase_file = "openpgp.pass"
[[mailbox]]
name     = "cvd"
address  = "cvd@zonnedam.example"
aliases  = ["security@zonnedam.example"]
url      = "imaps://imap.zonnedam.example/INBOX"
user     = "cvd"
password_file = "imap.pass"
ca_file  = "ca.pem"
tls      = "required"
idle     = false
poll_interval = "5m"
after_intake  = "move:Done/2026"
list_ids = ["cvd.lists.zonnedam.example"]
[[mailbox]]
name = "partners"
address = "partners@zonnedam.example"
url = "imap://outlook.example"
user = "p"
auth = "oauth2"
token_url = "https://login.example/token"
client_id = "id"
client_secret_file = "client.secret"
refresh_token_file = "refresh.token"
scope = "https://outlook.office365.com/.default"
[submission]
url  = "smtps://smtp.zonnedam.example"
user = "cvd"
password_file = "smtp.pass"
from = "cvd@zonnedam.example"
[acknowledge]
enabled = false
templates = "templates"
per_sender_per_day = 5
total_per_hour = 60
[promise]
acknowledge = "2 days"
assess      = "1 week"
resolve     = "90 days"
[notify]
mail = ["team@zonnedam.example"]
webhook_url_file = "webhook.url"
[limits]
message = "512 KiB"
)";
  const Scratch scratch;
  const auto loaded = load_settings(scratch.write("desk/cvdesk.toml", text));
  if (!loaded) FAIL(loaded.error().what);
  CHECK(loaded->file == scratch / "desk/cvdesk.toml");
  CHECK(loaded->store.path == scratch / "desk/cvdesk.db");
  CHECK(loaded->store.key_file == "/etc/cvdesk/store.key");
  CHECK(loaded->organisation.partners.at(0).contact == "cvd@rietvliet.example");
  CHECK(loaded->organisation.partners.at(0).key_file == scratch / "desk/partners/rietvliet.asc");
  CHECK(loaded->mailboxes.at(0).after_intake.folder == "Done/2026");
  CHECK(loaded->mailboxes.at(0).poll_interval == std::chrono::minutes(5));
  CHECK(loaded->mailboxes.at(1).server.oauth2->refresh_token_file == scratch / "desk/refresh.token");
  CHECK(loaded->acknowledge.templates == scratch / "desk/templates");
  CHECK(loaded->promise.assess == Promise{7, false});
  CHECK(loaded->limits.message == 512u << 10);
  CHECK(loaded->find_mailbox("partners") == &loaded->mailboxes.at(1));
  CHECK(loaded->find_mailbox("other") == nullptr);
}

TEST_CASE("our own addresses are known in any case of letters") {
  const Settings settings = good(with("user = \"cvd\"", "user = \"cvd\"\naliases = [\"Security@zonnedam.example\"]"));
  CHECK(settings.is_own_address("CVD@Zonnedam.Example"));
  CHECK(settings.is_own_address("security@zonnedam.example"));
  CHECK_FALSE(settings.is_own_address("cvd@zonnedam.example.evil.example"));
}

TEST_CASE("a relative path is seen from the folder of the configuration, tidied") {
  const Scratch scratch;
  const auto loaded = load_settings(scratch.write("etc/cvdesk.toml", with("\"store.key\"", "\"../keys/./store.key\"")));
  REQUIRE(loaded);
  CHECK(loaded->store.key_file == scratch / "keys/store.key");
}

TEST_CASE("$CREDENTIALS_DIRECTORY stands for where systemd puts secrets") {
  const std::string text = with("\"imap.pass\"", "\"$CREDENTIALS_DIRECTORY/imap.pass\"");
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/cvdeskd.service", 1);
  const auto inside = good(text);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  const auto outside = good(text);
  CHECK(inside.mailboxes.at(0).server.password_file == "/run/credentials/cvdeskd.service/imap.pass");
  CHECK(outside.mailboxes.at(0).server.password_file == "$CREDENTIALS_DIRECTORY/imap.pass");
}

TEST_CASE("an unknown key is found at every level") {
  CHECK(names(error_of("colour = \"red\"\n" + std::string(desk)), 1, "colour"));
  CHECK(names(error_of(with("name = \"Gemeente Zonnedam\"", "name = \"Gemeente Zonnedam\"\ncolour = 1")), 3, "organisation.colour"));
  CHECK(names(error_of(with("key_file = \"store.key\"", "key_file = \"store.key\"\nkey = \"x\"")), 8, "store.key"));
  CHECK(names(error_of(with("home = \"gnupg\"", "home = \"gnupg\"\npassphrase = \"hunter2\"")), 11, "openpgp.passphrase"));
  CHECK(names(error_of(with("user = \"cvd\"", "user = \"cvd\"\npassword = \"hunter2\"")), 18, "mailbox.password"));
  CHECK(names(error_of(with_more("password = \"hunter2\"\n")), 23, "submission.password"));
  CHECK(names(error_of(with_more("[acknowledge]\nenable = true\n")), 24, "acknowledge.enable"));
  CHECK(names(error_of(with_more("[promise]\nanswer = \"1 day\"\n")), 24, "promise.answer"));
  CHECK(names(error_of(with_more("[notify]\nsms = []\n")), 24, "notify.sms"));
  CHECK(names(error_of(with_more("[limits]\nheader = \"1 MiB\"\n")), 24, "limits.header"));
  CHECK(names(error_of(with_more("[extra]\n")), 23, "extra"));
  CHECK(names(error_of(with_more("[[organisation.partner]]\nname = \"P\"\ncontact = \"p@x.example\"\nphone = \"1\"\n")), 26,
              "organisation.partner.phone"));
}

TEST_CASE("no error repeats a secret that was written in the wrong place") {
  CHECK(error_of(with("user = \"cvd\"", "user = \"cvd\"\npassword = \"hunter2\"")).find("hunter2") == std::string::npos);
  CHECK(error_of(with("\"imaps://imap.zonnedam.example/INBOX\"", "\"imaps://cvd:hunter2@imap.zonnedam.example\"")).find("hunter2") ==
        std::string::npos);
}

TEST_CASE("a required table or key that is missing is named") {
  CHECK(error_of("").find("organisation: this table is required") != std::string::npos);
  for (const std::string_view key : {"name = \"Gemeente Zonnedam\"", "scope = [\"zonnedam.example\"]"}) {
    CHECK(names(error_of(with(key, "")), 1, "organisation." + std::string(key.substr(0, key.find(' ')))));
  }
  CHECK(names(error_of(with("path = \"cvdesk.db\"", "")), 5, "store.path"));
  CHECK(names(error_of(with("home = \"gnupg\"", "")), 9, "openpgp.home"));
  CHECK(names(error_of(with("address = \"CVD@zonnedam.example\"", "")), 13, "mailbox.address"));
  CHECK(names(error_of(with("user = \"cvd\"", "")), 13, "mailbox.user"));
  CHECK(names(error_of(with("password_file = \"imap.pass\"", "")), 13, "mailbox.password_file"));
  CHECK(names(error_of(with("from = \"CVD-team Zonnedam <cvd@zonnedam.example>\"", "")), 20, "submission.from"));
  CHECK(error_of(std::string(desk.substr(0, desk.find("[submission]")))).find("submission: this table is required") != std::string::npos);
}

TEST_CASE("certificates are looked up on the network only where that is asked for") {
  CHECK_FALSE(good(std::string(desk)).openpgp.wkd);
  const Settings settings =
      good(with("[openpgp]\n", "[openpgp]\nwkd = true\nwkd_gateway = \"[::1]:8443\"\nwkd_ca_file = \"wkd.pem\"\n"));
  CHECK(settings.openpgp.wkd);
  CHECK(settings.openpgp.wkd_gateway == "[::1]:8443");
  CHECK(settings.openpgp.wkd_ca_file->filename() == "wkd.pem");
  for (const std::string_view gateway : {"gateway.example.net", ":443", "a:0", "a:65536", "a:443/x", "u@a:443", "a b:443", "[::1:443"}) {
    INFO(gateway);
    CHECK(names(error_of(with("[openpgp]\n", fmt::format("[openpgp]\nwkd_gateway = \"{}\"\n", gateway))), 10, "openpgp.wkd_gateway"));
  }
  CHECK(names(error_of(with("[openpgp]\n", "[openpgp]\nwkd = \"yes\"\n")), 10, "openpgp.wkd"));
}

TEST_CASE("a desk without a mailbox, or with two of one name, is refused") {
  std::string without(desk);
  const auto from = without.find("[[mailbox]]");
  without.erase(from, without.find("[submission]") - from);
  CHECK(error_of(without).find("mailbox: at least one") != std::string::npos);
  CHECK(names(error_of(with("[[mailbox]]", "[mailbox]")), 13, "mailbox"));
  const std::string second = "[[mailbox]]\nname = \"cvd\"\naddress = \"b@x.example\"\nurl = \"imaps://h\"\nuser = \"b\"\npassword_file = \"p\"\n";
  CHECK(names(error_of(with_more(second)), 24, "mailbox.name"));
}

TEST_CASE("a value of the wrong type or form is named by its line") {
  struct Wrong {
    std::string_view old, fresh;
    int line;
    std::string_view key;
  };
  const Wrong table[] = {
      {"name = \"Gemeente Zonnedam\"", "name = 5", 2, "organisation.name"},
      {"name = \"Gemeente Zonnedam\"", "name = \"\"", 2, "organisation.name"},
      {"name = \"Gemeente Zonnedam\"", "name = \"a\\nb\"", 2, "organisation.name"},
      {"name = \"Gemeente Zonnedam\"", "name = \"a\\rBcc: x@evil.example\"", 2, "organisation.name"},
      {"name = \"Gemeente Zonnedam\"", "name = \"a\\u0000b\"", 2, "organisation.name"},
      {"scope = [\"zonnedam.example\"]", "scope = \"zonnedam.example\"", 3, "organisation.scope"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"zonnedam.example\", 5]", 3, "organisation.scope"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"zonnedam\"]", 3, "organisation.scope"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"ftp://zonnedam.example\"]", 3, "organisation.scope"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"a.example\"]\nlanguages = [\"xx\"]", 4, "organisation.languages"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"a.example\"]\nlanguages = []", 4, "organisation.languages"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"a.example\"]\nregion = \"nl\"", 4, "organisation.region"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"a.example\"]\ntimezone = \"Europe/Zonnedam\"", 4, "organisation.timezone"},
      {"scope = [\"zonnedam.example\"]", "scope = [\"a.example\"]\nholidays = [\"2026-02-30\"]", 4, "organisation.holidays"},
      {"key = \"0123456789abcdef", "key = \"x123456789abcdef", 11, "openpgp.key"},
      {"key = \"0123456789abcdef", "key = \"", 11, "openpgp.key"},
      {"address = \"CVD@zonnedam.example\"", "address = \"cvd\"", 15, "mailbox.address"},
      {"address = \"CVD@zonnedam.example\"", "address = \"cvd@a b\"", 15, "mailbox.address"},
      {"url = \"imaps://imap", "url = \"https://imap", 16, "mailbox.url"},
      {"url = \"imaps://imap.zonnedam.example/INBOX\"", "url = \"imaps://\"", 16, "mailbox.url"},
      {"url = \"imaps://imap.zonnedam.example/INBOX\"", "url = \"imaps:///INBOX\"", 16, "mailbox.url"},
      {"url = \"imaps://imap", "url = \"imaps://cvd:x@imap", 16, "mailbox.url"},
      {"user = \"cvd\"", "user = \"cvd\"\nidle = \"yes\"", 18, "mailbox.idle"},
      {"user = \"cvd\"", "user = \"cvd\"\npoll_interval = 60", 18, "mailbox.poll_interval"},
      {"user = \"cvd\"", "user = \"cvd\"\npoll_interval = \"0s\"", 18, "mailbox.poll_interval"},
      {"user = \"cvd\"", "user = \"cvd\"\npoll_interval = \"60\"", 18, "mailbox.poll_interval"},
      {"user = \"cvd\"", "user = \"cvd\"\npoll_interval = \"25h\"", 18, "mailbox.poll_interval"},
      {"user = \"cvd\"", "user = \"cvd\"\npoll_interval = \"1441m\"", 18, "mailbox.poll_interval"},
      {"user = \"cvd\"", "user = \"cvd\"\nafter_intake = \"move:\"", 18, "mailbox.after_intake"},
      {"user = \"cvd\"", "user = \"cvd\"\nafter_intake = \"burn\"", 18, "mailbox.after_intake"},
      {"user = \"cvd\"", "user = \"cvd\"\naliases = [\"not an address\"]", 18, "mailbox.aliases"},
      {"user = \"cvd\"", "user = \"cvd\"\nauth = \"kerberos\"", 18, "mailbox.auth"},
      {"user = \"cvd\"", "user = \"cvd\"\nclient_id = \"x\"", 18, "mailbox.client_id"},
      {"from = \"CVD-team Zonnedam <cvd@zonnedam.example>\"", "from = \"CVD-team\"", 22, "submission.from"},
      {"from = \"CVD-team Zonnedam <cvd@zonnedam.example>\"", "from = \"<>\"", 22, "submission.from"},
      {"url = \"smtp://smtp", "url = \"imap://smtp", 21, "submission.url"},
  };
  for (const auto& wrong : table) {
    const std::string error = error_of(with(wrong.old, wrong.fresh));
    CAPTURE(wrong.fresh, error);
    CHECK(names(error, wrong.line, wrong.key));
  }
}

TEST_CASE("numbers, promises and sizes keep to their range") {
  for (const std::string_view bad : {"per_sender_per_day = 0", "per_sender_per_day = 1001", "per_sender_per_day = 1.5",
                                     "per_sender_per_day = \"3\"", "total_per_hour = -1", "total_per_hour = 9223372036854775807"}) {
    CAPTURE(bad);
    CHECK(names(error_of(with_more(fmt::format("[acknowledge]\n{}\n", bad))), 24,
                fmt::format("acknowledge.{}", bad.substr(0, bad.find(' ')))));
  }
  for (const std::string_view bad : {"0 days", "soon", "3 business days", "11 years", "4000 days"}) {
    CAPTURE(bad);
    CHECK(names(error_of(with_more(fmt::format("[promise]\nresolve = \"{}\"\n", bad))), 24, "promise.resolve"));
  }
  for (const std::string_view bad : {"0 MiB", "257 MiB", "64", "64 MB", "-1 MiB", "99999999999999999999 MiB", "1 GiB"}) {
    CAPTURE(bad);
    CHECK(names(error_of(with_more(fmt::format("[limits]\nmessage = \"{}\"\n", bad))), 24, "limits.message"));
  }
}

TEST_CASE("what is no TOML is named by its line") {
  CHECK(error_of("[organisation\n").starts_with("1:"));
  CHECK(error_of("a = 1\na = 2\n").starts_with("2:"));
  CHECK(error_of("a = \"\xFF\"\n").starts_with("1:"));
  CHECK(error_of("\n\n" + std::string(100'000, '[')).starts_with("3:"));
}

TEST_CASE("a configuration that is not there, or beyond reason, is a configuration error with a remedy") {
  const Scratch scratch;
  const auto missing = load_settings(scratch / "none.toml");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::configuration);
  CHECK_FALSE(missing.error().hint.empty());
  const auto huge = load_settings(scratch.write("huge.toml", std::string(2u << 20, '#')));
  REQUIRE_FALSE(huge);
  CHECK(huge.error().kind == ErrorKind::configuration);
}

TEST_CASE("a connection without TLS is for loopback addresses alone") {
  const auto unencrypted = [](std::string_view url) {
    return error_of(with("url = \"imaps://imap.zonnedam.example/INBOX\"", fmt::format("url = \"{}\"\ntls = \"none\"", url)));
  };
  for (const std::string_view fine : {"imap://127.0.0.1", "imap://127.0.0.1:1143/INBOX", "imap://127.1.2.3", "imap://localhost:143",
                                      "imap://[::1]:143/INBOX", "imap://[::1]"}) {
    CAPTURE(fine);
    CHECK(unencrypted(fine) == "accepted");
  }
  for (const std::string_view bad :
       {"imap://imap.zonnedam.example", "imap://127.evil.example", "imap://127.0.0.1.evil.example", "imap://localhost.evil.example",
        "imap://127.", "imap://127.0.0.1#.evil.example", "imap://[::1].evil.example", "imap://[::2]", "imap://10.0.0.1",
        "imap://128.127.0.1", "imap://127.0.0.256", "imap://0.0.0.0", "imaps://127.0.0.1", "imap://localhost?.evil.example", "imap://"}) {
    const std::string error = unencrypted(bad);
    CAPTURE(bad, error);
    CHECK(error != "accepted");
  }
}

TEST_CASE("an OAuth 2 server without TLS is for loopback addresses alone") {
  const auto with_token_url = [](std::string_view url) {
    return error_of(with("password_file = \"imap.pass\"",
                         fmt::format("auth = \"oauth2\"\ntoken_url = \"{}\"\nclient_id = \"i\"\nclient_secret_file = \"s\"", url)));
  };
  CHECK(with_token_url("https://login.example/token") == "accepted");
  CHECK(with_token_url("http://127.0.0.1:8080/token") == "accepted");
  for (const std::string_view bad : {"http://login.example/token", "http://127.evil.example/token", "http://127.0.0.1@evil.example/",
                                     "http://localhost:x@evil.example/", "http://localhost\\\\@evil.example/", "ftp://login.example"}) {
    const std::string error = with_token_url(bad);
    CAPTURE(bad, error);
    CHECK(names(error, 19, "mailbox.token_url"));
  }
}

TEST_CASE("a log-in has one secret and a user") {
  CHECK(names(error_of(with("password_file = \"imap.pass\"", "password_file = \"p\"\nauth = \"oauth2\"\ntoken_url = \"https://l.example\"\n"
                                                             "client_id = \"i\"\nclient_secret_file = \"s\"")),
              18, "mailbox.password_file"));
  CHECK(names(error_of(with("password_file = \"imap.pass\"", "auth = \"oauth2\"\ntoken_url = \"https://l.example\"\nclient_id = \"i\"")), 13,
              "mailbox.client_secret_file"));
  CHECK(names(error_of(with_more("password_file = \"smtp.pass\"\n")), 20, "submission.user"));
  CHECK(names(error_of(with_more("user = \"cvd\"\n")), 20, "submission.password_file"));
  CHECK(error_of(with_more("user = \"cvd\"\npassword_file = \"smtp.pass\"\n")) == "accepted");
}
