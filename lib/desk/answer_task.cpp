#include "desk/answer_task.hpp"

#include <nlohmann/json.hpp>

namespace cvdesk::desk {

using Json = nlohmann::json;

std::string pack(const AnswerTask& task) {
  Json files = Json::array();
  for (const auto& file : task.sent_files) {
    files.push_back({{"filename", file.filename}, {"media_type", file.media_type}, {"size", file.size}});
  }
  const Json json = {
      {"recipient", task.recipient},
      {"envelope_sender", task.envelope_sender},
      {"message_id", task.message_id},
      {"in_reply_to", task.in_reply_to},
      {"references", task.references},
      {"language", task.language},
      {"template", task.template_name},
      {"fields", task.fields},
      {"certificate", Json::binary({task.certificate.begin(), task.certificate.end()})},
      {"fallback_template", task.fallback_template},
      {"awaits_certificate", task.awaits_certificate},
      {"automatic", task.automatic},
      {"sent_subject", task.sent_subject},
      {"sent_text", task.sent_text},
      {"sent_encrypted", task.sent_encrypted},
      {"sent_files", std::move(files)},
  };
  // CBOR: the certificate is binary, and Message-IDs of strangers are bytes that may be no UTF-8.
  const auto bytes = Json::to_cbor(json);
  return std::string(bytes.begin(), bytes.end());
}

Result<AnswerTask> unpack_answer_task(std::string_view bytes) {
  try {
    const Json json = Json::from_cbor(bytes);
    AnswerTask task;
    task.recipient = json.at("recipient").get<std::string>();
    task.envelope_sender = json.at("envelope_sender").get<std::string>();
    task.message_id = json.at("message_id").get<std::string>();
    task.in_reply_to = json.at("in_reply_to").get<std::string>();
    task.references = json.at("references").get<std::vector<std::string>>();
    task.language = json.at("language").get<std::string>();
    task.template_name = json.at("template").get<std::string>();
    task.fields = json.at("fields").get<Fields>();
    const auto& certificate = json.at("certificate").get_binary();
    task.certificate.assign(certificate.begin(), certificate.end());
    task.fallback_template = json.at("fallback_template").get<std::string>();
    task.automatic = json.at("automatic").get<bool>();
    task.sent_subject = json.at("sent_subject").get<std::string>();
    task.sent_text = json.at("sent_text").get<std::string>();
    task.sent_encrypted = json.at("sent_encrypted").get<bool>();
    // Not in what earlier versions owed.
    task.awaits_certificate = json.value("awaits_certificate", false);
    if (const auto files = json.find("sent_files"); files != json.end()) {
      for (const auto& file : *files) {
        task.sent_files.push_back({file.at("filename").get<std::string>(), file.at("media_type").get<std::string>(),
                                   file.at("size").get<std::size_t>()});
      }
    }
    return task;
  } catch (const Json::exception&) {
    return fail(ErrorKind::corrupt, "what was to be sent cannot be read any more");
  }
}

} // namespace cvdesk::desk
