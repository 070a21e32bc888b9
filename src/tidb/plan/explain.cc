#include <algorithm>
#include <cstdio>
#include <functional>

#include "tidb/plan/planner.h"
#include "tidb/plan/rules.h"
#include "tidb/plan/subplan.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {

namespace {

/// A line of EXPLAIN with those below it.
struct Line {
  std::string id;
  std::string count;
  std::string task;
  std::string info;
  std::vector<Line> children;
};

std::string two_digits(double rows) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.2f", rows);
  return text;
}

template <typename List, typename Text>
std::string join_texts(const List& list, Text text, const char* between = ", ") {
  std::string out;
  for (const auto& element : list) {
    if (!out.empty()) out += between;
    out += text(element);
  }
  return out;
}

std::string exprs_text(const std::vector<ExprPtr>& exprs) {
  return join_texts(exprs, [](const ExprPtr& e) { return e->to_string(); });
}

std::string sort_text(const std::vector<SortItem>& items) {
  return join_texts(items, [](const SortItem& item) {
    return item.expr->to_string() + (item.descending ? ":desc" : ":asc");
  });
}

std::string value_text(const Value& v) {
  if (v.is_null()) return "NULL";
  return v.is_string() ? "\"" + v.as_string() + "\"" : to_text(v);
}

/// "[1,5)", "(NULL,3]", "[-inf,+inf]".
std::string range_text(const ValueRange& range) {
  std::string text = range.low_exclusive ? "(" : "[";
  text += range.low.empty() ? "-inf" : join_texts(range.low, value_text, " ");
  text += ",";
  text += range.high.empty() ? "+inf" : join_texts(range.high, value_text, " ");
  return text + (range.high_exclusive ? ")" : "]");
}

class Explainer {
 public:
  Line line_of(PlanNode& node) {
    switch (node.kind) {
      case PlanKind::kDataSource:
        return source_line(as<DataSourcePlan>(node));
      case PlanKind::kVirtualScan:
        return virtual_line(as<VirtualScanPlan>(node));
      case PlanKind::kJoin:
        return join_line(as<JoinPlan>(node));
      default:
        return plain_line(node);
    }
  }

  Line named(const std::string& name, const std::string& count, std::vector<Line> children,
             const std::string& info) {
    return Line{name + "_" + std::to_string(++last_), count, "root", info, std::move(children)};
  }

 private:
  Line leaf(const std::string& name, double rows, const char* task, std::string info) {
    return Line{name + "_" + std::to_string(++last_), two_digits(rows), task, std::move(info), {}};
  }

  /// The selection that runs beside a scan, if there are filters.
  Line with_filters(Line scan, DataSourcePlan& node) {
    if (node.filters.empty()) return scan;
    Line selection = leaf("Selection", node.row_count, "cop", exprs_text(node.filters));
    selection.children.push_back(std::move(scan));
    return selection;
  }

  std::string path_text(const DataSourcePlan& node) {
    std::string text = "table:" + node.alias;
    if (node.index) {
      text += ", index:" +
              join_texts(node.index->columns, [](const auto& part) { return part.name.o; });
    }
    if (node.ranges_at_open || (node.ranges.empty() && node.access_rows > 0)) {
      text += ", range: decided by outer rows";
    } else {
      text += ", range:" + join_texts(node.ranges, range_text);
    }
    text += node.keep_order ? ", keep order:true" : ", keep order:false";
    if (node.reverse) text += ", desc";
    return text + ", stats:pseudo";
  }

  Line source_line(DataSourcePlan& node) {
    Line line = access_line(node);
    add_subplans(node, &line);
    return line;
  }

