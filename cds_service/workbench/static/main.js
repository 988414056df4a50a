/** The workbench: one request, what the service answers to it, and the ways to change the one and watch the other. */

import { afterPaint, announce, fillForPrint, html } from "./base/dom.js";
import { explain, loadControls, loadPatient, readChart, sendFeedback, ServiceError } from "./base/service.js";
import { readInput, WrongInput } from "./base/input.js";
import { draftsOf, newId, serviceOf, textOf, withSuggestion } from "./base/request.js";
import { moveControl, readAddress, writeAddress } from "./address.js";
import { at, bench, countOf, LONGEST_TEXT_EDITED, OUTCOMES, outcomeOf, show, textForReading } from "./bench.js";
import { drawCompare, listenToCompare } from "./comparing.js";
import { showFact, showFacts, showResources } from "./following.js";
import { renderCards } from "./panels/cards.js";
import { renderControls } from "./panels/controls.js";
import { renderDecision } from "./panels/decision.js";
import { factsSpoken, renderFacts, renderResources } from "./panels/facts.js";
import { renderLaboratory, renderSchedules } from "./panels/pictures.js";
import { renderOrders } from "./panels/orders.js";
import { renderPolicy } from "./panels/policy.js";
import { renderRaw } from "./panels/raw.js";
import { renderRequest } from "./panels/requestview.js";
import { saveCase } from "./saving.js";
import { listenToSource, markPatient, openSource, patientIds, showWay } from "./source.js";
import { countTab, listenToTabs, openWhatIsShown, showTab } from "./tabs.js";

const TOO_LONG = 413;
const WHAT_TO_LEAVE_OUT = "Keep the Patient, and of the rest what the rules read: problems, laboratory results, medicines, procedures and allergies.";

/** Put a request on the bench and ask the service about it. What follows the cards is drawn after them. */
async function place(request, { text = null, walk = bench.walk } = {}) {
  bench.pending?.abort();
  bench.pending = new AbortController();
  const { signal } = bench.pending;
  Object.assign(bench, { request, text, walk });
  document.body.classList.add("asking", "drawing");
  announce("Asking …");
  try {
    const exchange = await explain(text ?? textOf(request), bench.query, signal);
    bench.sent ??= { request, text, answer: exchange.answer };
    renderFirst(exchange.answer);
    afterPaint(() => signal.aborted || renderRest(exchange));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof ServiceError)) throw error;
    const why = error.status ? `${error.message} (HTTP ${error.status})` : error.message;
    renderFailure(error.status === TOO_LONG ? `${why} ${WHAT_TO_LEAVE_OUT}` : why);
  } finally {
    if (!signal.aborted) document.body.classList.remove("asking");
  }
}

/** What a clinician would see: the outcome and the cards. */
function renderFirst(answer) {
  bench.answer = answer;
  at("save").disabled = false;
  document.body.classList.remove("failed");
  renderHead(answer);
  renderVerdict(answer);
  show("walk", walkSteps());
  show("cards-here", renderCards(answer.cards, { take, override, open: (tab) => showTab(tab, true) }));
  countTab("card", answer.cards.length);
  announce("");
}

