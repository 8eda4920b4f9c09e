#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"

namespace cvdesk::report {

namespace {

std::string drop_titles(std::string_view name) {
  static const RE2 titles("^(?:(?:(?i:dr|ir|ing|prof|mr|mrs|ms|drs|dhr|mevr|mevrouw|herr|frau|mme|m|dipl\\.-("
                          "?:ing|inf|math|phys)|mag|univ\\.-prof|bc|lic)"
                          "\\.?|DI|DDr\\.?|MMag\\.?)\\s+)+",
                          pattern_options());
  std::string bare = squeeze(name);
  std::string without = bare;
  RE2::Replace(&without, titles, "");
  static const RE2 degrees("(?:,? "
                           "+(?:M\\.?Sc|B\\.?Sc|Ph\\.?D|MBA|LL\\.?M|M\\.?A|B\\.?A|MEng|BEng|CISSP|CISM|CISA|"
                           "OSCP|CEH|M\\.?Eng|RE|MSC|BSC)\\.?)+$",
                           pattern_options());
  RE2::Replace(&without, degrees, "");
  // "M" alone is an initial, not a title.
  return without.find(' ') == std::string::npos && bare.find(' ') != std::string::npos && without.size() < 3
             ? bare
             : without;
}

bool is_role_word(std::string_view folded_name) {
  static const Pattern role(
      "^(?:info|security|contact|support|admin|abuse|cert|soc|noreply|no-reply|webmaster|postmaster|helpdesk|"
      "servicedesk|"
      "reports?|hostmaster|mailer-daemon|notifications?|me|iphone|anonymous|anoniem|anonym|anonyme|-|n/"
      "?a|onbekend|unknown|inconnu|unbekannt|niet ingevuld|\\(niet ingevuld\\)|geen|none|keine|aucun)$");
  return role.in(folded_name);
}

} // namespace

bool is_organisation_name(std::string_view name) {
  static const Pattern organisation(
      "(?:\\b(?:cert|csirt|team|security|infosec|b\\.?v\\.?|n\\.?v\\.?|gmbh|ag|ltd|llc|inc|sarl|sas|vzw|e\\.?"
      "v\\.?|foundation|stichting|verein|association|"
      "support|service|servicedesk|helpdesk|notifications?|website|webformulier|formulier|formular|"
      "formulaire|portal|portaal|bot|scanner|alerts?|hunters?|labs?|"
      "research|group|groep|gruppe|groupe|university|universiteit|universitat|universite|gemeente|waterschap|"
      "stadt|ville|mairie|ministry|ministerie|"
      "newsletter|nieuwsbrief|consult\\w*|solutions|systems|it "
      "services|cyber\\w*|collective|collectief|kollektiv|collectif|disclosure|desk|office|"
      "les|the|het|de "
      "la|amis|institut\\w*|agency|agentur|agence|company|bedrijf|firma|bureau|networks?|netherlands|"
      "nederland|deutschland|france)\\b|no-?reply|@|\\d{3})");
  return organisation.in(folded(name));
}

bool is_person_name(std::string_view name) {
  static const Pattern person(
      "^\\p{Lu}[\\p{L}.'’-]*(?:[ "
      "-](?:van|von|vom|de|der|den|du|des|la|le|ten|ter|te|op|het|'t|’t|in|zu|zum|zur|del|di|da|el|bin|al|d['"
      "’]\\p{Lu}[\\p{L}’'-]*|\\p{Lu}[\\p{L}.'’-]*)){1,6}$");
  return name.size() <= 80 && person.in(name) && !is_organisation_name(name);
}

std::string clean_name(std::string_view display_name) {
  std::string name = squeeze(display_name);
  while (!name.empty() && (name.front() == '"' || name.front() == '\''))
    name.erase(0, 1);
  while (!name.empty() && (name.back() == '"' || name.back() == '\'' || name.back() == ','))
    name.pop_back();
  static const RE2 tail(
      "(?i)\\s*(?:\\([^)]*\\)|\\[[^\\]]*\\]|\\s[|/]\\s.*|\\s[–—-]\\s.*|\\s(?:via|at|bij|bei|chez|namens|on "
      "behalf of|von der firma|@)\\s.*)\\s*$",
      pattern_options());
  std::string shorter = name;
  RE2::Replace(&shorter, tail, "");
  if (!shorter.empty()) name = shorter;
  if (name.find('@') != std::string::npos) return {};
  const auto comma = name.find(',');
  if (comma != std::string::npos && name.find(',', comma + 1) == std::string::npos) {
    const auto last = squeeze(name.substr(0, comma));
    const auto first = squeeze(name.substr(comma + 1));
    const auto swapped = first + " " + last;
    name = is_person_name(swapped) ? swapped : last;
    if (!is_person_name(swapped) && is_organisation_name(first)) name = std::string(display_name);
  }
  name = drop_titles(name);
  return is_role_word(folded(name)) ? std::string() : name;
}

std::optional<std::string> signed_name(const Document& document) {
  // "Groet, Joost", then the first line below the closing that is a name.
  static const Pattern same_line(
      "^(?:[\\p{L}. "
      "]{2,40}(?i:groet|groeten|groetjes|gruß|grüße|grüßen|grüssen|regards|cheers|cordialement|vous|mvg|lg|"
      "thanks|best|sincerely)[,.!]?)\\s+(\\p{Lu}[\\p{L}.'’ -]{1,50})$");
  std::optional<std::string> single;
  std::size_t lines = 0;
  for (const auto& passage : document.passages) {
    if (passage.role != Role::signature) continue;
    if (++lines > 8) break;
    const auto line = std::string(trim(passage.text));
    Pattern::Match match;
    std::string candidate;
    if (same_line.first(line, match))
      candidate = std::string(trim(match[1]));
    else if (find_phrase("closing", passage.folded.text) &&
             find_phrase("closing", passage.folded.text)->begin <= 12 &&
             find_phrase("closing", passage.folded.text)->end + 2 >= trim(passage.folded.text).size())
      continue;
    else {
      // "Gr. Jan de Vries": the closing and the name share a line.
      const auto closing = find_phrase("closing", passage.folded.text);
      auto rest = std::string_view(line);
      if (closing && closing->begin <= 2) {
        rest.remove_prefix(
            std::min(rest.size(), fold(line).source(find_phrase("closing", folded(line))->end)));
        while (!rest.empty() &&
               (rest.front() == ',' || rest.front() == '.' || rest.front() == ' ' || rest.front() == '!'))
          rest.remove_prefix(1);
        if (rest.empty()) rest = line;
      }
      candidate = std::string(rest.substr(0, rest.find_first_of(",|(/")));
    }
    static const Pattern call_name(
        "^(?:[\\p{L}]{2,5}\\. )?(?:\\p{Lu}\\.? ?)+ ?\\((\\p{Lu}[\\p{L}'’-]+)\\) (\\p{L}[^,|(/]+)$");
    if (call_name.first(line, match)) candidate = std::string(match[1]) + " " + std::string(match[2]);
    static const RE2 dash("\\s+[–—-]{1,2}\\s.*$", pattern_options());
    RE2::Replace(&candidate, dash, "");
    candidate = drop_titles(trim(candidate));
    while (!candidate.empty() && (candidate.back() == '.' || candidate.back() == '*') && candidate.size() > 4)
      candidate.pop_back();
    while (!candidate.empty() && (candidate.front() == '*' || candidate.front() == '-' ||
                                  candidate.front() == '~' || candidate.front() == '/'))
      candidate.erase(0, 1);
    candidate = std::string(trim(candidate));
    if (is_person_name(candidate)) return candidate;
    static const Pattern word("^[\\p{L}\\p{N}_.-]{2,30}$");
    if (!single && lines <= 4 && word.in(candidate) && !is_role_word(folded(candidate)) &&
        candidate.find("..") == std::string::npos)
      single = candidate;
  }
  return single;
}

Finder labelled_finder(const Document& document) {
  static const Pattern finder(
      "^\\W*(?:finder(?:/reporter)?|(?:original )?reporter|reported by|discovered by|found "
      "by|researcher|security researcher|hacker|melder(?:in)?|vinder|gemeld door|gevonden "
      "door|onderzoeker|gemeldet von|gefunden "
      "von|entdecker(?:in)?|finder(?:in)?|sicherheitsforscher(?:in)?|decouvreu(?:r|se)|decouvert par|signale "
      "par|chercheu(?:r|se)|rapporteu(?:r|se)|auteure?)(?: (?:name|naam|nom))?\\s*:");
  static const Pattern contact(
      "^\\W*(?:(?:finder|reporter|researcher|melder|vinder|onderzoeker|entdecker|decouvreur|chercheur)(?:'s)?"
      " ?(?:contact|e-?mail\\w*|address|adres|adresse|mail)|contact "
      "(?:finder|reporter|melder|researcher)|e-?mail "
      "(?:finder|reporter|melder|researcher)|kontakt(?:adresse)? (?:des |der "
      ")?(?:finder\\w*|melder\\w*|entdecker\\w*))\\s*:");
  static const Pattern address("([A-Za-z0-9._%+'=-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,})");
  Finder found;
  for (const auto& passage : document.passages) {
    if (passage.role == Role::code || passage.role == Role::disclaimer) continue;
    const bool named = finder.in(passage.folded.text);
    if (!named && !contact.in(passage.folded.text)) continue;
    const auto colon = passage.folded.text.find(':');
    auto value = std::string(trim(std::string_view(passage.text).substr(passage.folded.source(colon + 1))));
    Pattern::Match match;
    if (address.first(value, match) && found.email.empty()) found.email = ascii_lower(match[1]);
    if (!named || found.name) continue;
    value = value.substr(0, value.find_first_of(",<(;|/"));
    const auto name = drop_titles(trim(value));
    if (name.find('@') == std::string::npos && name.size() >= 2 && name.size() <= 60 &&
        !is_role_word(folded(name)))
      found.name = name;
  }
  return found;
}

std::optional<std::string> introduced_name(const Document& document) {
  static const Pattern introduced(
      "(?:\\b(?i:my (?:full )?name is|i am called|this is|mijn naam is|ik heet|ik ben|mein name ist|ich "
      "heisse|ich heiße|ich bin|je m['’]appelle|mon nom est|je suis|je me nomme|i "
      "am|i['’]m|name's))\\s+(?:(?i:dr|ir|ing|prof|mr|mrs|ms|drs|herr|frau)\\.? )?(\\p{Lu}[\\p{L}.'’-]+(?: "
      "(?:(?:van|von|de|der|den|du|la|le|ten|ter|het|'t)\\b|\\p{Lu}[\\p{L}.'’-]*)){1,5})");
  static const Pattern labelled(
      "^(?:duty officer|analyst|officer|handler|contact(?: ?person)?|contactpersoon|point of contact|case "
      "handler|behandelaar|ansprechpartner(?:in)?|bearbeiter(?:in)?|sachbearbeiter(?:in)?|interlocuteur|"
      "analyste|personne a contacter|naam|name|nom|your name|uw naam|ihr name|votre nom|volledige naam|full "
      "name|nom complet|nom et prenom|melder|finder|reporter|reported by|finder/reporter|gemeld "
      "door|researcher|onderzoeker|melder/in|gemeldet von|entdecker|decouvreur|signale par|auteur|vor- und "
      "nachname|vorname nachname)$");
  for (const auto& passage : document.passages) {
    if (passage.role == Role::disclaimer) continue;
    const auto colon = passage.folded.text.find(':');
    if (colon != std::string::npos && colon < 40 && passage.role != Role::code) {
      auto label = trim(std::string_view(passage.folded.text).substr(0, colon));
      while (label.starts_with('-') || label.starts_with('*'))
        label = trim(label.substr(1));
      if (labelled.in(label)) {
        auto value =
            std::string(trim(std::string_view(passage.text).substr(passage.folded.source(colon + 1))));
        value = value.substr(0, value.find_first_of(",<(;|/"));
        const auto name = drop_titles(trim(value));
        if (is_person_name(name) ||
            (name.size() >= 2 && name.size() <= 40 && name.find(' ') == std::string::npos &&
             !is_role_word(folded(name)) && name.find('@') == std::string::npos)) {
          return name;
        }
      }
    }
    Pattern::Match match;
    if (passage.role != Role::code && introduced.first(passage.text, match)) {
      auto name = std::string(match[1]);
      // "… Oosterveld. Panel on …": where a word ends in a full stop, the name does; an initial's belongs to it.
      static const RE2 sentence_end("^(.*?\\p{L}{3,})\\. .*$", pattern_options());
      RE2::Replace(&name, sentence_end, "\\1");
      while (name.ends_with('.'))
        name.pop_back();
      if (is_person_name(name)) return name;
    }
  }
  return std::nullopt;
}

} // namespace cvdesk::report
