// Facts, protection and attachments as the JSON of the contract: keys never come and go.
#pragma once

#include "desk/case_view.hpp"
#include "reader/inspection.hpp"
#include "report/facts.hpp"

#include <nlohmann/json.hpp>

namespace cvdesk::cli {

// Keys in the order in which they were put: people read this too.
using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json or_null(const std::optional<Instant>& value);
Json or_null(const std::optional<Date>& value);

// Adds reporter, affected, references, weakness, steps, disclosure, conduct, missing.
void put_facts(Json& json, const report::Facts& facts);
Json protection_json(const reader::Protection& protection);
// Adds filename, media_type, size, sha256, signature, signer.
void put_attachment(Json& json, const reader::Attachment& attachment);

// UTF-8 whatever it holds; one line.
void print_json(const Json& json);

} // namespace cvdesk::cli
