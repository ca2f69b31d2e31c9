// SPDX-License-Identifier: BSD-2-Clause
// One request after another; the answer has the request's number.
let core;
onmessage = async ({data}) => {
	try {
		if (data.module) {
			core = natnapCore(data.module);
			return;
		}
		postMessage({id: data.id, ...(await core)(data.verb, data.name, data.set, data.text)});
	} catch (error) {
		postMessage({id: data.id, status: 2, out: String(error)});
	}
};
