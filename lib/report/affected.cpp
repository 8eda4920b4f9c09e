// Which of the addresses in a mail are reported as vulnerable, and which only accompany the report.
#include "core/text.hpp"
#include "report/hosts.hpp"
#include "report/http.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"
#include "report/unaffected.hpp"
#include "report/urls.hpp"

#include <algorithm>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_urls = 200;
constexpr std::size_t most_hosts = 100;
constexpr std::size_t most_ips = 100;
constexpr std::size_t most_references = 100;

enum class Verdict { affected, candidate, policy, noise };

struct Mention {
  Location where;
  Verdict verdict = Verdict::noise;
  bool strong = false; // under a label or heading that says so
  Scope scope = Scope::unknown;
  std::optional<std::string> partner;
  const Passage* passage = nullptr; // unset: the subject
  std::string sentence;
};

std::string sender_domain(const Reading& reading) {
  const auto& address = reading.mail.from.empty() ? std::string() : reading.mail.from.front().address;
  const auto at = address.rfind('@');
  return at == std::string::npos ? std::string() : ascii_lower(std::string_view(address).substr(at + 1));
}

bool same_site(std::string_view host, std::string_view domain) {
  if (domain.empty()) return false;
  const auto tail = [](std::string_view name) {
    const auto last = name.rfind('.');
    if (last == std::string_view::npos || last == 0) return name;
    const auto before = name.rfind('.', last - 1);
    return before == std::string_view::npos ? name : name.substr(before + 1);
  };
  return tail(host) == tail(domain);
}

bool is_policy_path(std::string_view path) {
  static const Pattern policy(
      "(?i)(?:/(?:cvd|rd)/"
      "?$|responsible-?disclosure|coordinated-?vulnerability|vulnerability-?disclosure|security\\.txt|"
      "/(?:security-?)?polic(?:y|ies)|/privacy|/contact/?$|/kontakt/"
      "?$|hall-?of-?fame|(?:kwetsbaarheid|beveiligingslek|lek)-?melden|"
      "disclosure-?polic|cvd-?beleid|/beleid/|/disclaimer|/impressum|/unsubscribe|/afmelden|/abmelden|/"
      "desabonn|"
      "/signaler-?une|/sicherheitsluecke-?melden|(?:^|[/-])melden/?$|/bug-?bounty)");
  return policy.in(path);
}

// The part of a sentence between contrasts ("…, but …", "…; …") that holds the position.
std::string_view clause_around(std::string_view sentence, std::size_t at) {
  static const Pattern contrast("(?:;|,? (?:but|whereas|while|maar|terwijl|aber|wahrend|mais|alors "
                                "que|tandis que|however|echter|jedoch|although|though|hoewel|obwohl) )");
  std::size_t begin = 0;
  std::size_t end = sentence.size();
  std::size_t scan = 0;
  Pattern::Match match;
  while (contrast.next(sentence, scan, match)) {
    const auto mark = offset_in(sentence, match[0]);
    if (mark + match[0].size() <= at)
      begin = mark + match[0].size();
    else if (mark >= at) {
      end = mark;
      break;
    }
  }
  return sentence.substr(begin, end - begin);
}

struct Context {
  std::string masked; // the folded sentence without the addresses in it
  std::string_view clause;
  std::string_view before; // of the sentence, up to the address
  std::string_view behind; // of the sentence, from the address up to the next one
  std::string_view heading;
  Role role = Role::prose;
};

