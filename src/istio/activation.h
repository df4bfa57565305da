// Making a revision the default: four things that move as one (design rule S4): the revision tag
// `default`, the earlier default's injector, the validator `istiod-default-validator`, and the
// record of what was there before. Pure transformations of objects; src/lifecycle applies them.
//
// What istioctl does is `istioctl tag set default` (istioctl/pkg/tag, 1.31): it writes the tag's
// webhooks and gives the revisionless injector selectors that match nothing. In between, a pod may
// meet two injectors or none. jibe first points the earlier injector's webhooks to the new istiod
// in one write, so that at every instant exactly one istiod injects, and only then writes the tag
// and switches the earlier selectors off.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/names.h"
#include "data/value.h"

namespace jibe::istio {

// The selector that istioctl uses for "match nothing".
data::Value never_match_selector();

// True where every sidecar-injector webhook has the selectors of never_match_selector().
bool is_deactivated(const data::Value& configuration);

// The same configuration whose webhooks that make it the default injector call `service` in `ns`
// instead; those of a named revision (rev.*) keep their istiod unless the configuration is the
// revisionless one, whose label value `default` the tag takes over.
data::Value point_injector_to(data::Value configuration, const std::string& ns,
                              const std::string& service);

// Every sidecar-injector webhook gets the never-matching selectors.
data::Value deactivate_injector(data::Value configuration);

// What an activation replaces, kept so that it can be undone exactly: for each object its
// webhooks as they were, or that it was absent.
struct ActivationRecord {
  // Names as `MutatingWebhookConfiguration/x`; a null value means the object was not there.
  std::vector<std::pair<std::string, data::Value>> before;
  data::Value to_value() const;
  static ActivationRecord from_value(const data::Value& value);
  const data::Value* find(const std::string& name) const;
};

// The webhooks of `now` replaced by those of `before`, keeping what istiod itself maintains in
// them (caBundle).
data::Value restore_webhooks(data::Value now, const data::Value& before);

// S4, as a sentence that names what disagrees; nullopt where tag, injector and validator agree.
// Empty configuration lists mean that no default exists, which is consistent.
std::optional<std::string> default_disagreement(std::span<const data::Value> mutating,
                                                std::span<const data::Value> validating);

}  // namespace jibe::istio
