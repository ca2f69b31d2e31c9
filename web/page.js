// SPDX-License-Identifier: BSD-2-Clause
// No key and no unit is named here: what can be moved, how it is written and how far, and what results are said in, comes from
// natnap's schema of the scenario.
"use strict";
const $ = (id) => document.getElementById(id);
const scenario = JSON.parse($("scenario").textContent);
const given = new Map(); // key -> value, over the scenario's text
const own = new Map(); // key -> what the schema says of it in the scenario's own text, sweep and all
let day = [], metrics = [], times = [], shown = null, timeline = [], timelineColumns = [], values = [];

// ---- natnap in workers: one for what is shown, one for curves

// One for both, so that what one of them made quick is quick in the other.
async function compiled() {
	const packed = Uint8Array.from(atob($("wasm").textContent.trim()), (c) => c.charCodeAt(0));
	const open = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
	return WebAssembly.compile(await new Response(open).arrayBuffer());
}

function startWorker(module) {
	const worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], {type: "text/javascript"})));
	const waiting = new Map();
	let last = 0;
	worker.onmessage = ({data}) => {
		waiting.get(data.id)(data);
		waiting.delete(data.id);
	};
	worker.postMessage({module});
	return (verb, set) => new Promise((done) => {
		waiting.set(++last, done);
		worker.postMessage({id: last, verb, name: scenario.name, set, text: scenario.text});
	});
}

let ask, askCurve;
const settings = () => [...scenario.set, ...day, ...[...given].map(([key, value]) => key + "=" + value)];

// ---- numbers and times as people read them

const round = (v) => v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e9) ? v.toExponential(2) :
	Number(v.toPrecision(4)).toLocaleString("en", {maximumFractionDigits: 6});

// Seconds, in the units of times: "2 h 4 min".
function time(s) {
	const last = times[times.length - 1], parts = [];
	for (const {unit, seconds} of times) {
		const n = unit === last.unit ? Number((s / seconds).toPrecision(3)) : Math.floor(s / seconds);
		s -= n * seconds;
		if (n > 0)
			parts.push(n + " " + unit);
	}
	return parts.join(" ") || "0 " + last.unit;
}

const written = (v, number) => v.head + (v.whole ? Math.round(number) : Number(number.toPrecision(3))) + v.tail;
const said = (v, number) => v.time ? v.head + time(Number(number.toPrecision(3))) : written(v, number);

// The unit that so much of a column is said in: the largest that it reaches; nothing is said in the name's own.
const PLAIN = {unit: "", one: 1};
const unitOf = (column, v) => (v === 0 ? column.units.find((u) => u.one === 1) : column.units.find((u) => Math.abs(v) >= u.least)) ??
	column.units[column.units.length - 1] ?? PLAIN;

function told(m, v) {
	const {unit, one} = unitOf(m, v), text = round(v / one), all = round(1 / one);
	if (m.share && v < 1 && text === all) // does not read as if it were all
		return "> " + round(0.9999 / one) + " " + unit;
	return text + (unit ? " " + unit : "");
}

// Sliders go by factors where the range is wide.
const wide = (v) => v.low > 0 && v.high / v.low >= 10;
const toNumber = (v, x) => wide(v) ? v.low * (v.high / v.low) ** x : v.low + (v.high - v.low) * x;
const toSlider = (v, n) => wide(v) ? Math.log(n / v.low) / Math.log(v.high / v.low) : (n - v.low) / (v.high - v.low);

function element(tag, attributes, ...inside) {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes))
		e.setAttribute(name, value);
	e.append(...inside);
	return e;
}

// ---- what can be moved

function choice(v) {
	const select = element("select", {"data-key": v.key}, ...v.choices.map((c) => element("option", {value: c}, c)));
	select.value = v.value;
	select.onchange = () => move(v, select.value, true);
	return [select, ""];
}

