// SPDX-License-Identifier: BSD-2-Clause
// natnap's own core and loader as WebAssembly: text in, JSON out. Runs in the page's Worker and in node.
"use strict";
async function natnapCore(module) {
	let memory;
	const none = () => 0;
	const instance = await WebAssembly.instantiate(module, {
		env: {emscripten_notify_memory_growth: none},
		wasi_snapshot_preview1: {proc_exit: (code) => { throw new Error("natnap ended with " + code); }},
	});
	memory = instance.exports.memory;
	instance.exports._initialize();
	// {status: 0 done, 1 stopped, 2 refused, out: a document or why}
	return (verb, name, set, text) => {
		const request = new TextEncoder().encode([verb, name, ...set, "", text].join("\n"));
		const at = instance.exports.room(request.length);
		new Uint8Array(memory.buffer, at, request.length + 1).set([...request, 0]);
		const from = instance.exports.call(at), all = new Uint8Array(memory.buffer, from);
		const answer = new TextDecoder().decode(all.subarray(0, all.indexOf(0)));
		return {status: Number(answer[0]), out: answer.slice(1)};
	};
}
if (typeof module !== "undefined")
	module.exports = {natnapCore};
