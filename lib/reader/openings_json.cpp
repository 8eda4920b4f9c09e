#include "core/text.hpp"
#include "reader/json_shape.hpp"

namespace cvdesk::reader {

namespace {

constexpr std::size_t openings_limit = 512u << 20;

Opening opening_in(const json& value) {
  Fields fields(value);
  Opening opening;
  opening.path = fields.text("path");
  auto& verdict = opening.opened.verdict;
  verdict.decryption = decryption_in(fields.text("decryption"));
  verdict.signature.state = state_in(fields.text("signature"));
  verdict.signature.fingerprint = fields.text("fingerprint");
  verdict.signature.addresses = fields.texts("addresses");
  verdict.cause = fields.text("cause");
  verdict.key_ids = fields.texts("key_ids");
  opening.opened.cleartext = base64_in(fields.text("cleartext", openings_limit));
  fields.end();
  return opening;
}

} // namespace

std::string to_json(const std::vector<Opening>& openings) {
  json list = json::array();
  for (const auto& opening : openings) {
    const auto& verdict = opening.opened.verdict;
    list.push_back({{"path", opening.path},
                    {"decryption", openpgp::to_string(verdict.decryption)},
                    {"signature", openpgp::to_string(verdict.signature.state)},
                    {"fingerprint", verdict.signature.fingerprint},
                    {"addresses", verdict.signature.addresses},
                    {"cause", verdict.cause},
                    {"key_ids", verdict.key_ids},
                    {"cleartext", base64_encode(opening.opened.cleartext)}});
  }
  return dumped(list);
}

Result<std::vector<Opening>> openings_from_json(std::string_view text) {
  return read_back<std::vector<Opening>>(text, openings_limit, "openings", [](const json& list) {
    if (!list.is_array() || list.size() > 64) throw Malformed{"not a list of openings"};
    std::vector<Opening> openings;
    for (const auto& value : list)
      openings.push_back(opening_in(value));
    return openings;
  });
}

} // namespace cvdesk::reader
