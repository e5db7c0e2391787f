// The table: lines are families, calls or families and places, columns kernels or places.
function lineName(cell, lines) {
	return lines === "call" ? cell.call : lines === "place" ? `${cell.family}/${cell.place}` : cell.family;
}

// Worst verdicts and counts: a Map from line to a Map from column to { worst, count, all }.
function heatOf(lines, columns) {
	const table = new Map();
	eachPoint((cell, kernel, point, letter) => {
		const line = lineName(cell, lines);
		const column = columns === "kernel" ? kernel : cell.place;
		if (!table.has(line))
			table.set(line, new Map());
		const row = table.get(line);
		let at = row.get(column);
		if (!at)
			row.set(column, at = { worst: letter, count: 0, all: 0 });
		at.all++;
		if (rank[letter] > rank[at.worst]) {
			at.worst = letter;
			at.count = 0;
		}
		if (letter === at.worst)
			at.count++;
	});
	return table;
}

function heatCell(line, lines, column, columns, at) {
	if (!at)
		return make("td", { textContent: "" });
	const verdict = verdicts[at.worst];
	// A passing cell has no number: what is withheld could be told from it.
	const number = "PS".includes(at.worst) ? "" : ` ${at.count}`;
	const button = make("button", {
		type: "button", tabIndex: -1, className: `v-${at.worst}`,
		textContent: `${verdict.sign} ${verdict.short}${number}`,
		"data-line": line, "data-column": column,
		title: `${line}: ${verdict.name}${number}`,
	});
	button.addEventListener("click", () => {
		const [call, place] = lines === "place" ? line.split("/") : [line, ""];
		setFilter({
			call, place: columns === "place" ? column : place || filter.place,
			kernel: columns === "kernel" ? String(column) : filter.kernel,
		});
		document.getElementById("points-title").focus();
		document.getElementById("points-title").scrollIntoView();
	});
	return make("td", {}, button);
}

function showHeat() {
	const lines = document.getElementById("h-lines").value;
	const columns = document.getElementById("h-columns").value;
	const all = document.getElementById("h-plain").checked;
	const table = heatOf(lines, columns);
	const names = columns === "kernel"
		? data.kernels.map((kernel, i) => i).filter((i) => kernelWanted(i))
		: data.places.filter((place) => !filter.place || place === filter.place);
	const label = (column) => (columns === "kernel" ? data.kernels[column].name : column);
	const head = make("tr", {}, make("th", { scope: "col", textContent: lines === "call" ? "call" : "calls" }),
		...names.map((column) => make("th", { scope: "col", textContent: label(column) })));
	const body = make("tbody", {});
	let passed = 0;
	for (const [line, row] of table) {
		const plain = [...row.values()].every((at) => "PS".includes(at.worst));
		if (plain && !all) {
			passed++;
			continue;
		}
		body.append(make("tr", {}, make("th", { scope: "row", textContent: line }),
			...names.map((column) => (columns === "kernel" && data.kernels[column].gap
				? make("td", { className: "gap", textContent: "not run" })
				: heatCell(line, lines, column, columns, row.get(column))))));
	}
	put("heat", make("thead", {}, head), body);
	const first = body.querySelector("button");
	if (first)
		first.tabIndex = 0;
	put("heat-note", `${counted(table.size - passed, "line")}; ${passed} more passed or were skipped everywhere.` +
		" Arrow keys move about, Enter shows the points." +
		(data.withheld ? " Points of causes that are withheld are in no cell." : ""));
}

// Arrow keys, Home and End go from cell to cell.
function moveInHeat(event) {
	const cell = event.target.closest("td");
	const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
	if (!cell)
		return;
	const row = cell.parentElement, body = row.parentElement;
	let target = null;
	if (event.key === "Home" || event.key === "End") {
		const buttons = row.querySelectorAll("button");
		target = buttons[event.key === "Home" ? 0 : buttons.length - 1];
	} else if (steps[event.key]) {
		const [down, right] = steps[event.key];
		let y = row.rowIndex - body.rows[0].rowIndex, x = cell.cellIndex;
		do {
			y += down;
			x += right;
			target = body.rows[y] && body.rows[y].cells[x] && body.rows[y].cells[x].querySelector("button");
		} while (!target && body.rows[y] && body.rows[y].cells[x]);
	}
	if (!target)
		return;
	event.preventDefault();
	event.target.tabIndex = -1;
	target.tabIndex = 0;
	target.focus();
}

function showLegend() {
	put("legend", ..."PFLDCUSB".split("").map((letter) => make("li", {
		className: `v-${letter}`,
		textContent: [...new Set([verdicts[letter].sign, verdicts[letter].short, verdicts[letter].name])].join(" "),
	})), make("li", { className: "v-l", textContent: "! and a double edge: survives SIGKILL" }));
}
