#include "desk/templates.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "embedded/template_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace cvdesk::desk {

namespace {

constexpr std::size_t template_limit = 64 * 1024;
using FieldNames = std::set<std::string_view>;

// Fields of templates with a purpose of their own; every other one is for replies. The fixed texts may name
// nothing that depends on a mail.
const std::map<std::string_view, FieldNames> known_templates = {
    {"acknowledgement", {"reference", "organisation", "received", "assess_by", "resolve_by", "missing", "fingerprint", "address"}},
    {"notification", {"organisation", "summary", "lines"}},
    {"acknowledgement-encrypted", {"organisation", "fingerprint", "address"}},
    {"ask-certificate", {"organisation", "fingerprint", "address"}},
    {"passed-on-named", {"reference", "organisation", "partner", "fingerprint", "address"}},
    {"passed-on", {"reference", "organisation", "partner", "fingerprint", "address"}},
    {"pass-on", {"reference", "organisation", "partner", "received", "reporter", "text", "report", "fingerprint", "address"}},
};
const FieldNames reply_fields = {"reference", "organisation", "received",   "assess_by", "resolve_by",
                                 "missing",   "name",         "fingerprint", "address",  "text"};

const FieldNames& fields_of(std::string_view name) {
  const auto known = known_templates.find(name);
  return known == known_templates.end() ? reply_fields : known->second;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

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

std::string one_word(std::string_view name) { return shorten(safe_for_terminal(name), 40); }

// What the organisation's own folder holds for a language.
Result<void> add_folder(const std::filesystem::path& folder, const std::string& language,
                        std::map<std::string, std::string, std::less<>>& texts) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder / language, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().stem().string();
    if (at->path().extension() != ".txt") continue;
    if (!is_name(name)) {
      return fail(ErrorKind::configuration, fmt::format("the template {}/{}.txt: its name may hold small letters, digits and -", language, one_word(name)));
    }
    TRY_ASSIGN(const std::string own, read_file(at->path(), template_limit));
    std::string text = to_valid_utf8(own);
    std::erase(text, '\r');
    texts[fmt::format("{}/{}", language, name)] = std::move(text);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(ErrorKind::configuration, fmt::format("the templates in {}: {}", (folder / language).string(), error.message()));
  }
  return {};
}

} // namespace

Result<Templates> Templates::load(const Settings& settings) {
  Templates templates;
  for (const auto& language : settings.organisation.languages) {
    for (const auto& [file, text] : embedded::template_files) {
      const auto slash = file.find('/');
      if (file.substr(0, slash) == language) templates.texts_[std::string(file.substr(0, file.rfind('.')))] = text;
    }
    if (settings.acknowledge.templates) TRY(add_folder(*settings.acknowledge.templates, language, templates.texts_));
    for (const auto& [name, fields] : known_templates) {
      if (templates.texts_.contains(fmt::format("{}/{}", language, name))) continue;
      return fail(ErrorKind::configuration, fmt::format("there is no template {}/{}.txt", language, name),
                  "write it in the folder that acknowledge.templates names, or take the language out of organisation.languages");
    }
  }
  for (const auto& [file, text] : templates.texts_) {
    if (auto checked = fill(text, fields_of(file.substr(file.find('/') + 1)), {}); !checked) {
      return tl::unexpected(within(fmt::format("the template {}.txt", file), std::move(checked).error()));
    }
  }
  return templates;
}

Result<Rendered> Templates::render(std::string_view language, std::string_view name, const Fields& fields) const {
  const auto found = texts_.find(fmt::format("{}/{}", language, name));
  if (found == texts_.end()) return fail(ErrorKind::failed, fmt::format("there is no template {}/{}", language, name));
  return fill(found->second, fields_of(name), fields);
}

std::vector<std::string> Templates::for_replies(std::string_view language) const {
  std::vector<std::string> names;
  for (const auto& [file, text] : texts_) {
    const auto slash = file.find('/');
    const std::string name = file.substr(slash + 1);
    if (file.substr(0, slash) == language && !known_templates.contains(name)) names.push_back(name);
  }
  return names;
}

Result<bool> Templates::takes_text(std::string_view language, std::string_view name) const {
  const auto names = for_replies(language);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    return fail(ErrorKind::not_found, fmt::format("there is no template {} in the language {}", one_word(name), language),
                fmt::format("there are: {}", fmt::join(names, ", ")));
  }
  return texts_.find(fmt::format("{}/{}", language, name))->second.find("{text}") != std::string::npos;
}

} // namespace cvdesk::desk
