// Texts that nobody meant: every cut of good statements, and their words shuffled. Nothing crashes;
// every refusal is an error of SQL with a message; what is taken as a query can be written and read
// again.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/test_seed.h"
#include "tidb/ast/dml.h"
#include "tidb/parser/lexer.h"
#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> kStatements = {
      "select a, t.*, count(distinct b) c from d.t left join u using (i) where a in (1, 'x''y') "
      "group by 1 with rollup having c > 2 order by d desc limit 3, 4 for update",
      "select not a between 1 and b + interval 2 day_hour or case x when 1 then j->>'$.a' else "
      "-1e3 "
      "end is not null, exists (select 1), (1, 2) = any (select a, b from t)",
      "(select 1) union all (select 2 from (select 3) x natural join y) intersect select 4 limit 1",
      "with recursive r (n) as (select 1 union select n + 1 from r) select * from ((r join s on "
      "!n))",
      "select trim(both 'x' from a), extract(day from b), cast(c as decimal(10, 2)), convert(d "
      "using "
      "utf8), group_concat(e order by f separator '-'), timestampdiff(month, a, b), interval(1, 2)",
      "create table if not exists t (a int unsigned not null auto_increment primary key comment "
      "'x', b "
      "varchar(3) character set utf8 default 'x', c int as (a * 2) stored, key k (b(2)) using "
      "btree, "
      "constraint f foreign key (a) references u (b) on delete cascade, check (a > 0)) "
      "engine=innodb "
      "partition by range columns (a) (partition p values less than (1), partition q values less "
      "than "
      "(maxvalue))",
      "alter table t add column (x int, y enum('a','b')), modify z bigint after a, drop key k, "
      "rename "
      "to u, alter v set default 1, add unique index w (x desc), convert to charset utf8mb4",
      "insert ignore into t (a, b) values (1, default), (?, now(3)) on duplicate key update a = "
      "values(a) + 1",
      "update t, u set t.a = u.b where t.c = u.c",
      "delete a, b from a join b on a.x = b.x where y",
      "load data local infile 'f' replace into table t fields terminated by ',' optionally "
      "enclosed by "
      "'\"' lines starting by 'x' ignore 1 lines (a, @b) set c = @b",
      "set @a = 1, global b = on, @@session.c = default; set names utf8 collate utf8_bin",
      "show full columns from t from d like 'a%'; show count(*) warnings; show grants for 'a'@'b'",
      "grant select (a), create view on d.* to 'u'@'%' identified by 'p' with grant option",
      "create or replace algorithm=merge definer='a'@'b' sql security invoker view v (c) as select "
      "1 "
      "with check option",
      "select - - 1 - -a ^ ~b || !c = 'x\\\\y' from t where d like '1' or e sounds like f and not "
      "g",
      "explain format='row' delete from t order by a limit 1; admin show ddl jobs 5 where a = 1",
      "create sequence s start with 1 increment by -1 cache 10; change pump to node_state = 'x' "
      "for "
      "node_id 'y'; lock tables a read local, b write; kill tidb query 5",
  };
  return kStatements;
}

/// Parses; looks at whatever comes out.
void check(const std::string& sql, SqlMode mode = kDefaultSqlMode) {
  auto list = parse(sql, {.sql_mode = mode});
  if (!list.ok()) {
    EXPECT_NE(list.status().detail(), 0) << sql;
    EXPECT_FALSE(list.status().message().empty()) << sql;
    return;
  }
  RestoreOptions brackets;
  brackets.bracket_all = true;
  RestoreOptions view;
  view.style = RestoreStyle::kView;
  for (const auto& statement : *list) {
    if (statement->kind != StatementKind::kSelect) continue;
    const auto& query = *as<SelectStatement>(*statement).query;
    const std::string text = restore(query, view);
    auto again = parse_one(text, {});
    ASSERT_TRUE(again.ok()) << sql << "\n" << text << "\n" << again.status().message();
    EXPECT_EQ(restore(*as<SelectStatement>(**again).query, brackets), restore(query, brackets))
        << sql << "\n"
        << text;
  }
}

TEST(Robustness, TheCorpusIsGood) {
  for (const auto& sql : corpus()) EXPECT_EQ(parse_error(sql), "") << sql;
}

TEST(Robustness, EveryCut) {
  for (const auto& sql : corpus()) {
    for (size_t length = 0; length < sql.size(); ++length) {
      check(sql.substr(0, length));
      check(sql.substr(length));
    }
  }
}

std::vector<std::string> tokens_of(const std::string& sql) {
  std::vector<std::string> out;
  Lexer lexer(sql, kDefaultSqlMode);
  while (true) {
    Token token = lexer.next();
    if (token.kind == TokenKind::kEnd && token.begin == token.end) return out;
    out.push_back(sql.substr(token.begin, token.end - token.begin));
  }
}

TEST(Robustness, ShuffledWords) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  const auto pick = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  std::vector<std::vector<std::string>> statements;
  for (const auto& sql : corpus()) statements.push_back(tokens_of(sql));
  for (int round = 0; round < 3000; ++round) {
    auto words = statements[pick(statements.size())];
    for (size_t edits = 1 + pick(3); edits > 0 && words.size() > 1; --edits) {
      const size_t at = pick(words.size());
      const auto& other = statements[pick(statements.size())];
      switch (pick(4)) {
        case 0:
          words.erase(words.begin() + static_cast<ptrdiff_t>(at));
          break;
        case 1:
          std::swap(words[at], words[pick(words.size())]);
          break;
        case 2:
          words[at] = other[pick(other.size())];
          break;
        default:
          words.insert(words.begin() + static_cast<ptrdiff_t>(at), other[pick(other.size())]);
          break;
      }
    }
    std::string sql;
    for (const auto& word : words) sql += word + " ";
    const SqlMode modes[] = {kDefaultSqlMode, kModeAnsiQuotes, kModeHighNotPrecedence,
                             kModePipesAsConcat, kModeNoBackslashEscapes};
    check(sql, modes[pick(std::size(modes))]);
  }
}

TEST(Robustness, AnyBytes) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string sql = "select ";
    for (size_t n = random() % 40; n > 0; --n) sql.push_back(static_cast<char>(random() % 256));
    check(sql);
  }
}

}  // namespace
}  // namespace tbl::tidb
