#include "mime/html_attributes.hpp"

#include "core/text.hpp"
#include "mime/charset.hpp"
#include "mime/syntax.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace cvdesk::mime {

namespace {

constexpr std::size_t most_target = 4000;

// A length in pixels, whatever its unit (an em counts as 16, a point as 4/3); unset: none, or a percentage.
std::optional<double> pixels(std::string_view value) {
  const bool negative = value.starts_with('-');
  if (negative || value.starts_with('+')) value.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{}) return {};
  const auto unit = value.substr(static_cast<std::size_t>(end - value.data()));
  if (number != 0 && unit.starts_with('%')) return {};
  if (unit.starts_with("em") || unit.starts_with("rem")) number *= 16;
  if (unit.starts_with("pt")) number *= 4.0 / 3;
  return negative ? -number : number;
}

bool is_at_most(std::string_view value, double most) {
  const auto length = pixels(value);
  return length && *length <= most;
}

// What one declaration does to text; `clips` where it does so together with "overflow: hidden".
struct Effect {
  bool hides = false;
  bool clips = false;
  bool overflow_hidden = false;
};

Effect effect_of(std::string_view property, std::string_view value) {
  constexpr double unreadable = 2;
  constexpr double out_of_sight = -500;
  Effect effect;
  if (property == "display") effect.hides = value.starts_with("none");
  if (property == "visibility") effect.hides = value.starts_with("hidden") || value.starts_with("collapse");
  if (property == "font-size") effect.hides = is_at_most(value, unreadable);
  if (property == "opacity") effect.hides = is_at_most(value, 0.05);
  if (property == "mso-hide") effect.hides = value.starts_with("all");
  if (property == "text-indent" || property == "left" || property == "top" || property == "margin-left")
    effect.hides = is_at_most(value, out_of_sight);
  if (property == "clip") effect.hides = value.starts_with("rect(0,0,0,0") || value.starts_with("rect(00");
  if (property == "max-height" || property == "height" || property == "width" || property == "max-width")
    effect.clips = is_at_most(value, 1);
  if (property == "overflow") effect.overflow_hidden = value.starts_with("hidden");
  return effect;
}

} // namespace

Style style_of(std::string_view style) {
  std::string squeezed = ascii_lower(style);
  std::erase_if(squeezed, is_blank);
  Style found;
  bool clips = false;
  bool overflow_hidden = false;
  for (const auto declaration : split(squeezed, ';')) {
    const auto colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const auto property = declaration.substr(0, colon);
    const auto value = declaration.substr(colon + 1);
    const Effect effect = effect_of(property, value);
    found.hides = found.hides || effect.hides;
    clips = clips || effect.clips;
    overflow_hidden = overflow_hidden || effect.overflow_hidden;
    if (property == "color") found.text = value;
    if (property == "background" || property == "background-color") found.background = value;
  }
  found.hides = found.hides || (clips && overflow_hidden);
  return found;
}

std::optional<Colour> colour_of(std::string_view css) {
  constexpr std::array<std::pair<std::string_view, Colour>, 4> names = {{{"white", {255, 255, 255}},
                                                                         {"black", {0, 0, 0}},
                                                                         {"snow", {255, 250, 250}},
                                                                         {"ivory", {255, 255, 240}}}};
  std::string text = ascii_lower(trim(css));
  std::erase_if(text, is_blank);
  if (const auto end = text.find('!'); end != std::string::npos) text.resize(end);
  for (const auto& [name, colour] : names) {
    if (text == name) return colour;
  }
  Colour colour{};
  if (text.starts_with("rgb")) {
    const auto open = text.find('(');
    const auto values = split(std::string_view(text).substr(std::min(open, text.size() - 1) + 1), ',');
    if (open == std::string::npos || values.size() != 3)
      return {}; // with alpha: nobody knows on what it lies
    for (std::size_t i = 0; i < 3; ++i) {
      int value = 0;
      const auto [end, error] = std::from_chars(values[i].data(), values[i].data() + values[i].size(), value);
      if (error != std::errc{} || value < 0 || value > 255) return {};
      colour[i] = value;
    }
    return colour;
  }
  if (text.starts_with('#')) text.erase(0, 1);
  if (!std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; })) return {};
  if (text.size() != 3 && text.size() != 6) return {};
  for (std::size_t i = 0; i < 3; ++i) {
    const bool brief = text.size() == 3;
    colour[i] = hex_digit(text[brief ? i : 2 * i]) * 16 + hex_digit(text[brief ? i : 2 * i + 1]);
  }
  return colour;
}

bool look_alike(const Colour& a, const Colour& b) {
  constexpr int nearly = 20;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > nearly) return false;
  }
  return true;
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
