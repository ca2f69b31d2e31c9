/* SPDX-License-Identifier: BSD-2-Clause */
/* Playing packet scripts, and their results as text. */
#include <stdlib.h>
#include <string.h>

#include "text/address_text.h"
#include "io/packet_script.h"

static char *endpoint_text(uint8_t proto, struct nap_endpoint e)
{
	g_autofree char *addr = nap_address_format(e.addr);

	return (proto == NAP_TCP || proto == NAP_UDP) && e.port ? g_strdup_printf("%s:%u", addr, e.port)
								: g_steal_pointer(&addr);
}

/* "rst inside 203.0.113.9:80>10.0.0.2:5000 at 15.000": something that the box sent by itself. */
static void note_emitted(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	g_autofree char *src = endpoint_text(p->proto, p->src), *dst = endpoint_text(p->proto, p->dst);
	g_autofree char *mtu = p->mtu ? g_strdup_printf(" mtu %u", p->mtu) : g_strdup("");
	GString *out = ctx;

	(void)about;
	if (out->len)
		g_string_append(out, "; ");
	if (p->proto == NAP_ICMP)
		g_string_append_printf(out, "icmp %u/%u%s", p->icmp_type, p->icmp_code, mtu);
	else
		g_string_append(out, p->flags & NAP_RST ? "rst" : "ack");
	g_string_append_printf(out, " %s %s>%s at %.3f", side == NAP_INSIDE ? "inside" : "outside", src, dst,
		nap_time_seconds(now));
}

/* All that the box does of its own accord up to now, at its own times. */
static void advance(struct nap_box *box, nap_time now, GString *emitted)
{
	nap_time due, last = -1;

	while ((due = nap_box_deadline(box)) <= now && due != last) {
		nap_box_advance(box, due, note_emitted, emitted);
		last = due;
	}
	nap_box_advance(box, now, note_emitted, emitted);
}

static bool same_flow(const struct nap_packet *a, const struct nap_packet *b)
{
	return a->proto == b->proto && nap_endpoint_equal(a->src, b->src) &&
	       nap_endpoint_equal(a->dst, b->dst);
}

/*
 * The translated source of a row: as its packet left; of one that was stopped, or left as it came though it has a
 * session (out of the window), the session's; of one that was stopped without session the last that its flow had.
 */
static struct nap_endpoint translated(GArray *results, int row)
{
	const struct nap_packet_script_result *of =
		&g_array_index(results, struct nap_packet_script_result, row);

	if (of->passed && !of->has_session) /* its own source, whatever the flow left with before */
		return of->out.src;
	for (int i = row; i >= 0; i--) {
		const struct nap_packet_script_result *r =
			&g_array_index(results, struct nap_packet_script_result, i);

		if (!same_flow(&r->in, &of->in))
			continue;
		if (r->passed && (!nap_endpoint_equal(r->in.src, r->out.src) ||
					 (r->has_session && r->klass != NAP_CLASS_INVALID)))
			return r->out.src;
		if (r->has_session && nap_endpoint_equal(r->in.src, r->session.inside))
			return r->session.mapped;
	}
	return of->out.src;
}

/* The packet that an ICMP error quotes: as it looked on the side where the error arrives; turned back, as it left. */
static struct nap_quote quote_of(
	const struct nap_packet_script *script, GArray *results, const struct nap_packet_script_row *r)
{
	const struct nap_packet_script_result *q =
		&g_array_index(results, struct nap_packet_script_result, r->ref);
	bool came = g_array_index(script->rows, struct nap_packet_script_row, r->ref).side == r->side,
	     left = q->passed && q->out_side == r->side;
	const struct nap_packet *p = came && !left ? &q->in : &q->out;

	return (struct nap_quote){ p->proto, p->src, p->dst };
}

