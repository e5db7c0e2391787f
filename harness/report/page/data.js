// What the page is made of: see page_data() in harness/report/html.h.
const data = JSON.parse(document.getElementById("data").textContent);

// Verdicts from the least bad to the worst; small letters survive SIGKILL. A sign stands besides the colour.
const verdicts = {
	S: { name: "SKIP", short: "skip", sign: "\u2013" },
	P: { name: "PASS", short: "ok", sign: "\u2713" },
	U: { name: "UNCHECKED", short: "unch", sign: "?" },
	B: { name: "BROKEN", short: "BROKEN", sign: "\u2260" },
	F: { name: "FAIL", short: "FAIL", sign: "\u2717" },
	D: { name: "DEADLOCK", short: "DEAD", sign: "\u25a0" },
	L: { name: "LIVELOCK", short: "LIVE", sign: "\u21bb" },
	C: { name: "CRASH", short: "CRASH", sign: "\u26a1" },
	f: { name: "FAIL", short: "FAIL!", sign: "\u2717" },
	d: { name: "DEADLOCK", short: "DEAD!", sign: "\u25a0" },
	l: { name: "LIVELOCK", short: "LIVE!", sign: "\u21bb" },
	c: { name: "CRASH", short: "CRASH!", sign: "\u26a1" },
};
const rank = {};
Object.keys(verdicts).forEach((letter, i) => { rank[letter] = i; });
const violations = "FDLCfdlc";

// Makes an element. `properties` are set on it, `aria` and `data` words as attributes.
function make(tag, properties, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties || {}))
		if (name.startsWith("aria-") || name.startsWith("data-") || name === "scope" || name === "role")
			element.setAttribute(name, value);
		else
			element[name] = value;
	element.append(...children.filter((child) => child !== null && child !== undefined));
	return element;
}

function put(id, ...children) {
	document.getElementById(id).replaceChildren(...children.filter(Boolean));
}

function counted(count, noun) {
	return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function seconds(value) {
	return value > 0 ? `${value.toFixed(1)} s` : "\u2013";
}

// Why a point is no PASS, by kernel and place in `ids`: [index of the reason, index of the cause].
for (const cell of data.points) {
	cell.because = new Map();
	for (const [kernel, point, reason, cause] of cell.why)
		cell.because.set(kernel * cell.ids.length + point, [reason, cause]);
}

function because(cell, kernel, point) {
	return cell.because.get(kernel * cell.ids.length + point) || [-1, -1];
}

function idOf(cell, point) {
	return `${cell.name}/${cell.place}/${cell.ids[point]}`;
}

// What is asked for. `verdicts` is a set of capital letters, empty for all.
const filter = { text: "", call: "", place: "", kernel: "", verdicts: new Set(), cause: -1 };

function cellWanted(cell) {
	if (filter.place && cell.place !== filter.place)
		return false;
	return !filter.call || cell.family === filter.call || cell.name === filter.call ||
		cell.call === filter.call || cell.call.includes(filter.call);
}

function kernelWanted(kernel) {
	return filter.kernel === "" || Number(filter.kernel) === kernel;
}

// Calls visit(cell, kernel, point, letter) for each point that is wanted, until it returns false.
function eachPoint(visit) {
	const text = filter.text.toLowerCase();
	for (const cell of data.points) {
		if (!cellWanted(cell))
			continue;
		const prefix = `${cell.name}/${cell.place}/`.toLowerCase();
		for (let kernel = 0; kernel < cell.verdicts.length; kernel++) {
			if (!kernelWanted(kernel))
				continue;
			const letters = cell.verdicts[kernel];
			for (let point = 0; point < letters.length; point++) {
				const letter = letters[point];
				if (letter === "." || (filter.verdicts.size && !filter.verdicts.has(letter.toUpperCase())))
					continue;
				if (filter.cause >= 0 && because(cell, kernel, point)[1] !== filter.cause)
					continue;
				if (text && !(prefix + cell.ids[point].toLowerCase()).includes(text)) {
					const reason = because(cell, kernel, point)[0];
					if (reason < 0 || !data.reasons[reason].toLowerCase().includes(text))
						continue;
				}
				if (visit(cell, kernel, point, letter) === false)
					return;
			}
		}
	}
}
