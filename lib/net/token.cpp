#include "net/token.hpp"

#include "core/file.hpp"
#include "core/log.hpp"
#include "net/http.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <tuple>

namespace cvdesk::net {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds margin{60};
constexpr std::chrono::seconds shortest_life{90};
constexpr std::chrono::seconds assumed_life{300}; // where the end-point does not say
constexpr std::chrono::seconds longest_life{24 * 3600};

struct Cached {
  Secret token;
  Clock::time_point until;
  Secret refresh; // a rotated one that could not be saved
};

struct Grant {
  Secret token;
  Secret refresh; // empty: unchanged
  std::chrono::seconds life = assumed_life;
};

std::string escaped(std::string_view text) {
  char* form = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string copy = form == nullptr ? "" : form;
  curl_free(form);
  return copy;
}

Result<Secret> request_body(const OAuth2Settings& settings, const Secret& refresh) {
  std::string body = refresh.empty() ? "grant_type=client_credentials" : "grant_type=refresh_token";
  body += "&client_id=" + escaped(settings.client_id);
  if (settings.client_secret_file) {
    TRY_ASSIGN(const Secret secret, read_secret(*settings.client_secret_file, SecretForm::line));
    body += "&client_secret=" + escaped(secret.reveal());
  }
  if (!refresh.empty()) body += "&refresh_token=" + escaped(refresh.reveal());
  if (!settings.scope.empty()) body += "&scope=" + escaped(settings.scope);
  return Secret(std::move(body));
}

// The codes of RFC 6749, 5.2: the only thing of an answer that may stand in an error.
std::string_view known_code(const nlohmann::json& answer) {
  static constexpr std::array<std::string_view, 6> codes = {"invalid_request",     "invalid_client",
                                                            "invalid_grant",       "unauthorized_client",
                                                            "unsupported_grant_type", "invalid_scope"};
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_string()) return "no reason given";
  const auto& said = answer["error"].get_ref<const std::string&>();
  for (const auto code : codes) {
    if (said == code) return code;
  }
  return "a reason that RFC 6749 does not know";
}

Result<Grant> read_grant(const Answer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status == 400 || answer.status == 401 || answer.status == 403) {
    return fail(ErrorKind::authentication, fmt::format("{}: no token was granted: {}", answer.server, known_code(json)),
                "check client_id, scope and the client secret or refresh token; the consent may have been revoked");
  }
  TRY(check_status(answer));
  if (!json.is_object() || !json.contains("access_token") || !json["access_token"].is_string()) {
    return fail(ErrorKind::protocol, fmt::format("{}: the answer holds no token", answer.server));
  }
  Grant grant;
  grant.token = Secret(json["access_token"].get<std::string>());
  if (json.contains("refresh_token") && json["refresh_token"].is_string()) {
    grant.refresh = Secret(json["refresh_token"].get<std::string>());
  }
  if (json.contains("expires_in") && json["expires_in"].is_number()) {
    const double seconds = json["expires_in"].get<double>();
    const double most = static_cast<double>(longest_life.count());
    const double least = static_cast<double>(shortest_life.count());
    grant.life = std::chrono::seconds(static_cast<long>(seconds > most ? most : seconds < least ? least : seconds));
  }
  return grant;
}

// The one in memory is newer than the file's, where that could not be written.
Result<Secret> current_refresh(const OAuth2Settings& settings, const Cached& cached) {
  if (!settings.refresh_token_file) return Secret();
  if (!cached.refresh.empty()) return Secret(std::string(cached.refresh.reveal()));
  return read_secret(*settings.refresh_token_file, SecretForm::line);
}

void keep_refresh(const OAuth2Settings& settings, Cached& cached, const Secret& old, Secret rotated) {
  if (!settings.refresh_token_file || rotated.empty()) return;
  if (rotated.reveal() == old.reveal() && cached.refresh.empty()) return;
  const Secret line(std::string(rotated.reveal()) + "\n");
  const auto saved = replace_file(*settings.refresh_token_file, line.reveal(), 0600);
  if (saved) {
    cached.refresh = Secret();
    return;
  }
  log_error("the new refresh token cannot be saved, the old one may be void after a restart: {}", saved.error().what);
  cached.refresh = std::move(rotated);
}

} // namespace

Result<Secret> access_token(const OAuth2Settings& settings, const std::string& user, Freshness freshness) {
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  static std::mutex mutex;
  static std::map<Key, Cached> cache;

  // Held during the request: of two threads that find it expired, the second uses what the first was given.
  const std::lock_guard lock(mutex);
  Cached& cached = cache[Key(settings.token_url, settings.client_id, user, settings.scope)];
  if (freshness == Freshness::fresh || cached.token.empty() || Clock::now() >= cached.until) {
    TRY_ASSIGN(const Secret refresh, current_refresh(settings, cached));
    TRY_ASSIGN(const Secret body, request_body(settings, refresh));
    TRY_ASSIGN(Answer answer, post(settings.token_url, "application/x-www-form-urlencoded", body.reveal()));
    auto grant = read_grant(answer);
    const Secret wiped(std::move(answer.body));
    if (!grant) return tl::unexpected(std::move(grant).error());
    keep_refresh(settings, cached, refresh, std::move(grant->refresh));
    cached.token = std::move(grant->token);
    cached.until = Clock::now() + grant->life - margin;
  }
  return Secret(std::string(cached.token.reveal()));
}

} // namespace cvdesk::net
