// A request's keys against the region that it names: keys must be inside, ranges are cut to it.
#pragma once

#include "tikv/region.h"

namespace kvrpcpb {
class BatchGetRequest;
class BatchRollbackRequest;
class CheckSecondaryLocksRequest;
class CheckTxnStatusRequest;
class CleanupRequest;
class CommitRequest;
class DeleteRangeRequest;
class GCRequest;
class GetRequest;
class MvccGetByKeyRequest;
class MvccGetByStartTsRequest;
class PessimisticLockRequest;
class PessimisticRollbackRequest;
class PrewriteRequest;
class ResolveLockRequest;
class ScanLockRequest;
class ScanRequest;
class TxnHeartBeatRequest;
}  // namespace kvrpcpb

namespace tbl::tikv {

// False: a key is outside of the region, and `error` says so. A range that is read must begin
// inside of the region, and is made to end where the region ends; one without a begin begins where
// the region does. A range to be deleted must be inside. Requests without keys are for all of the
// region, which their command is told.
bool confine(const Region& region, kvrpcpb::GetRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::ScanRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::PrewriteRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::CommitRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::CleanupRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::BatchGetRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::BatchRollbackRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::ScanLockRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::ResolveLockRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::GCRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::DeleteRangeRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::PessimisticLockRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::PessimisticRollbackRequest* request,
             errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::CheckTxnStatusRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::TxnHeartBeatRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::CheckSecondaryLocksRequest* request,
             errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::MvccGetByKeyRequest* request, errorpb::Error* error);
bool confine(const Region& region, kvrpcpb::MvccGetByStartTsRequest* request,
             errorpb::Error* error);

}  // namespace tbl::tikv
