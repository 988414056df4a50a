/** The workbench: one request, what the service answers to it, and the ways to change the one and watch the other. */

import { afterPaint, announce, copyButton, html } from "./dom.js";
import { explain, loadControls, loadPatient, sendFeedback, ServiceError } from "./service.js";
import { asHookRequest, newId, serviceOf, textOf, withSuggestion } from "./request.js";
import { renderCards } from "./cards.js";
import { renderControls } from "./controls.js";
import { renderDecision } from "./decision.js";
import { nameOf, renderFacts, renderResources } from "./facts.js";
import { renderLaboratory, renderSchedules } from "./pictures.js";
import { renderOrders } from "./orders.js";
import { highlightResources, renderRequest } from "./requestview.js";
import { renderTiming } from "./timing.js";

const at = (id) => document.getElementById(id);
const show = (id, nodes) => at(id).replaceChildren(...[nodes].flat().filter(Boolean));

/** What is on the bench. `text` is what was pasted, sent as it is until the request is changed here. `walk` are the steps back. */
const bench = { name: "", request: null, text: null, answer: null, walk: [], controls: null, pending: null };

/** Longer texts are not put into the text field: a browser takes seconds to lay out two megabytes. */
const LONGEST_TEXT_EDITED = 100_000;

/** Put a request on the bench and ask the service about it. What follows the cards is drawn after them. */
async function place(request, { text = null, walk = bench.walk } = {}) {
  bench.pending?.abort();
  bench.pending = new AbortController();
  const { signal } = bench.pending;
  Object.assign(bench, { request, text, walk });
  document.body.classList.add("asking", "drawing");
  const before = performance.now();
  try {
    const answer = await explain(text ?? textOf(request), signal);
    const roundTrip = performance.now() - before;
    renderFirst(answer);
    afterPaint(() => signal.aborted || renderRest(answer, roundTrip));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof ServiceError)) throw error;
    renderFailure(error.message);
  } finally {
    if (!signal.aborted) document.body.classList.remove("asking");
  }
}

/** What a clinician would see: the verdict and the cards. */
function renderFirst(answer) {
  bench.answer = answer;
  at("save").disabled = false;
  document.body.classList.remove("failed");
  renderVerdict(answer);
  show("walk", walkSteps());
  show("cards-here", renderCards(answer.cards, { take, override }));
  announce(answer.inScope ? `Rule ${answer.decision.rule}, ${countOf(answer.cards)}.` : "Not for this service, no card.");
}

/** What led to it, and the request as it is now. */
function renderRest(answer, roundTrip) {
  show("decision-here", renderDecision(answer, showFacts));
  show("schedule-here", renderSchedules(answer.decision.schedule));
  show("laboratory-here", renderLaboratory(answer.laboratory));
  show("orders-here", renderOrders(bench.request, answer.cards));
  show("facts-here", renderFacts(answer.facts, showFact));
  show("resources-here", renderResources(answer.resources, (line) => showResources([line.reference], line.for ?? [])));
  show("timing-here", renderTiming(answer.timingMs, roundTrip));
  show("request-here", renderRequest(bench.request));
  renderControlsUnlessTyping(answer);
  document.body.classList.remove("drawing");
}

/** The controls follow the request, but not under the hands of someone who is typing into them. */
function renderControlsUnlessTyping(answer) {
  const active = document.activeElement;
  const kept = active?.form === at("controls") || at("controls").contains(active) ? active.id : "";
  const value = kept && active.type === "number" ? active.value : null;
  renderControls(at("controls"), bench.controls, bench.request, answer, (request) => place(request));
  if (!kept) return;
  at(kept)?.focus();
  if (value !== null) at(kept).value = value;
}

function renderVerdict({ decision, cards, asOf, fhirVersion, inScope }) {
  const loudest = ["critical", "warning", "info"].find((indicator) => cards.some((card) => card.indicator === indicator)) ?? "silent";
  show("verdict", [
    html("p", { class: `rule ${loudest}` }, inScope ? decision.rule : "–"),
    html("div", {},
      html("p", { class: "lead" }, inScope ? decision.summary : "No order of ours is selected: the service leaves at once and says nothing."),
      html("p", { class: "note" }, [inScope && decision.outcome, countOf(cards), `as of ${asOf}`, fhirVersion].filter(Boolean).join(" · "))),
  ]);
}

const countOf = ({ length }) => (length === 0 ? "no card" : length === 1 ? "1 card" : `${length} cards`);

function renderFailure(message) {
  at("save").disabled = true; // there is no answer that a test could expect
  document.body.classList.add("failed");
  document.body.classList.remove("drawing");
  show("verdict", html("p", { class: "problem", role: "alert" }, message));
  show("request-here", renderRequest(bench.request));
  if (bench.text !== null) show("controls", []); // what was pasted could not be read, so there is nothing to change
  announce(""); // the message is an alert, and says itself
}

/* taking and overriding */

function walkSteps() {
  if (!bench.walk.length) return [];
  const back = html("button", { type: "button", class: "quiet", onclick: () => {
    const last = bench.walk.at(-1);
    place(last.request, { text: last.text, walk: bench.walk.slice(0, -1) });
  } }, "Undo the last");
  const quiet = !bench.answer.cards.some((card) => card.indicator !== "info");
  return [
    html("ol", {}, bench.walk.map((step) => html("li", {}, step.label))),
    html("p", { class: "note" }, quiet ? "Fixed point: nothing of warning or critical is left to say." : "Called again with the changed drafts."),
    back,
  ];
}

