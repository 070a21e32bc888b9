// A protobuf message on one line, as Go's compact text form has it.
#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace tbl::pump {

/// `tp:Commit start_ts:1 prewrite_key:"k\001" mutations:<table_id:1 > `: zero numbers are left out,
/// bytes are printable ASCII or octal, unknown enum values are numbers.
std::string compact_text(const google::protobuf::Message& message);

}  // namespace tbl::pump
