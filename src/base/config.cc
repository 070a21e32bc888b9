#include "base/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "base/env.h"
#include "base/log.h"

namespace tbl {
namespace {

std::vector<std::string> flag_names(const std::string& names) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin < names.size();) {
    size_t comma = std::min(names.find(',', begin), names.size());
    out.push_back(names.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return out;
}

bool has_flag(const std::string& names, std::string_view flag) {
  std::vector<std::string> all = flag_names(names);
  return std::find(all.begin(), all.end(), flag) != all.end();
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// One flag of the command line as written: "--name=value".
struct Word {
  std::string name;
  std::optional<std::string> value;
};

Word split_word(std::string_view arg) {
  arg.remove_prefix(arg.substr(0, 2) == "--" ? 2 : 1);
  size_t equals = arg.find('=', 1);
  if (equals == arg.npos) return {std::string(arg), std::nullopt};
  return {std::string(arg.substr(0, equals)), std::string(arg.substr(equals + 1))};
}

bool is_bool(const ConfigValue& value) { return value.type_name().empty(); }

std::string environment_name(const std::string& prefix, std::string flag) {
  for (char& c : flag) {
    c = c == '-' ? '_' : static_cast<char>(toupper(static_cast<unsigned char>(c)));
  }
  return prefix + flag;
}

/// Line of the first entry that no option used and that has this dotted name; 0: there is none.
int line_of_unused(const ConfigNode& node, std::string_view dotted) {
  for (const ConfigNode& item : node.items) {
    if (const int line = line_of_unused(item, dotted); line != 0) return line;
  }
  for (const auto& [key, value] : node.entries) {
    if (dotted == key && !value.used) return value.line;
    const bool is_below =
        dotted.size() > key.size() && dotted.starts_with(key) && dotted[key.size()] == '.';
    const int line = is_below ? line_of_unused(value, dotted.substr(key.size() + 1)) : 0;
    if (line != 0) return line;
  }
  return 0;
}

/// How many letters have to be put in, taken out, changed or swapped with the next.
size_t typing_errors(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

/// The known key that `key` may have been meant to be, or "".
std::string nearest(const std::vector<std::string>& known, const std::string& key) {
  constexpr size_t kMostErrors = 2;
  std::string out;
  size_t least = kMostErrors + 1;
  for (const std::string& candidate : known) {
    const size_t errors = typing_errors(key, candidate);
    if (errors >= least || errors > candidate.size() / 3) continue;
    least = errors;
    out = candidate;
  }
  return out;
}

}  // namespace

ConfigSpec::Declared* ConfigSpec::find_flag(std::string_view flag) {
  for (Declared& option : declared_) {
    if (has_flag(option.names.flag, flag)) return &option;
  }
  return nullptr;
}

CommandLineEnd ConfigSpec::mistake(const std::string& what) const {
  return {2, what + "\n" + usage()};
}

Result<std::optional<CommandLineEnd>> ConfigSpec::parse_command_line(
    const std::vector<std::string>& args) {
  using End = std::optional<CommandLineEnd>;
  given_.clear();
  size_t i = 0;
  for (; i < args.size() && args[i].size() > 1 && args[i][0] == '-'; ++i) {
    const std::string& arg = args[i];
    if (arg == "--") {
      ++i;
      break;
    }
    Word word = split_word(arg);
    if (word.name.empty() || word.name[0] == '-' || word.name[0] == '=') {
      return End(mistake("bad flag syntax: " + arg));
    }
    Declared* option = find_flag(word.name);
    if (option == nullptr) {
      if (word.name == "h" || word.name == "help") return End(CommandLineEnd{0, usage()});
      return End(mistake("flag provided but not defined: -" + word.name));
    }
    if (!word.value && is_bool(*option->value)) word.value = "true";
    if (!word.value) {
      if (i + 1 == args.size()) return End(mistake("flag needs an argument: -" + word.name));
      word.value = args[++i];
    }
    if (Status status = option->value->set_text(*word.value); !status.ok()) {
      return End(mistake(fmt::format("invalid {}value {} for flag -{}: {}",
                                     is_bool(*option->value) ? "boolean " : "", quoted(*word.value),
                                     word.name, status.message())));
    }
    given_.emplace_back(option, *word.value);
  }
  if (i < args.size()) return invalid_argument(fmt::format("'{}' is not a valid flag", args[i]));
  return End();
}

Status ConfigSpec::load(const std::string& path) {
  if (path.empty()) return load_text("", path);
  auto text = posix_env().read_file(path);
  if (!text.ok()) return std::move(text).status().wrap("read config file");
  return load_text(*text, path);
}

Status ConfigSpec::load_text(std::string_view toml, const std::string& path) {
  TBL_ASSIGN(ConfigNode root, parse_toml(toml, path));
  TBL_TRY(read_nodes(root).wrap("config file " + path));
  TBL_TRY(check_unknown(root, path));
  TBL_TRY(load_environment());
  return set_given_flags();
}

Status ConfigSpec::read_nodes(ConfigNode& root) {
  auto in_context = [](Status status, const std::string& key, const ConfigNode& node) {
    return std::move(status).wrap(fmt::format("line {}: {}", node.line, key));
  };
  for (Declared& option : declared_) {
    ConfigNode* node = option.names.key.empty() ? nullptr : root.find(option.names.key);
    if (node == nullptr) continue;
    node->used = true;
    for (auto& [key, entry] : node->entries) entry.used = true;  // of a map
    TBL_TRY(in_context(option.value->set_node(*node), option.names.key, *node));
  }
  for (Reader& reader : readers_) {
    ConfigNode* node = root.find(reader.key);
    if (node == nullptr) continue;
    node->used = true;
    TBL_TRY(in_context(reader.read(*node), reader.key, *node));
  }
  return ok_status();
}

Status ConfigSpec::read_table(ConfigNode& node, const std::function<void(ConfigSpec&)>& bind) {
  if (node.kind != ConfigNode::Kind::kTable) return invalid_argument("wants a table");
  ConfigSpec spec({});
  bind(spec);
  return spec.read_nodes(node);
}

Status ConfigSpec::check_unknown(const ConfigNode& root, const std::string& path) const {
  std::vector<std::string> unknown = root.unused();
  if (unknown.empty()) return ok_status();
  std::string message =
      fmt::format("component {}'s config file {} contained unknown configuration options: {}",
                  options_.program, path, fmt::join(unknown, ", "));
  std::vector<std::string> known;
  for (const Declared& option : declared_) known.push_back(option.names.key);
  for (const std::string& key : unknown) {
    message += fmt::format("; line {}: {}", line_of_unused(root, key), key);
    if (const std::string meant = nearest(known, key); !meant.empty()) {
      message += ", did you mean " + meant + "?";
    }
  }
  if (options_.strict) return invalid_argument(message);
  log_warn(message);
  return ok_status();
}

Status ConfigSpec::load_environment() {
  if (options_.environment_prefix.empty()) return ok_status();
  for (Declared& option : declared_) {
    for (const std::string& flag : flag_names(option.names.flag)) {
      std::string name = environment_name(options_.environment_prefix, flag);
      const char* value = std::getenv(name.c_str());
      if (value == nullptr || *value == '\0') continue;
      TBL_TRY(option.value->set_text(value).wrap(
          fmt::format("environment variable {}={}", name, option.names.secret ? "******" : value)));
    }
  }
  return ok_status();
}

Status ConfigSpec::set_given_flags() {
  for (auto& [option, text] : given_) {
    TBL_TRY(option->value->set_text(text).wrap("flag -" + option->names.flag));
  }
  return ok_status();
}

bool ConfigSpec::is_on_command_line(std::string_view flag) const {
  return std::any_of(given_.begin(), given_.end(),
                     [&](const auto& given) { return has_flag(given.first->names.flag, flag); });
}

std::string ConfigSpec::usage() const {
  std::map<std::string, const Declared*> by_name;
  for (const Declared& option : declared_) {
    for (const std::string& name : flag_names(option.names.flag)) by_name[name] = &option;
  }
  std::string out = fmt::format("Usage of {}:\n", options_.program);
  for (const auto& [name, option] : by_name) {
    std::string_view type = option->value->type_name();
    std::string head = fmt::format("  -{}{}{}", name, type.empty() ? "" : " ", type);
    out += head + (head.size() <= 4 ? "\t" : "\n    \t") + option->names.help;
    std::string value = option->names.secret ? "" : option->value->text();
    bool is_zero = value.empty() || value == "false" || value == "0";
    if (!is_zero && !is_on_command_line(name)) {
      out += fmt::format(" (default {})", type == "string" ? quoted(value) : value);
    }
    out += "\n";
  }
  return out;
}

std::string ConfigSpec::dump() const {
  std::string out;
  for (const Declared& option : declared_) {
    const OptionNames& names = option.names;
    if (!names.shown) continue;
    std::string value = option.value->text();
    if (names.secret && !value.empty()) value = "******";
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",",
                       quoted(names.key.empty() ? names.flag : names.key), quoted(value));
  }
  return "{" + out + "}";
}

}  // namespace tbl
