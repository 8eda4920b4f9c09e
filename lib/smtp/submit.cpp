#include "smtp/submit.hpp"

#include "core/text.hpp"
#include "net/server.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

namespace cvdesk::smtp {

namespace {

using net::Transfer;

constexpr std::chrono::seconds silence_limit{60};
constexpr std::size_t longest_address = 320;
constexpr std::size_t most_recipients = 100;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

std::size_t on_upload(char* into, std::size_t size, std::size_t count, void* source) {
  auto& mail = *static_cast<std::string_view*>(source);
  const std::size_t taken = std::min(size * count, mail.size());
  std::memcpy(into, mail.data(), taken);
  mail.remove_prefix(taken);
  return taken;
}

// What stands between "<" and ">" must not end the command, nor begin another.
bool fits_a_command(std::string_view address) {
  return !address.empty() && address.size() <= longest_address &&
         std::none_of(address.begin(), address.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == 0x7f;
         });
}

Result<void> check_envelope(const Envelope& envelope) {
  if (envelope.recipients.empty() || envelope.recipients.size() > most_recipients) {
    return fail(ErrorKind::usage, fmt::format("a mail needs between 1 and {} recipients", most_recipients));
  }
  if (!envelope.sender.empty() && !fits_a_command(envelope.sender)) {
    return fail(ErrorKind::usage, "the envelope sender is no address that SMTP can carry");
  }
  for (const auto& recipient : envelope.recipients) {
    if (!fits_a_command(recipient)) return fail(ErrorKind::usage, "a recipient is no address that SMTP can carry");
  }
  return {};
}

// What was refused, by the command that the reply answers: libcurl does not tell.
struct Stage {
  std::string_view what;
  ErrorKind kind = ErrorKind::failed;
  bool about_the_mail = true;
};
constexpr Stage sender_stage{"the sender"};

Stage stage_of(const std::string& sent) {
  const std::string command = ascii_upper(sent);
  const auto begins = [&](std::string_view word) { return command.compare(0, word.size(), word) == 0; };
  if (command.empty()) return {"the connection", ErrorKind::network, false};
  if (begins("EHLO") || begins("HELO")) return {"our greeting", ErrorKind::network, false};
  if (begins("STARTTLS")) return {"STARTTLS", ErrorKind::tls, false};
  if (begins("MAIL ")) return sender_stage;
  if (begins("RCPT ")) return {"a recipient"};
  if (begins("DATA")) return {"the mail"};
  return {"the log-in", ErrorKind::authentication, false};
}

bool is_log_in_reply(int reply) { return reply == 530 || reply == 534 || reply == 535 || reply == 538; }

int reply_in(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; })) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

// "550 5.1.1" of "550 5.1.1 <x@y> no such user": digits and dots alone, so that it can stand in a log.
std::string code_in(std::string_view line) {
  const auto rest = line.size() > 4 ? line.substr(4) : std::string_view();
  const auto enhanced = rest.substr(0, std::min(rest.find(' '), rest.find_first_not_of("0123456789.")));
  const bool whole = enhanced.size() >= 5 && enhanced.size() <= 11 && std::count(enhanced.begin(), enhanced.end(), '.') == 2;
  return whole ? fmt::format("{} {}", line.substr(0, 3), enhanced) : std::string(line.substr(0, 3));
}

// RFC 3463: 5.1.1 to 5.1.3 and 5.1.6 are about the recipient's address, 5.2.x about the recipient's mailbox.
bool is_about_recipient(std::string_view code) {
  for (const std::string_view known : {"5.1.1", "5.1.2", "5.1.3", "5.1.6"}) {
    if (code.ends_with(fmt::format(" {}", known))) return true;
  }
  return code.find(" 5.2.") != std::string_view::npos;
}