/** What led to it, and the request as it is now. */
function renderRest(exchange) {
  const { answer } = exchange;
  show("decision-here", renderDecision(answer, showFacts));
  show("schedule-here", renderSchedules(answer.decision.schedule));
  show("laboratory-here", renderLaboratory(answer.laboratory));
  show("orders-here", renderOrders(bench.request, answer.cards));
  show("facts-here", renderFacts(answer, showFact, () => showTab("receipt", true)));
  show("resources-here", renderResources(answer, bench.request, (line) => showResources([line.reference], line.for ?? [])));
  show("request-here", renderRequest(bench.request));
  show("raw-here", renderRaw(bench.request, textForReading(), answer, exchange, editAsText));
  openWhatIsShown();
  drawCompare();
  countTab("facts", factsSpoken(answer.facts).length);
  countTab("labs", answer.laboratory?.length);
  countTab("receipt", answer.resources.length);
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

function renderHead(answer) {
  const changed = bench.sent.request !== bench.request || Object.keys(bench.query).length > 0;
  at("title").textContent = bench.name;
  at("story").textContent = bench.story;
  const drafts = draftsOf(bench.request).map(renderDraft).filter(Boolean);
  const asked = bench.request.hook === "order-sign" ? "To be signed: " : "Selected: ";
  show("selected", drafts.length ? [asked, ...drafts.flatMap((draft, index) => (index ? ["; ", draft] : [draft]))] : []);
  const facts = [bench.request.hook, answer.fhirVersion, `as of ${answer.asOf}`, changed && "what if, not as it was sent"];
  at("provenance").textContent = facts.filter(Boolean).join(" · ");
  at("as-sent").disabled = !changed;
  at("link").hidden = !bench.id;
}

/** A draft as it was sent: its product, then its dose; nothing where it names no product. */
function renderDraft(draft) {
  const concept = draft.medicationCodeableConcept ?? draft.medication?.concept;
  const product = concept?.text ?? concept?.coding?.[0]?.display;
  const dose = draft.dosageInstruction?.[0]?.text;
  return product && html("span", {}, html("strong", {}, product), dose && `, ${dose}`);
}

/** The outcome: a sign, a word, and one sentence, of which a phone shows the first. */
function renderVerdict(answer) {
  const { decision, cards } = answer;
  const outcome = outcomeOf(answer);
  const concerned = outcome !== "not concerned";
  show("verdict", html("div", { class: `banner ${outcome.replaceAll(" ", "-")}` },
    html("span", { class: "sign", "aria-hidden": "true" }),
    html("strong", {}, OUTCOMES[outcome]),
    html("span", { class: "why" }, concerned ? [answer.refused ? "To this alone the hook answers 412, without cards. " : `${countOf(cards)}. `, html("span", { class: "summary" }, `${decision.summary}.`)] : "Nothing selected is a vitamin B12 or folic acid order."),
    concerned && html("span", { class: "unseen" }, "Row"),
    html("span", { class: "rule", "aria-hidden": !concerned && "true" }, concerned ? decision.rule : "–")));
}

/** A failure is said above the last answer, which stays, greyed. */
function renderFailure(message) {
  at("save").disabled = true; // there is no answer that a test could expect
  document.body.classList.add("failed");
  document.body.classList.remove("drawing");
  const last = bench.answer && "What stands below is the last answer, to the request before.";
  show("verdict", html("p", { class: "problem banner failed", role: "alert" }, [message, last].filter(Boolean).join(" ")));
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
  at("verdict").scrollIntoView({ block: "nearest" });
  announce(`Accepted, now ${countOf(bench.answer.cards).toLowerCase()}. ${await told}`);
}

/** Send why a card was gone against, and return what came of it, to be said beside the button. */
async function override(card, reason, comment) {
  const { system, code } = reason;
  const overrideReason = { reason: { system, code }, ...(comment && { userComment: comment }) };
  return `Overridden: ${reason.display ?? code}. ${await tell(card, { outcome: "overridden", overrideReason })}`;
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

/* what comes onto the bench */

/** A new request on the bench: nothing of the last one is kept but the settings tried out. */
const begin = (what) => Object.assign(bench, { id: "", story: "", sent: null, whatIf: {} }, what);

async function openPatient(id, whatIf = {}) {
  const patient = await loadPatient(id);
  begin({ id, name: patient.title, story: patient.story });
  markPatient(id);
  await place({ ...patient.request, hookInstance: newId() }, { walk: [] });
  for (const [control, value] of Object.entries(whatIf)) await moveControl(control, value);
  writeAddress();
}

/** Explain what was pasted or dropped; what cannot be explained is named, with the next steps as buttons. */
function openText(text, name) {
  show("paste-problem", []);
  show("paste-offers", []);
  try {
    const { value, request } = readInput(text);
    return openOwn(request, name, `${Math.ceil(text.length / 1024)} kB. It stays in this page and this service.`, request === value ? text : null);
  } catch (error) {
    if (!(error instanceof WrongInput)) throw error;
    openSource();
    showWay("own");
    at("paste-problem").textContent = error.message;
    show("paste-offers", error.offers.map(({ label, request }) =>
      html("button", { type: "button", class: "quiet", onclick: () => {
        show("paste-problem", []);
        openOwn(request, label.replace("Explain ", ""), "It stays in this page and this service.");
      } }, label)));
    return null;
  }
}

function openOwn(request, name, story, text = null) {
  begin({ name, story });
  markPatient("");
  writeAddress();
  return place(request, { text, walk: [] });
}

async function openChart() {
  at("server-problem").textContent = "";
  const [base, patient, token] = ["server-base", "server-patient", "server-token"].map((id) => at(id).value.trim());
  at("server-token").value = "";
  try {
    const request = await readChart({ base, patient, token });
    await openOwn(request, `Patient ${patient}`, `The chart as ${base} gives it. No link: it stays here.`);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    at("server-problem").textContent = error.message;
  }
}

function editAsText() {
  const text = textForReading();
  const isLong = text.length > LONGEST_TEXT_EDITED;
  at("paste-text").value = isLong ? "" : text;
  at("paste-problem").textContent = isLong
    ? `${Math.ceil(text.length / 1024)} kB are too long to edit here. Copy the request, change it elsewhere, and paste it or drop the file on this page.` : "";
  openSource();
  showWay("own");
  at("paste-text").focus();
}

function listenToControls() {
  const noted = (event) => {
    if (!event.target.id?.startsWith("control-")) return;
    bench.whatIf[event.target.id] = event.target.value;
    writeAddress();
  };
  at("controls").addEventListener("input", noted);
  at("controls").addEventListener("change", noted);
  at("as-sent").addEventListener("click", () => {
    bench.query = {};
    bench.whatIf = {};
    drawPolicy();
    writeAddress();
    place(bench.sent.request, { text: bench.sent.text, walk: [] });
  });
  at("to-compare").addEventListener("click", () => showTab("compare", true));
}

function drawPolicy() {
  renderPolicy(at("policy"), bench.controls.settings, bench.controls.today, (query) => {
    bench.query = query;
    writeAddress();
    place(bench.request, { text: bench.text });
  });
  for (const [name, value] of Object.entries(bench.query)) {
    const control = at(name === "asOf" ? "policy-day" : `policy-${name}`);
    if (control) control.value = value;
  }
}

function listen() {
  listenToSource((id) => openPatient(id));
  listenToTabs(() => bench.request && writeAddress());
  listenToControls();
  listenToCompare();
  at("save").addEventListener("click", saveCase);
  at("link").addEventListener("click", async () => {
    writeAddress();
    await navigator.clipboard.writeText(location.href);
    announce("The link is copied: it holds the prepared patient and what was changed.");
  });
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
  at("server-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    openChart();
  });
  at("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) openText(await file.text(), file.name);
    event.target.value = "";
  });
  window.addEventListener("beforeprint", fillForPrint);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    const text = file ? await file.text() : event.dataTransfer.getData("text");
    if (text) openText(text, file?.name ?? "Dropped request");
  });
}

async function openAddress() {
  const { id, asked, tab, whatIf, query } = readAddress();
  bench.query = query;
  drawPolicy();
  showTab(tab);
  await openPatient(id || patientIds()[0], id ? whatIf : {});
  if (asked && !id) announce(`"${asked}" is not a prepared patient; the first one is shown.`);
}

async function start() {
  listen();
  bench.controls = await loadControls();
  await openAddress();
  window.addEventListener("hashchange", () => readAddress().id && openAddress());
}

start().catch((error) => renderFailure(error instanceof ServiceError ? error.message : `The page failed: ${error.message}`));
