#include "codec/datum.h"

namespace tbl::codec {

bool operator==(const Datum& a, const Datum& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case DatumKind::kAbsent:
    case DatumKind::kNull:
    case DatumKind::kMinNotNull:
    case DatumKind::kMax:
      return true;
    case DatumKind::kInt:
    case DatumKind::kUint:
    case DatumKind::kFloat:
    case DatumKind::kDuration:
      return a.u_.u == b.u_.u;
    case DatumKind::kBytes:
    case DatumKind::kJson:
    case DatumKind::kRaw:
      return a.as_bytes() == b.as_bytes();
    case DatumKind::kDecimal:
      return a.prec_ == b.prec_ && a.frac_ == b.frac_ && a.as_bytes() == b.as_bytes();
  }
  return false;
}

}  // namespace tbl::codec