// What follows a keyword in the last answer to EHLO, the one under TLS (RFC 5321, 4.1.1.1); unset: not offered.
std::optional<std::string> offered(const Transfer& transfer, std::string_view keyword) {
  std::optional<std::string> found;
  std::string_view before;
  for (const auto& line : transfer.lines()) {
    const bool ehlo = starts_with_ignoring_case(line.command, "EHLO");
    // A second answer replaces what the first one offered.
    if (ehlo && before != line.command) found.reset();
    before = line.command;
    if (!ehlo || line.text.size() < 4) continue;
    if (line.text[3] == ' ' || line.text[3] == '-') {
      const std::string_view rest = std::string_view(line.text).substr(4);
      const std::string_view word = rest.substr(0, rest.find(' '));
      if (equal_ignoring_case(word, keyword)) found = std::string(trim(rest.substr(word.size())));
    }
  }
  return found;
}

// The most that the server takes (RFC 1870); 0: it does not say.
std::size_t size_limit(const Transfer& transfer) {
  const auto text = offered(transfer, "SIZE").value_or("");
  std::size_t limit = 0;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return limit;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A local part outside ASCII cannot be written in any other way (RFC 6531); a domain can, and libcurl does so.
bool needs_utf8(const Envelope& envelope) {
  const auto local = [](const std::string& address) { return std::string_view(address).substr(0, address.rfind('@')); };
  return !is_ascii(local(envelope.sender)) ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(), [&](const auto& r) { return !is_ascii(local(r)); });
}

// The last thing that the server said before the farewell.
Transfer::Line last_line(const Transfer& transfer) {
  const auto& lines = transfer.lines();
  const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const auto& line) { return line.command != "QUIT"; });
  return last == lines.rend() ? Transfer::Line() : *last;
}

Refusal refusal_of(CURLcode code, const Transfer& transfer, const net::Address& address,
                   const net::Credentials& credentials) {
  const Transfer::Line last = last_line(transfer);
  const int reply = reply_in(last.text);
  if (reply < 400 || code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_OPERATION_TIMEDOUT) {
    return {net::transfer_error(code, address), 0, {}, false, false};
  }
  const Stage stage = stage_of(last.command);
  Error error{stage.kind, reply < 500,
              fmt::format("{} refused {}: {}", address.name(), stage.what, net::quote_server(last.text, credentials)), {}};
  if (is_log_in_reply(reply)) error.kind = ErrorKind::authentication;
  if (error.kind == ErrorKind::authentication) {
    error.hint = "check the user and the password or token of the submission server";
  } else if (reply == 421 || !stage.about_the_mail) {
    // Nothing was said about this mail: another time it may go.
    error.kind = stage.kind == ErrorKind::tls ? ErrorKind::tls : ErrorKind::network;
    error.temporary = true;
  }
  const bool about_the_mail = error.kind == ErrorKind::failed;
  const bool sender_refused = about_the_mail && stage.what == sender_stage.what;
  std::string status = code_in(last.text);
  const bool may_be = sender_refused || (about_the_mail && reply >= 500 && !is_about_recipient(status));
  return {std::move(error), reply, std::move(status), sender_refused, may_be};
}

Result<std::unique_ptr<Transfer>> prepared(const ServerAccess& server, const net::Address& address,
                                           const net::Credentials& credentials) {
  TRY_ASSIGN(auto transfer, Transfer::create());
  TRY(net::prepare(*transfer, server, address, credentials, "smtp,smtps", ""));
  // Exchange Online has LOGIN alone, others PLAIN alone.
  if (credentials.mechanism == net::Mechanism::plain) {
    transfer->set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  }
  return transfer;
}

// A connection up to the log-in, ended at once: what the server said in it is there to read.
auto visited(const ServerAccess& server, const net::Address& address, const net::Credentials& credentials, StopToken& stop)
    -> decltype(prepared(server, address, credentials)) {
  TRY_ASSIGN(auto transfer, prepared(server, address, credentials));
  transfer->set(CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = transfer->run(stop, silence_limit);
  if (code != CURLE_OK) return tl::unexpected(refusal_of(code, *transfer, address, credentials).error);
  std::size_t sent = 0;
  curl_easy_send(transfer->handle(), "QUIT\r\n", 6, &sent);
  return transfer;
}

} // namespace

