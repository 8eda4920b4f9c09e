#include "letters.hpp"

#include "../openpgp/gnupg_world.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <atomic>

namespace cvdesk::testing {

namespace {

const report::Vantage& vantage() {
  static const report::Vantage own = [] {
    report::Vantage made;
    made.own_addresses = {"cvd@zonnedam.example"};
    made.own_list_ids = {"cvd.zonnedam.example"};
    made.scope = {"zonnedam.example"};
    return made;
  }();
  return own;
}

openpgp::Engine& engine() {
  static auto made = openpgp::Engine::create(World::get().settings());
  if (!made) throw std::runtime_error(made.error().what);
  return **made;
}

reader::Task task_of(const std::string& raw, const std::vector<reader::Opening>& openings) {
  reader::Task task;
  task.raw = raw;
  task.openings = &openings;
  task.vantage = &vantage();
  return task;
}

} // namespace

Read read_mail(const std::string& raw, const std::vector<std::string>& certificates) {
  Read read;
  for (; read.rounds < 8; ++read.rounds) {
    auto reading = reader::inspect(task_of(raw, read.openings));
    if (!reading) throw std::runtime_error(reading.error().what);
    read.inspection = std::move(reading->inspection);
    CHECK(reading->pending.size() <= 16);
    if (reading->pending.empty()) break;
    for (auto& pending : reading->pending) {
      pending.request.certificates = certificates;
      auto opened = engine().open(pending.request);
      if (!opened) throw std::runtime_error(opened.error().what);
      read.openings.push_back({pending.path, std::move(*opened)});
    }
  }
  CHECK(read.rounds < 8);
  return read;
}

std::string attachment_of(const std::string& raw, const Read& read, int id) {
  auto content = reader::extract_attachment(task_of(raw, read.openings), id);
  if (!content) throw std::runtime_error(content.error().what);
  return *content;
}

std::string crlf(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '\n') made += '\r';
    made += c;
  }
  return made;
}

std::string header(std::string_view subject, std::string_view from) {
  return crlf(
      fmt::format("From: {}\nTo: cvd@zonnedam.example\nSubject: {}\nDate: Sun, 22 Nov 2026 10:00:00 +0100\n"
                  "Message-ID: <m1@reporter.example>\nMIME-Version: 1.0\n",
                  from, subject));
}

std::string plain_part(std::string_view text, std::string_view extra) {
  return crlf(fmt::format("Content-Type: text/plain; charset=utf-8{}\n\n{}", extra, text));
}

std::string multipart(std::string_view type, const std::vector<std::string>& entities, bool closed) {
  static std::atomic<int> count = 0;
  const std::string boundary = fmt::format("=_b{}", ++count);
  std::string made = fmt::format("Content-Type: {}; boundary=\"{}\"\r\n\r\n", type, boundary);
  for (const auto& entity : entities)
    made += fmt::format("--{}\r\n{}\r\n", boundary, entity);
  if (closed) made += fmt::format("--{}--\r\n", boundary);
  return made;
}

std::string encrypted_part(std::string_view ciphertext) {
  return multipart("multipart/encrypted; protocol=\"application/pgp-encrypted\"",
                   {"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
                    "Content-Type: application/octet-stream\r\n\r\n" + crlf(ciphertext)});
}

std::string signed_part(std::string_view entity, const std::string& signer) {
  const std::string signature = World::get().detached(entity, signer, "--digest-algo SHA512");
  return multipart(
      "multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"",
      {std::string(entity),
       "Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n" + crlf(signature)});
}

} // namespace cvdesk::testing
