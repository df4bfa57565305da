// Integers and plain floating point.
#include <cmath>
#include <limits>

#include "base/strings.h"
#include "tmpl/format.h"
#include "tmpl/number.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

// Go's integers wrap.
int64_t wrap_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

int64_t wrap_multiply(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

int64_t divide(int64_t a, int64_t b, bool remainder) {
  if (b == 0) throw InvalidInput("runtime error: integer divide by zero");
  if (b == -1) return remainder ? 0 : wrap_multiply(a, -1);
  return remainder ? a % b : a / b;
}

std::vector<int64_t> until_step(int64_t start, int64_t stop, int64_t step) {
  std::vector<int64_t> out;
  constexpr size_t kMost = 1 << 24;
  if ((stop < start && step >= 0) || (stop >= start && step <= 0)) return out;
  for (int64_t i = start; stop < start ? i > stop : i < stop; i = wrap_add(i, step)) {
    if (out.size() == kMost) throw InvalidInput("the sequence asked for is too long");
    out.push_back(i);
  }
  return out;
}

Any int_list(const std::vector<int64_t>& numbers) {
  std::vector<Any> items;
  items.reserve(numbers.size());
  for (int64_t i : numbers) items.push_back(Any::integer(i));
  return List::of(std::move(items), kIntList);
}

std::string joined(const std::vector<int64_t>& numbers) {
  std::vector<std::string> texts;
  for (int64_t i : numbers) texts.push_back(std::to_string(i));
  return base::join(texts, " ");
}

std::string seq(Args args) {
  if (args.empty() || args.size() > 3) return "";
  int64_t start = args.size() == 1 ? 1 : args[0].as_int();
  int64_t end = args.back().as_int();
  int64_t direction = end < start ? -1 : 1;
  int64_t step = args.size() == 3 ? args[1].as_int() : direction;
  if (end < start && step > 0) return "";
  return joined(until_step(start, end + direction, step));
}

double round_to(double value, double places, double round_on) {
  double power = std::pow(10, places);
  double digit = power * value;
  double whole = 0;
  double fraction = std::modf(digit, &whole);
  return (fraction >= round_on ? std::ceil(digit) : std::floor(digit)) / power;
}

void add_arithmetic(FunctionTable& table) {
  table.add("add1", "any",
            [](CallContext&, Args a) { return Any::int64(wrap_add(cast_int64(a[0]), 1)); });
  table.add("add", "any...", [](CallContext&, Args a) {
    int64_t sum = 0;
    for (const Any& any : a) sum = wrap_add(sum, cast_int64(any));
    return Any::int64(sum);
  });
  table.add("sub", "any, any", [](CallContext&, Args a) {
    return Any::int64(wrap_add(cast_int64(a[0]), wrap_multiply(cast_int64(a[1]), -1)));
  });
  table.add("mul", "any, any...", [](CallContext&, Args a) {
    int64_t product = cast_int64(a[0]);
    for (const Any& any : a.subspan(1)) product = wrap_multiply(product, cast_int64(any));
    return Any::int64(product);
  });
  table.add("div", "any, any", [](CallContext&, Args a) {
    return Any::int64(divide(cast_int64(a[0]), cast_int64(a[1]), false));
  });
  table.add("mod", "any, any", [](CallContext&, Args a) {
    return Any::int64(divide(cast_int64(a[0]), cast_int64(a[1]), true));
  });
}

Any greatest(CallContext&, Args a) {
  int64_t out = cast_int64(a[0]);
  for (const Any& any : a) out = std::max(out, cast_int64(any));
  return Any::int64(out);
}

Any least(CallContext&, Args a) {
  int64_t out = cast_int64(a[0]);
  for (const Any& any : a) out = std::min(out, cast_int64(any));
  return Any::int64(out);
}

// math.Max and math.Min: NaN wins.
double extreme(double a, double b, bool most) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return most ? std::max(a, b) : std::min(a, b);
}

void add_extremes(FunctionTable& table) {
  table.add("max", "any, any...", greatest);
  table.add("biggest", "any, any...", greatest);
  table.add("min", "any, any...", least);
  for (bool most : {true, false}) {
    table.add(most ? "maxf" : "minf", "any, any...", [most](CallContext&, Args a) {
      double out = cast_float64(a[0]);
      for (const Any& any : a.subspan(1)) out = extreme(out, cast_float64(any), most);
      return Any(out);
    });
  }
}

void add_rounding(FunctionTable& table) {
  table.add("floor", "any",
            [](CallContext&, Args a) { return Any(std::floor(cast_float64(a[0]))); });
  table.add("ceil", "any", [](CallContext&, Args a) { return Any(std::ceil(cast_float64(a[0]))); });
  table.add("round", "any, int, float64...", [](CallContext&, Args a) {
    double round_on = a.size() > 2 ? a[2].as_float() : 0.5;
    return Any(round_to(cast_float64(a[0]), static_cast<double>(a[1].as_int()), round_on));
  });
}

void add_conversions(FunctionTable& table) {
  table.add("int64", "any", [](CallContext&, Args a) { return Any::int64(cast_int64(a[0])); });
  table.add("int", "any", [](CallContext&, Args a) { return Any::integer(cast_int64(a[0])); });
  table.add("float64", "any", [](CallContext&, Args a) { return Any(cast_float64(a[0])); });
  table.add("atoi", "string", [](CallContext&, Args a) {
    // strconv.Atoi gives the nearest limit beside its error, and Sprig drops the error.
    return Any::integer(parse_int(a[0].as_string(), 10).value);
  });
  table.add("toDecimal", "any", [](CallContext&, Args a) {
    auto parsed = parse_int(to_text(a[0]), 8);
    return Any::int64(parsed ? parsed.value : 0);
  });
}

}  // namespace

void add_numbers(FunctionTable& table) {
  add_arithmetic(table);
  add_extremes(table);
  add_rounding(table);
  add_conversions(table);
  table.add("until", "int", [](CallContext&, Args a) {
    int64_t count = a[0].as_int();
    return int_list(until_step(0, count, count < 0 ? -1 : 1));
  });
  table.add("untilStep", "int, int, int", [](CallContext&, Args a) {
    return int_list(until_step(a[0].as_int(), a[1].as_int(), a[2].as_int()));
  });
  table.add("seq", "int...", [](CallContext&, Args a) { return Any(seq(a)); });
}

}  // namespace jibe::tmpl