  Line access_line(DataSourcePlan& node) {
    if (node.access == AccessKind::kPointGet && !node.ranges_at_open && !node.ranges.empty()) {
      return point_line(node);
    }
    if (node.access == AccessKind::kIndexReader) {
      Line scan = with_filters(leaf("IndexScan", node.access_rows, "cop", path_text(node)), node);
      return reader("IndexReader", node, "index:" + scan.id, std::move(scan));
    }
    if (node.index && node.access != AccessKind::kPointGet) {
      Line index = leaf("IndexScan", node.access_rows, "cop", path_text(node));
      Line table = with_filters(leaf("TableScan", node.access_rows, "cop",
                                     "table:" + node.alias + ", keep order:false, stats:pseudo"),
                                node);
      Line line = leaf("IndexLookUp", node.row_count, "root", "");
      line.children.push_back(std::move(index));
      line.children.push_back(std::move(table));
      return line;
    }
    Line scan = with_filters(leaf("TableScan", node.access_rows, "cop", path_text(node)), node);
    return reader("TableReader", node, "data:" + scan.id, std::move(scan));
  }

  Line reader(const std::string& name, const DataSourcePlan& node, const std::string& info,
              Line child) {
    Line line = leaf(name, node.row_count, "root", info);
    line.children.push_back(std::move(child));
    return line;
  }

  Line point_line(DataSourcePlan& node) {
    std::string info = "table:" + node.alias;
    auto first = [](const ValueRange& range) { return join_texts(range.low, value_text, " "); };
    std::string keys = join_texts(node.ranges, first);
    if (node.index) {
      info +=
          ", index:" + join_texts(
                           node.index->columns, [](const auto& part) { return part.name.o; }, " ");
      if (node.ranges.size() > 1) info += ", keys:[" + keys + "]";
    } else {
      info += node.ranges.size() == 1 ? ", handle:" + keys : ", handles:[" + keys + "]";
    }
    const char* name = node.ranges.size() == 1 ? "Point_Get" : "Batch_Point_Get";
    Line get = leaf(name, node.access_rows, "root", info);
    if (node.filters.empty()) return get;
    Line selection = leaf("Selection", node.row_count, "root", exprs_text(node.filters));
    selection.children.push_back(std::move(get));
    return selection;
  }

  Line virtual_line(VirtualScanPlan& node) {
    Line scan = leaf("MemTableScan", 10000, "root", "table:" + node.source->info()->name.o);
    if (node.filters.empty()) return scan;
    Line selection = leaf("Selection", node.row_count, "root", exprs_text(node.filters));
    selection.children.push_back(std::move(scan));
    return selection;
  }

  Line join_line(JoinPlan& node) {
    Line left = line_of(*node.children[0]);
    Line right = line_of(*node.children[1]);
    static constexpr const char* kNames[] = {"inner join", "left outer join", "semi join",
                                             "anti semi join"};
    std::string info = node.keys.empty() && node.join == JoinKind::kInner ? "CARTESIAN " : "";
    info += kNames[static_cast<size_t>(node.join)];
    bool inner_left = node.method == JoinMethod::kHash && node.build_left;
    info += ", inner:" + (inner_left ? left.id : right.id);
    auto left_text = [](const JoinPlan::Key& k) { return k.left->to_string(); };
    auto right_text = [](const JoinPlan::Key& k) { return k.right->to_string(); };
    if (node.method == JoinMethod::kIndex) {
      info += ", outer key:" + join_texts(node.keys, left_text);
      info += ", inner key:" + join_texts(node.keys, right_text);
    } else if (!node.keys.empty()) {
      info += ", equal:[" +
              join_texts(node.keys,
                         [&](const JoinPlan::Key& k) {
                           return "eq(" + left_text(k) + ", " + right_text(k) + ")";
                         }) +
              "]";
    }
    if (!node.other.empty()) info += ", other cond:" + exprs_text(node.other);
    std::string name = node.method == JoinMethod::kIndex ? "IndexJoin"
                       : inner_left                      ? "HashRightJoin"
                                                         : "HashLeftJoin";
    Line line = leaf(name, node.row_count, "root", info);
    line.children.push_back(std::move(left));
    line.children.push_back(std::move(right));
    add_subplans(node, &line);
    return line;
  }

  static std::string aggregation_text(const AggregationPlan& node) {
    std::string text;
    if (!node.group_by.empty()) text = "group by:" + exprs_text(node.group_by);
    if (!node.aggregates.empty()) {
      if (!text.empty()) text += ", ";
      text += "funcs:" + join_texts(node.aggregates, [](const auto& a) { return a->to_string(); });
    }
    return text;
  }

