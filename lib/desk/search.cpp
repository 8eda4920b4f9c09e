#include "desk/search.hpp"

#include "core/text.hpp"
#include "desk/answer_task.hpp"
#include "desk/case_view.hpp"
#include "store/outbox.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace cvdesk::desk {

namespace {

constexpr std::size_t context = 60; // bytes on each side of a hit

// Compatibility-decomposed, case folded, without accents: "Études" and "etudes" are the same word.
std::string folded(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKDInstance(status);
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  if (U_FAILURE(status)) return ascii_lower(utf8);
  icu::UnicodeString decomposed = normalizer->normalize(text, status);
  decomposed.foldCase();
  icu::UnicodeString plain;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) plain.append(c);
  }
  std::string out;
  plain.toUTF8String(out);
  return out;
}

// A place where a word may stand.
struct Field {
  std::string where;
  std::string text;
};

bool is_start_of_character(const std::string& text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// The text around the first place where the folded word stands. Folding changes lengths, so the place is
// found line by line, then word by word.
std::string excerpt_of(const std::string& text, const std::string& folded_word) {
  std::size_t found = 0;
  std::size_t start = 0;
  for (const auto line : split(text, '\n')) {
    if (folded(line).find(folded_word) != std::string::npos) {
      std::size_t at = start;
      for (const auto word : split(line, ' ')) {
        if (folded(word).find(folded_word) != std::string::npos) break;
        at += word.size() + 1;
      }
      found = at <= start + line.size() ? at : start;
      break;
    }
    start += line.size() + 1;
  }
  std::size_t from = found > context ? found - context : 0;
  while (!is_start_of_character(text, from)) {
    ++from;
  }
  std::size_t to = std::min(text.size(), found + folded_word.size() + context);
  while (!is_start_of_character(text, to)) {
    ++to;
  }
  return squeeze(safe_for_terminal(text.substr(from, to - from)));
}

std::vector<Field> fields_of(const reader::Inspection& inspection) {
  std::vector<Field> fields = {{"subject", inspection.subject}, {"text", inspection.text}};
  for (const auto& from : inspection.from) {
    fields.push_back({"reporter", from.display_name + " " + from.address});
  }
  const auto& facts = inspection.facts;
  fields.push_back({"affected", join(facts.affected.urls, " ") + " " + join(facts.affected.hosts, " ")});
  fields.push_back({"weakness", join(facts.weakness.cwe, " ") + " " + join(facts.weakness.cve, " ")});
  for (const auto& file : inspection.attachments) {
    fields.push_back({"attachment", file.filename});
  }
  return fields;
}

// What a person wrote to a reporter or a partner; what the desk sends by itself is the same in every case.
Result<std::multimap<store::Id, Field>> answers(Desk& desk) {
  return desk.store().read([](store::View& view) -> Result<std::multimap<store::Id, Field>> {
    std::multimap<store::Id, Field> found;
    TRY_ASSIGN(const auto outgoing, store::outbox(view));
    for (const auto& entry : outgoing) {
      if (!entry.case_id || (entry.purpose != "reply" && entry.purpose != "pass-on")) continue;
      // One that cannot be read any more must not end the search.
      const auto task = unpack_answer_task(entry.task);
      if (task) found.emplace(*entry.case_id, Field{entry.purpose, task->sent_subject + "\n" + task->sent_text});
    }
    return found;
  });
}

// What a person has set by hand.
void add_what_was_set(std::vector<Field>& fields, const Sheet& sheet) {
  fields.push_back({"title", sheet.title});
  for (const auto* set : {&sheet.cwe, &sheet.cve}) {
    if (*set) fields.push_back({"weakness", join(**set, " ")});
  }
}

// The field that holds the first word, if every word stands in one of them.
const Field* match(const std::vector<Field>& fields, const std::vector<std::string>& words) {
  const Field* first = nullptr;
  std::vector<std::string> folded_fields;
  for (const auto& field : fields) {
    folded_fields.push_back(folded(field.text));
  }
  for (const auto& word : words) {
    const auto found = std::find_if(folded_fields.begin(), folded_fields.end(),
                                    [&](const auto& text) { return text.find(word) != std::string::npos; });
    if (found == folded_fields.end()) return nullptr;
    if (first == nullptr) first = &fields[static_cast<std::size_t>(found - folded_fields.begin())];
  }
  return first;
}

} // namespace

Result<std::vector<Hit>> search(Desk& desk, const std::vector<std::string>& words) {
  std::vector<std::string> wanted;
  for (const auto& word : words) {
    wanted.push_back(folded(to_valid_utf8(word)));
  }
  std::vector<Hit> hits;
  TRY(visit_inbox(desk, [&](const MailView& mail) {
    if (!mail.inspection || mail.entry.duplicate_of) return;
    const auto fields = fields_of(*mail.inspection);
    if (const Field* field = match(fields, wanted)) {
      hits.push_back({mail.reference.value_or(""), mail.entry.id, field->where, excerpt_of(field->text, wanted.front())});
    }
  }));
  TRY_ASSIGN(const auto cases, list_cases(desk));
  TRY_ASSIGN(const auto written, answers(desk));
  for (const auto& summary : cases) {
    TRY_ASSIGN(const auto events, desk.store().read([&](store::View& view) { return store::events(view, summary.entry.id); }));
    std::vector<Field> fields = {{"reference", summary.entry.reference}};
    add_what_was_set(fields, summary.sheet);
    const auto [from, to] = written.equal_range(summary.entry.id);
    std::transform(from, to, std::back_inserter(fields), [](const auto& answer) { return answer.second; });
    for (const auto& event : events) {
      if (event.action == "note") fields.push_back({"note", event.detail});
    }
    const bool known = std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.reference == summary.entry.reference; });
    const Field* field = known ? nullptr : match(fields, wanted);
    if (field != nullptr) hits.push_back({summary.entry.reference, 0, field->where, excerpt_of(field->text, wanted.front())});
  }
  std::reverse(hits.begin(), hits.end());
  return hits;
}

} // namespace cvdesk::desk
