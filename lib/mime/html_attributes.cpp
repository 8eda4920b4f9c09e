#include "mime/html_attributes.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_target = 4000;

// Zero in any unit, "0", "0px", "0.0em", but not "0.9em".
bool is_zero_size(std::string_view value) {
  const auto end = value.find_first_not_of("0.");
  return value.starts_with('0') && (end == std::string_view::npos || value[end] < '1' || value[end] > '9');
}

} // namespace

bool hides(std::string_view style) {
  std::string squeezed = ascii_lower(style);
  std::erase_if(squeezed, is_blank);
  for (const auto declaration : split(squeezed, ';')) {
    const auto colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const auto property = declaration.substr(0, colon);
    const auto value = declaration.substr(colon + 1);
    if (property == "display" && value.starts_with("none")) return true;
    if (property == "visibility" && (value.starts_with("hidden") || value.starts_with("collapse")))
      return true;
    if ((property == "font-size" || property == "opacity") && is_zero_size(value)) return true;
    if (property == "mso-hide" && value.starts_with("all")) return true;
  }
  return false;
}

std::string absolute_target(std::string_view target) {
  constexpr std::array schemes = {"mailto:", "tel:", "sms:", "xmpp:", "sip:", "matrix:", "openpgp4fpr:"};
  target = trim(target).substr(0, most_target);
  const auto scheme_end = target.find("://");
  const bool url = scheme_end != std::string_view::npos && scheme_end > 0 && scheme_end <= 20 &&
                   std::all_of(target.begin(), target.begin() + static_cast<std::ptrdiff_t>(scheme_end),
                               [](char c) { return is_token(c) && c != '%' && c != '#'; });
  const bool other = std::any_of(schemes.begin(), schemes.end(), [&](const char* scheme) {
    return starts_with_ignoring_case(target, scheme);
  });
  if (!url && !other) return {};
  std::string safe;
  for (const char c : clean_text(target, Lines::fold)) {
    if (c == ' ' || c == '"') {
      safe += c == ' ' ? "%20" : "%22";
    } else if (c == '<' || c == '>') {
      safe += c == '<' ? "%3C" : "%3E";
    } else {
      safe += c;
    }
  }
  return safe;
}

bool says_the_same(std::string_view text, std::string_view target) {
  const auto bare = [](std::string_view url) {
    for (const std::string_view prefix : {"mailto:", "https://", "http://"}) {
      if (starts_with_ignoring_case(url, prefix)) url.remove_prefix(prefix.size());
    }
    if (url.ends_with('/')) url.remove_suffix(1);
    return url;
  };
  return equal_ignoring_case(bare(text), bare(target));
}

} // namespace cvdesk::mime
