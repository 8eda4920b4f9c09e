#include "desk/correspondents.hpp"

#include "core/text.hpp"
#include "desk/acknowledgement.hpp"
#include "desk/case_work.hpp"
#include "store/audit.hpp"
#include "store/certificates.hpp"
#include "store/claims.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace cvdesk::desk {

namespace {

using State = Claim::State;

constexpr std::string_view opening_reason = "the mail that opened the case";
constexpr std::string_view signed_reason = "signed by the certificate of the case";

bool can_be_written_to(const std::string& address, const Settings& settings) {
  const auto at = address.rfind('@');
  const bool whole = at != std::string::npos && at > 0 && at + 1 < address.size() && address.size() <= 254;
  return whole && !settings.is_own_address(address) &&
         std::none_of(address.begin(), address.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '<' || c == '>';
         });
}

class Collector {
public:
  Collector(const Settings& settings, const Conversation& conversation, std::vector<store::ClaimDecision> decisions)
      : settings_(settings), conversation_(conversation), decisions_(std::move(decisions)) {}

  Correspondents run() {
    for (const auto& letter : conversation_.letters) {
      if (letter.is_from_reporter()) collect(letter);
    }
    for (const auto& decision : decisions_) {
      apply_decision(decision);
    }
    for (const auto& partner : conversation_.partners) {
      if (std::find(out_.partners.begin(), out_.partners.end(), partner) == out_.partners.end()) out_.partners.push_back(partner);
    }
    order_reporters();
    return std::move(out_);
  }

private:
  void collect(const Letter& letter) {
    const auto& protection = letter.inspection.protection;
    if (letter.opened_case) {
      out_.opened_by_other_than_signer = protection.signature == openpgp::SignatureState::good && !protection.signer_is_sender;
    }
    const bool believed = letter.opened_case || letter.vouched;
    const std::string why(letter.opened_case ? opening_reason : letter.vouched ? signed_reason : "only said by a later mail");
    const auto add = [&](std::string kind, std::string value) {
      add_claim({std::move(kind), std::move(value), believed ? State::accepted : State::suggested, why, letter.id, letter.opened_case});
    };
    const auto& reporter = letter.inspection.facts.reporter;
    if (const std::string sender = letter.sender(); !sender.empty() && !settings_.is_own_address(sender)) add("email", sender);
    for (const auto& address : reporter.emails) {
      if (!stands_outside_the_signature(letter, address)) {
        add("email", ascii_lower(address));
      } else {
        add_claim({"email", ascii_lower(address), State::suggested, "only in the Reply-To, which nobody signed", letter.id, false});
      }
    }
    for (const auto& mailbox : letter.inspection.outer.reply_to) {
      const auto address = ascii_lower(mailbox.address);
      if (believed && !stands_outside_the_signature(letter, address) && !settings_.is_own_address(address)) add("email", address);
    }
    for (const auto& phone : reporter.phones) add("phone", phone);
    for (const auto& handle : reporter.handles) add("handle", handle);
    for (const auto& fingerprint : reporter.pgp_fingerprints) add("fingerprint", fingerprint);
    if (reporter.credit) add("credit", *reporter.credit);
    if (reporter.anonymous) add("anonymous", "yes");
    for (const auto& certificate : letter.inspection.certificates) {
      if (certificate.fingerprint == settings_.openpgp.key) continue;
      const bool known = protection.signed_whole_by_sender() && certificate.fingerprint == *protection.signer && believed;
      add_claim({"certificate", certificate.fingerprint, known ? State::accepted : State::suggested,
                 known ? why : "it came along unsigned", letter.id, false});
    }
  }

  // The Reply-To of a signed mail stands in its outer header, where anybody on the way can write.
  static bool stands_outside_the_signature(const Letter& letter, const std::string& address) {
    if (letter.inspection.protection.signature == openpgp::SignatureState::none || ascii_lower(address) == letter.sender()) return false;
    const auto& outer = letter.inspection.outer.reply_to;
    return std::any_of(outer.begin(), outer.end(), [&](const auto& mailbox) { return equal_ignoring_case(mailbox.address, address); });
  }

