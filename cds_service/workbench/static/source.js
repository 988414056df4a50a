/** Where the request comes from: the searchable list of prepared patients, one's own, or a FHIR server. */

const at = (id) => document.getElementById(id);
const NARROW = window.matchMedia("(max-width: 56.25rem)");

const patients = () => [...document.querySelectorAll("button.patient")];

/** The ids of the prepared patients in their order. */
export const patientIds = () => patients().map((one) => one.dataset.patient);

/** Mark the chosen patient; none for a request of one's own. */
export function markPatient(id) {
  for (const one of patients()) {
    if (one.dataset.patient === id) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  if (id) showWay("prepared");
  if (NARROW.matches) at("source").open = false;
}

/** Show one of the ways in: prepared, own, server. */
export function showWay(name) {
  document.querySelectorAll(".way").forEach((way) => { way.hidden = way.id !== `way-${name}`; });
  document.querySelectorAll(".segment").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.way === name)));
}

/** Open the list, which a narrow screen folds away. */
export function openSource() {
  at("source").open = true;
}

/** Look for patients as if the text were typed into the field; returns the id of the first. */
export function lookFor(text) {
  at("find").value = text;
  find(text);
  return patients().find((one) => !one.parentElement.hidden)?.dataset.patient;
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of patients()) one.parentElement.hidden = !words.every((word) => one.dataset.words.includes(word));
  document.querySelectorAll(".theme").forEach((theme) => { theme.hidden = ![...theme.querySelectorAll("li")].some((item) => !item.hidden); });
  at("find-none").hidden = patients().some((one) => !one.parentElement.hidden);
}

/** The arrow keys go through the patients that are shown; from the first one up is the search field. */
function moveInList(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const shown = patients().filter((one) => !one.parentElement.hidden);
  const here = shown.indexOf(event.target.closest("button.patient"));
  if (!step || here < 0) return;
  event.preventDefault();
  (shown[here + step] ?? (step < 0 ? at("find") : shown[here])).focus();
}

/** Listen to the list; `choose(id)` is called for a prepared patient. */
export function listenToSource(choose) {
  at("source").open = !NARROW.matches;
  NARROW.addEventListener("change", () => { at("source").open = !NARROW.matches; });
  patients().forEach((one) => one.addEventListener("click", () => choose(one.dataset.patient)));
  at("way-prepared").addEventListener("keydown", moveInList);
  document.querySelectorAll(".segment").forEach((one) => one.addEventListener("click", () => showWay(one.dataset.way)));
  at("find").addEventListener("input", (event) => find(event.target.value));
  at("find").addEventListener("keydown", (event) => {
    const first = patients().find((one) => !one.parentElement.hidden);
    if (event.key === "Enter" && first) choose(first.dataset.patient);
    if (event.key === "ArrowDown" && first) first.focus();
  });
}
