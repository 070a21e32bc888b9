// Numbers for Prometheus: counters, gauges and histograms, and their text form.
//
//   Counter& lost = metrics().counter("binlog_pump_loss_binlog_count", "binlogs that could not be
//   written"); lost.add();
//
// Look a metric up once (in a constructor) and keep the reference: it lives as long as its
// registry.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tbl {

/// Label names and values, in the order in which they are shown.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Only rises. Any thread.
class Counter {
 public:
  void add(double amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Any thread.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts observations per bucket. Any thread; a reader may see an observation in one number and
/// not yet in another.
class Histogram {
 public:
  /// `bounds`: ascending upper bounds; the bucket +Inf is added.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  void observe(std::chrono::steady_clock::duration duration) {
    observe(std::chrono::duration<double>(duration).count());
  }
  const std::vector<double>& bounds() const { return bounds_; }
  /// Observations in bucket `i` alone; bounds().size() is +Inf.
  uint64_t bucket(size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }
  uint64_t count() const;

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

/// start, start*factor, ... (`count` of them).
std::vector<double> exponential_buckets(double start, double factor, int count);

/// Owns metrics, finds them by name and labels. One name has one kind and one help text; asking for
/// it as another kind is a bug and ends the process. Any thread.
class MetricRegistry {
 public:
  MetricRegistry();
  ~MetricRegistry();
  Counter& counter(const std::string& name, const std::string& help, MetricLabels labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, MetricLabels labels = {});
  /// `bounds` count at the first call for a name.
  Histogram& histogram(const std::string& name, const std::string& help,
                       const std::vector<double>& bounds, MetricLabels labels = {});
  /// Prometheus text format 0.0.4, families by name, series in order of their creation.
  std::string expose() const;

 private:
  struct Family;
  Family& family(const std::string& name, const std::string& help, int kind);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>> families_;
};

/// The process's registry; lives for ever.
MetricRegistry& metrics();

/// CPU, memory, open files and start time of this process, under Prometheus' usual names
/// (process_...).
std::string expose_process_metrics();

/// Content type of both texts.
inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace tbl