  static std::pair<std::string, std::string> describe(const PlanNode& node) {
    auto window = [](uint64_t offset, uint64_t count) {
      return "offset:" + std::to_string(offset) + ", count:" + std::to_string(count);
    };
    switch (node.kind) {
      case PlanKind::kDual:
        return {"TableDual", "rows:" + std::to_string(as<DualPlan>(node).rows)};
      case PlanKind::kSelection:
        return {"Selection", exprs_text(as<SelectionPlan>(node).conditions)};
      case PlanKind::kProjection:
        return {"Projection", exprs_text(as<ProjectionPlan>(node).exprs)};
      case PlanKind::kAggregation:
        return {"HashAgg", aggregation_text(as<AggregationPlan>(node))};
      case PlanKind::kSort:
        return {"Sort", sort_text(as<SortPlan>(node).items)};
      case PlanKind::kTopN: {
        const auto& top = as<TopNPlan>(node);
        return {"TopN", sort_text(top.items) + ", " + window(top.offset, top.count)};
      }
      case PlanKind::kLimit: {
        const auto& limit = as<LimitPlan>(node);
        return {"Limit", window(limit.offset, limit.count)};
      }
      case PlanKind::kUnionAll:
        return {"Union", ""};
      default:
        return {as<SetOperationPlan>(node).except ? "Except" : "Intersect", ""};
    }
  }

  Line plain_line(PlanNode& node) {
    std::vector<Line> children;
    for (PlanPtr& child : node.children) children.push_back(line_of(*child));
    auto [name, info] = describe(node);
    Line line = named(name, two_digits(node.row_count), std::move(children), info);
    add_subplans(node, &line);
    return line;
  }

  /// The plans of subqueries that stay in a node's expressions stand below it.
  void add_subplans(PlanNode& node, Line* line) {
    for_each_expr(node, [&](ExprPtr& e) {
      walk_expr(*e, [&](Expr& part) {
        if (part.kind() != ExprKind::kSubquery) return;
        auto& runner = static_cast<PlanSubquery&>(static_cast<SubqueryExpr&>(part).runner());
        std::vector<Line> children;
        children.push_back(line_of(*runner.mutable_plan().root));
        std::string count = children[0].count;
        std::string info = runner.correlated() ? "correlated" : "";
        line->children.push_back(named("Apply", count, std::move(children), info));
      });
    });
  }

  int last_ = 0;
};

void print(const Line& line, const std::string& lead, const std::string& below,
           std::vector<std::vector<std::string>>* out) {
  out->push_back({lead + line.id, line.count, line.task, line.info});
  for (size_t i = 0; i < line.children.size(); ++i) {
    bool last = i + 1 == line.children.size();
    print(line.children[i], below + (last ? "└─" : "├─"), below + (last ? "  " : "│ "), out);
  }
}

Line statement_line(const StatementPlan& plan, Explainer* explainer) {
  if (const auto* query = std::get_if<QueryPlan>(&plan.body)) {
    return explainer->line_of(*query->root);
  }
  std::vector<Line> children;
  std::string name = "LoadData";
  const PlanPtr* source = nullptr;
  if (const auto* insert = std::get_if<InsertPlan>(&plan.body)) {
    name = "Insert";
    if (insert->select) source = &insert->select;
  } else if (const auto* update = std::get_if<UpdatePlan>(&plan.body)) {
    name = "Update";
    source = &update->source;
  } else if (const auto* removal = std::get_if<DeletePlan>(&plan.body)) {
    name = "Delete";
    source = &removal->source;
  }
  if (source) children.push_back(explainer->line_of(**source));
  return explainer->named(name, "N/A", std::move(children), "N/A");
}

}  // namespace

std::vector<std::vector<std::string>> explain_rows(const StatementPlan& plan) {
  Explainer explainer;
  std::vector<std::vector<std::string>> rows;
  print(statement_line(plan, &explainer), "", "", &rows);
  return rows;
}

}  // namespace tbl::tidb
