// SPDX-License-Identifier: BSD-2-Clause
// The workload on ns-3's core: its simulator and its fastest scheduler, an event for every timer.
#include <list>
#include <unordered_map>
#include <vector>

#include <ns3/core-module.h>

extern "C" {
#include "workload.h"
}

using namespace ns3;

namespace
{
struct Binding {
	EventId expiry;
	std::list<uint32_t>::iterator used;
};

struct Device {
	enum { IDLE_STATE, PROMOTING, CONNECTED } radio = IDLE_STATE;
	uint32_t up = 0, down = 0; // packets that wait for the promotion
	EventId tail;
	struct nap_rng pushes;
};

struct workload w;
struct counts c;
std::vector<Device> devices;
std::unordered_map<uint32_t, Binding> bindings;
std::list<uint32_t> order; // of use, the latest first

void end(uint32_t who)
{
	auto found = bindings.find(who);

	if (w.capacity)
		order.erase(found->second.used);
	found->second.expiry.Cancel();
	bindings.erase(found);
}

void use(uint32_t who, Binding &b, bool is_new)
{
	if (!w.capacity)
		return;
	if (!is_new)
		order.erase(b.used);
	order.push_front(who);
	b.used = order.begin();
}

void outbound(uint32_t who)
{
	auto found = bindings.find(who);
	bool is_new = found == bindings.end();

	if (is_new && w.capacity && bindings.size() >= w.capacity) {
		end(order.back());
		c.evicted++;
	}
	Binding &b = is_new ? bindings[who] : found->second;
	use(who, b, is_new);
	b.expiry.Cancel();
	b.expiry = Simulator::Schedule(NanoSeconds(IDLE), &end, who);
}

void tail_end(uint32_t who)
{
	devices[who].radio = Device::IDLE_STATE;
}

void talk(uint32_t who)
{
	devices[who].tail.Cancel();
	devices[who].tail = Simulator::Schedule(NanoSeconds(TAIL), &tail_end, who);
}

void promoted(uint32_t who);

bool carries(uint32_t who)
{
	Device &d = devices[who];

	if (d.radio == Device::IDLE_STATE) {
		d.radio = Device::PROMOTING;
		c.promotions++;
		Simulator::Schedule(NanoSeconds(PROMOTION), &promoted, who);
	}
	return d.radio == Device::CONNECTED;
}

void send_up(uint32_t who)
{
	if (!carries(who)) {
		devices[who].up++;
		return;
	}
	talk(who);
	outbound(who);
}

void deliver(uint32_t who)
{
	c.delivered++;
	send_up(who);
}

void promoted(uint32_t who)
{
	Device &d = devices[who];

	d.radio = Device::CONNECTED;
	talk(who);
	for (; d.up > 0; d.up--)
		send_up(who);
	for (; d.down > 0; d.down--)
		deliver(who);
}

void keepalive(uint32_t who)
{
	c.keepalives++;
	Simulator::Schedule(NanoSeconds(w.interval), &keepalive, who);
	send_up(who);
}

void push(uint32_t who)
{
	auto found = bindings.find(who);

	c.offered++;
	Simulator::Schedule(NanoSeconds(nap_draw_gap(&devices[who].pushes, PUSH_GAP)), &push, who);
	if (found == bindings.end())
		return;
	use(who, found->second, false);
	if (carries(who))
		deliver(who);
	else
		devices[who].down++;
}
} // namespace

int main(int argc, char **argv)
{
	ObjectFactory scheduler("ns3::PriorityQueueScheduler");

	w = workload_read(argc, argv);
	Simulator::SetScheduler(scheduler);
	devices.resize(w.n);
	for (uint32_t i = 0; i < w.n; i++) {
		devices[i].pushes = workload_pushes(i);
		Simulator::Schedule(NanoSeconds(workload_phase(&w, i)), &keepalive, i);
		Simulator::Schedule(NanoSeconds(nap_draw_gap(&devices[i].pushes, PUSH_GAP)), &push, i);
	}
	// the end is before whatever is due then
	Simulator::Stop(NanoSeconds(w.duration - 1));
	Simulator::Run();
	workload_print(&c);
	Simulator::Destroy();
	return 0;
}
