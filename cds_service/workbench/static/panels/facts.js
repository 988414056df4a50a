/** The receipt: every fact with its evidence, what is not known, and what became of each resource. */

import { html, inPortions, table, unfolding } from "../base/dom.js";
import { firedRow, ruledOut } from "./rows.js";

const NONE = "none recorded";
const MOST_NAMED = 5;

/** The facts of an answer: what could not be used first, then what is known, the facts that decide before the others. */
export function renderFacts({ facts, resources, decision, lists }, show, showReceipt) {
  const use = usesOf(decision);
  const spoken = factsSpoken(facts);
  const absent = facts.filter((fact) => fact.certainty === "known" && !spoken.includes(fact));
  const ordered = [...spoken].sort((one, other) => rankOf(use.get(one.name)) - rankOf(use.get(other.name)));
  const unknown = facts.filter((fact) => fact.certainty !== "known");
  return [
    renderNotWhole(lists),
    renderNotUsed(resources, showReceipt),
    html("h3", {}, `Known (${spoken.length})`),
    table("Known facts, those that decide first", ["Fact", "Value", "Evidence", "Use"],
      ordered.map((fact) => [button(fact, show), valueOf(fact), evidenceOf(fact), html("span", { class: "day" }, use.get(fact.name) ?? "")]), { class: "facts" }),
    html("details", { class: "fold" }, foldLine(`Not known (${unknown.length})`, unknown),
      html("p", { class: "note" }, "What is not known never counts as zero, normal or absent."),
      table("Facts that are not known", ["Fact", "Why"], unknown.map((fact) => [button(fact, show), [fact.reason, evidenceOf(fact)]]), { class: "facts" })),
    html("details", { class: "fold" }, foldLine(`Taken as absent, as nothing is recorded (${absent.length})`, absent),
      html("p", { class: "note" }, absent.map(nameOf).join(", "))),
  ];
}

/** What is known of a patient, without what is taken as absent because nothing is recorded. */
export const factsSpoken = (facts) => facts.filter((fact) => fact.certainty === "known" && !(fact.value === "no" && fact.reason === NONE));

/** What each fact was read for: the row that decides, or the row just before it that did not. */
function usesOf(decision) {
  const before = ruledOut(decision).at(-1);
  const looked = (before?.facts ?? []).map((name) => [name, `read for ${before.rule}`]);
  return new Map([...looked, ...(firedRow(decision)?.facts ?? []).map((name) => [name, DECIDES])]);
}

const DECIDES = "decides";
const rankOf = (use) => (use === DECIDES ? 0 : use ? 1 : 2);

const foldLine = (name, facts) => html("summary", {}, html("span", { class: "name" }, name), " ", html("span", { class: "beginning", "aria-hidden": "true" }, facts.map(nameOf).join(", ")));

/** The lists of the record of which nothing, or not all, came: what they hold is not known. */
function renderNotWhole(lists = []) {
  const lacking = lists.filter((one) => !one.complete).map((one) => one.key);
  return lacking.length > 0 && html("p", {}, html("strong", {}, `Not read whole: ${lacking.join(", ")}. `), "What they hold is not known.");
}

/** What of the record could not be understood or used, with what to do about it. */
function renderNotUsed(resources, showReceipt) {
  const [lost, unused] = ["not understood", "not used"].map((state) => resources.filter((line) => line.state === state));
  if (!lost.length && !unused.length) return html("p", {}, html("strong", {}, "Not understood: nothing. "), "Every resource that came was read and used.");
  const one = (line) => html("li", {}, html("code", {}, line.reference), ` ${line.ignored ?? ""}`);
  return html("div", { class: "not-used" },
    html("p", {}, html("strong", {}, lost.length ? `Not understood: ${lost.length}. ` : "Not understood: nothing. "),
      unused.length ? `${unused.length} set aside for a stated reason. ` : "",
      html("button", { type: "button", class: "plain", onclick: showReceipt }, "All of it in the receipt")),
    lost.length > 0 && html("ul", {}, lost.slice(0, MOST_NAMED).map(one)),
    lost.length > 0 && html("p", { class: "note" }, "A site's own codes are taught by a file ([codes] add); the command b12-cds codes suggest names the nearest concept."));
}

/** The name of a fact in words. */
export const nameOf = (fact) => fact.label ?? fact.name.replaceAll("_", " ");

const button = (fact, show) =>
  html("button", { type: "button", class: "plain", "data-fact": fact.name, onclick: () => show(fact) }, upperFirst(nameOf(fact)));

