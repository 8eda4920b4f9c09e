#include "desk/wording.hpp"

#include "core/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cvdesk::desk {

namespace {

struct Words {
  std::string_view language;
  std::array<std::string_view, 7> days; // from Sunday
  std::array<std::string_view, 12> months;
  std::string_view question;
  std::array<std::string_view, 3> missing; // contact, affected-system, description
  std::string_view withheld;
};

constexpr std::array<std::string_view, 3> facts = {"contact", "affected-system", "description"};

constexpr std::array<Words, 4> vocabulary = {{
    {"en",
     {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
     {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
     "Could you please also tell us:",
     {"how we can reach you (an e-mail address or a telephone number);", "which system is affected (its URL or IP address);",
      "what you found, and how we can reproduce it;"},
     "(left out; we pass your questions on)"},
    {"nl",
     {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
     {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
     "Zou u ons ook nog willen laten weten:",
     {"hoe wij u kunnen bereiken (een e-mailadres of telefoonnummer);",
      "om welk systeem het gaat (het webadres of IP-adres);", "wat u hebt gevonden en hoe wij dat kunnen nagaan;"},
     "(weggelaten; wij geven uw vragen door)"},
    {"de",
     {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
     {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
     "Bitte teilen Sie uns außerdem noch mit:",
     {"wie wir Sie erreichen können (E-Mail-Adresse oder Telefonnummer);",
      "welches System betroffen ist (URL oder IP-Adresse);", "was Sie gefunden haben und wie wir es nachvollziehen können;"},
     "(nicht genannt; wir leiten Ihre Fragen weiter)"},
    {"fr",
     {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
     {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
     "Pourriez-vous également nous indiquer :",
     {"comment vous joindre (adresse électronique ou numéro de téléphone) ;",
      "quel système est concerné (URL ou adresse IP) ;", "ce que vous avez constaté et comment le reproduire ;"},
     "(non communiqué ; nous transmettons vos questions)"},
}};

const Words& words_of(std::string_view language) {
  const auto found = std::find_if(vocabulary.begin(), vocabulary.end(), [&](const Words& words) { return words.language == language; });
  return found == vocabulary.end() ? vocabulary.front() : *found;
}

std::string deadline_in_words(const Desk& desk, const std::vector<store::Deadline>& deadlines, std::string_view name,
                              std::string_view language) {
  const auto found = std::find_if(deadlines.begin(), deadlines.end(), [&](const auto& d) { return d.name == name; });
  return found == deadlines.end() ? std::string() : date_in_words(desk.calendar().local_date(found->due), language);
}

} // namespace

std::string language_for(const Settings& settings, const std::optional<std::string>& wished) {
  const auto& offered = settings.organisation.languages;
  const bool known = wished && std::find(offered.begin(), offered.end(), *wished) != offered.end();
  return known ? *wished : offered.front();
}

std::string date_in_words(Date date, std::string_view language) {
  const Words& words = words_of(language);
  const auto weekday = words.days[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()];
  const auto month = words.months[static_cast<unsigned>(date.month()) - 1];
  const unsigned day = static_cast<unsigned>(date.day());
  const int year = static_cast<int>(date.year());
  if (words.language == "de") return fmt::format("{}, {}. {} {}", weekday, day, month, year);
  if (words.language == "fr") return fmt::format("{} {}{} {} {}", weekday, day, day == 1 ? "er" : "", month, year);
  return fmt::format("{} {} {} {}", weekday, day, month, year);
}

std::string missing_in_words(const std::vector<std::string>& missing, std::string_view language) {
  const Words& words = words_of(language);
  std::string text;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (std::find(missing.begin(), missing.end(), facts[i]) != missing.end()) text += fmt::format("\n- {}", words.missing[i]);
  }
  if (text.empty()) return text;
  text = fmt::format("{}{}", words.question, text);
  // The last item ends the sentence.
  text.back() = '.';
  if (text.ends_with(" .")) text.erase(text.size() - 2, 1);
  return text;
}

std::string withheld_in_words(std::string_view language) { return std::string(words_of(language).withheld); }

std::string in_groups(std::string_view fingerprint) {
  std::string out;
  for (std::size_t i = 0; i < fingerprint.size(); i += 4) {
    if (i > 0) out += ' ';
    out += fingerprint.substr(i, 4);
  }
  return out;
}

std::string one_line(std::string_view utf8, std::size_t limit) { return shorten(squeeze(safe_for_terminal(utf8)), limit); }

Fields desk_fields(const Settings& settings) {
  return {{"organisation", settings.organisation.name},
          {"fingerprint", in_groups(settings.openpgp.key)},
          {"address", settings.submission.from.address}};
}

Fields case_fields(const Desk& desk, std::string_view language, const store::CaseEntry& entry,
                   const std::vector<store::Deadline>& deadlines, const std::vector<std::string>& missing) {
  Fields fields = desk_fields(desk.settings());
  fields["reference"] = entry.reference;
  fields["received"] = date_in_words(desk.calendar().local_date(entry.received), language);
  fields["assess_by"] = deadline_in_words(desk, deadlines, "assess", language);
  fields["resolve_by"] = deadline_in_words(desk, deadlines, "resolve", language);
  fields["missing"] = missing_in_words(missing, language);
  return fields;
}

} // namespace cvdesk::desk
