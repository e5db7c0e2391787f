// Bars: from above by family of calls, from below by module and function.
function meter(name, part, whole, words) {
	const share = whole ? (100 * part) / whole : 0;
	const fill = make("div", { className: "fill" });
	fill.style.width = `${share}%`;
	return make("div", { className: "meter" }, make("span", { textContent: name }),
		make("div", { className: "track", role: "img", "aria-label": `${share.toFixed(0)} percent` }, fill),
		make("span", { textContent: words || `${part.toLocaleString("en")} of ${whole.toLocaleString("en")} (${share.toFixed(share < 10 ? 1 : 0)} %)` }));
}

// A bar that opens, and is filled when it is opened.
function drill(bar, fill) {
	const one = make("details", {}, make("summary", {}, bar));
	one.addEventListener("toggle", () => {
		if (one.open && one.children.length === 1)
			one.append(...fill());
	});
	return one;
}

function add(map, key, judged) {
	const at = map.get(key) || { judged: 0, all: 0, why: new Map() };
	map.set(key, at);
	at.all++;
	at.judged += judged ? 1 : 0;
	return at;
}

function showAbove() {
	const families = new Map();
	let judged = 0, all = 0;
	eachPoint((cell, kernel, point, letter) => {
		const told = letter !== "S" && letter !== "B";
		const family = add(families, cell.family, told);
		family.calls = family.calls || new Map();
		const call = add(family.calls, `${cell.call} on ${cell.place}`, told);
		if (!told) {
			const reason = because(cell, kernel, point)[0];
			call.why.set(reason, (call.why.get(reason) || 0) + 1);
		}
		judged += told ? 1 : 0;
		all++;
	});
	const ordered = [...families].sort((a, b) => a[1].judged / a[1].all - b[1].judged / b[1].all);
	put("above", meter("all", judged, all), drill("By family, the least judged first", () => ordered.map(([name, family]) =>
		drill(meter(name, family.judged, family.all), () => [...family.calls].map(([call, at]) => make("div", {},
			meter(call, at.judged, at.all),
			...[...at.why].map(([reason, count]) => make("p", { className: "gap", textContent: `${count}: ${data.reasons[reason] || ""}` }))))))));
}

function moduleBody(module) {
	const seen = module.functions.filter((one) => one.seen), rest = module.functions.filter((one) => !one.seen);
	const line = (one) => make("tr", {}, make("td", { className: "id", textContent: one.name }),
		make("td", { textContent: `${one.seen} of ${one.sites}` }),
		make("td", { textContent: one.first || one.reason || "" }));
	const table = (name, list, last) => make("details", { open: list === seen },
		make("summary", { textContent: `${name}: ${counted(list.length, "function")}` }),
		make("div", { className: "wide" }, make("table", {}, make("thead", {}, make("tr", {},
			...["function", "sites", last].map((text) => make("th", { scope: "col", textContent: text })))),
		make("tbody", {}, ...list.map(line)))));
	return [table("Seen to fault", seen, "first by"), table("Not seen", rest, "reason")];
}

function showBelow() {
	const kernels = data.coverage.map((one, i) => [one, data.kernels[i].name, i]).filter(([one, , i]) => one && kernelWanted(i));
	if (kernels.length === 0) {
		put("below", make("p", { className: "gap", textContent: "Not known: no coverage.json lies beside the run. ./run.sh coverage writes it." }));
		return;
	}
	put("below", ...kernels.map(([one, name]) => drill(
		meter(`${name}: functions`, one.seen.functions, one.all.functions), () => [
			meter("sites", one.seen.sites, one.all.sites),
			make("h4", { textContent: "Not seen, by reason" }),
			...Object.entries(one.reasons).map(([reason, count]) =>
				meter(reason, count.functions, one.all.functions, counted(count.functions, "function"))),
			make("h4", { textContent: "By module" }),
			...[...one.modules].sort((a, b) => b.all.functions - a.all.functions).map((module) => drill(
				meter(module.name, module.seen.functions, module.all.functions), () => moduleBody(module))),
		])));
}
