// The one writer of a process: a queue of closures; those that wait are committed together, each in a
// savepoint of its own, so that a thousand small mails don't cost a thousand fsyncs.
#pragma once

#include "store/view.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

namespace cvdesk::store {

class Writer {
public:
  using Work = std::function<Result<void>(Change&)>;

  Writer(std::unique_ptr<Database> database, const Keyring& keyring);
  ~Writer(); // finishes what is queued

  // Blocks until the work is durable (or has been undone: then its error). Any thread but the writer's own.
  Result<void> run(Work work);

private:
  struct Task {
    Work work;
    std::promise<Result<void>> done;
  };
  void loop();
  void commit(std::deque<Task>& group);
  Result<void> run_in_savepoint(Change& change, const Work& work);

  std::unique_ptr<Database> database_;
  const Keyring& keyring_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool ending_ = false;
  std::thread thread_; // last: starts when all else stands
};

} // namespace cvdesk::store
