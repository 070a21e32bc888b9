// What a MariaDB takes when nothing is in its way: statements or arrays of rows that are formed
// before the clock starts, pushed by a number of connections. Prints one line of JSON. The
// yardstick of bench/drainer.py.
//
//   drainer_push <port> <connections> <rows per commit> text <prefix> <separator> <suffix> <file>
//   drainer_push <port> <connections> <rows per commit> bulk <INSERT with question marks> <file>
//
// The file holds fields, each behind its length (uint32, little endian). `text` takes one field per
// row and joins the rows of a commit by the separator; `bulk` takes as many as the statement has
// question marks and binds them as strings. A group of rows is one commit; connections take the
// next group as they become free.
#include <fmt/format.h>
#include <mysql.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "drainer_push: {}\n", what);
  std::exit(1);
}

struct Options {
  unsigned port = 0;
  size_t connections = 0;
  size_t rows_per_commit = 0;
};

class Connection {
 public:
  explicit Connection(const Options& options) : handle_(mysql_init(nullptr)) {
    if (mysql_real_connect(handle_, "127.0.0.1", "root", "", nullptr, options.port, nullptr,
                           CLIENT_MULTI_STATEMENTS) == nullptr) {
      die(mysql_error(handle_));
    }
    run("SET NAMES utf8mb4, foreign_key_checks=0");
  }
  ~Connection() { mysql_close(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  MYSQL* raw() { return handle_; }

  void run(std::string_view sql) {
    if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) die(mysql_error(handle_));
    int more = 0;
    do {
      mysql_free_result(mysql_store_result(handle_));
      more = mysql_next_result(handle_);
    } while (more == 0);
    if (more > 0) die(mysql_error(handle_));
  }

 private:
  MYSQL* handle_;
};

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) die(fmt::format("cannot read {}", path));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string_view> split_fields(const std::string& content) {
  std::vector<std::string_view> fields;
  for (size_t at = 0; at < content.size();) {
    uint32_t length = 0;
    if (content.size() - at < sizeof length) die("the file ends inside a length");
    std::memcpy(&length, content.data() + at, sizeof length);
    at += sizeof length;
    if (content.size() - at < length) die("the file ends inside a field");
    fields.emplace_back(content.data() + at, length);
    at += length;
  }
  return fields;
}

std::vector<std::string> form_statements(const std::vector<std::string_view>& rows,
                                         size_t per_commit, char** words) {
  std::vector<std::string> statements;
  for (size_t i = 0; i < rows.size(); i += per_commit) {
    std::string sql = words[0];
    for (size_t j = i; j < std::min(rows.size(), i + per_commit); ++j) {
      if (j > i) sql += words[1];
      sql += rows[j];
    }
    statements.push_back(sql + words[2]);
  }
  return statements;
}

/// Pushes group after group by `push(connection's own state, group)`.
template <typename Make>
double run(const Options& options, size_t groups, Make make_pusher) {
  std::vector<decltype(make_pusher())> pushers;
  for (size_t i = 0; i < options.connections; ++i) pushers.push_back(make_pusher());
  std::atomic<size_t> next = 0;
  auto begun = Steady::now();
  std::vector<std::thread> threads;
  for (auto& pusher : pushers) {
    threads.emplace_back([&] {
      for (size_t group = next++; group < groups; group = next++) pusher->push(group);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double>(Steady::now() - begun).count();
}

class TextPusher {
 public:
  TextPusher(const Options& options, const std::vector<std::string>& statements)
      : connection_(options), statements_(statements) {}
  void push(size_t group) { connection_.run(statements_[group]); }

 private:
  Connection connection_;
  const std::vector<std::string>& statements_;
};

class BulkPusher {
 public:
  BulkPusher(const Options& options, std::string_view sql, size_t width,
             const std::vector<std::string_view>& fields)
      : connection_(options),
        statement_(mysql_stmt_init(connection_.raw())),
        rows_per_commit_(options.rows_per_commit),
        width_(width),
        fields_(fields) {
    if (mysql_stmt_prepare(statement_, sql.data(), sql.size()) != 0)
      die(mysql_stmt_error(statement_));
  }
  ~BulkPusher() { mysql_stmt_close(statement_); }

  void push(size_t group) {
    size_t first = group * rows_per_commit_;
    size_t rows = std::min(rows_per_commit_, fields_.size() / width_ - first);
    std::vector<std::vector<char*>> texts(width_);
    std::vector<std::vector<unsigned long>> lengths(width_);
    std::vector<MYSQL_BIND> binds(width_);
    for (size_t column = 0; column < width_; ++column) {
      for (size_t row = first; row < first + rows; ++row) {
        std::string_view field = fields_[row * width_ + column];
        texts[column].push_back(const_cast<char*>(field.data()));
        lengths[column].push_back(field.size());
      }
      binds[column].buffer_type = MYSQL_TYPE_STRING;
      binds[column].buffer = texts[column].data();
      binds[column].length = lengths[column].data();
    }
    auto count = static_cast<unsigned>(rows);
    mysql_stmt_attr_set(statement_, STMT_ATTR_ARRAY_SIZE, &count);
    if (mysql_stmt_bind_param(statement_, binds.data()) != 0 ||
        mysql_stmt_execute(statement_) != 0) {
      die(mysql_stmt_error(statement_));
    }
  }

 private:
  Connection connection_;
  MYSQL_STMT* statement_;
  const size_t rows_per_commit_;
  const size_t width_;
  const std::vector<std::string_view>& fields_;
};

double push_text(const Options& options, const std::string& content, char** words) {
  std::vector<std::string> statements =
      form_statements(split_fields(content), options.rows_per_commit, words);
  return run(options, statements.size(),
             [&] { return std::make_unique<TextPusher>(options, statements); });
}

double push_bulk(const Options& options, const std::string& content, std::string_view sql) {
  auto width = static_cast<size_t>(std::count(sql.begin(), sql.end(), '?'));
  std::vector<std::string_view> fields = split_fields(content);
  if (width == 0 || fields.size() % width != 0) die("fields and question marks do not match");
  size_t groups = (fields.size() / width + options.rows_per_commit - 1) / options.rows_per_commit;
  return run(options, groups,
             [&] { return std::make_unique<BulkPusher>(options, sql, width, fields); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) die("see the head of its source for the arguments");
  Options options{static_cast<unsigned>(std::atoi(argv[1])),
                  static_cast<size_t>(std::atoi(argv[2])), static_cast<size_t>(std::atoi(argv[3]))};
  std::string mode = argv[4];
  std::string content = read_file(argv[argc - 1]);
  double seconds = 0;
  if (mode == "text" && argc == 9) {
    seconds = push_text(options, content, argv + 5);
  } else if (mode == "bulk" && argc == 7) {
    seconds = push_bulk(options, content, argv[5]);
  } else {
    die("text takes three words and a file, bulk a statement and a file");
  }
  fmt::print("{{\"seconds\": {:.6f}}}\n", seconds);
  return 0;
}
