#include "tidb/exec/row_source.h"

#include <algorithm>

#include "tidb/expr/eval_context.h"

namespace tbl::tidb {

namespace {

// Rows fetched by handle at a time: few at first, since a LIMIT may want no more.
constexpr size_t kFirstBatch = 64;
constexpr size_t kLargestBatch = 2048;

class SourceBase : public RowSource {
 public:
  SourceBase(const DataSourcePlan& plan, ExecContext& context) : plan_(plan), context_(context) {}

  /// Of each table or partition, one after the other.
  Result<bool> next(TableRow* out) final {
    while (true) {
      if (reader_) {
        TBL_ASSIGN(bool more, next_here(out));
        if (more) return true;
      }
      if (at_ == plan_.physical_ids.size()) return false;
      physical_id_ = plan_.physical_ids[at_++];
      reader_ = std::make_unique<TableReader>(plan_.table, *context_.transaction,
                                              context_.eval.convert.zone(), physical_id_);
      TBL_TRY(start());
    }
  }

 protected:
  virtual Status start() = 0;
  virtual Result<bool> next_here(TableRow* out) = 0;
  const DataSourcePlan& plan() const { return plan_; }
  TableReader& reader() { return *reader_; }
  int64_t physical_id() const { return physical_id_; }
  const codec::TimeZone& zone() const { return context_.eval.convert.zone(); }

 private:
  const DataSourcePlan& plan_;
  ExecContext& context_;
  size_t at_ = 0;
  int64_t physical_id_ = 0;
  std::unique_ptr<TableReader> reader_;
};

bool has_unsigned_handle(const schema::TableInfo& table) {
  return table.pk_is_handle && table.columns[table.handle_columns[0]].type.is_unsigned();
}

class ScanSource : public SourceBase {
 public:
  ScanSource(const DataSourcePlan& plan, const std::vector<ValueRange>& ranges,
             ExecContext& context)
      : SourceBase(plan, context),
        ranges_(handle_ranges(ranges, has_unsigned_handle(*plan.table))) {}

 private:
  Status start() override {
    if (ranges_.empty()) return ok_status();
    TBL_ASSIGN(cursor_, reader().scan(ranges_, plan().reverse));
    return ok_status();
  }
  Result<bool> next_here(TableRow* out) override {
    if (!cursor_) return false;
    return cursor_->next(out);
  }

  std::vector<HandleRange> ranges_;
  std::unique_ptr<TableCursor> cursor_;
};

std::vector<IndexRange> index_ranges(const std::vector<ValueRange>& ranges) {
  std::vector<IndexRange> out;
  for (const ValueRange& range : ranges) {
    out.push_back({range.low, range.high, range.low_exclusive, range.high_exclusive});
  }
  return out;
}

/// Bounds cut to what the index keeps of a value.
std::vector<IndexRange> cut_ranges(const DataSourcePlan& plan,
                                   const std::vector<ValueRange>& ranges) {
  std::vector<IndexRange> out = index_ranges(ranges);
  auto cut = [&plan](Row* bound) {
    for (size_t i = 0; i < bound->size(); ++i) {
      const schema::IndexColumn& part = plan.index->columns[i];
      if (part.length == schema::IndexColumn::kWhole || (*bound)[i].is_null()) continue;
      const FieldType& type = plan.table->columns[static_cast<size_t>(part.offset)].type;
      (*bound)[i] = index_prefix_of((*bound)[i], type, part.length);
    }
  };
  for (IndexRange& range : out) {
    cut(&range.low);
    cut(&range.high);
  }
  return out;
}

/// Entries of an index that holds all that is wanted.
class IndexSource : public SourceBase {
 public:
  IndexSource(const DataSourcePlan& plan, const std::vector<ValueRange>& ranges,
              ExecContext& context)
      : SourceBase(plan, context), ranges_(cut_ranges(plan, ranges)) {}

 private:
  Status start() override {
    if (ranges_.empty()) return ok_status();
    TBL_ASSIGN(cursor_, reader().scan_index(*plan().index, ranges_, plan().reverse));
    return ok_status();
  }
  Result<bool> next_here(TableRow* out) override {
    if (!cursor_) return false;
    TBL_ASSIGN(bool more, cursor_->next(&entry_));
    if (!more) return false;
    const schema::TableInfo& table = *plan().table;
    out->physical_id = physical_id();
    out->handle = entry_.handle;
    out->row.assign(table.columns.size(), Value());
    for (size_t i = 0; i < plan().index->columns.size(); ++i) {
      auto offset = static_cast<size_t>(plan().index->columns[i].offset);
      out->row[offset] = std::move(entry_.values[i]);
    }
    if (table.pk_is_handle) {
      uint32_t position = table.handle_columns[0];
      out->row[position] = handle_to_value(entry_.handle, table.columns[position].type);
    }
    return true;
  }

