/** Two answers side by side: as it was sent and with what was changed here, or those to two requests. */

import { html, table } from "../base/dom.js";
import { nameOf } from "./facts.js";

/** The lines of the comparison; `before` is the other answer, `after` the one shown, `names` the heads of both. */
export function renderCompare(before, after, names) {
  if (!before || !after) return [html("p", { class: "note" }, "Nothing to compare yet.")];
  const rows = linesOf(before, after);
  const differing = rows.filter(([, one, other]) => one !== other);
  return [
    html("p", { class: "lead" }, differing.length ? `${differing.length} of ${rows.length} lines differ.` : "Both are the same."),
    differing.length > 0 && compareTable("What differs", names, differing),
    html("details", {}, html("summary", {}, `All ${rows.length} lines`), compareTable("All lines", names, rows)),
  ];
}

function compareTable(caption, names, rows) {
  const node = table(caption, ["Line", ...names, "Same?"], rows.map(([name, one, other]) => [name, one, other, one === other ? "same" : "differs"]), { class: "compare" });
  rows.forEach(([, one, other], index) => node.tBodies[0].rows[index].classList.toggle("differs", one !== other));
  return node;
}

function linesOf(before, after) {
  const facts = [...new Set([...before.facts, ...after.facts].map((fact) => fact.name))];
  return [
    ["As of", before.asOf, after.asOf],
    ["Row", before.decision.rule, after.decision.rule],
    ["Advice", before.decision.summary, after.decision.summary],
    ["Choices", choicesOf(before), choicesOf(after)],
    ["Cards", cardsOf(before), cardsOf(after)],
    ["Suggestions", suggestionsOf(before), suggestionsOf(after)],
    ...facts.map((name) => [nameOf(factOf(before, name) ?? factOf(after, name)), valueOf(before, name), valueOf(after, name)]),
  ];
}

const choicesOf = ({ decision }) => (decision.alternatives ?? []).map((one) => one.regimen ?? "tests first").join("; ") || "none";
const cardsOf = ({ cards }) => cards.map((card) => `${card.indicator}: ${card.summary}`).join("; ") || "none";
const suggestionsOf = ({ cards }) => cards.flatMap((card) => (card.suggestions ?? []).map((one) => one.label)).join("; ") || "none";
const factOf = ({ facts }, name) => facts.find((fact) => fact.name === name);

function valueOf(answer, name) {
  const fact = factOf(answer, name);
  return fact?.certainty === "known" ? fact.value : `not known${fact?.reason ? `: ${fact.reason}` : ""}`;
}
