// time.Time, time.Duration, time.Month and time.Weekday as values of templates, with the methods
// that templates call on them.
#pragma once
#include "tmpl/function.h"
#include "tmpl/moment.h"

namespace jibe::tmpl {

class TimeObject : public Host {
 public:
  explicit TimeObject(Moment moment) : moment_(std::move(moment)) {}
  static Any make(Moment moment);
  const Moment& moment() const { return moment_; }

  const Type& type() const override;
  const Signature* method(std::string_view name) const override;
  Any call(CallContext& context, std::string_view method, std::span<Any> args) override;
  std::optional<std::string> text() const override;
  data::Value to_value() const override;
  bool equals(const Host& other) const override;

 private:
  Any number(std::string_view method) const;
  Any compared(std::string_view method, const Moment& other) const;

  Moment moment_;
};

// A named integer of package time with its String method.
class TimeNumber : public Host {
 public:
  TimeNumber(const Type& type, int64_t value) : type_(&type), value_(value) {}
  static Any duration(int64_t nanoseconds);
  static Any month(int64_t number);
  static Any weekday(int64_t number);
  int64_t value() const { return value_; }

  const Type& type() const override { return *type_; }
  const Signature* method(std::string_view name) const override;
  Any call(CallContext& context, std::string_view method, std::span<Any> args) override;
  std::optional<std::string> text() const override;
  data::Value to_value() const override { return data::Value(value_); }
  bool equals(const Host& other) const override;

 private:
  const Type* type_;
  int64_t value_;
};

}  // namespace jibe::tmpl
