// The head, the filter, and what follows from a change of it.
function showKernels() {
	const columns = [
		["kernel", (one) => one.name],
		["release", (one) => (one.gap ? `not run: ${one.gap}` : [one.release, one.own].filter(Boolean).join(", "))],
		["package", (one) => one.package || ""],
		["pages", (one) => String(one.page_size || "")],
		["contract", (one) => one.contract || ""],
		["points", (one) => Object.entries(one.totals || {}).map(([name, count]) => `${count} ${name}`).join(", ") + (one.rest ? `; ${one.rest}` : "")],
		["withheld", (one) => (one.withheld && one.withheld.causes ? `${counted(one.withheld.causes, "cause")}, ${counted(one.withheld.points, "point")}` : "")],
		["boots", (one) => seconds(one.boot_s)],
		["run", (one) => seconds(one.run_s)],
		["watching hangs", (one) => seconds(one.watched_s)],
		["in all", (one) => seconds(one.wall_s)],
		["status", (one) => String(one.status ?? "")],
	];
	put("kernels", make("thead", {}, make("tr", {}, ...columns.map(([name]) => make("th", { scope: "col", textContent: name })))),
		make("tbody", {}, ...data.kernels.map((one) => make("tr", { className: one.gap ? "gap" : "" },
			...columns.map(([name, text]) => make(name === "kernel" ? "th" : "td", {
				textContent: text(one), className: text(one).match(/^[0-9.]+( s)?$/) ? "number" : "",
			}))))));
	put("unlike", ...data.unlike.map((line) => make("li", { textContent: `differs: ${line}` })));
	const sum = data.kernels.reduce((so_far, one) => so_far + (one.wall_s || 0), 0);
	put("times", data.wall_s && sum ? `${seconds(data.wall_s)} from the start to the end, ${seconds(sum)} the runs one by one.` : "");
	const run = data.kernels.find((one) => !one.gap);
	document.title = `Tagtrap: ${data.kernels.map((one) => one.name).join(", ")}`;
	if (run)
		put("foot", `Tagtrap ${run.suite}; ${run.machine} ${run.qemu}; plan ${run.plan}${run.specs ? `, ${run.specs}` : ""}; ${run.features}`);
}

function show() {
	showHeat();
	showCauses();
	showPoints();
	showAbove();
	showBelow();
}

// Sets parts of the filter, in the form as well.
function setFilter(parts) {
	Object.assign(filter, { cause: -1 }, parts);
	for (const name of ["text", "call", "place", "kernel"])
		document.getElementById(`f-${name}`).value = filter[name];
	pointsShown = pointsAtATime;
	show();
}

function readForm() {
	for (const name of ["text", "call", "place", "kernel"])
		filter[name] = document.getElementById(`f-${name}`).value.trim();
	filter.verdicts = new Set([...document.querySelectorAll("#f-verdicts input:checked")].map((box) => box.value));
	filter.cause = -1;
	pointsShown = pointsAtATime;
	show();
}

function fillForm() {
	const calls = [...new Set(data.points.flatMap((cell) => [cell.family, cell.name]))].sort();
	put("call-list", ...calls.map((call) => make("option", { value: call })));
	document.getElementById("f-place").append(...data.places.map((place) => new Option(place, place)));
	document.getElementById("f-kernel").append(...data.kernels.map((one, i) => new Option(one.name, String(i))));
	document.getElementById("f-verdicts").append(..."PFLDCUSB".split("").map((letter) =>
		make("label", {}, make("input", { type: "checkbox", value: letter }), ` ${verdicts[letter].name}`)));
	if (data.kernels.length === 1)
		document.getElementById("h-columns").value = "place";
}

function start() {
	fillForm();
	showKernels();
	showLegend();
	show();
	const form = document.getElementById("filter");
	let waiting = 0;
	form.addEventListener("input", () => {
		clearTimeout(waiting);
		waiting = setTimeout(readForm, 120);
	});
	form.addEventListener("submit", (event) => event.preventDefault());
	form.addEventListener("reset", () => setTimeout(readForm));
	for (const id of ["h-lines", "h-columns", "h-plain"])
		document.getElementById(id).addEventListener("change", showHeat);
	document.getElementById("heat").addEventListener("keydown", moveInHeat);
	document.getElementById("points-more").addEventListener("click", () => {
		pointsShown *= 4;
		showPoints();
	});
	document.getElementById("theme").addEventListener("click", () => {
		const root = document.documentElement;
		const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.theme = dark ? "light" : "dark";
	});
	document.addEventListener("keydown", (event) => {
		if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
			event.preventDefault();
			document.getElementById("f-text").focus();
		}
	});
	addEventListener("hashchange", () => {
		const one = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		if (one && one.tagName === "DETAILS")
			one.open = true;
	});
	document.documentElement.dataset.ready = performance.now().toFixed(0);
}

start();
