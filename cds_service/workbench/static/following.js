/** From a fact to the resources it came from and the rows that read it, and back. */

import { at, bench } from "./bench.js";
import { announce } from "./base/dom.js";
import { nameOf } from "./panels/facts.js";
import { highlightResources } from "./panels/requestview.js";
import { showTab } from "./tabs.js";

export const showFact = (fact) => showResources((fact.evidence ?? []).map((one) => one.reference), [fact.name], nameOf(fact));

export async function showResources(references, facts, name = references.join(", ")) {
  const rows = markRules(facts);
  showTab("receipt");
  const found = await highlightResources(at("request-here"), bench.request, references);
  const resources = found === 0 ? "nothing in the request" : found === 1 ? "1 resource" : `${found} resources`;
  announce(`${name}: ${resources}; ${rows.length ? `read by ${rows.join(", ")}` : "no row of the table reads it directly"}.`);
}

function markRules(facts) {
  const rows = [...document.querySelectorAll("#decision-here [data-rule]")];
  const marked = rows.filter((row) => row.dataset.facts.split(" ").some((fact) => fact && facts.includes(fact)));
  rows.forEach((row) => row.classList.toggle("highlit", marked.includes(row)));
  return marked.map((row) => row.dataset.rule);
}

export function showFacts(names) {
  showTab("facts");
  document.querySelectorAll("#facts-here tr").forEach((row) =>
    row.classList.toggle("highlit", names.includes(row.querySelector("[data-fact]")?.dataset.fact)));
  document.querySelector("#facts-here tr.highlit")?.scrollIntoView({ block: "center" });
  announce(`Facts of this row: ${names.join(", ").replaceAll("_", " ")}.`);
}
