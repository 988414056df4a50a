/** The decision: the row that fired, the rows above it and why each did not, and which facts would change it. */

import { html, table } from "../base/dom.js";
import { citations, withCitations } from "../base/citations.js";

/** The decision of an answer; `showFacts(names)` is called when a row is chosen. */
export function renderDecision({ decision, inScope }, showFacts) {
  const trace = decision.trace ?? [];
  const fired = trace.findIndex((row) => row.rule === decision.rule);
  const above = trace.slice(0, fired < 0 ? trace.length : fired);
  const below = fired < 0 ? [] : trace.slice(fired + 1);
  return [
    !inScope && html("p", { class: "note" }, "Not asked, as no order of ours is selected. Had it been asked:"),
    html("p", { class: "lead" }, decision.summary),
    decision.also?.length > 0 && html("p", {}, `Beside it: ${decision.also.join(", ")}`),
    decision.notDrafted && html("p", { class: "note" }, decision.notDrafted),
    list("Needed to decide", decision.needs),
    renderAlternatives(decision.alternatives),
    renderAdvice(decision.advice),
    list("Injection technique", decision.technique),
    renderFollowUps(decision.followUps),
    list("Would change the decision", decision.wouldChangeIf),
    html("h3", {}, "The decision table, row by row"),
    html("p", { class: "note" }, "The first row that holds decides. Rows above the decisive one are shown with the reason why each did not hold."),
    rowsTable([...above, ...(fired < 0 ? [] : [trace[fired]])], decision, showFacts),
    below.length > 0 && html("details", {}, html("summary", {}, `${below.length} rows below`), rowsTable(below, decision, showFacts)),
  ].filter(Boolean);
}

/** "met", or "not met" with what it lacks: never the condition alone, which would read as its opposite. */
function stateOf(row) {
  if (row.fired) return row.why && row.why !== "holds" ? `met: ${row.why}` : "met";
  const lacking = (row.why || "").replace(/^does not hold:?\s*/, "");
  return lacking ? `not met, it needs: ${lacking}` : "not met";
}

function rowsTable(rows, decision, showFacts) {
  const node = table("Rows of the decision table", ["Row", "Here"], rows.map((row) => [
    row.facts?.length ? html("button", { type: "button", class: "plain", onclick: () => showFacts(row.facts), title: "Show the facts this row reads" }, row.rule) : row.rule,
    [html("span", { class: "why" }, stateOf(row)),
      row.rule === decision.rule && html("span", {}, " ", citations(decision.statements))],
  ]), { class: "rules" });
  rows.forEach((row, index) => {
    const line = node.tBodies[0].rows[index];
    line.dataset.rule = row.rule;
    line.dataset.facts = (row.facts ?? []).join(" ");
    if (row.rule === decision.rule) {
      line.classList.add("fired");
      line.setAttribute("aria-current", "true");
    } else if (row.fired) line.classList.add("beside");
  });
  return node;
}

function list(title, items) {
  if (!items?.length) return null;
  return html("div", {}, html("h3", {}, title), html("ul", {}, items.map((item) => html("li", {}, ...withCitations(item)))));
}

function renderAlternatives(alternatives) {
  if (!alternatives?.length) return null;
  const items = alternatives.map(({ condition, regimen, followUps }) => {
    const tests = (followUps ?? []).map((item) => item.test);
    const what = regimen ?? (tests.length ? `first: ${tests.join(", ")}` : "");
    return html("li", {}, condition && html("strong", {}, `${upperFirst(condition)}: `), what);
  });
  return html("div", {}, html("h3", {}, alternatives.length > 1 ? "What may be chosen" : "What is advised"), html("ul", {}, items));
}

const upperFirst = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function renderAdvice(advice) {
  if (!advice?.length) return null;
  return html("div", {}, html("h3", {}, "With it"),
    html("ul", {}, advice.map((one) => html("li", {}, one.text, " ", citations(one.statements)))));
}

/** Follow-ups as sentences: what is due now, then by month. */
function renderFollowUps(followUps) {
  if (!followUps?.length) return null;
  const due = new Map();
  for (const item of followUps) {
    const when = item.months ? `in ${item.months} months` : item.days ? `in ${item.days} days` : "now";
    due.set(when, [...(due.get(when) ?? []), item.test]);
  }
  return html("div", {}, html("h3", {}, "Tests and reviews"),
    html("ul", {}, [...due].map(([when, tests]) => html("li", {}, html("strong", {}, `${upperFirst(when)}: `), [...new Set(tests)].join(", ")))));
}
