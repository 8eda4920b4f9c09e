// cvdesk certificates own | list
#include "store/certificates.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "store/cases.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace cvdesk::cli {

namespace {

Result<int> own(const Context& context) {
  TRY_ASSIGN(const Settings settings, context.settings());
  TRY_ASSIGN(const auto engine, desk::make_engine(settings));
  TRY_ASSIGN(const std::string armour, engine->own_certificate());
  if (context.json) {
    print_json({{"fingerprint", settings.openpgp.key}, {"certificate", armour}});
  } else {
    fmt::print("{}", armour);
  }
  return 0;
}

Result<int> list(const Context& context) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  Table table({"ADDRESS", "FINGERPRINT", "STATE", "CASE", "SEEN"}, 0);
  TRY(desk->store().read([&](store::View& view) -> Result<void> {
    TRY_ASSIGN(const auto certificates, store::certificates(view));
    for (const auto& certificate : certificates) {
      TRY_ASSIGN(const auto found, store::find_case(view, certificate.case_id));
      const std::string reference = found ? found->reference : std::string();
      if (context.json) {
        print_json({{"address", certificate.address},
                    {"fingerprint", certificate.fingerprint},
                    {"state", certificate.state},
                    {"case", reference},
                    {"seen", to_rfc3339(certificate.seen)}});
      } else {
        table.add({{certificate.address, Colour::bold},
                   {certificate.fingerprint},
                   {certificate.state, certificate.state == "conflict" ? Colour::red : Colour::plain},
                   {reference},
                   {desk->calendar().local_time(certificate.seen)}});
      }
    }
    return {};
  }));
  if (context.json) return 0;
  if (table.empty()) {
    fmt::print("no reporter has sent a certificate yet\n");
  } else {
    table.print();
  }
  return 0;
}

} // namespace

void add_certificates(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "certificates", "OpenPGP certificates: the desk's own and those of reporters");
  verb->require_subcommand(1);
  CLI::App* own_verb = add_verb(*verb, "own", "The desk's certificate, armoured: publish it with your policy");
  add_json(*own_verb, context);
  own_verb->callback([&context] { context.action = [&context] { return own(context); }; });
  CLI::App* list_verb = add_verb(*verb, "list", "Certificates that reporters sent");
  add_json(*list_verb, context);
  list_verb->callback([&context] { context.action = [&context] { return list(context); }; });
}

} // namespace cvdesk::cli
