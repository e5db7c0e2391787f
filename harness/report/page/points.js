// The points that are wanted, some at a time.
const pointsAtATime = 100;
let pointsShown = pointsAtATime;

function pointRow([cell, kernel, point, letter]) {
	const [reason, cause] = because(cell, kernel, point);
	const verdict = verdicts[letter];
	return make("tr", {},
		make("td", { className: `v-${letter}`, textContent: `${verdict.sign} ${verdict.name}${letter > "Z" ? " !" : ""}` }),
		make("td", { textContent: data.kernels[kernel].name }),
		make("td", { className: "id", textContent: idOf(cell, point) }),
		make("td", {}, reason >= 0 ? data.reasons[reason] : "",
			cause >= 0 ? make("a", { href: `#cause-${data.causes[cause].id}`, textContent: ` cause ${data.causes[cause].id}` }) : null));
}

function showPoints() {
	// Violations are what people look for: they come first.
	const bad = [], others = [];
	let count = 0;
	eachPoint((cell, kernel, point, letter) => {
		const list = violations.includes(letter) ? bad : others;
		if (list.length < pointsShown)
			list.push([cell, kernel, point, letter]);
		count++;
	});
	const shown = [...bad, ...others].slice(0, pointsShown);
	put("points",
		make("thead", {}, make("tr", {}, ...["verdict", "kernel", "point", "why"].map((name) => make("th", { scope: "col", textContent: name })))),
		make("tbody", {}, ...shown.map(pointRow)));
	put("points-note", `${counted(count, "point")}` + (shown.length < count ? `, ${shown.length} shown, violations first.` : ".") +
		(filter.cause >= 0 ? ` Of cause ${data.causes[filter.cause].id}.` : ""));
	put("f-count", counted(count, "point"));
	document.getElementById("points-more").hidden = shown.length >= count;
}
