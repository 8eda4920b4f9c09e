#include "report/necessary.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace cvdesk::report {

namespace {

constexpr std::size_t most_exact = 64;
constexpr std::size_t most_members = 12; // of a character class that is spelled out
constexpr std::size_t most_lists = 3;
constexpr std::size_t longest_word = 6;

// What is known of a piece of a pattern: all that it matches, or words that are in whatever it matches.
struct Known {
  bool exact = false;
  Words all;                // where exact
  std::vector<Words> lists; // where not
};

Known nothing_known() { return {}; }
Known only(std::string text) { return {true, {std::move(text)}, {}}; }

std::size_t shortest(const Words& words) {
  std::size_t least = words.empty() ? 0 : words.front().size();
  for (const auto& word : words)
    least = std::min(least, word.size());
  return least;
}

// A single letter or space is in nearly every text.
bool tells_something(const Words& words) {
  return !words.empty() && std::all_of(words.begin(), words.end(), [](const auto& word) {
    return word.size() > 1 || (word.size() == 1 && word.front() != ' ' && (word.front() < 'a' || word.front() > 'z'));
  });
}

bool tells_more(const Words& a, const Words& b) {
  const auto long_a = std::min(shortest(a), longest_word);
  const auto long_b = std::min(shortest(b), longest_word);
  return long_a != long_b ? long_a > long_b : a.size() < b.size();
}

// Of what follows one another.
class Sequence {
public:
  void add(Known piece) {
    if (!piece.exact) {
      flush();
      broken_ = true;
      for (auto& list : piece.lists)
        lists_.push_back(std::move(list));
      return;
    }
    if (recent_.size() * piece.all.size() > most_exact) {
      flush();
      broken_ = true;
    }
    Words joined;
    for (const auto& begin : recent_)
      for (const auto& end : piece.all)
        joined.push_back(begin + end);
    recent_ = std::move(joined);
  }
  Known end() {
    if (!broken_) return {true, std::move(recent_), {}};
    flush();
    return {false, {}, std::move(lists_)};
  }

private:
  void flush() {
    if (tells_something(recent_)) lists_.push_back(recent_);
    recent_ = {""};
  }
  Words recent_ = {""};
  std::vector<Words> lists_;
  bool broken_ = false;
};

const Words* most_telling(const Known& known) {
  if (known.exact) return tells_something(known.all) ? &known.all : nullptr;
  const auto best = std::min_element(known.lists.begin(), known.lists.end(), tells_more);
  return best == known.lists.end() ? nullptr : &*best;
}

Known any_of(std::vector<Known> branches) {
  if (branches.size() == 1) return std::move(branches.front());
  Known result;
  std::size_t exact = 0;
  bool all_exact = true;
  for (const auto& branch : branches) {
    all_exact = all_exact && branch.exact;
    exact += branch.all.size();
  }
  if (all_exact && exact <= most_exact) {
    result.exact = true;
    for (const auto& branch : branches)
      result.all.insert(result.all.end(), branch.all.begin(), branch.all.end());
    return result;
  }
  Words one_of;
  for (const auto& branch : branches) {
    const Words* words = most_telling(branch);
    if (words == nullptr) return nothing_known();
    one_of.insert(one_of.end(), words->begin(), words->end());
  }
  result.lists.push_back(std::move(one_of));
  return result;
}

// Reads a pattern of ours; what it does not understand, it knows nothing of.
class PatternReader {
public:
  explicit PatternReader(std::string_view pattern) : rest_(pattern) {}