static void play_packet(const struct nap_packet_script *script, GArray *results, struct nap_box *box,
	const struct nap_packet_script_row *r, struct nap_packet_script_result *out)
{
	struct nap_box_effect fx;
	struct nap_packet p = r->packet, piece;
	uint16_t id = p.src.port;

	if (r->map_src >= 0)
		p.src = translated(results, r->map_src);
	if (r->map_dst >= 0)
		p.dst = translated(results, r->map_dst);
	if (nap_packet_is_later_fragment(&p))
		p.src.port = p.dst.port = 0;
	if (p.proto == NAP_ICMP && !nap_packet_is_icmp_error(&p)) {
		if (!*r->cell[NAP_COL_ID] && r->map_dst >= 0)
			id = translated(results, r->map_dst).port;
		p.src.port = p.dst.port = id;
	}
	if (nap_packet_is_icmp_error(&p) && r->ref >= 0)
		p.quote = quote_of(script, results, r);
	out->in = p;
	out->verdict = nap_box_input(box, r->time, r->side, &p, &fx);
	out->out = p;
	out->passed = out->verdict == NAP_PASS;
	out->out_side = fx.out_side;
	out->klass = fx.klass;
	out->id = fx.session;
	out->has_session =
		fx.session != NAP_NO_SESSION && nap_box_session(box, r->time, fx.session, &out->session);
	for (uint32_t i = 0; out->passed && fx.mtu && nap_box_piece(box, &fx, &p, i, &piece); i++)
		g_string_append_printf(out->pieces, "%s%u@%u", i ? " " : "", nap_packet_bytes(&piece),
			(piece.ip_frag & NAP_OFFSET) * 8u);
	if (fx.answered)
		note_emitted(out->emitted, r->side, &fx.reply, r->time, 0);
}

/* When the session of row ref goes: its present end, or the one it had when last seen. */
static void play_watch(const struct nap_packet_script *script, GArray *results, struct nap_box *box,
	unsigned here, struct nap_packet_script_result *out)
{
	const struct nap_packet_script_row *r =
		&g_array_index(script->rows, struct nap_packet_script_row, here);
	const struct nap_packet_script_result *of =
		&g_array_index(results, struct nap_packet_script_result, r->ref);
	nap_time next = here + 1 < script->rows->len
				? g_array_index(script->rows, struct nap_packet_script_row, here + 1).time
				: NAP_NEVER;
	nap_time end = NAP_NEVER;

	if (!of->has_session)
		return;
	if (nap_box_session(box, r->time, of->id, &out->session) &&
		out->session.created == of->session.created) {
		out->has_session = true;
		out->id = of->id;
		end = out->session.end;
	} else {
		for (int i = (int)here - 1; i >= r->ref; i--) {
			const struct nap_packet_script_result *s =
				&g_array_index(results, struct nap_packet_script_result, i);

			if (s->has_session && s->id == of->id && s->session.created == of->session.created) {
				end = s->session.end;
				break;
			}
		}
	}
	if (end <= next)
		out->expired_at = end;
}

/* The session that a row had, if it is still that one: numbers are used again. */
static void play_delete(const struct nap_packet_script_result *of, struct nap_box *box, nap_time now)
{
	struct nap_session_view now_there;

	if (of->has_session && nap_box_session(box, now, of->id, &now_there) &&
		now_there.created == of->session.created)
		nap_box_delete(box, now, of->id);
}

GArray *nap_packet_script_play(const struct nap_packet_script *script, struct nap_box *box)
{
	GArray *results = g_array_new(FALSE, TRUE, sizeof(struct nap_packet_script_result));
	struct nap_box_counts counts;

	for (unsigned i = 0; i < script->rows->len; i++) {
		const struct nap_packet_script_row *r =
			&g_array_index(script->rows, struct nap_packet_script_row, i);
		struct nap_packet_script_result out = { .id = NAP_NO_SESSION,
			.expired_at = NAP_NEVER,
			.emitted = g_string_new(NULL),
			.pieces = g_string_new(NULL) };

		advance(box, r->time, out.emitted);
		switch (r->what) {
		case NAP_SCRIPT_WATCH:
			play_watch(script, results, box, i, &out);
			break;
		case NAP_SCRIPT_FLUSH:
			nap_box_reboot(box, r->time);
			break;
		case NAP_SCRIPT_DELETE:
			play_delete(&g_array_index(results, struct nap_packet_script_result, r->ref), box,
				r->time);
			break;
		case NAP_SCRIPT_DOWN:
		case NAP_SCRIPT_UP:
			nap_box_link(box, r->time, r->what == NAP_SCRIPT_UP);
			break;
		case NAP_SCRIPT_SET:
			nap_box_set(box, r->time, r->set.row, r->set.value);
			break;
		default:
			play_packet(script, results, box, r, &out);
		}
		nap_box_settle(box, r->time);
		nap_box_counts(box, r->time, &counts);
		out.sessions = counts.live;
		g_array_append_val(results, out);
	}
	return results;
}

void nap_packet_script_results_free(GArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		g_string_free(g_array_index(results, struct nap_packet_script_result, i).emitted, TRUE);
		g_string_free(g_array_index(results, struct nap_packet_script_result, i).pieces, TRUE);
	}
	g_array_free(results, TRUE);
}

static char *seconds_text(nap_time t)
{
	return t == NAP_NEVER ? g_strdup("") : g_strdup_printf("%.3f", nap_time_seconds(t));
}

