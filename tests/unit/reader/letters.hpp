// Mails as people and their programs write them, and a desk that reads them with a real engine.
#pragma once

#include "openpgp/engine.hpp"
#include "reader/inspect.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cvdesk::testing {

struct Read {
  reader::Inspection inspection;
  std::vector<reader::Opening> openings;
  int rounds = 0;
};

// Inspects and opens until nothing is pending; `certificates` are candidates for every signature.
Read read_mail(const std::string& raw, const std::vector<std::string>& certificates = {});
std::string attachment_of(const std::string& raw, const Read& read, int id);

// The header of a mail from Rosa to the desk, without Content-Type; CRLF.
std::string header(std::string_view subject = "A hole in your wiki",
                   std::string_view from = "Rosa <rosa@reporter.example>");
std::string crlf(std::string_view text);
std::string plain_part(std::string_view text, std::string_view extra = {}); // a MIME entity
std::string multipart(std::string_view type, const std::vector<std::string>& entities, bool closed = true);

// PGP/MIME (RFC 3156) around this entity.
std::string encrypted_part(std::string_view ciphertext);
std::string signed_part(std::string_view entity, const std::string& signer);

} // namespace cvdesk::testing
