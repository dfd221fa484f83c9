"use strict";
(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Light or dark: as the system says, until asked otherwise.
  const theme = one(".theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const list = one(".list");
  if (!list) return;
  const tools = one(".tools");
  const findings = all(".finding", list);
  const words = new Map(findings.map((finding) => [
    finding, `${finding.dataset.path} ${one("summary", finding).textContent}`.toLowerCase(),
  ]));
  const chosen = { severity: new Set(), consequence: new Set(), family: new Set() };
  const toggles = all("[data-filter]");
  const cells = all(".map a[data-path]");
  let path = "";
  tools.hidden = false;

  const matches = (finding, terms) =>
    Object.entries(chosen).every(([name, values]) => !values.size || values.has(finding.dataset[name])) &&
    (!tools.rule.value || finding.dataset.rule === tools.rule.value) &&
    (!path || finding.dataset.path === path || (path.endsWith("/") && finding.dataset.path.startsWith(path))) &&
    terms.every((term) => words.get(finding).includes(term));

  const filter = () => {
    const terms = tools.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const finding of findings) {
      finding.hidden = !matches(finding, terms);
      if (!finding.hidden) shown += 1;
    }
    for (const group of list.children) {
      const count = all(".finding:not([hidden])", group).length;
      group.hidden = !count;
      one(".tally", group).textContent = count;
    }
    for (const toggle of toggles) {
      toggle.ariaPressed = chosen[toggle.dataset.filter].has(toggle.dataset.value);
    }
    for (const cell of cells) {
      if (cell.dataset.path === path) cell.ariaCurrent = "true";
      else cell.removeAttribute("aria-current");
    }
    one("output", tools).textContent = shown === findings.length ? `${shown} shown` : `${shown} of ${findings.length} shown`;
    tools.elements.path.hidden = !path;
    tools.elements.path.textContent = `${path} ×`;
    tools.elements.path.ariaLabel = `Show other folders than ${path}, too`;
    tools.elements.clear.hidden = shown === findings.length;
    one(".none").hidden = shown > 0;
  };

  const clear = () => {
    for (const values of Object.values(chosen)) values.clear();
    tools.text.value = tools.rule.value = path = "";
    filter();
  };

  for (const toggle of toggles) {
    toggle.addEventListener("click", () => {
      const values = chosen[toggle.dataset.filter];
      if (!values.delete(toggle.dataset.value)) values.add(toggle.dataset.value);
      filter();
    });
  }
  for (const cell of cells) {
    cell.addEventListener("click", () => {
      path = cell.dataset.path === path ? "" : cell.dataset.path;
      filter();
    });
  }
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.text.addEventListener("input", filter);
  tools.rule.addEventListener("change", filter);
  tools.elements.path.addEventListener("click", () => { path = ""; filter(); tools.text.focus(); });
  tools.elements.clear.addEventListener("click", () => { clear(); tools.text.focus(); });
  const unfold = tools.elements.unfold;
  unfold.addEventListener("click", () => {
    const open = unfold.textContent === "Open all";
    for (const finding of findings) if (!finding.hidden) finding.open = open;
    unfold.textContent = open ? "Close all" : "Open all";
  });
  for (const button of all(".plain[data-rule]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      clear();
      tools.rule.value = button.dataset.rule;
      filter();
      one("#findings").scrollIntoView();
      tools.rule.focus({ preventScroll: true });
    });
  }

  // Groups: by file as written, otherwise made anew from the same elements.
  const titles = {
    rule: (finding) => one(`#rule-${finding.dataset.rule} h3`).textContent,
    consequence: (finding) => one(`[data-filter=consequence][data-value=${finding.dataset.consequence}] .label`).textContent,
    severity: (finding) => ({ error: "Errors", warning: "Warnings", note: "Notes" })[finding.dataset.severity],
    path: (finding) => finding.dataset.path,
  };
  const orders = {
    severity: ["error", "warning", "note"],
    consequence: all("[data-filter=consequence]").map((toggle) => toggle.dataset.value),
  };
  tools.group.addEventListener("change", () => {
    const by = tools.group.value;
    const groups = new Map((orders[by] || []).map((value) => [value, []]));
    for (const finding of findings) {
      const value = finding.dataset[by];
      if (!groups.has(value)) groups.set(value, []);
      groups.get(value).push(finding);
    }
    const sections = [...groups.values()].filter((members) => members.length).map((members) => {
      const section = document.createElement("section");
      const heading = document.createElement("h3");
      const title = document.createElement(by === "path" ? "bdi" : "span");
      const tally = document.createElement("span");
      section.className = "group";
      title.textContent = titles[by](members[0]);
      tally.className = "tally";
      heading.append(title, " ", tally);
      section.append(heading, ...members);
      return section;
    });
    list.replaceChildren(...sections);
    filter();
  });

  // The rule's page stands beside an open finding: its text is in the document once, here a copy.
  const showPage = (finding) => {
    const page = one(".page", finding);
    one(".prose", page)?.remove();
    if (!finding.open) return;
    const prose = one(`#rule-${finding.dataset.rule} .prose`).cloneNode(true);
    prose.tabIndex = 0;
    prose.role = "group";
    prose.ariaLabel = "The rule's page";
    page.append(prose);
  };
  // What is marked in a long line comes into view.
  const showMarks = (finding) => {
    for (const listing of all(".step pre", finding)) {
      const mark = one("mark", listing);
      if (!mark) continue;
      const beyond = mark.getBoundingClientRect().right - listing.getBoundingClientRect().right;
      if (beyond > 0) listing.scrollLeft += beyond + 24;
    }
  };
  for (const finding of findings) {
    finding.addEventListener("toggle", () => {
      showPage(finding);
      if (finding.open) showMarks(finding);
    });
  }

  // An address with a finding in it opens that finding.
  const openTarget = () => {
    const finding = document.getElementById(location.hash.slice(1));
    if (!finding?.classList.contains("finding")) return;
    if (finding.hidden) clear();
    finding.open = true;
    finding.scrollIntoView();
    one("summary", finding).focus({ preventScroll: true });
  };
  addEventListener("hashchange", openTarget);

  // Keys work while a finding has the focus, and nowhere else.
  const focusNear = (items, current, step) => {
    const next = items[Math.max(0, Math.min(items.length - 1, items.indexOf(current) + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  list.addEventListener("keydown", (event) => {
    const finding = event.target.closest(".finding");
    if (!finding || event.ctrlKey || event.metaKey || event.altKey) return;
    const summaries = () => all(".finding:not([hidden]) > summary", list);
    const steps = () => all(".step pre", finding);
    const step = event.target.closest(".step pre");
    if (event.key === "j") focusNear(summaries(), one("summary", finding), 1);
    else if (event.key === "k") focusNear(summaries(), one("summary", finding), -1);
    else if (event.key === "n") { finding.open = true; focusNear(steps(), step, 1); }
    else if (event.key === "p") { finding.open = true; focusNear(steps(), step ?? steps()[0], -1); }
    else if (event.key === "Escape") one("summary", finding).focus();
    else return;
    event.preventDefault();
  });

  // On paper, what is shown is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = findings.filter((finding) => !finding.hidden && !finding.open);
    for (const finding of closed) finding.open = true;
  });
  addEventListener("afterprint", () => {
    for (const finding of closed) finding.open = false;
  });

  filter();
  openTarget();
})();
