#include "desk/caps.hpp"

#include "core/text.hpp"
#include "report/hosts.hpp"
#include "store/outbox.hpp"

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

namespace cvdesk::desk {

namespace {

constexpr std::chrono::hours day{24};
constexpr int public_provider_factor = 10;

// Where anybody can have an address. "name.": under whatever top-level domain.
constexpr std::array<std::string_view, 50> public_providers = {
    "126.com",     "163.com",      "aol.com",      "casema.nl",    "duck.com",      "fastmail.com",   "fastmail.fm",
    "free.fr",     "freenet.de",   "gmail.com",    "gmx.",         "googlemail.com", "hetnet.nl",     "hey.com",
    "home.nl",     "hotmail.",     "icloud.com",   "kpnmail.nl",   "kpnplanet.nl",  "laposte.net",    "live.",
    "mac.com",     "mail.com",     "mail.ru",      "mailbox.org",  "me.com",        "msn.com",        "orange.fr",
    "outlook.",    "planet.nl",    "pm.me",        "posteo.de",    "posteo.net",    "proton.me",      "protonmail.",
    "qq.com",      "riseup.net",   "sfr.fr",       "t-online.de",  "telenet.be",    "tuta.io",        "tutanota.",
    "upcmail.nl",  "wanadoo.fr",   "web.de",       "xs4all.nl",    "yahoo.",        "yandex.",        "ziggo.nl",
    "zoho.com"};

bool is_public_provider(std::string_view domain) {
  return std::any_of(public_providers.begin(), public_providers.end(), [&](std::string_view known) {
    return known.ends_with('.') ? domain.starts_with(known) : domain == known;
  });
}

} // namespace

std::string counted_domain(std::string_view address) {
  const std::string_view host = address.substr(address.rfind('@') + 1);
  const std::string domain = report::to_a_labels(host).value_or(ascii_lower(host));
  const char* registrable = psl_registrable_domain(psl_builtin(), domain.c_str());
  return registrable == nullptr ? domain : std::string(registrable);
}

int domain_limit(const Settings& settings, std::string_view domain) {
  const int limit = settings.acknowledge.per_domain_per_day.value_or(std::max(120, settings.acknowledge.total_per_hour));
  return is_public_provider(domain) ? limit * public_provider_factor : limit;
}

Result<std::string_view> reached_cap(store::View& view, const Settings& settings, std::string_view address, Instant at) {
  TRY_ASSIGN(const auto to_sender, store::count_to(view, "acknowledgement", ascii_lower(address), at - day));
  if (to_sender >= settings.acknowledge.per_sender_per_day) return "per-sender-limit";
  const std::string domain = counted_domain(address);
  TRY_ASSIGN(const auto to_domain, store::count_to_domain(view, domain, at - day));
  if (to_domain >= domain_limit(settings, domain)) return "per-domain-limit";
  return std::string_view();
}

} // namespace cvdesk::desk
