/* SPDX-License-Identifier: BSD-2-Clause */
/* [device]: its processor, and when its system dozes. */
#include "text/loader.h"

bool nap_loader_device(struct nap_loader *l, GError **error)
{
	static const char *const reserved[] = { "profile", "base", NULL };
	struct nap_scenario *s = l->scenario;
	struct nap_binding bindings[] = { { nap_device_params, &s->device }, { nap_doze_params, &s->doze } };
	struct nap_stack stack;
	struct nap_schema schema;
	bool ok;

	s->has_device = nap_document_group(l->document, "device") || nap_loader_overrides(l, "device");
	if (!nap_loader_stack(l, "device", "profile", NAP_DEVICE, &stack, error))
		return false;
	schema = nap_loader_schema(l, &stack);
	schema.bindings = bindings;
	schema.n_bindings = G_N_ELEMENTS(bindings);
	schema.reserved = reserved;
	ok = nap_schema_apply(&schema, error) &&
	     nap_loader_volts(l, &schema.layers, "device", nap_device_params, &s->device, error);
	nap_stack_clear(&stack);
	return ok;
}
