/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/stack.h"

#include <linux/bpf.h> /* names of TCP's states that do not clash with those of the next */
#include <linux/tcp.h> /* and not netinet/tcp.h, whose tcp_info ends too early */
#include <netinet/in.h>
#include <sys/socket.h>

bool nap_stack_ask(int fd, struct nap_stack_told *told)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);
	uint32_t quiet;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n))
		return false;
	quiet = info.tcpi_last_ack_recv < info.tcpi_last_data_recv ? info.tcpi_last_ack_recv
								   : info.tcpi_last_data_recv;
	*told = (struct nap_stack_told){
		.settled = !info.tcpi_unacked && !info.tcpi_retransmits &&
			   info.tcpi_state != BPF_TCP_SYN_SENT && info.tcpi_state != BPF_TCP_FIN_WAIT1 &&
			   info.tcpi_state != BPF_TCP_LAST_ACK && info.tcpi_state != BPF_TCP_CLOSING,
		.repeats = info.tcpi_total_retrans,
		.heard = info.tcpi_segs_in,
		.quiet = (nap_time)quiet * NAP_MS,
	};
	return true;
}
