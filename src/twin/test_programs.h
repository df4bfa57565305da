// Programs for test pods.
#pragma once
#include <memory>
#include <string>

#include "twin/cluster.h"

namespace jibe::twin {

// Answers on port 8080 with "<pod> <text>"; ready once `ready` is, where given.
Behaviour echo(std::string text, std::shared_ptr<bool> ready = nullptr);
// Ends by itself after the span: well, or with that sentence.
Behaviour ends_after(base::Duration span, std::string failure = "");

// GET / of what connect() gave; "refused" where that is nothing or the pod has gone.
Task<std::string> ask(http::Handler* handler);

}  // namespace jibe::twin
