#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace tbl {
namespace {

enum Kind { kCounter, kGauge, kHistogram };

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string label_text(const MetricLabels& labels, const std::string& le = "") {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped(value));
  }
  if (!le.empty()) out += fmt::format("{}le=\"{}\"", out.empty() ? "" : ",", le);
  return out.empty() ? "" : "{" + out + "}";
}

void expose_histogram(const std::string& name, const MetricLabels& labels, const Histogram& h,
                      std::string* out) {
  auto to = std::back_inserter(*out);
  uint64_t cumulative = 0;
  for (size_t i = 0; i <= h.bounds().size(); ++i) {
    cumulative += h.bucket(i);
    std::string le = i < h.bounds().size() ? fmt::format("{}", h.bounds()[i]) : "+Inf";
    fmt::format_to(to, "{}_bucket{} {}\n", name, label_text(labels, le), cumulative);
  }
  fmt::format_to(to, "{}_sum{} {}\n", name, label_text(labels), h.sum());
  fmt::format_to(to, "{}_count{} {}\n", name, label_text(labels), cumulative);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)),
      counts_(std::make_unique<std::atomic<uint64_t>[]>(bounds_.size() + 1)) {}

void Histogram::observe(double value) {
  auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

uint64_t Histogram::count() const {
  uint64_t sum = 0;
  for (size_t i = 0; i <= bounds_.size(); ++i) sum += bucket(i);
  return sum;
}

std::vector<double> exponential_buckets(double start, double factor, int count) {
  std::vector<double> bounds;
  for (double bound = start; count > 0; --count, bound *= factor) bounds.push_back(bound);
  return bounds;
}

/// All series of one name. Exactly one of the three pointers of a series is set, by kind.
struct MetricRegistry::Family {
  struct Series {
    MetricLabels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
  };

  int kind;
  std::string help;
  std::vector<std::unique_ptr<Series>> series;

  Series& find(MetricLabels labels) {
    for (auto& one : series) {
      if (one->labels == labels) return *one;
    }
    series.push_back(std::make_unique<Series>());
    series.back()->labels = std::move(labels);
    return *series.back();
  }
};

MetricRegistry::MetricRegistry() = default;
MetricRegistry::~MetricRegistry() = default;

MetricRegistry::Family& MetricRegistry::family(const std::string& name, const std::string& help,
                                               int kind) {
  auto& slot = families_[name];
  if (!slot) {
    slot = std::make_unique<Family>();
    slot->kind = kind;
    slot->help = help;
  }
  if (slot->kind != kind) {
    std::fprintf(stderr, "metric %s is used as two kinds\n", name.c_str());
    std::abort();
  }
  return *slot;
}

Counter& MetricRegistry::counter(const std::string& name, const std::string& help,
                                 MetricLabels labels) {
  std::lock_guard lock(mutex_);
  auto& series = family(name, help, kCounter).find(std::move(labels));
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& MetricRegistry::gauge(const std::string& name, const std::string& help,
                             MetricLabels labels) {
  std::lock_guard lock(mutex_);
  auto& series = family(name, help, kGauge).find(std::move(labels));
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& MetricRegistry::histogram(const std::string& name, const std::string& help,
                                     const std::vector<double>& bounds, MetricLabels labels) {
  std::lock_guard lock(mutex_);
  auto& series = family(name, help, kHistogram).find(std::move(labels));
  if (!series.histogram) series.histogram = std::make_unique<Histogram>(bounds);
  return *series.histogram;
}

std::string MetricRegistry::expose() const {
  static constexpr const char* kKindNames[] = {"counter", "gauge", "histogram"};
  std::lock_guard lock(mutex_);
  std::string out;
  auto to = std::back_inserter(out);
  for (const auto& [name, family] : families_) {
    fmt::format_to(to, "# HELP {} {}\n# TYPE {} {}\n", name, escaped(family->help), name,
                   kKindNames[family->kind]);
    for (const auto& series : family->series) {
      if (family->kind == kHistogram) {
        expose_histogram(name, series->labels, *series->histogram, &out);
        continue;
      }
      double value = family->kind == kCounter ? series->counter->value() : series->gauge->value();
      fmt::format_to(to, "{}{} {}\n", name, label_text(series->labels), value);
    }
  }
  return out;
}

MetricRegistry& metrics() {
  static auto* registry = new MetricRegistry;  // leaked: threads may count until the very end
  return *registry;
}

}  // namespace tbl
