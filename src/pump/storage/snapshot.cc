#include "pump/storage/snapshot.h"

#include "base/crc32c.h"

namespace tbl::pump {
namespace {

constexpr uint64_t kMagic = 0x31504E5350425054;  // "TPBPSNP1"
constexpr size_t kChecksumBytes = 4;
constexpr uint8_t kDdl = 1;
constexpr uint8_t kPassed = 2;
constexpr uint8_t kRollbackSeen = 4;

void put_place(std::string& out, const Place& place) {
  put_le32(out, place.segment);
  put_le32(out, place.length);
  put_le64(out, place.offset);
}

bool read_place(ByteReader& in, Place* place) {
  return in.read_le32(&place->segment) && in.read_le32(&place->length) &&
         in.read_le64(&place->offset);
}

void put_txn(std::string& out, const std::pair<uint64_t, Txn>& item) {
  const auto& [start_ts, txn] = item;
  put_le64(out, start_ts);
  put_le64(out, txn.commit_ts);
  put_place(out, txn.prewrite);
  put_place(out, txn.commit);
  const int flags =
      (txn.ddl ? kDdl : 0) | (txn.passed ? kPassed : 0) | (txn.rollback_seen ? kRollbackSeen : 0);
  out.push_back(static_cast<char>(flags));
}

bool read_txn(ByteReader& in, std::pair<uint64_t, Txn>* item) {
  auto& [start_ts, txn] = *item;
  uint8_t flags = 0;
  const bool ok = in.read_le64(&start_ts) && in.read_le64(&txn.commit_ts) &&
                  read_place(in, &txn.prewrite) && read_place(in, &txn.commit) &&
                  in.read_u8(&flags);
  txn.ddl = (flags & kDdl) != 0;
  txn.passed = (flags & kPassed) != 0;
  txn.rollback_seen = (flags & kRollbackSeen) != 0;
  return ok;
}

void put_queue_item(std::string& out, const QueueItem& item) {
  put_le64(out, item.ts);
  out.push_back(static_cast<char>(item.kind));
}

bool read_queue_item(ByteReader& in, QueueItem* item) {
  uint8_t kind = 0;
  if (!in.read_le64(&item->ts) || !in.read_u8(&kind)) return false;
  if (kind > static_cast<uint8_t>(QueueItem::Kind::kFake)) return false;
  item->kind = static_cast<QueueItem::Kind>(kind);
  return true;
}

void put_unreleased(std::string& out, const FinishedSet::Unreleased& txn) {
  put_le64(out, txn.start_ts);
  put_le64(out, txn.commit_ts);
  put_le64(out, txn.at_ts);
}

bool read_unreleased(ByteReader& in, FinishedSet::Unreleased* txn) {
  return in.read_le64(&txn->start_ts) && in.read_le64(&txn->commit_ts) && in.read_le64(&txn->at_ts);
}

bool read_highest(ByteReader& in, std::pair<uint32_t, uint64_t>* item) {
  return in.read_le32(&item->first) && in.read_le64(&item->second);
}

template <typename List, typename Put>
void put_list(std::string& out, const List& list, Put put) {
  put_le64(out, list.size());
  for (const auto& item : list) put(out, item);
}

template <typename Item, typename Read>
bool read_list(ByteReader& in, std::vector<Item>* list, Read read) {
  uint64_t count = 0;
  if (!in.read_le64(&count) || count > in.remaining()) return false;  // an item takes over a byte
  list->clear();
  for (uint64_t i = 0; i < count; ++i) {
    Item item{};
    if (!read(in, &item)) return false;
    list->push_back(item);
  }
  return true;
}

bool read_body(ByteReader& in, Snapshot* snapshot) {
  std::vector<std::pair<uint32_t, uint64_t>> highest;
  SorterState& sorter = snapshot->sorter;
  const bool ok = in.read_le32(&snapshot->position.segment) &&
                  in.read_le64(&snapshot->position.offset) &&
                  in.read_le64(&snapshot->segment_max_ts) && in.read_le64(&snapshot->gc_ts) &&
                  in.read_le64(&sorter.max_ts) && in.read_le64(&sorter.newest_fake_ts) &&
                  in.read_le64(&snapshot->index_end.blocks) &&
                  read_list(in, &snapshot->index_end.tail, read_index_entry) &&
                  read_list(in, &highest, read_highest) && read_list(in, &sorter.txns, read_txn) &&
                  read_list(in, &sorter.queue, read_queue_item) &&
                  read_list(in, &sorter.unreleased, read_unreleased);
  snapshot->highest_pointing.insert(highest.begin(), highest.end());
  return ok && in.empty();
}

}  // namespace

std::string encode_snapshot(const Snapshot& snapshot) {
  const SorterState& sorter = snapshot.sorter;
  std::string out;
  put_le64(out, kMagic);
  put_le32(out, snapshot.position.segment);
  put_le64(out, snapshot.position.offset);
  put_le64(out, snapshot.segment_max_ts);
  put_le64(out, snapshot.gc_ts);
  put_le64(out, sorter.max_ts);
  put_le64(out, sorter.newest_fake_ts);
  put_le64(out, snapshot.index_end.blocks);
  put_list(out, snapshot.index_end.tail, put_index_entry);
  put_list(out, snapshot.highest_pointing, [](std::string& o, const auto& item) {
    put_le32(o, item.first);
    put_le64(o, item.second);
  });
  put_list(out, sorter.txns, put_txn);
  put_list(out, sorter.queue, put_queue_item);
  put_list(out, sorter.unreleased, put_unreleased);
  put_le32(out, crc32c(out));
  return out;
}

Result<Snapshot> decode_snapshot(Bytes data) {
  if (data.size() < 8 + kChecksumBytes || get_le64(data.data()) != kMagic) {
    return data_loss("not a snapshot of this version");
  }
  const Bytes checked = data.substr(0, data.size() - kChecksumBytes);
  if (get_le32(data.data() + checked.size()) != crc32c(checked)) {
    return data_loss("snapshot has a wrong checksum");
  }
  Snapshot snapshot;
  ByteReader reader(checked.substr(8));
  if (!read_body(reader, &snapshot)) return data_loss("snapshot is malformed");
  return snapshot;
}

}  // namespace tbl::pump