/** The first letter as at the beginning of a line; "eGFR" stays. */
export const upperFirst = (text) => (/^[a-z][A-Z]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));

const valueOf = (fact) => [html("span", {}, fact.value), fact.reason && fact.reason !== NONE && html("span", { class: "note" }, ` ${fact.reason}`)];

function evidenceOf(fact) {
  if (!fact.evidence?.length) return null;
  return inPortions(fact.evidence, (some) => html("ul", { class: "evidence" }, some.map(renderEvidence)), 20);
}

const renderEvidence = (one) => html("li", {},
  one.date && html("span", { class: "day" }, `${one.date} `),
  html("code", {}, one.reference), " ",
  [shortCode(one.code) || one.display, one.reported].filter(Boolean).join(" · "),
  one.converted && html("span", { class: "conversion" }, ` = ${one.converted}`),
  ROLES[one.role] && html("span", { class: "note" }, ` ${ROLES[one.role]}`));

/** What an entry does for a fact that it does not decide. */
const ROLES = { supports: "supports it", contradicts: "speaks against it" };

/** The code of a laboratory test, whose long name says no more; of anything else its words say more. */
const shortCode = (code) => (/\bloinc\.org\|/.test(code ?? "") ? `LOINC ${code.split("|")[1]}` : "");

/** The ledger of resources: used ones with the facts they feed, the others by the reason why they were not used. */
export function renderResources({ resources, facts, lists }, request, show) {
  const labels = new Map(facts.map((fact) => [fact.name, nameOf(fact)]));
  const purpose = (line) => (line.for ?? []).map((name) => labels.get(name) ?? name.replaceAll("_", " ")).join(", ");
  const used = resources.filter((line) => line.used);
  const sections = [
    ["Used", html("section", {}, html("h3", {}, "Used"), ledger("Resources that were used", used, (line) => [link(line, show), purpose(line)], "For")), used.length],
    ...STATES.map(([state, title]) => {
      const lines = resources.filter((line) => !line.used && (line.state ?? "not used") === state);
      return [title, html("section", {}, html("h3", {}, title), ...byReason(lines, show)), lines.length];
    }),
  ].filter(([title, , count]) => count > 0 || title === "Used" || title === "Not used");
  return [
    html("p", { class: "note" }, `${resources.length} resources came in; ${used.length} were used. Each stands here exactly once. ${whatWasAsked(request, lists)}`),
    filters(resources.length, sections),
    ...sections.map(([, section]) => section),
  ];
}

const STATES = [["not understood", "Not understood"], ["not used", "Not used"], ["not read", "Not read"]];

function byReason(lines, show) {
  if (!lines.length) return [html("p", { class: "note" }, "None.")];
  return [...groupBy(lines, reasonOf)].map(([reason, some]) => unfolding(`${reason} (${some.length})`, () =>
    ledger(`Resources not used: ${reason}`, some, (line) => [link(line, show), line.ignored ?? ""], "Why")));
}

/** Buttons that show one state alone. */
function filters(count, sections) {
  const choose = (title) => {
    for (const [name, section] of sections) section.hidden = title !== "All" && name !== title;
    for (const one of row.children) one.setAttribute("aria-pressed", String(one.dataset.state === title));
  };
  const button = (title, number) => html("button", { type: "button", class: "segment", "data-state": title, "aria-pressed": String(title === "All"), onclick: () => choose(title) }, `${title} ${number}`);
  const row = html("div", { class: "segments narrow", role: "group", "aria-label": "Resources shown" },
    button("All", count), sections.map(([title, , number]) => button(title, number)));
  return row;
}

/** Asked for and empty is not the same as asked for and missing. */
function whatWasAsked(request, lists = []) {
  const sent = request.prefetch ?? {};
  const came = (one) => sent[one.key] !== undefined && sent[one.key] !== null;
  const named = (some) => some.map((one) => one.key).join(", ") || "none";
  const part = lists.filter((one) => came(one) && !one.complete);
  return `Came empty: ${named(lists.filter((one) => came(one) && one.complete && one.entries === 0))}. ` +
    (part.length ? `Came, but not whole: ${named(part)}. ` : "") +
    `Did not come, so not known: ${named(lists.filter((one) => !came(one)))}.`;
}

const ledger = (caption, lines, cells, head) => inPortions(lines, (some) => table(caption, ["Resource", head], some.map(cells), { class: "ledger" }));

const link = (line, show) => html("button", { type: "button", class: "plain", onclick: () => show(line) }, line.reference);

/** The reason without the particulars after a colon, so that like falls to like. */
const reasonOf = (line) => (line.ignored ?? "not needed").split(":")[0];

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
