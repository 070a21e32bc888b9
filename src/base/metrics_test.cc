#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/stop.h"

namespace tbl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MetricsTest, ExposesTheTextFormat) {
  MetricRegistry registry;
  registry.gauge("b_gauge", "a gauge").set(1606123456789.0);
  registry.counter("a_total", "with \\ and\nnewline", {{"type", "q\"uote"}}).add();
  registry.counter("a_total", "", {{"type", "x"}}).add(2.5);
  Histogram& h = registry.histogram("h", "times", {0.5, 1}, {{"method", "m"}});
  for (double value : {0.25, 0.5, 0.75, 7.0}) h.observe(value);
  EXPECT_EQ(registry.expose(),
            "# HELP a_total with \\\\ and\\nnewline\n"
            "# TYPE a_total counter\n"
            "a_total{type=\"q\\\"uote\"} 1\n"
            "a_total{type=\"x\"} 2.5\n"
            "# HELP b_gauge a gauge\n"
            "# TYPE b_gauge gauge\n"
            "b_gauge 1606123456789\n"
            "# HELP h times\n"
            "# TYPE h histogram\n"
            "h_bucket{method=\"m\",le=\"0.5\"} 2\n"
            "h_bucket{method=\"m\",le=\"1\"} 3\n"
            "h_bucket{method=\"m\",le=\"+Inf\"} 4\n"
            "h_sum{method=\"m\"} 8.5\n"
            "h_count{method=\"m\"} 4\n");
}

TEST(MetricsTest, SameNameAndLabelsIsTheSameMetric) {
  MetricRegistry registry;
  Counter& one = registry.counter("c", "h", {{"a", "1"}});
  EXPECT_EQ(&one, &registry.counter("c", "h", {{"a", "1"}}));
  EXPECT_NE(&one, &registry.counter("c", "h", {{"a", "2"}}));
  EXPECT_DEATH(registry.gauge("c", "h"), "metric c is used as two kinds");
}

TEST(MetricsTest, ManyThreads) {
  MetricRegistry registry;
  constexpr int kThreads = 4;
  constexpr int kRounds = 5000;
  {
    std::vector<Thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back("count", [&registry] {
        for (int i = 0; i < kRounds; ++i) {
          registry.counter("c", "").add();
          registry.histogram("h", "", {1}).observe(2);
        }
      });
    }
  }
  EXPECT_EQ(registry.counter("c", "").value(), kThreads * kRounds);
  EXPECT_EQ(registry.histogram("h", "", {1}).bucket(1), static_cast<uint64_t>(kThreads * kRounds));
}

TEST(MetricsTest, ExponentialBuckets) {
  EXPECT_THAT(exponential_buckets(16, 2, 4), ElementsAre(16, 32, 64, 128));
}

TEST(MetricsTest, ProcessMetrics) {
  std::string text = expose_process_metrics();
  EXPECT_THAT(text, HasSubstr("\nprocess_cpu_seconds_total "));
  EXPECT_THAT(text, HasSubstr("\nprocess_resident_memory_bytes "));
  EXPECT_THAT(text, testing::Not(HasSubstr("process_resident_memory_bytes 0\n")));
}

}  // namespace
}  // namespace tbl