void judge(const Reading& reading, Mention& mention, const Context& context) {
  const auto& where = mention.where;
  const auto match = match_scope(where.host, where.url, reading.vantage);
  mention.scope = match.scope;
  mention.partner = match.partner;
  const bool ours = match.scope == Scope::in || match.scope == Scope::third_party;
  mention.strong = has_phrase("url.affected", context.heading) ||
                   (context.role == Role::field && has_phrase("url.affected", context.masked.substr(0, 40)));
  mention.verdict = Verdict::noise;
  if (context.role == Role::signature) return;
  if (has_phrase("heading.unaffected", context.heading) || has_phrase("heading.poc", context.heading)) return;
  if (!ours && has_phrase("heading.reference", context.heading)) return;
  // "(so not under https://…)"
  static const Pattern elsewhere(
      "\\b(?:not|niet|nicht|pas) (?:on|under|at|in|op|onder|auf|unter|bei|sur|sous|dans)"
      "(?: the| de| het| der| dem| la| le| l')? ?$");
  if (says_unaffected(context.clause) || clears_it(context.behind) || elsewhere.in(context.before)) return;
  // A policy is a page; a request that is shown was sent to what is reported.
  const bool page = where.path.size() > 1;
  const bool shown = context.role == Role::code;
  if (page && !shown && has_phrase("url.policy", context.clause) && !mention.strong) return;
  // "Log in at https://…" is where the way to it begins.
  static const Pattern log_in(
      "\\b(?:log|sign)(?:ged)? ?-?in(?: \\w+){0,3} (?:at|on|to|via)(?: the)? ?$|"
      "\\b(?:inloggen|log in|aanmelden)(?: \\w+){0,3} (?:op|via|bij) ?$|\\b(?:anmelden|einloggen)(?: "
      "\\w+){0,3} (?:auf|unter|bei) ?$|\\bconnecter(?: \\w+){0,3} (?:a|sur|via) ?$");
  static const Pattern log_in_page(
      "(?i)/(?:[a-z-]*log-?in|inloggen|aanmelden|anmeld\\w*|connexion|signin|sign-in|sso)/?$");
  if (ours && !mention.strong && context.role == Role::item && log_in.in(context.before) &&
      log_in_page.in(where.path)) {
    mention.verdict = Verdict::policy;
    return;
  }
  if (!shown && is_policy_path(where.path) && !mention.strong) {
    if (ours) mention.verdict = Verdict::policy;
    return;
  }
  if (!ours && (is_host_of("reference", where.host) || is_host_of("callback", where.host) ||
                is_host_of("shortener", where.host))) {
    return;
  }
  if (!ours && !where.host.empty() && has_phrase("url.poc", context.clause)) return;
  mention.verdict = ours ? Verdict::affected : Verdict::candidate;
}

void judge_ip(const Reading& reading, Mention& mention, const Context& context) {
  mention.verdict = Verdict::noise;
  if (is_special_ip(mention.where.ip)) return;
  mention.strong = has_phrase("url.affected", context.heading) ||
                   (context.role == Role::field && has_phrase("url.affected", context.masked.substr(0, 40)));
  mention.scope = match_scope(mention.where.ip, mention.where.url, reading.vantage).scope;
  if (mention.scope == Scope::out) mention.scope = Scope::unknown;
  if (context.role == Role::signature || says_unaffected(context.clause)) return;
  if (has_phrase("heading.unaffected", context.heading) || has_phrase("heading.poc", context.heading)) return;
  if (has_phrase("ip.source", context.clause) || has_phrase("url.poc", context.clause)) return;
  // A form adds the address of who filled it in.
  static const Pattern filled_in(
      "^\\W*(?:ip|ip-?adres\\w*|ip[- ]address\\w*|adresse ip|remote (?:ip|address))\\s*:");
  if (context.role == Role::field && is_no_reply(reading.sender().address) && filled_in.in(context.masked))
    return;
  mention.verdict = is_private_ip(mention.where.ip) ? Verdict::candidate : Verdict::affected;
}

std::string mask(std::string text, const std::vector<Location>& locations) {
  for (const auto& location : locations) {
    for (std::size_t i = location.begin; i < location.end && i < text.size(); ++i)
      text[i] = ' ';
  }
  return text;
}

