/* SPDX-License-Identifier: BSD-2-Clause */
/* The same in C++: watched, and stopped after a third of a long run. What was complete is in the document. */
#include <natnap_run.h>

#include <cstdint>
#include <iostream>
#include <string>

struct watcher {
	bool enough = false;
};

static void progress(void *ctx, std::uint64_t done, std::uint64_t all)
{
	static_cast<watcher *>(ctx)->enough = 3 * done > all;
}

static bool stop(void *ctx)
{
	return static_cast<watcher *>(ctx)->enough;
}

int main()
{
	const std::string text = "[scenario]\nduration = 4d\nreplications = 300\n[client]\napplication = udp\npolicy = fixed\n"
				 "interval = 20s\n[server]\npush = poisson 60/h\n";
	watcher w;
	nap_text_options options = {};
	char *out = nullptr;

	options.size = sizeof options;
	options.threads = 1;
	options.progress = progress;
	options.stop = stop;
	options.ctx = &w;
	const nap_text_status status = nap_text_run(text.c_str(), &options, &out);
	const std::string document = out;
	nap_free(out);
	std::cout << (status == NAP_TEXT_STOPPED ? "stopped" : "not stopped") << ", "
		  << (document.find("\"replications_missing\"") != std::string::npos ? "and says so" : "in silence") << "\n";
	return 0;
}
