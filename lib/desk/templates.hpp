// The texts of answers: a file per language and purpose, with named fields. Built in, or from a folder.
//
// A template begins with "Subject: …" and an empty line. {field} is replaced; a line that holds nothing but
// fields which are empty disappears; "{{" is a brace. An unknown field is an error at start, not later. What a
// field holds is never looked at for fields again.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::desk {

using Fields = std::map<std::string, std::string, std::less<>>;

struct Rendered {
  std::string subject;
  std::string text;
};

class Templates {
public:
  // Loads every template of the organisation's languages and checks its fields: the built-in ones, each of which
  // a file of the folder may replace, and every other LANG/NAME.txt of the folder, which is one for replies.
  static Result<Templates> load(const Settings& settings);

  // `name`: acknowledgement, acknowledgement-encrypted, ask-certificate, passed-on and passed-on-named (tell the reporter), pass-on
  // (to a partner), or one for replies.
  Result<Rendered> render(std::string_view language, std::string_view name, const Fields& fields) const;

  // The names of those for replies, in this language, sorted.
  std::vector<std::string> for_replies(std::string_view language) const;
  // Whether a template for replies has a place for the officer's own words. not_found: there is no such one in
  // this language.
  Result<bool> takes_text(std::string_view language, std::string_view name) const;

private:
  std::map<std::string, std::string, std::less<>> texts_; // "nl/acknowledgement" → text
};

} // namespace cvdesk::desk
