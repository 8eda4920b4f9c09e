// The work itself, in this process and without a deadline: GPGME on the desk's home. Engine runs it in a
// worker process that can be killed.
#pragma once

#include "openpgp/engine.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace cvdesk::openpgp {

class Session {
public:
  // `bench`: a folder for certificates of others, on tmpfs if possible; the caller removes it.
  static Result<std::unique_ptr<Session>> create(const EngineSettings& settings,
                                                 const std::filesystem::path& bench);
  ~Session();

  Result<Opened> open(const Request& request);
  Result<DetachedSignature> sign(std::string_view payload);
  Result<std::string> sign_and_encrypt(std::string_view payload,
                                       const std::vector<std::string>& certificates);
  Result<std::string> own_certificate();
  Result<OwnKey> own_key();

  // A gpg of ours may still be at work (its output was too big): end the process group.
  bool spoiled() const;

private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The body of Engine's create_home.
Result<std::string> make_home(const std::filesystem::path& home, const std::string& user_id);

} // namespace cvdesk::openpgp
