// The two servers under test. Each prints "port <n>", then for each byte on stdin its CPU time so
// far in microseconds, and ends with its stdin.
#pragma once

#include <cstddef>

/// Size of a message of Pull.
constexpr size_t kPullBytes = 256 << 10;

int serve_ours();
int serve_grpcpp();
