#include "core/text.hpp"
#include "report/read.hpp"

namespace cvdesk::report {

Vantage vantage_of(const Settings& settings) {
  Vantage vantage;
  for (const auto& mailbox : settings.mailboxes) {
    vantage.own_addresses.push_back(ascii_lower(mailbox.address));
    for (const auto& alias : mailbox.aliases)
      vantage.own_addresses.push_back(ascii_lower(alias));
    for (const auto& id : mailbox.list_ids)
      vantage.own_list_ids.push_back(ascii_lower(id));
  }
  vantage.own_addresses.push_back(ascii_lower(settings.submission.from.address));
  vantage.region = settings.organisation.region;
  vantage.scope = settings.organisation.scope;
  vantage.partners = settings.organisation.partners;
  return vantage;
}

} // namespace cvdesk::report