Result<void> check(const ServerAccess& server, const net::Credentials& credentials, StopToken& stop) {
  TRY_ASSIGN(const net::Address address, net::parse_address(server.url));
  TRY_ASSIGN(const auto transfer, visited(server, address, credentials, stop));
  // libcurl skips the log-in silently where the server offers none.
  const auto& lines = transfer->lines();
  const bool logged_in = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return reply_in(line.text) == 235; });
  if (credentials.mechanism != net::Mechanism::none && !logged_in) {
    return fail(ErrorKind::authentication, fmt::format("{}: the server offers no log-in", address.name()),
                "many servers have log-in on port 587 or 465 only");
  }
  return {};
}

// Whether the server takes addresses in UTF-8, asked in a connection of its own: libcurl would send them all the same.
static Result<void> check_utf8(const ServerAccess& server, const net::Credentials& credentials, const net::Address& address,
                               StopToken& stop) {
  TRY_ASSIGN(const auto transfer, visited(server, address, credentials, stop));
  if (offered(*transfer, "SMTPUTF8")) return {};
  return fail(ErrorKind::failed, fmt::format("{} takes no addresses outside ASCII (SMTPUTF8)", address.name()),
              "ask the reporter for another address, or use a server that takes them");
}

tl::expected<void, Refusal> submit(const ServerAccess& server, const net::Credentials& credentials,
                                   const Envelope& envelope, std::string_view mail, StopToken& stop) {
  const auto give_up = [](Error error) { return tl::unexpected(Refusal{std::move(error), 0, {}, false, false}); };
  if (auto valid = check_envelope(envelope); !valid) return give_up(std::move(valid).error());
  const auto address = net::parse_address(server.url);
  if (!address) return give_up(address.error());
  if (needs_utf8(envelope)) {
    if (auto takes = check_utf8(server, credentials, *address, stop); !takes) return give_up(std::move(takes).error());
  }
  auto transfer = prepared(server, *address, credentials);
  if (!transfer) return give_up(std::move(transfer).error());

  const std::size_t size = mail.size();
  List recipients;
  for (const auto& recipient : envelope.recipients) {
    curl_slist* longer = curl_slist_append(recipients.get(), recipient.c_str());
    if (longer == nullptr) return give_up({ErrorKind::failed, true, "out of memory", {}});
    [[maybe_unused]] const auto* same = recipients.release();
    recipients.reset(longer);
  }
  // One refused recipient fails the whole: that is libcurl's default (CURLOPT_MAIL_RCPT_ALLOWFAILS).
  (*transfer)->set(CURLOPT_MAIL_FROM, envelope.sender.c_str());
  (*transfer)->set(CURLOPT_MAIL_RCPT, recipients.get());
  (*transfer)->set(CURLOPT_UPLOAD, 1L);
  // So that libcurl says QUIT while it still asks us how long it may wait for the answer.
  (*transfer)->set(CURLOPT_FORBID_REUSE, 1L);
  (*transfer)->set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.size()));
  (*transfer)->set(CURLOPT_READFUNCTION, &on_upload);
  (*transfer)->set(CURLOPT_READDATA, &mail);
  CURLcode code = (*transfer)->run(stop, silence_limit);
  // Sent is what the server said that it took, whatever libcurl makes of it.
  if (code == CURLE_OK && reply_in(last_line(**transfer).text) / 100 != 2) code = CURLE_RECV_ERROR;
  if (code == CURLE_OK) return {};
  Refusal refusal = refusal_of(code, **transfer, *address, credentials);
  const std::size_t limit = size_limit(**transfer);
  // libcurl says the size with MAIL FROM (RFC 1870), so that this is refused before a byte of the mail has gone.
  if (refusal.reply >= 500 && limit > 0 && size > limit) {
    refusal.error = {ErrorKind::too_big, false,
                     fmt::format("the mail has {} bytes, larger than the {} that {} takes: {}", size, limit, address->name(), refusal.code),
                     "send less in one mail, or by another way"};
    refusal.may_be_the_sender = false;
  }
  return tl::unexpected(std::move(refusal));
}

} // namespace cvdesk::smtp