async function take(card, suggestion) {
  const { request, text } = bench;
  const told = tell(card, { outcome: "accepted", acceptedSuggestions: [{ id: suggestion.uuid }] });
  await place(withSuggestion(request, suggestion), { walk: [...bench.walk, { label: `Accepted: ${suggestion.label}`, request, text }] });
  at("answer").focus({ preventScroll: true });
  at("verdict").scrollIntoView({ block: "start" });
  announce(`Accepted, now ${countOf(bench.answer.cards)}. ${await told}`);
}

async function override(card, reason, comment) {
  const { system, code } = reason;
  const overrideReason = { reason: { system, code }, ...(comment && { userComment: comment }) };
  announce(`Overridden: ${reason.display ?? code}. ${await tell(card, { outcome: "overridden", overrideReason })}`);
}

/** Send feedback as an EHR does, and say what came of it. */
async function tell(card, entry) {
  try {
    await sendFeedback(serviceOf(bench.request), { card: card.uuid, ...entry });
    return "Feedback was sent.";
  } catch (error) {
    return `Feedback was not taken: ${error.message}`;
  }
}

/* from a fact to the request and to the rule */

const showFact = (fact) => showResources((fact.evidence ?? []).map((one) => one.reference), [fact.name], nameOf(fact));

async function showResources(references, facts, name = references.join(", ")) {
  const rows = markRules(facts);
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

function showFacts(names) {
  document.querySelectorAll("#facts-here tr").forEach((row) =>
    row.classList.toggle("highlit", names.includes(row.querySelector("[data-fact]")?.dataset.fact)));
  document.querySelector("#facts-here tr.highlit")?.scrollIntoView({ block: "center" });
  announce(`Facts of this row: ${names.join(", ").replaceAll("_", " ")}.`);
}

/* what comes onto the bench */

async function openPatient(id) {
  const patient = await loadPatient(id);
  bench.name = patient.title;
  show("story", [html("p", {}, patient.story), html("p", { class: "shows" }, patient.shows)]);
  history.replaceState(null, "", `#${id}`);
  await place({ ...patient.request, hookInstance: newId() }, { walk: [] });
}

function openText(text, name) {
  at("paste-problem").textContent = "";
  try {
    const value = JSON.parse(text);
    const request = asHookRequest(value);
    bench.name = name;
    at("patient").value = "";
    show("story", html("p", {}, `${name}, ${Math.ceil(text.length / 1024)} kB. It stays in this page and this service.`));
    history.replaceState(null, "", location.pathname);
    return place(request, { text: request === value ? text : null, walk: [] });
  } catch (error) {
    at("paste-problem").textContent = error instanceof SyntaxError ? `This is not JSON: ${error.message}.` : error.message;
    return null;
  }
}

const textForReading = () => bench.text ?? JSON.stringify(bench.request, null, 2);

function editAsText() {
  const text = textForReading();
  const isLong = text.length > LONGEST_TEXT_EDITED;
  at("paste-text").value = isLong ? "" : text;
  at("paste-problem").textContent = isLong
    ? `${Math.ceil(text.length / 1024)} kB are too long to edit here. Copy the request, change it elsewhere, and paste it or drop the file on this page.` : "";
  at("paste").open = true;
  at("paste-text").focus();
}

function saveCase() {
  const { request, answer, name } = bench;
  const expected = { rule: answer.decision.rule, cards: answer.cards.map((card) => ({ topic: card.source.topic?.code, indicator: card.indicator })) };
  const saved = { name: name || "Saved from the workbench", as_of: answer.asOf, request: bench.text ? JSON.parse(bench.text) : request, expect: expected };
  const file = new Blob([`${JSON.stringify(saved, null, 1)}\n`], { type: "application/json" });
  const link = html("a", { href: URL.createObjectURL(file), download: `${slugOf(saved.name)}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce("Saved. Put the file into tests/cases/http to have it run as a test.");
}

const slugOf = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "case";

function listen() {
  at("patient").addEventListener("change", (event) => event.target.value && openPatient(event.target.value));
  at("save").addEventListener("click", saveCase);
  at("copy").replaceWith(copyButton("Copy request", textForReading));
  at("edit").addEventListener("click", editAsText);
  at("paste-text").addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (text.length <= LONGEST_TEXT_EDITED) return;
    event.preventDefault();
    openText(text, "Pasted request");
  });
  at("paste-form").addEventListener("submit", (event) => {
    event.preventDefault();
    openText(at("paste-text").value, "Pasted request");
  });
  at("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) openText(await file.text(), file.name);
    event.target.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    const text = file ? await file.text() : event.dataTransfer.getData("text");
    if (text) openText(text, file?.name ?? "Dropped request");
  });
}

/** The prepared patient that the address names, if it names one. */
function patientInAddress() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  return [...at("patient").options].some((option) => option.value && option.value === wanted) ? wanted : "";
}

async function start() {
  listen();
  bench.controls = await loadControls();
  at("patient").value = patientInAddress() || [...at("patient").options].find((option) => option.value).value;
  await openPatient(at("patient").value);
  window.addEventListener("hashchange", () => {
    const patient = patientInAddress();
    if (!patient) return; // a jump within the page
    at("patient").value = patient;
    openPatient(patient);
  });
}

start().catch((error) => renderFailure(error instanceof ServiceError ? error.message : `The page failed: ${error.message}`));
