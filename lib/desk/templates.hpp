// The texts of answers: a file per language and purpose, with named fields. Built in, or from a folder.
//
// A template begins with "Subject: …" and an empty line. {field} is replaced; a line that holds nothing but
// fields which are empty disappears; "{{" is a brace. An unknown field is an error at start, not later.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cvdesk::desk {

using Fields = std::map<std::string, std::string, std::less<>>;

struct Rendered {
  std::string subject;
  std::string text;
};

class Templates {
public:
  // Loads every template of the organisation's languages and checks its fields.
  static Result<Templates> load(const Settings& settings);
  // `name`: "acknowledgement" or "acknowledgement-encrypted".
  Result<Rendered> render(std::string_view language, std::string_view name, const Fields& fields) const;

private:
  std::map<std::string, std::string, std::less<>> texts_; // "nl/acknowledgement.txt" → text
};

} // namespace cvdesk::desk
