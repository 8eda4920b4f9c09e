// cvdesk certificates own | list | add FILE | accept ADDRESS FINGERPRINT | forget ADDRESS
#include "store/certificates.hpp"

#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/person.hpp"
#include "cli/terminal.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "desk/added_certificates.hpp"
#include "store/cases.hpp"
#include "store/certificate_decisions.hpp"

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
  Table table({"ADDRESS", "FINGERPRINT", "STATE", "SOURCE", "CASE", "SEEN"}, 0);
  TRY(desk->store().read([&](store::View& view) -> Result<void> {
    TRY_ASSIGN(const auto certificates, store::certificates(view));
    for (const auto& certificate : certificates) {
      TRY_ASSIGN(const auto found, store::find_case(view, certificate.case_id));
      const std::string reference = found ? found->reference : std::string();
      if (context.json) {
        print_json({{"address", certificate.address},
                    {"fingerprint", certificate.fingerprint},
                    {"state", certificate.state},
                    {"source", certificate.source},
                    {"case", reference.empty() ? nlohmann::json() : nlohmann::json(reference)},
                    {"seen", to_rfc3339(certificate.seen)}});
      } else {
        table.add({{certificate.address, Colour::bold},
                   {certificate.fingerprint},
                   {certificate.state, certificate.state == "conflict" ? Colour::red : Colour::plain},
                   {certificate.source},
                   {reference},
                   {desk->calendar().local_time(certificate.seen)}});
      }
    }
    return {};
  }));
  if (context.json) return 0;
  if (table.empty()) {
    fmt::print("no certificate of a reporter is kept yet\n");
  } else {
    table.print();
  }
  return 0;
}

struct Addition {
  std::string file;
  std::string address; // empty: as its user ids say
};

Result<int> add(const Context& context, const Addition& addition) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  const auto owner = addition.address.empty() ? std::nullopt : std::optional(addition.address);
  TRY_ASSIGN(const std::string bytes, read_file(addition.file, desk::certificate_file_limit));
  TRY_ASSIGN(const auto added, desk::add_certificates(*desk, bytes, owner, actor()));
  bool any_conflict = false;
  for (const auto& [address, fingerprint, state] : added) {
    any_conflict = any_conflict || state == "conflict";
    if (context.json) {
      print_json({{"address", address}, {"fingerprint", fingerprint}, {"state", state}});
    } else {
      fmt::print("{}  {}  {}\n", safe_for_terminal(address), fingerprint, state);
    }
  }
  if (any_conflict && !context.json) {
    fmt::print(
        "conflict: another certificate is pinned to the address; `cvdesk certificates accept` decides\n");
  }
  return 0;
}

struct Decision {
  std::string address;
  std::string fingerprint;
};

// As it is printed anywhere: in groups of four, in lower case.
std::string plain_fingerprint(std::string_view written) {
  std::string digits = ascii_upper(written);
  std::erase_if(digits, [](char c) { return c == ' ' || c == ':'; });
  return digits;
}

Result<int> accept(const Context& context, const Decision& decision) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  const std::string fingerprint = plain_fingerprint(decision.fingerprint);
  TRY_ASSIGN(const bool found, desk->store().write([&](store::Change& change) {
    return store::accept_certificate(change, ascii_lower(decision.address), fingerprint, actor(), now());
  }));
  if (!found) {
    return fail(ErrorKind::not_found,
                fmt::format("no certificate {} is kept for {}", safe_for_terminal(fingerprint),
                            safe_for_terminal(decision.address)),
                "cvdesk certificates list shows those that are");
  }
  if (context.json)
    print_json(
        {{"address", ascii_lower(decision.address)}, {"fingerprint", fingerprint}, {"state", "pinned"}});
  return 0;
}

Result<int> forget(const Context& context, const Decision& decision) {
  TRY_ASSIGN(const auto desk, context.open_desk());
  TRY_ASSIGN(const bool found, desk->store().write([&](store::Change& change) {
    return store::forget_certificates(change, ascii_lower(decision.address), actor(), now());
  }));
  if (!found)
    return fail(ErrorKind::not_found,
                fmt::format("no certificate is kept for {}", safe_for_terminal(decision.address)));
  if (context.json) print_json({{"address", ascii_lower(decision.address)}, {"forgotten", true}});
  return 0;
}

} // namespace

void add_certificates(CLI::App& app, Context& context) {
  CLI::App* verb =
      add_verb(app, "certificates", "OpenPGP certificates: the desk's own and those of reporters");
  verb->require_subcommand(1);
  CLI::App* own_verb =
      add_verb(*verb, "own", "The desk's certificate, armoured: publish it with your policy");
  add_json(*own_verb, context);
  own_verb->callback([&context] { context.action = [&context] { return own(context); }; });
  CLI::App* list_verb = add_verb(*verb, "list", "Certificates of reporters, and where they came from");
  add_json(*list_verb, context);
  list_verb->callback([&context] { context.action = [&context] { return list(context); }; });
  const auto addition = std::make_shared<Addition>();
  CLI::App* adding =
      add_verb(*verb, "add", "Keep the certificate in a file, for the addresses in its user ids");
  adding->add_option("FILE", addition->file)->required();
  adding->add_option("--for", addition->address, "Keep it for this address instead")->type_name("ADDRESS");
  add_json(*adding, context);
  adding->callback(
      [&context, addition] { context.action = [&context, addition] { return add(context, *addition); }; });
  const auto decision = std::make_shared<Decision>();
  CLI::App* accept_verb =
      add_verb(*verb, "accept", "Pin this certificate to the address: settles a conflict");
  accept_verb->add_option("ADDRESS", decision->address)->required();
  accept_verb->add_option("FINGERPRINT", decision->fingerprint)->required();
  add_json(*accept_verb, context);
  accept_verb->callback(
      [&context, decision] { context.action = [&context, decision] { return accept(context, *decision); }; });
  CLI::App* forget_verb = add_verb(*verb, "forget", "Forget the certificates that are kept for an address");
  forget_verb->add_option("ADDRESS", decision->address)->required();
  add_json(*forget_verb, context);
  forget_verb->callback(
      [&context, decision] { context.action = [&context, decision] { return forget(context, *decision); }; });
}

} // namespace cvdesk::cli