  std::optional<Known> read() {
    Known known = alternatives(false);
    if (!rest_.empty() || !understood_) return std::nullopt;
    return known;
  }
  // In Unicode, "s" and "k" have a third form (U+017F, U+212A) that matches them where case does not count.
  bool has_third_forms() const { return third_forms_; }
  // Its texts are not all that it takes to match.
  bool is_particular() const { return particular_; }

private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  char next() {
    if (rest_.empty()) {
      understood_ = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Known alternatives(bool any_case) {
    std::vector<Known> branches;
    Sequence sequence;
    while (understood_ && !rest_.empty() && rest_.front() != ')') {
      if (take("|")) {
        branches.push_back(sequence.end());
        sequence = Sequence();
      } else if (rest_.starts_with("(?") && is_setting()) {
        any_case = setting(any_case);
      } else {
        repeated(sequence, item(any_case));
      }
    }
    branches.push_back(sequence.end());
    return any_of(std::move(branches));
  }

  // "(?i)": from here to the end of the group.
  bool is_setting() const {
    const auto end = rest_.find_first_not_of("imsU-", 2);
    return end != std::string_view::npos && end > 2 && rest_[end] == ')';
  }
  bool setting(bool any_case) {
    const auto end = rest_.find(')');
    const auto flags = rest_.substr(2, end - 2);
    rest_.remove_prefix(end + 1);
    const auto off = flags.find('-');
    const auto at = flags.find('i');
    return at == std::string_view::npos ? any_case : at < off;
  }

  Known group(bool any_case) {
    if (take("?")) {
      if (take("P<")) {
        const auto end = rest_.find('>');
        rest_.remove_prefix(std::min(rest_.size(), end == std::string_view::npos ? end : end + 1));
      } else {
        const auto end = std::min(rest_.find(':'), rest_.size());
        const auto flags = rest_.substr(0, end);
        if (flags.find_first_not_of("imsU-") != std::string_view::npos) understood_ = false;
        if (const auto at = flags.find('i'); at != std::string_view::npos) any_case = at < flags.find('-');
        rest_.remove_prefix(std::min(rest_.size(), end + 1));
      }
    }
    Known known = alternatives(any_case);
    if (!take(")")) understood_ = false;
    return known;
  }

  Known item(bool any_case) {
    const char c = next();
    switch (c) {
    case '(':
      return group(any_case);
    case '[':
      return members(any_case);
    case '\\':
      return escaped(any_case);
    case '.':
      return nothing_known();
    case '^':
    case '$':
      particular_ = true;
      return only("");
    default:
      return character(c, any_case);
    }
  }

  Known character(char c, bool any_case) {
    std::string bytes(1, ascii_lower(c));
    particular_ = particular_ || any_case || bytes.front() != c;
    if (static_cast<unsigned char>(c) < 0x80) {
      if (any_case) note_case(c);
      return only(std::move(bytes));
    }
    while (!rest_.empty() && (static_cast<unsigned char>(rest_.front()) & 0xC0) == 0x80)
      bytes += next();
    return any_case ? nothing_known() : only(std::move(bytes));
  }
  void note_case(char c) {
    const char lower = ascii_lower(c);
    third_forms_ = third_forms_ || lower == 's' || lower == 'k';
  }

  Known escaped(bool any_case) {
    const char c = next();
    switch (c) {
    case 'b':
    case 'B':
    case 'A':
    case 'z':
      particular_ = true;
      return only("");
    case 'n':
      return only("\n");
    case 't':
      return only("\t");
    case 'r':
      return only("\r");
    case 'd':
      return {true, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, {}};
    case 'p':
    case 'P':
    case 'x':
      skip_braces();
      return nothing_known();
    default:
      break;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter ? nothing_known() : character(c, any_case);
  }
  void skip_braces() {
    if (!take("{")) {
      understood_ = false;
      return;
    }
    const auto end = rest_.find('}');
    if (end == std::string_view::npos) understood_ = false;
    else rest_.remove_prefix(end + 1);
  }

  // Of classes, the small ones of ASCII are spelled out.
  Known members(bool any_case) {
    bool known = !take("^");
    Words all;
    bool first = true;
    while (understood_ && (first || !rest_.starts_with("]"))) {
      first = false;
      if (take("[:")) {
        known = false;
        const auto end = rest_.find(":]");
        if (end == std::string_view::npos) understood_ = false;
        else rest_.remove_prefix(end + 2);
        continue;
      }
      const auto low = member();
      auto high = low;
      if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        (void)next();
        high = member();
      }
      if (!low || !high || *low > *high || static_cast<std::size_t>(*high - *low) > most_members) {
        known = false;
        continue;
      }
      for (int c = *low; c <= *high; ++c) {
        if (any_case) note_case(static_cast<char>(c));
        particular_ = particular_ || any_case || (c >= 'A' && c <= 'Z');
        all.emplace_back(1, ascii_lower(static_cast<char>(c)));
      }
    }
    (void)next();
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (!known || all.empty() || all.size() > most_members) return nothing_known();
    return {true, std::move(all), {}};
  }
  // Unset: more than one character, or one outside ASCII, whose bytes follow as members of no effect.
  std::optional<int> member() {
    const char c = next();
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    if (c != '\\') return c;
    const Known known = escaped(false);
    const bool one = known.exact && known.all.size() == 1 && known.all.front().size() == 1;
    return one ? std::optional<int>(known.all.front().front()) : std::nullopt;
  }

  void repeated(Sequence& sequence, Known piece) {
    std::size_t least = 1;
    bool more = false; // than once
    if (take("*")) {
      least = 0;
      more = true;
    } else if (take("+")) {
      more = true;
    } else if (take("?")) {
      least = 0;
    } else if (rest_.size() > 1 && rest_[0] == '{' && rest_[1] >= '0' && rest_[1] <= '9') {
      least = rest_[1] == '0' ? 0 : 1;
      const auto end = rest_.find('}');
      more = rest_.substr(0, end) != "{0,1" && rest_.substr(0, end) != "{1";
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    } else {
      return sequence.add(std::move(piece));
    }
    if (take("?")) particular_ = true; // as little as possible: the same texts, in another order
    if (least == 0 && !more && piece.exact) {
      piece.all.emplace_back();
      return sequence.add(std::move(piece));
    }
    if (least == 0) return sequence.add(nothing_known());
    sequence.add(std::move(piece));
    if (more) sequence.add(nothing_known());
  }

  std::string_view rest_;
  bool understood_ = true;
  bool third_forms_ = false;
  bool particular_ = false;
};

// A word that has another one of the list in it adds nothing.
Words shortened(Words words) {
  for (auto& word : words)
    word.resize(std::min(word.size(), longest_word));
  std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  Words kept;
  for (auto& word : words) {
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const auto& other) { return word.find(other) != std::string::npos; }))
      kept.push_back(std::move(word));
  }
  return kept;
}

