// Mails in files: .eml, mbox (RFC 4155, also with ">From " quoting) and Maildir.
#pragma once

#include "core/result.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace cvdesk::desk {

// Calls `take(source, bytes)` for each mail at this path, in order: a file that begins with "From " is an
// mbox, a folder with cur/ and new/ a Maildir, any other folder is searched for files named *.eml. `failed`
// is called for each that cannot be read, or is larger than `limit` bytes. not_found: no such path.
using TakeMail = std::function<void(const std::string& source, std::string_view bytes)>;
using MailFailed = std::function<void(const std::string& source, const Error& error)>;
Result<void> for_each_mail(const std::filesystem::path& path, std::size_t limit, const TakeMail& take, const MailFailed& failed);

// How many mails for_each_mail would find, as far as that can be told cheaply (an mbox counts as one).
std::size_t count_sources(const std::filesystem::path& path);

} // namespace cvdesk::desk
