"""What the benchmarks share: a generated stream of binlogs, CPU clocks, tables of figures."""
