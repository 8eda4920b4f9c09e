#include "desk/templates.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "embedded/template_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cvdesk::desk {

namespace {

constexpr std::size_t template_limit = 64 * 1024;
using FieldNames = std::set<std::string_view>;

// The fixed text may name nothing that depends on the mail that it answers.
const std::map<std::string_view, FieldNames> known_templates = {
    {"acknowledgement", {"reference", "organisation", "received", "assess_by", "resolve_by", "missing", "fingerprint", "address"}},
    {"notification", {"organisation", "summary", "lines"}},
    {"acknowledgement-encrypted", {"organisation", "fingerprint", "address"}},
};

// One line with its fields filled in. `dropped`: it held fields only, all of them empty.
struct Line {
  std::string text;
  bool dropped = false;
};

Result<Line> fill_line(std::string_view line, const FieldNames& known_fields, const Fields& fields) {
  Line out;
  bool any_field = false;
  bool any_text = false;
  while (!line.empty()) {
    const auto brace = line.find('{');
    const std::string_view before = line.substr(0, brace);
    out.text += before;
    any_text = any_text || !trim(before).empty();
    if (brace == std::string_view::npos) break;
    line.remove_prefix(brace + 1);
    if (line.starts_with('{')) {
      out.text += '{';
      any_text = true;
      line.remove_prefix(1);
      continue;
    }
    const auto end = line.find('}');
    const std::string_view name = line.substr(0, end);
    if (end == std::string_view::npos || !known_fields.contains(name)) {
      return fail(ErrorKind::configuration, fmt::format("unknown field {{{}}}", shorten(safe_for_terminal(name), 40)),
                  fmt::format("the fields are: {}", fmt::join(known_fields, ", ")));
    }
    const auto value = fields.find(name);
    if (value != fields.end()) out.text += value->second;
    any_field = true;
    line.remove_prefix(end + 1);
  }
  out.dropped = any_field && !any_text && trim(out.text).empty();
  return out;
}

Result<Rendered> fill(std::string_view text, const FieldNames& known, const Fields& fields) {
  Rendered rendered;
  std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 3 || !lines[0].starts_with("Subject: ") || !trim(lines[1]).empty()) {
    return fail(ErrorKind::configuration, "it must begin with \"Subject: …\" and an empty line");
  }
  TRY_ASSIGN(const Line subject, fill_line(lines[0].substr(9), known, fields));
  rendered.subject = squeeze(subject.text);
  bool empty_before = true;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    TRY_ASSIGN(const Line line, fill_line(lines[i], known, fields));
    const bool empty = trim(line.text).empty();
    if (line.dropped || (empty && empty_before)) continue;
    rendered.text += line.text + "\n";
    empty_before = empty;
  }
  while (rendered.text.ends_with("\n\n")) {
    rendered.text.pop_back();
  }
  return rendered;
}

} // namespace

Result<Templates> Templates::load(const Settings& settings) {
  Templates templates;
  for (const auto& language : settings.organisation.languages) {
    for (const auto& [name, known] : known_templates) {
      const std::string file = fmt::format("{}/{}.txt", language, name);
      const auto built_in = embedded::template_files.find(file);
      std::string text(built_in == embedded::template_files.end() ? std::string_view() : built_in->second);
      if (settings.acknowledge.templates) {
        auto own = read_file(*settings.acknowledge.templates / file, template_limit);
        if (!own && own.error().kind != ErrorKind::not_found) return tl::unexpected(std::move(own).error());
        if (own) text = to_valid_utf8(*own);
        std::erase(text, '\r');
      }
      if (auto checked = fill(text, known, {}); !checked) {
        return tl::unexpected(within(fmt::format("the template {}", file), std::move(checked).error()));
      }
      templates.texts_[file] = std::move(text);
    }
  }
  return templates;
}

Result<Rendered> Templates::render(std::string_view language, std::string_view name, const Fields& fields) const {
  const auto found = texts_.find(fmt::format("{}/{}.txt", language, name));
  const auto known = known_templates.find(name);
  if (found == texts_.end() || known == known_templates.end()) {
    return fail(ErrorKind::failed, fmt::format("there is no template {}/{}", language, name));
  }
  return fill(found->second, known->second, fields);
}

} // namespace cvdesk::desk