  // What is believed once is believed, whoever repeats it.
  void add_claim(Claim claim) {
    if (claim.value.empty()) return;
    const auto known = std::find_if(out_.claims.begin(), out_.claims.end(), [&](const Claim& other) {
      return other.kind == claim.kind && other.value == claim.value;
    });
    if (known == out_.claims.end()) {
      out_.claims.push_back(std::move(claim));
    } else if (known->state == State::suggested && claim.state == State::accepted) {
      *known = std::move(claim);
    }
  }

  void apply_decision(const store::ClaimDecision& decision) {
    for (auto& claim : out_.claims) {
      if (claim.kind != decision.kind || claim.value != decision.value) continue;
      claim.state = decision.accepted ? State::accepted : State::rejected;
      claim.of_opening = false;
      claim.why = decision.accepted ? "accepted by the team" : "rejected by the team";
    }
  }

  bool is_accepted(const std::string& address) const {
    return std::any_of(out_.claims.begin(), out_.claims.end(), [&](const Claim& claim) {
      return claim.kind == "email" && claim.value == address && claim.state == State::accepted;
    });
  }

  void offer(const std::string& address) {
    auto& all = out_.reporters;
    const bool known = std::find(all.begin(), all.end(), address) != all.end();
    if (!known && is_accepted(address) && can_be_written_to(address, settings_)) all.push_back(address);
  }

  // Whoever of them wrote last is answered first; then the one whom the acknowledgement went to, then the rest.
  void order_reporters() {
    for (auto letter = conversation_.letters.rbegin(); letter != conversation_.letters.rend(); ++letter) {
      if (letter->is_from_reporter() && !letter->opened_case) offer(letter->sender());
    }
    if (const Letter* opening = conversation_.opening()) {
      const auto& reply_to = opening->inspection.outer.reply_to;
      if (reply_to.size() == 1) offer(ascii_lower(reply_to.front().address));
      offer(opening->sender());
    }
    for (const auto& claim : out_.claims) {
      if (claim.kind == "email") offer(claim.value);
    }
    // What nobody reads is answered only where a person names it.
    std::stable_partition(out_.reporters.begin(), out_.reporters.end(), [&](const std::string& address) {
      reader::Outer outer;
      outer.from = {{"", address}};
      return addressee_of(outer, settings_).address.has_value();
    });
  }

  const Settings& settings_;
  const Conversation& conversation_;
  std::vector<store::ClaimDecision> decisions_;
  Correspondents out_;
};

template <class T>
void add_once(std::vector<T>& all, const T& item) {
  if (std::find(all.begin(), all.end(), item) == all.end()) all.push_back(item);
}

// The list of the reporter that this kind of claim belongs to; null: none.
std::vector<std::string>* list_of(report::Reporter& reporter, std::string_view kind) {
  return kind == "email"         ? &reporter.emails
         : kind == "phone"       ? &reporter.phones
         : kind == "handle"      ? &reporter.handles
         : kind == "fingerprint" ? &reporter.pgp_fingerprints
                                 : nullptr;
}

// Accepting a certificate pins it for the sender of the mail that brought it.
Result<void> pin(store::Change& change, store::Id case_id, const Conversation& conversation, const std::string& fingerprint) {
  for (const auto& letter : conversation.letters) {
    for (const auto& certificate : letter.inspection.certificates) {
      const std::string sender = letter.sender();
      const auto& addresses = certificate.addresses;
      const bool belongs = std::find(addresses.begin(), addresses.end(), sender) != addresses.end();
      if (certificate.fingerprint != fingerprint || !belongs) continue;
      return store::keep_certificate(change, {case_id, sender, fingerprint, certificate.blob, "pinned"}, now());
    }
  }
  return fail(ErrorKind::refused, "the certificate does not name the address of the mail that brought it",
              "cvdesk certificates add FILE --for ADDRESS");
}

Result<bool> conflicts(store::View& view, const Conversation& conversation, const std::string& fingerprint) {
  for (const auto& letter : conversation.letters) {
    const bool brought = std::any_of(letter.inspection.certificates.begin(), letter.inspection.certificates.end(),
                                     [&](const auto& certificate) { return certificate.fingerprint == fingerprint; });
    if (!brought) continue;
    TRY_ASSIGN(const auto known, store::certificates_for(view, letter.sender()));
    for (const auto& other : known) {
      if (other.state == "pinned" && other.fingerprint != fingerprint) return true;
    }
  }
  return false;
}

