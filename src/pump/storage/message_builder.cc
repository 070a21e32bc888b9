#include "pump/storage/message_builder.h"

#include "pump/storage/binlog_fields.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

/// The furthest that a C may stand behind its P to be read with it.
constexpr uint64_t kNearBytes = 256 << 10;

}  // namespace

/// One checked record: its fields, and its payload when it is short.
struct MessageBuilder::Source {
  BinlogFields fields;
  bool whole = false;
  Bytes payload;  ///< of a whole one, valid until the window moves
  std::shared_ptr<const SegmentFile> file;
  uint64_t payload_offset = 0;
};

/// Collects the pieces of a message.
class MessageBuilder::Assembler {
 public:
  /// In the memory of `pieces`.
  Assembler(std::vector<FeedMessage::Piece> pieces, size_t inline_bytes)
      : pieces_(std::move(pieces)) {
    pieces_.resize(1);
    pieces_[0].file = nullptr;
    pieces_[0].bytes.clear();
    pieces_[0].bytes.reserve(inline_bytes);
  }

  std::string& inline_bytes() {
    if (pieces_.back().file != nullptr) pieces_.emplace_back();
    return pieces_.back().bytes;
  }

  void add_range(const Source& source, const ByteRange& range) {
    if (range.length == 0) return;
    if (source.whole) {
      inline_bytes().append(source.payload.substr(range.offset, range.length));
      return;
    }
    FeedMessage::Piece piece;
    piece.file = source.file;
    piece.offset = source.payload_offset + range.offset;
    piece.length = range.length;
    pieces_.push_back(std::move(piece));
  }

  void add_field(BinlogField field, const Source& source, const std::optional<ByteRange>& range) {
    if (!range) return;
    put_bytes_prefix(numbers_, field, range->length);
    write_numbers();
    add_range(source, *range);
  }

  void add_number(BinlogField field, uint64_t value) { put_number_field(numbers_, field, value); }
  void write_numbers() {
    inline_bytes().append(numbers_.bytes());
    numbers_ = {};
  }

  std::vector<FeedMessage::Piece> take(uint64_t* size) {
    *size = 0;
    for (FeedMessage::Piece& piece : pieces_) {
      if (piece.file == nullptr) piece.length = piece.bytes.size();
      *size += piece.length;
    }
    return std::move(pieces_);
  }

 private:
  std::vector<FeedMessage::Piece> pieces_;
  FieldBuffer numbers_;  ///< what stands behind pieces_
};

Result<MessageBuilder::Source> MessageBuilder::load(SegmentWindow& window,
                                                    const Place& place) const {
  if (window.file() == nullptr || window.file()->id() != place.segment) {
    TBL_ASSIGN(auto file, segments_.open(place.segment));
    window.use(std::move(file));
  }
  return read_source(window, place);
}

Result<MessageBuilder::Source> MessageBuilder::read_source(SegmentWindow& window,
                                                           const Place& place) {
  Source source;
  source.file = window.file();
  source.payload_offset = place.offset + kRecordHeaderBytes;
  source.whole = place.length <= kWholePayloadBytes;
  if (source.whole) {
    TBL_ASSIGN(source.payload, read_payload(window, place));
    TBL_ASSIGN(source.fields, parse_binlog_fields(source.payload));
  } else {
    TBL_TRY(check_record(window, place));
    TBL_ASSIGN(source.fields, parse_binlog_fields(window, place));
  }
  return source;
}

/// Mostly C stands a little behind its P: then both, and what is between them, are in one window,
/// which does not move any more when their payloads are looked at.
void MessageBuilder::read_together(const IndexEntry& entry) {
  const auto& [p, c] = std::pair(entry.prewrite, entry.commit);
  const uint64_t end = c.offset + kRecordHeaderBytes + c.length;
  if (p.segment != c.segment || p.offset > c.offset || end - p.offset > kNearBytes) return;
  if (prewrites_.file() == nullptr || prewrites_.file()->id() != p.segment) return;
  (void)prewrites_.view(p.offset, end - p.offset);  // who reads them sees the error
}

SegmentWindow& MessageBuilder::window_of_commit(const Place& commit) {
  const bool near = prewrites_.file()->id() == commit.segment &&
                    prewrites_.holds(commit.offset, kRecordHeaderBytes + commit.length);
  return near ? prewrites_ : commits_;
}

Result<std::unique_ptr<FeedMessage>> MessageBuilder::build(const IndexEntry& entry) {
  const auto context = [&] {
    return "read binlog of commit ts " + std::to_string(entry.commit_ts);
  };
  read_together(entry);
  auto prewrite = load(prewrites_, entry.prewrite);
  if (!prewrite.ok()) return std::move(prewrite).status().wrap(context());
  auto commit = load(window_of_commit(entry.commit), entry.commit);
  if (!commit.ok()) return std::move(commit).status().wrap(context());
  const BinlogFields& p = prewrite->fields;
  const BinlogFields& c = commit->fields;

  auto message = spare_ != nullptr ? std::move(spare_) : std::make_unique<FeedMessage>();
  Assembler out(std::move(message->pieces_), prewrite->payload.size() + commit->payload.size());
  out.add_number(kTpField, static_cast<uint64_t>(int64_t{c.tp}));
  out.add_number(kStartTsField, p.start_ts);
  out.add_number(kCommitTsField, c.commit_ts);
  out.add_field(kPrewriteKeyField, *commit, c.prewrite_key);
  out.add_field(kPrewriteValueField, *prewrite, p.prewrite_value);
  out.add_field(kDdlQueryField, *prewrite, p.ddl_query);
  out.add_number(kDdlJobIdField, static_cast<uint64_t>(p.ddl_job_id));
  out.add_number(kDdlSchemaStateField, static_cast<uint64_t>(int64_t{p.ddl_schema_state}));
  out.write_numbers();
  for (const ByteRange& range : c.unknown) out.add_range(*commit, range);

  message->piece_ = 0;
  message->done_in_piece_ = 0;
  message->start_ts_ = entry.start_ts;
  message->commit_ts_ = entry.commit_ts;
  message->pieces_ = out.take(&message->size_);
  return message;
}

std::unique_ptr<FeedMessage> MessageBuilder::fake(uint64_t ts) {
  auto message = std::make_unique<FeedMessage>();
  message->start_ts_ = message->commit_ts_ = ts;
  FeedMessage::Piece piece;
  piece.bytes = make_fake(ts).payload;
  piece.length = message->size_ = piece.bytes.size();
  message->pieces_.push_back(std::move(piece));
  return message;
}

}  // namespace tbl::pump
