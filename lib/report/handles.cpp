#include "core/text.hpp"
#include "report/pattern.hpp"
#include "report/phrases.hpp"
#include "report/reading.hpp"
#include "report/urls.hpp"

namespace cvdesk::report {

namespace {

constexpr std::size_t most_handles = 20;

std::string platform_of(std::string_view word) {
  if (word == "twitter" || word == "x" || word == "x/twitter" || word == "twitter/x") return "x";
  if (word == "jabber" || word == "xmpp") return "xmpp";
  if (word == "fediverse" || word == "mastodon") return "mastodon";
  if (word == "element" || word == "matrix") return "matrix";
  if (word == "bsky" || word == "bluesky") return "bluesky";
  return std::string(word);
}

void add(Reading& reading, const Passage& passage, const std::string& platform, std::string_view identifier) {
  while (!identifier.empty() && std::string_view(".,;:)!").find(identifier.back()) != std::string_view::npos)
    identifier.remove_suffix(1);
  if (identifier.size() < 2) return;
  // A telephone number is one already.
  static const Pattern number("^\\+?[\\d ()-]{6,}$");
  if (number.in(identifier)) return;
  const auto value = platform + ":" + std::string(identifier);
  add_once(reading.facts.reporter.handles, value, most_handles);
  reading.note("reporter.handles", value, passage, {identifier});
}

void look_into(Reading& reading, const Passage& passage, std::string_view text) {
  static const Pattern labelled(
      "(?i)(?:^|[^\\w@./"
      "-])(signal|telegram|whatsapp|threema|wire|session|discord|matrix|element|"
      "xmpp|jabber|mastodon|fediverse|x/twitter|twitter/"
      "x|twitter|x|linkedin|github|gitlab|keybase|hackerone|bugcrowd|intigriti|"
      "yeswehack|bluesky|bsky|wickr|skype|irc|instagram|reddit|wechat|simplex)"
      "(?: "
      "?(?:id|handle|user(?:name)?|account|gebruikersnaam|benutzername|compte|"
      "pseudo|nick|name|kennung|identifiant|-id))?"
      "(?:\\s*[:=]\\s*|,\\s*|\\s+(?:is|as|als|under|unter|sous|op|on|auf|sur|via|ist|est|"
      "comme|onder|:)\\s+|\\s*\\(\\s*|\\s+)"
      "(@?[\\p{L}\\p{N}_][\\p{L}\\p{N}_.#+-]*(?:[@:][\\p{L}\\p{N}_.-]+\\.[\\p{L}]{"
      "2,})?(?:#\\d{4})?|@[\\p{L}\\p{N}_.-]+(?:[@:][\\p{L}\\p{N}.-]+)?)");
  static const Pattern reversed("(?i)(@[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*(?:[@:][\\p{L}\\p{N}.-]+\\.\\p{L}{2,}"
                                ")?)\\s*,?\\s*(?:\\(|on |op |auf |sur |via |at |bij |bei )\\s*(?:my |mijn "
                                ")?(signal|telegram|threema|discord|matrix|mastodon|twitter|x|github|gitlab|"
                                "keybase|hackerone|bluesky|instagram|wire)\\b");
  static const Pattern fediverse("(?:^|[\\s(,:])(@[A-Za-z0-9_.-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+)");
  static const Pattern matrix_id("(?:^|[\\s(,])(@[a-z0-9_.=/-]+:[a-z0-9-]+(?:\\.[a-z0-9-]+)+)");
  static const Pattern profile(
      "(?i)(?:^|[\\s(<,:])(?:www\\.)?(github\\.com|gitlab\\.com|twitter\\.com|x\\.com|linkedin\\.com/"
      "in|keybase\\.io|hackerone\\.com|bugcrowd\\.com|t\\.me|bsky\\.app/profile)/"
      "(@?[A-Za-z0-9_.-]+)(?:[\\s).,;>]|$)");
  // "Threema mag ook, mijn ID is 8KX2M4PA", "mon compte GitHub, si … : glhoumeau"
  static const Pattern apart(
      "(?i)\\b(signal|telegram|threema|wire|discord|matrix|mastodon|twitter|github|gitlab|keybase|"
      "hackerone|bluesky|simplex|session)\\b[^.;:\\n]{0,70}(?::|\\b(?:id|name|handle|account|naam|"
      "kennung|identifiant|pseudo|nick)\\W{0,2}(?:is|ist|est|:|=))\\s*(@?[\\p{L}\\p{N}_][\\p{L}\\p{N}_.#+-]{"
      "2,40})");
  static const Pattern digital("\\d");
  Pattern::Match match;
  std::size_t at = 0;
  for (int n = 0; n < 50 && labelled.next(text, at, match); ++n) {
    const auto word = ascii_lower(match[1]);
    const auto identifier = match[2];
    const bool at_sign = identifier.starts_with('@') || identifier.find('@') != std::string_view::npos;
    const auto between =
        text.substr(offset_in(text, match[1]) + match[1].size(),
                    offset_in(text, identifier) - offset_in(text, match[1]) - match[1].size());
    const bool colon = between.find_first_of(":=") != std::string_view::npos;
    const bool bare_word = !at_sign && !colon;
    // "Signal is preferred", "x is the number": without a mark only what looks like an identifier counts.
    static const Pattern identifier_like("[._#\\d]");
    if ((word == "x" || word == "session" || word == "wire" || word == "element" || word == "matrix" ||
         word == "signal") &&
        bare_word && !identifier_like.in(identifier))
      continue;
    if (bare_word && !identifier_like.in(identifier)) continue;
    if (word == "x" && !at_sign) continue;
    if (word == "session" && !digital.in(identifier)) continue;
    if (word == "session" && identifier.size() < 40) continue;
    // "hackerone.com/name" is read below; a number belongs among the telephone numbers.
    const auto behind = offset_in(text, identifier) + identifier.size();
    if (behind < text.size() && text[behind] == '/') continue;
    if (identifier.find_first_not_of("0123456789.-") == std::string_view::npos) continue;
    if (identifier.starts_with("http") || identifier.starts_with("www.")) continue;
    if (bare_word && identifier.ends_with(".") &&
        identifier.find_first_of("_#0123456789") == std::string_view::npos)
      continue;
    add(reading, passage, platform_of(word), identifier);
  }
  at = 0;
  for (int n = 0; n < 20 && apart.next(text, at, match); ++n) {
    static const Pattern own("\\b(?i:my|mijn|mein\\w*|mon|ma|i|ik|ich|je|me)\\b");
    static const Pattern web("^(?i:https?|www)");
    const auto behind = offset_in(text, match[2]) + match[2].size();
    static const Pattern ends("^[.)]*\\s*(?:$|[,;)])");
    if (web.in(match[2]) || !ends.in(text.substr(behind))) continue;
    if (own.in(match[0]) || own.in(text.substr(0, offset_in(text, match[0]))))
      add(reading, passage, platform_of(ascii_lower(match[1])), match[2]);
  }
  at = 0;
  for (int n = 0; n < 50 && reversed.next(text, at, match); ++n)
    add(reading, passage, platform_of(ascii_lower(match[2])), match[1]);
  at = 0;
  for (int n = 0; n < 50 && fediverse.next(text, at, match); ++n)
    add(reading, passage, "mastodon", match[1]);
  at = 0;
  for (int n = 0; n < 50 && matrix_id.next(text, at, match); ++n)
    add(reading, passage, "matrix", match[1]);
  at = 0;
  for (int n = 0; n < 50 && profile.next(text, at, match); ++n) {
    const auto host = ascii_lower(match[1]);
    const auto platform = host.starts_with("t.me")   ? "telegram"
                          : host.starts_with("bsky") ? "bluesky"
                                                     : host.substr(0, host.find('.'));
    static const Pattern page("^(?:advisories|search|explore|features|about|topics|in|company)$");
    if (!page.in(match[2])) add(reading, passage, platform_of(platform), match[2]);
  }
}

} // namespace

void read_handles(Reading& reading) {
  for (const auto& passage : reading.document.passages) {
    if (passage.role == Role::code || passage.role == Role::disclaimer || passage.role == Role::greeting)
      continue;
    for (const auto& sentence : passage.sentences) {
      if (!has_phrase("other.person", sentence.folded.text) || passage.role == Role::signature)
        look_into(reading, passage, refang(sentence.text));
    }
  }
}

} // namespace cvdesk::report