// Behind a character class or an escaped character that begins at `at`; else the next character.
std::size_t behind(std::string_view pattern, std::size_t at) {
  if (pattern[at] == '\\') return at + 2;
  if (pattern[at] != '[') return at + 1;
  ++at;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  while (at < pattern.size() && pattern[at] != ']') {
    const auto named = pattern.substr(at, 2) == "[:" ? pattern.find(":]", at) : std::string_view::npos;
    at = named != std::string_view::npos ? named + 2 : at + (pattern[at] == '\\' ? 2 : 1);
  }
  return at + 1;
}

} // namespace

std::vector<Words> necessary_words(std::string_view pattern) {
  PatternReader reader(pattern);
  auto known = reader.read();
  if (!known) return {};
  if (known->exact) {
    if (!tells_something(known->all)) return {};
    known->lists.push_back(std::move(known->all));
  }
  std::stable_sort(known->lists.begin(), known->lists.end(), tells_more);
  if (known->lists.size() > most_lists) known->lists.resize(most_lists);
  for (auto& list : known->lists) {
    list = shortened(std::move(list));
    if (reader.has_third_forms()) list.insert(list.end(), {"\xC5\xBF", "\xE2\x84\xAA"});
  }
  return std::move(known->lists);
}

Words only_words(std::string_view pattern) {
  PatternReader reader(pattern);
  auto known = reader.read();
  if (!known || !known->exact || reader.is_particular()) return {};
  return std::move(known->all);
}

std::vector<std::string_view> alternatives_of(std::string_view pattern) {
  std::vector<std::string_view> parts;
  std::size_t depth = 0;
  std::size_t begin = 0;
  std::size_t first_end = std::string_view::npos; // of a group with which the pattern begins
  for (std::size_t at = 0; at < pattern.size(); at = behind(pattern, at)) {
    const char c = pattern[at];
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0 && first_end == std::string_view::npos) first_end = at;
    if (c != '|' || depth > 0) continue;
    parts.push_back(pattern.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(pattern.substr(begin));
  const bool enclosed = parts.size() == 1 && pattern.starts_with("(?:") && first_end + 1 == pattern.size();
  if (enclosed) return alternatives_of(pattern.substr(3, pattern.size() - 4));
  if (parts.size() == 1) return parts;
  for (const auto part : parts) {
    // A setting such as "(?i)" holds for the alternatives behind it, too.
    if (part.starts_with("(?") && part.size() > 3 && part[2] != ':' && part[2] != 'P') return {pattern};
  }
  std::vector<std::string_view> all;
  for (const auto part : parts) {
    for (const auto inner : alternatives_of(part))
      all.push_back(inner);
  }
  return all;
}

} // namespace cvdesk::report
