#include "openpgp/engine.hpp"

#include "openpgp/certificate.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/session.hpp"
#include "openpgp/wire.hpp"
#include "process/worker.hpp"

#include <fmt/core.h>

namespace cvdesk::openpgp {

namespace {

constexpr std::size_t answer_overhead = 1u << 20; // verdict, certificate, error: all but the cleartext

// In the worker: first a flag, then what was asked for or an error.
std::string answer_with(std::string body) {
  return PieceWriter().add_number(1).take() + body;
}
std::string answer_with(const Error& error) {
  return PieceWriter().add_number(0).take() + pack(error);
}

template <class T, class Pack>
std::string answer_with(Result<T> result, Pack pack_value) {
  return result ? answer_with(pack_value(*result)) : answer_with(result.error());
}

std::string text_piece(const std::string& text) {
  return PieceWriter().add(text).take();
}

std::string perform(Session& session, std::string_view request) {
  PieceReader pieces(request);
  switch (static_cast<Operation>(pieces.number())) {
  case Operation::ready:
    return answer_with(std::string());
  case Operation::open:
    return answer_with(session.open(unpack_request(pieces)),
                       [](const Opened& opened) { return pack(opened); });
  case Operation::sign:
    return answer_with(session.sign(pieces.text()), [](const DetachedSignature& made) {
      return PieceWriter().add(made.armour).add(made.micalg).take();
    });
  case Operation::sign_and_encrypt: {
    const std::string payload = pieces.text();
    return answer_with(session.sign_and_encrypt(payload, pieces.texts()), text_piece);
  }
  case Operation::own_certificate:
    return answer_with(session.own_certificate(), text_piece);
  case Operation::own_key:
    return answer_with(session.own_key(), [](const OwnKey& key) { return pack(key); });
  }
  return answer_with(Error{ErrorKind::failed, false, "unknown OpenPGP operation", {}});
}

// A session that cannot be made is tried again at the next request: the agent may be back by then.
process::Handler session_handler(const EngineSettings& settings, const std::filesystem::path& folder) {
  auto session = std::make_shared<std::unique_ptr<Session>>();
  return [settings, folder, session](std::string_view request) -> process::Reply {
    if (!*session) {
      auto made = Session::create(settings, folder);
      if (!made) return {answer_with(made.error()), false};
      *session = std::move(*made);
    }
    process::Reply reply{perform(**session, request), false};
    reply.retire = (*session)->spoiled();
    return reply;
  };
}

PieceWriter request_for(Operation operation) {
  PieceWriter pieces;
  pieces.add_number(static_cast<std::int64_t>(operation));
  return pieces;
}

tl::unexpected<Error> nonsense() {
  return fail_temporarily(ErrorKind::failed, "the OpenPGP process answered nonsense");
}

Result<PieceReader> body_of(std::string_view answer) {
  PieceReader pieces(answer);
  if (pieces.number() == 1) return pieces;
  Error error = unpack_error(pieces);
  if (!pieces.ok()) return nonsense();
  return tl::unexpected(std::move(error));
}

tl::unexpected<Error> no_answer(process::Answer::How how) {
  return fail_temporarily(ErrorKind::failed,
                          how == process::Answer::How::timed_out ? "the OpenPGP engine did not answer in time"
                                                        : "the OpenPGP engine broke off",
                          "see whether gpg-agent of the desk's home still answers: cvdesk doctor");
}

Opened given_up(const Request& request, process::Answer::How how, std::chrono::seconds deadline) {
  Opened opened;
  opened.verdict.cause = how == process::Answer::How::timed_out
                             ? fmt::format("opening it took longer than {} seconds", deadline.count())
                             : "gpg broke off while opening it";
  if (request.kind != Request::Kind::decrypt) {
    opened.verdict.signature.state = SignatureState::unknown_key;
    return opened;
  }
  opened.verdict.decryption = Decryption::failed;
  if (const auto binary = dearmour(request.data, 128u << 20))
    opened.verdict.key_ids = survey(*binary).key_ids;
  return opened;
}

} // namespace

struct Engine::Impl {
  explicit Impl(EngineSettings own)
      : settings(std::move(own)),
        worker({.make_handler = [this](const std::filesystem::path& folder) { return session_handler(settings, folder); },
                .name = "cvdesk-openpgp",
                .deadline = settings.deadline,
                .answer_limit = settings.output_limit + answer_overhead,
                .folder_purpose = "openpgp"}) {}

