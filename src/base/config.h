// Options of a program: command line > environment > TOML file > the variable's initial value.
//
//   ConfigSpec spec({.program = "pump", .environment_prefix = "PUMP_"});
//   spec.add(&config.data_dir, {.flag = "data-dir", .key = "data-dir", .help = "where to keep
//   data"}); spec.add(&config.ca_path, {.key = "security.ssl-ca"});
//   spec.add_tables(&config.ignored, "syncer.ignore-table", [](TableName& t, ConfigSpec& s) {
//     s.add(&t.schema, {.key = "db-name"});
//     s.add(&t.table, {.key = "tbl-name"});
//   });
//   TBL_ASSIGN(auto ending, spec.parse_command_line(args));  // then -V and so on
//   TBL_TRY(spec.load(config_path));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/config_value.h"
#include "base/status.h"

namespace tbl {

struct ConfigSpecOptions {
  std::string program{};             ///< in usage and in the message about unknown keys
  std::string environment_prefix{};  ///< "PUMP_"; empty: the environment is not looked at
  bool strict = true;  ///< an unknown key in the file is an error, else a warning in the log
};

struct OptionNames {
  std::string flag{};  ///< without dashes; "config,C" has two names; empty: not on the command line
  std::string key{};   ///< dotted place in the file; empty: not there
  std::string help{};
  bool secret = false;  ///< dump() shows ****** for a value that is not empty
  bool shown = true;    ///< in dump()
};

/// The command line asks the program to end now.
struct CommandLineEnd {
  int exit_code;
  std::string text;  ///< for stderr
};

/// Declares options, then fills the variables. One thread; used once, in main(). The variables
/// outlive it.
class ConfigSpec {
 public:
  explicit ConfigSpec(ConfigSpecOptions options) : options_(std::move(options)) {}

  /// `target`: any type of base/config_value.h, or an optional of one.
  template <typename T>
  void add(T* target, OptionNames names) {
    declared_.push_back({std::move(names), make_config_value(target)});
  }

  /// Array of tables: `bind(element, spec)` declares the keys of one.
  template <typename T>
  void add_tables(std::vector<T>* target, std::string key,
                  std::function<void(T&, ConfigSpec&)> bind) {
    add_reader(std::move(key), [target, bind](ConfigNode& node) -> Status {
      if (node.kind != ConfigNode::Kind::kArray) return invalid_argument("wants [[tables]]");
      target->clear();
      for (ConfigNode& item : node.items) {
        T element{};
        TBL_TRY(read_table(item, [&](ConfigSpec& spec) { bind(element, spec); }));
        target->push_back(std::move(element));
      }
      return ok_status();
    });
  }

  /// Table of tables, whose names are the user's.
  template <typename T>
  void add_table_map(std::map<std::string, T>* target, std::string key,
                     std::function<void(T&, ConfigSpec&)> bind) {
    add_reader(std::move(key), [target, bind](ConfigNode& node) -> Status {
      if (node.kind != ConfigNode::Kind::kTable) return invalid_argument("wants a table");
      target->clear();
      for (auto& [name, entry] : node.entries) {
        entry.used = true;
        T element{};
        TBL_TRY(read_table(entry, [&](ConfigSpec& spec) { bind(element, spec); }));
        target->emplace(name, std::move(element));
      }
      return ok_status();
    });
  }

  /// Go's rules: -f value, --f=value, booleans only -f or -f=false, "--" ends. Sets what it finds.
  /// An end: help (code 0), or a mistake with usage (code 2). Error: "'<word>' is not a valid
  /// flag".
  Result<std::optional<CommandLineEnd>> parse_command_line(const std::vector<std::string>& args);

  /// Reads the file (`path` empty: none) and the environment, then sets the command line's values
  /// again.
  Status load(const std::string& path);
  /// load() with the file's text given.
  Status load_text(std::string_view toml, const std::string& path);

  /// The flag stood on the command line.
  bool is_on_command_line(std::string_view flag) const;
  /// As Go prints it.
  std::string usage() const;
  /// {"key":"value",...}, for the start-up log line.
  std::string dump() const;

 private:
  struct Declared {
    OptionNames names;
    std::unique_ptr<ConfigValue> value;
  };
  struct Reader {
    std::string key;
    std::function<Status(ConfigNode&)> read;
  };

  void add_reader(std::string key, std::function<Status(ConfigNode&)> read) {
    readers_.push_back({std::move(key), std::move(read)});
  }
  static Status read_table(ConfigNode& node, const std::function<void(ConfigSpec&)>& bind);
  Status read_nodes(ConfigNode& root);
  Status check_unknown(const ConfigNode& root, const std::string& path) const;
  Status load_environment();
  Status set_given_flags();
  Declared* find_flag(std::string_view flag);
  CommandLineEnd mistake(const std::string& what) const;

  ConfigSpecOptions options_;
  std::vector<Declared> declared_;
  std::vector<Reader> readers_;
  std::vector<std::pair<Declared*, std::string>> given_;  ///< of the command line, in order
};

}  // namespace tbl