function slider(v) {
	const out = element("output", {}, said(v, v.number));
	const input = element("input", {type: "range", min: 0, max: 1, step: "any", "data-key": v.key, "aria-label": v.key});
	input.value = toSlider(v, v.number);
	input.setAttribute("aria-valuetext", said(v, v.number));
	input.oninput = () => {
		const number = toNumber(v, Number(input.value));
		out.textContent = said(v, number);
		input.setAttribute("aria-valuetext", out.textContent);
		move(v, written(v, number), false);
	};
	return [input, out];
}

function writing(v) {
	const input = element("input", {type: "text", value: v.value, "data-key": v.key});
	input.onchange = () => move(v, input.value, true);
	return [input, ""];
}

function control(v) {
	const [input, out] = v.choices ? choice(v) : "number" in v ? slider(v) : writing(v);
	return element("div", {class: "move"}, element("label", {title: v.help}, v.key, out, input), element("small", {}, v.help));
}

function offer() {
	const moved = values.filter((v) => "number" in v && v.first);
	$("first").replaceChildren(...values.filter((v) => v.first).map(control));
	const had = $("over").value;
	$("over").replaceChildren(...moved.map((v) => element("option", {value: v.key}, v.key)));
	if (moved.some((v) => v.key === had))
		$("over").value = had;
	find();
}

function find() {
	const word = $("find").value.toLowerCase();
	const some = values.filter((v) => !v.first && v.key.includes(word));
	$("others").replaceChildren(...($("more").open ? some.slice(0, 60).map(control) : []));
}

// ---- the day, anew

let busy = false, again = false, warmed = false;

// Code that ran a few times is made quick by the browser: the first move is to find it so.
async function warm() {
	for (let i = 0; i < 3 && !busy; i++)
		await ask("timeline", settings());
	warmed = true;
	if (!busy)
		settled();
}

function settled() {
	document.body.dataset.state = "ready";
	plan();
}

// Moves that come while one is computed are one: the last.
async function update() {
	if (busy) {
		again = true;
		return;
	}
	busy = true;
	const begun = performance.now(), answer = await ask("timeline", settings());
	busy = false;
	if (answer.status === 2) {
		say(answer.out, true);
	} else {
		const document_ = JSON.parse(answer.out);
		const next = document_.points[0];
		timeline = read(document_.timeline);
		shown = shown || next;
		show(next);
		say("Computed in " + Math.round(performance.now() - begun) + " ms." + (document_.warnings || []).map((w) => " " + w).join(""), false);
	}
	document.body.dataset.moves = Number(document.body.dataset.moves || 0) + 1;
	if (again) {
		again = false;
		update();
	} else if (warmed) {
		settled();
	} else {
		warm();
	}
}

function move(v, text, others) {
	document.body.dataset.state = "busy";
	given.set(v.key, text);
	if ([...$("over").options].some((o) => o.value === v.key))
		$("over").value = v.key;
	if (others)
		schema();
	update();
}

async function schema() {
	const answer = await ask("schema", settings());
	if (answer.status !== 0)
		return;
	values = JSON.parse(answer.out).values;
	for (const v of values) {
		const was = own.get(v.key);
		if (!was)
			continue;
		v.first = v.first || was.first;
		if ("number" in v && was.low <= v.number && v.number <= was.high)
			[v.low, v.high] = [was.low, was.high];
	}
	offer();
}

function say(text, bad) {
	$("said").textContent = text;
	$("said").className = bad ? "bad" : "soft";
}

function show(point) {
	$("cards").replaceChildren(...metrics.filter((m) => typeof point[m.name] === "number").map((m) => {
		const value = point[m.name], before = shown[m.name], off = before ? Math.round(100 * (value / before - 1)) : 0;
		const change = off ? " (" + (off > 0 ? "+" : "−") + Math.abs(off) + " %)" : "";
		return element("div", {class: "card", title: m.help}, element("b", {"data-metric": m.name, "data-value": String(value)}, told(m, value)),
			element("span", {}, m.words + change));
	}));
	$("command").textContent = "natnap run " + scenario.name + settings().map((s) => " \\\n  --set '" + s + "'").join("") + " --json";
	drawDay();
	drawNear();
}

// ---- the timeline: rows of time_s,kind,state,power_mw,detail