  std::vector<IndexRange> ranges_;
  std::unique_ptr<IndexCursor> cursor_;
  IndexRow entry_;
};

/// Rows by handles that come in batches from somewhere.
class BatchSource : public SourceBase {
 public:
  using SourceBase::SourceBase;

 protected:
  /// Up to `count` handles in the order wanted; none: the end.
  virtual Result<std::vector<int64_t>> next_handles(size_t count) = 0;
  void restart() {
    batch_.clear();
    batch_at_ = 0;
    batch_size_ = kFirstBatch;
  }

 private:
  Result<bool> next_here(TableRow* out) override {
    while (true) {
      while (batch_at_ < batch_.size()) {
        std::optional<TableRow>& row = batch_[batch_at_++];
        if (!row) continue;
        *out = std::move(*row);
        return true;
      }
      TBL_ASSIGN(std::vector<int64_t> handles, next_handles(batch_size_));
      if (handles.empty()) return false;
      TBL_ASSIGN(batch_, reader().get_many(handles));
      batch_at_ = 0;
      batch_size_ = std::min(batch_size_ * 4, kLargestBatch);
    }
  }

  std::vector<std::optional<TableRow>> batch_;
  size_t batch_at_ = 0;
  size_t batch_size_ = kFirstBatch;
};

class LookupSource : public BatchSource {
 public:
  LookupSource(const DataSourcePlan& plan, const std::vector<ValueRange>& ranges,
               ExecContext& context)
      : BatchSource(plan, context), ranges_(cut_ranges(plan, ranges)) {}

 private:
  Status start() override {
    restart();
    if (ranges_.empty()) return ok_status();
    TBL_ASSIGN(cursor_, reader().scan_index(*plan().index, ranges_, plan().reverse));
    return ok_status();
  }
  Result<std::vector<int64_t>> next_handles(size_t count) override {
    std::vector<int64_t> handles;
    while (cursor_ && handles.size() < count) {
      TBL_ASSIGN(bool more, cursor_->next(&entry_));
      if (!more) break;
      handles.push_back(entry_.handle);
    }
    return handles;
  }

  std::vector<IndexRange> ranges_;
  std::unique_ptr<IndexCursor> cursor_;
  IndexRow entry_;
};

/// Rows whose handles, or values of a unique index, are known.
class PointSource : public BatchSource {
 public:
  PointSource(const DataSourcePlan& plan, std::vector<ValueRange> points, ExecContext& context)
      : BatchSource(plan, context), points_(std::move(points)) {}

 private:
  Status start() override {
    restart();
    at_ = 0;
    return ok_status();
  }
  Result<std::vector<int64_t>> next_handles(size_t count) override {
    std::vector<int64_t> handles;
    while (at_ < points_.size() && handles.size() < count) {
      const ValueRange& point = points_[at_++];
      if (!plan().index) {
        handles.push_back(value_to_handle(point.low[0]));
        continue;
      }
      TBL_ASSIGN(std::optional<int64_t> handle, reader().find_unique(*plan().index, point.low));
      if (handle) handles.push_back(*handle);
    }
    return handles;
  }

  std::vector<ValueRange> points_;
  size_t at_ = 0;
};

/// Whether every range is one whole key.
bool all_points(const DataSourcePlan& plan, const std::vector<ValueRange>& ranges) {
  size_t width = plan.index ? plan.index->columns.size() : 1;
  return std::all_of(ranges.begin(), ranges.end(), [width](const ValueRange& range) {
    bool has_null =
        std::any_of(range.low.begin(), range.low.end(), [](const Value& v) { return v.is_null(); });
    return range.low.size() == width && !has_null && range.is_point();
  });
}

}  // namespace

Result<std::unique_ptr<RowSource>> open_row_source(const DataSourcePlan& plan,
                                                   std::vector<ValueRange> ranges,
                                                   ExecContext& context) {
  if (!context.transaction) return internal_error("a stored table is read without a transaction");
  std::unique_ptr<RowSource> source;
  // Ranges made for an outer row need not be points where the plan hoped for them.
  if (plan.access == AccessKind::kPointGet && all_points(plan, ranges)) {
    source = std::make_unique<PointSource>(plan, std::move(ranges), context);
  } else if (!plan.index) {
    source = std::make_unique<ScanSource>(plan, ranges, context);
  } else if (plan.access == AccessKind::kIndexReader) {
    source = std::make_unique<IndexSource>(plan, ranges, context);
  } else {
    source = std::make_unique<LookupSource>(plan, ranges, context);
  }
  return source;
}

}  // namespace tbl::tidb
