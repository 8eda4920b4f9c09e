// What every verb needs: where the configuration is, how to open the desk, whether JSON is wanted.
#pragma once

#include "core/result.hpp"
#include "core/settings.hpp"
#include "desk/desk.hpp"
#include "openpgp/engine.hpp"

#include <CLI/App.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cvdesk::cli {

struct Context {
  std::string configuration;
  bool json = false;
  // What the verb that was chosen does; set while the arguments are parsed, run after. Its exit status.
  std::function<Result<int>()> action;

  Result<Settings> settings() const;
  Result<std::unique_ptr<desk::Desk>> open_desk() const;
  // What reads mail, and the desk: in this order, because the first forks and the second starts a thread.
  struct Working {
    desk::Hands hands;
    std::unique_ptr<desk::Desk> desk;
  };
  Result<Working> open_working_desk() const;
};

// A verb with the option --json.
CLI::App* add_verb(CLI::App& app, const std::string& name, const std::string& what);
void add_json(CLI::App& verb, Context& context);

// One function a file; each adds its verbs.
void add_acknowledge(CLI::App& app, Context& context);
void add_attachments(CLI::App& app, Context& context);
void add_certificates(CLI::App& app, Context& context);
void add_contacts(CLI::App& app, Context& context);
void add_deadlines(CLI::App& app, Context& context); // deadlines exploited fix-available
void add_doctor(CLI::App& app, Context& context);
void add_handling(CLI::App& app, Context& context); // take assign set note close reopen
void add_import(CLI::App& app, Context& context);
void add_inbox(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);
void add_list(CLI::App& app, Context& context);
void add_log(CLI::App& app, Context& context);
void add_outbox(CLI::App& app, Context& context);
void add_pass_on(CLI::App& app, Context& context);
void add_relations(CLI::App& app, Context& context); // link unlink duplicate
void add_reply(CLI::App& app, Context& context);
void add_search(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_stats(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);

} // namespace cvdesk::cli
