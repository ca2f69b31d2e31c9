/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario's text with a sweep to JSON, and what is said of one that is wrong. */
#include <natnap_run.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
	"[scenario]\nduration = 6h\n[path]\nmiddleboxes = home\n[middlebox home]\nprofile = linux\n"
	"udp-stream = 2min\n[radio]\nprofile = lte-huang-2012\n[client]\napplication = udp\n"
	"policy = fixed\n[server]\npush = periodic 15min\n[sweep]\nclient.interval = 1min; 3min\n";

int main(void)
{
	const char *const set[] = { "client.interval=sometimes", NULL };
	struct nap_text_options options = { .size = sizeof options, .set = set };
	char *out;

	if (nap_text_run(text, NULL, &out) != NAP_TEXT_DONE)
		return 1;
	for (const char *p = out; (p = strstr(p, "\"reachable_fraction\" : ")); p++)
		printf("%.*s\n", (int)strcspn(p, ","), p);
	nap_free(out);
	if (nap_text_run(text, &options, &out) != NAP_TEXT_REFUSED)
		return 1;
	printf("%s\n", out);
	nap_free(out);
	return 0;
}
