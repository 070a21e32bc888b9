#include "tidb/parser/parser.h"

#include <gtest/gtest.h>

#include "tidb/ast/session.h"

namespace tbl::tidb {
namespace {

using namespace ast;

TEST(Parser, SplitsStatementsAndKeepsTheirText) {
  auto list = parse(" select 1 ; ; /* c */ begin;\ncommit ;", {});
  ASSERT_TRUE(list.ok()) << list.status().to_string();
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ((*list)[0]->text, "select 1");
  EXPECT_EQ((*list)[1]->text, "/* c */ begin");
  EXPECT_EQ((*list)[1]->kind, StatementKind::kBegin);
  EXPECT_EQ((*list)[2]->text, "commit");
}

}  // namespace
}  // namespace tbl::tidb
