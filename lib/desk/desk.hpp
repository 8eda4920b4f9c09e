// A desk that is open for work: its configuration, store and texts.
#pragma once

#include "core/settings.hpp"
#include "desk/templates.hpp"
#include "openpgp/engine.hpp"
#include "reader/reader.hpp"
#include "report/read.hpp"
#include "store/store.hpp"

#include <memory>

namespace cvdesk::desk {

class Desk {
public:
  // Opens the store (whose writer is a thread), checks the templates. Engines come first: see make_engine.
  static Result<std::unique_ptr<Desk>> open(Settings settings);

  const Settings& settings() const { return settings_; }
  const Calendar& calendar() const { return calendar_; }
  const Templates& templates() const { return templates_; }
  const report::Vantage& vantage() const { return vantage_; }
  store::Store& store() { return *store_; }

private:
  Desk(Settings settings, Calendar calendar, Templates templates, std::unique_ptr<store::Store> store);

  Settings settings_;
  Calendar calendar_;
  Templates templates_;
  report::Vantage vantage_;
  std::unique_ptr<store::Store> store_;
};

// An engine on the desk's key. Its worker process is forked: to be called while the program has one thread,
// so before Desk::open.
Result<std::unique_ptr<openpgp::Engine>> make_engine(const Settings& settings);

// What one worker reads mail with. `engine` is null where the desk's key cannot be used: encrypted mail then
// becomes an undecryptable case, clear mail is read as ever.
struct Hands {
  std::unique_ptr<reader::Reader> reader;
  std::unique_ptr<openpgp::Engine> engine;
};

// Forks, too: before Desk::open. What is wrong with the key is logged.
Result<Hands> make_hands(const Settings& settings);

// The configuration's own checks that need more than the file: secrets, templates, partner keys. What
// `cvdeskd --check` says.
Result<void> check_configuration(const Settings& settings);

} // namespace cvdesk::desk
