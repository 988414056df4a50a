/** The decision: the row that fired with its conditions, the statements it rests on, the other rows in groups, and what would change it. */

import { html, table } from "../base/dom.js";
import { upperFirst } from "./facts.js";
import { ruledOut } from "./rows.js";
import { citation, citations, withCitations } from "../base/citations.js";

/** The groups of the table, in its order: what its rows are for, and the ids that belong to each. */
const GROUPS = [
  ["Guards", /^(deceased|G\d)/],
  ["For people on treatment", /^T/],
  ["Neurological signs recorded", /^N/],
  ["Signs not asked about", /^U/],
  ["Deficient, no neurological signs", /^M/],
  ["Not, or not clearly, deficient", /^[BPE]/],
];

/** The decision of an answer; `showFacts(names)` is called when a row is chosen. */
export function renderDecision({ decision, inScope }, showFacts) {
  const trace = decision.trace ?? [];
  const fired = trace.findIndex((row) => row.rule === decision.rule && row.fired);
  const said = new Map((decision.conditions ?? []).map((one) => [one.words, one]));
  return [
    !inScope && html("p", { class: "note" }, "Not asked, as no order of ours is selected. Had it been asked:"),
    html("div", { class: "why-columns" },
      html("div", {},
        html("p", { class: "lead" }, html("strong", {}, decision.rule), ` decides: ${decision.summary}`),
        fired >= 0 && conditionsTable(trace[fired], said, ruledOut(decision)),
        decision.also?.length > 0 && html("p", {}, `Beside it: ${decision.also.join(", ")}`),
        decision.notDrafted && html("p", { class: "note" }, decision.notDrafted),
        renderAlternatives(decision.alternatives),
        list("Would change the decision", decision.wouldChangeIf),
        list("Needed to decide", decision.needs),
        renderFollowUps(decision.followUps)),
      renderStatements(decision)),
    html("h3", {}, "The other rows, in reading order"),
    html("p", { class: "note" }, "The first row whose conditions are all met decides."),
    ...GROUPS.map(([name, ids]) => renderGroup(name, trace.map((row, index) => ({ ...row, index })).filter((row) => ids.test(row.rule)), { decision, fired, said, showFacts })),
    html("div", { class: "in-columns" },
      renderAdvice(decision.advice),
      list("Injection technique", decision.technique)),
  ].filter(Boolean);
}

/** What the row needs, what the record says of it, and whether it is met; then why the rows before it did not decide. */
function conditionsTable(row, said, before) {
  const lines = (row.needs ?? []).map((words) => [upperFirst(words), upperFirst(said.get(words)?.recordSays ?? ""), stateSign(said.get(words)?.state)]);
  if (before.length) lines.push(["No row before it is met", whyNoneBefore(before, said), stateSign("met")]);
  if (!lines.length) return null;
  return table(`What ${row.rule} needs`, ["It needs", "The record says", "State"], lines, { class: "conditions" });
}

/** "M5, M6 and M7 lack one thing each", and what the record says of what the last of them lacks. */
function whyNoneBefore(before, said) {
  const names = [...new Set(before.map((row) => row.rule))];
  const lack = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} lack one thing each.` : `${names[0]} lacks one thing.`;
  const { rule, oneShort } = before.at(-1);
  const record = said.get(oneShort)?.recordSays;
  return record ? `${lack} ${rule}: ${record}` : `${lack} ${rule} needs: ${oneShort}`;
}

const STATES = { "met": "met", "not met": "not-met", "not looked at": "not-looked-at" };

const stateSign = (state = "not looked at") => html("span", { class: `state ${STATES[state] ?? ""}` }, html("span", { class: "sign", "aria-hidden": "true" }), state);

function renderStatements({ statements, statementTexts }) {
  if (!statements?.length) return null;
  return html("aside", { class: "rests-on", "aria-label": "What it rests on" }, html("h3", {}, "What it rests on"),
    html("dl", {}, statements.map((id) => [html("dt", {}, citation(id)), html("dd", {}, statementTexts?.[id] ?? "")])));
}

function renderGroup(name, rows, { decision, fired, said, showFacts }) {
  if (!rows.length) return null;
  const here = rows.some((row) => row.index === fired);
  const first = rows.find((row) => row.index !== fired);
  const state = here ? `${decision.rule} decides here` : fired >= 0 && rows[0].index > fired ? `Not reached: ${decision.rule} already decides` : upperFirst(stateOf(first));
  const near = rows.filter((row) => row.oneShort && row.index !== fired).map((row) => row.rule);
  return html("details", { class: "group", open: here },
    html("summary", {}, html("span", { class: "name" }, `${name} (${new Set(rows.map((row) => row.rule)).size})`),
      html("span", { class: "note" }, near.length ? `${state}. One thing missing: ${[...new Set(near)].join(", ")}` : state)),
    rowsTable(rows, { decision, fired, said, showFacts }));
}

/** "met", or "not met" with what it lacks: never the condition alone, which would read as its opposite. */
function stateOf(row) {
  if (row.fired) return "met";
  const lacking = lackingOf(row);
  return lacking ? `not met, it needs: ${lacking}` : "not met";
}

const lackingOf = (row) => (row.why ?? "").replace(/^not met:\s*/, "");

function rowsTable(rows, { decision, fired, said, showFacts }) {
  const cells = (row) => {
    const reached = fired < 0 || row.index <= fired;
    const lacking = row.fired ? "" : row.oneShort || lackingOf(row);
    const short = row.oneShort && html("strong", {}, "One thing missing: ");
    return [
      row.facts?.length ? html("button", { type: "button", class: "plain", onclick: () => showFacts(row.facts), title: "Show the facts this row reads" }, row.rule) : row.rule,
      row.summary ?? "",
      row.fired ? [html("span", {}, "All of it is met "), row.index === fired && citations(decision.statements)] : short ? [short, row.oneShort] : upperFirst(lacking),
      lacking ? upperFirst(said.get(lacking)?.recordSays ?? "") : "",
      stateSign(row.fired ? "met" : reached || said.get(lacking)?.state === "not met" ? "not met" : "not looked at"),
    ];
  };
  const node = table("Rows of the decision table", ["Row", "It would say", "It needs", "The record says", "State"], rows.map(cells), { class: "rules" });
  rows.forEach((row, number) => {
    const line = node.tBodies[0].rows[number];
    line.dataset.rule = row.rule;
    line.dataset.facts = (row.facts ?? []).join(" ");
    if (row.index === fired) {
      line.classList.add("fired");
      line.setAttribute("aria-current", "true");
    } else if (row.fired) line.classList.add("beside");
    if (row.oneShort) line.classList.add("near");
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