function read(csv) {
	return csv.trim().split("\n").slice(1).map((line) => {
		const [t, kind, state, power, ...detail] = line.split(",");
		return {t: Number(t), kind, state, power: Number(power), detail: detail.join(",")};
	});
}

const svg = (tag, attributes, text) => {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes))
		e.setAttribute(name, value);
	if (text !== undefined)
		e.textContent = text;
	return e;
};

// A frame with axes, upwards a column's; x and y place data in it.
function frame(id, from, to, top, column, note, written, logX) {
	const box = $(id), w = Math.max(box.clientWidth, 200), h = Math.max(box.clientHeight, 120), left = 46, bottom = h - 22;
	const at = logX ? (v) => Math.log(v / from) / Math.log(to / from) : (v) => (v - from) / (to - from);
	const {unit, one} = unitOf(column, top), label = [note, unit && "(" + unit + ")"].filter((part) => part).join(" ");
	const f = {box, left, bottom, width: w - left - 6, x: (v) => left + at(v) * (w - left - 6), y: (v) => bottom - v / (top || 1) * (bottom - 14)};
	box.setAttribute("viewBox", "0 0 " + w + " " + h);
	box.replaceChildren(svg("path", {class: "axis", d: "M" + left + " 8V" + bottom + "H" + (w - 6)}),
		svg("text", {x: left + 4, y: 10}, label),
		svg("text", {x: left - 4, y: 18, "text-anchor": "end"}, round(Number((top / one).toPrecision(3)))), svg("text", {x: left - 4, y: bottom, "text-anchor": "end"}, "0"));
	for (const share of w < 420 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
		const v = logX ? from * (to / from) ** share : from + (to - from) * share;
		box.append(svg("text", {x: f.x(v), y: h - 6, "text-anchor": share === 0 ? "start" : share === 1 ? "end" : "middle"}, written(v)));
	}
	return f;
}

const states = () => timeline.filter((l) => l.kind === "state" || l.kind === "end");
const length = () => timeline.length ? timeline[timeline.length - 1].t : 1;

// Mean power of each column of pixels.
function drawDay() {
	const rows = states(), end = length(), bins = Math.max(50, $("day").clientWidth - 52), mean = new Float64Array(bins);
	for (let i = 0; i + 1 < rows.length; i++) {
		let a = rows[i].t / end * bins;
		const b = rows[i + 1].t / end * bins;
		for (; a < b; a = Math.floor(a) + 1)
			mean[Math.min(bins - 1, Math.floor(a))] += rows[i].power * (Math.min(b, Math.floor(a) + 1) - a);
	}
	const f = frame("day", 0, end, Math.max(...mean), timelineColumns[1], "mean " + timelineColumns[1].words, time);
	let d = "M" + f.left + " " + f.bottom;
	mean.forEach((p, i) => { d += "V" + f.y(p).toFixed(1) + "H" + (f.left + (i + 1) / bins * f.width).toFixed(1); });
	f.box.append(svg("path", {class: "fill", d: d + "V" + f.bottom + "Z"}));
	for (const l of timeline)
		if (l.state === "binding-lost" || l.state === "dead")
			f.box.append(svg("path", {class: "bad", d: "M" + f.x(l.t).toFixed(1) + " 12v6"}));
}

function drawNear() {
	const span = Math.min(Number($("span").value), length()), from = Number($("from").value) / 1000 * (length() - span), to = from + span;
	const rows = states(), peak = rows.reduce((most, l) => Math.max(most, l.power), 0);
	const f = frame("near", from, to, peak, timelineColumns[1], timelineColumns[1].words, time);
	let d = "", power = 0;
	$("at").textContent = time(Math.round(from));
	for (const l of rows) {
		if (l.t > from && l.t < to)
			d += (d ? "" : "M" + f.left + " " + f.y(power).toFixed(1)) + "H" + f.x(l.t).toFixed(1) + "V" + f.y(l.power).toFixed(1);
		power = l.t < to ? l.power : power;
	}
	f.box.append(svg("path", {class: "line", d: (d || "M" + f.left + " " + f.y(power).toFixed(1)) + "H" + f.x(to).toFixed(1)}));
	for (const l of timeline.filter((row) => row.t >= from && row.t <= to && row.kind !== "state" && row.kind !== "end").slice(0, 400)) {
		const mark = svg("path", {class: l.kind === "packet" && l.state !== "lost" ? "tick" : "bad",
			d: "M" + f.x(l.t).toFixed(1) + " " + (l.kind === "packet" ? f.bottom + (l.state === "up" ? -6 : 1) : 8) + "v5"});
		mark.append(svg("title", {}, time(l.t) + ": " + l.state + " " + l.detail));
		f.box.append(mark);
	}
}