static char *payload_text(const struct nap_packet *p)
{
	if (p->says == NAP_SAYS_ENDPOINT)
		return endpoint_text(NAP_UDP, p->quote.src);
	return g_strdup(p->says == NAP_SAYS_COMMAND  ? "command"
			: p->says == NAP_SAYS_MASKED ? "masked"
			: p->says == NAP_SAYS_PING   ? "ping"
						     : "");
}

char *nap_packet_script_cell(const struct nap_packet_script_row *row,
	const struct nap_packet_script_result *r, enum nap_packet_script_out out)
{
	static const char *const verdicts[] = {
		[NAP_PASS] = "pass",
		[NAP_DROP] = "drop",
		[NAP_LOCAL] = "local",
		[NAP_REJECT_RST] = "rst",
		[NAP_REJECT_ICMP] = "icmp",
		[NAP_HELD] = "held",
	};
	static const char *const classes[] = {
		[NAP_CLASS_NONE] = "",
		[NAP_CLASS_NEW] = "new",
		[NAP_CLASS_ESTABLISHED] = "established",
		[NAP_CLASS_RELATED] = "related",
		[NAP_CLASS_INVALID] = "invalid",
		[NAP_CLASS_UNTRACKED] = "untracked",
	};
	bool packet = row->what == NAP_SCRIPT_PACKET;

	switch (out) {
	case NAP_OUT_VERDICT:
		return g_strdup(packet ? verdicts[r->verdict] : "");
	case NAP_OUT_SRC:
		return packet && r->passed ? endpoint_text(r->out.proto, r->out.src) : g_strdup("");
	case NAP_OUT_DST:
		return packet && r->passed ? endpoint_text(r->out.proto, r->out.dst) : g_strdup("");
	case NAP_OUT_CLASS:
		return g_strdup(packet ? classes[r->klass] : "");
	case NAP_OUT_STATE:
		return g_strdup(r->has_session ? r->session.state : "");
	case NAP_OUT_EXPIRES:
		return r->has_session && r->session.expires != NAP_NEVER
			       ? seconds_text(r->session.expires - row->time)
			       : g_strdup("");
	case NAP_OUT_ASSURED:
		return g_strdup(!r->has_session ? "" : r->session.assured ? "yes" : "no");
	case NAP_OUT_SESSIONS:
		return g_strdup_printf("%" G_GUINT64_FORMAT, r->sessions);
	case NAP_OUT_EXPIRED_AT:
		return seconds_text(r->expired_at);
	case NAP_OUT_IP_ID:
		return packet && r->passed && r->out.ip_id ? g_strdup_printf("%u", r->out.ip_id)
							   : g_strdup("");
	case NAP_OUT_EMITTED:
		return g_strdup(r->emitted->str);
	case NAP_OUT_PIECES:
		return g_strdup(r->pieces->str);
	default:
		return packet && r->passed ? payload_text(&r->out) : g_strdup("");
	}
}

/* "2.7..4.3": a time between both; else one within a millisecond. */
static bool meets_time(const char *want, const char *have)
{
	const char *dots = strstr(want, "..");
	double t = g_ascii_strtod(have, NULL), lo = g_ascii_strtod(want, NULL),
	       hi = dots ? g_ascii_strtod(dots + 2, NULL) : lo;

	return *have && t > lo - 0.001 && t < hi + 0.001;
}

/* "-": nothing; "!x": anything but x; "x*": anything that begins with x; else x itself. */
static bool meets(const char *want, const char *have, bool time)
{
	size_t n = strlen(want);

	if (strcmp(want, "-") == 0)
		return !*have;
	if (time)
		return meets_time(want, have);
	if (*want == '!')
		return strcmp(want + 1, have) != 0;
	return n && want[n - 1] == '*' ? strncmp(want, have, n - 1) == 0 : strcmp(want, have) == 0;
}

char *nap_packet_script_mismatch(
	const struct nap_packet_script_row *row, const struct nap_packet_script_result *result)
{
	for (int o = 0; o < NAP_OUTS; o++) {
		g_autofree char *have =
			row->expect[o] ? nap_packet_script_cell(row, result, (enum nap_packet_script_out)o)
				       : NULL;

		if (have && !meets(row->expect[o], have, o == NAP_OUT_EXPIRES || o == NAP_OUT_EXPIRED_AT))
			return g_strdup_printf("[%s] is %s, expected %s", nap_packet_script_outs[o],
				*have ? have : "empty", row->expect[o]);
	}
	return NULL;
}
