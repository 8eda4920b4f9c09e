// What the readers of single facts share: the mail, seen from this desk, and the facts so far.
#pragma once

#include "report/document.hpp"
#include "report/facts.hpp"
#include "report/read.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace cvdesk::report {

struct Reading {
  const Mail& mail;
  const Vantage& vantage;
  const Document& document;
  Facts& facts;
  std::string_view text; // as much of the mail's as is read
  bool reply = false;    // the subject or the header says that it answers something

  // Keeps where a fact came from: the first of `words` that stands in that passage, else all of it.
  void note(std::string_view field, std::string_view value, const Passage& passage,
            std::initializer_list<std::string_view> words) const;
  void note_source(std::string_view field, std::string_view value, std::string_view source) const;
  // In the first passage with these words; nothing where they are nowhere and `else_source` is empty.
  void note_found(std::string_view field, std::string_view value, std::string_view words,
                  std::string_view else_source = {}) const;
  void keep(Evidence one) const;
  const mime::Mailbox& sender() const; // From, or the sender of the mail that was passed on
};

// Each reads one kind of fact. Order matters: language, kind, affected, contacts, then the rest.
std::optional<std::string> language_of(std::string_view text);
void read_kind(Reading& reading);
void read_affected(Reading& reading);
void read_contacts(Reading& reading); // name, emails, fingerprints
void read_phones(Reading& reading);
void read_handles(Reading& reading);
void read_anonymity(Reading& reading);
void read_credit(Reading& reading);
void read_weakness(Reading& reading);
void read_steps(Reading& reading);
void read_disclosure(Reading& reading);
void read_conduct(Reading& reading);
void read_missing(Reading& reading);
std::optional<std::string> find_case_tag(std::string_view text);

// ---- names.cpp
// "Dr. Jan de Vries (Firm)" → "Jan de Vries"; "Vries, Jan de" → "Jan de Vries"; empty when there is none.
std::string clean_name(std::string_view display_name);
bool is_person_name(std::string_view name);       // two to six words that can be a name, no organisation
bool is_organisation_name(std::string_view name); // CERT, team, B.V., GmbH, "Website …"
std::optional<std::string> signed_name(const Document& document);
// Whom a CERT, a platform or a colleague names as the finder: "Reporter: n0ctua".
struct Finder {
  std::optional<std::string> name;
  std::string email;
};
Finder labelled_finder(const Document& document);
std::optional<std::string> introduced_name(const Document& document); // "my name is …", "Duty officer: …"

// ---- deeds.cpp
// Whether what this folded sentence says at `act` is told of somebody else, of a rule or of an exercise.
bool is_told_of_others(std::string_view sentence, std::size_t act, std::string_view language);
// Whether this one of a passage's sentences (folded, without addresses), with its neighbours, tells of a deed
// of the reporter's that no single phrase names. `category`: as in Facts::conduct.
bool tells_of_deed(const std::vector<std::string>& sentences, std::size_t sentence, std::string_view category,
                   std::string_view language);

// ---- contacts.cpp
bool is_no_reply(std::string_view address);

// ---- sentences.cpp
// Without what stands around "://": "…/article/12" in an address announces nothing.
std::string without_addresses(std::string_view folded_text);

template <class Item>
void add_once(std::vector<Item>& items, Item item, std::size_t limit) {
  for (const auto& known : items) {
    if (known == item) return;
  }
  if (items.size() < limit) items.push_back(std::move(item));
}

} // namespace cvdesk::report