// ---- a curve over the range of one value, when there is time

let planned = 0, drawn = "";
const POINTS = 13;

function plan() {
	clearTimeout(planned);
	planned = setTimeout(drawCurve, 250);
}

async function drawCurve() {
	const v = values.find((one) => one.key === $("over").value), metric = metrics.find((m) => m.name === $("of").value);
	if (!v || !metric)
		return;
	const name = metric.name;
	const numbers = Array.from({length: POINTS}, (_, i) => toNumber(v, i / (POINTS - 1)));
	const fixed = settings().filter((s) => !s.startsWith(v.key + "="));
	const asked = v.key + name + fixed.join();
	drawn = asked;
	const points = [];
	for (const n of numbers) {
		const answer = await askCurve("run", [...fixed, v.key + "=" + written(v, n)]);
		if (drawn !== asked)
			return;
		if (answer.status === 0)
			points.push([n, JSON.parse(answer.out).points[0][name]]);
	}
	const good = points.filter(([, y]) => typeof y === "number"), top = Math.max(0, ...good.map(([, y]) => y));
	const f = frame("curve", v.low, v.high, top, metric, metric.words, (n) => said(v, n), wide(v));
	const up = (y) => f.y(y).toFixed(1);
	f.box.append(svg("path", {class: "line", d: good.map(([n, y], i) => (i ? "L" : "M") + f.x(n).toFixed(1) + " " + up(y)).join("")}));
	for (const [n, y] of good) {
		const dot = svg("circle", {class: "fill", cx: f.x(n).toFixed(1), cy: up(y), r: 3});
		dot.append(svg("title", {}, said(v, n) + ": " + told(metric, y)));
		f.box.append(dot);
	}
	const here = $("first").querySelector("[data-key='" + v.key + "']"), card = $("cards").querySelector("[data-metric='" + name + "']");
	if (here && here.type === "range" && card) {
		const n = toNumber(v, Number(here.value));
		f.box.append(svg("circle", {class: "here", cx: f.x(n).toFixed(1), cy: up(Number(card.dataset.value)), r: 5}));
	}
	document.body.dataset.curve = v.key;
}

// ---- begin

async function begin() {
	const module = await compiled();
	ask = startWorker(module);
	askCurve = startWorker(module);
	const answer = await ask("schema", scenario.set);
	if (answer.status !== 0) {
		say(answer.out, true);
		document.body.dataset.state = "refused";
		return;
	}
	const first = JSON.parse(answer.out);
	day = first.one_day;
	for (const v of first.values)
		own.set(v.key, v);
	({metrics, times, timeline: timelineColumns} = first);
	$("title").textContent = first.title || scenario.name;
	document.title = $("title").textContent + ": natnap explorer";
	$("text").textContent = scenario.text;
	$("of").replaceChildren(...metrics.map((m) => element("option", {value: m.name}, m.words)));
	await schema();
	const swept = values.find((v) => "number" in v && own.get(v.key)?.origin === "sweep");
	if (swept)
		$("over").value = swept.key;
	await update();
}

$("find").oninput = find;
$("more").ontoggle = find;
$("from").oninput = drawNear;
$("span").onchange = drawNear;
$("over").onchange = plan;
$("of").onchange = plan;
$("reset").onclick = () => { given.clear(); schema(); update(); };
addEventListener("resize", () => { if (shown) { drawDay(); drawNear(); plan(); } });
begin().catch((error) => { say(String(error), true); document.body.dataset.state = "failed"; });
