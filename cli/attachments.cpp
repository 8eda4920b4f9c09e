// cvdesk attachments REF [--save DIR]
#include "cli/context.hpp"
#include "cli/facts_json.hpp"
#include "cli/terminal.hpp"
#include "core/file.hpp"
#include "desk/attachment.hpp"
#include "desk/case_view.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cerrno>

#include <sys/stat.h>

namespace cvdesk::cli {

namespace {

Result<std::string> content_of(desk::Desk& desk, reader::Reader& extractor, const desk::CaseAttachment& attachment) {
  TRY_ASSIGN(const auto mail, desk::view_mail(desk, attachment.inbox_id));
  return desk::attachment_content(desk, extractor, mail.entry, attachment.file.id);
}

// The number makes the name unique, and keeps it from being a path or a special name.
std::filesystem::path target_of(const std::filesystem::path& folder, const desk::CaseAttachment& attachment) {
  return folder / fmt::format("{:03}-{}", attachment.id, attachment.file.filename.empty() ? "unnamed" : attachment.file.filename);
}

// The folder itself is made, those above it are not: a mistyped path is an error, not a new tree.
Result<void> prepare(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  const int cause = errno;
  const std::string why = errno_text();
  std::error_code ignored;
  if (cause == EEXIST && std::filesystem::is_directory(folder, ignored)) return {};
  return fail(cause == ENOENT ? ErrorKind::not_found : ErrorKind::failed,
              fmt::format("cannot save in {}: {}", folder.string(), why),
              "name a folder, or a new one in a folder that exists");
}

Result<int> attachments(const Context& context, const std::string& reference, const std::string& folder) {
  TRY_ASSIGN(Settings settings, context.settings());
  std::unique_ptr<reader::Reader> extractor;
  if (!folder.empty()) {
    TRY_ASSIGN(extractor, desk::make_extractor(settings)); // forks: before the desk, which starts a thread
  }
  TRY_ASSIGN(const auto desk, desk::Desk::open(std::move(settings)));
  TRY_ASSIGN(const auto view, desk::view_case(*desk, reference));
  if (!folder.empty()) TRY(prepare(folder));
  Table table({"ID", "FILE", "TYPE", "BYTES", "SHA-256"}, 1);
  for (const auto& attachment : view.attachments) {
    std::optional<std::string> saved;
    if (!folder.empty()) {
      TRY_ASSIGN(const std::string content, content_of(*desk, *extractor, attachment));
      const auto target = target_of(folder, attachment);
      TRY(create_file(target, content, 0600));
      saved = target.string();
    }
    const auto& file = attachment.file;
    if (context.json) {
      Json one = {{"id", attachment.id}, {"message", attachment.message}};
      put_attachment(one, file);
      one["saved"] = or_null(saved);
      print_json(one);
    } else {
      table.add({{std::to_string(attachment.id), Colour::bold}, {saved.value_or(file.filename)}, {file.media_type}, {std::to_string(file.size)}, {file.sha256}});
    }
  }
  if (context.json) return 0;
  if (table.empty()) {
    fmt::print("no attachments\n");
  } else {
    table.print();
  }
  return 0;
}

} // namespace

void add_attachments(CLI::App& app, Context& context) {
  CLI::App* verb = add_verb(app, "attachments", "List or save the attachments of a case");
  auto reference = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  verb->add_option("REF", *reference, "CVD-YYYY-NNNN, or the number of this year")->required();
  verb->add_option("--save", *folder, "Save them in this folder, made when it is not there; never over a file that exists");
  add_json(*verb, context);
  verb->callback([&context, reference, folder] {
    context.action = [&context, reference, folder] { return attachments(context, *reference, *folder); };
  });
}

} // namespace cvdesk::cli
