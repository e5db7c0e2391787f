// Causes with their evidence, and the mail about each.
function copyButton(text, what) {
	const button = make("button", { type: "button", textContent: `Copy ${what}` });
	button.addEventListener("click", async () => {
		let copied = false;
		try {
			await navigator.clipboard.writeText(text);
			copied = true;
		} catch {
			const area = make("textarea", { value: text });
			document.body.append(area);
			area.select();
			copied = document.execCommand("copy");
			area.remove();
			button.focus();
		}
		button.textContent = copied ? `Copied ${what}` : `Cannot copy: select the ${what}`;
	});
	return button;
}

function entry(list, name, ...content) {
	if (content.some((part) => part !== ""))
		list.append(make("dt", { textContent: name }), make("dd", {}, ...content));
}

function kernelsWith(cause, sight) {
	return cause.kernels.map((one, i) => (one.sight === sight && !data.kernels[i].gap
		? data.kernels[i].name + (sight === "seen" ? ` (${one.points})` : "") : "")).filter(Boolean).join(", ");
}

function causeBody(cause, index) {
	const list = make("dl", {});
	entry(list, "id", make("code", { textContent: cause.id }));
	entry(list, "seen in", kernelsWith(cause, "seen"));
	entry(list, "not in", kernelsWith(cause, "absent"));
	entry(list, "another cause in", kernelsWith(cause, "other"));
	entry(list, "not known in", kernelsWith(cause, "none"));
	entry(list, "since", data.kernels.length > 1 ? cause.history : "");
	entry(list, "calls", cause.calls.join(" "));
	entry(list, "places", cause.places.join(" "));
	entry(list, "object", cause.states.join(" "));
	entry(list, "mode", cause.modes.join(" "));
	entry(list, "offsets", cause.offsets.join(", "));
	entry(list, "known", cause.known);
	entry(list, "public", cause.source ? make("a", { href: cause.source, textContent: cause.source, rel: "noreferrer" }) : "");
	entry(list, "shown by", make("span", { className: "id", textContent: cause.shown }), ` on ${data.kernels[cause.shown_in].name}`);
	entry(list, "promise", cause.promise);
	entry(list, "because", cause.reason);
	entry(list, "privilege", cause.privilege);
	const points = make("button", { type: "button", textContent: "Show its points" });
	points.addEventListener("click", () => {
		setFilter({ cause: index });
		document.getElementById("points-title").focus();
		document.getElementById("points-title").scrollIntoView();
	});
	return [
		list,
		cause.evidence ? make("pre", { textContent: cause.evidence, tabIndex: 0, role: "region", "aria-label": "Evidence" }) : null,
		make("div", { className: "bar" }, points, copyButton(cause.mail, "mail"), copyButton(cause.command, "command")),
		make("pre", { textContent: cause.command, tabIndex: 0, role: "region", "aria-label": "Command" }),
		make("details", {}, make("summary", { textContent: "Mail to the maintainers" }),
			make("pre", { textContent: cause.mail, tabIndex: 0, role: "region", "aria-label": "Mail" })),
	];
}

function showCauses() {
	const wanted = new Set();
	eachPoint((cell, kernel, point) => {
		const cause = because(cell, kernel, point)[1];
		if (cause >= 0)
			wanted.add(cause);
		return wanted.size < data.causes.length;
	});
	const open = new Set([...document.querySelectorAll("#causes > details[open]")].map((one) => one.id));
	put("causes", ...data.causes.map((cause, index) => {
		if (!wanted.has(index))
			return null;
		const one = make("details", { id: `cause-${cause.id}` }, make("summary", {},
			make("strong", { textContent: `${cause.class}: ` }), make("code", { textContent: cause.function }),
			`, ${cause.rule} ${cause.title}` + (data.kernels.length > 1 && cause.history ? `; ${cause.history}` : "")));
		const fill = () => {
			if (one.open && one.children.length === 1)
				one.append(...causeBody(cause, index).filter(Boolean));
		};
		one.addEventListener("toggle", fill);
		one.open = open.has(one.id);
		fill();
		return one;
	}));
	put("causes-note", (data.causes.length === 0 ? "No cause that could be told here."
		: `${wanted.size} of ${counted(data.causes.length, "cause")}. A cause is a kernel function and the rule that is broken there.`) +
		(data.withheld ? ` ${counted(data.withheld, "cause")} withheld: the kernel's security contact hears of it first.` : ""));
}
