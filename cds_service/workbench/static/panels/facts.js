/** The receipt: every fact with its evidence, what is not known, and what became of each resource. */

import { html, inPortions, table, unfolding } from "../base/dom.js";

const NONE = "none recorded";

/** The facts of an answer; `show(fact)` is called when one is chosen. */
export function renderFacts(facts, show) {
  const known = facts.filter((fact) => fact.certainty === "known");
  const spoken = known.filter((fact) => !(fact.value === "no" && fact.reason === NONE));
  const silent = known.filter((fact) => fact.value === "no" && fact.reason === NONE);
  const unknown = facts.filter((fact) => fact.certainty !== "known");
  return [
    html("h3", {}, "Known"),
    table("Known facts", ["Fact", "Value", "Evidence"], spoken.map((fact) => [button(fact, show), valueOf(fact), evidenceOf(fact)]), { class: "facts" }),
    html("h3", {}, "Not known"),
    html("p", { class: "note" }, "What is not known never counts as zero, normal or absent."),
    table("Facts that are not known", ["Fact", "Why"], unknown.map((fact) => [button(fact, show), [fact.reason, evidenceOf(fact)]]), { class: "facts" }),
    unfolding(`${silent.length} facts with no record of them`, () =>
      html("p", { class: "note" }, silent.map((fact) => nameOf(fact)).join(", "))),
  ];
}

/** The name of a fact in words. */
export const nameOf = (fact) => fact.label ?? fact.name.replaceAll("_", " ");

const button = (fact, show) =>
  html("button", { type: "button", class: "plain", "data-fact": fact.name, onclick: () => show(fact) }, nameOf(fact));

const valueOf = (fact) => [html("span", {}, fact.value), fact.reason && fact.reason !== NONE && html("span", { class: "note" }, ` ${fact.reason}`)];

function evidenceOf(fact) {
  if (!fact.evidence?.length) return null;
  return inPortions(fact.evidence, (some) => html("ul", { class: "evidence" }, some.map(renderEvidence)), 20);
}

const renderEvidence = (one) => html("li", {},
  html("code", {}, one.reference), " ",
  [one.display ?? one.code, one.reported].filter(Boolean).join(" · "),
  one.date && html("span", { class: "day" }, ` · ${one.date}`),
  one.converted && html("span", { class: "conversion" }, ` = ${one.converted}`));

/** The ledger of resources: used ones with the facts they feed, the others by the reason why they were not used. */
export function renderResources(resources, show) {
  const used = resources.filter((line) => line.used);
  const reasons = Map.groupBy ? Map.groupBy(resources.filter((line) => !line.used), reasonOf) : groupBy(resources.filter((line) => !line.used), reasonOf);
  return [
    html("p", { class: "note" }, `${resources.length} resources came in; ${used.length} were used. Each stands here exactly once.`),
    html("h3", {}, "Used"),
    ledger("Resources that were used", used, (line) => [link(line, show), (line.for ?? []).join(", ").replaceAll("_", " ")], "For"),
    html("h3", {}, "Not used"),
    reasons.size === 0 && html("p", { class: "note" }, "None."),
    ...[...reasons].map(([reason, lines]) => unfolding(`${reason} (${lines.length})`, () =>
      ledger(`Resources not used: ${reason}`, lines, (line) => [link(line, show), line.ignored ?? ""], "Why"))),
  ].filter(Boolean);
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
