// The function library Sprig v3.3.0 (TxtFuncMap) except env and expandenv, which would let a chart
// read the environment; getHostByName gives "" as Helm has it without --enable-dns.
//
// toJson and fromJson follow Sprig; Helm replaces them with its own.
#pragma once
#include "tmpl/function.h"

namespace jibe::tmpl {

void add_sprig(FunctionTable& table);

}  // namespace jibe::tmpl
