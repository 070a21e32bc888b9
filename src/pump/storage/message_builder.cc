#include "pump/storage/message_builder.h"

#include "pump/storage/binlog_fields.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {

/// One checked record: its fields, and its payload when it is short.
struct MessageBuilder::Source {
  BinlogFields fields;
  bool whole = false;
  Bytes payload;  ///< of a whole one, valid until the window moves
  std::shared_ptr<const SegmentFile> file;
  uint64_t payload_offset = 0;
};

/// So that a message in memory does not move when it is put into its envelope.
constexpr size_t kEnvelopeRoom = 64;

/// Collects the pieces of a message.
class MessageBuilder::Assembler {
 public:
  explicit Assembler(size_t inline_bytes) : pieces_(1) {
    pieces_[0].bytes.reserve(inline_bytes + kEnvelopeRoom);
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
    put_bytes_prefix(inline_bytes(), field, range->length);
    add_range(source, *range);
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

/// Mostly C stands a little behind its P, in what was read for that already; then it is not read
/// twice, and the P's payload stays where it is.
SegmentWindow& MessageBuilder::window_of_commit(const Place& commit) {
  const bool near = prewrites_.file()->id() == commit.segment &&
                    prewrites_.holds(commit.offset, kRecordHeaderBytes + commit.length);
  return near ? prewrites_ : commits_;
}

Result<std::unique_ptr<FeedMessage>> MessageBuilder::build(const IndexEntry& entry) {
  const auto context = [&] {
    return "read binlog of commit ts " + std::to_string(entry.commit_ts);
  };
  auto prewrite = load(prewrites_, entry.prewrite);
  if (!prewrite.ok()) return std::move(prewrite).status().wrap(context());
  auto commit = load(window_of_commit(entry.commit), entry.commit);
  if (!commit.ok()) return std::move(commit).status().wrap(context());
  const BinlogFields& p = prewrite->fields;
  const BinlogFields& c = commit->fields;

  Assembler out(prewrite->payload.size() + commit->payload.size());
  put_number_field(out.inline_bytes(), kTpField, static_cast<uint64_t>(int64_t{c.tp}));
  put_number_field(out.inline_bytes(), kStartTsField, p.start_ts);
  put_number_field(out.inline_bytes(), kCommitTsField, c.commit_ts);
  out.add_field(kPrewriteKeyField, *commit, c.prewrite_key);
  out.add_field(kPrewriteValueField, *prewrite, p.prewrite_value);
  out.add_field(kDdlQueryField, *prewrite, p.ddl_query);
  put_number_field(out.inline_bytes(), kDdlJobIdField, static_cast<uint64_t>(p.ddl_job_id));
  put_number_field(out.inline_bytes(), kDdlSchemaStateField,
                   static_cast<uint64_t>(int64_t{p.ddl_schema_state}));
  for (const ByteRange& range : c.unknown) out.add_range(*commit, range);

  auto message = std::make_unique<FeedMessage>();
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
