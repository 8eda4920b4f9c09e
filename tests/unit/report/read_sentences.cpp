// How well single sentences are read: what is admitted, the name asked for, the wish to stay unnamed, the
// weakness behind everyday words, the day of a publication.
//
//   read_sentences [--errors] [--related FILE] [--floors FILE] FILE...
//
// A line of FILE: kind, language, what a careful officer reads out of it ("none" for nothing), text. A line
// of
// --related: weaknesses that another officer might have named as well. A line of --floors: file, kind, the
// least that is to be reached: F1, for a yes or no the part that is right.
#include "core/text.hpp"
#include "sentence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace cvdesk;
using report::test::facts_of;
using report::test::report_with;
using Set = std::set<std::string>;

std::vector<std::vector<std::string>> rows_of(const std::string& path, char separator) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(path);
  if (!in) {
    fmt::print(stderr, "{}: cannot be read\n", path);
    std::exit(2);
  }
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> row;
    for (const auto part : split(line, separator))
      row.emplace_back(part);
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Count {
  int right = 0;
  int extra = 0;
  int missed = 0;

  double f1() const { return right == 0 ? 0 : 2.0 * right / (2.0 * right + extra + missed); }
};

// A name without its titles, as the scorer of whole mails compares it.
std::string plain_name(std::string name) {
  for (const char* title : {"Prof. ", "Dr. ", "ir. ", "drs. ", "Ing. "})
    if (name.starts_with(title)) name.erase(0, std::string_view(title).size());
  return name;
}

Set truth_of(const std::string& kind, const std::string& value) {
  if (kind == "credit") return value == "none" ? Set{} : Set{plain_name(value)};
  Set all;
  for (const auto part : split(value, ','))
    if (const auto one = trim(part); one != "none" && one != "no" && !one.empty()) all.emplace(one);
  return all;
}

// The sentence as a mail of its own, for what a whole report would answer for it.
std::string alone(const std::string& sentence) {
  return "https://portaal.zonnedam.example/x\n\n" + sentence + "\n\nNoor Visser\n";
}

Set read_as(const std::string& kind, const std::string& language, const std::string& text) {
  if (kind == "cwe") {
    const auto found = facts_of(alone(text), "").weakness.cwe;
    return {found.begin(), found.end()};
  }
  auto mail = report::test::mail_of(report_with(language, text));
  mail.date = from_unix(1794820320); // 2026-11-16
  const auto facts = report::read(mail, report::test::vantage());
  if (kind == "conduct") return {facts.conduct.begin(), facts.conduct.end()};
  if (kind == "credit") return facts.reporter.credit ? Set{plain_name(*facts.reporter.credit)} : Set{};
  if (kind == "anonymous") return facts.reporter.anonymous ? Set{"yes"} : Set{};
  if (kind == "date" && facts.disclosure.days) {
    const auto day = std::chrono::sys_days(std::chrono::floor<std::chrono::days>(*mail.date));
    return {to_iso_date(Date(day + std::chrono::days(*facts.disclosure.days)))};
  }
  if (kind == "date") return facts.disclosure.date ? Set{to_iso_date(*facts.disclosure.date)} : Set{};
  fmt::print(stderr, "{}: no such kind\n", kind);
  std::exit(2);
}

class Related {
public:
  void add(const std::vector<std::string>& group) { groups_.emplace_back(group.begin(), group.end()); }

  // The truth's own name for what was found, where it is as good.
  std::string named(const std::string& found, const Set& truth) const {
    for (const auto& group : groups_) {
      if (!group.contains(found)) continue;
      for (const auto& one : truth)
        if (group.contains(one)) return one;
    }
    return found;
  }

private:
  std::vector<Set> groups_;
};

std::string shown(const Set& all) {
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : ", ") + one;
  return text.empty() ? "none" : text;
}

} // namespace

int main(int argc, char** argv) {
  bool errors = false;
  std::string floors;
  Related related;
  std::vector<std::string> files;
  for (int n = 1; n < argc; ++n) {
    const std::string word = argv[n];
    if (word == "--errors")
      errors = true;
    else if (word == "--floors" && n + 1 < argc)
      floors = argv[++n];
    else if (word == "--related" && n + 1 < argc)
      for (const auto& row : rows_of(argv[++n], ' '))
        related.add(row);
    else
      files.push_back(word);
  }
  std::map<std::pair<std::string, std::string>, double> reached;
  for (const auto& file : files) {
    const auto name = file.substr(file.rfind('/') + 1);
    std::map<std::string, Count> kinds;
    for (const auto& row : rows_of(file, '\t')) {
      if (row.size() != 4) {
        fmt::print(stderr, "{}: a line of {} columns\n", file, row.size());
        return 2;
      }
      const auto truth = truth_of(row[0], row[2]);
      Set found;
      for (const auto& one : read_as(row[0], row[1], row[3]))
        found.insert(row[0] == "cwe" ? related.named(one, truth) : one);
      // A second weakness beside the right one is no error of the first.
      if (row[0] == "cwe" && std::includes(found.begin(), found.end(), truth.begin(), truth.end()))
        found = truth;
      auto& count = kinds[row[0]];
      for (const auto& one : found)
        ++(truth.contains(one) ? count.right : count.extra);
      for (const auto& one : truth)
        count.missed += found.contains(one) ? 0 : 1;
      if (errors && truth != found)
        fmt::print("{} {}: {}, read as {}: {}\n", row[0], row[1], shown(truth), shown(found), row[3]);
    }
    for (const auto& [kind, count] : kinds) {
      reached[{name, kind}] = count.f1();
      fmt::print("{:16} {:10} F1 {:.3f}  right {:4}  wrong {:3}  missed {:3}\n", name, kind, count.f1(),
                 count.right, count.extra, count.missed);
    }
  }
  int low = 0;
  for (const auto& row : floors.empty() ? std::vector<std::vector<std::string>>{} : rows_of(floors, '\t')) {
    const auto found = reached.find({row.at(0), row.at(1)});
    const double least = std::stod(row.at(2));
    if (found != reached.end() && found->second >= least) continue;
    fmt::print(stderr, "{}, {}: below {:.2f}\n", row[0], row[1], least);
    low = 1;
  }
  return low;
}
