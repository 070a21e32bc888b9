#include "pump/storage/feed_cursor.h"

#include <algorithm>
#include <utility>

#include "pump/storage/commit_index.h"
#include "pump/storage/message_builder.h"
#include "pump/storage/published.h"

namespace tbl::pump {

Result<size_t> FeedMessage::read(size_t n, char* buffer) {
  while (piece_ < pieces_.size() && done_in_piece_ == pieces_[piece_].length) {
    ++piece_;
    done_in_piece_ = 0;
  }
  if (piece_ == pieces_.size()) return size_t{0};
  const Piece& piece = pieces_[piece_];
  size_t taken = std::min<uint64_t>(n, piece.length - done_in_piece_);
  if (piece.file == nullptr) {
    std::copy_n(piece.bytes.data() + done_in_piece_, taken, buffer);
  } else {
    const uint64_t offset = piece.offset + done_in_piece_;
    TBL_ASSIGN(taken, piece.file->read(offset, taken, buffer));
    if (taken == 0) {
      return data_loss(piece.file->path() + " offset " + std::to_string(offset) +
                       ": unexpected end of file");
    }
  }
  done_in_piece_ += taken;
  return taken;
}

const std::string* FeedMessage::in_memory() const {
  return pieces_.size() == 1 && pieces_[0].file == nullptr ? &pieces_[0].bytes : nullptr;
}

Result<std::string> FeedMessage::read_all() {
  if (in_memory() != nullptr && done_in_piece_ == 0) {
    done_in_piece_ = pieces_[0].length;
    return std::exchange(pieces_[0].bytes, {});
  }
  std::string all(size_, '\0');
  size_t done = 0;
  while (done < all.size()) {
    TBL_ASSIGN(const size_t n, read(all.size() - done, all.data() + done));
    if (n == 0) break;
    done += n;
  }
  all.resize(done);
  return all;
}

FeedCursor::FeedCursor(const CommitIndex& index, const SegmentSet& segments,
                       const Published& published, uint64_t after_ts)
    : index_(index),
      published_(published),
      builder_(std::make_unique<MessageBuilder>(segments)),
      last_ts_(after_ts) {}

FeedCursor::~FeedCursor() = default;

void FeedCursor::reuse(std::unique_ptr<FeedMessage> message) {
  builder_->reuse(std::move(message));
}

Result<const IndexEntry*> FeedCursor::peek(uint64_t limit) {
  if (next_in_batch_ == batch_.size()) {
    TBL_ASSIGN(batch_, index_.read_after(last_ts_, &index_hint_));
    next_in_batch_ = 0;
  }
  if (batch_.empty() || batch_[next_in_batch_].commit_ts > limit) return nullptr;
  return &batch_[next_in_batch_];
}

void FeedCursor::skip() {
  if (next_in_batch_ < batch_.size()) last_ts_ = batch_[next_in_batch_++].commit_ts;
}

bool FeedCursor::has_entry() const {
  return next_in_batch_ < batch_.size() && batch_[next_in_batch_].commit_ts <= seen_max_ts_;
}

Result<std::unique_ptr<FeedMessage>> FeedCursor::give(const IndexEntry& entry) {
  TBL_ASSIGN(auto message, builder_->build(entry));
  last_ts_ = entry.commit_ts;
  ++next_in_batch_;
  return message;
}

Result<std::unique_ptr<FeedMessage>> FeedCursor::next() {
  if (has_entry()) return give(batch_[next_in_batch_]);
  const Published::Value published = published_.get();
  seen_max_ts_ = published.max_ts;
  if (published.max_ts <= last_ts_) return std::unique_ptr<FeedMessage>();
  TBL_ASSIGN(const IndexEntry* entry, peek(published.max_ts));
  if (entry != nullptr) return give(*entry);
  if (published.newest_fake_ts <= last_ts_) return std::unique_ptr<FeedMessage>();
  last_ts_ = published.newest_fake_ts;
  return MessageBuilder::fake(last_ts_);
}

}  // namespace tbl::pump