void look_into(const Reading& reading, const Passage& passage, std::vector<Mention>& mentions) {
  if (passage.role == Role::disclaimer) return;
  if (passage.role == Role::code) {
    const auto requests = read_requests(refang(passage.text));
    for (const auto& target : requests.targets) {
      Mention mention{target, Verdict::noise, false, Scope::unknown, std::nullopt, &passage, {}};
      Context context{{}, {}, {}, {}, passage.heading, Role::code};
      if (target.host.empty())
        judge_ip(reading, mention, context);
      else
        judge(reading, mention, context);
      mentions.push_back(std::move(mention));
    }
    for (const auto& other : requests.others)
      mentions.push_back({other, Verdict::noise, false, Scope::unknown, std::nullopt, &passage, {}});
    return;
  }
  for (std::size_t number = 0; number < passage.sentences.size(); ++number) {
    const auto& sentence = passage.sentences[number];
    const auto plain = refang(sentence.text);
    const auto locations = locate(plain);
    if (locations.empty()) continue;
    const bool cleared =
        number + 1 < passage.sentences.size() && clears_the_last(passage.sentences[number + 1].folded.text);
    const auto masked = fold(mask(plain, locations));
    for (std::size_t n = 0; n < locations.size(); ++n) {
      const auto& location = locations[n];
      if (mentions.size() > 2000) return;
      Mention mention{location, Verdict::noise, false, Scope::unknown, std::nullopt, &passage, sentence.text};
      std::size_t at = 0;
      while (at < masked.text.size() && masked.source(at) < location.begin)
        ++at;
      std::size_t next = at;
      while (next < masked.text.size() &&
             (n + 1 == locations.size() || masked.source(next) < locations[n + 1].begin))
        ++next;
      Context context{masked.text,
                      clause_around(masked.text, at),
                      std::string_view(masked.text).substr(0, at),
                      std::string_view(masked.text).substr(at, next - at),
                      passage.heading,
                      passage.role};
      if (location.host.empty())
        judge_ip(reading, mention, context);
      else
        judge(reading, mention, context);
      if (mention.verdict == Verdict::candidate && !location.host.empty() && !mention.strong &&
          has_phrase("url.reference", context.clause) && !has_phrase("url.affected", context.clause)) {
        mention.verdict = Verdict::noise;
      }
      if (cleared && !mention.strong) mention.verdict = Verdict::noise;
      mentions.push_back(std::move(mention));
    }
  }
}

// "http://Host/a/" and "http://host/a" are one address.
std::string key_of(std::string_view url) {
  std::string key(url);
  while (key.ends_with('/'))
    key.pop_back();
  return key;
}

void add_url(std::vector<std::string>& urls, const std::string& url, std::size_t limit) {
  for (const auto& known : urls) {
    if (key_of(known) == key_of(url)) return;
  }
  if (urls.size() < limit) urls.push_back(url);
}

bool contains_url(const std::vector<std::string>& urls, std::string_view url) {
  return std::any_of(urls.begin(), urls.end(),
                     [&](const auto& known) { return key_of(known) == key_of(url); });
}

void subject_mentions(const Reading& reading, std::vector<Mention>& mentions) {
  if (reading.reply && !reading.document.forwarded) return;
  const auto& subject =
      reading.document.original_subject.empty() ? reading.mail.subject : reading.document.original_subject;
  const auto plain = refang(subject);
  for (const auto& location : locate(plain)) {
    if (location.host.empty()) continue;
    Mention mention{location, Verdict::noise, false, Scope::unknown, std::nullopt, nullptr, subject};
    const auto masked = folded(mask(plain, {location}));
    judge(reading, mention, Context{masked, masked, {}, {}, {}, Role::prose});
    mentions.push_back(std::move(mention));
  }
}

void note(const Reading& reading, std::string_view field, const std::string& value, const Mention& mention) {
  if (mention.passage == nullptr) return reading.note_source(field, value, "Subject");
  // A URL from a request line, or one that was defanged, stands there in another form.
  const auto& where = mention.where;
  reading.note(field, value, *mention.passage, {value, where.url, where.host, mention.sentence, where.path});
}

