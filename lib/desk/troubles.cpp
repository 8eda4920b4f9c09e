#include "desk/troubles.hpp"

#include "core/log.hpp"
#include "desk/notify.hpp"
#include "store/outbox.hpp"
#include "store/troubles.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace cvdesk::desk {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uintmax_t least_space = std::uintmax_t{500} << 20;
constexpr hours key_warning{30 * 24};
constexpr hours outbox_patience{4};

struct Words {
  std::string_view name;
  std::string_view nl;
  std::string_view en;
  std::string_view de;
  std::string_view fr;
  std::string_view remedy;
};

constexpr std::array<Words, 10> known = {{
    {"mailbox-unreachable", "postbus onbereikbaar", "mailbox cannot be reached", "Postfach nicht erreichbar", "boîte aux lettres injoignable",
     "cvdesk doctor"},
    {"mailbox-log-in", "aanmelden bij de postbus geweigerd", "log-in to the mailbox refused", "Anmeldung am Postfach abgelehnt",
     "connexion à la boîte aux lettres refusée", "check the password, or the consent behind the token: cvdesk doctor"},
    {"submission-unreachable", "uitgaande mailserver onbereikbaar", "submission server cannot be reached", "Ausgangsserver nicht erreichbar",
     "serveur d'envoi injoignable", "cvdesk doctor"},
    {"submission-log-in", "aanmelden bij de uitgaande mailserver geweigerd", "log-in to the submission server refused",
     "Anmeldung am Ausgangsserver abgelehnt", "connexion au serveur d'envoi refusée",
     "check the password, or the consent behind the token: cvdesk doctor"},
    {"outbox-stuck", "uitgaande mail blijft liggen", "outgoing mail does not leave", "ausgehende Mail bleibt liegen",
     "le courrier sortant ne part pas", "cvdesk outbox"},
    {"disk-full", "bijna geen schijfruimte meer", "hardly any disk space left", "kaum noch Speicherplatz", "presque plus d'espace disque",
     "make room: when the disk is full, mail stays on its server"},
    {"key-expires", "OpenPGP-sleutel van de desk verloopt binnenkort", "the desk's OpenPGP key expires soon",
     "OpenPGP-Schlüssel des Desks läuft bald ab", "la clé OpenPGP du service expire bientôt", "cvdesk doctor names the command"},
    {"key-unusable", "OpenPGP-sleutel van de desk onbruikbaar", "the desk's OpenPGP key cannot be used",
     "OpenPGP-Schlüssel des Desks nicht verwendbar", "la clé OpenPGP du service est inutilisable", "cvdesk doctor"},
    {breaker_trouble, "ontvangstbevestigingen tegengehouden: te veel ineens, of te veel geweigerd",
     "acknowledgements held back: too many at once, or too many refused",
     "Eingangsbestätigungen angehalten: zu viele auf einmal oder zu viele abgelehnt",
     "accusés de réception retenus : trop à la fois, ou trop de refus", "look at cvdesk list and cvdesk outbox; then: cvdesk outbox resume"},
    {"notification-failed", "een melding aan het team kwam niet aan", "a notification to the team did not arrive",
     "eine Nachricht an das Team kam nicht an", "une notification à l'équipe n'est pas arrivée", "check [notify] in the configuration"},
}};

std::string_view kind_of(std::string_view name) { return name.substr(0, name.find(':')); }

const Words* words_for(std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Words& words) { return words.name == kind_of(name); });
  return found == known.end() ? nullptr : &*found;
}

void complain(std::string_view name, const Result<void>& result) {
  if (!result) log_error("trouble {} cannot be noted: {}", name, result.error().what);
}

void set(Desk& desk, std::string_view name, bool lasts) { lasts ? note_trouble(desk, name, seconds(0)) : end_trouble(desk, name); }

void examine_key(Desk& desk, openpgp::Engine* engine) {
  const auto key = engine != nullptr ? engine->own_key() : fail(ErrorKind::failed, "no engine");
  if (!key && key.error().temporary) return;
  const Instant at = now();
  const bool expired = key && key->expires && *key->expires <= at;
  const bool usable = key && !key->revoked && !expired && key->can_sign && key->can_decrypt;
  set(desk, "key-unusable", !usable);
  set(desk, "key-expires", usable && key->expires && *key->expires - at < key_warning);
}

} // namespace

Result<void> note_trouble(const Desk& desk, store::Change& change, std::string_view name, seconds patience, Instant at) {
  TRY(store::begin_trouble(change, name, at));
  TRY_ASSIGN(const auto trouble, store::find_trouble(change, name));
  if (!trouble || trouble->told || at - trouble->since < patience) return {};
  TRY(store::mark_trouble_told(change, name));
  return tell_team(desk, change, {"trouble", {}, name}, at);
}

Result<void> end_trouble(const Desk& desk, store::Change& change, std::string_view name, Instant at) {
  TRY_ASSIGN(const auto trouble, store::find_trouble(change, name));
  if (!trouble) return {};
  TRY(store::end_trouble(change, name));
  return trouble->told ? tell_team(desk, change, {"trouble-over", {}, name}, at) : Result<void>();
}

void note_trouble(Desk& desk, std::string_view name, seconds patience) {
  const Instant at = now();
  const auto trouble = desk.store().read([&](store::View& view) { return store::find_trouble(view, name); });
  if (trouble && *trouble && ((*trouble)->told || at - (*trouble)->since < patience)) return;
  complain(name, desk.store().write([&](store::Change& change) { return note_trouble(desk, change, name, patience, at); }));
}

void end_trouble(Desk& desk, std::string_view name) {
  const auto trouble = desk.store().read([&](store::View& view) { return store::find_trouble(view, name); });
  if (!trouble || !*trouble) return;
  complain(name, desk.store().write([&](store::Change& change) { return end_trouble(desk, change, name, now()); }));
}

void examine_self(Desk& desk, openpgp::Engine* engine) {
  std::error_code error;
  const auto space = std::filesystem::space(desk.settings().store.path.parent_path(), error);
  if (!error) set(desk, "disk-full", space.available < least_space);
  examine_key(desk, engine);
  const auto oldest = desk.store().read([](store::View& view) { return store::oldest_stuck(view, now() - outbox_patience); });
  if (oldest) set(desk, "outbox-stuck", oldest->has_value());
  // Not by the next one that the server takes: it may come back, too, and the team would hear of each.
  const auto told = desk.store().read([](store::View& view) { return store::count_finished(view, "notification", now() - hours(24)); });
  if (told && told->failed == 0) end_trouble(desk, "notification-failed");
}

std::string describe_trouble(std::string_view name, std::string_view language) {
  const Words* words = words_for(name);
  if (words == nullptr) return std::string(name);
  const auto text = language == "nl" ? words->nl : language == "de" ? words->de : language == "fr" ? words->fr : words->en;
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? std::string(text) : fmt::format("{} ({})", text, name.substr(colon + 1));
}

std::string_view remedy_for(std::string_view name) {
  const Words* words = words_for(name);
  return words == nullptr ? std::string_view() : words->remedy;
}

} // namespace cvdesk::desk