  // The answer's bytes; an error also where the operation failed in the worker, or never came to an end.
  Result<process::Payload> ask(std::string_view request) {
    TRY_ASSIGN(process::Answer answer, worker.call(request));
    if (answer.how != process::Answer::How::answered) return no_answer(answer.how);
    TRY(body_of(answer.payload.view()));
    return std::move(answer.payload);
  }

  EngineSettings settings;
  process::Worker worker;
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(EngineSettings settings) {
  std::unique_ptr<Engine> engine(new Engine(std::make_unique<Impl>(std::move(settings))));
  TRY(engine->impl_->worker.start());
  TRY(engine->impl_->ask(request_for(Operation::ready).take()));
  return engine;
}

Result<Opened> Engine::open(const Request& request) {
  PieceWriter pieces = request_for(Operation::open);
  pieces.reserve(size_of(request));
  pack(pieces, request);
  TRY_ASSIGN(const process::Answer answer, impl_->worker.call(pieces.take()));
  if (answer.how != process::Answer::How::answered) {
    // Was it the mail or was it us? A fresh worker that finds home and agent in order says: the mail.
    TRY(impl_->ask(request_for(Operation::ready).take()));
    return given_up(request, answer.how, impl_->settings.deadline);
  }
  TRY_ASSIGN(PieceReader body, body_of(answer.payload.view()));
  Opened opened = unpack_opened(body);
  if (!body.ok()) return nonsense();
  return opened;
}

Result<DetachedSignature> Engine::sign(std::string_view payload) {
  TRY_ASSIGN(const process::Payload answer, impl_->ask(request_for(Operation::sign).add(payload).take()));
  TRY_ASSIGN(PieceReader pieces, body_of(answer.view()));
  DetachedSignature made;
  made.armour = pieces.text();
  made.micalg = pieces.text();
  return made;
}

Result<std::string> Engine::sign_and_encrypt(std::string_view payload,
                                             const std::vector<std::string>& certificates) {
  TRY_ASSIGN(const process::Payload answer,
             impl_->ask(request_for(Operation::sign_and_encrypt).add(payload).add(certificates).take()));
  TRY_ASSIGN(PieceReader pieces, body_of(answer.view()));
  return pieces.text();
}

Result<std::string> Engine::own_certificate() {
  TRY_ASSIGN(const process::Payload answer, impl_->ask(request_for(Operation::own_certificate).take()));
  TRY_ASSIGN(PieceReader pieces, body_of(answer.view()));
  return pieces.text();
}

Result<OwnKey> Engine::own_key() {
  TRY_ASSIGN(const process::Payload answer, impl_->ask(request_for(Operation::own_key).take()));
  TRY_ASSIGN(PieceReader pieces, body_of(answer.view()));
  return unpack_own_key(pieces);
}

Result<std::string> create_home(const std::filesystem::path& home, const std::string& user_id) {
  process::Worker worker({.make_handler = [&](const std::filesystem::path&) -> process::Handler {
                            return [&](std::string_view) -> process::Reply {
                              return {answer_with(make_home(home, user_id), text_piece), false};
                            };
                          },
                          .name = "cvdesk-openpgp",
                          .deadline = std::chrono::seconds(60),
                          .answer_limit = answer_overhead,
                          .folder_purpose = {}});
  TRY_ASSIGN(const process::Answer answer, worker.call(std::string_view()));
  if (answer.how != process::Answer::How::answered) return no_answer(answer.how);
  TRY_ASSIGN(PieceReader pieces, body_of(answer.payload.view()));
  return pieces.text();
}

} // namespace cvdesk::openpgp