void settle_candidates(const Reading& reading, std::vector<Mention>& mentions) {
  // A form that one may report to may also be what is reported, where nothing else is.
  const bool other = std::any_of(mentions.begin(), mentions.end(), [](const Mention& m) {
    return m.verdict == Verdict::affected || (m.verdict == Verdict::candidate && m.strong);
  });
  static const Pattern where_to_report(
      "(?i)(?:/(?:cvd|rd)/"
      "?$|disclosure|security\\.txt|polic|beleid|[/-]melden|signaler|privacy|"
      "disclaimer|impressum|hall-?of-?fame)");
  for (auto& mention : mentions) {
    if (mention.verdict != Verdict::policy) continue;
    const bool reported = !other && mention.where.has_scheme && !where_to_report.in(mention.where.path);
    mention.verdict = reported ? Verdict::affected : Verdict::noise;
  }
  const bool known = std::any_of(mentions.begin(), mentions.end(),
                                 [](const Mention& m) { return m.verdict == Verdict::affected; });
  const auto domain = sender_domain(reading);
  for (auto& mention : mentions) {
    if (mention.verdict != Verdict::candidate) continue;
    if (mention.where.host.empty()) {
      mention.verdict = known ? Verdict::noise : Verdict::affected;
      continue;
    }
    // Where something of ours is reported, a stranger's address only accompanies it.
    const bool sender = same_site(mention.where.host, domain);
    const bool keep = !sender && (!known || mention.strong);
    mention.verdict = keep ? Verdict::affected : Verdict::noise;
  }
}

} // namespace

void read_affected(Reading& reading) {
  std::vector<Mention> mentions;
  for (const auto& passage : reading.document.passages)
    look_into(reading, passage, mentions);
  const auto in_text = mentions.size();
  subject_mentions(reading, mentions);
  // "Clickjacking on example.org" says less than the address of the page in the text.
  for (auto i = in_text; i < mentions.size(); ++i) {
    const auto parent = "." + mentions[i].where.host;
    for (std::size_t k = 0; k < in_text; ++k) {
      if (mentions[k].verdict == Verdict::affected && mentions[k].where.host.ends_with(parent))
        mentions[i].verdict = Verdict::noise;
    }
  }
  settle_candidates(reading, mentions);
  for (auto& mention : mentions) {
    if (mention.verdict != Verdict::affected || !mention.where.url.empty() || mention.strong ||
        mention.where.host.empty())
      continue;
    const auto parent = "." + mention.where.host;
    const bool less = std::any_of(mentions.begin(), mentions.end(), [&](const Mention& other) {
      return other.verdict == Verdict::affected && other.where.host.ends_with(parent);
    });
    if (less) mention.verdict = Verdict::noise;
  }

  auto& facts = reading.facts;
  auto& affected = facts.affected;
  for (const auto& mention : mentions) {
    const auto& where = mention.where;
    if (mention.verdict != Verdict::affected) continue;
    if (!where.url.empty()) {
      add_url(affected.urls, where.url, most_urls);
      note(reading, "affected.urls", where.url, mention);
    }
    if (!where.host.empty()) {
      add_once(affected.hosts, where.host, most_hosts);
      note(reading, "affected.hosts", where.host, mention);
    }
    if (!where.ip.empty()) {
      add_once(affected.ips, where.ip, most_ips);
      note(reading, "affected.ips", where.ip, mention);
    }
    if (mention.scope == Scope::in || affected.scope == Scope::unknown) affected.scope = mention.scope;
    if (mention.scope == Scope::third_party && affected.scope == Scope::out) affected.scope = mention.scope;
    if (mention.scope == Scope::third_party && !affected.partner) affected.partner = mention.partner;
  }
  for (const auto& mention : mentions) {
    if (mention.verdict == Verdict::affected || !mention.where.has_scheme) continue;
    if (contains_url(affected.urls, mention.where.url)) continue;
    add_url(facts.references, mention.where.url, most_references);
    note(reading, "references", mention.where.url, mention);
  }
  const bool answer = !reading.document.quoted.empty();
  const auto own = answer ? reading.document.all_new_text() : std::string();
  for (const auto& link : reading.mail.links) {
    // Of an answer only what stands in its new text, and not in what it quotes.
    if (answer && (link.text.size() < 4 || own.find(link.text) == std::string::npos ||
                   reading.document.quoted.find(link.text) != std::string::npos))
      continue;
    const auto where = read_url(unwrap_url(link.target));
    if (where.url.empty() || !link.target.starts_with("http") || contains_url(affected.urls, where.url))
      continue;
    // A link whose text names an affected host leads to that host, whatever scheme it adds.
    const bool known =
        std::find(affected.hosts.begin(), affected.hosts.end(), where.host) != affected.hosts.end();
    if (!link.image && known) continue;
    add_url(facts.references, where.url, most_references);
    reading.note_source("references", where.url, "link");
  }
}

} // namespace cvdesk::report
