// Shortest decimal text of floating point numbers, in the two layouts that TiDB's world uses.
#pragma once

#include <string>

namespace tbl::codec {

/// The fewest digits that read back as the same number, without an exponent: "1e+21" is written
/// out.
void append_fixed(std::string& out, double v);
void append_fixed(std::string& out, float v);
/// The same digits as d.ddde±dd.
void append_scientific(std::string& out, double v);
void append_scientific(std::string& out, float v);

}  // namespace tbl::codec