Result<void> carry_out(store::Change& change, store::Id case_id, const Conversation& conversation, const Claim& claim, bool accept) {
  if (claim.kind == "email") {
    return accept ? store::add_contact(change, case_id, claim.value) : store::remove_contact(change, case_id, claim.value);
  }
  if (claim.kind != "certificate" || !accept) return {};
  TRY_ASSIGN(const bool other, conflicts(change, conversation, claim.value));
  if (other) {
    return fail(ErrorKind::refused, "another certificate is pinned to the address that this one came from",
                "cvdesk certificates accept ADDRESS FINGERPRINT settles such a conflict");
  }
  return pin(change, case_id, conversation, claim.value);
}

// What a person types for a claim: fingerprints in groups and addresses in any case.
bool names(std::string_view typed, const Claim& claim) {
  if (claim.kind == "anonymous") return equal_ignoring_case(typed, "anonymous");
  if (claim.kind == "fingerprint" || claim.kind == "certificate") {
    std::string digits(typed);
    std::erase(digits, ' ');
    return equal_ignoring_case(digits, claim.value);
  }
  return equal_ignoring_case(typed, claim.value);
}

} // namespace

std::string_view to_string(State state) {
  return state == State::accepted ? "accepted" : state == State::suggested ? "suggested" : "rejected";
}

Result<Correspondents> correspondents(store::View& view, const Settings& settings, store::Id case_id,
                                      const Conversation& conversation) {
  TRY_ASSIGN(auto decisions, store::claim_decisions(view, case_id));
  Correspondents out = Collector(settings, conversation, std::move(decisions)).run();
  TRY_ASSIGN(const auto certificates, store::certificates_of_case(view, case_id));
  for (const auto& certificate : certificates) {
    if (certificate.state != "pinned") continue;
    for (auto& claim : out.claims) {
      if (claim.kind != "certificate" || claim.value != certificate.fingerprint || claim.state == State::accepted) continue;
      claim.state = State::accepted;
      claim.why = "pinned";
    }
  }
  return out;
}

void apply(const Correspondents& correspondents, report::Reporter& reporter) {
  for (const auto& claim : correspondents.claims) {
    auto* list = list_of(reporter, claim.kind);
    // The facts of the first mail are as its reader saw them.
    if (claim.state == State::suggested || claim.of_opening) continue;
    const bool accepted = claim.state == State::accepted;
    if (list != nullptr) {
      if (accepted) {
        add_once(*list, claim.value);
      } else {
        std::erase_if(*list, [&](const std::string& value) { return equal_ignoring_case(value, claim.value); });
      }
    } else if (claim.kind == "anonymous") {
      reporter.anonymous = accepted;
    } else if (claim.kind == "credit" && accepted) {
      reporter.credit = claim.value;
    } else if (claim.kind == "credit" && reporter.credit == claim.value) {
      reporter.credit.reset();
    }
  }
}

Result<void> decide_claims(Desk& desk, std::string_view reference, std::string_view value, bool accept, std::string_view actor) {
  TRY_ASSIGN(const auto entry, find_case(desk, reference));
  return desk.store().write([&](store::Change& change) -> Result<void> {
    TRY_ASSIGN(const Conversation conversation, read_conversation(change, entry.id));
    TRY_ASSIGN(const Correspondents known, correspondents(change, desk.settings(), entry.id, conversation));
    bool any = false;
    for (const auto& claim : known.claims) {
      if (!names(trim(value), claim)) continue;
      any = true;
      TRY(carry_out(change, entry.id, conversation, claim, accept));
      TRY(store::decide_claim(change, entry.id, {claim.kind, claim.value, accept}, now()));
      TRY(store::append_event(change, {entry.id, actor, accept ? "contact-accepted" : "contact-rejected",
                                       fmt::format("{} {}", claim.kind, claim.value)}, now()));
    }
    if (any) return {};
    return fail(ErrorKind::not_found, fmt::format("no mail of {} says this of its reporter", entry.reference),
                fmt::format("cvdesk contacts {}", entry.reference));
  });
}

} // namespace cvdesk::desk
