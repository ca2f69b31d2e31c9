/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A segment whose numbers lie far outside of the window is not the other end's: anyone may have made it up. A box that
 * believes its RST lets a stranger cut the connection; one that counts its data keeps a dead connection. Two flows, so
 * that what one end's segment does cannot hide what the other's does.
 */
#include "discovery/tests_stray.h"

#include <glib.h>

#include "probe/steps.h"

#define FAR 500000 /* beyond any window that was offered, and still known as the flow's to a live server */

#define STRAY(end, slot, f, n)                                                                               \
	NAP_BY(end, ASK, slot, .act = NAP_ACT_SEGMENT, .flags = (f), .len = (n), .seq_shift = FAR)

/* The third flow is left alone: a death that it meets too is no work of a RST. */
const struct nap_procedure nap_script_stray_rst = { "tcp-stray-rst", { RAW, RAW, RAW },
	{ RAW_STREAM_OF(0), RAW_STREAM_OF(1), RAW_STREAM_OF(2), STRAY(SERVER, 0, NAP_RST | NAP_ACK, 0),
		STRAY(CLIENT, 1, NAP_RST | NAP_ACK, 0), { .what = NAP_DO_PAUSE },
		NAP_ASK_SERVER_SEG(0, DATA, 1), NAP_ASK_SERVER_SEG(1, DATA, 1),
		NAP_ASK_SERVER_SEG(2, DATA, 1) } };

const struct nap_procedure nap_script_stray_data = { "tcp-stray-refresh", { RAW, RAW },
	{ RAW_STREAM_OF(0), RAW_STREAM_OF(1), NAP_IDLE_SHARE(0, 60), STRAY(SERVER, 0, DATA, 1),
		NAP_IDLE_SHARE(1, 60), STRAY(CLIENT, 1, DATA, 1), NAP_IDLE_SHARE(0, 70),
		NAP_ASK_SERVER_SEG(0, DATA, 1), NAP_IDLE_SHARE(1, 70), NAP_ASK_SERVER_SEG(1, DATA, 1) } };

/* The answers to the stray segments and to the pushes after them, by the end that strayed; to that of the flow left alone. */
struct strays {
	struct nap_answer stray[2], push[2], alone;
};

static struct strays find(const struct nap_trial_result *r)
{
	struct strays s = { 0 };

	for (uint32_t i = 0; i < nap_procedure_steps(r->procedure); i++) {
		const struct nap_step *step = &r->procedure->step[i];
		enum nap_end end = step->flow == 0 ? NAP_SERVER : NAP_CLIENT;

		if (step->what == NAP_DO_ASK && step->flow == 2)
			s.alone = r->answer[i];
		else if (step->what == NAP_DO_ASK && step->probe.seq_shift)
			s.stray[end] = r->answer[i];
		else if (step->what == NAP_DO_ASK)
			s.push[end] = r->answer[i];
	}
	return s;
}

static void judge(const struct nap_trial_result *r, struct nap_finding *f, const char *const words[4],
	const char *lives, const char *dies)
{
	struct strays s = find(r);
	uint32_t live = (s.push[NAP_CLIENT].got ? 1 : 0) | (s.push[NAP_SERVER].got ? 2 : 0);

	f->error = 0;
	for (int end = 0; end < 2; end++)
		f->error += s.push[end].got ? 0 : s.push[end].error;
	nap_finding_say(f, words[live], "");
	g_snprintf(f->detail, sizeof(f->detail),
		"the server's is %s, the flow %s; the client's is %s, the flow %s",
		s.stray[NAP_SERVER].got ? "passed on" : "stopped", s.push[NAP_SERVER].got ? lives : dies,
		s.stray[NAP_CLIENT].got ? "passed on" : "stopped", s.push[NAP_CLIENT].got ? lives : dies);
}

void nap_judge_stray_rst(const struct nap_trial_result *r, struct nap_finding *f)
{
	static const char *const words[4] = { "dies", "dies-by-server", "dies-by-client", "survives" };
	struct strays s = find(r);

	judge(r, f, words, "lives", "dies");
	if (s.alone.got && (r->gap >= NAP_STRAY_WAIT || !(s.push[NAP_CLIENT].got || s.push[NAP_SERVER].got)))
		return;
	f->state = NAP_FINDING_UNSURE;
	g_snprintf(f->detail, sizeof(f->detail),
		s.alone.got
			? "a flow outlived a RST by %.1f s, and one that is left alone lives no longer than "
			  "boxes may take to forget a reset one"
			: "a connection that was left alone died within %.1f s, too",
		nap_time_seconds(r->gap));
}

void nap_judge_stray_data(const struct nap_trial_result *r, struct nap_finding *f)
{
	static const char *const words[4] = { "no", "by-client", "by-server", "yes" };

	judge(r, f, words, "is refreshed", "is not refreshed");
}
