#include "desk/desk.hpp"

#include "core/file.hpp"
#include "core/log.hpp"
#include "openpgp/certificate.hpp"

#include <fmt/core.h>

namespace cvdesk::desk {

namespace {

constexpr std::size_t certificate_limit = 1u << 20;

Result<void> check_secret(const std::optional<std::filesystem::path>& file, SecretForm form = SecretForm::line) {
  // Credentials of the daemon's unit: systemd guards them, and only the daemon sees them.
  if (!file || file->string().starts_with("$CREDENTIALS_DIRECTORY")) return {};
  TRY_ASSIGN([[maybe_unused]] const Secret secret, read_secret(*file, form));
  return {};
}

Result<void> check_ca(std::string_view key, const std::optional<std::filesystem::path>& file) {
  if (!file) return {};
  const auto ca = read_file(*file, certificate_limit);
  if (ca) return {};
  return fail(ErrorKind::configuration, fmt::format("{}: {}", key, ca.error().what),
              "name a PEM file with the CA of the server, or leave the key out: the CAs of the system count then");
}

Result<void> check_server(const ServerAccess& server) {
  TRY(check_ca("ca_file", server.ca_file));
  TRY(check_secret(server.password_file));
  if (server.oauth2) {
    TRY(check_secret(server.oauth2->client_secret_file));
    TRY(check_secret(server.oauth2->refresh_token_file));
  }
  return {};
}

Result<void> check_partner(const Partner& partner) {
  if (!partner.key_file) return {};
  const auto data = read_file(*partner.key_file, certificate_limit);
  if (!data) {
    return fail(ErrorKind::configuration, fmt::format("key_file of partner {}: {}", partner.name, data.error().what),
                "ask the partner for its OpenPGP certificate, or leave the key out");
  }
  const auto certificates = openpgp::read_certificates(*data, partner.contact);
  if (!certificates || certificates->empty()) {
    return fail(ErrorKind::configuration,
                fmt::format("key_file of partner {}: {} holds no OpenPGP certificate", partner.name, partner.key_file->string()));
  }
  return {};
}

} // namespace

Desk::Desk(Settings settings, Calendar calendar, Templates templates, std::unique_ptr<store::Store> store)
    : settings_(std::move(settings)), calendar_(std::move(calendar)), templates_(std::move(templates)),
      vantage_(report::vantage_of(settings_)), store_(std::move(store)) {}

Result<std::unique_ptr<Desk>> Desk::open(Settings settings) {
  TRY_ASSIGN(Calendar calendar, Calendar::create(settings.organisation.timezone, settings.organisation.holidays));
  TRY_ASSIGN(Templates templates, Templates::load(settings));
  TRY_ASSIGN(auto store, store::Store::open(settings.store));
  return std::unique_ptr<Desk>(
      new Desk(std::move(settings), std::move(calendar), std::move(templates), std::move(store)));
}

Result<std::unique_ptr<openpgp::Engine>> make_engine(const Settings& settings) {
  openpgp::EngineSettings engine;
  engine.home = settings.openpgp.home;
  engine.key = settings.openpgp.key;
  engine.passphrase_file = settings.openpgp.passphrase_file;
  engine.output_limit = settings.limits.message;
  return openpgp::Engine::create(std::move(engine));
}

Result<Hands> make_hands(const Settings& settings) {
  Hands hands;
  mime::Limits limits;
  limits.message = settings.limits.message;
  TRY_ASSIGN(hands.reader, reader::Reader::create(report::vantage_of(settings), limits));
  auto engine = make_engine(settings);
  if (engine) {
    hands.engine = std::move(*engine);
  } else {
    log_error("encrypted mail cannot be opened: {}", engine.error().what);
    if (!engine.error().hint.empty()) log_error("hint: {}", engine.error().hint);
  }
  return hands;
}

Result<void> check_configuration(const Settings& settings) {
  TRY(check_secret(settings.store.key_file, SecretForm::bytes));
  TRY(check_secret(settings.openpgp.passphrase_file));
  TRY(check_ca("wkd_ca_file", settings.openpgp.wkd_ca_file));
  for (const auto& mailbox : settings.mailboxes) {
    TRY(check_server(mailbox.server));
  }
  TRY(check_server(settings.submission.server));
  TRY(check_secret(settings.notify.webhook_url_file));
  for (const auto& partner : settings.organisation.partners) {
    TRY(check_partner(partner));
  }
  TRY_ASSIGN([[maybe_unused]] const Templates templates, Templates::load(settings));
  return {};
}

} // namespace cvdesk::desk
